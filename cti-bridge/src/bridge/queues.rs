//! The queues of the telephone systems: they ring an agent who is ready, not one who is away or at after-call work.
//!
//! Told when an agent signs in, when the presence changes, and again when a telephone system comes back. Being on a
//! call says nothing new: the queue knows that.

use super::{Bridge, Source};
use crate::agent::protocol::Presence;
use crate::source::{QueuePause, SourceRequest};

impl Bridge {
    /// Tells the queues whether they may ring this agent, if that is news.
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

    /// A telephone system that was away may have forgotten, or missed, whom its queues may ring.
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
        tracing::warn!(
            source = source.name,
            "the telephone system is busy: its queues do not know who is away"
        );
    }
}
