//! A clock that a test sets.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Duration, TimeZone, Utc};
use shared::Clock;

/// A clock that does not move until it is set, exact to the microsecond.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicI64,
    /// The steady clock: it never goes back.
    steady: AtomicU64,
}

impl FixedClock {
    /// A clock standing at `at`.
    pub fn new(at: DateTime<Utc>) -> FixedClock {
        FixedClock { micros: AtomicI64::new(at.timestamp_micros()), steady: AtomicU64::new(0) }
    }

    /// Time passes until `at`; an earlier time is one to which the wall clock is set back.
    pub fn set(&self, at: DateTime<Utc>) {
        let before = self.micros.swap(at.timestamp_micros(), Ordering::SeqCst);
        self.run(at.timestamp_micros() - before);
    }

    /// Time passes; a step longer than chrono can count in microseconds moves nothing.
    pub fn advance(&self, by: Duration) {
        let step = by.num_microseconds().unwrap_or(0);
        self.micros.fetch_add(step, Ordering::SeqCst);
        self.run(step);
    }

    /// Somebody sets the wall clock forward or back by `by`. No time passes.
    pub fn adjust(&self, by: Duration) {
        self.micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }

    fn run(&self, micros: i64) {
        self.steady.fetch_add(u64::try_from(micros).unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        // Out of chrono's range only after a set() beyond the year 262000.
        Utc.timestamp_micros(self.micros.load(Ordering::SeqCst)).single().unwrap_or_default()
    }

    fn steady(&self) -> std::time::Duration {
        std::time::Duration::from_micros(self.steady.load(Ordering::SeqCst))
    }
}
