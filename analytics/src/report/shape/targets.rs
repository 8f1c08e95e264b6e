//! Sales against targets: achievement, gap, and both added up over the months.

use chrono::Datelike as _;
use clap::{Arg, ArgMatches, Command};
use rust_decimal::Decimal;
use shared::calendar::month_end;
use shared::exit::Failure;
use shared::message;

use super::columns::total_cells;
use super::{Shape, Shaped};
use crate::labels::{self, Label};
use crate::model::figures::figure;
use crate::model::time::TimeUnit;
use crate::model::{Axis, AxisKind, Cube, Dimension, Figure};
use crate::output::{Cell, Chart, SheetColumn, Unit, ratio};
use crate::report::measured::{Figures, measure};
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Targets;

const SALES: &str = "sales_amount";
const CUMULATED: [&str; 2] = ["cumulative_target_amount", "cumulative_sales_amount"];

/// Whose targets count: name, figure, what people call it.
const LEVELS: &[(&str, &str, Label)] = &[
    ("company", "company_target", Label::new("全社", "Company")),
    ("department", "department_target", Label::new("部門", "Departments")),
    ("representative", "representative_target", Label::new("担当者", "Representatives")),
];

type Level = (&'static str, &'static Figure, Label);

impl Shape for Targets {
    fn id(&self) -> &'static str {
        "targets"
    }

    fn with_options(&self, command: Command) -> Command {
        let names: Vec<&str> = LEVELS.iter().map(|(name, ..)| *name).collect();
        let help = "Whose targets count [default: those of the attributes in --by, else the company's]";
        command.arg(Arg::new("level").long("level").value_name("LEVEL").help(help).value_parser(names))
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        check(request)?;
        let level = level(request, options.get_one::<String>("level").map(String::as_str))?;
        let (_, target, _) = level;
        let sales = known(request, SALES)?;
        let mut figures = vec![sales, target];
        figures.extend(request.sort.filter(|sort| !figures.contains(sort)));
        let measured = measure(request, &request.by, &figures)?.sorted(request, request.sort, Some(sales))?;
        let mut columns = measured.key_columns();
        let mut rows = measured.key_cells(request)?;
        let mut total = total_cells(columns.len(), request);
        let (targets, sold) = (measured.numbers(target.id)?, measured.numbers(SALES)?);
        for (at, row) in rows.iter_mut().enumerate() {
            row.extend(achieved(targets[at], sold[at]));
        }
        total.extend(of_total(&measured.total, target));
        columns.extend(achieved_columns());
        if let Some(sums) = cumulated(&measured.grid, request, target)? {
            let (targets, sold) = (sums.numbers(CUMULATED[0])?, sums.numbers(CUMULATED[1])?);
            for (at, row) in rows.iter_mut().enumerate() {
                let rate = rate(targets[at], sold[at]);
                row.extend([Cell::money(targets[at]), Cell::money(sold[at]), Cell::rate(rate)]);
            }
            total.extend([Cell::None, Cell::None, Cell::None]);
            columns.extend(cumulated_columns());
        }
        let names = request.by.iter().map(Dimension::id).collect();
        let values = vec!["target_amount".to_owned(), SALES.to_owned()];
        let mut shaped = Shaped {
            columns,
            rows,
            total: Some(total),
            source_rows: measured.source_rows,
            header: vec![(labels::TARGET_LEVEL.into(), level.2.text(request.context.lang).to_owned())],
            notes: notes(request, measured.total.get(target.id).copied().flatten()),
            chart: request.report.chart.map(|kind| Chart { kind, names, values }),
            ..Shaped::default()
        };
        shaped.cut(request.top);
        Ok(shaped)
    }
}

/// Target and sales of a period as a whole, for other reports; nothing where there are no targets, or where the period
/// begins within a month.
///
/// # Errors
/// The engine refuses a query.
pub(crate) fn achievement(request: &Request<'_>) -> Result<Option<(Decimal, Decimal)>, Failure> {
    if check(request).is_err() {
        return Ok(None);
    }
    let (_, target, _) = level(request, None)?;
    let total = measure(request, &[], &[known(request, SALES)?, target])?.total;
    let value = |id: &str| total.get(id).copied().flatten();
    Ok(value(target.id).map(|target| (target, value(SALES).unwrap_or_default())))
}

/// Targets are those of whole months.
fn check(request: &Request<'_>) -> Result<(), Failure> {
    if let Some((from, _)) = request.days.filter(|(from, _)| from.day() != 1) {
        return Err(Failure::usage(message!(
            "目標は月単位です。期間を月の初日から始めてください(指定された初日: {from})",
            "targets are those of whole months; begin the period with the first day of a month, not {from}",
            from = from,
        )));
    }
    let is_shorter = |dimension: &&Dimension| {
        let Dimension::Axis(Axis { kind: AxisKind::Time(unit), .. }) = dimension else { return false };
        matches!(unit, TimeUnit::Day | TimeUnit::Week | TimeUnit::Weekday)
    };
    if let Some(dimension) = request.by.iter().find(is_shorter) {
        return Err(Failure::usage(message!(
            "目標は月単位です。--by {id} では集計できません",
            "targets are those of whole months and cannot be divided by {id}",
            id = dimension.id(),
        )));
    }
    let declared: Vec<&str> = request.report.figures.iter().map(String::as_str).collect();
    if request.figures.iter().any(|figure| !declared.contains(&figure.id)) {
        return Err(Failure::usage(message!(
            "この集計の集計値は決まっています。--figures は使えません",
            "this report has figures of its own; --figures cannot be used",
        )));
    }
    Ok(())
}

