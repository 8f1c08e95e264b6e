//! New, continuing, returned, lost and dormant customers by month, with the yen of each.

use std::collections::HashMap;

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, called, control, covered_from, laid_out, month_number, of_customers, until};
use super::months::{Months, checked, groups, monthly, number, whole};
use super::{Shape, Shaped};
use crate::output::{Chart, ChartKind, Unit};
use crate::report::measured::Measured;
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Movement;

#[derive(Debug, clap::Args)]
struct Options {
    /// A customer is lost after so many months without a purchase.
    #[arg(long, value_name = "MONTHS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=120))]
    lost_after: u32,
}

const COLUMNS: &[Made] = &[
    Made::new(
        "new",
        Unit::Count,
        ("新規", "New"),
        ("その月に初めて購入した顧客", "Customers whose first purchase was in the month"),
    ),
    Made::new(
        "continuing",
        Unit::Count,
        ("継続", "Continuing"),
        (
            "その月に購入し、前回の購入から離反までの月数(12か月)以内の顧客",
            "Bought in the month, and at most --lost-after months (12) after the purchase before",
        ),
    ),
    Made::new(
        "returned",
        Unit::Count,
        ("復活", "Returned"),
        ("その月に購入し、前回の購入がそれより前の顧客", "Bought in the month after having been lost"),
    ),
    Made::new(
        "lost",
        Unit::Count,
        ("離反", "Lost"),
        (
            "その月で、最後の購入から離反までの月数(12か月)購入がなくなった顧客",
            "For whom the month completes --lost-after months (12) without a purchase",
        ),
    ),
    Made::new(
        "dormant",
        Unit::Count,
        ("休眠", "Dormant"),
        ("前月までに離反し、その月も購入のない顧客", "Lost in an earlier month and without a purchase since"),
    ),
    Made::new(
        "new_amount",
        Unit::Yen,
        ("新規の売上", "Sales to new"),
        ("新規の顧客のその月の売上金額", "Sales of the month to new customers"),
    ),
    Made::new(
        "continuing_amount",
        Unit::Yen,
        ("継続の売上", "Sales to continuing"),
        ("継続の顧客のその月の売上金額", "Sales of the month to continuing customers"),
    ),
    Made::new(
        "returned_amount",
        Unit::Yen,
        ("復活の売上", "Sales to returned"),
        ("復活の顧客のその月の売上金額", "Sales of the month to returned customers"),
    ),
    Made::new(
        "lost_amount",
        Unit::Yen,
        ("離反で失った売上", "Sales lost"),
        (
            "離反した顧客の、最後の購入月までの(離反までの月数の)売上金額",
            "What the lost ones bought in the --lost-after months that end with their last purchase",
        ),
    )
    .prioritised(1),
    Made::new(
        "dormant_amount",
        Unit::Yen,
        ("休眠顧客の以前の売上", "Dormant: sales before"),
        ("休眠の顧客の、最後の購入月までの(離反までの月数の)売上金額", "The same of the dormant ones"),
    )
    .prioritised(2),
    Made::new(
        "other_amount",
        Unit::Yen,
        ("その他の売上", "Other sales"),
        (
            "その月に購入のない顧客の売上金額(返品など)",
            "Sales of customers without a purchase in the month, such as returns",
        ),
    )
    .prioritised(4),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        (
            "新規・継続・復活・その他の売上の合計",
            "Sales to new, continuing and returned customers and other sales",
        ),
    )
    .prioritised(1),
];

/// Columns that add up over months.
const FLOWS: &[&str] = &[
    "new",
    "returned",
    "lost",
    "new_amount",
    "continuing_amount",
    "returned_amount",
    "lost_amount",
    "other_amount",
];

impl Shape for Movement {
    fn id(&self) -> &'static str {
        "movement"
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
        let grid = events(request, &period, i64::from(options.lost_after))?;
        let measured = filled(request, &grid, months)?;
        let (measured, direct) = checked(request, measured, &period)?;
        let sales = measured.sum("sales_amount")?;
        let mut sums: HashMap<&str, Decimal> = HashMap::from([("sales_amount", sales)]);
        for name in FLOWS {
            sums.insert(name, measured.sum(name)?);
        }
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &|id| sums.get(id).copied())?;
        shaped.control = control(&[("sales_amount", sales, direct)])?;
        shaped.notes.extend(months.note(&period));
        let first = covered_from(request)?;
        let early = first.filter(|first| number(*first) > months.first - i64::from(options.lost_after));
        shaped.notes.extend(early.map(|first| {
            message!(
                "データは {first} からです。それより前から購入していた顧客も新規に数えています",
                "the data begin on {first}: customers who bought before that count as new",
                first = first,
            )
        }));
        shaped.period = Some(period);
        shaped.chart = request.by.is_empty().then(|| Chart {
            kind: ChartKind::Stacks,
            names: vec!["month".to_owned()],
            values: ["new", "continuing", "returned", "lost"].map(str::to_owned).to_vec(),
        });
        Ok(shaped)
    }
}

