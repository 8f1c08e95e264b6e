//! The queries of RFM.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::exit::Failure;

use super::{Options, groups};
use crate::model::{CubeQuery, Dimension};
use crate::output::{AVERAGE_PLACES, divide, ratio};
use crate::report::request::Request;
use crate::report::shape::columns::called;
use crate::warehouse::{Grid, Literal};

/// Sums over all customers.
pub(super) struct Sums {
    /// Customers who bought.
    pub(super) customers: Decimal,
    /// Their purchases.
    pub(super) slips: Decimal,
    /// Their sales.
    pub(super) sales: Decimal,
    /// Sales of customers without a purchase: returns.
    pub(super) others: Decimal,
}

impl Sums {
    /// The total of a column.
    pub(super) fn total(&self, id: &str) -> Option<Decimal> {
        match id {
            "customers" => Some(self.customers),
            "sales_amount" => Some(self.sales),
            "share" => ratio(self.sales, self.sales),
            "average_per_customer" => divide(self.sales, self.customers, AVERAGE_PLACES),
            _ => None,
        }
    }
}

/// The sums over all customers of the period.
pub(super) fn sums(request: &Request<'_>) -> Result<Sums, Failure> {
    let query = request.query(&[], &[]);
    let sql = format!(
        "WITH {} SELECT SUM(CASE WHEN purchases > 0 THEN 1 ELSE 0 END) AS customers, SUM(purchases) AS slips, \
         SUM(CASE WHEN purchases > 0 THEN amount END) AS sales, \
         SUM(CASE WHEN purchases = 0 THEN amount END) AS others FROM people",
        people(&query, "")
    );
    let grid = query.shaped(&request.warehouse, &sql)?;
    let first = |name: &str| -> Result<Decimal, Failure> {
        Ok(grid.numbers(name)?.first().copied().flatten().unwrap_or_default())
    };
    Ok(Sums {
        customers: first("customers")?,
        slips: first("slips")?,
        sales: first("sales")?,
        others: first("others")?,
    })
}

/// Customers and sales of each combination of bands.
pub(super) fn cells(request: &Request<'_>, options: &Options) -> Result<Grid, Failure> {
    let query = request.query(&request.by, &[]);
    let (keys, columns) = (query.keys(), query.key_columns());
    let sql = format!(
        "WITH {}, {} SELECT {columns}recency_band, frequency_band, monetary_band, MAX(customer_group) AS \"group\", \
         COUNT(*) AS customers, SUM(amount) AS sales_amount FROM banded \
         GROUP BY {keys}recency_band, frequency_band, monetary_band \
         ORDER BY {keys}recency_band DESC, frequency_band DESC, monetary_band DESC",
        people(&query, ""),
        banded(options, request.period.to, ""),
    );
    Ok(query.shaped(&request.warehouse, &sql)?)
}

/// A row for each customer, with the group of the earlier period.
pub(super) fn customers(request: &Request<'_>, options: &Options, by: &[Dimension]) -> Result<Grid, Failure> {
    let (now, before) =
        (request.query(by, &[]), request.query_of(&[], &[], Some(request.period.previous_days())));
    let columns = now.key_columns();
    let limit = request.top.map(|top| format!(" LIMIT {top}")).unwrap_or_default();
    let sql = format!(
        "WITH {}, {}, {}, {}, joined AS (SELECT b.*, e.customer_group AS earlier_group FROM banded b \
         LEFT JOIN banded_before e ON e.customer = b.customer) \
         SELECT {columns}MAX(last_on) AS last_sold_on, MAX(recency_days) AS recency_days, MAX(purchases) AS slips, \
         MAX(amount) AS sales_amount, MAX(recency_band) AS recency_band, MAX(frequency_band) AS frequency_band, \
         MAX(monetary_band) AS monetary_band, MAX(customer_group) AS \"group\", MAX(earlier_group) AS previous_group \
         FROM joined GROUP BY {keys}customer ORDER BY MAX(amount) DESC, customer{limit}",
        people(&now, ""),
        banded(options, request.period.to, ""),
        people(&before, "_before"),
        banded(options, request.period.previous_to, "_before"),
        keys = now.keys(),
    );
    Ok(now.shaped(&request.warehouse, &sql)?)
}

