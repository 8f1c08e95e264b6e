//! Clients that are turned away: counted, and logged in moderation, because an attack must not fill the log.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::{Kind, Metrics};

/// The shortest time between two log lines about the same limit.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// What was refused since the last log line, by the setting that refused it.
pub(crate) struct Refusals {
    metrics: Metrics,
    told: Mutex<HashMap<&'static str, (Instant, u64)>>,
}

impl Refusals {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self { metrics, told: Mutex::default() }
    }

    /// A client was refused, or given up, because of a limit; `setting` is the limit's name.
    pub(crate) fn note(&self, setting: &'static str, client: IpAddr) {
        self.metrics.connections_refused.get_or_create(&Kind { kind: setting }).inc();
        if let Some(count) = self.due(setting, Instant::now()) {
            tracing::warn!(setting, count, %client, "clients are refused; the last one's address is given");
        }
    }

    /// How many to tell of now; `None` when it is too early.
    fn due(&self, setting: &'static str, now: Instant) -> Option<u64> {
        // Nothing can panic while the lock is held.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get_mut(setting) {
            Some((last, untold)) if now < *last + LOG_EVERY => {
                *untold += 1;
                None
            }
            Some((last, untold)) => {
                *last = now;
                Some(std::mem::take(untold) + 1)
            }
            None => {
                told.insert(setting, (now, 0));
                Some(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_one_line_each_ten_seconds() {
        let (refusals, now) = (Refusals::new(Metrics::new()), Instant::now());
        assert_eq!(refusals.due("a", now), Some(1), "at once");
        let soon = now + LOG_EVERY - Duration::from_millis(1);
        assert!((0..1_000).all(|_| refusals.due("a", soon).is_none()));
        assert_eq!(refusals.due("b", soon), Some(1), "another limit");
        assert_eq!(refusals.due("a", now + LOG_EVERY), Some(1_001));
        assert_eq!(refusals.due("a", now + LOG_EVERY), None);
    }
}
