//! Writes the extension fields of one file's rows.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use crate::dataset::{EXTENSION_FIELDS, EXTENSION_VALUES, ExtensionKind};
use crate::import::layout::extension_field::{ExtensionColumn, ExtensionField};
use crate::import::parse::extension_value::stored_form;
use crate::import::report::fault::CellFault;
use crate::store::{Reader, RowOutcome, StoreError, Transaction, Value};

/// Writes the fields of one file's rows.
#[derive(Debug)]
pub(super) struct FieldWriter {
    /// Hashes of the values in the store: an empty cell clears a stored value, and is not stored otherwise.
    filled: HashSet<u64>,
    row: Vec<Option<Value>>,
    place: Option<Value>,
    /// When the values change.
    now: DateTime<Utc>,
}

impl FieldWriter {
    /// For a file with such columns: reads which values there are, 8 bytes each.
    pub(super) fn new(
        reader: &mut Reader,
        fields: &[ExtensionColumn],
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, StoreError> {
        if fields.is_empty() {
            return Ok(None);
        }
        let mut filled = HashSet::new();
        let at = ["dataset", "row_key", "field_code"];
        let at = at.map(|name| EXTENSION_VALUES.column_index(name).unwrap_or(usize::MAX));
        reader.scan(&EXTENSION_VALUES, None, &mut |row| {
            filled.insert(hash(at.map(|at| row.text(at).unwrap_or_default())));
            ControlFlow::Continue(())
        })?;
        let row = vec![None; EXTENSION_VALUES.columns.len()];
        Ok(Some(Self { filled, row, place: Some(Value::Null), now }))
    }

    /// Defines the new fields.
    pub(super) fn define(
        tx: &mut Transaction<'_>,
        fields: &[ExtensionColumn],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for column in fields.iter().filter(|column| column.field.is_new) {
            let field = &column.field;
            let value = |name: &str| match name {
                "dataset" => Some(Value::Text(field.dataset.clone())),
                "field_code" => Some(Value::Text(field.code.clone())),
                "label_ja" => Some(Value::Text(field.label.clone())),
                "kind" => Some(Value::Text(ExtensionKind::Text.as_str().to_owned())),
                _ => None,
            };
            let row: Vec<Option<Value>> =
                EXTENSION_FIELDS.columns.iter().map(|column| value(column.name)).collect();
            tx.upsert(&EXTENSION_FIELDS, &row, now)?;
        }
        Ok(())
    }

    /// Checks a cell and writes it; `None` when it is empty and nothing was stored.
    pub(super) fn write(
        &mut self,
        tx: &mut Transaction<'_>,
        field: &ExtensionField,
        row_key: &str,
        cell: &str,
    ) -> Result<Result<Option<RowOutcome>, CellFault>, StoreError> {
        let text = match stored_form(field.kind, cell, &mut self.place) {
            Ok(text) => text,
            Err(fault) => return Ok(Err(fault)),
        };
        let place = hash([field.dataset.as_str(), row_key, field.code.as_str()]);
        if text.is_none() && !self.filled.contains(&place) {
            return Ok(Ok(None));
        }
        self.filled.insert(place);
        for (at, column) in EXTENSION_VALUES.columns.iter().enumerate() {
            self.row[at] = match column.name {
                "dataset" => Some(Value::Text(field.dataset.clone())),
                "row_key" => Some(Value::Text(row_key.to_owned())),
                "field_code" => Some(Value::Text(field.code.clone())),
                "value" => Some(text.clone().map_or(Value::Null, Value::Text)),
                _ => None,
            };
        }
        tx.upsert(&EXTENSION_VALUES, &self.row, self.now).map(|outcome| Ok(Some(outcome)))
    }
}

fn hash(parts: [&str; 3]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}
