//! The two-step stop: the first SIGINT or SIGTERM ends everything in good order, the second at once. SIGHUP loads
//! the certificate again.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit::Failure;
use crate::tls::ServerTls;

/// Loads the certificate again on each SIGHUP, until the stop.
///
/// # Errors
/// The system refuses (70).
pub(crate) fn reload_on_hangup(tls: Arc<ServerTls>, stopping: CancellationToken) -> Result<(), Failure> {
    let mut hangups = signal(SignalKind::hangup())
        .map_err(|e| Failure::software(format!("signals cannot be handled: {e}")))?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                heard = hangups.recv() => if heard.is_none() { return },
                () = stopping.cancelled() => return,
            }
            match tls.reload() {
                Ok(()) => tracing::info!("the certificate was loaded again"),
                Err(error) => tracing::error!(%error, "the certificate stays the one that was loaded before"),
            }
        }
    });
    Ok(())
}

/// Listens for signals.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Takes over SIGINT and SIGTERM.
    ///
    /// # Errors
    /// The system refuses (70).
    pub fn new() -> Result<Self, Failure> {
        let take =
            |kind| signal(kind).map_err(|e| Failure::software(format!("signals cannot be handled: {e}")));
        Ok(Self { interrupt: take(SignalKind::interrupt())?, terminate: take(SignalKind::terminate())? })
    }

    /// Waits for either.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Runs `work` until it ends by itself. The first signal cancels `stopping`, on which `work` is to end within
    /// `grace`; the second signal, or the end of `grace`, drops it.
    ///
    /// # Errors
    /// Those of `work`; 70 when it did not end in time.
    pub async fn run<T>(
        &mut self,
        stopping: &CancellationToken,
        grace: Duration,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Option<T>, Failure> {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            done = &mut work => return done.map(Some),
            () = self.next() => {}
        }
        tracing::info!("stopping");
        stopping.cancel();
        tokio::select! {
            done = &mut work => done.map(Some),
            () = self.next() => Ok(None),
            () = tokio::time::sleep(grace) => Err(Failure::software(format!(
                "not everything ended within {} ms; the rest was cut off",
                grace.as_millis()
            ))),
        }
    }
}
