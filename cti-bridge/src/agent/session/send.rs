//! What goes out: pushes and answers, as many as wait in one write.

use futures_util::SinkExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::{End, Session};
use crate::hub::reply::Answered;
use crate::protocol::CloseCode;

/// Frames put into one write at most.
const BATCH_MAX: usize = 64;

impl Session {
    /// An answer is sent unless its request was already answered with `timeout`.
    pub(super) fn settle(&mut self, answer: Answered) -> Option<Utf8Bytes> {
        let at = self.pending.iter().position(|p| p.key == answer.key)?;
        self.pending.swap_remove(at);
        Some(answer.frame)
    }

    /// Sends a frame and whatever else waits to go out, in one write.
    pub(super) async fn send(&mut self, first: Message) -> Result<(), End> {
        let limit = self.app.limits.idle_timeout;
        match timeout(limit, self.send_batch(first)).await {
            Ok(sent) => sent.map_err(|_| End::Gone),
            Err(_) => Err(End::Close(CloseCode::TooSlow)),
        }
    }

    async fn send_batch(&mut self, first: Message) -> Result<(), WsError> {
        self.ws.feed(first).await?;
        for _ in 1..BATCH_MAX {
            let next = match self.answers.try_recv() {
                Ok(answer) => match self.settle(answer) {
                    Some(frame) => frame,
                    None => continue,
                },
                Err(_) if self.agent.is_none() => break,
                Err(_) => match self.pushes.try_recv() {
                    Ok(frame) => frame,
                    Err(_) => break,
                },
            };
            self.ws.feed(Message::Text(next)).await?;
        }
        self.ws.flush().await
    }
}
