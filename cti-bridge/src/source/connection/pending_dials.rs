//! Dial requests that the PBX has not answered yet.

use std::collections::HashMap;

use shared::message;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::source::DialError;

/// Where the result of a dial request goes.
pub(in crate::source) type DialReply = oneshot::Sender<Result<(), DialError>>;

/// Pending requests by the identity that the PBX's answer repeats. When the connection is lost they fail.
#[derive(Debug)]
pub(in crate::source) struct PendingDials {
    max: usize,
    pending: HashMap<String, Pending>,
}

#[derive(Debug)]
struct Pending {
    deadline: Instant,
    reply: DialReply,
    /// The PBX accepted the request: what is awaited is the phone.
    accepted: bool,
}

impl PendingDials {
    pub(in crate::source) fn new(max: usize) -> Self {
        Self { max, pending: HashMap::new() }
    }

    pub(in crate::source) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Whether one more may be pending.
    ///
    /// # Errors
    /// There are too many.
    pub(in crate::source) fn check_room(&self) -> Result<(), DialError> {
        self.check_room_beside(0)
    }

    /// Whether one more may be pending beside so many others that the PBX is still busy with.
    ///
    /// # Errors
    /// There are too many.
    pub(in crate::source) fn check_room_beside(&self, others: usize) -> Result<(), DialError> {
        if self.pending.len() + others < self.max {
            return Ok(());
        }
        Err(DialError::Refused(message!(
            "発信待ちが多すぎます。しばらくしてからもう一度お試しください",
            "too many calls are being dialled; try again shortly",
        )))
    }

    /// Waits for the answer to this request until `deadline`.
    pub(in crate::source) fn insert(&mut self, id: String, deadline: Instant, reply: DialReply) {
        self.pending.insert(id, Pending { deadline, reply, accepted: false });
    }

    /// The PBX accepted a request: now its phone must ring until `deadline`.
    pub(in crate::source) fn accepted(&mut self, id: &str, deadline: Option<Instant>) {
        if let Some(pending) = self.pending.get_mut(id) {
            pending.accepted = true;
            pending.deadline = deadline.unwrap_or(pending.deadline);
        }
    }

    /// Reports the result of a request. Later results of the same request are ignored.
    pub(in crate::source) fn settle(&mut self, id: &str, result: Result<(), DialError>) {
        if let Some(pending) = self.pending.remove(id) {
            // The requester may have disconnected.
            let _ = pending.reply.send(result);
        }
    }

    /// Whether this request is pending.
    pub(in crate::source) fn has(&self, id: &str) -> bool {
        self.pending.contains_key(id)
    }

    /// When the next request times out.
    pub(in crate::source) fn deadline(&self) -> Option<Instant> {
        self.pending.values().map(|pending| pending.deadline).min()
    }

    /// Fails the requests that were not answered in time. Returns those whose phone did not respond.
    pub(in crate::source) fn expire(&mut self, now: Instant) -> Vec<String> {
        let mut silent = Vec::new();
        for (id, pending) in self.pending.extract_if(|_, pending| pending.deadline <= now) {
            let error = if pending.accepted { DialError::PhoneSilent } else { DialError::Timeout };
            let _ = pending.reply.send(Err(error));
            if pending.accepted {
                silent.push(id);
            }
        }
        silent
    }
}

impl Drop for PendingDials {
    fn drop(&mut self) {
        for (_, pending) in self.pending.drain() {
            let _ = pending.reply.send(Err(DialError::Down));
        }
    }
}
