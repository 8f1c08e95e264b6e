//! Cohorts of customers by the month of their first purchase: who bought again, and what all of it came to.

mod matrix;

use std::collections::HashMap;

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, called, control, covered_from, laid_out, month_number, of_customers, until};
use super::months::{Months, groups, text, whole};
use super::{Shape, Shaped};
use crate::model::figures::figure;
use crate::output::{Chart, ChartKind, Unit, ratio};
use crate::report::measured::{Figures, Measured};
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Cohort;

#[derive(Debug, clap::Args)]
struct Options {
    /// A row for each cohort and a column for each month since, with this value.
    #[arg(long, value_name = "VALUE", value_enum)]
    matrix: Option<matrix::Value>,
}

const COLUMNS: &[Made] = &[
    Made::new(
        "cohort",
        Unit::Text,
        ("初回購入月", "Cohort"),
        ("初めて購入した月", "Month of the first purchase"),
    ),
    Made::new(
        "month",
        Unit::Count,
        ("経過月数", "Month"),
        ("初回購入月からの月数。0 は初回購入月", "Months since the first purchase; 0 is that month"),
    ),
    Made::new(
        "customers",
        Unit::Count,
        ("顧客数", "Customers"),
        ("その月に初めて購入した顧客の数", "Customers of the cohort"),
    ),
    Made::new(
        "active",
        Unit::Count,
        ("購入顧客数", "Active"),
        ("そのうち、その月数のときに購入した顧客の数", "Those who bought in that month"),
    ),
    Made::new(
        "retention",
        Unit::Rate,
        ("継続率", "Retention"),
        ("購入顧客数 ÷ 顧客数", "Active divided by customers"),
    ),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("その月の売上金額(税抜、返品差引後)", "Net sales of that month without tax"),
    ),
    Made::new(
        "cumulative_sales_amount",
        Unit::Yen,
        ("累計売上", "Cumulative sales"),
        ("初回購入月からの売上金額の累計", "Sales from the first purchase on"),
    )
    .prioritised(1),
    Made::new(
        "gross_profit",
        Unit::Yen,
        ("粗利", "Gross profit"),
        (
            "原価のある明細の金額 − 原価。原価のある明細がない場合は空欄",
            "Amounts minus costs of the lines that have a cost",
        ),
    )
    .prioritised(3),
    Made::new(
        "cumulative_gross_profit",
        Unit::Yen,
        ("累計粗利", "Cumulative profit"),
        ("初回購入月からの粗利の累計", "Gross profit from the first purchase on"),
    )
    .prioritised(2),
];

impl Shape for Cohort {
    fn id(&self) -> &'static str {
        "cohort"
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
        let grid = cells(request, &period)?;
        let query = until(request, &[], period.to)?;
        let direct = query.direct(&request.warehouse, "r.amount")?;
        let source_rows = query.direct_rows(&request.warehouse)?;
        let all: Decimal = grid.numbers("sales_amount")?.into_iter().flatten().sum();
        let triangle = triangle(request, &grid, months)?;
        let measured =
            Measured { by: request.by.clone(), grid: triangle, total: Figures::new(), source_rows };
        let measured = measured.sorted(request, None, figure("sales_amount", request.report.table))?;
        let sales: Decimal = measured.numbers("sales_amount")?.into_iter().flatten().sum();
        let firsts = measured.numbers("month")?.into_iter().zip(measured.numbers("customers")?);
        let customers: Decimal = firsts
            .filter(|(month, _)| *month == Some(Decimal::ZERO))
            .filter_map(|(_, customers)| customers)
            .sum();
        let profits = measured.numbers("gross_profit")?;
        let profit = profits.iter().any(Option::is_some).then(|| profits.iter().flatten().sum());
        let totals = |id: &str| match id {
            "customers" => Some(customers),
            "sales_amount" => Some(sales),
            "gross_profit" => profit,
            _ => None,
        };
        let mut shaped = match options.matrix {
            None => laid_out(request, &measured, COLUMNS, &[], &totals)?,
            Some(value) => matrix::laid_out_across(request, &measured, value, months, &totals)?,
        };
        shaped.control = control(&[("all_sales_amount", all, direct)])?;
        shaped.notes.extend(months.note(&period));
        shaped.notes.extend(covered_from(request)?.filter(|first| *first >= period.from).map(|first| {
            message!(
                "データは {first} からです。それより前に初めて購入した顧客は、データの最初の購入を初回としています",
                "the data begin on {first}: of customers who bought before that, the first purchase in the data is meant",
                first = first,
            )
        }));
        shaped.period = Some(period);
        shaped.chart = (request.by.is_empty() && options.matrix.is_none()).then(|| Chart {
            kind: ChartKind::Heat,
            names: ["cohort", "month"].map(str::to_owned).to_vec(),
            values: vec!["retention".to_owned()],
        });
        Ok(shaped)
    }
}

