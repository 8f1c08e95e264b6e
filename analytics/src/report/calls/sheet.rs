//! The call report as a sheet and as JSON.

use serde_json::{Map, Value, json};
use shared::call::CallOutcome;
use shared::label::{Labelled, Lang};
use shared::message;

use super::{CallAxis, CallGroup, CallReport, Figures};
use crate::context::Context;
use crate::labels::{self, Label};
use crate::output::{Cell, Sheet, SheetColumn, json_decimal_or_null};

/// The columns after the axes, before the service level.
const CALL_COLUMNS: &[SheetColumn] = &[
    SheetColumn::new(labels::CALLS),
    SheetColumn::new(labels::CALLS_ANSWERED),
    SheetColumn::new(labels::ANSWER_RATE),
    SheetColumn::new(labels::CALLS_ABANDONED),
    SheetColumn::new(labels::ABANDON_RATE),
];

/// The columns after the service level.
const TIME_COLUMNS: &[SheetColumn] = &[
    SheetColumn::new(labels::AVERAGE_WAIT),
    SheetColumn::new(labels::AVERAGE_TALK),
    SheetColumn::new(labels::AVERAGE_HOLD),
    SheetColumn::new(labels::AVERAGE_ACW),
    SheetColumn::new(labels::AVERAGE_HANDLING),
    SheetColumn::new(labels::CALLS_MISSED),
    SheetColumn::new(labels::RESPONDED),
    SheetColumn::new(labels::FIRST_RESPONSE),
    SheetColumn::terminal_only(labels::SHARE_BAR),
];

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

/// The report as a sheet for people.
pub(super) fn sheet(report: &CallReport, context: &Context) -> Sheet {
    let lang = context.lang;
    let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
    let within = message!("{n}秒以内応答率", "Within {n} s", n = report.within);
    let within = SheetColumn::named(within.text(lang));
    let axes = report.axes.iter().map(|axis| SheetColumn::new(axis.label()));
    let mut total = vec![Cell::Text(labels::TOTAL.text(lang).to_owned())];
    total.resize(report.axes.len(), Cell::Text(String::new()));
    total.extend(cells(&report.total));
    let mut footer = vec![
        line(labels::UNCERTAIN_CALLS, report.total.uncertain.to_string()),
        line(
            labels::CONTROL,
            format!(
                "{} {} / {} {}",
                labels::SYNC.text(lang),
                report.mirror_rows,
                labels::STORE.text(lang),
                report.store_rows
            ),
        ),
    ];
    if !report.up_to_date {
        footer.push(line(labels::STALE_MIRROR, String::new()));
    }
    Sheet {
        title: labels::CALL_REPORT.text(lang).to_owned(),
        header: vec![
            line(labels::AS_OF, report.as_of.to_string()),
            line(labels::PERIOD, format!("{} – {}", report.period.from, report.period.to)),
            line(labels::DIRECTION, report.direction.label(lang).to_owned()),
        ],
        columns: axes
            .chain(CALL_COLUMNS.iter().cloned())
            .chain([within])
            .chain(TIME_COLUMNS.iter().cloned())
            .collect(),
        rows: report.rows.iter().map(|row| row_cells(row, report, lang)).collect(),
        total: Some(total),
        footer,
    }
}

fn row_cells(row: &CallGroup, report: &CallReport, lang: Lang) -> Vec<Cell> {
    let keys = report.axes.iter().zip(&row.keys);
    let mut out: Vec<Cell> = keys.map(|(axis, key)| key_cell(*axis, key.as_deref(), lang)).collect();
    out.extend(cells(&row.figures));
    out
}

fn key_cell(axis: CallAxis, key: Option<&str>, lang: Lang) -> Cell {
    let text = match (axis, key) {
        (_, None) => labels::UNKNOWN.text(lang),
        (CallAxis::Weekday, Some(key)) => {
            let at = key.parse::<usize>().ok().and_then(|day| day.checked_sub(1));
            at.and_then(|at| WEEKDAYS.get(at)).map_or(key, |day| day.text(lang))
        }
        (CallAxis::Outcome, Some(key)) => return outcome(key, lang),
        (_, Some(key)) => key,
    };
    Cell::Text(text.to_owned())
}

/// An outcome; CSV has its Japanese label or, in English, its identifier.
fn outcome(identifier: &str, lang: Lang) -> Cell {
    let label = CallOutcome::from_identifier(identifier).map_or(identifier, |outcome| outcome.label(lang));
    Cell::word(label, if lang == Lang::Ja { label } else { identifier })
}

fn cells(figures: &Figures) -> Vec<Cell> {
    let number = |value: Option<rust_decimal::Decimal>| value.map_or(Cell::None, Cell::Number);
    vec![
        Cell::Count(figures.calls),
        Cell::Count(figures.answered),
        Cell::rate(figures.answer_rate()),
        Cell::Count(figures.abandoned),
        Cell::rate(figures.abandon_rate()),
        Cell::rate(figures.service_level()),
        number(figures.average_wait()),
        number(figures.average_talk()),
        number(figures.average_hold()),
        number(figures.average_acw()),
        number(figures.average_handling()),
        Cell::Count(figures.missed),
        Cell::Count(figures.responded),
        number(figures.average_response()),
        figures.service_level().map_or(Cell::None, Cell::Bar),
    ]
}

/// The report as JSON (`docs/reports.md#calls`).
pub(super) fn json(report: &CallReport) -> Value {
    json!({
        "report": "calls",
        "as_of": report.as_of,
        "from": report.period.from,
        "to": report.period.to,
        "by": report.axes.iter().map(|axis| axis.name()).collect::<Vec<_>>(),
        "direction": report.direction.name(),
        "within_seconds": report.within,
        "rows": report.rows.iter().map(|row| json_row(row, &report.axes)).collect::<Vec<_>>(),
        "total": json_figures(&report.total),
        "control": {"mirror_rows": report.mirror_rows, "store_rows": report.store_rows},
        "up_to_date": report.up_to_date,
    })
}

fn json_row(row: &CallGroup, axes: &[CallAxis]) -> Value {
    let mut out: Map<String, Value> =
        axes.iter().zip(&row.keys).map(|(axis, key)| (axis.name().to_owned(), json!(key))).collect();
    if let Value::Object(figures) = json_figures(&row.figures) {
        out.extend(figures);
    }
    Value::Object(out)
}

fn json_figures(figures: &Figures) -> Value {
    json!({
        "calls": figures.calls,
        "answered": figures.answered,
        "answer_rate": json_decimal_or_null(figures.answer_rate()),
        "abandoned": figures.abandoned,
        "abandon_rate": json_decimal_or_null(figures.abandon_rate()),
        "answered_within": figures.answered_within,
        "service_level": json_decimal_or_null(figures.service_level()),
        "average_wait_seconds": json_decimal_or_null(figures.average_wait()),
        "talk_seconds": figures.talk_seconds,
        "hold_seconds": figures.hold_seconds,
        "acw_seconds": figures.acw_seconds,
        "average_talk_seconds": json_decimal_or_null(figures.average_talk()),
        "average_hold_seconds": json_decimal_or_null(figures.average_hold()),
        "average_acw_seconds": json_decimal_or_null(figures.average_acw()),
        "average_handling_seconds": json_decimal_or_null(figures.average_handling()),
        "missed": figures.missed,
        "responded": figures.responded,
        "average_first_response_seconds": json_decimal_or_null(figures.average_response()),
        "uncertain": figures.uncertain,
    })
}
