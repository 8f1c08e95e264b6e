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
    pending: HashMap<String, (Instant, DialReply)>,
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
        if self.pending.len() < self.max {
            return Ok(());
        }
        Err(DialError::Refused(message!(
            "発信待ちが多すぎます。しばらくしてからもう一度お試しください",
            "too many calls are being dialled; try again shortly",
        )))
    }

    /// Waits for the answer to this request until `deadline`.
    pub(in crate::source) fn insert(&mut self, id: String, deadline: Instant, reply: DialReply) {
        self.pending.insert(id, (deadline, reply));
    }

    /// Reports the result of a request. Later results of the same request are ignored.
    pub(in crate::source) fn settle(&mut self, id: &str, result: Result<(), DialError>) {
        if let Some((_, reply)) = self.pending.remove(id) {
            // The requester may have disconnected.
            let _ = reply.send(result);
        }
    }

    /// When the next request times out.
    pub(in crate::source) fn deadline(&self) -> Option<Instant> {
        self.pending.values().map(|(deadline, _)| *deadline).min()
    }

    /// Fails the requests that were not answered in time.
    pub(in crate::source) fn expire(&mut self, now: Instant) {
        for (_, (_, reply)) in self.pending.extract_if(|_, (deadline, _)| *deadline <= now) {
            let _ = reply.send(Err(DialError::Timeout));
        }
    }
}

impl Drop for PendingDials {
    fn drop(&mut self) {
        for (_, (_, reply)) in self.pending.drain() {
            let _ = reply.send(Err(DialError::Down));
        }
    }
}
