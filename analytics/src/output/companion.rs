//! What stands beside the rows of a report: conditions, totals, control totals, definitions and notes, one fact a line.
//! A CSV file has it in a file of its own, a workbook on its second sheet.

use serde_json::Value;
use shared::label::Lang;

use super::exact::exact;
use super::{Report, Sheet};
use crate::labels::{self, Label};

const CONDITIONS: Label = Label::new("条件", "Conditions");
const DEFINITIONS: Label = Label::new("用語", "Definitions");
const NOTES: Label = Label::new("注記", "Notes");

/// One fact beside the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// What kind of fact it is.
    pub(super) group: Label,
    /// What it is about.
    pub(super) name: String,
    /// The value; empty for a sentence.
    pub(super) value: String,
}

/// The facts beside a sheet, and those of its report.
pub(super) fn facts(sheet: &Sheet, report: Option<&Report>, lang: Lang) -> Vec<Fact> {
    let fact = |group: Label| {
        move |(name, value): &(String, String)| Fact { group, name: name.clone(), value: value.clone() }
    };
    let mut out: Vec<Fact> = sheet.header.iter().map(fact(CONDITIONS)).collect();
    let totals = sheet.columns.iter().zip(sheet.total.iter().flatten());
    let totals = totals.filter(|(column, _)| !column.drawn && !column.terminal_only);
    let totals = totals.map(|(column, cell)| (column.text(lang).to_owned(), exact(cell)));
    let totals: Vec<_> = totals.filter(|(_, value)| !value.is_empty()).collect();
    out.extend(totals.iter().map(fact(labels::TOTAL)));
    out.extend(sheet.footer.iter().map(fact(labels::CONTROL)));
    let Some(report) = report else { return out };
    let mut flat = Vec::new();
    flatten("", &report.filters, &mut flat);
    out.extend(flat.iter().map(fact(labels::FILTERS)));
    let mut flat = Vec::new();
    flatten("", &Value::Object(report.control.clone()), &mut flat);
    out.extend(flat.iter().map(fact(labels::CONTROL)));
    let defined = report.definitions.iter().map(|each| (each.label.clone(), each.words.clone()));
    out.extend(defined.collect::<Vec<_>>().iter().map(fact(DEFINITIONS)));
    let notes = report.notes.iter().map(|note| (note.clone(), String::new()));
    out.extend(notes.collect::<Vec<_>>().iter().map(fact(NOTES)));
    out
}

/// The values of a JSON object under their identifiers: `mirror.rows`.
fn flatten(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (field, value) in fields {
                let path = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                flatten(&path, value, out);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(text).collect();
            if !texts.is_empty() {
                out.push((name.to_owned(), texts.join(", ")));
            }
        }
        value => out.push((name.to_owned(), text(value))),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_values_have_the_path_of_their_identifiers() {
        let value =
            serde_json::json!({"rows": 3, "mirror": {"amount": "1.5", "gone": null}, "by": ["a", "b"]});
        let mut out = Vec::new();
        flatten("", &value, &mut out);
        let flat: Vec<(&str, &str)> =
            out.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(flat, [("by", "a, b"), ("mirror.amount", "1.5"), ("rows", "3")]);
    }
}
