//! `report calls`: calls, answers, abandons, service level and handling time by queue, half hour, agent and more
//! (`docs/reports.md#calls`).

mod axis;
mod figures;
mod query;
mod sheet;

use chrono::NaiveDate;
use shared::dataset::Dataset;
use shared::exit::Failure;
use shared::message;

use super::period::{Period, PeriodArgs};
use super::segments::too_many_axes;
use crate::context::Context;
use crate::labels::Label;

pub use axis::{CallAxis, CallDirection};
pub use figures::Figures;

/// The data sets that the report reads.
pub(super) const READS: &[&Dataset] = &[&shared::dataset::CALLS, &shared::dataset::CALL_PARTS];

/// What `report list` calls it.
pub(super) const TITLE: crate::labels::Label = crate::labels::Label::new("通話実績", "Calls");
/// What it answers.
pub(super) const ABOUT: crate::labels::Label = crate::labels::Label::new(
    "着信グループ・時間帯・オペレーターなどごとの応答率・待ち時間・処理時間",
    "Calls, answers, service level and handling time by queue, half hour, agent and more",
);

/// The options of the call report.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Attributes to divide calls by; give two (comma separated) for pairs, such as queue,half_hour.
    #[arg(long, value_name = "ATTRIBUTE", value_enum, default_value = "queue", value_delimiter = ',')]
    pub by: Vec<CallAxis>,
    /// Seconds within which a call counts as answered in time (service level).
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=3600))]
    pub within: u32,
    /// Hours within which another call with the same number and direction counts as repeated.
    #[arg(long, value_name = "HOURS", default_value_t = REPEATED_WITHIN, value_parser = clap::value_parser!(u32).range(1..=8_760))]
    pub repeated_within: u32,
    /// Put the second attribute across: a cross table (heat map) of one figure.
    #[arg(long)]
    pub across: bool,
    /// The figure of the cross table, as JSON calls it.
    #[arg(long, value_name = "FIGURE", default_value = "calls", requires = "across")]
    pub figure: String,
    /// Direction of the calls.
    #[arg(long, value_enum, default_value_t)]
    pub direction: CallDirection,
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
}

/// Hours within which a call is a repeated one, unless an option says otherwise.
const REPEATED_WITHIN: u32 = 24;

impl Default for Args {
    fn default() -> Self {
        Self {
            by: vec![CallAxis::Queue],
            within: 20,
            repeated_within: REPEATED_WITHIN,
            across: false,
            figure: "calls".to_owned(),
            direction: CallDirection::default(),
            period: PeriodArgs::default(),
        }
    }
}

/// Calls that have the same attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallGroup {
    /// The value of each axis; `None` for calls without it.
    pub keys: Vec<Option<String>>,
    /// Their sums.
    pub figures: Figures,
}

/// The finished report.
#[derive(Debug, Clone)]
pub struct CallReport {
    /// The as-of date.
    pub as_of: NaiveDate,
    /// The period.
    pub period: Period,
    /// The attributes that divide calls.
    pub axes: Vec<CallAxis>,
    /// Seconds within which a call counts as answered in time.
    pub within: u32,
    /// Hours within which a call counts as repeated.
    pub repeated_within: u32,
    /// The direction of the calls.
    pub direction: CallDirection,
    /// The rows in their order.
    pub rows: Vec<CallGroup>,
    /// The sum of all rows.
    pub total: Figures,
    /// All calls of the mirror.
    pub mirror_rows: u64,
    /// Calls of the store when the mirror was made.
    pub store_rows: u64,
    /// Whether no call of the store has changed since.
    pub up_to_date: bool,
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let report = compute(context, args)?;
    let across = args.across.then_some(args.figure.as_str());
    context.emit_report(&sheet::finished(&report, across, context)?)
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror, or a total that does not agree with the
/// mirror's calls, or these with the store's (70).
pub fn compute(context: &Context, args: &Args) -> Result<CallReport, Failure> {
    let period = args.period.resolve(context.as_of, context.fiscal_year_start)?;
    let axes = checked(&args.by)?;
    let store = context.store()?;
    let warehouse = context.warehouse()?;
    let mut rows = query::rows(&warehouse, &axes, args, &period)?;
    rows.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut total = Figures::default();
    rows.iter().for_each(|row| total.add(&row.figures));
    let (counted, mirror_rows) = query::control(&warehouse, &axes, args, &period)?;
    let manifest = warehouse.manifest();
    let (store_rows, _) = manifest.total("calls", "");
    reconcile(total.calls, counted, PERIOD)?;
    reconcile(mirror_rows, store_rows, STORE)?;
    Ok(CallReport {
        as_of: context.as_of,
        period,
        axes,
        within: args.within,
        repeated_within: args.repeated_within,
        direction: args.direction,
        rows,
        total,
        mirror_rows,
        store_rows,
        up_to_date: !context.mirror().is_behind(&store, manifest, READS)?,
    })
}

const PERIOD: Label = Label::new("集計が期間内の通話", "the mirror's calls of the period");
const STORE: Label = Label::new("集計用データが元データ", "the store");

fn reconcile(found: u64, expected: u64, what: Label) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    Err(Failure::software(message!(
        "{what}と一致しません({found} 件、正しくは {expected} 件)。analytics --store FILE sync --rebuild で作り直してください",
        "the report does not agree with {what}: {found} calls instead of {expected}; run: analytics --store FILE sync --rebuild",
        what = what,
        found = found,
        expected = expected,
    )))
}

fn checked(by: &[CallAxis]) -> Result<Vec<CallAxis>, Failure> {
    match by {
        [one] => Ok(vec![*one]),
        [one, two] if one != two => Ok(vec![*one, *two]),
        _ => Err(too_many_axes()),
    }
}

/// Calls without the attribute come last.
fn order(row: &CallGroup) -> Vec<(bool, &str)> {
    row.keys.iter().map(|key| (key.is_none(), key.as_deref().unwrap_or_default())).collect()
}
