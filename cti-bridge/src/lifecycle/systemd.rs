//! Notifications to systemd (`Type=notify-reload`, `WatchdogSec=`). Without `NOTIFY_SOCKET` they do nothing.

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

/// Whether systemd started the program and wants to be notified.
pub(super) fn is_used() -> bool {
    std::env::var_os("NOTIFY_SOCKET").is_some()
}

/// Ready to serve, at the start or after a reload.
pub(crate) fn notify_ready() {
    notify(&[NotifyState::Ready]);
}

/// The settings are being reloaded; systemd compares the time with that of its own signal.
pub(super) fn notify_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "systemd cannot be told of the reload"),
    }
}

/// The stop has begun.
pub(super) fn notify_stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Sends a keep-alive twice in each `WATCHDOG_USEC`, when systemd asks for it, until the stop.
///
/// It runs on the threads that serve agents: when they no longer get to run, systemd restarts the program.
pub(crate) fn start_watchdog(stopping: CancellationToken) {
    let Some(period) = sd_notify::watchdog_enabled().filter(|period| !period.is_zero()) else { return };
    tokio::spawn(async move {
        let mut due = tokio::time::interval(period / 2);
        loop {
            tokio::select! {
                _ = due.tick() => notify(&[NotifyState::Watchdog]),
                () = stopping.cancelled() => return,
            }
        }
    });
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be notified");
    }
}
