//! The call report as a finished one: a row for each group, or a cross table of one figure.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use shared::call::CallOutcome;
use shared::exit::Failure;
use shared::label::{Labelled, Lang};
use shared::message;

use super::{CallAxis, CallGroup, CallReport, Figures};
use crate::context::Context;
use crate::labels::{self, Label};
use crate::output::{Cell, Chart, ChartKind, Report, Sheet, SheetColumn, Unit, json_decimal_or_null};

/// How a figure is read from sums.
type Read = fn(&Figures) -> Cell;

/// The figures: identifier, label, unit, how soon the column goes, value.
const FIGURES: &[(&str, Label, Unit, u8, Read)] = &[
    ("calls", labels::CALLS, Unit::Count, 0, |sums| Cell::Count(sums.calls)),
    ("answered", labels::CALLS_ANSWERED, Unit::Count, 2, |sums| Cell::Count(sums.answered)),
    ("answer_rate", labels::ANSWER_RATE, Unit::Rate, 0, |sums| Cell::rate(sums.answer_rate())),
    ("abandoned", labels::CALLS_ABANDONED, Unit::Count, 4, |sums| Cell::Count(sums.abandoned)),
    ("abandon_rate", labels::ABANDON_RATE, Unit::Rate, 3, |sums| Cell::rate(sums.abandon_rate())),
    ("answered_within", labels::ANSWERED_IN_TIME, Unit::Count, 9, |sums| Cell::Count(sums.answered_within)),
    (SERVICE_LEVEL, labels::SERVICE_LEVEL, Unit::Rate, 0, |sums| Cell::rate(sums.service_level())),
    ("average_wait_seconds", labels::AVERAGE_WAIT, Unit::Seconds, 3, |sums| number(sums.average_wait())),
    ("average_talk_seconds", labels::AVERAGE_TALK, Unit::Seconds, 4, |sums| number(sums.average_talk())),
    ("average_hold_seconds", labels::AVERAGE_HOLD, Unit::Seconds, 6, |sums| number(sums.average_hold())),
    ("average_acw_seconds", labels::AVERAGE_ACW, Unit::Seconds, 5, |sums| number(sums.average_acw())),
    ("average_handling_seconds", labels::AVERAGE_HANDLING, Unit::Seconds, 2, |sums| {
        number(sums.average_handling())
    }),
    ("missed", labels::CALLS_MISSED, Unit::Count, 1, |sums| Cell::Count(sums.missed)),
    ("responded", labels::RESPONDED, Unit::Count, 3, |sums| Cell::Count(sums.responded)),
    ("average_first_response_seconds", labels::FIRST_RESPONSE, Unit::Seconds, 5, |sums| {
        number(sums.average_response())
    }),
    ("repeated", labels::REPEATED_CALLS, Unit::Count, 4, |sums| Cell::Count(sums.repeated)),
    ("repeat_rate", labels::REPEATED_CALL_RATE, Unit::Rate, 6, |sums| Cell::rate(sums.repeat_rate())),
    ("talk_seconds", labels::TALK_SECONDS, Unit::Seconds, 9, |sums| Cell::Count(sums.talk_seconds)),
    ("hold_seconds", labels::HOLD_SECONDS, Unit::Seconds, 9, |sums| Cell::Count(sums.hold_seconds)),
    ("acw_seconds", labels::ACW_SECONDS, Unit::Seconds, 9, |sums| Cell::Count(sums.acw_seconds)),
    ("uncertain", labels::UNCERTAIN_CALLS, Unit::Count, 9, |sums| Cell::Count(sums.uncertain)),
];

/// The figure whose heading names the seconds.
const SERVICE_LEVEL: &str = "service_level";

/// The days of the week, Monday first (ISO 8601).
const WEEKDAYS: [Label; 7] = [
    Label::new("月", "Mon"),
    Label::new("火", "Tue"),
    Label::new("水", "Wed"),
    Label::new("木", "Thu"),
    Label::new("金", "Fri"),
    Label::new("土", "Sat"),
    Label::new("日", "Sun"),
];

fn number(value: Option<Decimal>) -> Cell {
    value.map_or(Cell::None, Cell::Number)
}

