//! Sources: each connects to one make of PBX and turns what it sends into [`CallSignal`]s.

pub mod ami;
mod caller;
mod channel_memory;
mod configured;
mod connection;
mod error;
pub mod freeswitch;
mod numbers;
mod order;
pub mod problem;
mod recording;
mod settings;
pub mod webhook;

use std::collections::BTreeSet;
use std::sync::Arc;

use shared::Moment;
use shared::message::Message;
use shared::phone::PhoneNumber;
use tokio::sync::{mpsc, oneshot};

use crate::call::CallSignal;
use problem::Problems;
use settings::SourceKind;
use webhook::WebhookSource;

pub use configured::Sources;
pub(crate) use configured::{PreparedSources, SourceFlags};
pub use connection::{Connect, Connector, Fingerprint, Secret, Tcp, Tls};
pub use error::{DialError, OrderError, PhoneFault, SourceError};
pub use numbers::LineNumbers;
pub use order::{Controls, Destination, Order, OrderReply};
pub use recording::RecordingUrl;
pub(crate) use settings::secret_variable;
pub use settings::{SourceChannels, SourceContext, SourceSettings, StartSource};

/// Every kind of source. A new one is declared above and listed here, and nowhere else.
const KINDS: [SourceKind; 3] = [ami::KIND, freeswitch::KIND, webhook::KIND];

/// What a source reports to the bridge.
#[derive(Debug)]
pub enum SourceEvent {
    /// Connected and signed in.
    Up,
    /// What the bridge cannot see or do there: after signing in, and whenever that changes.
    Checked(Problems),
    /// What the PBX sent, in its order.
    Signals {
        /// When it was read from the network, or when it happened, if the PBX says so.
        at: Moment,
        /// Never empty.
        signals: Vec<CallSignal>,
    },
    /// The connection is lost or could not be made; the source reconnects by itself. If it was up,
    /// [`CallSignal::SourceLost`] came before this.
    Down {
        /// Place, cause and cure.
        reason: Message,
    },
    /// Reconnecting is useless; the source has ended.
    Fatal(SourceError),
}

/// A running source as the bridge sees it.
#[derive(Debug)]
pub struct SourceLink {
    /// The name in the settings, which call records carry.
    pub name: String,
    /// What it reports.
    pub events: mpsc::Receiver<SourceEvent>,
    /// Where to send requests; `None` when it accepts none.
    pub requests: Option<mpsc::Sender<SourceRequest>>,
    /// Which orders about live calls it takes.
    pub controls: Controls,
    /// Where its events are posted; `None` when it connects by itself.
    pub webhook: Option<Arc<WebhookSource>>,
    /// The company's own numbers, which are never a customer's.
    pub own_numbers: BTreeSet<PhoneNumber>,
    /// Where its recordings can be listened to.
    pub recording_url: Option<RecordingUrl>,
}

impl SourceLink {
    /// A source that accepts no requests.
    #[must_use]
    pub fn listening(name: impl Into<String>, events: mpsc::Receiver<SourceEvent>) -> Self {
        Self {
            name: name.into(),
            events,
            requests: None,
            controls: Controls::default(),
            webhook: None,
            own_numbers: BTreeSet::new(),
            recording_url: None,
        }
    }
}

/// What the bridge asks of a source.
#[derive(Debug)]
pub enum SourceRequest {
    /// Click-to-call: ring this extension, and once it is answered call this destination.
    Dial {
        /// The agent's extension.
        extension: String,
        /// Whom to call.
        to: Destination,
        /// Whether the PBX accepted the request.
        reply: oneshot::Sender<Result<(), DialError>>,
    },
    /// Something to do with a live call.
    Order {
        /// What.
        order: Order,
        /// Whether the PBX did it.
        reply: OrderReply,
    },
    /// Which phones the queues may ring. A source without queue settings ignores it.
    Pause(Vec<QueuePause>),
}

/// Whether queues may ring a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePause {
    /// The agent's extension.
    pub extension: String,
    /// Queues must not ring it.
    pub paused: bool,
    /// Why not.
    pub reason: Option<String>,
}
