//! The end of a socket, so that the peer learns why.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shared::message;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::Session;
use crate::client::Connection;
use crate::protocol::{self, CloseCode, ErrorCode, Refusal};

/// How long a close may take: the frame out, the peer's in.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(800);
/// Bytes of a frame over the limit that are read and thrown away, so that the peer can read why.
const DISCARD_BYTES_MAX: usize = 16 * 1024 * 1024;

impl Session {
    /// Closes: the reason out, then whatever still comes in is thrown away until the peer has closed as well.
    pub(super) async fn close(&mut self, code: CloseCode) {
        let frame = CloseFrame { code: code.number().into(), reason: code.reason().into() };
        let closing = async {
            if code == CloseCode::TooLarge {
                let message = message!(
                    "フレームが上限(frame_bytes_max)を超えています",
                    "the frame is over frame_bytes_max"
                );
                let refusal = Refusal::new(ErrorCode::TooLarge, message);
                self.ws.feed(Message::Text(protocol::refuse(None, &refusal, self.lang))).await?;
            }
            self.ws.send(Message::Close(Some(frame))).await?;
            if code == CloseCode::TooLarge {
                discard(self.ws.get_mut()).await;
            } else {
                while let Some(Ok(_)) = self.ws.next().await {}
            }
            Ok::<(), WsError>(())
        };
        // However it ends, the socket is dropped now.
        let _ = timeout(CLOSE_TIMEOUT, closing).await;
    }
}

/// Reads and throws away. Without it the kernel would answer the rest of a large frame with a reset, and the
/// peer might never see why it was closed.
async fn discard(stream: &mut Connection) {
    let mut buffer = vec![0_u8; 16 * 1024];
    let mut total = 0;
    while total < DISCARD_BYTES_MAX {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => total += n,
        }
    }
}
