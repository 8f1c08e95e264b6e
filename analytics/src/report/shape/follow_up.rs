//! Customers to follow up: they bought some time ago, and nobody has been in touch since.

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::dataset::{ACTIVITIES, CALLS};
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, control};
use super::people::{DAYS_SINCE, LAST_SOLD_ON, List, by};
use super::{Shape, Shaped};
use crate::model::CubeQuery;
use crate::output::Unit;
use crate::report::request::Request;
use crate::warehouse::Literal;

/// The shape.
#[derive(Debug)]
pub struct FollowUp;

#[derive(Debug, clap::Args)]
struct Options {
    /// The last purchase is at least so many days ago.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    at_least: u32,
    /// The last purchase is at most so many days ago.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    at_most: u32,
}

const COLUMNS: &[Made] = &[
    LAST_SOLD_ON,
    DAYS_SINCE,
    Made::new(
        "last_contact_on",
        Unit::Date,
        ("最終接触日", "Last contact"),
        (
            "対応履歴または応答のあった通話の最後の日。接触がなければ空欄",
            "Last day of an activity or an answered call; empty if there was none",
        ),
    ),
    Made::new("slips", Unit::Count, ("購入回数", "Purchases"), ("期間の購入の数", "Purchases of the period"))
        .prioritised(2),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
    ),
];

impl Shape for FollowUp {
    fn id(&self) -> &'static str {
        "follow-up"
    }

    fn with_options(&self, command: Command) -> Command {
        Options::augment_args(command)
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort", "--compare"]
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let options = Options::from_arg_matches(options).map_err(|error| super::wrong_options(&error))?;
        if options.at_least > options.at_most {
            return Err(Failure::usage(message!(
                "--at-least {least} は --at-most {most} 以下にしてください",
                "--at-least {least} must not be more than --at-most {most}",
                least = options.at_least,
                most = options.at_most,
            )));
        }
        let by = by(request)?;
        let query = request.query(&by, &[]);
        let people = people(&query);
        let list = List {
            query: &query,
            with: format!("{people}, {}", listed(&options, request)),
            made: COLUMNS,
            sums: &["slips", "sales_amount"],
            order: "MAX(sales_amount) DESC",
        };
        let mut shaped = list.shaped(request)?;
        let all = format!("WITH {people} SELECT SUM(amount) AS amount FROM people");
        let all = query.shaped_total(&request.warehouse, &all)?.numbers("amount")?.first().copied().flatten();
        let direct = request.query(&[], &[]);
        shaped.source_rows = direct.direct_rows(&request.warehouse)?;
        let direct: Decimal = direct.direct(&request.warehouse, "r.amount")?;
        shaped.control.extend(control(&[("all_sales_amount", all.unwrap_or_default(), direct)])?);
        shaped.reads = vec![&ACTIVITIES, &CALLS];
        Ok(shaped)
    }
}

/// The purchases of every customer in the period: `people`.
fn people(query: &CubeQuery<'_>) -> String {
    let chosen = query.selection(&[
        ("r.customer_code", "customer"),
        ("r.slip_no", "slip_no"),
        ("r.sold_on", "sold_on"),
        ("r.amount", "amount"),
    ]);
    let (keys, names) = (query.keys(), query.names());
    format!(
        "chosen AS ({chosen}), \
         slips AS (SELECT {keys}{names}customer, slip_no, sold_on, SUM(amount) AS amount \
         FROM chosen GROUP BY {keys}customer, slip_no, sold_on), \
         people AS (SELECT {keys}{names}customer, MAX(CASE WHEN amount > 0 THEN sold_on END) AS last_on, \
         SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS bought, SUM(amount) AS amount \
         FROM slips GROUP BY {keys}customer)"
    )
}

/// Who bought that long ago, without a contact after that day. Contacts of the day itself belong to the purchase.
fn listed(options: &Options, request: &Request<'_>) -> String {
    let to = Literal::Date(request.period.to).sql();
    let (least, most) = (options.at_least, options.at_most);
    format!(
        "contacts AS (\
         SELECT customer_code, CAST(happened_at + INTERVAL 9 HOUR AS DATE) AS day FROM activities \
         UNION ALL SELECT customer_code, CAST(started_at + INTERVAL 9 HOUR AS DATE) AS day FROM calls \
         WHERE answered_at IS NOT NULL AND direction IN ('inbound', 'outbound')), \
         touched AS (SELECT customer_code, MAX(day) AS contact_on FROM contacts WHERE day <= {to} \
         GROUP BY customer_code), \
         listed AS (SELECT p.*, p.last_on AS last_sold_on, CAST({to} - p.last_on AS BIGINT) AS days_since, \
         t.contact_on AS last_contact_on, p.bought AS slips, p.amount AS sales_amount \
         FROM people p LEFT JOIN touched t ON t.customer_code = p.customer \
         WHERE {to} - p.last_on BETWEEN {least} AND {most} \
         AND (t.contact_on IS NULL OR t.contact_on <= p.last_on))"
    )
}
