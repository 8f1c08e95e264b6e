//! What comes in: frames that are requests, and those that are none.

use serde_json::value::RawValue;
use shared::message;
use tokio_tungstenite::tungstenite::Message;

use super::{End, Session};
use crate::agent::ops::{self, Parsed};
use crate::metrics::Kind;
use crate::protocol::{self, CloseCode, ErrorCode, Refusal};

impl Session {
    pub(super) async fn on_message(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Text(text) => self.on_text(&text).await,
            Message::Binary(_) => {
                let message = message!("フレームはテキストで送ってください", "frames are text, not binary");
                self.on_bad_frame(&Refusal::new(ErrorCode::BadRequest, message)).await
            }
            Message::Close(_) => Err(End::Gone),
            // The pong waits to go out.
            Message::Ping(_) => self.flush().await,
            Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    async fn on_text(&mut self, text: &str) -> Result<(), End> {
        match ops::parse(text) {
            Ok(Parsed { id, key, request: Ok(request) }) => {
                self.bad_frames = 0;
                self.on_request(&id, key, request).await
            }
            Ok(Parsed { id, key: _, request: Err(refusal) }) => {
                self.bad_frames = 0;
                self.refuse(Some(&id), &refusal).await
            }
            Err(refusal) => self.on_bad_frame(&refusal).await,
        }
    }

    async fn on_bad_frame(&mut self, refusal: &Refusal) -> Result<(), End> {
        self.bad_frames += 1;
        self.refuse(None, refusal).await?;
        if self.bad_frames >= self.app.limits.bad_frames_max {
            return Err(End::Close(CloseCode::Protocol));
        }
        Ok(())
    }

    pub(super) async fn refuse(&mut self, id: Option<&RawValue>, refusal: &Refusal) -> Result<(), End> {
        self.app.metrics.frames_refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
        self.send(Message::Text(protocol::refuse(id, refusal, self.lang))).await
    }
}
