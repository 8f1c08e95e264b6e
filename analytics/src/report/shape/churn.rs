//! Customers who stopped buying, by their own rhythm.

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::calendar::sub_months;
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, control};
use super::people::{DAYS_SINCE, LAST_SOLD_ON, List, by};
use super::{Shape, Shaped};
use crate::output::Unit;
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Literal;

/// The shape.
#[derive(Debug)]
pub struct Churn;

#[derive(Debug, clap::Args)]
struct Options {
    /// A customer has stopped after so many times their own days between purchases.
    #[arg(long, value_name = "TIMES", default_value = "2")]
    times: Decimal,
    /// Only customers with at least so many days of purchase.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(2..))]
    purchases: u32,
    /// The months, up to the period's last day, from which the rhythm is taken.
    #[arg(long, value_name = "MONTHS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=240))]
    months: u32,
}

const COLUMNS: &[Made] = &[
    LAST_SOLD_ON,
    DAYS_SINCE,
    Made::new(
        "purchase_cycle_days",
        Unit::Days,
        ("購入間隔(日)", "Own rhythm (days)"),
        ("その顧客の購入日の間隔の平均", "Mean number of days between the customer's days of purchase"),
    ),
    Made::new(
        "times_overdue",
        Unit::Number,
        ("間隔の倍数", "Times the rhythm"),
        ("経過日数 ÷ 購入間隔", "Days since divided by the rhythm"),
    )
    .prioritised(2),
    Made::new(
        "purchase_days",
        Unit::Count,
        ("購入日数", "Purchase days"),
        ("購入のあった日の数", "Days of purchase"),
    )
    .prioritised(3),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("購入間隔を求めた期間の売上金額", "Sales of the months from which the rhythm is taken"),
    ),
];

impl Shape for Churn {
    fn id(&self) -> &'static str {
        "churn"
    }

    fn with_options(&self, command: Command) -> Command {
        Options::augment_args(command)
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort", "--compare", "--from"]
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let options = Options::from_arg_matches(options).map_err(|error| super::wrong_options(&error))?;
        if options.times < Decimal::ONE {
            return Err(Failure::usage(message!(
                "--times {times} は 1 以上にしてください",
                "--times {times} must be at least 1",
                times = options.times,
            )));
        }
        let to = request.period.to;
        let from = sub_months(to, options.months).and_then(|day| day.succ_opt()).unwrap_or(to);
        let by = by(request)?;
        let query = request.query_of(&by, &[], Some((from, to)));
        let list = List {
            query: &query,
            with: with(&query, &options, to),
            made: COLUMNS,
            sums: &["sales_amount"],
            order: "MAX(sales_amount) DESC",
        };
        let mut shaped = list.shaped(request)?;
        let (keys, names) = (query.keys(), query.names());
        let all = format!("WITH {} SELECT SUM(amount) AS amount FROM people", people(&query, &keys, &names));
        let all = query.shaped_total(&request.warehouse, &all)?.numbers("amount")?.first().copied().flatten();
        let direct = request.query_of(&[], &[], Some((from, to)));
        shaped.source_rows = direct.direct_rows(&request.warehouse)?;
        let direct = direct.direct(&request.warehouse, "r.amount")?;
        shaped.control.extend(control(&[("all_sales_amount", all.unwrap_or_default(), direct)])?);
        shaped.period = Some(Period { from, ..request.period });
        Ok(shaped)
    }
}

/// The purchase days of every customer: `people`.
fn people(query: &crate::model::CubeQuery<'_>, keys: &str, names: &str) -> String {
    let chosen = query.selection(&[
        ("r.customer_code", "customer"),
        ("r.slip_no", "slip_no"),
        ("r.sold_on", "sold_on"),
        ("r.amount", "amount"),
    ]);
    format!(
        "chosen AS ({chosen}), \
         slips AS (SELECT {keys}{names}customer, slip_no, sold_on, SUM(amount) AS amount \
         FROM chosen GROUP BY {keys}customer, slip_no, sold_on), \
         people AS (SELECT {keys}{names}customer, COUNT(DISTINCT CASE WHEN amount > 0 THEN sold_on END) AS bought_days, \
         MIN(CASE WHEN amount > 0 THEN sold_on END) AS first_on, MAX(CASE WHEN amount > 0 THEN sold_on END) AS last_on, \
         SUM(amount) AS amount FROM slips GROUP BY {keys}customer)"
    )
}

/// Who has stopped: more than so many times their mean number of days have passed. Compared without a division.
fn with(query: &crate::model::CubeQuery<'_>, options: &Options, to: chrono::NaiveDate) -> String {
    let (keys, names) = (query.keys(), query.names());
    let (to, times, least) = (Literal::Date(to).sql(), options.times, options.purchases);
    format!(
        "{}, listed AS (SELECT *, last_on AS last_sold_on, CAST({to} - last_on AS BIGINT) AS days_since, \
         CAST(CAST(last_on - first_on AS DECIMAL(18, 4)) / (bought_days - 1) AS DECIMAL(18, 1)) AS purchase_cycle_days, \
         CAST(CAST(({to} - last_on) * (bought_days - 1) AS DECIMAL(18, 4)) / (last_on - first_on) AS DECIMAL(18, 1)) \
         AS times_overdue, bought_days AS purchase_days, amount AS sales_amount FROM people \
         WHERE bought_days >= {least} \
         AND ({to} - last_on) * (bought_days - 1) > {times} * (last_on - first_on))",
        people(query, &keys, &names),
    )
}
