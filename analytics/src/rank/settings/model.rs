//! Checked settings. Nothing here reads or writes.

use rust_decimal::Decimal;

/// The version of the layout that this program supports.
pub(crate) const VERSION: u32 = 1;

/// Related customers that a record can name.
pub const RELATED_SLOTS: usize = 3;

/// Hundredths of a percent in a whole: a rate of 100 %.
pub const RATE_ONE: u32 = 10_000;

/// Checked settings. All rules of `docs/rank.md#settings` hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSettings {
    /// Whether the scheduled update runs at all.
    pub enabled: bool,
    /// Which records are counted.
    pub source: Source,
    /// The sources that may be chosen.
    pub allowed_sources: Vec<Source>,
    /// The share of the ranked, updatable customers that one run may change, 0 to 1.
    pub max_change_ratio: Decimal,
    /// The most days from the newest record to the as-of date; 0: the age does not matter.
    pub max_age_days: u32,
    /// Whether amounts of sales are scored with or without tax.
    pub amount_basis: AmountBasis,
    /// Current ranks whose customers are updated.
    pub update_target_ranks: Vec<String>,
    /// Whether customers without a rank are updated.
    pub unranked_is_target: bool,
    /// The settings of `source`.
    pub chosen: SourceSettings,
    /// The settings of the other source, for when it is chosen.
    pub other: Option<SourceSettings>,
}

/// The settings that each source has for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    /// Length of the window, 1 to 120 months.
    pub period_months: u32,
    /// What a link with rate 0 does to the latest date.
    pub recency_zero_rate: ZeroRate,
    /// The criteria, on or off.
    pub criteria: Criteria,
    /// How much of a record counts for whom.
    pub rates: Rates,
    /// Total points to rank, in the order of the file.
    pub points: Vec<Threshold>,
}

/// The three criteria; `None` for one that is missing in the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Criteria {
    /// 最新購入日: rows are months, the smallest first.
    pub recency: Option<Criterion<u32>>,
    /// 購入回数: rows are counts, the largest first.
    pub count: Option<Criterion<Decimal>>,
    /// 期間売上金額: rows are yen, the largest first.
    pub amount: Option<Criterion<Decimal>>,
}

/// One criterion: n rows give n points for the first, down to 1 for the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion<T> {
    /// A criterion that is switched off is kept and gives no points.
    pub is_enabled: bool,
    /// Hundredths: a weight of 12.5 is 1250. At most 10 000.
    pub weight: u32,
    /// The rows, the highest points first.
    pub rows: Vec<T>,
}

/// Which records are counted (`docs/rank.md#records`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Sales slips, by the day of the sale.
    Sales,
    /// Won deals, by the day of the order.
    Deals,
}

/// Whether amounts of sales are scored with or without tax (`docs/rank.md#records`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountBasis {
    /// As they are stored.
    TaxExcluded,
    /// Each line with the tax of its rate.
    TaxIncluded,
}

/// What a link with rate 0 does to the latest date (`docs/rank.md#metrics`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZeroRate {
    /// It sets the latest date of a customer that has other, counted records.
    Count,
    /// It does not count.
    Exclude,
}

/// How much of a record counts for whom, in hundredths of a percent (100 % is [`RATE_ONE`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// For the record's own customer.
    pub main: u32,
    /// For related customers (1), (2) …
    pub related: Vec<u32>,
}

impl Rates {
    /// The rate of a related slot, from 0; slots that are not configured have 0.
    #[must_use]
    pub fn related(&self, slot: usize) -> u32 {
        self.related.get(slot).copied().unwrap_or(0)
    }
}

/// A rank and the least total that earns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// A rank of the rank master.
    pub rank: String,
    /// The least total, inclusive.
    pub min: u32,
}

impl Criteria {
    /// 最新購入日, if it is on.
    #[must_use]
    pub fn enabled_recency(&self) -> Option<&Criterion<u32>> {
        self.recency.as_ref().filter(|criterion| criterion.is_enabled)
    }

    /// 購入回数, if it is on.
    #[must_use]
    pub fn enabled_count(&self) -> Option<&Criterion<Decimal>> {
        self.count.as_ref().filter(|criterion| criterion.is_enabled)
    }

    /// 期間売上金額, if it is on.
    #[must_use]
    pub fn enabled_amount(&self) -> Option<&Criterion<Decimal>> {
        self.amount.as_ref().filter(|criterion| criterion.is_enabled)
    }
}

impl<T> Criterion<T> {
    /// The highest weighted points, in hundredths.
    fn top(&self) -> u32 {
        self.weight * u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}

impl SourceSettings {
    /// The highest total that anybody can reach, in hundredths.
    #[must_use]
    pub fn total_max(&self) -> u32 {
        let criteria = &self.criteria;
        criteria.enabled_recency().map_or(0, Criterion::top)
            + criteria.enabled_count().map_or(0, Criterion::top)
            + criteria.enabled_amount().map_or(0, Criterion::top)
    }
}

impl RankSettings {
    /// The current ranks whose customers a run updates: an empty one for customers without a rank, none at all when the
    /// update is not in use.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        if !self.enabled {
            return Vec::new();
        }
        let unranked = self.unranked_is_target.then(String::new);
        self.update_target_ranks.iter().cloned().chain(unranked).collect()
    }

    /// The default of `max_change_ratio`: three of ten.
    pub const MAX_CHANGE_RATIO: Decimal = Decimal::from_parts(3, 0, 0, false, 1);
    /// The default of `max_age_days`: a month and two weeks.
    pub const MAX_AGE_DAYS: u32 = 45;
}

impl Source {
    /// The other source.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Sales => Self::Deals,
            Self::Deals => Self::Sales,
        }
    }

    /// The identifier in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Deals => "deals",
        }
    }
}

impl AmountBasis {
    /// The identifier in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TaxExcluded => "tax_excluded",
            Self::TaxIncluded => "tax_included",
        }
    }

    /// The amount of a line of sales, in SQL. Rates have at most four places, so the product is exact to eight; the cast
    /// rounds beyond the four that an amount has. Lines that are not taxed, and those without a rate, have no tax.
    #[must_use]
    pub(crate) fn line_amount(self) -> &'static str {
        match self {
            Self::TaxExcluded => "amount",
            Self::TaxIncluded => {
                "(amount + CAST(amount * CAST(CASE WHEN tax_category IN ('exempt', 'out_of_scope', 'zero_rated') THEN 0 \
                 WHEN tax_rate BETWEEN 0 AND 100 THEN tax_rate ELSE 0 END AS DECIMAL(7, 4)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(28, 4)))"
            }
        }
    }
}

impl ZeroRate {
    /// The identifier in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Exclude => "exclude",
        }
    }
}

/// An integer of hundredths as a decimal without trailing zeros.
#[must_use]
pub fn hundredths(value: u32) -> String {
    Decimal::new(i64::from(value), 2).normalize().to_string()
}
