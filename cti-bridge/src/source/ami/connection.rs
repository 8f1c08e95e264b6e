//! One connection: bytes both ways, and the sign-in.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use md5::{Digest, Md5};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::action::Action;
use super::{AmiConfig, AmiDecoder, AmiMessage, DecodeError};
use crate::source::{Connect, SourceError};

/// Why a connection ended. Holds nothing of what the telephone system sent but the text of a refusal.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    #[error(
        "cannot connect to {address}: {error}; check that Asterisk runs and manager.conf is enabled there"
    )]
    Connect { address: String, error: io::Error },
    #[error(
        "{address} does not accept the connection within connect_timeout_ms; check the address and firewalls"
    )]
    ConnectTimeout { address: String },
    #[error("{address} did not answer the sign-in within login_timeout_ms")]
    LoginTimeout { address: String },
    #[error("{address} refused the sign-in: {message}")]
    Refused { address: String, message: String },
    #[error("{address} closed the connection")]
    Closed { address: String },
    #[error("the connection to {address} broke: {error}")]
    Broken { address: String, error: io::Error },
    #[error("{address} has sent nothing, not even an answer to Ping, for two ping_interval_ms")]
    Silent { address: String },
    #[error("what {address} sends is not usable: {error}")]
    Decode { address: String, error: DecodeError },
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
    config: &'a AmiConfig,
    stream: S,
    decoder: AmiDecoder,
    chunk: Vec<u8>,
    /// When something was last received.
    pub(super) heard_at: Instant,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Connection<'a, S> {
    pub(super) async fn open(
        config: &'a AmiConfig,
        connect: &impl Connect<Stream = S>,
    ) -> Result<Self, ConnectionError> {
        let address = || config.address.clone();
        let wait = Duration::from_millis(config.connect_timeout_ms);
        let stream = timeout(wait, connect.connect(&config.address))
            .await
            .map_err(|_| ConnectionError::ConnectTimeout { address: address() })?
            .map_err(|error| ConnectionError::Connect { address: address(), error })?;
        let decoder = AmiDecoder::new(config.limits());
        Ok(Self { config, stream, decoder, chunk: vec![0; READ_BYTES], heard_at: Instant::now() })
    }

    /// Signs in: the secret itself never goes over the wire.
    pub(super) async fn login(&mut self) -> Result<(), ConnectionError> {
        let challenge = Action::new("Challenge", "login-1").with("AuthType", "MD5");
        let answer = self.ask(challenge, "login-1").await?;
        let challenge = match (answer.response(), answer.known("Challenge")) {
            (Some("Success"), Some(challenge)) => challenge,
            _ => return Err(self.refused(&answer)),
        };
        let key = challenge_key(challenge, self.config.secret.expose());
        let login = Action::new("Login", "login-2")
            .with("AuthType", "MD5")
            .with("Username", &self.config.user)
            .with("Key", &key)
            .with("Events", "on");
        let answer = self.ask(login, "login-2").await?;
        if answer.response() == Some("Success") { Ok(()) } else { Err(self.refused(&answer)) }
    }

    fn refused(&self, answer: &AmiMessage) -> ConnectionError {
        let address = self.config.address.clone();
        let message: String = answer.get("Message").unwrap_or("no reason given").chars().take(200).collect();
        let is_final = message.contains("Authentication failed") || message.contains("Permission denied");
        if is_final {
            SourceError::AuthenticationFailed { address, user: self.config.user.clone(), message }.into()
        } else {
            ConnectionError::Refused { address, message }
        }
    }

    /// Sends an action and waits for its answer, letting everything else pass.
    async fn ask(&mut self, action: Action, id: &str) -> Result<AmiMessage, ConnectionError> {
        let deadline = Instant::now() + Duration::from_millis(self.config.login_timeout_ms);
        let mut bytes = Vec::new();
        action.write_to(&mut bytes);
        let answer = async {
            self.send(&bytes).await?;
            loop {
                while let Some(message) = self.next_message()? {
                    if message.response().is_some() && message.action_id() == Some(id) {
                        return Ok(message);
                    }
                }
                self.receive().await?;
            }
        };
        match timeout_at(deadline, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(ConnectionError::LoginTimeout { address: self.config.address.clone() }),
        }
    }

    /// The next whole message of what was received.
    pub(super) fn next_message(&mut self) -> Result<Option<AmiMessage>, ConnectionError> {
        let address = &self.config.address;
        self.decoder
            .next_message()
            .map_err(|error| ConnectionError::Decode { address: address.clone(), error })
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

/// The answer to a challenge: the MD5 of challenge and secret in hexadecimal (Asterisk manager.c,
/// `authenticate`).
pub(crate) fn challenge_key(challenge: &str, secret: &str) -> String {
    let digest = Md5::new().chain_update(challenge).chain_update(secret).finalize();
    digest.iter().fold(String::with_capacity(32), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_md5_of_challenge_and_secret() {
        // printf '%s%s' 840415273 mysecret | md5sum
        assert_eq!(challenge_key("", ""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(challenge_key("a", "bc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
