//! Each customer's figures for the pop-up, written into the store (`docs/reports.md#metrics`).

use chrono::NaiveDate;
use polars::frame::DataFrame;
use rust_decimal::Decimal;
use shared::calendar::{YearMonth, sub_months, twelve_months_from};
use shared::exit::Failure;
use shared::message;
use shared::store::{CustomerMetrics, Store, StoreError};

use crate::context::Context;
use crate::labels;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const METRICS: &str = include_str!("../sql/metrics.sql");
/// Customers in one transaction: few enough that no call waits long for the store.
const PUBLISHED_AT_ONCE: usize = 2_000;
/// The months of the figures.
const MONTHS: i32 = 12;

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Customers whose figures were replaced.
    pub customers: u64,
}

/// Computes every customer's figures as of the context's day and replaces those in the store. Their cards become stale: a
/// reader, or the bridge when it is idle, rebuilds each. Customers who bought nothing get zeros, so that no old figure stays.
///
/// # Errors
/// An error of the store or the mirror, or an as-of date out of range.
pub fn publish(context: &Context) -> Result<Published, Failure> {
    let store = context.store()?;
    let warehouse = context.mirrored()?;
    Ok(Published { customers: publish_all(context, &store, &warehouse)? })
}

fn publish_all(context: &Context, store: &Store, warehouse: &Warehouse) -> Result<u64, Failure> {
    let sql = query(context.as_of)?;
    let total = warehouse.manifest().total("customers", "").0;
    let progress = context.progress(labels::PUBLISHING, Some(total));
    let mut waiting: Vec<CustomerMetrics> = Vec::with_capacity(PUBLISHED_AT_ONCE);
    let mut published = 0;
    for batch in warehouse.query(&sql)? {
        let frame = crate::warehouse::frame(&batch.schema(), std::slice::from_ref(&batch))?;
        waiting.extend(metrics(&frame, context.as_of)?);
        if waiting.len() >= PUBLISHED_AT_ONCE {
            published += write(store, &mut waiting)?;
            progress.advance(PUBLISHED_AT_ONCE as u64);
        }
    }
    published += write(store, &mut waiting)?;
    progress.finish();
    Ok(published)
}

fn write(store: &Store, waiting: &mut Vec<CustomerMetrics>) -> Result<u64, StoreError> {
    store.write(|tx| tx.publish_metrics(&mut waiting.drain(..)))
}

fn query(as_of: NaiveDate) -> Result<String, Failure> {
    let out_of_range = || {
        Failure::usage(message!(
            "--as-of {as_of} は扱える日付の範囲外です。別の日付を指定してください",
            "--as-of {as_of} is outside the supported dates; give another date",
            as_of = as_of,
        ))
    };
    let from = twelve_months_from(as_of).ok_or_else(out_of_range)?;
    let previous_from = sub_months(from, 12).ok_or_else(out_of_range)?;
    let names: Vec<String> = (1..=MONTHS).map(|month| format!("m{month}")).collect();
    let mut values = vec![
        ("as_of", Literal::Date(as_of)),
        ("from", Literal::Date(from)),
        ("previous_from", Literal::Date(previous_from)),
    ];
    for (months, name) in (1 - MONTHS..=0).zip(&names) {
        values.push((name.as_str(), Literal::Date(YearMonth::of(as_of).plus(months).first_day())));
    }
    Ok(render(METRICS, &values)?)
}

fn metrics(frame: &DataFrame, as_of: NaiveDate) -> Result<Vec<CustomerMetrics>, WarehouseError> {
    let columns = Columns(frame);
    let codes = columns.texts("customer_code")?;
    let sales = columns.amounts("sales_12m")?;
    let previous = columns.amounts("sales_prev_12m")?;
    let slips = columns.integers("slips_12m")?;
    let margin = columns.decimals("gross_margin")?;
    let first = columns.dates("first_sold_on")?;
    let last = columns.dates("last_sold_on")?;
    let cycle_from = columns.dates("cycle_from")?;
    let cycle_days = columns.integers("cycle_days")?;
    let months: Vec<Vec<Decimal>> =
        (1..=MONTHS).map(|month| columns.amounts(&format!("month_{month}"))).collect::<Result<_, _>>()?;
    let row = |(index, code): (usize, String)| CustomerMetrics {
        customer_code: code,
        as_of,
        sales_12m: sales[index],
        sales_prev_12m: previous[index],
        slips_12m: slips[index].unwrap_or(0),
        gross_margin: margin[index],
        first_sold_on: first[index],
        last_sold_on: last[index],
        purchase_cycle_days: cycle(cycle_from[index], last[index], cycle_days[index].unwrap_or(0)),
        monthly_sales: months.iter().map(|amounts| amounts[index]).collect(),
    };
    Ok(codes.into_iter().flatten().enumerate().map(row).collect())
}

/// The mean number of days between purchase days of the last 24 months, rounded half up; `None` with fewer
/// than two such days.
fn cycle(first: Option<NaiveDate>, last: Option<NaiveDate>, days: i64) -> Option<i64> {
    let gaps = days - 1;
    if gaps < 1 {
        return None;
    }
    let span = (last? - first?).num_days();
    Some((2 * span + gaps) / (2 * gaps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cycle_is_the_mean_gap_rounded_half_up() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(cycle(day("2026-01-01"), day("2026-01-31"), 4), Some(10));
        assert_eq!(cycle(day("2026-01-01"), day("2026-01-04"), 3), Some(2));
        assert_eq!(cycle(day("2026-01-01"), day("2026-01-02"), 2), Some(1));
        assert_eq!(cycle(day("2026-01-01"), day("2026-01-01"), 1), None);
        assert_eq!(cycle(None, None, 0), None);
    }
}
