//! Repeat and repurchase rates by month.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::calendar::month_end;
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, called, control, laid_out, month_number, of_customers, until};
use super::months::{Months, checked, groups, monthly, text, whole};
use super::{Shape, Shaped};
use crate::output::{Chart, ChartKind, Unit, ratio};
use crate::report::measured::Measured;
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Repeat;

#[derive(Debug, clap::Args)]
struct Options {
    /// A repurchase is within so many days of the last purchase of the month.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    within: u32,
}

const COLUMNS: &[Made] = &[
    Made::new(
        "active_customers",
        Unit::Count,
        ("購入顧客数", "Active customers"),
        ("その月に購入した顧客の数", "Customers who bought in the month"),
    ),
    Made::new(
        "repeat_customers",
        Unit::Count,
        ("リピート顧客数", "Repeat customers"),
        (
            "そのうち、月末までの購入が(全期間で)2回以上の顧客の数",
            "Those of them who had bought at least twice by the end of the month, ever",
        ),
    ),
    Made::new(
        "repeat_rate",
        Unit::Rate,
        ("リピート率", "Repeat"),
        ("リピート顧客数 ÷ 購入顧客数", "Repeat customers divided by active customers"),
    ),
    Made::new(
        "repurchased_customers",
        Unit::Count,
        ("再購入顧客数", "Bought again"),
        (
            "購入顧客のうち、その月の最後の購入日から90日(変更できます)以内に再び購入した顧客の数。その日数が経っていない月は空欄",
            "Active customers who bought again within 90 days (can be set) of their last purchase day of the month; empty until these days are over",
        ),
    ),
    Made::new(
        "repurchase_rate",
        Unit::Rate,
        ("再購入率", "Repurchase"),
        ("再購入顧客数 ÷ 購入顧客数", "Customers who bought again divided by active customers"),
    ),
    Made::new("slips", Unit::Count, ("伝票数", "Slips"), ("その月の購入の数", "Purchases of the month"))
        .prioritised(3),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("その月の売上金額(税抜、返品差引後)", "Net sales of the month without tax"),
    )
    .prioritised(2),
];

impl Shape for Repeat {
    fn id(&self) -> &'static str {
        "repeat"
    }

    fn with_options(&self, command: Command) -> Command {
        Options::augment_args(command)
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort", "--top", "--compare"]
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let options = Options::from_arg_matches(options).map_err(|error| super::wrong_options(&error))?;
        of_customers(request)?;
        let period = request.period.by_months()?;
        let months = Months::of(&period);
        let grid = purchases(request, &period, options.within)?;
        let (measured, unobserved) = filled(request, &grid, &period, options.within)?;
        let (measured, direct) = checked(request, measured, &period)?;
        let (sales, slips) = (measured.sum("sales_amount")?, measured.sum("slips")?);
        let totals = |id: &str| match id {
            "sales_amount" => Some(sales),
            "slips" => Some(slips),
            _ => None,
        };
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &totals)?;
        shaped.control = control(&[("sales_amount", sales, direct)])?;
        shaped.notes.extend(months.note(&period));
        shaped.notes.extend(unobserved.map(|month| {
            message!(
                "{month} 以降の再購入率は、{days}日が経っていないため空欄です",
                "repurchases from {month} on are empty: {days} days have not passed since",
                month = text(month),
                days = options.within,
            )
        }));
        shaped.period = Some(period);
        shaped.chart = request.by.is_empty().then(|| Chart {
            kind: ChartKind::Lines,
            names: vec!["month".to_owned()],
            values: ["repeat_rate", "repurchase_rate"].map(str::to_owned).to_vec(),
        });
        Ok(shaped)
    }
}

