//! What goes out: pushes and answers, as many as wait in one write.
//!
//! Everything goes through here, so that each write has its time-out and leaves nothing behind in the socket's buffer.

use std::io::ErrorKind;

use futures_util::SinkExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::{End, Session, Ws};
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
        in_time(timeout(limit, self.send_batch(first)).await)
    }

    /// Sends frames in one write, and nothing in between.
    pub(super) async fn send_all(&mut self, frames: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), End> {
        let limit = self.app.limits.idle_timeout;
        in_time(timeout(limit, feed_all(&mut self.ws, frames)).await)
    }

    /// Sends what waits in the socket's buffer.
    pub(super) async fn flush(&mut self) -> Result<(), End> {
        let limit = self.app.limits.idle_timeout;
        in_time(timeout(limit, self.ws.flush()).await)
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

async fn feed_all(ws: &mut Ws, frames: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), WsError> {
    for frame in frames {
        ws.feed(Message::Text(frame)).await?;
    }
    ws.flush().await
}

/// A client that accepts nothing, or too little for too long, is too slow.
fn in_time<E>(sent: Result<Result<(), WsError>, E>) -> Result<(), End> {
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(WsError::Io(error))) if error.kind() == ErrorKind::TimedOut => {
            Err(End::Close(CloseCode::TooSlow))
        }
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::Close(CloseCode::TooSlow)),
    }
}
