//! One customer's score.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::rank::RankReason;

use crate::rank::scoring::scorer::{AMOUNT_SCALE, COUNT_SCALE, Figures, Points, date_of};

/// A rank within one plan: an index into its names, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RankId(pub(crate) u32);

impl RankId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One customer's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// What counts.
    pub figures: Figures,
    /// The smallest n for which the latest date is within n months.
    pub months_within: Option<u32>,
    /// Points of each criterion.
    pub points: Points,
    /// Σ point × weight, in hundredths.
    pub total: u32,
    /// The current rank.
    pub before: RankId,
    /// The rank after the run; the current one for customers that are not updated.
    pub after: RankId,
    /// What the run does, and why.
    pub reason: RankReason,
}

/// A customer's figures for people and the store: exact decimals without trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// The latest date.
    pub latest_date: Option<NaiveDate>,
    /// Σ rate.
    pub count: Option<Decimal>,
    /// Σ amount × rate; `None` beyond 28 digits.
    pub amount: Option<Decimal>,
    /// Σ point × weight.
    pub total: Decimal,
}

impl Scored {
    /// The figures as decimals.
    #[must_use]
    pub fn exact(&self) -> Exact {
        exact(&self.figures, self.total)
    }
}

/// Figures and a total in hundredths as decimals.
pub(crate) fn exact(figures: &Figures, total: u32) -> Exact {
    let decimal = |value: i128, scale: u32| {
        let unit = 10_i128.pow(scale);
        let exact = match value % unit {
            0 => Decimal::try_from_i128_with_scale(value / unit, 0),
            _ => Decimal::try_from_i128_with_scale(value, scale),
        };
        exact.ok().map(|exact| exact.normalize())
    };
    Exact {
        latest_date: figures.latest.and_then(date_of),
        count: decimal(i128::from(figures.count), COUNT_SCALE),
        amount: decimal(figures.amount, AMOUNT_SCALE),
        total: Decimal::new(i64::from(total), 2).normalize(),
    }
}

/// A code in records without a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCustomer {
    /// The code.
    pub customer_code: String,
    /// Records with a net above zero that name it.
    pub records: i64,
}
