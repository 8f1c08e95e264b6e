//! Presence: ready, away, on a call, doing after-call work.
//!
//! An agent sets ready or away. Being on a call follows from the calls, and so does after-call work, which ends by
//! itself, by a wrap-up, or when the agent ends it. Afterwards the agent is again what was set last.

use chrono::{DateTime, TimeDelta, Utc};
use shared::store::KeptPresence;

use super::Bridge;
use super::journal::Entry;
use crate::call::{CallId, Direction};
use crate::hub::PresenceState;
use crate::protocol::Presence;

/// An agent's presence between calls: what the agent set last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Resting {
    away: bool,
    reason: Option<String>,
    /// When it was set; unknown, if the agent has set nothing.
    set_at: Option<DateTime<Utc>>,
}

impl Resting {
    fn state(&self, since: DateTime<Utc>) -> PresenceState {
        let presence = if self.away { Presence::Away } else { Presence::Ready };
        PresenceState { reason: self.reason.clone(), ..PresenceState::new(presence, since) }
    }
}

impl Bridge {
    /// Sets the agent's presence. Returns what it is now: during a call it stays `on_call`.
    pub(super) fn presence_by_hand(
        &mut self,
        agent_code: &str,
        state: Presence,
        reason: Option<String>,
    ) -> Presence {
        let now = self.clock.now();
        let busy = self.is_on_call(agent_code, None);
        if state == Presence::AfterCallWork {
            // Set by hand it has no end: the agent ends it.
            if !busy {
                let call_id = self.hub.presence(agent_code).and_then(|p| p.call_id);
                self.finish_after_call_work(agent_code);
                let by_hand = PresenceState { call_id, ..PresenceState::new(Presence::AfterCallWork, now) };
                self.set_presence(agent_code, by_hand, now);
            }
        } else {
            let resting = Resting { away: state == Presence::Away, reason, set_at: Some(now) };
            self.resting.insert(agent_code.to_owned(), resting);
            self.keep_presence(agent_code);
            if !busy {
                self.rest(agent_code);
            }
        }
        self.hub.presence(agent_code).map_or(state, |now| now.presence)
    }

    /// Keeps what the agent set last for the next start.
    pub(super) fn keep_presence(&self, agent_code: &str) {
        let resting = self.resting.get(agent_code).cloned().unwrap_or_default();
        self.recorder.keep(Entry::Presence(KeptPresence {
            agent_code: agent_code.to_owned(),
            away: resting.away,
            reason: resting.reason,
            since: resting.set_at.unwrap_or_else(|| self.clock.now()),
            queue_paused: self.queues_are_paused(agent_code),
        }));
    }

    /// With what agents had set before the bridge was started. An agent whom the queues were told to pause for
    /// after-call work is free again.
    pub(crate) fn with_presence(mut self, kept: Vec<KeptPresence>) -> Self {
        for KeptPresence { agent_code, away, reason, since, queue_paused } in kept {
            if queue_paused {
                self.queues_were_paused(&agent_code, reason.as_deref());
            }
            let resting = Resting { away, reason, set_at: Some(since) };
            if away {
                self.hub.set_presence(&agent_code, resting.state(since), since);
            }
            self.resting.insert(agent_code.clone(), resting);
            self.tell_queues(&agent_code);
        }
        self
    }

    fn set_presence(&mut self, agent_code: &str, mut state: PresenceState, at: DateTime<Utc>) {
        state.steady_since = self.clock.steady();
        state.steady_until = state.until.map(|_| state.steady_since + self.times.after_call_work);
        self.hub.set_presence(agent_code, state, at);
        self.tell_queues(agent_code);
    }

    /// The agent on this extension has a call now.
    pub(super) fn presence_on_call(&mut self, extension: &str, call_id: CallId, at: DateTime<Utc>) {
        let Some(agent_code) = self.hub.agent_of(extension).map(str::to_owned) else { return };
        if self.hub.presence(&agent_code).is_some_and(|p| p.presence == Presence::OnCall) {
            return;
        }
        self.finish_after_call_work(&agent_code);
        let state = PresenceState { call_id: Some(call_id), ..PresenceState::new(Presence::OnCall, at) };
        self.set_presence(&agent_code, state, at);
    }

    /// The agent on this extension no longer has this call.
    pub(super) fn presence_off_call(&mut self, extension: &str, call_id: CallId, direction: Direction) {
        let Some(agent_code) = self.hub.agent_of(extension).map(str::to_owned) else { return };
        let is_on_call = self.hub.presence(&agent_code).is_some_and(|p| p.presence == Presence::OnCall);
        if !is_on_call || self.is_on_call(&agent_code, Some(call_id)) {
            return;
        }
        let (now, length) = (self.clock.now(), self.times.after_call_work);
        if length.is_zero() || direction == Direction::Internal {
            return self.rest(&agent_code);
        }
        let until = TimeDelta::from_std(length).ok().map(|length| now + length);
        let state = PresenceState {
            until,
            call_id: Some(call_id),
            ..PresenceState::new(Presence::AfterCallWork, now)
        };
        self.set_presence(&agent_code, state, now);
    }

    /// Ends after-call work whose time is over.
    pub(super) fn end_due_after_call_work(&mut self) {
        for agent_code in self.hub.presence_over(self.clock.steady()) {
            self.rest(&agent_code);
        }
    }

    /// Ends after-call work with the wrap-up of its call.
    pub(super) fn wrapped_up(&mut self, agent_code: &str, call_id: &str) {
        let at_it = self.hub.presence(agent_code).is_some_and(|p| {
            p.presence == Presence::AfterCallWork && p.call_id.is_some_and(|id| id.to_string() == call_id)
        });
        if at_it {
            self.rest(agent_code);
        }
    }

    /// Back to the presence that the agent set last.
    fn rest(&mut self, agent_code: &str) {
        self.finish_after_call_work(agent_code);
        let now = self.clock.now();
        let state = self.resting.get(agent_code).cloned().unwrap_or_default().state(now);
        self.set_presence(agent_code, state, now);
    }

    /// Adds the time of after-call work that ends now to its call.
    fn finish_after_call_work(&mut self, agent_code: &str) {
        let Some(presence) = self.hub.presence(agent_code) else { return };
        if presence.presence != Presence::AfterCallWork {
            return;
        }
        let Some(call_id) = presence.call_id.map(|id| id.to_string()) else { return };
        let took = self.clock.steady().saturating_sub(presence.steady_since);
        let seconds = i64::try_from(took.as_secs()).unwrap_or(i64::MAX);
        let key = format!("{agent_code}/{}/{call_id}", presence.since.timestamp_micros());
        let agent_code = Some(agent_code.to_owned());
        self.recorder.keep(Entry::AfterCallWork { call_id, agent_code, seconds, key });
    }

    /// Whether the agent talks or holds, on any call but this one.
    fn is_on_call(&self, agent_code: &str, except: Option<CallId>) -> bool {
        let Some(extension) = self.hub.extension_of(agent_code) else { return false };
        self.calls
            .values()
            .filter(|call| call.is_live() && Some(call.info.call_id) != except)
            .any(|call| call.legs.iter().any(|leg| leg.extension == extension && leg.talks()))
    }
}