/// The targets that were asked for, else those of the attributes, else the first level that has any.
fn level(request: &Request<'_>, named: Option<&str>) -> Result<Level, Failure> {
    let level = |name: &str| -> Result<Level, Failure> {
        let found = LEVELS.iter().find(|(known, ..)| *known == name).unwrap_or(&LEVELS[0]);
        Ok((found.0, known(request, found.1)?, found.2))
    };
    if let Some(name) = named {
        return level(name);
    }
    let conditions = request.conditions.each().map(|(dimension, _)| dimension.id());
    let used: Vec<String> = request.by.iter().map(Dimension::id).chain(conditions).collect();
    let uses = |ids: &[&str]| used.iter().any(|id| ids.contains(&id.as_str()));
    if uses(&["sales_rep", "member"]) {
        return level("representative");
    }
    if uses(&["department"]) {
        return level("department");
    }
    let figures = LEVELS.iter().map(|(_, id, _)| known(request, id)).collect::<Result<Vec<_>, _>>()?;
    let total = measure(request, &[], &figures)?.total;
    let has = |(_, id, _): &&(&str, &str, Label)| total.get(id).copied().flatten().is_some();
    level(LEVELS.iter().find(has).map_or("company", |(name, ..)| name))
}

fn known(request: &Request<'_>, id: &str) -> Result<&'static Figure, Failure> {
    figure(id, request.report.table).ok_or_else(|| {
        Failure::software(message!("{id} という集計値がありません", "there is no figure {id}", id = id))
    })
}

fn rate(target: Option<Decimal>, sales: Option<Decimal>) -> Option<Decimal> {
    ratio(sales.unwrap_or_default(), target.filter(|target| *target > Decimal::ZERO)?)
}

/// Target, sales, rate, gap. Without a target nothing can be said about it.
fn achieved(target: Option<Decimal>, sales: Option<Decimal>) -> [Cell; 4] {
    let gap = target.map(|target| sales.unwrap_or_default() - target);
    [Cell::money(target), Cell::money(sales), Cell::rate(rate(target, sales)), Cell::money(gap)]
}

fn of_total(total: &Figures, target: &Figure) -> [Cell; 4] {
    let value = |id: &str| total.get(id).copied().flatten();
    achieved(value(target.id), value(SALES))
}

fn achieved_columns() -> [SheetColumn; 4] {
    [
        SheetColumn::figure("target_amount", labels::TARGET_AMOUNT, Unit::Yen),
        SheetColumn::figure(SALES, labels::SALES_AMOUNT, Unit::Yen),
        SheetColumn::figure("achievement_rate", labels::ACHIEVEMENT_RATE, Unit::Rate),
        SheetColumn::figure("gap_amount", labels::GAP_AMOUNT, Unit::Yen).prioritised(2),
    ]
}

fn cumulated_columns() -> [SheetColumn; 3] {
    [
        SheetColumn::figure(CUMULATED[0], labels::CUMULATIVE_TARGET, Unit::Yen).prioritised(4),
        SheetColumn::figure(CUMULATED[1], labels::CUMULATIVE_SALES, Unit::Yen).prioritised(4),
        SheetColumn::figure("cumulative_achievement_rate", labels::CUMULATIVE_RATE, Unit::Rate)
            .prioritised(1),
    ]
}

/// Both sums over time, for each value of the other attributes; nothing when the rows are not in the order of time.
fn cumulated(grid: &Grid, request: &Request<'_>, target: &Figure) -> Result<Option<Grid>, Failure> {
    let is_time =
        |dimension: &Dimension| matches!(dimension, Dimension::Axis(Axis { kind: AxisKind::Time(_), .. }));
    let times = request.by.iter().filter(|dimension| is_time(dimension)).count();
    if times != 1 || request.sort.is_some() {
        return Ok(None);
    }
    let others = request.by.iter().enumerate().filter(|(_, dimension)| !is_time(dimension));
    let keys: Vec<String> = others.map(|(at, _)| Cube::key(at)).collect();
    let grid = grid.clone().with_cumulated(&keys, target.id, CUMULATED[0])?;
    Ok(Some(grid.with_cumulated(&keys, SALES, CUMULATED[1])?))
}

fn notes(request: &Request<'_>, target: Option<Decimal>) -> Vec<shared::message::Message> {
    let mut notes = Vec::new();
    if target.is_none() {
        notes.push(message!(
            "この期間の目標は登録されていません(targets.csv を取り込んでください)",
            "there are no targets of this period (import targets.csv)",
        ));
    }
    if let Some((_, to)) = request.days.filter(|(_, to)| *to != month_end(*to)) {
        notes.push(message!(
            "最後の月は {to} までの実績を1か月分の目標と比べています",
            "the last month is incomplete: its sales up to {to} stand beside the target of the whole month",
            to = to,
        ));
    }
    notes
}
