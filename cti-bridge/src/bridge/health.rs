//! Whether the bridge works: whether its loop turns, whether it can write to the store, and whether there is room beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::statvfs;
use serde::Serialize;
use shared::Clock;
use shared::lang::Lang;
use shared::message::Explain;

use crate::metrics::Metrics;
use crate::source::problem::{Problem, Problems};

/// The loop turns at least this often, or it hangs.
const LOOP_TURNS_WITHIN: Duration = Duration::from_secs(30);

/// When the bridge counts as not ready.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HealthLimits {
    /// A store with nothing to write is written to this often, to see whether it can be.
    pub(crate) check: Duration,
    /// The longest time without a successful write.
    pub(crate) write_age_max: Duration,
    /// The least room beside the store, in bytes.
    pub(crate) disk_free_min: u64,
}

/// What the recorder and the loop report, for those who ask. Times are those of the steady clock, in milliseconds.
pub(crate) struct Health {
    clock: Arc<dyn Clock>,
    store: PathBuf,
    limits: HealthLimits,
    wrote: AtomicU64,
    writes: AtomicBool,
    turned: AtomicU64,
    /// What each PBX does not let the bridge see or do, by its name.
    problems: Mutex<BTreeMap<String, Problems>>,
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Health").field("store", &self.store).finish_non_exhaustive()
    }
}

/// What is known of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct StoreHealth {
    /// The last attempt to write succeeded.
    pub(crate) store_writable: bool,
    /// Time since the last successful write.
    pub(crate) store_write_age_seconds: u64,
    /// Room beside the store; `null` when the system does not say.
    pub(crate) disk_free_bytes: Option<u64>,
    /// Neither too long without a write, nor too little room.
    #[serde(skip)]
    pub(crate) fit: bool,
}

/// What one PBX does not let the bridge see or do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SourceTrouble {
    /// The PBX.
    pub(crate) source: String,
    /// The problem's word (`docs/protocol.md`).
    pub(crate) problem: &'static str,
    /// What it means and what to do.
    pub(crate) message: String,
}

impl Health {
    pub(crate) fn new(clock: Arc<dyn Clock>, store: PathBuf, limits: HealthLimits) -> Self {
        let now = milliseconds(clock.steady());
        let (wrote, turned) = (AtomicU64::new(now), AtomicU64::new(now));
        Self {
            clock,
            store,
            limits,
            wrote,
            writes: AtomicBool::new(true),
            turned,
            problems: Mutex::default(),
        }
    }

    /// An attempt to write has ended.
    pub(super) fn wrote(&self, done: bool) {
        self.writes.store(done, Ordering::Relaxed);
        if done {
            self.wrote.store(milliseconds(self.clock.steady()), Ordering::Relaxed);
        }
    }

    /// Whether nothing was written for so long that it must be tried.
    pub(super) fn check_is_due(&self) -> bool {
        self.since(&self.wrote) >= self.limits.check
    }

    /// The loop has turned.
    pub(super) fn turned(&self) {
        self.turned.store(milliseconds(self.clock.steady()), Ordering::Relaxed);
    }

    /// What a PBX does not let the bridge see or do has changed.
    pub(super) fn set_problems(&self, source: &str, problems: Problems) {
        // Nothing can panic while the lock is held.
        let mut all = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(source.to_owned(), problems);
    }

    /// What the PBXs do not let the bridge see or do.
    pub(crate) fn problems(&self) -> Vec<SourceTrouble> {
        let all = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let of_source = |(source, problems): (&String, &Problems)| {
            let trouble = |problem: &Problem| SourceTrouble {
                source: source.clone(),
                problem: problem.word(),
                message: problem.message().text(Lang::En).to_owned(),
            };
            problems.iter().map(trouble).collect::<Vec<_>>()
        };
        all.iter().flat_map(of_source).collect()
    }

    /// Whether the loop turns.
    pub(crate) fn is_alive(&self) -> bool {
        self.since(&self.turned) < LOOP_TURNS_WITHIN
    }

    /// The store's health, which the metrics show too.
    pub(crate) fn store(&self, metrics: &Metrics) -> StoreHealth {
        let age = self.since(&self.wrote);
        let writes = self.writes.load(Ordering::Relaxed);
        let folder = self.store.parent().filter(|folder| !folder.as_os_str().is_empty());
        let free = statvfs(folder.unwrap_or(std::path::Path::new("."))).ok();
        let disk_free_bytes = free.map(|free| free.f_bavail.saturating_mul(free.f_frsize));
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        metrics.store_writable.set(i64::from(writes));
        metrics.store_write_age_seconds.set(gauge(age.as_secs()));
        metrics.disk_free_bytes.set(gauge(disk_free_bytes.unwrap_or(0)));
        StoreHealth {
            store_writable: writes,
            store_write_age_seconds: age.as_secs(),
            disk_free_bytes,
            fit: age <= self.limits.write_age_max
                && disk_free_bytes.is_none_or(|free| free >= self.limits.disk_free_min),
        }
    }

    fn since(&self, then: &AtomicU64) -> Duration {
        let then = Duration::from_millis(then.load(Ordering::Relaxed));
        self.clock.steady().saturating_sub(then)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
