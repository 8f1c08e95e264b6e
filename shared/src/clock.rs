//! The only source of "now": the wall clock, which tells when something happened, and a steady one, which tells how long
//! it took. The wall clock may be set back or forward at any time; the steady one only runs.

use std::sync::OnceLock;
use std::time::{Duration as StdDuration, Instant};

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// Seconds that Japan is ahead of UTC. Japan has had no daylight saving time since 1951.
const JAPAN_OFFSET_SECS: i32 = 9 * 3600;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant.
    fn now(&self) -> DateTime<Utc>;

    /// How long a clock has run that nobody sets. Only differences have a meaning.
    fn steady(&self) -> StdDuration;

    /// Both clocks at once.
    fn moment(&self) -> Moment {
        Moment { wall: self.now(), steady: Some(self.steady()) }
    }

    /// The civil date in Asia/Tokyo at that instant.
    fn today(&self) -> NaiveDate {
        japan_date(self.now())
    }
}

/// When something happened by the wall clock, and by the steady one where that is known: times that another machine
/// reports have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant, to be stored and shown.
    pub wall: DateTime<Utc>,
    /// The steady clock, to measure with.
    pub steady: Option<StdDuration>,
}

impl Moment {
    /// Milliseconds since an earlier moment; 0 when it is not earlier. A wall clock that was set in between does not count,
    /// if both moments know the steady clock.
    #[must_use]
    pub fn milliseconds_since(self, earlier: Self) -> i64 {
        match (self.steady, earlier.steady) {
            (Some(now), Some(then)) => {
                i64::try_from(now.saturating_sub(then).as_millis()).unwrap_or(i64::MAX)
            }
            _ => (self.wall - earlier.wall).num_milliseconds().max(0),
        }
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(wall: DateTime<Utc>) -> Self {
        Self { wall, steady: None }
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

    fn steady(&self) -> StdDuration {
        static BEGUN: OnceLock<Instant> = OnceLock::new();
        BEGUN.get_or_init(Instant::now).elapsed()
    }
}
