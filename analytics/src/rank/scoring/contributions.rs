//! What each record of one customer adds to the score, and why.
//!
//! This walks the records one by one, where [`crate::rank::scoring::totals`] lets the engine add them up; both follow
//! `docs/rank.md#records`, and a test compares them.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::calendar::sub_months;

use crate::rank::scoring::customer_records::Record;
use crate::rank::scoring::scorer::{AMOUNT_SCALE, COUNT_SCALE, Figures, TooEarly, unix_day};
use crate::rank::settings::{RankSettings, ZeroRate};

/// Decimal places of a record's amount.
const NET_SCALE: u32 = 4;

/// Why a record counts or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountReason {
    /// It counts.
    Counted,
    /// A return or a discount: only the amount counts.
    NotAboveZero,
    /// The rate is 0, and the settings let the date count.
    ZeroRateDate,
    /// The rate is 0.
    ZeroRate,
    /// No line has a status that counts, or the deal is not won.
    Status,
    /// A won deal without a date.
    Undated,
    /// Before the window.
    TooOld,
    /// After the as-of date.
    Future,
    /// Other lines of the slip name a customer in the same slot whose code comes first.
    OtherLink,
}

impl CountReason {
    /// The identifier for programs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::NotAboveZero => "not_above_zero",
            Self::ZeroRateDate => "zero_rate_date_only",
            Self::ZeroRate => "zero_rate",
            Self::Status => "status",
            Self::Undated => "undated",
            Self::TooOld => "before_window",
            Self::Future => "future",
            Self::OtherLink => "other_link",
        }
    }
}

/// What one record adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contribution {
    pub(crate) record: Record,
    /// 0 for the main customer, 1 to 3 for a related one.
    pub(crate) slot: Option<usize>,
    /// Hundredths of a percent.
    pub(crate) rate: Option<u32>,
    pub(crate) why: CountReason,
    /// In 1/10 000.
    pub(crate) count: i64,
    /// In 10⁻⁸ yen.
    pub(crate) amount: i128,
    pub(crate) sets_date: bool,
}

/// All records of a customer as of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contributions {
    pub(crate) entries: Vec<Contribution>,
    pub(crate) figures: Figures,
}

impl Contributions {
    /// Works out what each record adds, and the sums.
    pub(crate) fn new(
        settings: &RankSettings,
        as_of: NaiveDate,
        customer_code: &str,
        records: Vec<Record>,
    ) -> Result<Self, TooEarly> {
        let from = sub_months(as_of, settings.chosen.period_months).ok_or(TooEarly(as_of))?;
        let entries: Vec<Contribution> =
            records.into_iter().map(|record| judge(settings, (from, as_of), customer_code, record)).collect();
        let mut figures = Figures::default();
        for entry in &entries {
            figures.count += entry.count;
            figures.amount += entry.amount;
            if entry.sets_date {
                figures.latest = figures.latest.max(entry.record.dated.map(unix_day));
            }
        }
        if figures.count == 0 {
            // Without counted business there are no recency points.
            figures.latest = None;
        }
        Ok(Self { entries, figures })
    }
}

fn judge(
    settings: &RankSettings,
    (from, as_of): (NaiveDate, NaiveDate),
    customer_code: &str,
    record: Record,
) -> Contribution {
    let slots =
        std::iter::once(Some(record.main.as_str())).chain(record.related.iter().map(Option::as_deref));
    let rate = |slot: usize| match slot.checked_sub(1) {
        None => settings.chosen.rates.main,
        Some(related) => settings.chosen.rates.related(related),
    };
    // A customer named more than once is linked once: at the highest rate, in the first slot with that rate.
    let link = slots
        .enumerate()
        .filter(|(_, name)| *name == Some(customer_code))
        .map(|(slot, _)| (slot, rate(slot)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    let net = record.net.unwrap_or_default();
    let why = match (record.dated, link) {
        _ if record.counted_lines == 0 => CountReason::Status,
        (None, _) => CountReason::Undated,
        (Some(day), _) if day > as_of => CountReason::Future,
        (Some(day), _) if day < from => CountReason::TooOld,
        // The first customer by code takes a slot. If none of the related codes comes before this one, the lines that name
        // this customer do not count.
        (_, None) if record.related.iter().flatten().all(|code| code.as_str() > customer_code) => {
            CountReason::Status
        }
        (_, None) => CountReason::OtherLink,
        (_, Some((_, 0))) if net > Decimal::ZERO && settings.chosen.recency_zero_rate == ZeroRate::Count => {
            CountReason::ZeroRateDate
        }
        (_, Some((_, 0))) => CountReason::ZeroRate,
        _ if net <= Decimal::ZERO => CountReason::NotAboveZero,
        _ => CountReason::Counted,
    };
    let rate = link.map_or(0, |(_, rate)| rate);
    let counts_amount = matches!(why, CountReason::Counted | CountReason::NotAboveZero);
    Contribution {
        slot: link.map(|(slot, _)| slot),
        rate: link.map(|(_, rate)| rate),
        why,
        count: if why == CountReason::Counted { i64::from(rate) } else { 0 },
        amount: if counts_amount { scaled(net) * i128::from(rate) } else { 0 },
        sets_date: matches!(why, CountReason::Counted | CountReason::ZeroRateDate),
        record,
    }
}

/// An amount in 1/10 000 yen, the smallest unit of amounts.
fn scaled(net: Decimal) -> i128 {
    let mantissa = net.mantissa();
    match NET_SCALE.checked_sub(net.scale()) {
        Some(places) => mantissa * 10_i128.pow(places),
        None => mantissa / 10_i128.pow(net.scale() - NET_SCALE),
    }
}

impl Contribution {
    /// What the record adds to the count.
    pub(crate) fn exact_count(&self) -> Decimal {
        Decimal::new(self.count, COUNT_SCALE).normalize()
    }

    /// What the record adds to the amount; `None` beyond 28 digits.
    pub(crate) fn exact_amount(&self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.amount, AMOUNT_SCALE).ok().map(|amount| amount.normalize())
    }
}
