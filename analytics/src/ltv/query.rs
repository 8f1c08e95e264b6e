//! The queries of the LTV report.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::{CustomerLtv, Figures};
use crate::model::{Conditions, Dimension};
use crate::report::segments::{self, Segment, parameters, with_keys};
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const SEGMENTS: &str = include_str!("../../sql/ltv_segments.sql");
const CUSTOMERS: &str = include_str!("../../sql/ltv_customers.sql");
const CONTROL: &str = include_str!("../../sql/ltv_control.sql");

/// What the report's figures must agree with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "explained in docs/reports.md#ltv")]
pub struct Control {
    pub rows: u64,
    pub sales_amount: Decimal,
    /// Zero when no line has a cost.
    pub gross_profit: Decimal,
    pub uncosted_rows: u64,
    pub uncosted_amount: Decimal,
}

/// LTV by segment; without axes one row of all customers and one of unknown customer codes.
pub(super) fn segments(
    warehouse: &Warehouse,
    axes: &[Dimension],
    filters: &Conditions,
    as_of: NaiveDate,
) -> Result<Vec<Segment<Figures>>, WarehouseError> {
    let mut values = parameters(axes, filters);
    values.push(("as_of", Literal::Date(as_of)));
    let frame = warehouse.frame(&render(SEGMENTS, &values)?)?;
    let columns = Columns(&frame);
    with_keys(&columns, axes, Figures::read(&columns)?)
}

/// LTV of each customer, highest first.
pub(super) fn customers(
    warehouse: &Warehouse,
    filters: &Conditions,
    as_of: NaiveDate,
    limit: Option<u32>,
) -> Result<Vec<CustomerLtv>, WarehouseError> {
    let limit = limit.map_or(i64::MAX, i64::from);
    let sql = render(
        CUSTOMERS,
        &[
            ("as_of", Literal::Date(as_of)),
            ("condition", segments::condition(filters)),
            ("limit", Literal::Integer(limit)),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let codes = columns.texts("customer_code")?;
    let names = columns.texts("customer_name")?;
    let began = columns.dates("first_trade_date")?;
    let first = columns.dates("first_sold_on")?;
    let last = columns.dates("last_sold_on")?;
    let row = |(index, figures): (usize, Figures)| CustomerLtv {
        customer_code: codes[index].clone().unwrap_or_default(),
        customer_name: names[index].clone().unwrap_or_default(),
        first_sold_on: first[index],
        last_sold_on: last[index],
        tenure_years: began[index].or(first[index]).and_then(|began| whole_years(began, as_of)),
        figures,
    };
    Ok(Figures::read(&columns)?.into_iter().enumerate().map(row).collect())
}

/// The direct sums over the lines.
pub(super) fn control(
    warehouse: &Warehouse,
    filters: &Conditions,
    as_of: NaiveDate,
) -> Result<Control, WarehouseError> {
    let sql = render(CONTROL, &[("as_of", Literal::Date(as_of)), ("members", segments::members(filters))])?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    Ok(Control {
        rows: columns.count("rows_found")?,
        sales_amount: columns.amount("sales_amount")?,
        gross_profit: columns.amount("gross_profit")?,
        uncosted_rows: columns.count("uncosted_rows")?,
        uncosted_amount: columns.amount("uncosted_amount")?,
    })
}

/// Years that are over; nothing when trade begins later.
fn whole_years(began: NaiveDate, as_of: NaiveDate) -> Option<u32> {
    let not_yet = (as_of.month(), as_of.day()) < (began.month(), began.day());
    u32::try_from(as_of.year() - began.year() - i32::from(not_yet)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_complete_on_its_anniversary() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(whole_years(day("2024-05-15"), day("2026-05-14")), Some(1));
        assert_eq!(whole_years(day("2024-05-15"), day("2026-05-15")), Some(2));
        assert_eq!(whole_years(day("2026-10-31"), day("2026-10-31")), Some(0));
        assert_eq!(whole_years(day("2026-11-01"), day("2026-10-31")), None);
    }
}