/// The sales of every customer by attributes, cohort and months since; without a cohort what is before the first purchase
/// or of other cohorts.
fn cells(request: &Request<'_>, period: &Period) -> Result<Grid, Failure> {
    let query = until(request, &request.by, period.to)?;
    let chosen = query.selection(&[
        ("r.customer_code", "customer"),
        ("r.slip_no", "slip_no"),
        ("r.sold_on", "sold_on"),
        ("r.amount", "amount"),
        ("CASE WHEN r.cost IS NOT NULL THEN r.amount - r.cost END", "profit"),
    ]);
    let (keys, names, columns) = (query.keys(), query.names(), query.key_columns());
    let month = month_number("sold_on");
    let Months { first, last, .. } = Months::of(period);
    let called = called(&names);
    let sql = format!(
        "WITH chosen AS ({chosen}), \
         slips AS (SELECT {keys}{names}customer, slip_no, {month} AS month_no, SUM(amount) AS amount, \
         SUM(profit) AS profit FROM chosen GROUP BY {keys}customer, slip_no, sold_on), \
         months AS (SELECT {keys}{names}customer, month_no, SUM(amount) AS amount, SUM(profit) AS profit, \
         MAX(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS bought FROM slips GROUP BY {keys}customer, month_no), \
         firsts AS (SELECT *, MIN(CASE WHEN bought = 1 THEN month_no END) OVER (PARTITION BY customer) AS first_no \
         FROM months), \
         placed AS (SELECT {keys}{called}amount, profit, bought, \
         CASE WHEN first_no BETWEEN {first} AND {last} AND month_no >= first_no THEN first_no END AS cohort_no, \
         CASE WHEN first_no BETWEEN {first} AND {last} AND month_no >= first_no THEN month_no - first_no END AS month_no \
         FROM firsts) \
         SELECT {columns}cohort_no, month_no, SUM(bought) AS active, SUM(amount) AS sales_amount, \
         SUM(profit) AS gross_profit FROM placed GROUP BY {keys}cohort_no, month_no \
         ORDER BY {keys}cohort_no, month_no"
    );
    Ok(query.shaped(&request.warehouse, &sql)?)
}

/// A row for each cell that can be observed, also those in which nobody bought.
fn triangle(request: &Request<'_>, grid: &Grid, months: Months) -> Result<Grid, Failure> {
    let (firsts, groups) = groups(request, grid)?;
    let (cohort, month) = (grid.numbers("cohort_no")?, grid.numbers("month_no")?);
    let mut places: HashMap<(usize, i64, i64), usize> = HashMap::new();
    for at in 0..grid.height() {
        if let (Some(cohort), Some(month)) = (whole(cohort[at]), whole(month[at])) {
            places.insert((groups[at], cohort, month), at);
        }
    }
    let (active, sales, profit) =
        (grid.numbers("active")?, grid.numbers("sales_amount")?, grid.numbers("gross_profit")?);
    let (mut rows, mut cohorts) = (Vec::new(), Vec::new());
    let mut columns: [Vec<Option<Decimal>>; 8] = Default::default();
    for (group, &first) in firsts.iter().enumerate() {
        for cohort in months.each() {
            let Some(&start) = places.get(&(group, cohort, 0)) else { continue };
            let (mut so_far, mut earned) = (Decimal::ZERO, None::<Decimal>);
            for month in 0..=months.last - cohort {
                let at = places.get(&(group, cohort, month));
                let of = |column: &[Option<Decimal>]| at.and_then(|&at| column[at]).unwrap_or_default();
                let gained = at.map_or(Some(Decimal::ZERO), |&at| profit[at]);
                so_far += of(&sales);
                earned = gained.map_or(earned, |gained| Some(earned.unwrap_or_default() + gained));
                let members = active[start].unwrap_or_default();
                rows.push(first);
                cohorts.push(Some(text(cohort)));
                let values = [
                    Some(Decimal::from(month)),
                    Some(members),
                    Some(of(&active)),
                    ratio(of(&active), members),
                    Some(of(&sales)),
                    Some(so_far),
                    gained,
                    earned,
                ];
                columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
            }
        }
    }
    let mut out = grid.taken(&rows)?.with_texts("cohort", cohorts)?;
    for (made, values) in COLUMNS.iter().skip(1).zip(&columns) {
        out = out.with_numbers(made.id, values)?;
    }
    Ok(out)
}
