//! A clock that a test sets.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, TimeZone, Utc};
use shared::Clock;

/// A clock that does not move until it is set, exact to the microsecond.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicI64,
}

impl FixedClock {
    /// A clock standing at `at`.
    pub fn new(at: DateTime<Utc>) -> FixedClock {
        FixedClock { micros: AtomicI64::new(at.timestamp_micros()) }
    }

    /// Moves the clock to `at`, forwards or backwards.
    pub fn set(&self, at: DateTime<Utc>) {
        self.micros.store(at.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves the clock by `by`; a step longer than chrono can count in microseconds moves nothing.
    pub fn advance(&self, by: Duration) {
        let step = by.num_microseconds().unwrap_or(0);
        self.micros.fetch_add(step, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        // Out of chrono's range only after a set() beyond the year 262000.
        Utc.timestamp_micros(self.micros.load(Ordering::SeqCst)).single().unwrap_or_default()
    }
}
