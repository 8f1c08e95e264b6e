//! Points, totals and ranks: pure, in integers only (`docs/rank.md#points`).
//!
//! A customer's figures are integers (days, hundredths of a percent, 10⁻⁸ yen), and every row of the settings is converted
//! to the same unit once. So a million customers are scored by comparing integers, and nothing is ever rounded.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use shared::calendar::sub_months;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};

use crate::rank::settings::{Criterion, RankSettings};

/// Days from 0001-01-01 (chrono's day 1) to 1970-01-01, the origin of Arrow's dates.
const UNIX_DAY_ZERO: i32 = 719_163;
/// Decimal places of [`Figures::count`].
pub const COUNT_SCALE: u32 = 4;
/// Decimal places of [`Figures::amount`]: four of a record's amount and four of a rate.
pub const AMOUNT_SCALE: u32 = 8;

/// A date as days since 1970-01-01.
#[must_use]
pub fn unix_day(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - UNIX_DAY_ZERO
}

/// The date of a day since 1970-01-01; `None` beyond the calendar.
#[must_use]
pub fn date_of(unix_day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(unix_day.checked_add(UNIX_DAY_ZERO)?)
}

/// What counts for one customer within the window (`docs/rank.md#metrics`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// The latest date, as days since 1970-01-01.
    pub latest: Option<i32>,
    /// Σ rate over counted records, in 1/10 000.
    pub count: i64,
    /// Σ amount × rate, in 10⁻⁸ yen.
    pub amount: i128,
}

/// Points of one customer; `None` for a criterion that is not enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the three criteria")]
pub struct Points {
    pub recency: Option<u8>,
    pub count: Option<u8>,
    pub amount: Option<u8>,
}

/// The window, the rows and the weights of one run.
#[derive(Debug, Clone)]
pub struct Scorer {
    /// `months[n]` is the day `n` months before the as-of date, for n from 0 to the period.
    months: Vec<i32>,
    recency: Option<Bounds<i32>>,
    count: Option<Bounds<i128>>,
    amount: Option<Bounds<i128>>,
    /// Index into `RankSettings::points` and least total in hundredths, the highest first.
    thresholds: Vec<(usize, u32)>,
}

/// The rows of an enabled criterion as integers.
#[derive(Debug, Clone)]
struct Bounds<T> {
    weight: u32,
    rows: Vec<T>,
}

/// The as-of date is too early: its window begins before the calendar does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct TooEarly(pub NaiveDate);

impl Explain for TooEarly {
    fn message(&self) -> Message {
        message!(
            "基準日 {day} が早すぎて集計期間をとれません。--as-of でもっと後の日付を指定してください",
            "the as-of date {day} is too early for the period; give a later one with --as-of",
            day = self.0,
        )
    }
}

impl From<TooEarly> for Failure {
    fn from(error: TooEarly) -> Self {
        Self::usage(error.message())
    }
}

impl Scorer {
    /// Prepares the rows for an as-of date.
    ///
    /// # Errors
    /// [`TooEarly`] when `as_of` minus 120 months is no date.
    pub fn new(settings: &RankSettings, as_of: NaiveDate) -> Result<Self, TooEarly> {
        let day = |months: u32| sub_months(as_of, months).map(unix_day).ok_or(TooEarly(as_of));
        let criteria = &settings.chosen.criteria;
        let recency = match criteria.enabled_recency() {
            Some(c) => Some(Bounds {
                weight: c.weight,
                rows: c.rows.iter().map(|months| day(*months)).collect::<Result<_, _>>()?,
            }),
            None => None,
        };
        let mut thresholds: Vec<_> = settings
            .chosen
            .points
            .iter()
            .enumerate()
            .map(|(i, row)| (i, row.min.saturating_mul(100)))
            .collect();
        // Stable: of two rows with the same min, the upper one stays first.
        thresholds.sort_by_key(|(_, min)| std::cmp::Reverse(*min));
        Ok(Self {
            months: (0..=settings.chosen.period_months).map(day).collect::<Result<_, _>>()?,
            recency,
            count: criteria.enabled_count().map(|c| scaled(c, COUNT_SCALE)),
            amount: criteria.enabled_amount().map(|c| scaled(c, AMOUNT_SCALE)),
            thresholds,
        })
    }

