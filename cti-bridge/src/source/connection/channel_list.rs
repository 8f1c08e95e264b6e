//! The list of live channels that every connection begins with.

use std::time::Duration;

use tokio::time::Instant;

/// How far reading the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Phase {
    /// Asked for, not answered.
    Requested,
    /// Being received, or details are being asked for.
    Reading,
    /// Complete, given up or refused.
    Done,
}

/// The progress of one list, with its time limit.
#[derive(Debug)]
pub(in crate::source) struct ChannelList {
    pub(in crate::source) phase: Phase,
    deadline: Instant,
}

impl ChannelList {
    /// A list that is being asked for now.
    pub(in crate::source) fn requested(timeout_ms: u64) -> Self {
        Self { phase: Phase::Requested, deadline: Instant::now() + Duration::from_millis(timeout_ms) }
    }

    /// Until when it is waited for.
    pub(in crate::source) fn deadline(&self) -> Option<Instant> {
        (self.phase != Phase::Done).then_some(self.deadline)
    }

    /// Gives up a list that is overdue; returns the phase it was in.
    pub(in crate::source) fn expire(&mut self, now: Instant) -> Option<Phase> {
        self.deadline().filter(|deadline| *deadline <= now)?;
        Some(std::mem::replace(&mut self.phase, Phase::Done))
    }
}
