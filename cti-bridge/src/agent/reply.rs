//! Answers that are made elsewhere and come back through the session's queue.

use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::protocol::{self, Refusal};
use crate::metrics::Kind;

/// An answer on its way to its session.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The session's own number of the request.
    pub(crate) key: u64,
    /// The whole answer.
    pub(crate) frame: Utf8Bytes,
}

/// Where the answer to a request goes.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) answers: mpsc::Sender<Answered>,
    pub(crate) key: u64,
    pub(crate) id: Arc<str>,
    pub(crate) refused: Family<Kind, Counter>,
}

impl Reply {
    /// Answers with data as JSON, or with a refusal.
    pub(crate) fn send(self, answer: Result<String, Refusal>) {
        let frame = answer.map_or_else(
            |refusal| {
                self.refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
                protocol::refuse(Some(&self.id), &refusal)
            },
            |data| protocol::answer(&self.id, &data),
        );
        // The session may have ended.
        let _ = self.answers.try_send(Answered { key: self.key, frame: frame.into() });
    }
}
