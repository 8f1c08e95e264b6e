//! Pauses agents in the queues of the PBXs: a queue rings an agent who is ready, not one who is away or doing after-call
//! work.
//!
//! Queues are told when presence changes, and again when a PBX reconnects or the bridge is restarted. Only who was paused
//! here is freed here: a pause by a supervisor, or an agent who has signed out of the queues, is not touched. Being on a
//! call needs no pause: the queue knows about that.

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
        let mut changed = false;
        for phone in self.hub.phones_of(agent_code) {
            // Who was never paused here need not be freed: a supervisor may have paused them in the PBX.
            let before = self.queues_told.get(&phone).is_some_and(|told| told.pause.paused);
            if before == paused {
                continue;
            }
            let (at, extension) = self.place_of(&phone);
            // A source without requests (a webhook) has no queues.
            let Some(source) = self.sources.get(at).filter(|source| source.requests.is_some()) else {
                continue;
            };
            let pause = QueuePause { extension, paused, reason: reason.clone() };
            let heard = ask(source, vec![pause.clone()]);
            self.queues_told.insert(phone, Told { pause, heard });
            changed = true;
        }
        if changed {
            self.keep_presence(agent_code);
        }
    }

    /// A PBX that has reconnected may have lost or missed the pauses, and who was freed meanwhile.
    pub(super) fn tell_queues_again(&mut self, at: usize) {
        let there = |phone: &str| self.place_of(phone).0 == at;
        let phones: Vec<String> = self
            .queues_told
            .iter()
            .filter(|(phone, told)| there(phone) && (told.pause.paused || !told.heard))
            .map(|(phone, _)| phone.clone())
            .collect();
        let pauses = phones.iter().filter_map(|phone| Some(self.queues_told.get(phone)?.pause.clone()));
        let heard = self.sources.get(at).is_some_and(|source| ask(source, pauses.collect()));
        for phone in phones {
            if let Some(told) = self.queues_told.get_mut(&phone) {
                told.heard |= heard;
            }
        }
    }

    /// Whether the queues were told to pause the agent.
    pub(super) fn queues_are_paused(&self, agent_code: &str) -> bool {
        let phones = self.hub.phones_of(agent_code);
        phones.iter().any(|phone| self.queues_told.get(phone).is_some_and(|told| told.pause.paused))
    }

    /// An earlier run of the bridge told the queues to pause the agent.
    pub(super) fn queues_were_paused(&mut self, agent_code: &str, reason: Option<&str>) {
        for phone in self.hub.phones_of(agent_code) {
            let (_, extension) = self.place_of(&phone);
            let pause = QueuePause { extension, paused: true, reason: reason.map(str::to_owned) };
            self.queues_told.insert(phone, Told { pause, heard: false });
        }
    }
}

/// What the queues were told last about a phone.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pause: QueuePause,
    /// The PBX was there.
    heard: bool,
}

/// Asks a PBX, if it is there.
fn ask(source: &Source, pauses: Vec<QueuePause>) -> bool {
    if !source.up || pauses.is_empty() {
        return false;
    }
    let Some(requests) = &source.requests else { return false };
    let sent = requests.try_send(SourceRequest::Pause(pauses)).is_ok();
    if !sent {
        tracing::warn!(source = source.name, "the PBX is busy: its queues do not know who is away");
    }
    sent
}
