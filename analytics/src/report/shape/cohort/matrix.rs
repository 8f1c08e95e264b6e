//! The triangle of cohorts as people read it: a row for each cohort, a column for each month since.

use std::collections::HashMap;

use clap::ValueEnum;
use rust_decimal::Decimal;
use shared::exit::Failure;

use super::COLUMNS;
use crate::model::Cube;
use crate::output::{Cell, SheetColumn, ratio};
use crate::report::measured::Measured;
use crate::report::request::Request;
use crate::report::shape::Shaped;
use crate::report::shape::columns::{Made, laid_out};
use crate::report::shape::months::{Months, whole};

/// What the cells of a matrix are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Value {
    /// The share of the cohort that bought in the month.
    Retention,
    /// The customers of the cohort who bought in the month.
    Active,
    /// Net sales of the month.
    Sales,
    /// Sales from the first purchase on.
    CumulativeSales,
    /// Gross profit from the first purchase on.
    CumulativeProfit,
}

impl Value {
    const fn column(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Active => "active",
            Self::Sales => "sales_amount",
            Self::CumulativeSales => "cumulative_sales_amount",
            Self::CumulativeProfit => "cumulative_gross_profit",
        }
    }
}

/// The columns before the months.
const HEADS: [usize; 2] = [0, 2];

/// Lays out the triangle. The total of a month is over the cohorts for which it can be observed; cumulative values of
/// cohorts of different age have none.
pub(super) fn laid_out_across(
    request: &Request<'_>,
    measured: &Measured,
    value: Value,
    months: Months,
    totals: &dyn Fn(&str) -> Option<Decimal>,
) -> Result<Shaped, Failure> {
    let keys: Vec<String> = (0..measured.by.len()).map(Cube::key).chain(["cohort".to_owned()]).collect();
    let groups = measured.grid.groups(&keys)?;
    let (of, month) = (measured.numbers(value.column())?, measured.numbers("month")?);
    let (active, customers) = (measured.numbers("active")?, measured.numbers("customers")?);
    let mut firsts = Vec::new();
    let mut cells: HashMap<(usize, i64), usize> = HashMap::new();
    for (at, &group) in groups.iter().enumerate() {
        if group == firsts.len() {
            firsts.push(at);
        }
        cells.insert((group, whole(month[at]).unwrap_or_default()), at);
    }
    let heads = Measured { grid: measured.grid.taken(&firsts)?, ..measured.clone() };
    let made: Vec<Made> = HEADS.iter().map(|&at| COLUMNS[at]).collect();
    let mut shaped = laid_out(request, &heads, &made, &[], totals)?;
    let unit =
        COLUMNS.iter().find(|made| made.id == value.column()).map_or(COLUMNS[1].unit, |made| made.unit);
    for month in 0..=months.last - months.first {
        let places: Vec<Option<usize>> =
            (0..firsts.len()).map(|group| cells.get(&(group, month)).copied()).collect();
        let mut column = SheetColumn::named(&month.to_string()).identified(format!("month_{month}"));
        column.unit = unit;
        shaped.columns.push(column);
        for (row, at) in shaped.rows.iter_mut().zip(&places) {
            row.push(at.map_or(Cell::None, |at| unit.cell(of[at])));
        }
        let sum = |values: &[Option<Decimal>]| {
            places.iter().flatten().filter_map(|&at| values[at]).sum::<Decimal>()
        };
        let total = match value {
            Value::Retention => ratio(sum(&active), sum(&customers)),
            Value::Active | Value::Sales => Some(sum(&of)),
            Value::CumulativeSales | Value::CumulativeProfit => None,
        };
        if let Some(row) = &mut shaped.total {
            row.push(unit.cell(total));
        }
    }
    Ok(shaped)
}