/// The finished report; with `across`, the second axis goes across and the cells are that figure.
///
/// # Errors
/// There is no such figure, or no second axis: exit code 64.
pub(super) fn finished(
    report: &CallReport,
    across: Option<&str>,
    context: &Context,
) -> Result<Report, Failure> {
    let lang = context.lang;
    let mut sheet = match across {
        Some(figure) => crossed(report, figure, lang)?,
        None => rows(report, lang),
    };
    let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
    sheet.title = labels::CALL_REPORT.text(lang).to_owned();
    sheet.header = vec![
        line(labels::AS_OF, report.as_of.to_string()),
        line(labels::PERIOD, format!("{} – {}", report.period.from, report.period.to)),
        line(labels::DIRECTION, report.direction.label(lang).to_owned()),
    ];
    let (mirror, store) = (labels::SYNC.text(lang), labels::STORE.text(lang));
    let control = format!("{mirror} {} / {store} {}", report.mirror_rows, report.store_rows);
    sheet.footer = vec![
        line(labels::UNCERTAIN_CALLS, report.total.uncertain.to_string()),
        line(labels::CONTROL, control),
    ];
    let mut notes = Vec::new();
    if !report.up_to_date {
        notes.push(labels::STALE_MIRROR.text(lang).to_owned());
    }
    sheet.footer.extend(notes.iter().map(|note| (note.clone(), String::new())));
    let mut control = Map::new();
    control.insert("source_rows".to_owned(), json!(report.total.calls));
    control.insert("mirror_rows".to_owned(), json!(report.mirror_rows));
    control.insert("store_rows".to_owned(), json!(report.store_rows));
    Ok(Report {
        id: "calls".to_owned(),
        as_of: report.as_of,
        period: Some(report.period.days()),
        filters: json!({"direction": [report.direction.name()]}),
        chart: Some(chart(report, &sheet, across)),
        sheet,
        control,
        definitions: Vec::new(),
        notes,
        own_fields: own_fields(report),
    })
}

