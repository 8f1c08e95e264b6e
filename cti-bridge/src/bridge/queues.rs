//! Pauses agents in the queues of the PBXs: a queue rings an agent who is ready, not one who is away or doing after-call
//! work.
//!
//! Queues are told when an agent signs in, when presence changes, and again when a PBX reconnects. Being on a call needs
//! no pause: the queue knows about that.

use super::{Bridge, Source};
use crate::protocol::Presence;
use crate::source::{QueuePause, SourceRequest};

impl Bridge {
    /// Tells the queues whether they may ring this agent, if that has changed.
    pub(super) fn tell_queues(&mut self, agent_code: &str) {
        let Some(presence) = self.hub.presence(agent_code) else { return };
        let paused = match presence.presence {
            Presence::Ready => false,
            Presence::Away | Presence::AfterCallWork => true,
            Presence::OnCall => return,
        };
        let reason = if presence.presence == Presence::AfterCallWork {
            Some(Presence::AfterCallWork.word().to_owned())
        } else {
            presence.reason.clone()
        };
        for phone in self.hub.phones_of(agent_code) {
            if self.queues_told.get(&phone).is_some_and(|told| told.paused == paused) {
                continue;
            }
            let (at, extension) = self.place_of(&phone);
            let pause = QueuePause { extension, paused, reason: reason.clone() };
            self.queues_told.insert(phone, pause.clone());
            if let Some(source) = self.sources.get(at) {
                ask(source, vec![pause]);
            }
        }
    }

    /// A PBX that has reconnected may have lost or missed the pauses.
    pub(super) fn tell_queues_again(&self, at: usize) {
        if let Some(source) = self.sources.get(at) {
            let there = self.queues_told.iter().filter(|(phone, _)| self.place_of(phone).0 == at);
            ask(source, there.map(|(_, pause)| pause.clone()).collect());
        }
    }
}

fn ask(source: &Source, pauses: Vec<QueuePause>) {
    if !source.up || pauses.is_empty() {
        return;
    }
    if let Some(requests) = &source.requests
        && requests.try_send(SourceRequest::Pause(pauses)).is_err()
    {
        tracing::warn!(source = source.name, "the PBX is busy: its queues do not know who is away");
    }
}
