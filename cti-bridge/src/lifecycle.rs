//! The life of a server process: the two-step stop (the first SIGINT or SIGTERM ends everything in good order, the second
//! at once), the reload of the certificate on SIGHUP, and what systemd is told about it.

mod open_files;
mod systemd;

use std::sync::Arc;
use std::time::Duration;

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::tls::ServerTls;
pub(crate) use open_files::warning as open_files_warning;
pub(crate) use systemd::{notify_ready, start_watchdog};

/// The longest wait for the last writes. The store's busy time-out is 5 s, and both writers may wait for it twice.
const LAST_WRITES_MAX: Duration = Duration::from_secs(30);

/// Reloads the certificate on each SIGHUP, until the stop. With neither a certificate nor systemd, SIGHUP ends the
/// program as it does any other.
///
/// # Errors
/// The system refuses (70).
pub(crate) fn reload_on_hangup(
    tls: Option<Arc<ServerTls>>,
    stopping: CancellationToken,
) -> Result<(), Failure> {
    if tls.is_none() && !systemd::is_used() {
        return Ok(());
    }
    let mut hangups = listen_for(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                received = hangups.recv() => if received.is_none() { return },
                () = stopping.cancelled() => return,
            }
            systemd::notify_reloading();
            reload(tls.as_deref());
            notify_ready();
        }
    });
    Ok(())
}

fn reload(tls: Option<&ServerTls>) {
    match tls.map(ServerTls::reload) {
        None => tracing::info!("nothing to reload: there is no certificate"),
        Some(Ok(())) => tracing::info!("the certificate was reloaded"),
        Some(Err(error)) => tracing::error!(%error, "the certificate was not reloaded; the old one stays"),
    }
}

fn listen_for(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| {
        Failure::software(message!(
            "シグナルを処理できません({error})",
            "signals cannot be handled: {error}",
            error = error.cause(),
        ))
    })
}

/// Listens for SIGINT and SIGTERM.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Takes over both signals.
    ///
    /// # Errors
    /// The system refuses (70).
    pub fn new() -> Result<Self, Failure> {
        Ok(Self {
            interrupt: listen_for(SignalKind::interrupt())?,
            terminate: listen_for(SignalKind::terminate())?,
        })
    }

    /// Waits for either.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for the last writes: longer than a writer waits for another program's transaction. One more signal ends the
    /// wait.
    pub async fn last_writes(&mut self, writes: impl Future<Output = ()>) {
        tokio::select! {
            () = writes => {}
            () = self.next() => tracing::error!("stopped before the last writes were done"),
            () = tokio::time::sleep(LAST_WRITES_MAX) => {
                tracing::error!("the last writes took too long; what is not in the store may be lost");
            }
        }
    }

    /// Runs `work` until it ends by itself. The first signal cancels `stopping`, upon which `work` has to end within
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
        systemd::notify_stopping();
        stopping.cancel();
        tokio::select! {
            done = &mut work => done.map(Some),
            () = self.next() => Ok(None),
            () = tokio::time::sleep(grace) => Err(Failure::software(message!(
                "{ms} ミリ秒以内に終了できなかったため、残りの処理を打ち切りました",
                "not everything ended within {ms} ms; the rest was cut off",
                ms = grace.as_millis(),
            ))),
        }
    }
}
