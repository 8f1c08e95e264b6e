//! The caller is looked up as soon as the PBX gives the number, before any phone rings: the pop-up is ready when one
//! does. A call that waits in a queue for longer than [`FRESH`], or that was found already running, is looked up when a
//! phone rings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Bridge;
use super::input::{Input, Prepared};
use crate::call::{CallId, CallInfo};
use crate::lookup::Asker;
use crate::popup::{self, Profile, Who};

/// How long a result may be shown without being read again.
const FRESH: Duration = Duration::from_secs(30);

/// Calls that are looked up ahead; further ones are looked up when a phone rings.
const PREPARED_MAX: usize = 1_000;

/// The lookups that were made ahead.
#[derive(Debug)]
pub(super) struct Preparation {
    ready: HashMap<CallId, Prepared>,
    /// When customers changed last: lookups from before may be wrong.
    changed_at: Option<Instant>,
}

impl Preparation {
    pub(super) fn new() -> Self {
        Self { ready: HashMap::new(), changed_at: None }
    }

    /// Customers or ranks changed: every result may be wrong.
    pub(super) fn forget_all(&mut self) {
        self.ready.clear();
        self.changed_at = Some(Instant::now());
    }

    /// Drops results that are too old to be shown.
    pub(super) fn forget_old(&mut self, now: Instant) {
        self.ready.retain(|_, prepared| now.duration_since(prepared.asked_at) < FRESH);
    }

    /// The result for a call, if it is about this caller and fresh.
    pub(super) fn take(&mut self, call_id: CallId, who: &Who) -> Option<Arc<Profile>> {
        let prepared = self.ready.remove(&call_id)?;
        let is_right = prepared.who == *who && prepared.asked_at.elapsed() < FRESH;
        is_right.then(|| Arc::new(prepared.profile))
    }
}

impl Bridge {
    /// Looks the caller up before a phone rings.
    pub(super) fn prepare(&mut self, call: CallInfo) {
        let who = Who { caller: call.caller, customer_code: call.customer_code, choice: None };
        let full = self.preparation.ready.len() >= PREPARED_MAX;
        if full || (who.caller.number().is_none() && who.customer_code.is_none()) {
            return;
        }
        let (call_id, asked_at, today) = (call.call_id, Instant::now(), self.clock.today());
        let results = self.results.clone();
        // If the queue is full or the store busy, the caller is looked up when a phone rings.
        let _ = self.lookups.request(&Asker::Bridge, move |reader| {
            if let Ok(profile) = popup::of_call(reader, &who, today) {
                results.send(Input::Prepared(Prepared { call_id, who, asked_at, profile }));
            }
        });
    }

    /// A lookup that was made ahead has ended.
    pub(super) fn on_prepared(&mut self, prepared: Prepared) {
        let rings_already = self.calls.contains_key(&prepared.call_id);
        let is_right = self.preparation.changed_at.is_none_or(|changed| prepared.asked_at > changed);
        if is_right && !rings_already {
            self.preparation.ready.insert(prepared.call_id, prepared);
        }
    }
}
