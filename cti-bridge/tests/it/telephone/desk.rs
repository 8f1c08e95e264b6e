//! The receiver, the tracker and the screens of one bridge, whatever the make of the PBX.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use cti_bridge::call::{CallChange, CallId, CallIds, CallInfo, CallSignal, CallTracker, TrackerLimits};

use super::receiver::{Receiver, connected};
use super::{Pbx, Scenario, Screen};

/// One bridge without its sockets.
pub(crate) struct Desk {
    pub(crate) tracker: CallTracker,
    scenario: Scenario,
    receiver: Box<dyn Receiver>,
    /// The PBX that answers questions.
    pbx: Pbx,
    now: DateTime<Utc>,
    screens: Vec<(CallId, Screen)>,
    ended: HashSet<CallId>,
    /// Calls that an agent placed.
    placed: HashSet<CallId>,
    /// Every pop-up so far: extension and caller.
    pub(crate) rung: Vec<(String, String)>,
    /// Every pop-up that was answered.
    pub(crate) answered: Vec<(String, String)>,
}

impl Desk {
    /// A bridge that has just started, not connected yet.
    pub(crate) fn new(scenario: &Scenario, limits: TrackerLimits) -> Self {
        // A connection needs only the greeting and the answers.
        let scenario = Scenario { messages: Vec::new(), ..scenario.clone() };
        Self {
            tracker: CallTracker::new(limits, CallIds::seeded(1)),
            receiver: connected(&scenario).0,
            pbx: scenario.before.clone(),
            scenario,
            now: "2026-11-21T01:00:00Z".parse().unwrap(),
            screens: Vec::new(),
            ended: HashSet::new(),
            placed: HashSet::new(),
            rung: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// A new connection, with the list of live channels.
    pub(crate) fn connect(&mut self, pbx: &Pbx) {
        self.begin();
        self.list(pbx, &pbx.listing("snap-1"));
        self.answer_asks();
    }

    /// A new connection, without anything of the earlier one.
    pub(crate) fn begin(&mut self) {
        let (receiver, signals) = connected(&self.scenario);
        self.receiver = receiver;
        signals.into_iter().for_each(|signal| self.apply(signal));
    }

    /// A list of live channels, and the PBX that answers questions about them.
    pub(crate) fn list(&mut self, pbx: &Pbx, listing: &[String]) {
        self.pbx = pbx.clone();
        listing.iter().for_each(|message| self.hear(message.as_bytes()));
    }

    /// The connection is lost.
    pub(crate) fn lose(&mut self) {
        self.receiver = connected(&self.scenario).0;
        self.apply(CallSignal::SourceLost);
    }

    /// The list of live channels breaks off.
    pub(crate) fn abort_snapshot(&mut self) {
        self.apply(CallSignal::ChannelListAborted);
    }

    /// Bytes from the PBX, cut anywhere.
    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        self.receiver.push(bytes);
        let mut signals = Vec::new();
        while self.receiver.next(&mut signals) {
            self.now += TimeDelta::milliseconds(100);
            std::mem::take(&mut signals).into_iter().for_each(|signal| self.apply(signal));
        }
    }

    /// The PBX answers the questions about its channels.
    pub(crate) fn answer_asks(&mut self) {
        let mut signals = Vec::new();
        self.receiver.answer(&self.pbx, &mut signals);
        signals.into_iter().for_each(|signal| self.apply(signal));
    }

    fn apply(&mut self, signal: CallSignal) {
        for change in self.tracker.apply(self.now, signal) {
            self.show(&change);
        }
    }

    /// What the agents see now.
    pub(crate) fn screens(&self) -> Vec<Screen> {
        let mut screens: Vec<Screen> = self.screens.iter().map(|(_, screen)| screen.clone()).collect();
        screens.sort();
        screens
    }

    /// Calls that some agent sees.
    pub(crate) fn calls_shown(&self) -> HashSet<CallId> {
        self.screens.iter().map(|(call, _)| *call).collect()
    }

    fn screen(&mut self, call: CallId, extension: &str) -> Option<usize> {
        self.screens.iter().position(|(c, s)| *c == call && s.extension == extension)
    }

    /// Applies a change as a page would, and checks the contract in `call.rs`.
    fn show(&mut self, change: &CallChange) {
        match change {
            CallChange::Ringing { call, extension, .. } => {
                assert!(!self.ended.contains(&call.call_id), "a pop-up after the call's end: {change:?}");
                assert!(self.screen(call.call_id, extension).is_none(), "a pop-up twice: {change:?}");
                let (extension, caller) = (extension.clone(), caller(call));
                self.rung.push((extension.clone(), caller.clone()));
                self.screens.push((call.call_id, Screen { extension, caller, ringing: true }));
            }
            CallChange::Placed { call, extension, .. } => {
                assert!(!self.ended.contains(&call.call_id), "a card after the call's end: {change:?}");
                assert!(self.screen(call.call_id, extension).is_none(), "a card twice: {change:?}");
                let (extension, caller) = (extension.clone(), caller(call));
                self.placed.insert(call.call_id);
                self.screens.push((call.call_id, Screen { extension, caller, ringing: true }));
            }
            CallChange::Answered { call, extension, .. } => {
                let at = self.screen(call.call_id, extension).expect("an answer has a pop-up");
                let screen = &mut self.screens[at].1;
                assert!(std::mem::take(&mut screen.ringing), "answered twice: {change:?}");
                self.answered.push((screen.extension.clone(), screen.caller.clone()));
            }
            CallChange::Dismissed { call_id, extension, .. } => {
                let at = self.screen(*call_id, extension).expect("only what is shown can go");
                self.screens.swap_remove(at);
            }
            CallChange::Left { call_id, extension, .. } => {
                let at = self.screen(*call_id, extension).expect("only what is shown can be left");
                assert!(!self.screens[at].1.ringing, "left while it rings: {change:?}");
            }
            CallChange::Held { call_id, extension, .. } | CallChange::Resumed { call_id, extension, .. } => {
                let at = self.screen(*call_id, extension).expect("only what is shown can be held");
                assert!(!self.screens[at].1.ringing, "held while it rings: {change:?}");
            }
            CallChange::CallerChanged { call } => {
                let shown = self.screens.iter_mut().filter(|(id, _)| *id == call.call_id);
                shown.for_each(|(_, screen)| screen.caller = caller(call));
            }
            CallChange::Ended(ended) => {
                let id = ended.call.call_id;
                assert!(self.ended.insert(id), "ended twice: {change:?}");
                let rings = self.screens.iter().any(|(c, s)| *c == id && s.ringing);
                assert!(!rings || self.placed.contains(&id), "ended while it rings");
                self.screens.retain(|(c, _)| *c != id);
            }
        }
    }
}

fn caller(call: &CallInfo) -> String {
    use shared::caller::CallerNumber::{Internal, Number};
    match &call.caller {
        Number(number) => number.e164().to_owned(),
        Internal(extension) => extension.clone(),
        other => other.kind().to_string(),
    }
}
