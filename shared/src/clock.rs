//! The only source of "now".

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

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
