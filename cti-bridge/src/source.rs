//! Sources: each connects to one make of telephone system and turns what it tells into [`CallSignal`]s.

pub mod ami;
mod caller;
mod configured;
mod connection;
pub mod freeswitch;
mod settings;
pub mod webhook;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use crate::call::CallSignal;
use webhook::WebhookSource;

pub use configured::Sources;
pub(crate) use configured::{PreparedSources, SourceFlags};
pub use connection::{Connect, Connector, Secret, Tcp, Tls};
pub use settings::{SourceContext, SourceSettings, StartSource};

/// What a source tells the bridge.
#[derive(Debug)]
pub enum SourceEvent {
    /// Connected and signed in.
    Up,
    /// What the telephone system told, in its order.
    Signals {
        /// When it was read from the network.
        at: DateTime<Utc>,
        /// Never empty.
        signals: Vec<CallSignal>,
    },
    /// The connection is gone, or could not be made; the source tries again by itself. If it was up,
    /// [`CallSignal::SourceLost`] came before this.
    Down {
        /// Place, cause and cure, for the log.
        reason: String,
    },
    /// Trying again cannot help; the source has ended.
    Fatal(SourceError),
}

/// A telephone system as the bridge has it: its name, what it tells, and where to ask it for something.
#[derive(Debug)]
pub struct SourceLink {
    /// The name in the settings; calls are recorded with it.
    pub name: String,
    /// What it tells.
    pub events: mpsc::Receiver<SourceEvent>,
    /// Where to ask it for something; `None` when it takes no requests.
    pub requests: Option<mpsc::Sender<SourceRequest>>,
    /// Where its events are posted; `None` when it connects by itself.
    pub webhook: Option<Arc<WebhookSource>>,
}

impl SourceLink {
    /// A source that takes no requests.
    #[must_use]
    pub fn listening(name: impl Into<String>, events: mpsc::Receiver<SourceEvent>) -> Self {
        Self { name: name.into(), events, requests: None, webhook: None }
    }
}

/// What the bridge asks of a source.
#[derive(Debug)]
pub enum SourceRequest {
    /// Click-to-call: ring this phone of ours, and when it is answered dial this number.
    Dial {
        /// The agent's extension.
        extension: String,
        /// The number as our telephone system dials it: digits, `+`, `*` and `#` only.
        number: String,
        /// How it went: the telephone system took the order, or why not.
        reply: oneshot::Sender<Result<(), DialError>>,
    },
    /// Whom the queues may ring. A source whose settings name no agents of queues ignores it.
    Pause(Vec<QueuePause>),
}

/// Whether queues may ring a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePause {
    /// The agent's extension.
    pub extension: String,
    /// Whether they must not.
    pub paused: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// Why a number was not dialled. The text is for the agent and names no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The telephone system is not connected.
    #[error("the telephone system is not connected")]
    Down,
    /// The telephone system refused.
    #[error("the telephone system refused: {0}")]
    Refused(String),
    /// It did not answer in time.
    #[error("the telephone system did not answer in time")]
    Timeout,
    /// This source cannot dial, or is not set up for it.
    #[error("this telephone system is not set up for dialling: {0}")]
    NotSupported(String),
}

/// Why a source cannot work at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The telephone system refused the user or the secret.
    #[error(
        "telephone system {address} refused the manager user `{user}` ({message}): check the secret and the \
         user's `secret`, `permit` and `read` lines in manager.conf"
    )]
    AuthenticationFailed {
        /// Where.
        address: String,
        /// Who.
        user: String,
        /// What the telephone system said.
        message: String,
    },
    /// The telephone system refused the password.
    #[error(
        "telephone system {address} refused the password ({message}): check it against `password` in \
         event_socket.conf.xml"
    )]
    PasswordRefused {
        /// Where.
        address: String,
        /// What the telephone system said.
        message: String,
    },
}
