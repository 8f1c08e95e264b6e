//! The trend by month: the same month a year before, the cumulative sum and the moving annual total (Z chart).

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use clap::{ArgMatches, Command};
use rust_decimal::Decimal;
use shared::calendar::{month_end, sub_months};
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, control, covered_from, laid_out, month_number};
use super::months::{Months, groups, monthly, number, whole, without_month};
use super::{Shape, Shaped};
use crate::model::figures::figure;
use crate::output::{Chart, ChartKind, Unit, ratio};
use crate::report::measured::Measured;
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Trend;

/// Months of a moving annual total, and to the same month a year before.
const YEAR: i64 = 12;

const COLUMNS: &[Made] = &[
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("その月の売上金額(税抜、返品差引後)", "Net sales of the month without tax"),
    ),
    Made::new(
        "previous_year_amount",
        Unit::Yen,
        ("前年同月", "Year before"),
        (
            "前年同月の売上金額。月の途中までの月は前年も同じ日まで。データのない月は空欄",
            "Sales of the same month a year before, up to the same day; empty where the data do not reach",
        ),
    )
    .prioritised(2),
    Made::new(
        "change_rate",
        Unit::Rate,
        ("前年同月比増減率", "Change %"),
        (
            "(売上金額 − 前年同月) ÷ 前年同月(正の場合)",
            "Sales minus the year before, divided by that if it is positive",
        ),
    )
    .prioritised(1),
    Made::new(
        "cumulative_sales_amount",
        Unit::Yen,
        ("累計", "Cumulative"),
        ("期間の初月からの売上金額の累計", "Sales from the first month of the period on"),
    )
    .prioritised(3),
    Made::new(
        "moving_annual_total",
        Unit::Yen,
        ("移動年計", "Moving annual total"),
        (
            "その月までの12か月の売上金額の合計。12か月分のデータがない月は空欄",
            "Sales of the twelve months that end with the month; empty where the data do not cover them",
        ),
    )
    .prioritised(1),
];

impl Shape for Trend {
    fn id(&self) -> &'static str {
        "trend"
    }

    fn with_options(&self, command: Command) -> Command {
        command
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort", "--top", "--compare"]
    }

    fn shaped(&self, request: &Request<'_>, _options: &ArgMatches) -> Result<Shaped, Failure> {
        without_month(request)?;
        let period = request.period.by_months()?;
        let months = Months::of(&period);
        let first = covered_from(request)?;
        let (grid, source_rows) = amounts(request, &period)?;
        let trend = Filled::of(request, &grid, &period, first.map(number))?;
        let measured = Measured { source_rows, ..trend.measured };
        let measured = measured.sorted(request, None, figure("sales_amount", request.report.table))?;
        let growth = match trend.previous {
            Some(before) if before > Decimal::ZERO => ratio(trend.sales - before, before),
            _ => None,
        };
        let totals = |id: &str| match id {
            "sales_amount" => Some(trend.sales),
            "previous_year_amount" => trend.previous,
            "change_rate" => growth,
            _ => None,
        };
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &totals)?;
        let direct =
            request.query_of(&[], &[], Some(period.days())).direct(&request.warehouse, "r.amount")?;
        shaped.control = control(&[("sales_amount", trend.sales, direct)])?;
        shaped.notes.extend(months.note(&period));
        shaped.notes.extend(first.filter(|first| number(*first) > months.first - YEAR).map(|first| {
            message!(
                "データは {first} からです。それより前との比較と、12か月に満たない移動年計は空欄です",
                "the data begin on {first}: comparisons with the time before, and moving annual totals of fewer than twelve months, are empty",
                first = first,
            )
        }));
        shaped.period = Some(period);
        shaped.chart = request.by.is_empty().then(chart);
        Ok(shaped)
    }
}

fn chart() -> Chart {
    Chart {
        kind: ChartKind::Lines,
        names: vec!["month".to_owned()],
        values: ["sales_amount", "cumulative_sales_amount", "moving_annual_total"]
            .map(str::to_owned)
            .to_vec(),
    }
}

/// The last day of a month on which days count that are compared with a period that ends on `to`: all of them when that is
/// a month's end.
fn last_compared_day(to: NaiveDate) -> u32 {
    if to == month_end(to) { 31 } else { to.day() }
}

