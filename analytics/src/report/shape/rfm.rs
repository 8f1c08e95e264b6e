//! RFM: customers by how lately, how often and for how much they bought, in five bands each.

mod groups;
mod query;

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::message;

use super::columns::{Made, control, earlier_note, laid_out, of_customers};
use super::{Shape, Shaped};
use crate::model::Cube;
use crate::model::figures::figure;
use crate::output::{AVERAGE_PLACES, Chart, ChartKind, Unit, divide, ratio};
use crate::report::measured::{Figures, Measured};
use crate::report::request::Request;
use crate::warehouse::Grid;
use groups::GROUPS;

/// The shape.
#[derive(Debug)]
pub struct Rfm;

/// Bounds between five bands.
const BOUNDS: usize = 4;

#[derive(Debug, Clone, clap::Args)]
struct Options {
    /// Fixed bands of recency: four numbers of days since the last purchase, such as 30,90,180,365; band 5 is up to the first.
    #[arg(long, value_name = "DAYS", value_delimiter = ',')]
    recency: Vec<u32>,
    /// Fixed bands of frequency: four numbers of purchases, such as 2,4,7,10; band 5 begins with the last.
    #[arg(long, value_name = "PURCHASES", value_delimiter = ',')]
    frequency: Vec<u32>,
    /// Fixed bands of sales: four amounts, such as 10000,50000,100000,500000; band 5 begins with the last.
    #[arg(long, value_name = "YEN", value_delimiter = ',')]
    monetary: Vec<Decimal>,
    /// A row for each customer.
    #[arg(long, conflicts_with = "movement")]
    customers: bool,
    /// How customers moved between groups since the period before (--compare).
    #[arg(long, conflicts_with = "groups")]
    movement: bool,
    /// A row for each group.
    #[arg(long, conflicts_with = "customers")]
    groups: bool,
}

const BANDS: &[Made] = &[
    Made::new(
        "recency_band",
        Unit::Count,
        ("R", "R"),
        ("最終購入日の新しさ。5が最も新しい", "How lately the customer bought; 5 is best"),
    ),
    Made::new(
        "frequency_band",
        Unit::Count,
        ("F", "F"),
        ("購入回数の多さ。5が最も多い", "How often the customer bought; 5 is best"),
    ),
    Made::new(
        "monetary_band",
        Unit::Count,
        ("M", "M"),
        ("売上金額の大きさ。5が最も大きい", "For how much the customer bought; 5 is best"),
    ),
];
const GROUP: Made = Made::new(
    "group",
    Unit::Text,
    ("グループ", "Group"),
    (
        "RとF+Mから決まる顧客のグループ(docs/reports.md)",
        "The group that follows from R and F + M (docs/reports.md)",
    ),
);
const PREVIOUS_GROUP: Made = Made::new(
    "previous_group",
    Unit::Text,
    ("前期間のグループ", "Group before"),
    ("比較期間のグループ。購入がなければ空欄", "The group in the earlier period; empty without a purchase"),
);
const CUSTOMERS: Made = Made::new(
    "customers",
    Unit::Count,
    ("顧客数", "Customers"),
    ("期間に購入した顧客の数", "Customers who bought in the period"),
);
const SALES: Made = Made::new(
    "sales_amount",
    Unit::Yen,
    ("売上金額", "Sales"),
    ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
);
const PREVIOUS_SALES: Made = Made::new(
    "previous_sales_amount",
    Unit::Yen,
    ("比較期間の売上金額", "Sales before"),
    ("その顧客の比較期間の売上金額", "Sales to these customers in the earlier period"),
);
const SHARE: Made =
    Made::new("share", Unit::Rate, ("構成比", "Share"), ("売上金額 ÷ 合計", "Sales divided by the total"))
        .prioritised(2);
