//! The agents' screens; every change must fit what they show.

use std::collections::{HashMap, HashSet};

use cti_bridge::call::{CallChange, CallId};

/// The agents' screens: for each call and extension whether it was answered.
#[derive(Default)]
pub struct Screens {
    shown: HashMap<(CallId, String), bool>,
    /// Calls that an agent placed: they may end before anybody answers.
    placed: HashSet<CallId>,
}

impl Screens {
    /// Whether nothing is shown.
    pub fn are_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Applies a change.
    pub fn show(&mut self, change: CallChange) {
        if let CallChange::Placed { call, .. } = &change {
            self.placed.insert(call.call_id);
        }
        match change {
            CallChange::Ringing { call, extension, .. } | CallChange::Placed { call, extension, .. } => {
                assert!(self.shown.insert((call.call_id, extension), false).is_none(), "a pop-up twice");
            }
            CallChange::Answered { call, extension, .. } => {
                let was = self.shown.insert((call.call_id, extension), true);
                assert_eq!(was, Some(false), "answered once, after it rang");
            }
            CallChange::Dismissed { call_id, extension, .. } => {
                assert!(self.shown.remove(&(call_id, extension)).is_some(), "only what is shown goes");
            }
            CallChange::Left { call_id, extension, .. } => {
                assert_eq!(self.shown.get(&(call_id, extension)), Some(&true), "left by who talked");
            }
            CallChange::Held { call_id, extension, .. } | CallChange::Resumed { call_id, extension, .. } => {
                assert_eq!(self.shown.get(&(call_id, extension)), Some(&true), "held by who talks");
            }
            CallChange::CallerChanged { .. } => {}
            CallChange::Ended(ended) => {
                let id = ended.call.call_id;
                let placed = self.placed.remove(&id);
                self.shown.retain(|(call, _), answered| {
                    assert!(*call != id || *answered || placed, "ended while it rings");
                    *call != id
                });
            }
        }
    }
}
