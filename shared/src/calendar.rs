//! Months and fiscal years. All dates are civil dates; the time of day never matters.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::label::labelled_enum;
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

/// The smallest `n` for which `latest` lies within `n` months of `as_of`, both ends included:
/// `latest >= sub_months(as_of, n)`. A date on or after `as_of` is within 0 months.
#[must_use]
pub fn months_within(latest: NaiveDate, as_of: NaiveDate) -> u32 {
    if latest >= as_of {
        return 0;
    }
    let months = YearMonth::of(latest).months_until(YearMonth::of(as_of));
    // `n` months back is in the month of `latest`; only the day can make it one more.
    let n = u32::try_from(months).unwrap_or(0);
    match sub_months(as_of, n) {
        Some(bound) if latest < bound => n + 1,
        _ => n,
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

impl TryFrom<String> for YearMonth {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<YearMonth> for String {
    fn from(month: YearMonth) -> String {
        month.to_string()
    }
}

labelled_enum! {
    /// Half of a fiscal year.
    pub enum Half {
        /// The first six months.
        First = "h1", "上期", "First half", ["上半期", "1"];
        /// The last six months.
        Second = "h2", "下期", "Second half", ["下半期", "2"];
    }
}

/// A fiscal year that starts on the first day of a month. 2025年度 is the one that starts in 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct FiscalCalendar {
    start_month: u32,
}

/// A start month outside 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct StartMonthError;

impl Explain for StartMonthError {
    fn message(&self) -> Message {
        message!(
            "年度の開始月(fiscal_year_start_month)は1から12までで指定してください",
            "fiscal_year_start_month must be 1 to 12"
        )
    }
}

impl Default for FiscalCalendar {
    /// April, as most Japanese companies have it.
    fn default() -> Self {
        FiscalCalendar { start_month: 4 }
    }
}

impl FiscalCalendar {
    /// A fiscal calendar that starts in `start_month`.
    ///
    /// # Errors
    /// [`StartMonthError`] when it is not 1 to 12.
    pub fn new(start_month: u32) -> Result<FiscalCalendar, StartMonthError> {
        if (1..=12).contains(&start_month) {
            Ok(FiscalCalendar { start_month })
        } else {
            Err(StartMonthError)
        }
    }

    /// The month that the year starts in, 1 to 12.
    #[must_use]
    pub fn start_month(self) -> u32 {
        self.start_month
    }

    /// The fiscal year of a date.
    #[must_use]
    pub fn year_of(self, date: NaiveDate) -> i32 {
        if date.month() >= self.start_month { date.year() } else { date.year() - 1 }
    }

    /// The quarter of a date, 1 to 4.
    #[must_use]
    pub fn quarter_of(self, date: NaiveDate) -> u32 {
        (date.month() + 12 - self.start_month) % 12 / 3 + 1
    }

    /// The half of a date.
    #[must_use]
    pub fn half_of(self, date: NaiveDate) -> Half {
        if self.quarter_of(date) <= 2 { Half::First } else { Half::Second }
    }

    /// The first and the last day of a fiscal year. `None` outside the years 1 to 9999.
    #[must_use]
    pub fn year_range(self, year: i32) -> Option<(NaiveDate, NaiveDate)> {
        let first = YearMonth::new(year, self.start_month).ok()?;
        Some((first.first_day(), first.plus(11).last_day()))
    }

    /// The first and the last day of a quarter (1 to 4). `None` for another quarter or year.
    #[must_use]
    pub fn quarter_range(self, year: i32, quarter: u32) -> Option<(NaiveDate, NaiveDate)> {
        if !(1..=4).contains(&quarter) {
            return None;
        }
        let offset = i32::try_from((quarter - 1) * 3).ok()?;
        let first = YearMonth::new(year, self.start_month).ok()?.plus(offset);
        Some((first.first_day(), first.plus(2).last_day()))
    }

    /// 「2025年度」, `FY2025`.
    #[must_use]
    pub fn year_label(self, date: NaiveDate, lang: Lang) -> String {
        match lang {
            Lang::Ja => format!("{}年度", self.year_of(date)),
            Lang::En => format!("FY{}", self.year_of(date)),
        }
    }

    /// 「2025年度第4四半期」, `FY2025 Q4`.
    #[must_use]
    pub fn quarter_label(self, date: NaiveDate, lang: Lang) -> String {
        let (year, quarter) = (self.year_label(date, lang), self.quarter_of(date));
        match lang {
            Lang::Ja => format!("{year}第{quarter}四半期"),
            Lang::En => format!("{year} Q{quarter}"),
        }
    }

    /// 「2025年度下期」, `FY2025 H2`.
    #[must_use]
    pub fn half_label(self, date: NaiveDate, lang: Lang) -> String {
        let (year, half) = (self.year_label(date, lang), self.half_of(date));
        match (lang, half) {
            (Lang::Ja, half) => format!("{year}{}", half.label_ja()),
            (Lang::En, Half::First) => format!("{year} H1"),
            (Lang::En, Half::Second) => format!("{year} H2"),
        }
    }
}

impl TryFrom<u32> for FiscalCalendar {
    type Error = StartMonthError;

    fn try_from(start_month: u32) -> Result<Self, StartMonthError> {
        FiscalCalendar::new(start_month)
    }
}

impl From<FiscalCalendar> for u32 {
    fn from(calendar: FiscalCalendar) -> u32 {
        calendar.start_month
    }
}
