//! A finished report, from which every format is written.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use shared::label::Lang;

use super::{Cell, Sheet, json_decimal};

/// A finished report: the sheet for people, and what programs need beside it.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its name on the command line.
    pub id: String,
    /// The as-of date.
    pub as_of: NaiveDate,
    /// First and last day of the period, both included; `None` for reports as of one day.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The filters, by identifier.
    pub filters: Value,
    /// The rows under columns with identifiers and units, the totals, header and footer.
    pub sheet: Sheet,
    /// What the totals were checked against, by identifier.
    pub control: Map<String, Value>,
    /// What the figures mean, for a workbook's and a page's last part.
    pub definitions: Vec<Definition>,
    /// The chart that shows the rows best.
    pub chart: Option<Chart>,
    /// Sentences that readers must see beside the figures.
    pub notes: Vec<String>,
    /// Fields of the JSON object that only this report has.
    pub own_fields: Map<String, Value>,
}

/// A figure in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The figure's heading.
    pub label: String,
    /// What it is and how it is computed.
    pub words: String,
}

/// How rows are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// A bar for each row.
    Bars,
    /// Bars of parts beside or above each other.
    Stacks,
    /// A line over the rows, which are points in time.
    Lines,
    /// Bars with a line of another scale: amounts and their cumulative share.
    Pareto,
    /// Cells of a matrix, the darker the larger: the second axis runs across.
    Heat,
}

/// A chart of a report's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The form.
    pub kind: ChartKind,
    /// The identifiers of the columns that name a row.
    pub names: Vec<String>,
    /// The identifiers of the columns that are drawn.
    pub values: Vec<String>,
}

impl Report {
    /// The sheet with the notes below it, for people.
    pub(crate) fn with_notes(&self) -> Sheet {
        let mut sheet = self.sheet.clone();
        sheet.footer.extend(self.notes.iter().map(|note| (note.clone(), String::new())));
        sheet
    }

    /// The JSON object of every report (`docs/reports.md#json`).
    pub fn json(&self, lang: Lang) -> Value {
        let sheet = &self.sheet;
        let shown: Vec<usize> =
            (0..sheet.columns.len()).filter(|&at| !sheet.columns[at].id.is_empty()).collect();
        let columns: Vec<Value> = shown
            .iter()
            .map(|&at| &sheet.columns[at])
            .map(|column| json!({"id": column.id, "label": column.text(lang), "unit": column.unit.id()}))
            .collect();
        let object = |row: &Vec<Cell>| -> Map<String, Value> {
            let value = |&at: &usize| (sheet.columns[at].id.to_string(), cell(row.get(at)));
            shown.iter().map(value).collect()
        };
        let totals = sheet.total.as_ref().map(|total| {
            let mut totals = object(total);
            // The cell that says "total" is no value of an axis.
            totals.retain(|id, _| {
                sheet.columns.iter().any(|column| column.id == *id && column.unit.is_number())
            });
            totals
        });
        let mut out = json!({
            "report": self.id,
            "as_of": self.as_of,
            "period": self.period.map(|(from, to)| json!({"from": from, "to": to})),
            "filters": self.filters,
            "columns": columns,
            "rows": sheet.rows.iter().map(object).collect::<Vec<_>>(),
            "totals": totals,
            "control": self.control,
            "notes": self.notes,
        });
        if let Value::Object(fields) = &mut out {
            let own = self.own_fields.iter().map(|(name, value)| (name.clone(), value.clone()));
            own.for_each(|(name, value)| {
                fields.entry(name).or_insert(value);
            });
        }
        out
    }
}

/// A cell as JSON: decimals are strings, what is unknown is null.
fn cell(cell: Option<&Cell>) -> Value {
    match cell {
        None | Some(Cell::None | Cell::Bar(_)) => Value::Null,
        Some(Cell::Word { identifier, .. }) if identifier.is_empty() => Value::Null,
        Some(Cell::Text(text) | Cell::Word { identifier: text, .. }) => json!(text),
        Some(Cell::Count(count)) => json!(count),
        Some(Cell::Integer(number)) => json!(number),
        Some(Cell::Money(number) | Cell::Number(number) | Cell::Rate(number)) => json_decimal(*number),
        Some(Cell::Date(date)) => json!(date),
        Some(Cell::Moment(moment)) => json!(moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
    }
}
