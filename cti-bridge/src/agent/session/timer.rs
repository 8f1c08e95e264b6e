//! What is due: `hello`, answers that take too long, pings, and the end of a silent socket.

use std::time::Duration;

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::{End, Session};
use crate::protocol::{CloseCode, Refusal};

impl Session {
    pub(super) async fn on_timer(&mut self) -> Result<(), End> {
        let limits = self.app.limits;
        let now = Instant::now();
        let hello_by = self.opened + limits.hello_timeout;
        if self.agent.is_none() && now >= hello_by {
            return Err(End::Close(CloseCode::Silent));
        }
        if now >= self.alive + limits.idle_timeout {
            return Err(End::Close(CloseCode::Silent));
        }
        while let Some(at) = self.pending.iter().position(|p| p.expires <= now) {
            let late = self.pending.swap_remove(at);
            self.refuse(Some(&late.id), &Refusal::timeout()).await?;
        }
        if !self.pinged && now >= self.alive + limits.ping_interval {
            self.pinged = true;
            self.send(Message::Ping(Vec::new().into())).await?;
        }
        let quiet = if self.pinged { limits.idle_timeout } else { limits.ping_interval };
        let mut next = self.alive + quiet;
        if self.agent.is_none() {
            next = next.min(hello_by);
        }
        if let Some(first) = self.pending.iter().map(|p| p.expires).min() {
            next = next.min(first);
        }
        self.timer.as_mut().reset(next.max(now + Duration::from_millis(1)));
        Ok(())
    }
}