/// Sales by attributes, month, and whether the day is one that the last month is compared with; and the period's rows.
fn amounts(request: &Request<'_>, period: &Period) -> Result<(Grid, u64), Failure> {
    let from = sub_months(period.from, 12).unwrap_or(period.from);
    let query = request.query_of(&request.by, &[], Some((from, period.to)));
    let chosen = query.selection(&[("r.amount", "amount"), ("r.sold_on", "sold_on")]);
    let (keys, columns) = (query.keys(), query.key_columns());
    let month = month_number("sold_on");
    let day = last_compared_day(period.to);
    let sql = format!(
        "WITH chosen AS ({chosen}), dated AS (SELECT *, {month} AS month_no, \
         CASE WHEN EXTRACT(DAY FROM sold_on) <= {day} THEN 0 ELSE 1 END AS later FROM chosen) \
         SELECT {columns}month_no, later, SUM(amount) AS amount FROM dated GROUP BY {keys}month_no, later \
         ORDER BY {keys}month_no, later"
    );
    let grid = query.shaped(&request.warehouse, &sql)?;
    let rows = request.query_of(&[], &[], Some(period.days())).direct_rows(&request.warehouse)?;
    Ok((grid, rows))
}

/// The rows, and the sums of all of them.
struct Filled {
    measured: Measured,
    sales: Decimal,
    previous: Option<Decimal>,
}

impl Filled {
    fn of(
        request: &Request<'_>,
        grid: &Grid,
        period: &Period,
        covered: Option<i64>,
    ) -> Result<Self, Failure> {
        let months = Months::of(period);
        let (firsts, groups) = groups(request, grid)?;
        let mut sums: HashMap<(usize, i64, bool), Decimal> = HashMap::new();
        let (month, later, amount) =
            (grid.numbers("month_no")?, grid.numbers("later")?, grid.numbers("amount")?);
        for at in 0..grid.height() {
            let key = (groups[at], whole(month[at]).unwrap_or_default(), whole(later[at]) == Some(1));
            sums.insert(key, amount[at].unwrap_or_default());
        }
        let part = |group: usize, month: i64, later: bool| {
            sums.get(&(group, month, later)).copied().unwrap_or_default()
        };
        let all = |group: usize, month: i64| part(group, month, false) + part(group, month, true);
        let is_covered = |month: i64| covered.is_some_and(|covered| covered <= month);
        let mut rows = Vec::new();
        let mut columns: [Vec<Option<Decimal>>; 5] = Default::default();
        for (group, &first) in firsts.iter().enumerate() {
            let mut running = Decimal::ZERO;
            for month in months.each() {
                let is_short = month == months.last && !months.complete;
                let sales = all(group, month);
                running += sales;
                let before = month - YEAR;
                let previous = if is_short { part(group, before, false) } else { all(group, before) };
                let previous = is_covered(before).then_some(previous);
                // The last twelve months of a month that is not over begin within the same month a year before.
                let rest = if is_short { part(group, before, true) } else { Decimal::ZERO };
                let annual = (before + 1..=month).map(|month| all(group, month)).sum::<Decimal>() + rest;
                let annual = is_covered(if is_short { before } else { before + 1 }).then_some(annual);
                let growth = previous.filter(|previous| *previous > Decimal::ZERO);
                let growth = growth.and_then(|previous| ratio(sales - previous, previous));
                rows.push((first, month));
                let values = [Some(sales), previous, growth, Some(running), annual];
                columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
            }
        }
        let sales = columns[0].iter().flatten().sum();
        let is_known = !rows.is_empty() && columns[1].iter().all(Option::is_some);
        let previous = is_known.then(|| columns[1].iter().flatten().sum());
        let named: Vec<(&str, Vec<Option<Decimal>>)> =
            COLUMNS.iter().map(|made| made.id).zip(columns).collect();
        Ok(Self { measured: monthly(request, grid, &rows, &named)?, sales, previous })
    }
}

#[cfg(test)]
mod tests {
    use super::super::months::text;
    use super::*;

    #[test]
    fn a_months_end_is_compared_with_a_months_end() {
        let day = |text: &str| last_compared_day(text.parse().unwrap());
        assert_eq!((day("2026-02-28"), day("2024-02-28"), day("2026-10-15")), (31, 28, 15));
        assert_eq!(text(number("2026-10-15".parse().unwrap())), "2026-10");
    }
}
