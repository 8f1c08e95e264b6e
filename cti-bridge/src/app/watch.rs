//! The token of each open socket: when it expires or is revoked, the socket is closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::Clock;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::hub::socket::SocketHandle;
use crate::lookup::{Asker, Lookups};
use crate::popup::ProfileError;
use crate::protocol::CloseCode;

/// The sockets that are signed in, by their number.
#[derive(Debug, Default)]
pub(crate) struct TokenWatch {
    open: Mutex<HashMap<u64, (String, SocketHandle)>>,
}

impl TokenWatch {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, (String, SocketHandle)>> {
        // Nothing can panic while the lock is held.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket signed in with this token.
    pub(crate) fn add(&self, token_id: String, socket: SocketHandle) {
        self.open().insert(socket.id(), (token_id, socket));
    }

    /// A socket has closed.
    pub(crate) fn remove(&self, socket_id: u64) {
        self.open().remove(&socket_id);
    }

    /// Closes every socket of these tokens.
    pub(crate) fn end(&self, token_ids: &[String]) {
        let open = self.open();
        for (_, socket) in open.values().filter(|(token_id, _)| token_ids.contains(token_id)) {
            socket.close(CloseCode::Unauthorized);
        }
    }

    fn tokens(&self) -> Vec<String> {
        let mut tokens: Vec<String> = self.open().values().map(|(token_id, _)| token_id.clone()).collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// Asks the store again and again which tokens have ended, until the stop.
    pub(crate) async fn run(
        self: Arc<Self>,
        lookups: Lookups,
        clock: Arc<dyn Clock>,
        every: Duration,
        stopping: CancellationToken,
    ) {
        let mut due = tokio::time::interval(every);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = due.tick() => {}
                () = stopping.cancelled() => return,
            }
            let (tokens, now) = (self.tokens(), clock.now());
            if tokens.is_empty() {
                continue;
            }
            // When the store cannot be read now, the next round reads it.
            let ended = lookups
                .read(&Asker::Bridge, move |reader| {
                    reader.ended_tokens(&tokens, now).map_err(ProfileError::from)
                })
                .await;
            if let Ok(ended) = ended {
                self.end(&ended);
            }
        }
    }
}
