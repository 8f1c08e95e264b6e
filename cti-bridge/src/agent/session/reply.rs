//! Answers that are made elsewhere and come back through the session's queue.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::agent::protocol::{self, Refusal};
use crate::metrics::{Kind, Metrics};

/// An answer that the store's threads made.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) key: u64,
    pub(super) frame: Utf8Bytes,
}

/// Whom to answer, from the bridge's loop or from wherever the work is done.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(super) answers: mpsc::Sender<Answered>,
    pub(super) key: u64,
    pub(super) id: Arc<str>,
    pub(super) metrics: Metrics,
}

impl Reply {
    /// Answers with data as JSON, or with a refusal.
    pub(crate) fn send(self, answer: Result<String, Refusal>) {
        let frame = answer.map_or_else(
            |refusal| {
                self.metrics.frames_refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
                protocol::refuse(Some(&self.id), &refusal)
            },
            |data| protocol::answer(&self.id, &data),
        );
        // A session that has gone needs no answer.
        let _ = self.answers.try_send(Answered { key: self.key, frame: frame.into() });
    }
}
