//! What the kit requires of each kind of PBX.

use std::future::Future;

use shared::message::Label;
use tokio::time::Instant;

use super::{Connection, ConnectionError, Stream};
use crate::call::CallSignal;
use crate::source::SourceRequest;
use crate::source::problem::Problems;

/// A PBX as its settings describe it.
pub(in crate::source) trait Pbx: Sync {
    /// Cuts received bytes into messages.
    type Decoder: Decode + Send;
    /// Handles the messages of one signed-in connection.
    type Session<'a>: Session<Message = <Self::Decoder as Decode>::Message> + Send
    where
        Self: 'a;

    /// What to check when the PBX cannot be reached.
    const CONNECT_ADVICE: Label;

    /// Where it is, and how long to wait for it.
    fn link(&self) -> Link<'_>;

    /// A decoder for a new connection.
    fn decoder(&self) -> Self::Decoder;

    /// Signs in and subscribes to events.
    fn sign_in<S: Stream>(
        &self,
        connection: &mut Connection<'_, Self, S>,
    ) -> impl Future<Output = Result<(), ConnectionError>> + Send
    where
        Self: Sized;

    /// The session of a connection that has just signed in; the decoder knows the greeting.
    fn session(&self, decoder: &Self::Decoder) -> Self::Session<'_>;

    /// The end of the connection, if this message announces it.
    fn end_of_connection(_: &<Self::Decoder as Decode>::Message) -> Option<ConnectionError> {
        None
    }
}

/// Settings that every connection has. All times in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(in crate::source) struct Link<'a> {
    /// `host:port`.
    pub(in crate::source) address: &'a str,
    /// Longest wait for the connection to open.
    pub(in crate::source) connect_timeout_ms: u64,
    /// Longest wait for each answer while signing in.
    pub(in crate::source) login_timeout_ms: u64,
    /// Quiet time before a ping; twice that and the connection is dropped.
    pub(in crate::source) ping_interval_ms: u64,
    /// First wait before reconnecting.
    pub(in crate::source) reconnect_min_ms: u64,
    /// Longest wait before reconnecting.
    pub(in crate::source) reconnect_max_ms: u64,
}

/// Cuts a stream of bytes into messages.
pub(in crate::source) trait Decode {
    /// One message.
    type Message;
    /// Why bytes cannot be decoded.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Appends received bytes, cut anywhere.
    fn push(&mut self, bytes: &[u8]);

    /// The next whole message, or `None` until more bytes arrive.
    fn next_message(&mut self) -> Result<Option<Self::Message>, Self::Error>;
}

/// A signed-in connection's state. It does no I/O: it reacts, and leaves bytes and signals in its [`Output`].
pub(in crate::source) trait Session {
    /// What the PBX sends.
    type Message;

    /// Handles a message.
    fn receive(&mut self, message: &Self::Message);

    /// Handles a request of the bridge.
    fn request(&mut self, request: SourceRequest);

    /// When something other than the ping is due next.
    fn deadline(&self) -> Option<Instant>;

    /// Does what is due.
    ///
    /// # Errors
    /// The connection must be dropped.
    fn on_deadline(&mut self, now: Instant) -> Result<(), ConnectionError>;

    /// Asks the PBX for a sign of life.
    fn ping(&mut self);

    /// Output to send and report now; the kit drains it.
    fn output(&mut self) -> &mut Output;
}

/// What a session wants to send and to report.
#[derive(Debug, Default)]
pub(in crate::source) struct Output {
    /// Bytes for the PBX.
    pub(in crate::source) bytes: Vec<u8>,
    /// Signals for the bridge.
    pub(in crate::source) signals: Vec<CallSignal>,
    /// What the bridge cannot see or do, when that was found out or has changed.
    pub(in crate::source) problems: Option<Problems>,
}
