//! `report calls`: calls, answers, abandons, service level and handling time by queue, half hour, agent and more
//! (`docs/reports.md#calls`).

use chrono::NaiveDate;
use clap::ValueEnum;
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::message;

use super::calls_sheet;
use super::period::{Period, PeriodArgs};
use super::segments::too_many_axes;
use crate::context::Context;
use crate::labels::{self, Label};
use crate::output::ratio;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const CALLS: &str = include_str!("../../sql/calls.sql");

/// By what calls are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum CallAxis {
    /// The queue that the caller waited in.
    Queue,
    /// The half hour of the day in which the call began.
    HalfHour,
    /// Who answered, or whose phone rang last.
    Agent,
    /// What it was about (対応区分).
    Category,
    /// The day.
    Day,
    /// The month.
    Month,
    /// The day of the week.
    Weekday,
    /// How it ended.
    Outcome,
}

impl CallAxis {
    /// The identifier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::HalfHour => "half_hour",
            Self::Agent => "agent",
            Self::Category => "category",
            Self::Day => "day",
            Self::Month => "month",
            Self::Weekday => "weekday",
            Self::Outcome => "outcome",
        }
    }

    /// The column's heading.
    pub const fn label(self) -> Label {
        match self {
            Self::Queue => labels::QUEUE,
            Self::HalfHour => labels::HALF_HOUR,
            Self::Agent => labels::AGENT,
            Self::Category => labels::CATEGORY,
            Self::Day => labels::DAY,
            Self::Month => labels::MONTH,
            Self::Weekday => labels::WEEKDAY,
            Self::Outcome => labels::OUTCOME,
        }
    }

    /// A text that sorts as it should be read.
    const fn sql(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::HalfHour => {
                "LPAD(CAST(hour_of_day AS VARCHAR), 2, '0') || CASE WHEN minute_of_hour < 30 THEN ':00' ELSE ':30' END"
            }
            Self::Agent => "agent_code",
            Self::Category => "category",
            Self::Day => "CAST(day AS VARCHAR)",
            Self::Month => "SUBSTR(CAST(day AS VARCHAR), 1, 7)",
            // 1 is Monday (ISO 8601).
            Self::Weekday => "CAST(EXTRACT(ISODOW FROM day) AS VARCHAR)",
            Self::Outcome => "outcome",
        }
    }
}

/// Which way the calls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum CallDirection {
    /// From customers.
    #[default]
    Inbound,
    /// To customers.
    Outbound,
}

impl CallDirection {
    /// The identifier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// The options of the call report.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// By what calls are divided; give it twice (or with a comma) for pairs, such as queue,half_hour.
    #[arg(long, value_name = "ATTRIBUTE", value_enum, default_value = "queue", value_delimiter = ',')]
    pub by: Vec<CallAxis>,
    /// Service level: the share of calls that were answered within so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=3600))]
    pub within: u32,
    /// Which way the calls go.
    #[arg(long, value_enum, default_value_t)]
    pub direction: CallDirection,
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
}

/// The sums of some calls. Rates and averages are computed from them where they are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// All calls.
    pub calls: u64,
    /// Somebody answered.
    pub answered: u64,
    /// The caller gave up.
    pub abandoned: u64,
    /// Nobody answered: abandoned, rang out, busy.
    pub missed: u64,
    /// Answered within the service level's time.
    pub answered_within: u64,
    /// Time of waiting of the answered. Milliseconds.
    pub wait_ms: u64,
    /// Talk, without hold. Seconds.
    pub talk_seconds: u64,
    /// Hold. Seconds.
    pub hold_seconds: u64,
    /// After-call work. Seconds.
    pub acw_seconds: u64,
    /// Missed calls after which somebody talked with the number.
    pub responded: u64,
    /// Time from the end of these to that call. Milliseconds.
    pub response_ms: u64,
    /// Calls that were not seen whole.
    pub uncertain: u64,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.abandoned += other.abandoned;
        self.missed += other.missed;
        self.answered_within += other.answered_within;
        self.wait_ms += other.wait_ms;
        self.talk_seconds += other.talk_seconds;
        self.hold_seconds += other.hold_seconds;
        self.acw_seconds += other.acw_seconds;
        self.responded += other.responded;
        self.response_ms += other.response_ms;
        self.uncertain += other.uncertain;
    }

    /// 応答率: answered by all.
    pub fn answer_rate(&self) -> Option<Decimal> {
        ratio(self.answered.into(), self.calls.into())
    }

    /// 放棄率: abandoned by all.
    pub fn abandon_rate(&self) -> Option<Decimal> {
        ratio(self.abandoned.into(), self.calls.into())
    }

    /// サービスレベル: answered in time by all.
    pub fn service_level(&self) -> Option<Decimal> {
        ratio(self.answered_within.into(), self.calls.into())
    }

    /// ASA: average waiting of the answered. Seconds.
    pub fn average_wait(&self) -> Option<Decimal> {
        seconds(self.wait_ms, self.answered)
    }

    /// ATT: average talk. Seconds.
    pub fn average_talk(&self) -> Option<Decimal> {
        per(self.talk_seconds, self.answered)
    }

    /// Average hold. Seconds.
    pub fn average_hold(&self) -> Option<Decimal> {
        per(self.hold_seconds, self.answered)
    }

    /// Average after-call work. Seconds.
    pub fn average_acw(&self) -> Option<Decimal> {
        per(self.acw_seconds, self.answered)
    }

    /// AHT = ATT + hold + ACW. Seconds.
    pub fn average_handling(&self) -> Option<Decimal> {
        per(self.talk_seconds + self.hold_seconds + self.acw_seconds, self.answered)
    }

    /// Average time from a missed call to the first talk with its number. Seconds.
    pub fn average_response(&self) -> Option<Decimal> {
        seconds(self.response_ms, self.responded)
    }
}