/// The fields that this report had before all reports had the same ones.
fn own_fields(report: &CallReport) -> Map<String, Value> {
    let total = FIGURES.iter().map(|(id, _, _, _, read)| ((*id).to_owned(), json_cell(&read(&report.total))));
    let fields = [
        ("from", json!(report.period.from)),
        ("to", json!(report.period.to)),
        ("by", json!(report.axes.iter().map(|axis| axis.name()).collect::<Vec<_>>())),
        ("direction", json!(report.direction.name())),
        ("within_seconds", json!(report.within)),
        ("repeated_within_hours", json!(report.repeated_within)),
        ("total", Value::Object(total.collect())),
        ("up_to_date", json!(report.up_to_date)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn json_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Count(count) => json!(count),
        Cell::Rate(number) | Cell::Number(number) => json_decimal_or_null(Some(*number)),
        _ => Value::Null,
    }
}

/// Two attributes are a heat map, months and days a line, others bars.
fn chart(report: &CallReport, sheet: &Sheet, across: Option<&str>) -> Chart {
    let names: Vec<String> = report.axes.iter().map(|axis| axis.name().to_owned()).collect();
    let kind = match report.axes.as_slice() {
        [_, _] => ChartKind::Heat,
        [CallAxis::Day | CallAxis::Month] => ChartKind::Lines,
        _ => ChartKind::Bars,
    };
    let Some(figure) = across else {
        return Chart { kind, names, values: vec!["calls".to_owned()] };
    };
    let columns = sheet.columns.iter().skip(1).map(|column| column.id.to_string());
    let values = columns.filter(|id| id != figure).collect();
    Chart { kind, names: names.into_iter().take(1).collect(), values }
}

fn heading(id: &'static str, label: Label, unit: Unit, report: &CallReport, lang: Lang) -> SheetColumn {
    let column = SheetColumn::figure(id, label, unit);
    if id != SERVICE_LEVEL {
        return column;
    }
    column.headed(message!("{n}秒以内応答率", "Within {n} s", n = report.within).text(lang))
}

/// A row for each group.
fn rows(report: &CallReport, lang: Lang) -> Sheet {
    let axes = report.axes.iter().map(|axis| SheetColumn::figure(axis.name(), axis.label(), Unit::Text));
    let figures = FIGURES.iter().map(|(id, label, unit, priority, _)| {
        heading(id, *label, *unit, report, lang).prioritised(*priority)
    });
    let cells = |sums: &Figures| -> Vec<Cell> {
        let figures = FIGURES.iter().map(|(.., read)| read(sums));
        figures.chain([sums.service_level().map_or(Cell::None, Cell::Bar)]).collect()
    };
    let row = |row: &CallGroup| {
        let keys = report.axes.iter().zip(&row.keys);
        keys.map(|(axis, key)| key_cell(*axis, key.as_deref(), lang)).chain(cells(&row.figures)).collect()
    };
    let mut total = vec![Cell::Text(labels::TOTAL.text(lang).to_owned())];
    total.resize(report.axes.len(), Cell::Text(String::new()));
    total.extend(cells(&report.total));
    Sheet {
        columns: axes.chain(figures).chain([SheetColumn::terminal_only(labels::SHARE_BAR)]).collect(),
        rows: report.rows.iter().map(row).collect(),
        total: Some(total),
        ..Sheet::default()
    }
}

/// The second axis across, with the totals of rows and columns.
fn crossed(report: &CallReport, figure: &str, lang: Lang) -> Result<Sheet, Failure> {
    let [first, second] = report.axes.as_slice() else {
        return Err(Failure::usage(message!(
            "--across には --by に属性を2つ指定してください(例: --by half_hour,weekday)",
            "--across needs two attributes in --by, such as --by half_hour,weekday",
        )));
    };
    let Some((id, label, unit, _, read)) = FIGURES.iter().find(|(id, ..)| *id == figure) else {
        let known: Vec<&str> = FIGURES.iter().map(|(id, ..)| *id).collect();
        return Err(Failure::usage(message!(
            "--figure {figure}: 次のいずれかを指定してください: {known}",
            "--figure {figure}: choose one of {known}",
            figure = figure,
            known = known.join(", "),
        )));
    };
    let sum = |down: Option<&Option<String>>, over: Option<&Option<String>>| {
        let mut sums = None;
        for row in &report.rows {
            if down.is_none_or(|key| *key == row.keys[0]) && over.is_none_or(|key| *key == row.keys[1]) {
                sums.get_or_insert_with(Figures::default).add(&row.figures);
            }
        }
        sums.map_or(Cell::None, |sums| read(&sums))
    };
    let values = |at: usize| {
        let mut values: Vec<&Option<String>> = report.rows.iter().map(|row| &row.keys[at]).collect();
        values.sort_by_key(|value| (value.is_none(), *value));
        values.dedup();
        values
    };
    let (down, over) = (values(0), values(1));
    let mut columns = vec![SheetColumn::figure(first.name(), first.label(), Unit::Text)];
    for key in &over {
        let shown = key_text(*second, key.as_deref(), lang);
        let id = format!("{}:{}", second.name(), key.as_deref().unwrap_or("unknown"));
        columns.push(SheetColumn::figure("", *label, *unit).headed(&shown).identified(id));
    }
    columns.push(heading(id, *label, *unit, report, lang));
    let row = |key: &&Option<String>| {
        let cells = over.iter().map(|over| sum(Some(key), Some(over)));
        std::iter::once(key_cell(*first, key.as_deref(), lang))
            .chain(cells)
            .chain([sum(Some(key), None)])
            .collect()
    };
    let total = std::iter::once(Cell::Text(labels::TOTAL.text(lang).to_owned()));
    let total = total.chain(over.iter().map(|key| sum(None, Some(key)))).chain([sum(None, None)]);
    Ok(Sheet {
        columns,
        rows: down.iter().map(row).collect(),
        total: Some(total.collect()),
        ..Sheet::default()
    })
}

/// The value of an axis: people read its label, programs its identifier.
fn key_cell(axis: CallAxis, key: Option<&str>, lang: Lang) -> Cell {
    Cell::word(&key_text(axis, key, lang), key.unwrap_or_default())
}

fn key_text(axis: CallAxis, key: Option<&str>, lang: Lang) -> String {
    let text = match (axis, key) {
        (_, None) => labels::UNKNOWN.text(lang),
        (CallAxis::Weekday, Some(key)) => {
            let at = key.parse::<usize>().ok().and_then(|day| day.checked_sub(1));
            at.and_then(|at| WEEKDAYS.get(at)).map_or(key, |day| day.text(lang))
        }
        (CallAxis::Outcome, Some(key)) => {
            CallOutcome::from_identifier(key).map_or(key, |outcome| outcome.label(lang))
        }
        (_, Some(key)) => key,
    };
    text.to_owned()
}
