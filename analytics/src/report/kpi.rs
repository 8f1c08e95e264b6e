//! `report kpi`: the figures of the other reports on one page (`docs/reports.md#kpi`).

mod page;

use rust_decimal::Decimal;
use shared::calendar::{end_of_year_before, sub_months};
use shared::exit::Failure;
use shared::message;

use page::{Line, finished};

use super::measured::{Figures, measure};
use super::options::QueryArgs;
use super::period::{Compare, Period, PeriodArgs};
use super::request::Request;
use super::shape::targets;
use super::{calls, catalog};
use crate::context::Context;
use crate::labels::{self, Label};
use crate::model::figures::figure;
use crate::model::{Dimension, Figure};
use crate::output::{Cell, Report, Unit, ratio};
use crate::warehouse::{Grid, Literal, Warehouse, render};

const CUSTOMERS_SQL: &str = include_str!("../../sql/kpi_customers.sql");

/// What `report list` calls it.
pub(super) const TITLE: Label = Label::new("KPI 一覧", "Key figures");
/// What it answers.
pub(super) const ABOUT: Label = Label::new(
    "売上・粗利・顧客・案件・見積・受注・目標・問合せ・通話の主な数字を1枚に",
    "Sales, margin, customers, pipeline, quotes, orders, targets, inquiries and calls on one page",
);

/// Products that grew or fell most, each.
const MOVERS: usize = 3;

/// The options of the KPI summary.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// The period that figures are compared with.
    #[arg(long, value_enum, default_value_t)]
    pub compare: Compare,
}

/// Figures of a report: its name, and those that are shown under an identifier of their own, with whether those of the
/// earlier period can be known.
type Part = (&'static str, Label, bool, &'static [(&'static str, &'static str)]);

const DEALS: Label = Label::new("案件", "Deals");
const ORDERS: Label = Label::new("受注", "Orders");
const CUSTOMERS: Label = Label::new("顧客", "Customers");
const INQUIRIES: Label = Label::new("問合せ", "Inquiries");
const CALLS: Label = Label::new("通話", "Calls");

const SALES: Part = (
    "customers",
    labels::SALES_AMOUNT,
    true,
    &[
        ("sales_amount", "sales_amount"),
        ("gross_profit", "gross_profit"),
        ("gross_margin_rate", "gross_margin_rate"),
        ("slips", "slips"),
        ("average_per_slip", "average_per_slip"),
        ("active_customers", "active_customers"),
        ("average_per_customer", "average_per_customer"),
        ("repeat_rate", "repeat_rate"),
    ],
);

/// What is so now has no earlier value: nobody has written it down.
const WORK: &[Part] = &[
    (
        "pipeline",
        DEALS,
        false,
        &[
            ("pipeline_amount", "amount"),
            ("pipeline_weighted_amount", "weighted_amount"),
            ("pipeline_overdue_deals", "overdue_deals"),
        ],
    ),
    ("quotes", Label::new("見積", "Quotes"), true, &[("quotes", "quotes"), ("win_rate", "win_rate")]),
    (
        "orders",
        ORDERS,
        true,
        &[("orders", "orders"), ("on_time_rate", "on_time_rate"), ("average_lead_days", "average_lead_days")],
    ),
    ("orders", ORDERS, false, &[("order_backlog", "open_amount"), ("overdue_orders", "overdue")]),
    (
        "inquiries",
        INQUIRIES,
        true,
        &[
            ("inquiries", "inquiries"),
            ("complaints", "complaints"),
            ("average_response_hours", "average_response_hours"),
        ],
    ),
    ("inquiries", INQUIRIES, false, &[("open_inquiries", "open"), ("open_complaints", "open_complaints")]),
];

/// Computes the page and writes it.
///
/// # Errors
/// As [`compute`].
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    context.emit_report(&compute(context, args)?)
}

/// Computes the page.
///
/// # Errors
/// As the reports that it takes its figures from.
pub fn compute(context: &Context, args: &Args) -> Result<Report, Failure> {
    let period = args.period.resolve(context.as_of, context.fiscal_year_start)?.compared(args.compare)?;
    let mut lines = part_lines(context, &SALES, args, &period)?;
    lines.extend(customer_lines(context, &period)?);
    lines.extend(target_line(context, args)?);
    lines.extend(expected_line(context)?);
    for part in WORK {
        lines.extend(part_lines(context, part, args, &period)?);
    }
    lines.extend(call_lines(context, args, &period)?);
    let (movers, source_rows) = movers(context, args)?;
    lines.extend(movers);
    Ok(finished(context, &period, lines, source_rows))
}

