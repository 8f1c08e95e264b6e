//! `report segment`: sales, margin, customers and averages by one or two attributes (`docs/reports.md#segment`).

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::rank::RankMaster;

use super::axis::Axis;
use super::filter::Filters;
use super::period::{Period, PeriodArgs};
use super::segment_query::{control, rows};
use super::segment_sheet;
use crate::context::Context;
use crate::exit::{Failure, SOFTWARE, USAGE};

pub use super::segment_query::{Control, Figures, SegmentRow};

/// How many axes a report has at most.
const AXES_MAX: usize = 2;

/// The options of the segment report.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// By what customers are divided; give it twice for a cross table.
    #[arg(long, value_enum, value_name = "ATTRIBUTE", default_value = "industry", value_delimiter = ',')]
    pub by: Vec<Axis>,
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
    /// The period and the one before.
    pub period: Period,
    /// By what customers are divided.
    pub axes: Vec<Axis>,
    /// Which customers it is about.
    pub filters: Filters,
    /// The rows in their order.
    pub rows: Vec<SegmentRow>,
    /// The sum of all rows.
    pub total: Figures,
    /// What the total was checked against.
    pub control: Control,
    /// The mirror's version.
    pub mirror_version: u64,
    /// The store's change number that the mirror shows.
    pub change_no: u64,
    /// Whether the store has not changed since.
    pub up_to_date: bool,
}

/// Computes the report and writes it.
pub fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let report = compute(context, args)?;
    context.emit(&segment_sheet::sheet(&report, context), &segment_sheet::json(&report))
}

/// Computes the report. Fails when its total does not agree with the control totals: a wrong figure is never
/// shown.
pub fn compute(context: &Context, args: &Args) -> anyhow::Result<SegmentReport> {
    let axes = checked(&args.by)?;
    let period = args.period.resolve(context.as_of)?;
    let store = context.store()?;
    let ranks = store.reader()?.rank_master()?;
    let warehouse = context.warehouse()?;
    let mut rows = rows(&warehouse, &axes, &args.filters, &period)?;
    sort(&mut rows, &axes, &ranks);
    let mut total = Figures::default();
    rows.iter().for_each(|row| total.add(&row.figures));
    let control = control(&warehouse, &args.filters, &period, context.as_of)?;
    reconcile(&total, &control)?;
    let manifest = warehouse.manifest();
    Ok(SegmentReport {
        as_of: context.as_of,
        period,
        axes,
        filters: args.filters.clone(),
        rows,
        total,
        control,
        mirror_version: manifest.version,
        change_no: manifest.change_no,
        up_to_date: !context.mirror().is_behind(&store, manifest)?,
    })
}

fn checked(by: &[Axis]) -> anyhow::Result<Vec<Axis>> {
    let twice = by.iter().enumerate().any(|(index, axis)| by[..index].contains(axis));
    if by.is_empty() || by.len() > AXES_MAX || twice {
        return Err(Failure::error(USAGE, "--by takes one attribute or two different ones"));
    }
    Ok(by.to_vec())
}

/// The report's sums, the direct sums and the store's sums agree, or something is badly wrong.
fn reconcile(total: &Figures, control: &Control) -> anyhow::Result<()> {
    let report = (total.source_rows, total.sales_amount);
    let pairs = [
        (report, (control.counted_rows, control.counted_amount), "the mirror's lines of the period"),
        (
            (control.mirror_rows, control.mirror_amount),
            (control.store_rows, control.store_amount),
            "the store",
        ),
    ];
    for (found, expected, what) in pairs {
        if found != expected {
            let message = format!(
                "the report does not agree with {what}: {} lines, {} yen instead of {} lines, {} yen; run: analytics --store FILE sync --rebuild",
                found.0, found.1, expected.0, expected.1
            );
            return Err(Failure::error(SOFTWARE, message));
        }
    }
    Ok(())
}

/// By the first axis, then the second; customers without the attribute and unknown codes last.
fn sort(rows: &mut [SegmentRow], axes: &[Axis], ranks: &RankMaster) {
    let orders: Vec<HashMap<Option<String>, Decimal>> =
        (0..axes.len()).map(|index| orders(rows, index, axes[index], ranks)).collect();
    rows.sort_by(|a, b| {
        let axes = (0..axes.len()).map(|index| by_axis(a, b, index, &orders[index]));
        b.known.cmp(&a.known).then_with(|| axes.fold(Ordering::Equal, Ordering::then))
    });
}

fn orders(
    rows: &[SegmentRow],
    index: usize,
    axis: Axis,
    ranks: &RankMaster,
) -> HashMap<Option<String>, Decimal> {
    let mut sales: HashMap<Option<String>, Decimal> = HashMap::new();
    for row in rows.iter().filter(|row| row.known) {
        *sales.entry(row.keys[index].clone()).or_default() += row.figures.sales_amount;
    }
    for (value, order) in &mut sales {
        *order = value.as_deref().map_or(Decimal::MAX, |value| axis.order(value, *order, ranks));
    }
    sales
}

fn by_axis(
    a: &SegmentRow,
    b: &SegmentRow,
    index: usize,
    orders: &HashMap<Option<String>, Decimal>,
) -> Ordering {
    let (a, b) = (&a.keys[index], &b.keys[index]);
    a.is_none().cmp(&b.is_none()).then_with(|| orders.get(a).cmp(&orders.get(b))).then_with(|| a.cmp(b))
}