fn purchases(request: &Request<'_>, period: &Period, within: u32) -> Result<Grid, Failure> {
    let query = until(request, &request.by, period.to)?;
    let chosen = query.selection(&[
        ("r.customer_code", "customer"),
        ("r.slip_no", "slip_no"),
        ("r.sold_on", "sold_on"),
        ("r.amount", "amount"),
    ]);
    let (keys, names, columns) = (query.keys(), query.names(), query.key_columns());
    let month = month_number("sold_on");
    let Months { first, last, .. } = Months::of(period);
    let sql = format!(
        "WITH chosen AS ({chosen}), \
         slips AS (SELECT {keys}{names}customer, slip_no, sold_on, SUM(amount) AS amount \
         FROM chosen GROUP BY {keys}customer, slip_no, sold_on), \
         months AS (SELECT {keys}{names}customer, {month} AS month_no, SUM(amount) AS amount, \
         SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS purchases, \
         MIN(CASE WHEN amount > 0 THEN sold_on END) AS first_on, MAX(CASE WHEN amount > 0 THEN sold_on END) AS last_on \
         FROM slips GROUP BY {keys}customer, {month}), \
         bought AS (SELECT *, \
         SUM(purchases) OVER (PARTITION BY customer ORDER BY month_no ROWS UNBOUNDED PRECEDING) AS so_far, \
         LEAD(first_on) OVER (PARTITION BY customer ORDER BY month_no) AS next_on FROM months WHERE purchases > 0), \
         counted AS (SELECT {keys}{}month_no, amount, purchases, 1 AS active, \
         CASE WHEN so_far >= 2 THEN 1 ELSE 0 END AS is_repeat, \
         CASE WHEN next_on <= CAST(last_on + INTERVAL {within} DAY AS DATE) THEN 1 ELSE 0 END AS is_again FROM bought \
         UNION ALL SELECT {keys}{}month_no, amount, 0, 0, 0, 0 FROM months WHERE purchases = 0) \
         SELECT {columns}month_no, SUM(amount) AS sales_amount, SUM(purchases) AS slips, \
         SUM(active) AS active_customers, SUM(is_repeat) AS repeat_customers, SUM(is_again) AS repurchased_customers \
         FROM counted WHERE month_no BETWEEN {first} AND {last} GROUP BY {keys}month_no ORDER BY {keys}month_no",
        called(&names),
        called(&names),
    );
    Ok(query.shaped(&request.warehouse, &sql)?)
}

/// A row for each group and month, and the first month whose repurchases cannot be known yet.
fn filled(
    request: &Request<'_>,
    grid: &Grid,
    period: &Period,
    within: u32,
) -> Result<(Measured, Option<i64>), Failure> {
    let months = Months::of(period);
    let is_over = |month: i64| {
        let first: Option<NaiveDate> = format!("{}-01", text(month)).parse().ok();
        let last = first.and_then(|first| month_end(first).checked_add_days(Days::new(u64::from(within))));
        last.is_some_and(|last| last <= period.to)
    };
    let (firsts, groups) = groups(request, grid)?;
    let month = grid.numbers("month_no")?;
    let places: HashMap<(usize, i64), usize> =
        (0..grid.height()).map(|at| ((groups[at], whole(month[at]).unwrap_or_default()), at)).collect();
    let measured = ["active_customers", "repeat_customers", "repurchased_customers", "slips", "sales_amount"];
    let found = measured.map(|name| grid.numbers(name));
    let mut rows = Vec::new();
    let mut columns: Vec<Vec<Option<Decimal>>> = vec![Vec::new(); COLUMNS.len()];
    let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
    for (group, &first) in firsts.iter().enumerate() {
        for month in months.each() {
            let at = places.get(&(group, month));
            let of = |column: usize| at.and_then(|&at| found[column][at]).unwrap_or_default();
            let (active, again) = (of(0), is_over(month).then(|| of(2)));
            rows.push((first, month));
            let values = [
                Some(active),
                Some(of(1)),
                ratio(of(1), active),
                again,
                again.and_then(|again| ratio(again, active)),
                Some(of(3)),
                Some(of(4)),
            ];
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
    }
    let named: Vec<(&str, Vec<Option<Decimal>>)> = COLUMNS.iter().map(|made| made.id).zip(columns).collect();
    Ok((monthly(request, grid, &rows, &named)?, months.each().find(|month| !is_over(*month))))
}