const AVERAGE: Made = Made::new(
    "average_per_customer",
    Unit::Yen,
    ("顧客単価", "Per customer"),
    ("売上金額 ÷ 顧客数", "Sales divided by customers"),
)
.prioritised(3);
const ONE: &[Made] = &[
    Made::new(
        "last_sold_on",
        Unit::Date,
        ("最終購入日", "Last purchase"),
        ("期間内で最後に購入した日", "Last day of purchase of the period"),
    ),
    Made::new(
        "recency_days",
        Unit::Days,
        ("経過日数", "Days since"),
        ("最終購入日から期間の最終日までの日数", "Days from the last purchase to the period's last day"),
    ),
    Made::new("slips", Unit::Count, ("購入回数", "Purchases"), ("期間の購入の数", "Purchases of the period")),
    SALES,
];

impl Shape for Rfm {
    fn id(&self) -> &'static str {
        "rfm"
    }

    fn with_options(&self, command: Command) -> Command {
        Options::augment_args(command)
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort"]
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let options = Options::from_arg_matches(options).map_err(|error| super::wrong_options(&error))?;
        check(&options)?;
        of_customers(request)?;
        let direct = request.query(&[], &[]);
        let source_rows = direct.direct_rows(&request.warehouse)?;
        let direct = direct.direct(&request.warehouse, "r.amount")?;
        let sums = query::sums(request)?;
        let mut shaped = match (options.customers, options.movement) {
            (true, _) => one_each(request, &options, &sums)?,
            (_, true) => moved(request, &options, &sums)?,
            _ => cells(request, &options, &sums)?,
        };
        shaped.source_rows = source_rows;
        let mut control = control(&[("all_sales_amount", sums.sales + sums.others, direct)])?;
        control.insert("sales_without_purchase".to_owned(), crate::output::json_decimal(sums.others));
        shaped.control = control;
        Ok(shaped)
    }
}

/// A row for each combination of bands.
fn cells(request: &Request<'_>, options: &Options, sums: &query::Sums) -> Result<Shaped, Failure> {
    let grid = query::cells(request, options)?;
    let grid = if options.groups { by_group(&grid, request.by.len())? } else { grid };
    let measured = measured(&request.by, grid);
    let measured =
        with_shares(measured.sorted(request, None, figure("sales_amount", request.report.table))?, sums)?;
    let bands: &[Made] = if options.groups { &[] } else { BANDS };
    let made: Vec<Made> = bands.iter().copied().chain([GROUP, CUSTOMERS, SALES, SHARE, AVERAGE]).collect();
    agreed(&measured, sums)?;
    let mut shaped = laid_out(request, &measured, &made, &[("group", GROUPS)], &|id| sums.total(id))?;
    let (kind, names): (_, &[&str]) = match options.groups {
        true => (ChartKind::Bars, &["group"]),
        false => (ChartKind::Heat, &["recency_band", "frequency_band"]),
    };
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    shaped.chart = Some(Chart { kind, names, values: vec!["customers".to_owned()] });
    shaped.cut(request.top);
    Ok(shaped)
}

/// A row for each customer, those with the largest sales first.
fn one_each(request: &Request<'_>, options: &Options, sums: &query::Sums) -> Result<Shaped, Failure> {
    let customer = request.dimension("customer")?;
    let others = request.by.iter().filter(|by| **by != customer).cloned();
    let by: Vec<_> = std::iter::once(customer.clone()).chain(others).collect();
    let measured = measured(&by, query::customers(request, options, &by)?);
    let made: Vec<Made> = ONE.iter().chain(BANDS).copied().chain([GROUP, PREVIOUS_GROUP]).collect();
    let words: super::columns::Words<'_> = &[("group", GROUPS), ("previous_group", GROUPS)];
    if request.top.is_none() {
        agreed(&measured, sums)?;
    }
    let totals = |id: &str| if id == "slips" { Some(sums.slips) } else { sums.total(id) };
    let mut shaped = laid_out(request, &measured, &made, words, &totals)?;
    let all = usize::try_from(sums.customers.mantissa()).unwrap_or(usize::MAX);
    shaped.say_cut(request.top.unwrap_or(all), all);
    shaped.notes.extend(earlier_note(request, request.period.previous_from)?);
    Ok(shaped)
}

