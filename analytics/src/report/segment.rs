//! `report segment`: sales, margin, customers and averages by one to three attributes (`docs/reports.md#segment`).

mod query;
mod sheet;

use chrono::NaiveDate;
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::message;
use shared::message::Label;

use super::options::Filters;
use super::period::{Period, PeriodArgs};
use super::segments;
use crate::context::Context;
use crate::model::{Conditions, Dimension, ExtensionFields};

pub use super::segments::Segment;
pub use query::{Control, Figures};

/// What `report list` calls it.
pub(super) const TITLE: crate::labels::Label =
    crate::labels::Label::new("セグメント別売上", "Sales by segment");
/// What it answers.
pub(super) const ABOUT: crate::labels::Label = crate::labels::Label::new(
    "顧客の属性ごとの売上金額・粗利・顧客数・平均",
    "Sales, margin, customers and averages by segment",
);

/// The options of the segment report.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Attributes to divide customers by: industry, customer_type, rank, sales_area, account_owner, first_trade_year,
    /// trading_status, acquisition_source, payment_method, or ext:FIELD; several of them, up to three, give a row for each combination.
    #[arg(long, value_name = "ATTRIBUTE", default_value = "industry", value_delimiter = ',')]
    pub by: Vec<String>,
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// The customers.
    #[command(flatten)]
    pub filters: Filters,
}

/// The finished report.
#[derive(Debug, Clone)]
pub struct SegmentReport {
    /// The as-of date.
    pub as_of: NaiveDate,
    /// The period and the same period a year earlier.
    pub period: Period,
    /// The attributes that divide customers.
    pub axes: Vec<Dimension>,
    /// The customers that are included.
    pub filters: Conditions,
    /// The rows in their order.
    pub rows: Vec<Segment<Figures>>,
    /// The sum of all rows.
    pub total: Figures,
    /// What the total was checked against.
    pub control: Control,
    /// The mirror's version.
    pub mirror_version: u64,
    /// The store's change number that the mirror represents.
    pub change_no: u64,
    /// Whether nothing that the report reads has changed since.
    pub up_to_date: bool,
    /// The day of the first sale in the data.
    pub covered_from: Option<NaiveDate>,
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let report = compute(context, args)?;
    context.emit(&sheet::sheet(&report, context), &sheet::json(&report, context.lang))
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror, or a total that does not agree with the
/// control totals (70): a wrong figure is never shown.
pub fn compute(context: &Context, args: &Args) -> Result<SegmentReport, Failure> {
    let period = args.period.resolve(context.as_of, context.fiscal_year_start)?;
    let store = context.store()?;
    let fields = ExtensionFields::read(&store, &[&CUSTOMERS])?;
    let axes = segments::checked(&args.by, 1, &fields)?;
    let filters = args.filters.resolve(&fields)?;
    let ranks = store.reader()?.rank_master()?;
    let warehouse = context.warehouse()?;
    let mut rows = query::rows(&warehouse, &axes, &filters, &period)?;
    segments::sort(&mut rows, &axes, &ranks, |figures| figures.sales_amount);
    let mut total = Figures::default();
    rows.iter().for_each(|row| total.add(&row.figures));
    let control = query::control(&warehouse, &filters, &period, context.as_of)?;
    reconcile(&total, &control)?;
    let manifest = warehouse.manifest();
    Ok(SegmentReport {
        as_of: context.as_of,
        period,
        axes,
        filters,
        rows,
        total,
        control,
        covered_from: query::covered_from(&warehouse)?,
        mirror_version: manifest.version,
        change_no: manifest.change_no,
        up_to_date: !context.mirror().is_behind(&store, manifest, segments::READS)?,
    })
}

const PERIOD: Label = Label::new("集計が期間内の明細", "the mirror's lines of the period");
const STORE: Label = Label::new("集計用データが元データ", "the store");

/// Compares the report's sums with the direct sums, and the mirror's with the store's.
fn reconcile(total: &Figures, control: &Control) -> Result<(), Failure> {
    let report = (total.source_rows, total.sales_amount);
    let pairs = [
        (report, (control.counted_rows, control.counted_amount), PERIOD),
        ((control.mirror_rows, control.mirror_amount), (control.store_rows, control.store_amount), STORE),
    ];
    for (found, expected, what) in pairs {
        if found != expected {
            return Err(Failure::software(message!(
                "{what}と一致しません(明細 {rows} 件・{amount} 円、正しくは {expected_rows} 件・{expected_amount} 円)。analytics --store FILE sync --rebuild で作り直してください",
                "the report does not agree with {what}: {rows} lines, {amount} yen instead of {expected_rows} lines, {expected_amount} yen; run: analytics --store FILE sync --rebuild",
                what = what,
                rows = found.0,
                amount = found.1,
                expected_rows = expected.0,
                expected_amount = expected.1,
            )));
        }
    }
    Ok(())
}
