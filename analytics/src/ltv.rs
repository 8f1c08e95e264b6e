//! `ltv`: the gross profit with customers so far (`docs/reports.md#ltv`), and what models expect of them (`docs/ltv.md`).

pub mod formulas;
pub mod models;
mod query;
mod sheet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::message;

use crate::context::Context;
use crate::model::{Conditions, Dimension, ExtensionFields};
use crate::output::{average, ratio};
use crate::report::options::Filters;
use crate::report::segments::{self, Segment};
use crate::report::sums::sums;

pub use query::Control;

/// Customers that a table shows when nothing else is asked for.
const TABLE_CUSTOMERS: u32 = 50;

/// Further commands on lifetime value.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// The simple formulas: average purchase and frequency, churn, retention.
    Formulas(formulas::FormulaArgs),
    /// What models expect.
    #[command(flatten)]
    Models(models::Command),
}

/// The options of the LTV report.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Models instead.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Attributes to divide customers by, as in `report segment`; without it, every customer is a row.
    #[arg(long, value_name = "ATTRIBUTE", value_delimiter = ',')]
    pub by: Vec<String>,
    /// Customers that are shown, the highest LTV first [default: 50 in a table, else all].
    #[arg(long, value_name = "N", conflicts_with = "by")]
    pub top: Option<u32>,
    /// The customers.
    #[command(flatten)]
    pub filters: Filters,
}

sums! {
    /// The sums behind an LTV.
    pub struct Figures {
        /// Customers of the segment.
        pub customers: u64,
        /// Those who ever bought anything.
        pub buyers: u64,
        /// Slip lines.
        pub source_rows: u64,
        /// Slips with a positive net.
        pub slips: u64,
        /// Net sales to date, tax excluded.
        pub sales_amount: Decimal,
        /// Cost of the lines that have one; `None` when no line has.
        pub cost: Option<Decimal>,
        /// Sales of the lines that have a cost; `None` when no line has.
        pub costed_amount: Option<Decimal>,
    }
}

impl Figures {
    /// The historical LTV: gross profit to date. Zero when nothing was sold, unknown when no line has a cost.
    pub fn ltv(&self) -> Option<Decimal> {
        let costed = self.costed_amount.zip(self.cost).map(|(amount, cost)| amount - cost);
        costed.or((self.source_rows == 0).then_some(Decimal::ZERO))
    }

    /// LTV by customer who ever bought.
    pub fn ltv_average(&self) -> Option<Decimal> {
        average(self.ltv()?, self.buyers)
    }

    /// LTV by the sales it comes from.
    pub fn gross_margin_rate(&self) -> Option<Decimal> {
        ratio(self.ltv()?, self.costed_amount.unwrap_or_default())
    }
}

/// One customer of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerLtv {
    /// The code.
    pub customer_code: String,
    /// The name.
    pub customer_name: String,
    /// Day of the first purchase.
    pub first_sold_on: Option<NaiveDate>,
    /// Day of the last purchase.
    pub last_sold_on: Option<NaiveDate>,
    /// Whole years since trade began: the master record's date, else the first purchase.
    pub tenure_years: Option<u32>,
    /// The sums.
    pub figures: Figures,
}

/// The rows of the report.
#[derive(Debug, Clone)]
pub enum Rows {
    /// Customers, the highest LTV first.
    Customers {
        /// Those that are shown.
        customers: Vec<CustomerLtv>,
        /// The sums of customer codes that no customer has, when there are any.
        unknown: Option<Figures>,
    },
    /// Segments.
    Segments(Vec<Segment<Figures>>),
}

/// The finished report.
#[derive(Debug, Clone)]
pub struct LtvReport {
    /// The as-of date.
    pub as_of: NaiveDate,
    /// The attributes that divide customers; none when every customer is a row.
    pub axes: Vec<Dimension>,
    /// The customers that are included.
    pub filters: Conditions,
    /// The rows in their order.
    pub rows: Rows,
    /// The sum of all customers, shown or not, and of unknown customer codes.
    pub total: Figures,
    /// What the total was checked against.
    pub control: Control,
    /// Whether nothing that the report reads has changed since the last sync.
    pub up_to_date: bool,
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    match &args.command {
        Some(Command::Formulas(args)) => return formulas::run(context, args),
        Some(Command::Models(command)) => return models::run(context, command),
        None => (),
    }
    let report = compute(context, args)?;
    context.emit(&sheet::sheet(&report, context), &sheet::json(&report))
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror, or a total that does not agree with the
/// direct sum over the lines (70).
pub fn compute(context: &Context, args: &Args) -> Result<LtvReport, Failure> {
    let store = context.store()?;
    let fields = ExtensionFields::read(&store, &[&CUSTOMERS])?;
    let axes = segments::checked(&args.by, 0, &fields)?;
    let filters = args.filters.resolve(&fields)?;
    let ranks = store.reader()?.rank_master()?;
    let warehouse = context.warehouse()?;
    let mut segments = query::segments(&warehouse, &axes, &filters, context.as_of)?;
    segments::sort(&mut segments, &axes, &ranks, |figures: &Figures| figures.ltv().unwrap_or_default());
    let mut total = Figures::default();
    segments.iter().for_each(|segment| total.add(&segment.figures));
    let control = query::control(&warehouse, &filters, context.as_of)?;
    reconcile(&total, &control)?;
    let rows = if axes.is_empty() {
        let limit = args.top.or(context.format.is_for_people().then_some(TABLE_CUSTOMERS));
        Rows::Customers {
            customers: query::customers(&warehouse, &filters, context.as_of, limit)?,
            unknown: segments.into_iter().find(|segment| !segment.known).map(|segment| segment.figures),
        }
    } else {
        Rows::Segments(segments)
    };
    let up_to_date = !context.mirror().is_behind(&store, warehouse.manifest(), segments::READS)?;
    Ok(LtvReport { as_of: context.as_of, axes, filters, rows, total, control, up_to_date })
}

fn reconcile(total: &Figures, control: &Control) -> Result<(), Failure> {
    let profit = total.ltv().unwrap_or_default();
    if (total.source_rows, total.sales_amount, profit)
        == (control.rows, control.sales_amount, control.gross_profit)
    {
        return Ok(());
    }
    Err(Failure::software(message!(
        "LTV の合計が集計用データの明細と一致しません(明細 {rows} 件・粗利 {profit} 円、正しくは {control_rows} 件・{control_profit} 円)。analytics --store FILE sync --rebuild で作り直してください",
        "the LTV report does not agree with the mirror's lines: {rows} lines, gross profit {profit} instead of {control_rows} lines, {control_profit}; run: analytics --store FILE sync --rebuild",
        rows = total.source_rows,
        profit = profit,
        control_rows = control.rows,
        control_profit = control.gross_profit,
    )))
}