/// A row for each pair of groups, before and now.
fn moved(request: &Request<'_>, options: &Options, sums: &query::Sums) -> Result<Shaped, Failure> {
    let measured = measured(&request.by, query::moved(request, options)?);
    let measured = measured.sorted(request, None, figure("sales_amount", request.report.table))?;
    let customers: Decimal = measured.numbers("customers")?.into_iter().flatten().sum();
    let before: Decimal = measured.numbers("previous_sales_amount")?.into_iter().flatten().sum();
    let made = [PREVIOUS_GROUP, GROUP, CUSTOMERS, SALES, PREVIOUS_SALES];
    let words: super::columns::Words<'_> = &[("group", GROUPS), ("previous_group", GROUPS)];
    let totals = |id: &str| match id {
        "customers" => Some(customers),
        "previous_sales_amount" => Some(before),
        other => sums.total(other),
    };
    let mut shaped = laid_out(request, &measured, &made, words, &totals)?;
    shaped.notes.extend(earlier_note(request, request.period.previous_from)?);
    shaped.cut(request.top);
    Ok(shaped)
}

fn measured(by: &[crate::model::Dimension], grid: Grid) -> Measured {
    Measured { by: by.to_vec(), grid, total: Figures::new(), source_rows: 0 }
}

/// The combinations of bands of each group as one row, the groups in their order.
fn by_group(grid: &Grid, by: usize) -> Result<Grid, Failure> {
    let keys = (0..by).map(Cube::key).chain(["group".to_owned()]).collect::<Vec<_>>();
    let names: Vec<String> = (0..by).map(Cube::name).filter(|name| grid.has(name)).collect();
    let grid = grid.grouped(&keys, &names, &["customers", "sales_amount"])?;
    let groups = grid.texts("group")?;
    let place = |at: usize| GROUPS.iter().position(|(id, _)| Some(*id) == groups[at].as_deref());
    let mut rows: Vec<usize> = (0..grid.height()).collect();
    rows.sort_by_key(|&at| place(at));
    Ok(grid.taken(&rows)?)
}

fn with_shares(measured: Measured, sums: &query::Sums) -> Result<Measured, Failure> {
    let shares: Vec<_> =
        measured.numbers("sales_amount")?.into_iter().map(|part| ratio(part?, sums.sales)).collect();
    let pairs = measured.numbers("sales_amount")?.into_iter().zip(measured.numbers("customers")?);
    let averages: Vec<_> =
        pairs.map(|(sales, customers)| divide(sales?, customers?, AVERAGE_PLACES)).collect();
    let grid = measured.grid.clone().with_numbers("share", &shares)?;
    let grid = grid.with_numbers("average_per_customer", &averages)?;
    Ok(Measured { grid, ..measured })
}

/// The rows must add up to the buyers' sales.
fn agreed(measured: &Measured, sums: &query::Sums) -> Result<(), Failure> {
    let sales: Decimal = measured.numbers("sales_amount")?.into_iter().flatten().sum();
    control(&[("sales_amount", sales, sums.sales)]).map(|_| ())
}

/// Four bounds, each larger than the one before.
fn check(options: &Options) -> Result<(), Failure> {
    fn ok<T: PartialOrd>(bounds: &[T]) -> bool {
        bounds.is_empty() || (bounds.len() == BOUNDS && bounds.windows(2).all(|pair| pair[0] < pair[1]))
    }
    let wrong = [
        (!ok(&options.recency), "--recency", "30,90,180,365"),
        (!ok(&options.frequency), "--frequency", "2,4,7,10"),
        (!ok(&options.monetary), "--monetary", "10000,50000,100000,500000"),
    ];
    match wrong.into_iter().find(|(is_wrong, _, _)| *is_wrong) {
        None => Ok(()),
        Some((_, option, example)) => Err(Failure::usage(message!(
            "{option} には小さい順に4つの境界を指定してください(例: {option} {example})",
            "{option} takes four bounds in ascending order, such as {option} {example}",
            option = option,
            example = example,
        ))),
    }
}
