//! The store's file: when it is moved, deleted or replaced, the bridge ends instead of going on with what is no longer
//! the store.

use std::time::Duration;

use shared::store::{Store, StoreError};
use tokio::task::spawn_blocking;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Looks again and again, until the stop. Ends the server with the error when the file is no longer the one that was
/// opened. A write finds out by itself, but says so only to the one who asked for it.
pub(super) async fn watch(
    store: Store,
    every: Duration,
    stopping: CancellationToken,
) -> Result<(), StoreError> {
    let mut due = tokio::time::interval(every);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = due.tick() => {}
            () = stopping.cancelled() => return Ok(()),
        }
        let looked_at = store.clone();
        // A look that panicked says nothing about the file.
        let found = spawn_blocking(move || looked_at.check_file()).await.unwrap_or(Ok(()));
        match found {
            Err(error @ (StoreError::Moved { .. } | StoreError::Missing(_))) => {
                tracing::error!(%error, "the bridge stops");
                stopping.cancel();
                return Err(error);
            }
            Err(error) => tracing::warn!(%error, "the store's file cannot be looked at now"),
            Ok(()) => {}
        }
    }
}