/// The customers and the yen of each kind, by attributes and month.
fn events(request: &Request<'_>, period: &Period, lost_after: i64) -> Result<Grid, Failure> {
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
    let (all, before) = (format!("{keys}{}", called(&names)), lost_after - 1);
    let list: Vec<String> = (first..=last).map(|month| format!("({month})")).collect();
    let list = list.join(", ");
    let sql = format!(
        "WITH chosen AS ({chosen}), \
         slips AS (SELECT {keys}{names}customer, slip_no, {month} AS month_no, SUM(amount) AS amount \
         FROM chosen GROUP BY {keys}customer, slip_no, sold_on), \
         months AS (SELECT {keys}{names}customer, month_no, SUM(amount) AS amount, \
         SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS purchases FROM slips GROUP BY {keys}customer, month_no), \
         yearly AS (SELECT *, SUM(amount) OVER (PARTITION BY customer ORDER BY month_no \
         RANGE BETWEEN {before} PRECEDING AND CURRENT ROW) AS earlier FROM months), \
         bought AS (SELECT *, LAG(month_no) OVER (PARTITION BY customer ORDER BY month_no) AS last_no, \
         LEAD(month_no) OVER (PARTITION BY customer ORDER BY month_no) AS next_no FROM yearly WHERE purchases > 0), \
         events AS (\
         SELECT {all}month_no, CASE WHEN last_no IS NULL THEN 'new' WHEN month_no - last_no <= {lost_after} \
         THEN 'continuing' ELSE 'returned' END AS kind, amount FROM bought WHERE month_no BETWEEN {first} AND {last} \
         UNION ALL SELECT {all}month_no + {lost_after}, 'lost', earlier FROM bought \
         WHERE month_no + {lost_after} BETWEEN {first} AND {last} \
         AND (next_no IS NULL OR next_no > month_no + {lost_after}) \
         UNION ALL SELECT {all}p.listed_no, 'dormant', earlier FROM bought JOIN (VALUES {list}) AS p (listed_no) \
         ON p.listed_no > month_no + {lost_after} AND (next_no IS NULL OR p.listed_no < next_no) \
         UNION ALL SELECT {all}month_no, 'other', amount FROM months \
         WHERE purchases = 0 AND month_no BETWEEN {first} AND {last}) \
         SELECT {columns}month_no, kind, COUNT(*) AS customers, SUM(amount) AS amount FROM events \
         GROUP BY {keys}month_no, kind ORDER BY {keys}month_no, kind"
    );
    Ok(query.shaped(&request.warehouse, &sql)?)
}

/// A row for each group and month. Who is lost is not known before the month is over.
fn filled(request: &Request<'_>, grid: &Grid, months: Months) -> Result<Measured, Failure> {
    let (firsts, groups) = groups(request, grid)?;
    let (month, kind) = (grid.numbers("month_no")?, grid.texts("kind")?);
    let (customers, amount) = (grid.numbers("customers")?, grid.numbers("amount")?);
    let mut found: HashMap<(usize, i64, &str), (Decimal, Decimal)> = HashMap::new();
    for at in 0..grid.height() {
        let key = (groups[at], whole(month[at]).unwrap_or_default(), kind[at].as_deref().unwrap_or_default());
        found.insert(key, (customers[at].unwrap_or_default(), amount[at].unwrap_or_default()));
    }
    let mut rows = Vec::new();
    let mut columns: Vec<Vec<Option<Decimal>>> = vec![Vec::new(); COLUMNS.len()];
    for (group, &first) in firsts.iter().enumerate() {
        for month in months.each() {
            let of = |kind: &str| found.get(&(group, month, kind)).copied().unwrap_or_default();
            let is_over = month < months.last || months.complete;
            rows.push((first, month));
            for (made, column) in COLUMNS.iter().zip(&mut columns) {
                let value = match made.id {
                    "sales_amount" => {
                        ["new", "continuing", "returned", "other"].map(|kind| of(kind).1).iter().sum()
                    }
                    id => id.strip_suffix("_amount").map_or_else(|| of(id).0, |kind| of(kind).1),
                };
                let is_known = is_over || !["lost", "dormant"].iter().any(|kind| made.id.starts_with(kind));
                column.push(is_known.then_some(value));
            }
        }
    }
    let named: Vec<(&str, Vec<Option<Decimal>>)> = COLUMNS.iter().map(|made| made.id).zip(columns).collect();
    monthly(request, grid, &rows, &named)
}
