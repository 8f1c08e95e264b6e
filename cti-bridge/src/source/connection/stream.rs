//! One connection: bytes out, messages in.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use super::ConnectionError;
use super::protocol::{Decode, Pbx};
use super::transport::Connect;

/// Most bytes read at once.
const READ_BYTES_MAX: usize = 64 * 1024;

/// Bytes both ways.
pub(in crate::source) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What the PBX sends.
type Message<P> = <<P as Pbx>::Decoder as Decode>::Message;

/// An open connection and what was read from it but not used yet.
pub(in crate::source) struct Connection<'a, P: Pbx, S> {
    pbx: &'a P,
    stream: S,
    decoder: P::Decoder,
    chunk: Vec<u8>,
    /// When something was received last.
    pub(super) heard_at: Instant,
}

impl<'a, P: Pbx, S: Stream> Connection<'a, P, S> {
    pub(super) async fn open(
        pbx: &'a P,
        connect: &impl Connect<Stream = S>,
    ) -> Result<Self, ConnectionError> {
        let link = pbx.link();
        let wait = Duration::from_millis(link.connect_timeout_ms);
        let stream = timeout(wait, connect.connect(link.address))
            .await
            .map_err(|_| ConnectionError::ConnectTimeout)?
            .map_err(|error| ConnectionError::Connect { error, advice: P::CONNECT_ADVICE })?;
        let decoder = pbx.decoder();
        Ok(Self { pbx, stream, decoder, chunk: vec![0; READ_BYTES_MAX], heard_at: Instant::now() })
    }

    /// The decoder, which has read the greeting.
    pub(super) fn decoder(&self) -> &P::Decoder {
        &self.decoder
    }

    /// Waits for a message that matches, while signing in; others are discarded.
    pub(in crate::source) async fn wait_for(
        &mut self,
        matches: impl Fn(&Message<P>) -> bool + Send,
    ) -> Result<Message<P>, ConnectionError> {
        let wait = Duration::from_millis(self.pbx.link().login_timeout_ms);
        let found = async {
            loop {
                while let Some(message) = self.next_message()? {
                    if matches(&message) {
                        return Ok(message);
                    }
                }
                self.receive().await?;
            }
        };
        timeout(wait, found).await.unwrap_or(Err(ConnectionError::timeout("login_timeout_ms")))
    }

    /// The next whole message of what was received.
    pub(super) fn next_message(&mut self) -> Result<Option<Message<P>>, ConnectionError> {
        let message = self.decoder.next_message().map_err(|e| ConnectionError::Decode(Box::new(e)))?;
        match message.as_ref().and_then(P::end_of_connection) {
            Some(end) => Err(end),
            None => Ok(message),
        }
    }

    /// Waits for more bytes. Safe to cancel.
    pub(super) async fn receive(&mut self) -> Result<(), ConnectionError> {
        let length = self.stream.read(&mut self.chunk).await.map_err(ConnectionError::Broken)?;
        if length == 0 {
            return Err(ConnectionError::Closed);
        }
        self.heard_at = Instant::now();
        self.decoder.push(self.chunk.get(..length).unwrap_or_default());
        Ok(())
    }

    /// Writes bytes. A PBX that does not read them within the ping interval counts as silent.
    pub(in crate::source) async fn send(&mut self, bytes: &[u8]) -> Result<(), ConnectionError> {
        let wait = Duration::from_millis(self.pbx.link().ping_interval_ms);
        timeout(wait, self.stream.write_all(bytes))
            .await
            .map_err(|_| ConnectionError::Silent)?
            .map_err(ConnectionError::Broken)
    }
}