    /// The smallest n for which a day of the window lies within n months of the as-of date.
    #[must_use]
    pub fn months_within(&self, latest: i32) -> Option<u32> {
        // The bounds fall with n: the first that is not later than the day is the answer.
        let n = self.months.partition_point(|bound| *bound > latest);
        u32::try_from(n).ok().filter(|_| n < self.months.len())
    }

    /// The points of each criterion: of n rows the first that matches gives n, n−1, … 1; none gives 0.
    #[must_use]
    pub fn points(&self, figures: &Figures) -> Points {
        Points {
            recency: self.recency.as_ref().map(|c| {
                let latest = figures.latest;
                first_match(&c.rows, |bound| latest.is_some_and(|day| day >= *bound))
            }),
            count: self
                .count
                .as_ref()
                .map(|c| first_match(&c.rows, |least| i128::from(figures.count) >= *least)),
            amount: self.amount.as_ref().map(|c| first_match(&c.rows, |least| figures.amount >= *least)),
        }
    }

    /// Σ point × weight, in hundredths.
    #[must_use]
    pub fn total(&self, points: &Points) -> u32 {
        let term =
            |weight: Option<u32>, points: Option<u8>| weight.unwrap_or(0) * u32::from(points.unwrap_or(0));
        term(self.recency.as_ref().map(|c| c.weight), points.recency)
            + term(self.count.as_ref().map(|c| c.weight), points.count)
            + term(self.amount.as_ref().map(|c| c.weight), points.amount)
    }

    /// The index into the settings' points of the rank for a total in hundredths: the first row, from the highest `min`
    /// down, whose `min` is not above it. Nothing is rounded: 79.99 is below 80.
    #[must_use]
    pub fn rank_index(&self, total: u32) -> usize {
        let found = self.thresholds.iter().find(|(_, min)| total >= *min).or(self.thresholds.last());
        found.map_or(0, |(index, _)| *index)
    }
}

/// The thresholds around a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edges {
    /// The least total of its rank, in hundredths, and the index of the next lower rank; `None` for the lowest.
    pub below: Option<(u32, usize)>,
    /// The least total of the next higher rank, in hundredths, and that rank's index; `None` for the highest.
    pub above: Option<(u32, usize)>,
}

impl Scorer {
    /// The bounds around a total in hundredths.
    #[must_use]
    pub fn edges(&self, total: u32) -> Edges {
        let at = self.thresholds.iter().position(|(_, min)| total >= *min);
        let at = at.unwrap_or(self.thresholds.len().saturating_sub(1));
        let own = self.thresholds.get(at).map_or(0, |(_, min)| *min);
        // Of rows with the same least total, only the upper one can be earned.
        let lower = self.thresholds.iter().skip(at).find(|(_, min)| *min < own);
        let above = at.checked_sub(1).and_then(|i| self.thresholds.get(i)).map(|(_, min)| *min);
        let above = above.and_then(|least| self.thresholds.iter().find(|(_, min)| *min == least));
        Edges {
            below: lower.map(|(index, _)| (own, *index)),
            above: above.map(|(index, min)| (*min, *index)),
        }
    }
}

/// Rows as integers with `scale` decimal places. A row between two integers is rounded up, which the same integers reach.
fn scaled(criterion: &Criterion<Decimal>, scale: u32) -> Bounds<i128> {
    let rows = criterion.rows.iter().map(|row| {
        let (mantissa, places) = (row.mantissa(), row.scale());
        if places <= scale {
            mantissa.saturating_mul(10_i128.pow(scale - places))
        } else {
            let unit = 10_i128.pow(places - scale);
            mantissa.div_euclid(unit) + i128::from(mantissa.rem_euclid(unit) != 0)
        }
    });
    Bounds { weight: criterion.weight, rows: rows.collect() }
}

fn first_match<T>(rows: &[T], matches: impl Fn(&T) -> bool) -> u8 {
    let below = rows.iter().position(matches).map_or(0, |i| rows.len() - i);
    // Settings have at most 100 rows.
    u8::try_from(below).unwrap_or(u8::MAX)
}