/// The options of another report for the same period, or for the earlier one.
fn query(args: &Args) -> QueryArgs {
    QueryArgs { period: args.period.clone(), compare: Some(args.compare), ..QueryArgs::default() }
}

/// What is open is open whatever the period: the pipeline counts every date, others from the first.
fn open(name: &str) -> QueryArgs {
    let from = if name == "pipeline" { None } else { chrono::NaiveDate::from_ymd_opt(1900, 1, 1) };
    QueryArgs { period: PeriodArgs { from, ..PeriodArgs::default() }, ..QueryArgs::default() }
}

fn earlier(period: &Period) -> PeriodArgs {
    let (from, to) = period.previous_days();
    PeriodArgs { from: Some(from), to: Some(to), ..PeriodArgs::default() }
}

fn requested<'a>(context: &'a Context, name: &'static str, args: &QueryArgs) -> Result<Request<'a>, Failure> {
    let report = catalog::find(name).ok_or_else(|| {
        Failure::software(message!("集計 {name} がありません", "there is no report {name}", name = name))
    })?;
    Request::new(context, report, args)
}

fn total(
    request: &Request<'_>,
    ids: &[(&str, &'static str)],
) -> Result<(Vec<&'static Figure>, Figures), Failure> {
    let figures: Vec<&'static Figure> =
        ids.iter().filter_map(|(_, id)| figure(id, request.report.table)).collect();
    let total = measure(request, &[], &figures)?.total;
    Ok((figures, total))
}

/// The figures of a report as lines.
fn part_lines(context: &Context, part: &Part, args: &Args, period: &Period) -> Result<Vec<Line>, Failure> {
    let (name, area, has_earlier, ids) = *part;
    let options = if has_earlier { query(args) } else { open(name) };
    let (figures, now) = total(&requested(context, name, &options)?, ids)?;
    let before = match has_earlier {
        true => {
            let args = QueryArgs { period: earlier(period), ..QueryArgs::default() };
            Some(total(&requested(context, name, &args)?, ids)?.1)
        }
        false => None,
    };
    let value = |of: &Figures, figure: &Figure| of.get(figure.id).copied().flatten();
    let line = |((id, _), figure): (&(&'static str, &'static str), &&'static Figure)| {
        let now = value(&now, figure);
        let before = before.as_ref().and_then(|before| value(before, figure));
        Line {
            id: (*id).to_owned(),
            report: name,
            area,
            label: figure.label.text(context.lang).to_owned(),
            value: figure.unit.cell(now),
            before: figure.unit.cell(before),
            // Rates are compared in percentage points.
            change: if figure.unit == Unit::Rate { None } else { growth(now, before) },
        }
    };
    Ok(ids.iter().zip(&figures).map(line).collect())
}

fn growth(now: Option<Decimal>, before: Option<Decimal>) -> Option<Decimal> {
    let before = before.filter(|before| *before > Decimal::ZERO)?;
    ratio(now? - before, before)
}

/// New and lost customers.
fn customer_lines(context: &Context, period: &Period) -> Result<Vec<Line>, Failure> {
    let warehouse = context.warehouse()?;
    let now = customers(&warehouse, period.days())?;
    let before = customers(&warehouse, period.previous_days())?;
    let line = |id: &str, label: Label, at: usize| Line {
        id: id.to_owned(),
        report: "movement",
        area: CUSTOMERS,
        label: label.text(context.lang).to_owned(),
        value: Cell::Count(now[at]),
        before: Cell::Count(before[at]),
        change: growth(Some(now[at].into()), Some(before[at].into())),
    };
    Ok(vec![
        line("new_customers", labels::NEW_CUSTOMERS, 0),
        line("lost_customers", labels::LOST_CUSTOMERS, 1),
    ])
}

fn customers(
    warehouse: &Warehouse,
    (from, to): (chrono::NaiveDate, chrono::NaiveDate),
) -> Result<[u64; 2], Failure> {
    let sql = render(
        CUSTOMERS_SQL,
        &[
            ("from", Literal::Date(from)),
            ("to", Literal::Date(to)),
            ("lost_from", Literal::Date(sub_months(from, 12).unwrap_or(from))),
            ("lost_to", Literal::Date(end_of_year_before(to).unwrap_or(to))),
        ],
    )?;
    let grid = Grid::of(warehouse.frame(&sql)?);
    Ok([grid.count("new_customers")?, grid.count("lost_customers")?])
}

/// What is expected in the month of the as-of date.
fn expected_line(context: &Context) -> Result<Option<Line>, Failure> {
    let month = context.as_of.format("%Y-%m").to_string();
    let period = PeriodArgs { month: Some(month), ..PeriodArgs::default() };
    let report = requested(context, "pipeline", &QueryArgs { period, ..QueryArgs::default() })?;
    let (figures, total) = total(&report, &[("", "amount")])?;
    let line = |figure: &&'static Figure| Line {
        id: "pipeline_this_month_amount".to_owned(),
        report: "pipeline",
        area: DEALS,
        label: labels::EXPECTED_THIS_MONTH.text(context.lang).to_owned(),
        value: figure.unit.cell(total.get(figure.id).copied().flatten()),
        before: Cell::None,
        change: None,
    };
    Ok(figures.first().map(line))
}

/// How much of the target was reached; without an option in the fiscal year so far.
fn target_line(context: &Context, args: &Args) -> Result<Option<Line>, Failure> {
    let found = targets::achievement(&requested(context, "targets", &query(args))?)?;
    Ok(found.map(|(target, sales)| Line {
        id: "achievement_rate".to_owned(),
        report: "targets",
        area: labels::TARGET_AMOUNT,
        label: labels::ACHIEVEMENT_RATE.text(context.lang).to_owned(),
        value: Cell::rate(ratio(sales, target)),
        before: Cell::None,
        change: None,
    }))
}

fn call_lines(context: &Context, args: &Args, period: &Period) -> Result<Vec<Line>, Failure> {
    let sums = |period: PeriodArgs| -> Result<calls::Figures, Failure> {
        Ok(calls::compute(context, &calls::Args { period, ..calls::Args::default() })?.total)
    };
    let (now, before) = (sums(args.period.clone())?, sums(earlier(period))?);
    let line = |id: &str, label: Label, read: fn(&calls::Figures) -> Option<Decimal>| Line {
        id: id.to_owned(),
        report: "calls",
        area: CALLS,
        label: label.text(context.lang).to_owned(),
        value: Cell::rate(read(&now)),
        before: Cell::rate(read(&before)),
        change: None,
    };
    let count = Line {
        id: "calls".to_owned(),
        report: "calls",
        area: CALLS,
        label: labels::CALLS_IN.text(context.lang).to_owned(),
        value: Cell::Count(now.calls),
        before: Cell::Count(before.calls),
        change: growth(Some(now.calls.into()), Some(before.calls.into())),
    };
    Ok(vec![
        count,
        line("service_level", labels::SERVICE_LEVEL_20, calls::Figures::service_level),
        line("answer_rate", labels::ANSWER_RATE, calls::Figures::answer_rate),
        line("call_repeat_rate", labels::REPEATED_CALL_RATE, calls::Figures::repeat_rate),
    ])
}

/// The products whose sales grew and fell most, and the rows behind them.
fn movers(context: &Context, args: &Args) -> Result<(Vec<Line>, u64), Failure> {
    let request = requested(context, "products", &query(args))?;
    let table = request.report.table;
    let ids = ["sales_amount", "previous_sales_amount", "change_amount", "change_rate"];
    let figures: Vec<&'static Figure> = ids.iter().filter_map(|id| figure(id, table)).collect();
    let by: Vec<Dimension> = vec![request.dimension("product")?];
    let measured =
        measure(&request, &by, &figures)?.sorted(&request, figure("change_amount", table), None)?;
    let keys = measured.grid.texts(&crate::model::Cube::key(0))?;
    let names = measured.grid.texts(&crate::model::Cube::name(0))?;
    let column = |id: &str| measured.numbers(id);
    let (now, before, change, rate) = (column(ids[0])?, column(ids[1])?, column(ids[2])?, column(ids[3])?);
    let sign = |at: &usize| change[*at].map_or(Decimal::ZERO, |change| change);
    let grew: Vec<usize> = (0..keys.len()).filter(|at| sign(at) > Decimal::ZERO).take(MOVERS).collect();
    let fell: Vec<usize> = (0..keys.len()).rev().filter(|at| sign(at) < Decimal::ZERO).take(MOVERS).collect();
    let line = |(kind, label, place, at): (&str, Label, usize, usize)| Line {
        id: format!("{kind}_{}", place + 1),
        report: "products",
        area: Label::new("商品", "Products"),
        label: {
            let name = names[at].clone().or_else(|| keys[at].clone());
            let name = name.unwrap_or_else(|| labels::UNKNOWN.text(context.lang).to_owned());
            format!("{} {}: {name}", label.text(context.lang), place + 1)
        },
        value: Cell::money(now[at]),
        before: Cell::money(before[at]),
        change: rate[at],
    };
    let grew = grew.into_iter().enumerate().map(|(place, at)| ("top_gain", labels::TOP_GAIN, place, at));
    let fell = fell.into_iter().enumerate().map(|(place, at)| ("top_loss", labels::TOP_LOSS, place, at));
    Ok((grew.chain(fell).map(line).collect(), measured.source_rows))
}
