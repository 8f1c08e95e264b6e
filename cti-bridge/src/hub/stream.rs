//! One agent's stream of pushes, and the sockets that read it.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use shared::store::Agent;
use tokio::sync::mpsc::error::TrySendError;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::presence::PresenceState;
use super::push::Push;
use super::socket::SocketHandle;
use crate::metrics::{Kind, Metrics};
use crate::permission::{Permissions, SharedPermissions};
use crate::protocol::{CloseCode, Presence};

/// One agent's pushes.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) agent: Agent,
    pub(super) permissions: SharedPermissions,
    pub(super) seq: u64,
    pub(super) replay: VecDeque<Kept>,
    pub(super) sockets: Vec<Member>,
    /// The socket that rings; the agent's other pages and machines stay silent.
    pub(super) rings: Option<u64>,
    pub(super) presence: PresenceState,
}

/// A push that is kept for a socket that comes back.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) seq: u64,
    pub(super) at: DateTime<Utc>,
    pub(super) frame: Utf8Bytes,
}

/// One socket of an agent.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) socket: SocketHandle,
    pub(super) acked: u64,
}

impl Stream {
    pub(super) fn new(agent: Agent, permissions: Permissions, since: DateTime<Utc>) -> Self {
        Self {
            agent,
            permissions: SharedPermissions::new(permissions),
            seq: 0,
            replay: VecDeque::new(),
            sockets: Vec::new(),
            rings: None,
            presence: PresenceState::new(Presence::Ready, since),
        }
    }

    /// The pushes after `seq`; `None` when some of them are no longer there.
    pub(super) fn after(&self, seq: u64) -> Option<Vec<Utf8Bytes>> {
        let oldest = self.replay.front().map_or(self.seq + 1, |first| first.seq);
        if seq > self.seq || seq + 1 < oldest {
            return None;
        }
        Some(self.replay.iter().filter(|kept| kept.seq > seq).map(|kept| kept.frame.clone()).collect())
    }

    pub(super) fn push(&mut self, at: DateTime<Utc>, push: &Push<'_>, replay_max: usize, metrics: &Metrics) {
        let frame = match push.frame(self.seq + 1, at) {
            Ok(frame) => frame,
            Err(error) => return tracing::error!(%error, "a push could not be written"),
        };
        self.seq += 1;
        self.replay.push_back(Kept { seq: self.seq, at, frame: frame.clone() });
        if self.replay.len() > replay_max {
            self.replay.pop_front();
        }
        self.sockets.retain(|member| match member.socket.offer(frame.clone()) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                member.socket.close(CloseCode::TooSlow);
                false
            }
            // The socket has closed; its `Bye` is on the way.
            Err(TrySendError::Closed(_)) => false,
        });
        metrics.pushes.get_or_create(&Kind { kind: push.kind().word() }).inc();
    }
}