/// Customers and sales of each pair of groups.
pub(super) fn moved(request: &Request<'_>, options: &Options) -> Result<Grid, Failure> {
    let now = request.query(&request.by, &[]);
    let before = request.query_of(&request.by, &[], Some(request.period.previous_days()));
    let names = now.names();
    let both: String =
        (0..request.by.len()).map(|at| format!("COALESCE(b.of_{at}, e.of_{at}) AS of_{at}, ")).collect();
    let of_names: String = called(&names)
        .split(", ")
        .filter(|name| !name.is_empty())
        .map(|name| format!("COALESCE(b.{name}, e.{name}) AS {name}, "))
        .collect();
    let sql = format!(
        "WITH {}, {}, {}, {}, joined AS (SELECT {both}{of_names}b.customer_group AS now_group, \
         e.customer_group AS earlier_group, b.amount AS now_amount, e.amount AS earlier_amount \
         FROM banded b FULL JOIN banded_before e ON e.customer = b.customer) \
         SELECT {}earlier_group AS previous_group, now_group AS \"group\", COUNT(*) AS customers, \
         SUM(now_amount) AS sales_amount, SUM(earlier_amount) AS previous_sales_amount \
         FROM joined GROUP BY {}earlier_group, now_group ORDER BY {} NULLS LAST, {} NULLS LAST",
        people(&now, ""),
        banded(options, request.period.to, ""),
        people(&before, "_before"),
        banded(options, request.period.previous_to, "_before"),
        now.key_columns(),
        now.keys(),
        place("earlier_group"),
        place("now_group"),
    );
    Ok(now.shaped(&request.warehouse, &sql)?)
}

/// The place of a group in their order.
fn place(column: &str) -> String {
    let places: String = groups::GROUPS
        .iter()
        .enumerate()
        .filter(|(_, (id, _))| !id.is_empty())
        .map(|(at, (id, _))| format!(" WHEN '{id}' THEN {at}"))
        .collect();
    format!("CASE {column}{places} END")
}

/// The purchases of every customer: `people`, under names that end with `suffix`.
fn people(query: &CubeQuery<'_>, suffix: &str) -> String {
    let chosen = query.selection(&[
        ("r.customer_code", "customer"),
        ("r.slip_no", "slip_no"),
        ("r.sold_on", "sold_on"),
        ("r.amount", "amount"),
    ]);
    let (keys, names) = (query.keys(), query.names());
    format!(
        "chosen{suffix} AS ({chosen}), \
         slips{suffix} AS (SELECT {keys}{names}customer, slip_no, sold_on, SUM(amount) AS amount \
         FROM chosen{suffix} GROUP BY {keys}customer, slip_no, sold_on), \
         people{suffix} AS (SELECT {keys}{names}customer, MAX(CASE WHEN amount > 0 THEN sold_on END) AS last_on, \
         SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS purchases, SUM(amount) AS amount \
         FROM slips{suffix} GROUP BY {keys}customer)"
    )
}

/// The bands of every customer who bought: `banded`. Without bounds a band is a fifth of the customers by place; equal
/// values are in one band.
fn banded(options: &Options, to: NaiveDate, suffix: &str) -> String {
    let to = Literal::Date(to).sql();
    let numbers = |bounds: &[u32]| bounds.iter().map(u32::to_string).collect::<Vec<_>>();
    let amounts: Vec<String> = options.monetary.iter().map(Decimal::to_string).collect();
    let recency = match options.recency.as_slice() {
        [] => fifth("last_on"),
        bounds => at_most("recency_days", &numbers(bounds)),
    };
    let frequency = match options.frequency.as_slice() {
        [] => fifth("purchases"),
        bounds => at_least("purchases", &numbers(bounds)),
    };
    let monetary = if amounts.is_empty() { fifth("amount") } else { at_least("amount", &amounts) };
    let group = groups::sql("recency_band", "frequency_band", "monetary_band");
    format!(
        "buyers{suffix} AS (SELECT *, CAST({to} - last_on AS BIGINT) AS recency_days FROM people{suffix} \
         WHERE purchases > 0), \
         bands{suffix} AS (SELECT *, {recency} AS recency_band, {frequency} AS frequency_band, \
         {monetary} AS monetary_band FROM buyers{suffix}), \
         banded{suffix} AS (SELECT *, {group} AS customer_group FROM bands{suffix})"
    )
}

fn fifth(column: &str) -> String {
    format!("1 + CAST(FLOOR((RANK() OVER (ORDER BY {column}) - 1) * 5.0 / COUNT(*) OVER ()) AS BIGINT)")
}

/// Band 5 up to the first bound, band 1 beyond the last.
fn at_most(column: &str, bounds: &[String]) -> String {
    let cases: String = bounds
        .iter()
        .zip([5, 4, 3, 2])
        .map(|(bound, band)| format!(" WHEN {column} <= {bound} THEN {band}"))
        .collect();
    format!("CAST(CASE{cases} ELSE 1 END AS BIGINT)")
}

/// Band 5 from the last bound on, band 1 below the first.
fn at_least(column: &str, bounds: &[String]) -> String {
    let bounds = bounds.iter().rev().zip([5, 4, 3, 2]);
    let cases: String =
        bounds.map(|(bound, band)| format!(" WHEN {column} >= {bound} THEN {band}")).collect();
    format!("CAST(CASE{cases} ELSE 1 END AS BIGINT)")
}
