//! Customers in tenths by their sales.

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::exit::Failure;

use super::columns::{Made, control, laid_out, of_customers};
use super::{Shape, Shaped};
use crate::model::Cube;
use crate::output::{AVERAGE_PLACES, Chart, ChartKind, Unit, divide, ratio};
use crate::report::measured::{Figures, Measured};
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Decile;

#[derive(Debug, clap::Args)]
struct Options {
    /// The number of parts.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=100))]
    parts: u32,
}

const COLUMNS: &[Made] = &[
    Made::new(
        "decile",
        Unit::Count,
        ("デシル", "Decile"),
        (
            "顧客を売上金額の大きい順に等しい人数に分けた順番。1が最上位",
            "Customers by sales in parts of equal number; 1 is the best",
        ),
    ),
    Made::new(
        "customers",
        Unit::Count,
        ("顧客数", "Customers"),
        ("期間に売上のあった顧客の数", "Customers with sales in the period"),
    ),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
    ),
    Made::new("share", Unit::Rate, ("構成比", "Share"), ("売上金額 ÷ 合計", "Sales divided by the total")),
    Made::new(
        "cumulative_share",
        Unit::Rate,
        ("累積構成比", "Cumulative"),
        ("上位のデシルから加えた構成比", "Shares added from the best part on"),
    )
    .prioritised(1),
    Made::new(
        "average_per_customer",
        Unit::Yen,
        ("顧客単価", "Per customer"),
        ("売上金額 ÷ 顧客数", "Sales divided by customers"),
    )
    .prioritised(2),
    Made::new(
        "least_sales_amount",
        Unit::Yen,
        ("下限の売上金額", "At least"),
        ("そのデシルで最も小さい顧客の売上金額", "Sales of the smallest customer of the part"),
    )
    .prioritised(3),
];

impl Shape for Decile {
    fn id(&self) -> &'static str {
        "decile"
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
        let grid = tiles(request, options.parts)?;
        let sum =
            |name: &str| -> Result<Decimal, Failure> { Ok(grid.numbers(name)?.into_iter().flatten().sum()) };
        let (sales, customers) = (sum("sales_amount")?, sum("customers")?);
        let direct = request.query(&[], &[]);
        let source_rows = direct.direct_rows(&request.warehouse)?;
        let direct = direct.direct(&request.warehouse, "r.amount")?;
        let measured = Measured { by: request.by.clone(), grid, total: Figures::new(), source_rows };
        let measured = measured.sorted(
            request,
            None,
            crate::model::figures::figure("sales_amount", request.report.table),
        )?;
        let totals = |id: &str| match id {
            "customers" => Some(customers),
            "sales_amount" => Some(sales),
            "share" => ratio(sales, sales),
            "average_per_customer" => divide(sales, customers, AVERAGE_PLACES),
            _ => None,
        };
        let mut shaped = laid_out(request, &shares(measured)?, COLUMNS, &[], &totals)?;
        shaped.control = control(&[("sales_amount", sales, direct)])?;
        shaped.chart = Some(Chart {
            kind: ChartKind::Pareto,
            names: vec!["decile".to_owned()],
            values: vec!["sales_amount".to_owned(), "cumulative_share".to_owned()],
        });
        Ok(shaped)
    }
}

fn tiles(request: &Request<'_>, parts: u32) -> Result<Grid, Failure> {
    let query = request.query(&request.by, &[]);
    let chosen = query.selection(&[("r.customer_code", "customer"), ("r.amount", "amount")]);
    let (keys, names, columns) = (query.keys(), query.names(), query.key_columns());
    let within = match keys.trim_end_matches(", ") {
        "" => String::new(),
        keys => format!("PARTITION BY {keys} "),
    };
    let sql = format!(
        "WITH chosen AS ({chosen}), \
         sums AS (SELECT {keys}{names}customer, SUM(amount) AS amount FROM chosen GROUP BY {keys}customer), \
         tiles AS (SELECT *, NTILE({parts}) OVER ({within}ORDER BY amount DESC, customer) AS decile FROM sums) \
         SELECT {columns}CAST(decile AS BIGINT) AS decile, COUNT(*) AS customers, SUM(amount) AS sales_amount, \
         MIN(amount) AS least_sales_amount FROM tiles GROUP BY {keys}decile ORDER BY {keys}decile"
    );
    Ok(query.shaped(&request.warehouse, &sql)?)
}

fn shares(measured: Measured) -> Result<Measured, Failure> {
    let keys: Vec<String> = (0..measured.by.len()).map(Cube::key).collect();
    let (sales, customers) = (measured.numbers("sales_amount")?, measured.numbers("customers")?);
    let sums = measured.grid.group_sums("sales_amount", &keys)?;
    let running = measured.grid.cumulative("sales_amount", &keys)?;
    let share: Vec<_> = sales.iter().zip(&sums).map(|(part, sum)| ratio((*part)?, *sum)).collect();
    let cumulative: Vec<_> = running.iter().zip(&sums).map(|(part, sum)| ratio(*part, *sum)).collect();
    let average: Vec<_> =
        sales.iter().zip(&customers).map(|(sum, n)| divide((*sum)?, (*n)?, AVERAGE_PLACES)).collect();
    let grid = measured.grid.clone().with_numbers("share", &share)?;
    let grid =
        grid.with_numbers("cumulative_share", &cumulative)?.with_numbers("average_per_customer", &average)?;
    Ok(Measured { grid, ..measured })
}
