//! The page of key figures.

use rust_decimal::Decimal;
use serde_json::{Map, json};
use shared::label::Lang;
use shared::message;

use super::TITLE;
use crate::context::Context;
use crate::labels::{self, Label};
use crate::output::{Cell, Report, Sheet, SheetColumn, Unit};
use crate::report::period::Period;

/// A line of the page.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) report: &'static str,
    pub(super) area: Label,
    pub(super) label: String,
    pub(super) value: Cell,
    pub(super) before: Cell,
    pub(super) change: Option<Decimal>,
}

/// The finished page.
pub(super) fn finished(context: &Context, period: &Period, lines: Vec<Line>, source_rows: u64) -> Report {
    let lang = context.lang;
    let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
    let rows = lines.into_iter().map(|line| {
        vec![
            Cell::Text(line.area.text(lang).to_owned()),
            Cell::word(&line.label, &line.id),
            line.value,
            line.before,
            Cell::rate(line.change),
            Cell::Text(line.report.to_owned()),
        ]
    });
    let previous = format!("{} – {}", period.previous_from, period.previous_to);
    let mut control = Map::new();
    control.insert("source_rows".to_owned(), json!(source_rows));
    Report {
        id: "kpi".to_owned(),
        as_of: context.as_of,
        period: Some(period.days()),
        filters: json!({}),
        sheet: Sheet {
            title: TITLE.text(lang).to_owned(),
            header: vec![
                line(labels::AS_OF, context.as_of.to_string()),
                line(labels::PERIOD, format!("{} – {}", period.from, period.to)),
                line(labels::COMPARED_PERIOD, previous),
            ],
            columns: columns().to_vec(),
            rows: rows.collect(),
            total: None,
            footer: Vec::new(),
        },
        control,
        definitions: Vec::new(),
        chart: None,
        notes: vec![note(lang)],
        own_fields: Map::new(),
    }
}

fn columns() -> [SheetColumn; 6] {
    [
        SheetColumn::figure("area", labels::KPI_AREA, Unit::Text),
        SheetColumn::figure("kpi", labels::KPI, Unit::Text),
        SheetColumn::figure("value", labels::THIS_PERIOD, Unit::Number),
        SheetColumn::figure("previous_value", labels::COMPARED_PERIOD, Unit::Number).prioritised(2),
        SheetColumn::figure("change_rate", labels::CHANGE_RATE, Unit::Rate).prioritised(1),
        SheetColumn::figure("report", labels::REPORT, Unit::Text).prioritised(4),
    ]
}

fn note(lang: Lang) -> String {
    let note = message!(
        "案件・受注残・未完了は基準日時点、目標は期間の指定がなければ年度の初めから",
        "pipeline, backlog and open cases are as of the as-of date; targets count from the beginning of the fiscal year unless a period is given",
    );
    note.text(lang).to_owned()
}
