//! Months. All dates are civil dates; the time of day never matters.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use thiserror::Error;

use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// The same day `n` months earlier; a day that does not exist there becomes the last day of
/// that month (2025-05-31 − 3 months = 2025-02-28). `None` before chrono's first year.
///
/// Subtract from the as-of date once, never in a chain: 05-31 −1 −1 is 03-30, −2 is 03-31.
#[must_use]
pub fn sub_months(date: NaiveDate, n: u32) -> Option<NaiveDate> {
    date.checked_sub_months(Months::new(n))
}

/// The last day of the same period a year earlier, for a period that ends on `last`: a month's end stays a month's end.
/// `None` before chrono's first year.
#[must_use]
pub fn end_of_year_before(last: NaiveDate) -> Option<NaiveDate> {
    let same_day = sub_months(last, 12)?;
    Some(if last == month_end(last) { month_end(same_day) } else { same_day })
}

/// The first of the twelve months that end on `last`, in every report and in the published figures
/// (`docs/reports.md#options`).
#[must_use]
pub fn twelve_months_from(last: NaiveDate) -> Option<NaiveDate> {
    end_of_year_before(last)?.checked_add_days(Days::new(1))
}

/// The first day of the date's month.
#[must_use]
pub fn month_start(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The last day of the date's month.
#[must_use]
pub fn month_end(date: NaiveDate) -> NaiveDate {
    month_start(date)
        .checked_add_months(Months::new(1))
        .and_then(|next| next.checked_sub_days(Days::new(1)))
        .unwrap_or(NaiveDate::MAX)
}

/// A calendar month. Shown as `2025-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth {
    year: i32,
    month: u32,
}

/// Why a text or a pair of numbers is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct MonthError;

impl Explain for MonthError {
    fn message(&self) -> Message {
        message!(
            "年月として読み取れません。2025-01 のように入力してください",
            "not a month; write it as 2025-01"
        )
    }
}

impl YearMonth {
    /// A month of the years 1 to 9999.
    ///
    /// # Errors
    /// [`MonthError`] outside that range.
    pub fn new(year: i32, month: u32) -> Result<YearMonth, MonthError> {
        let valid = (1..=9999).contains(&year) && (1..=12).contains(&month);
        if valid { Ok(YearMonth { year, month }) } else { Err(MonthError) }
    }

    /// The month of a date.
    #[must_use]
    pub fn of(date: NaiveDate) -> YearMonth {
        YearMonth { year: date.year(), month: date.month() }
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.month
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or(NaiveDate::MIN)
    }

    /// The last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        month_end(self.first_day())
    }

    /// The month `n` months later (earlier when negative).
    #[must_use]
    pub fn plus(self, n: i32) -> YearMonth {
        let index = self.index().saturating_add(i64::from(n));
        let year = i32::try_from(index.div_euclid(12)).unwrap_or(self.year);
        let month = u32::try_from(index.rem_euclid(12) + 1).unwrap_or(1);
        YearMonth { year, month }
    }

    /// How many months `other` is later; negative when it is earlier.
    #[must_use]
    pub fn months_until(self, other: YearMonth) -> i64 {
        other.index() - self.index()
    }

    /// The months from this one to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: YearMonth) -> impl Iterator<Item = YearMonth> {
        (0..=i32::try_from(self.months_until(last)).unwrap_or(-1)).map(move |n| self.plus(n))
    }

    /// Months since year 0.
    fn index(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for YearMonth {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.trim().split_once('-').ok_or(MonthError)?;
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|c| c.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(MonthError);
        }
        YearMonth::new(year.parse().map_err(|_| MonthError)?, month.parse().map_err(|_| MonthError)?)
    }
}
