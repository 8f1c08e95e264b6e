//! The only source of "now", so that a test can set it.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

/// Seconds that Japan is ahead of UTC. Japan has had no daylight saving time since 1951.
const JAPAN_OFFSET_SECS: i32 = 9 * 3600;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant.
    fn now(&self) -> DateTime<Utc>;

    /// The civil date in Asia/Tokyo at that instant.
    fn today(&self) -> NaiveDate {
        japan_date(self.now())
    }
}

/// The civil date in Asia/Tokyo at an instant.
#[must_use]
pub fn japan_date(at: DateTime<Utc>) -> NaiveDate {
    japan_time(at).date_naive()
}

/// An instant as Japan's wall clock shows it.
#[must_use]
pub fn japan_time(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(JAPAN_OFFSET_SECS) {
        Some(japan) => at.with_timezone(&japan),
        None => at.fixed_offset(),
    }
}

/// The instant at which Japan's wall clock shows `time`.
#[must_use]
pub fn japan_instant(time: NaiveDateTime) -> DateTime<Utc> {
    time.and_utc() - Duration::seconds(i64::from(JAPAN_OFFSET_SECS))
}

/// The instant at which a civil date begins in Japan.
#[must_use]
pub fn japan_midnight(date: NaiveDate) -> DateTime<Utc> {
    japan_instant(date.and_time(NaiveTime::MIN))
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that does not move until it is set, exact to the microsecond.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicI64,
}

impl FixedClock {
    /// A clock standing at `at`.
    #[must_use]
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
