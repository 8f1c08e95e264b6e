//! Each customer's purchases so far and what models and simpler methods expect of them.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::prelude::FromPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use shared::message;
use shared::message::{Explain as _, Message};

use super::fit::Model;
use super::histories::{Histories, number};
use crate::model::Dimension;
use crate::output::ratio;
use crate::prediction::{
    BgNbd, Estimate, Fit, GammaGamma, History, ParetoNbd, Purchasing, Refusal, Spending,
};
use crate::report::segments::{self, Segment, with_keys};
use crate::warehouse::{Columns, Literal, WarehouseError, render};

const OUTLOOK: &str = include_str!("../../../sql/ltv_outlook.sql");
const MARGIN: &str = include_str!("../../../sql/ltv_margin.sql");

/// The models of how often customers buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum PurchaseModel {
    /// Customers may leave after each purchase.
    #[default]
    BgNbd,
    /// Customers may leave at any moment.
    ParetoNbd,
}

impl PurchaseModel {
    /// The same among all models.
    pub(super) fn model(self) -> Model {
        match self {
            Self::BgNbd => Model::BgNbd,
            Self::ParetoNbd => Model::ParetoNbd,
        }
    }
}

/// Purchases and their value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bought {
    pub purchases: f64,
    pub amount: f64,
}

/// A customer with purchases.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Customer {
    pub code: String,
    pub name: Option<String>,
    pub history: History,
    pub first_sold_on: Option<NaiveDate>,
    pub last_sold_on: Option<NaiveDate>,
    /// All purchases until the day.
    pub bought: Bought,
    /// The value of all but the first.
    pub repeat_amount: f64,
    /// Those after the day.
    pub later: Bought,
    /// Those of the period a year before.
    pub before: Bought,
}

/// The customers of a mirror, each with its segment. `last_day` ends the purchases after the histories.
pub(super) fn customers(
    histories: &Histories<'_>,
    axes: &[Dimension],
    last_day: NaiveDate,
    before: (NaiveDate, NaiveDate),
) -> Result<Vec<Segment<Customer>>, WarehouseError> {
    let axes_only = |(name, _): &(&str, Literal)| name.starts_with("axis_");
    let mut values: Vec<(&str, Literal)> =
        segments::parameters(axes, histories.filters).into_iter().filter(axes_only).collect();
    values.extend([
        ("histories", histories.sql()?),
        ("until", Literal::Date(histories.until)),
        ("last_day", Literal::Date(last_day)),
        ("before_from", Literal::Date(before.0)),
        ("before_to", Literal::Date(before.1)),
    ]);
    let frame = histories.warehouse.frame(&render(OUTLOOK, &values)?)?;
    let columns = Columns(&frame);
    let (codes, names) = (columns.texts("customer_code")?, columns.texts("customer_name")?);
    let (repeats, last) = (columns.counts("repeats")?, columns.counts("last_day")?);
    let observed = columns.counts("observed_days")?;
    let (first_on, last_on) = (columns.dates("first_sold_on")?, columns.dates("last_sold_on")?);
    let (amounts, repeat_amounts) = (columns.amounts("amount")?, columns.amounts("repeat_amount")?);
    let (later, later_amounts) = (columns.counts("later_purchases")?, columns.amounts("later_amount")?);
    let (before, before_amounts) = (columns.counts("before_purchases")?, columns.amounts("before_amount")?);
    let bought = |purchases: u64, amount: Decimal| Bought {
        purchases: crate::prediction::count(purchases),
        amount: number(amount),
    };
    let customer = |at: usize| Customer {
        code: codes[at].clone().unwrap_or_default(),
        name: names[at].clone(),
        history: histories.history(repeats[at], last[at], observed[at]),
        first_sold_on: first_on[at],
        last_sold_on: last_on[at],
        bought: bought(repeats[at] + 1, amounts[at]),
        repeat_amount: number(repeat_amounts[at]),
        later: bought(later[at], later_amounts[at]),
        before: bought(before[at], before_amounts[at]),
    };
    with_keys(&columns, axes, (0..codes.len()).map(customer))
}

/// The gross margin of the sales that have a cost; unknown when none has.
pub(super) fn margin(histories: &Histories<'_>) -> Result<Option<Decimal>, WarehouseError> {
    let values =
        [("until", Literal::Date(histories.until)), ("members", segments::members(histories.filters))];
    let frame = histories.warehouse.frame(&render(MARGIN, &values)?)?;
    let columns = Columns(&frame);
    let only = |values: Vec<Option<Decimal>>| values.first().copied().flatten();
    let (costed, cost) = (only(columns.decimals("costed_amount")?), only(columns.decimals("cost")?));
    Ok(costed.zip(cost).and_then(|(costed, cost)| ratio(costed - cost, costed)))
}

/// An estimated model of purchases.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Purchases {
    Bg(Fit<BgNbd>),
    Pareto(Fit<ParetoNbd>),
}

impl Purchases {
    fn fit(model: PurchaseModel, histories: &Histories<'_>) -> Result<Result<Self, Refusal>, WarehouseError> {
        let groups = histories.groups()?;
        Ok(match model {
            PurchaseModel::BgNbd => BgNbd::fit(&groups).map(Self::Bg),
            PurchaseModel::ParetoNbd => ParetoNbd::fit(&groups).map(Self::Pareto),
        })
    }

    /// The parameters.
    pub(super) fn estimates(&self) -> &[Estimate] {
        match self {
            Self::Bg(fit) => &fit.estimates,
            Self::Pareto(fit) => &fit.estimates,
        }
    }
}

