//! A client's connection, under two rules that hold for HTTP and WebSocket alike: a client that accepts no data for too
//! long is given up, and the lines of a request's head end with CR LF.

mod heads;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::tls::stream::Stream;
use heads::Heads;

/// Bytes to and from a client.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
    heads: Heads,
    write_timeout: Duration,
    /// When the client is given up; set while it accepts no data.
    given_up: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// A connection whose client may accept no data for `write_timeout`.
    pub(crate) fn new(stream: Stream, write_timeout: Duration) -> Self {
        Self { stream, heads: Heads::default(), write_timeout, given_up: None }
    }

    /// Tries to write; without progress the time runs.
    fn progress<T>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        attempt: impl FnOnce(Pin<&mut Stream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let this = &mut *self;
        let done = attempt(Pin::new(&mut this.stream), cx);
        if done.is_ready() {
            this.given_up = None;
            return done;
        }
        let until = Instant::now() + this.write_timeout;
        let given_up = this.given_up.get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(given_up.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let known = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.heads.check(&mut buffer.filled_mut()[known..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.progress(cx, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.progress(cx, Stream::poll_flush)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.progress(cx, Stream::poll_shutdown)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.progress(cx, |stream, cx| stream.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests;
