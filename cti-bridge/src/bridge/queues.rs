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
        let Some(extension) = self.hub.extension_of(agent_code).map(str::to_owned) else { return };
        let Some(presence) = self.hub.presence(agent_code) else { return };
        let paused = match presence.presence {
            Presence::Ready => false,
            Presence::Away | Presence::AfterCallWork => true,
            Presence::OnCall => return,
        };
        if self.queues_told.get(&extension).is_some_and(|told| told.paused == paused) {
            return;
        }
        let reason = if presence.presence == Presence::AfterCallWork {
            Some(Presence::AfterCallWork.word().to_owned())
        } else {
            presence.reason.clone()
        };
        let pause = QueuePause { extension: extension.clone(), paused, reason };
        self.queues_told.insert(extension, pause.clone());
        for source in &self.sources {
            ask(source, vec![pause.clone()]);
        }
    }

    /// A PBX that has reconnected may have lost or missed the pauses.
    pub(super) fn tell_queues_again(&self, at: usize) {
        if let Some(source) = self.sources.get(at) {
            ask(source, self.queues_told.values().cloned().collect());
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
