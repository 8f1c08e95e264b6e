//! ABC analysis: what makes most of the sales, by cumulative share.

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;

use super::columns::{Made, control, laid_out};
use super::{Shape, Shaped};
use crate::labels::{self, Label};
use crate::model::figures::figure;
use crate::model::{Cube, Dimension};
use crate::output::{Chart, ChartKind, SheetColumn, Unit, grouped, percent, ratio, yen};
use crate::report::measured::{Measured, measure};
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Abc;

#[derive(Debug, clap::Args)]
struct Options {
    /// What is classified: products, customers, or any attribute.
    #[arg(long, value_name = "ATTRIBUTE", default_value = "products")]
    of: String,
    /// Class A is up to this cumulative share, in per cent.
    #[arg(long, value_name = "PERCENT", default_value = "70")]
    a_up_to: Decimal,
    /// Class B is up to this cumulative share, in per cent.
    #[arg(long, value_name = "PERCENT", default_value = "90")]
    b_up_to: Decimal,
}

const COLUMNS: &[Made] = &[
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
    ),
    Made::new("share", Unit::Rate, ("構成比", "Share"), ("売上金額 ÷ 合計", "Sales divided by the total"))
        .prioritised(2),
    Made::new(
        "cumulative_share",
        Unit::Rate,
        ("累積構成比", "Cumulative"),
        ("売上金額の大きい順に加えた構成比", "Shares added from the largest on"),
    )
    .prioritised(1),
    Made::new(
        "class",
        Unit::Text,
        ("ABC", "Class"),
        (
            "累積構成比が70%までをA、90%までをB、残りをC(変更できます)",
            "A up to 70 % cumulative share, B up to 90 %, C the rest (can be set)",
        ),
    ),
];

impl Shape for Abc {
    fn id(&self) -> &'static str {
        "abc"
    }

    fn with_options(&self, command: Command) -> Command {
        Options::augment_args(command)
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort", "--compare"]
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let options = Options::from_arg_matches(options).map_err(|error| super::wrong_options(&error))?;
        check(&options)?;
        let of = match options.of.trim() {
            "products" => request.dimension("product")?,
            "customers" => request.dimension("customer")?,
            other => request.dimension(other)?,
        };
        let by: Vec<Dimension> =
            request.by.iter().filter(|by| **by != of).cloned().chain([of.clone()]).collect();
        let sales = figure("sales_amount", request.report.table);
        let measured = measure(request, &by, &sales.into_iter().collect::<Vec<_>>())?;
        let measured = measured.ranked_within(by.len() - 1, request)?;
        let total = measured.total.get("sales_amount").copied().flatten().unwrap_or_default();
        let direct = request.query(&[], &[]).direct(&request.warehouse, "r.amount")?;
        let (measured, classes) = classified(measured, &options)?;
        let totals = |id: &str| match id {
            "sales_amount" => Some(total),
            "share" => ratio(total, total),
            _ => None,
        };
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &totals)?;
        rename_codes(&mut shaped, request);
        shaped.control = control(&[("sales_amount", total, direct)])?;
        if by.len() == 1 {
            shaped.header = classes.lines(total);
        }
        let name = if measured.grid.has(&Cube::name(by.len() - 1)) { "name" } else { "code" };
        shaped.chart = Some(Chart {
            kind: ChartKind::Pareto,
            names: vec![name.to_owned()],
            values: vec!["sales_amount".to_owned(), "cumulative_share".to_owned()],
        });
        shaped.cut(request.top);
        Ok(shaped)
    }
}

fn check(options: &Options) -> Result<(), Failure> {
    let (a, b) = (options.a_up_to, options.b_up_to);
    if a > Decimal::ZERO && a < b && b <= Decimal::ONE_HUNDRED {
        return Ok(());
    }
    Err(Failure::usage(message!(
        "--a-up-to {a} と --b-up-to {b} は 0 < A < B ≦ 100 になるように指定してください",
        "--a-up-to {a} and --b-up-to {b} must be 0 < A < B <= 100",
        a = a,
        b = b,
    )))
}

/// Items and sales of each class.
#[derive(Debug, Default)]
struct Classes([(u64, Decimal); 3]);

const NAMES: [&str; 3] = ["A", "B", "C"];

impl Classes {
    fn lines(&self, total: Decimal) -> Vec<(Message, String)> {
        let line = |(name, (items, amount)): (&str, &(u64, Decimal))| {
            let share = ratio(*amount, total).map(percent).unwrap_or_default();
            let name: Message = message!("{name}(件数 / 売上金額)", "{name} (number / sales)", name = name);
            (name, format!("{} / {} ({share})", grouped(&items.to_string()), yen(*amount)))
        };
        NAMES.into_iter().zip(&self.0).map(line).collect()
    }
}

/// The shares and the class of each row, exactly: rounded shares decide nothing.
fn classified(measured: Measured, options: &Options) -> Result<(Measured, Classes), Failure> {
    let groups: Vec<String> = (0..measured.by.len() - 1).map(Cube::key).collect();
    let amounts = measured.numbers("sales_amount")?;
    let running = measured.grid.cumulative("sales_amount", &groups)?;
    let sums = measured.grid.group_sums("sales_amount", &groups)?;
    let mut classes = Classes::default();
    let mut class = |at: usize| {
        let (so_far, sum) = (running[at] * Decimal::ONE_HUNDRED, sums[at]);
        if sum <= Decimal::ZERO {
            return None;
        }
        let place = if so_far <= sum * options.a_up_to {
            0
        } else if so_far <= sum * options.b_up_to {
            1
        } else {
            2
        };
        classes.0[place].0 += 1;
        classes.0[place].1 += amounts[at].unwrap_or_default();
        Some(NAMES[place].to_owned())
    };
    let column: Vec<Option<String>> = (0..amounts.len()).map(&mut class).collect();
    let shares: Vec<_> =
        amounts.iter().zip(&sums).map(|(part, sum)| ratio(part.unwrap_or_default(), *sum)).collect();
    let cumulative: Vec<_> = running.iter().zip(&sums).map(|(part, sum)| ratio(*part, *sum)).collect();
    let grid: Grid = measured.grid.clone();
    let grid = grid.with_numbers("share", &shares)?.with_numbers("cumulative_share", &cumulative)?;
    let grid = grid.with_texts("class", column)?;
    Ok((Measured { grid, ..measured }, classes))
}

/// What is classified has the columns `code` and `name`, whatever it is.
fn rename_codes(shaped: &mut Shaped, request: &Request<'_>) {
    let made = COLUMNS.len();
    let keys = shaped.columns.len() - made;
    let Some(first) = (0..keys).rev().find(|&column| !shaped.columns[column].id.ends_with("_name")) else {
        return;
    };
    let heading = shaped.columns[keys - 1].text(request.context.lang).to_owned();
    let column = |id: &'static str, label: Label| SheetColumn::figure(id, label, Unit::Text);
    if first + 1 == keys {
        // An attribute without codes is its own name.
        shaped.columns[first] = column("code", labels::CODE).headed(&heading);
    } else {
        shaped.columns[first] = column("code", labels::CODE).prioritised(1);
        shaped.columns[keys - 1] = column("name", labels::CUSTOMER_NAME).headed(&heading);
    }
}
