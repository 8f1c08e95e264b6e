//! When the company answers: opening hours by day of the week, and its holidays.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};
use shared::clock::{japan_instant, japan_time};

/// How far ahead an opening is looked for: holidays may fill weeks, not a year.
const DAYS_AHEAD_MAX: u64 = 400;
/// Minutes of a day.
const DAY_MINUTES: u32 = 24 * 60;

/// From one minute of a day until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    from: u32,
    until: u32,
}

impl Opening {
    /// Reads `09:00-17:30`; a day ends at `24:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        let (from, until) = (minute(from.trim())?, minute(until.trim())?);
        (from < until).then_some(Self { from, until })
    }
}

/// The minute of a day that `09:05` names.
fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then_some(());
    two_digits(hour).and(two_digits(minute))?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= DAY_MINUTES).then_some(at)
}

/// Opening hours, in Japan's time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// By day of the week, from Monday.
    days: [Vec<Opening>; 7],
    holidays: BTreeSet<NaiveDate>,
}

impl Hours {
    /// Sets the openings of a day; `false` when they overlap.
    pub fn open(&mut self, day: Weekday, mut openings: Vec<Opening>) -> bool {
        openings.sort_unstable();
        let apart = openings.windows(2).all(|pair| pair[0].until <= pair[1].from);
        self.days[day.num_days_from_monday() as usize] = openings;
        apart
    }

    /// Sets the days on which nobody answers.
    pub fn close_on(&mut self, holidays: BTreeSet<NaiveDate>) {
        self.holidays = holidays;
    }

    /// Whether no day of the week has hours.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    /// When they begin next, if this instant is outside them. `None` within them, and when they do not begin for more than
    /// a year.
    #[must_use]
    pub fn opens_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = japan_time(at);
        let (today, minute) = (now.date_naive(), now.hour() * 60 + now.minute());
        let openings = self.on(today);
        if openings.iter().any(|opening| (opening.from..opening.until).contains(&minute)) {
            return None;
        }
        let later_today = openings.iter().find(|opening| opening.from > minute).map(|next| (today, next));
        let (day, next) = later_today.or_else(|| {
            let days = today.iter_days().skip(1).take(DAYS_AHEAD_MAX as usize);
            days.into_iter().find_map(|day| Some((day, self.on(day).first()?)))
        })?;
        Some(japan_instant(day.and_hms_opt(0, 0, 0)? + Duration::minutes(next.from.into())))
    }

    fn on(&self, day: NaiveDate) -> &[Opening] {
        match self.holidays.contains(&day) {
            true => &[],
            false => &self.days[day.weekday().num_days_from_monday() as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    const WEEK: [Weekday; 7] =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("{text}:00+09:00")).unwrap().to_utc()
    }

    fn office() -> Hours {
        let mut hours = Hours::default();
        let openings = ["13:00-17:30", "09:00-12:00"].map(|text| Opening::parse(text).unwrap());
        for day in &WEEK[..5] {
            assert!(hours.open(*day, openings.to_vec()));
        }
        hours.close_on(
            ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01"].map(|d| d.parse().unwrap()).into(),
        );
        hours
    }

    #[test]
    fn hours_begin_and_end_at_the_minute() {
        for (asked, opens) in [
            ("2026-11-30T08:59", Some("2026-11-30T09:00")),
            ("2026-11-30T09:00", None),
            ("2026-11-30T11:59", None),
            ("2026-11-30T12:00", Some("2026-11-30T13:00")),
            ("2026-11-30T17:29", None),
            ("2026-11-30T17:30", Some("2026-12-01T09:00")),
            ("2026-11-30T00:00", Some("2026-11-30T09:00")),
            // Friday evening, and the weekend.
            ("2026-12-04T17:30", Some("2026-12-07T09:00")),
            ("2026-12-06T10:00", Some("2026-12-07T09:00")),
            // Holidays run into a weekend.
            ("2026-12-28T17:30", Some("2027-01-04T09:00")),
            ("2026-12-29T10:00", Some("2027-01-04T09:00")),
        ] {
            assert_eq!(office().opens_after(at(asked)), opens.map(at), "{asked}");
        }
    }

    #[test]
    fn openings_are_read_exactly() {
        for text in ["00:00-24:00", "09:00 - 17:30", "23:59-24:00"] {
            assert!(Opening::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "9:00-17:30",
            "09:00",
            "09:00-09:00",
            "17:30-09:00",
            "09:60-10:00",
            "00:00-24:01",
            "０９:00-10:00",
        ] {
            assert_eq!(Opening::parse(text), None, "{text}");
        }
        let mut hours = Hours::default();
        let touching = ["09:00-12:00", "12:00-13:00"].map(|text| Opening::parse(text).unwrap());
        assert!(hours.open(Weekday::Mon, touching.to_vec()), "they may touch");
        let overlapping = ["09:00-12:00", "11:59-13:00"].map(|text| Opening::parse(text).unwrap());
        assert!(!hours.open(Weekday::Mon, overlapping.to_vec()));
    }

    #[test]
    fn hours_that_never_begin_give_no_opening() {
        assert_eq!(Hours::default().opens_after(at("2026-11-30T10:00")), None);
        let mut hours = office();
        let from: NaiveDate = "2026-11-30".parse().unwrap();
        hours.close_on(from.iter_days().take(500).collect());
        assert_eq!(hours.opens_after(at("2026-11-30T10:00")), None);
    }

    proptest! {
        /// Against a walk minute by minute.
        #[test]
        fn the_next_opening_is_the_first_minute_that_is_open(
            openings in prop::collection::vec((0u32..7, 0u32..DAY_MINUTES, 1u32..600), 0..8),
            holidays in prop::collection::btree_set(0u64..14, 0..6),
            start in 0i64..(7 * i64::from(DAY_MINUTES)),
        ) {
            let first: NaiveDate = "2026-11-30".parse().unwrap();
            let mut hours = Hours::default();
            for (index, day) in WEEK.iter().enumerate() {
                let of_day: Vec<Opening> = openings.iter().filter(|(d, ..)| *d as usize == index).map(|(_, from, long)| {
                    Opening { from: *from, until: (from + long).min(DAY_MINUTES) }
                }).collect();
                hours.open(*day, of_day);
            }
            let closed: BTreeSet<NaiveDate> =
                holidays.iter().filter_map(|n| first.checked_add_days(chrono::Days::new(*n))).collect();
            hours.close_on(closed.clone());
            let is_open = |at: DateTime<Utc>| {
                let now = japan_time(at);
                let minute = now.hour() * 60 + now.minute();
                !closed.contains(&now.date_naive()) && openings.iter().any(|(day, from, long)| {
                    now.weekday().num_days_from_monday() == *day && (*from..from + long).contains(&minute)
                })
            };
            let at = japan_instant(first.and_hms_opt(0, 0, 0).unwrap()) + TimeDelta::minutes(start);
            let walked = (0..21 * i64::from(DAY_MINUTES)).map(|n| at + TimeDelta::minutes(n)).find(|at| is_open(*at));
            let expected = walked.filter(|open| *open != at);
            prop_assert_eq!(hours.opens_after(at), expected);
        }
    }
}