/// Seconds with one place.
fn per(sum: u64, count: u64) -> Option<Decimal> {
    ratio(sum.into(), count.into()).map(|average| average.round_dp(1))
}

fn seconds(milliseconds: u64, count: u64) -> Option<Decimal> {
    ratio(Decimal::new(i64::try_from(milliseconds).ok()?, 3), count.into()).map(|average| average.round_dp(1))
}

/// Calls that have the same attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallGroup {
    /// What they have, one text for each axis; nothing where a call has nothing.
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
    /// By what calls are divided.
    pub axes: Vec<CallAxis>,
    /// The service level's time. Seconds.
    pub within: u32,
    /// Which way the calls go.
    pub direction: CallDirection,
    /// The rows in their order.
    pub rows: Vec<CallGroup>,
    /// The sum of all rows.
    pub total: Figures,
    /// Calls of the mirror, all of them, and of the store.
    pub mirror_rows: u64,
    /// Calls of the store when the mirror was made.
    pub store_rows: u64,
    /// Whether the store has not changed since.
    pub up_to_date: bool,
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let report = compute(context, args)?;
    context.emit(&calls_sheet::sheet(&report, context), &calls_sheet::json(&report))
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror, or a total that does not agree with the
/// mirror's calls, or these with the store's (70).
pub fn compute(context: &Context, args: &Args) -> Result<CallReport, Failure> {
    let period = args.period.resolve(context.as_of)?;
    let axes = checked(&args.by)?;
    let store = context.store()?;
    let warehouse = context.warehouse()?;
    let mut rows = rows(&warehouse, &axes, args, &period)?;
    rows.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut total = Figures::default();
    rows.iter().for_each(|row| total.add(&row.figures));
    let (counted, mirror_rows) = control(&warehouse, args, &period)?;
    let manifest = warehouse.manifest();
    let (store_rows, _) = manifest.total("calls", "");
    reconcile(total.calls, counted, PERIOD)?;
    reconcile(mirror_rows, store_rows, STORE)?;
    Ok(CallReport {
        as_of: context.as_of,
        period,
        axes,
        within: args.within,
        direction: args.direction,
        rows,
        total,
        mirror_rows,
        store_rows,
        up_to_date: !context.mirror().is_behind(&store, manifest)?,
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

/// What has nothing comes last.
fn order(row: &CallGroup) -> Vec<(bool, &str)> {
    row.keys.iter().map(|key| (key.is_none(), key.as_deref().unwrap_or_default())).collect()
}

fn rows(
    warehouse: &Warehouse,
    axes: &[CallAxis],
    args: &Args,
    period: &Period,
) -> Result<Vec<CallGroup>, WarehouseError> {
    let axis = |at: usize| Literal::Fragment(axes.get(at).map_or("CAST(NULL AS VARCHAR)", |axis| axis.sql()));
    let sql = render(
        CALLS,
        &[
            ("axis_1", axis(0)),
            ("axis_2", axis(1)),
            ("from", Literal::Date(period.from)),
            ("to", Literal::Date(period.to)),
            ("direction", Literal::Text(args.direction.name().to_owned())),
            ("within_ms", Literal::Integer(i64::from(args.within) * 1_000)),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let names = [
        "calls",
        "answered",
        "abandoned",
        "missed",
        "answered_within",
        "wait_ms",
        "talk_seconds",
        "hold_seconds",
        "acw_seconds",
        "responded",
        "response_ms",
        "uncertain",
    ];
    let sums = names.into_iter().map(|name| columns.counts(name)).collect::<Result<Vec<_>, _>>()?;
    let keys = ["axis_1", "axis_2"].into_iter().take(axes.len());
    let keys = keys.map(|name| columns.texts(name)).collect::<Result<Vec<_>, _>>()?;
    Ok((0..frame.height())
        .map(|at| CallGroup {
            keys: keys.iter().map(|column| column[at].clone()).collect(),
            figures: Figures {
                calls: sums[0][at],
                answered: sums[1][at],
                abandoned: sums[2][at],
                missed: sums[3][at],
                answered_within: sums[4][at],
                wait_ms: sums[5][at],
                talk_seconds: sums[6][at],
                hold_seconds: sums[7][at],
                acw_seconds: sums[8][at],
                responded: sums[9][at],
                response_ms: sums[10][at],
                uncertain: sums[11][at],
            },
        })
        .collect())
}

const CONTROL: &str = include_str!("../../sql/calls_control.sql");

/// Calls of the period, and all.
fn control(warehouse: &Warehouse, args: &Args, period: &Period) -> Result<(u64, u64), WarehouseError> {
    let sql = render(
        CONTROL,
        &[
            ("from", Literal::Date(period.from)),
            ("to", Literal::Date(period.to)),
            ("direction", Literal::Text(args.direction.name().to_owned())),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let first = |name: &str| {
        columns
            .counts(name)?
            .first()
            .copied()
            .ok_or_else(|| WarehouseError::Shape(format!("{name} has no row")))
    };
    Ok((first("counted")?, first("all_calls")?))
}
