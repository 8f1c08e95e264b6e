//! One connection: bytes both ways, the sign-in and the subscription.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::{EslDecodeError, EslDecoder, EslKind, EslMessage, FreeSwitchConfig};
use crate::source::Connect;
use crate::source::SourceError;

/// The events that the translator reads, and the results of background jobs. Everything behind `CUSTOM` is a subclass.
const SUBSCRIPTION: &str = "event plain CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER \
     CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_CALLSTATE CHANNEL_HANGUP \
     CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CHANNEL_UUID CALL_UPDATE HEARTBEAT BACKGROUND_JOB CUSTOM \
     callcenter::info";

/// Why a connection ended. Holds nothing of what FreeSWITCH sent but the text of a refusal.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    #[error(
        "cannot connect to {address}: {error}; check that FreeSWITCH runs and mod_event_socket listens there"
    )]
    Connect { address: String, error: io::Error },
    #[error(
        "{address} does not accept the connection within connect_timeout_ms; check the address and firewalls"
    )]
    ConnectTimeout { address: String },
    #[error("{address} did not answer the sign-in within login_timeout_ms")]
    LoginTimeout { address: String },
    #[error(
        "{address} does not talk to this address; check `apply-inbound-acl` in event_socket.conf.xml there"
    )]
    Rejected { address: String },
    #[error("{address} refused the subscription: {message}")]
    Refused { address: String, message: String },
    #[error("{address} closed the connection")]
    Closed { address: String },
    #[error("the connection to {address} broke: {error}")]
    Broken { address: String, error: io::Error },
    #[error("{address} has sent nothing, not even an answer to a command, for two ping_interval_ms")]
    Silent { address: String },
    #[error("{address} did not answer a command within command_timeout_ms")]
    CommandTimeout { address: String },
    #[error("what {address} sends is not usable: {error}")]
    Decode { address: String, error: EslDecodeError },
    #[error(transparent)]
    Fatal(#[from] SourceError),
    /// Whoever received our events is gone: the program ends.
    #[error("nobody listens to the source any more")]
    Unheard,
}

/// Most bytes taken from the network at once.
const READ_BYTES: usize = 64 * 1024;

/// A connection and what was read from it but not yet used.
pub(super) struct Connection<'a, S> {
    config: &'a FreeSwitchConfig,
    stream: S,
    decoder: EslDecoder,
    chunk: Vec<u8>,
    /// When something was last received.
    pub(super) heard_at: Instant,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Connection<'a, S> {
    pub(super) async fn open(
        config: &'a FreeSwitchConfig,
        connect: &impl Connect<Stream = S>,
    ) -> Result<Self, ConnectionError> {
        let address = || config.address.clone();
        let wait = Duration::from_millis(config.connect_timeout_ms);
        let stream = timeout(wait, connect.connect(&config.address))
            .await
            .map_err(|_| ConnectionError::ConnectTimeout { address: address() })?
            .map_err(|error| ConnectionError::Connect { address: address(), error })?;
        let decoder = EslDecoder::new(config.limits());
        Ok(Self { config, stream, decoder, chunk: vec![0; READ_BYTES], heard_at: Instant::now() })
    }

    /// Waits for the greeting, gives the password and subscribes.
    pub(super) async fn login(&mut self) -> Result<(), ConnectionError> {
        self.expect(EslKind::AuthRequest).await?;
        self.send(format!("auth {}\n\n", self.config.secret.expose()).as_bytes()).await?;
        let answer = self.expect(EslKind::CommandReply).await?;
        if !answer.reply().starts_with("+OK") {
            let (address, message) = (self.config.address.clone(), shortened(answer.reply()));
            return Err(SourceError::PasswordRefused { address, message }.into());
        }
        self.send(format!("{SUBSCRIPTION}\n\n").as_bytes()).await?;
        let answer = self.expect(EslKind::CommandReply).await?;
        if !answer.reply().starts_with("+OK") {
            let (address, message) = (self.config.address.clone(), shortened(answer.reply()));
            return Err(ConnectionError::Refused { address, message });
        }
        Ok(())
    }

    /// Waits for a message of this kind, letting everything else pass but an end.
    async fn expect(&mut self, kind: EslKind) -> Result<EslMessage, ConnectionError> {
        let deadline = Instant::now() + Duration::from_millis(self.config.login_timeout_ms);
        let message = async {
            loop {
                while let Some(message) = self.next_message()? {
                    if message.kind() == kind {
                        return Ok(message);
                    }
                }
                self.receive().await?;
            }
        };
        match timeout_at(deadline, message).await {
            Ok(message) => message,
            Err(_) => Err(ConnectionError::LoginTimeout { address: self.config.address.clone() }),
        }
    }

    /// The next whole message of what was received. A good-bye is the end of the connection.
    pub(super) fn next_message(&mut self) -> Result<Option<EslMessage>, ConnectionError> {
        let address = || self.config.address.clone();
        let message = self
            .decoder
            .next_message()
            .map_err(|error| ConnectionError::Decode { address: address(), error })?;
        match message.as_ref().map(EslMessage::kind) {
            Some(EslKind::DisconnectNotice) => Err(ConnectionError::Closed { address: address() }),
            Some(EslKind::Rejection) => Err(ConnectionError::Rejected { address: address() }),
            _ => Ok(message),
        }
    }

    /// Waits for more bytes. Safe to cancel.
    pub(super) async fn receive(&mut self) -> Result<(), ConnectionError> {
        let address = || self.config.address.clone();
        let length = self
            .stream
            .read(&mut self.chunk)
            .await
            .map_err(|error| ConnectionError::Broken { address: address(), error })?;
        if length == 0 {
            return Err(ConnectionError::Closed { address: address() });
        }
        self.heard_at = Instant::now();
        self.decoder.push(self.chunk.get(..length).unwrap_or_default());
        Ok(())
    }

    /// Writes bytes; a far end that does not read them within the ping interval is given up.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), ConnectionError> {
        let address = || self.config.address.clone();
        let wait = Duration::from_millis(self.config.ping_interval_ms);
        timeout(wait, self.stream.write_all(bytes))
            .await
            .map_err(|_| ConnectionError::Silent { address: address() })?
            .map_err(|error| ConnectionError::Broken { address: address(), error })
    }
}

/// The text of a refusal, for a log: one short line.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
