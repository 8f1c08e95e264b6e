//! Which rows a report counts.

use serde_json::{Map, Value, json};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use super::axis::{Axis, AxisKind};
use super::dimension::Dimension;
use super::extension::ExtensionFields;
use super::table::{Entity, Table};
use crate::labels;
use crate::warehouse::Literal;

/// The rows of a report: for each dimension the values, of which one must match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions(Vec<(Dimension, Vec<String>)>);

impl Conditions {
    /// Reads `NAME=VALUE[,VALUE]` conditions; conditions of one dimension are alternatives.
    ///
    /// # Errors
    /// No `=`, an unknown dimension, or a value that is none of its kind: exit code 64.
    pub fn read<'a>(
        written: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>,
        table: &Table,
        fields: &ExtensionFields,
    ) -> Result<Self, Failure> {
        let mut conditions = Self::default();
        for (name, values) in written {
            let dimension = Dimension::find(name, table, fields)?;
            for value in values {
                let value = value.trim();
                let stored = if is_missing(value) { value.to_owned() } else { dimension.stored(value)? };
                if let Dimension::Axis(axis) = &dimension {
                    check_time(axis, &stored)?;
                }
                conditions.add(&dimension, stored);
            }
        }
        Ok(conditions)
    }

    /// The condition of one dimension.
    pub(crate) fn of(dimension: &Dimension, values: &[String]) -> Self {
        Self(vec![(dimension.clone(), values.to_vec())])
    }

    fn add(&mut self, dimension: &Dimension, value: String) {
        match self.0.iter_mut().find(|(known, _)| known == dimension) {
            Some((_, values)) => values.push(value),
            None => self.0.push((dimension.clone(), vec![value])),
        }
    }

    /// Whether all rows count.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The dimensions and their values.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&Dimension, &[String])> {
        self.0.iter().map(|(dimension, values)| (dimension, values.as_slice()))
    }

    /// The masters that a query must join.
    pub(crate) fn entities(&self) -> impl Iterator<Item = &'static Entity> {
        self.0.iter().filter_map(|(dimension, _)| dimension.entity())
    }

    /// The condition on a table's rows.
    pub(crate) fn sql(&self, table: &Table) -> String {
        let conditions: Vec<String> =
            self.0.iter().map(|(dimension, values)| condition(dimension, values, table)).collect();
        if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") }
    }

    /// The filters as JSON: the stored values by identifier.
    pub fn json(&self) -> Value {
        Value::Object(
            self.0.iter().map(|(dimension, values)| (dimension.id(), json!(values))).collect::<Map<_, _>>(),
        )
    }

    /// The filters as text.
    pub fn words(&self, lang: Lang) -> String {
        let all: Vec<String> = self
            .0
            .iter()
            .map(|(dimension, values)| {
                let values: Vec<String> = values.iter().map(|value| dimension.display(value, lang)).collect();
                format!("{} = {}", dimension.heading(lang), values.join(", "))
            })
            .collect();
        if all.is_empty() { labels::NO_FILTER.text(lang).to_owned() } else { all.join(" / ") }
    }
}

/// `NAME=VALUE[,VALUE]` in its parts.
///
/// # Errors
/// There is no `=`: exit code 64.
pub(crate) fn parts(written: &str) -> Result<(&str, Vec<&str>), Failure> {
    let (name, values) = written.split_once('=').ok_or_else(|| {
        Failure::usage(message!(
            "--where {written}: 「項目=値」の形で指定してください",
            "--where {written}: write NAME=VALUE",
            written = written,
        ))
    })?;
    Ok((name, values.split(',').collect()))
}

/// Whether the word means rows without a value.
pub(crate) fn is_missing(value: &str) -> bool {
    [labels::UNKNOWN.ja, labels::UNKNOWN.en].contains(&value)
}

fn check_time(axis: &Axis, value: &str) -> Result<(), Failure> {
    match axis.kind {
        AxisKind::Time(unit) if unit.sql_of_value(value).is_none() && !is_missing(value) => {
            Err(Failure::usage(message!(
                "--where {id}={value}: {id} の値ではありません(例: {example})",
                "--where {id}={value} is not a valid {id}; write {example}, for example",
                id = axis.id,
                value = value,
                example = unit.example(),
            )))
        }
        _ => Ok(()),
    }
}

fn condition(dimension: &Dimension, values: &[String], table: &Table) -> String {
    let (missing, named): (Vec<String>, Vec<String>) =
        values.iter().cloned().partition(|value| is_missing(value));
    let column = dimension.sql(table);
    let list = match dimension {
        Dimension::Axis(Axis { kind: AxisKind::Time(unit), .. }) => {
            let values: Vec<String> = named.iter().filter_map(|value| unit.sql_of_value(value)).collect();
            if values.is_empty() { "(NULL)".to_owned() } else { format!("({})", values.join(", ")) }
        }
        // Whatever the column's type, it is compared as the text that people read.
        _ => Literal::Texts(named).sql(),
    };
    let column_text = match dimension {
        Dimension::Axis(Axis { kind: AxisKind::Time(_), .. }) => column.clone(),
        _ => format!("CAST({column} AS VARCHAR)"),
    };
    let named = format!("{column_text} IN {list}");
    match missing.is_empty() {
        true => named,
        false => format!("({named} OR {column} IS NULL)"),
    }
}