impl Purchasing for Purchases {
    fn alive(&self, history: History) -> f64 {
        match self {
            Self::Bg(fit) => fit.model.alive(history),
            Self::Pareto(fit) => fit.model.alive(history),
        }
    }

    fn expected(&self, history: History, time: f64) -> f64 {
        match self {
            Self::Bg(fit) => fit.model.expected(history, time),
            Self::Pareto(fit) => fit.model.expected(history, time),
        }
    }
}

/// What a customer's next purchases are worth.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    Model(Fit<GammaGamma>),
    /// The customer's own mean; without repeat purchases that of all. With the reason why there is no model.
    Means {
        all: f64,
        reason: Message,
    },
}

impl Values {
    fn fit(spending: &[Spending]) -> Self {
        let reason = match GammaGamma::fit(spending) {
            Ok(fit) if fit.model.q > 1.0 => return Self::Model(fit),
            Ok(_) => message!(
                "推定された購入金額の分布に平均がありません",
                "the estimated distribution of values has no mean",
            ),
            Err(refusal) => refusal.message(),
        };
        let weight = |group: &Spending| f64::from(group.repeats) * crate::prediction::count(group.customers);
        let purchases: f64 = spending.iter().map(weight).sum();
        let amount: f64 = spending.iter().map(|group| group.mean * weight(group)).sum();
        Self::Means { all: if purchases > 0.0 { amount / purchases } else { 0.0 }, reason }
    }

    /// The expected value of the customer's next purchases.
    pub(super) fn of(&self, customer: &Customer) -> f64 {
        let repeats = customer.history.repeats;
        let own = if repeats > 0 { customer.repeat_amount / f64::from(repeats) } else { 0.0 };
        match self {
            Self::Model(fit) => fit.model.expected(repeats, own).unwrap_or(own),
            Self::Means { all, .. } if repeats == 0 => *all,
            Self::Means { .. } => own,
        }
    }
}

/// Both models, estimated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Models {
    pub purchases: Purchases,
    pub values: Values,
    /// How the number of repeat purchases goes with their mean value.
    pub correlation: Option<f64>,
}

impl Models {
    /// Estimates them; the inner error is why the purchases have no model.
    pub(super) fn fit(
        model: PurchaseModel,
        histories: &Histories<'_>,
    ) -> Result<Result<Self, Refusal>, WarehouseError> {
        let spending = histories.spending()?;
        let (values, correlation) = (Values::fit(&spending), correlation(&spending));
        Ok(Purchases::fit(model, histories)?.map(|purchases| Self { purchases, values, correlation }))
    }
}

/// Pearson's correlation of the number of repeat purchases with their mean value, over customers; nothing when one of the
/// two is the same for all.
fn correlation(spending: &[Spending]) -> Option<f64> {
    let weighted = |of: &dyn Fn(&Spending) -> f64| -> f64 {
        spending.iter().map(|group| of(group) * crate::prediction::count(group.customers)).sum()
    };
    let customers = weighted(&|_| 1.0);
    let repeats = weighted(&|group| f64::from(group.repeats)) / customers;
    let mean = weighted(&|group| group.mean) / customers;
    let off = |group: &Spending| (f64::from(group.repeats) - repeats, group.mean - mean);
    let product = weighted(&|group| off(group).0 * off(group).1);
    let squares = weighted(&|group| off(group).0.powi(2)) * weighted(&|group| off(group).1.powi(2));
    Some(product / squares.sqrt()).filter(|correlation| correlation.is_finite())
}

/// What is computed of a history, once for all customers who have it.
pub(super) struct Once<T> {
    known: HashMap<(u32, u64, u64), T>,
}

impl<T: Copy> Once<T> {
    pub(super) fn new() -> Self {
        Self { known: HashMap::new() }
    }

    pub(super) fn of(&mut self, history: History, compute: impl FnOnce(History) -> T) -> T {
        let key = (history.repeats, history.last.to_bits(), history.observed.to_bits());
        *self.known.entry(key).or_insert_with(|| compute(history))
    }
}

/// A model's number as a decimal: where predictions leave the models, rounded half away from zero.
pub(super) fn rounded(number: f64, places: u32) -> Option<Decimal> {
    let exact = Decimal::from_f64(number)?;
    Some(exact.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// Places of predicted amounts of money.
pub(super) const MONEY_PLACES: u32 = 2;
/// Places of predicted numbers of purchases.
pub(super) const PURCHASE_PLACES: u32 = 4;
/// Places of probabilities and rates.
pub(super) const RATE_PLACES: u32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_correlation_counts_each_customer() {
        let group = |repeats, mean, customers| Spending { repeats, mean, customers };
        let rising = correlation(&[group(1, 100.0, 2), group(2, 200.0, 1), group(3, 300.0, 5)]).unwrap();
        assert!((rising - 1.0).abs() < 1e-12, "{rising}");
        // 1 and 3 purchases at 100 and 200 yen, both ways; twice as many customers one way.
        let groups = [group(1, 100.0, 2), group(3, 200.0, 2), group(1, 200.0, 1), group(3, 100.0, 1)];
        let mixed = correlation(&groups).unwrap();
        assert!((mixed - 1.0 / 3.0).abs() < 1e-12, "{mixed}");
        assert_eq!(correlation(&[group(2, 100.0, 9)]), None);
        assert_eq!(correlation(&[]), None);
    }
}
