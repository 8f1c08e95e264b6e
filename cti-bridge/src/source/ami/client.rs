//! Keeps a connection to the telephone system.
//!
//! What happened while it was down is not known, so a reconnect is never hidden: the bridge hears `Down` and `Up`,
//! and the list of live channels settles what is left of the calls.

use std::sync::Arc;
use std::time::Duration;

use shared::clock::Clock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::AmiConfig;
use super::connection::{Connect, ConnectionError, Tcp};
use super::session;
use crate::call::CallSignal;
use crate::source::SourceEvent;

/// Connects, and connects again after every loss, until `shutdown` or until trying again cannot help.
///
/// A first line that is not Asterisk's banner and unusable bytes count as a loss: something between may be at
/// fault, and a call centre must not stay deaf after it is mended. Only a refused secret is fatal.
pub async fn run(
    config: AmiConfig,
    clock: Arc<dyn Clock>,
    out: mpsc::Sender<SourceEvent>,
    shutdown: CancellationToken,
) {
    run_over(Tcp, config, clock, out, shutdown).await;
}

/// Like [`run`], over another kind of connection.
pub async fn run_over(
    connect: impl Connect,
    config: AmiConfig,
    clock: Arc<dyn Clock>,
    out: mpsc::Sender<SourceEvent>,
    shutdown: CancellationToken,
) {
    let ended = shutdown.run_until_cancelled(keep_connected(&connect, &config, clock.as_ref(), &out)).await;
    if let Some(ConnectionError::Fatal(error)) = ended {
        // If nobody listens any more, there is nobody to tell.
        let _ = out.send(SourceEvent::Fatal(error)).await;
    }
}

/// Gives the error that trying again cannot help against.
async fn keep_connected(
    connect: &impl Connect,
    config: &AmiConfig,
    clock: &dyn Clock,
    out: &mpsc::Sender<SourceEvent>,
) -> ConnectionError {
    let mut attempts = 0;
    loop {
        let mut is_up = false;
        let Err(error) = session::run(connect, config, clock, out, &mut is_up).await;
        if matches!(error, ConnectionError::Fatal(_) | ConnectionError::Unheard) {
            return error;
        }
        if is_up {
            attempts = 0;
            let lost = SourceEvent::Signals { at: clock.now(), signals: vec![CallSignal::SourceLost] };
            if out.send(lost).await.is_err() {
                return ConnectionError::Unheard;
            }
        }
        if out.send(SourceEvent::Down { reason: error.to_string() }).await.is_err() {
            return ConnectionError::Unheard;
        }
        tokio::time::sleep(backoff(config, attempts, getrandom::u32().unwrap_or_default())).await;
        attempts += 1;
    }
}

/// How long to wait before the next attempt: doubling, and between half and all of that by chance, so that many
/// clients do not come back at once.
fn backoff(config: &AmiConfig, attempts: u32, chance: u32) -> Duration {
    let doubled = config.reconnect_min_ms.saturating_mul(1_u64.checked_shl(attempts).unwrap_or(u64::MAX));
    let whole = doubled.min(config.reconnect_max_ms);
    let half = whole / 2;
    Duration::from_millis(half + u64::from(chance) * (whole - half) / u64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ami::Secret;

    #[test]
    fn waits_double_up_to_the_limit_with_chance_in_the_upper_half() {
        let mut config = AmiConfig::new("pbx:5038", "u", Secret::new("s"));
        (config.reconnect_min_ms, config.reconnect_max_ms) = (500, 30_000);
        let milliseconds = |attempts, chance| backoff(&config, attempts, chance).as_millis();
        assert_eq!(milliseconds(0, 0), 250);
        assert_eq!(milliseconds(0, u32::MAX), 500);
        assert_eq!(milliseconds(1, u32::MAX), 1_000);
        assert_eq!(milliseconds(5, u32::MAX), 16_000);
        assert_eq!(milliseconds(6, u32::MAX), 30_000);
        assert_eq!(milliseconds(63, u32::MAX), 30_000);
        assert_eq!(milliseconds(64, 0), 15_000);
        assert_eq!(milliseconds(u32::MAX, 0), 15_000);
    }
}
