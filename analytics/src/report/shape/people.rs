//! Lists of customers: a row for each, the largest first, limited in the query; totals are of all.

use rust_decimal::Decimal;
use shared::exit::Failure;

use super::columns::{Made, laid_out};
use super::{Shaped, columns};
use crate::model::{CubeQuery, Dimension};
use crate::output::Unit;
use crate::report::measured::{Figures, Measured};
use crate::report::request::Request;

/// When a customer bought last.
pub(super) const LAST_SOLD_ON: Made = Made::new(
    "last_sold_on",
    Unit::Date,
    ("最終購入日", "Last purchase"),
    ("最後に購入した日", "Last day of purchase"),
);

/// How long ago that is.
pub(super) const DAYS_SINCE: Made = Made::new(
    "days_since",
    Unit::Days,
    ("経過日数", "Days since"),
    ("最終購入日からの日数", "Days since the last purchase"),
);

/// The attributes of a list of customers: the customer, then the report's.
///
/// # Errors
/// An attribute that is not of customers: exit code 64.
pub(super) fn by(request: &Request<'_>) -> Result<Vec<Dimension>, Failure> {
    columns::of_customers(request)?;
    let customer = request.dimension("customer")?;
    let others = request.by.iter().filter(|by| **by != customer).cloned();
    Ok(std::iter::once(customer.clone()).chain(others).collect())
}

/// A list of customers.
pub(super) struct List<'a> {
    /// The query whose selection the list is built on, by [`by`].
    pub(super) query: &'a CubeQuery<'a>,
    /// Its common table expressions; the last is `listed`, with the columns.
    pub(super) with: String,
    /// The columns.
    pub(super) made: &'a [Made],
    /// Those whose sum the total has.
    pub(super) sums: &'a [&'static str],
    /// The list's order after the largest sales.
    pub(super) order: &'a str,
}

impl List<'_> {
    /// Runs the list.
    ///
    /// # Errors
    /// The engine refuses a query.
    pub(super) fn shaped(&self, request: &Request<'_>) -> Result<Shaped, Failure> {
        let (with, order) = (&self.with, self.order);
        let summed: Vec<String> = self.sums.iter().map(|name| format!("SUM({name}) AS {name}")).collect();
        let total = format!("WITH {with} SELECT COUNT(*) AS people, {} FROM listed", summed.join(", "));
        let total = self.query.shaped_total(&request.warehouse, &total)?;
        let first = |name: &str| -> Result<Option<Decimal>, Failure> {
            Ok(total.numbers(name)?.first().copied().flatten())
        };
        let mut totals = std::collections::HashMap::new();
        for name in self.sums {
            totals.insert(*name, first(name)?);
        }
        let people = first("people")?.and_then(|people| u64::try_from(people).ok()).unwrap_or_default();
        let limit = request.top.map(|top| format!(" LIMIT {top}")).unwrap_or_default();
        let made: Vec<String> = self.made.iter().map(|made| format!("MAX({0}) AS {0}", made.id)).collect();
        let sql = format!(
            "WITH {with} SELECT {}{} FROM listed GROUP BY {}customer ORDER BY {order}, customer{limit}",
            self.query.key_columns(),
            made.join(", "),
            self.query.keys(),
        );
        let grid = self.query.shaped(&request.warehouse, &sql)?;
        let measured = Measured { by: self.query.by.to_vec(), grid, total: Figures::new(), source_rows: 0 };
        let mut shaped =
            laid_out(request, &measured, self.made, &[], &|id| totals.get(id).copied().flatten())?;
        shaped.control.insert("customers".to_owned(), serde_json::json!(people));
        shaped.header.push((crate::labels::CUSTOMERS.into(), crate::output::grouped(&people.to_string())));
        let all = usize::try_from(people).unwrap_or(usize::MAX);
        shaped.say_cut(request.top.unwrap_or(all), all);
        Ok(shaped)
    }
}
