//! Extension fields: columns of a file that a company has defined for itself, or defines by `--extend`.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use unicode_normalization::UnicodeNormalization;

use super::cell::{CODE_CHARS_MAX, CellFault, convert};
use crate::dataset::{self, Column, ColumnKind, Dataset};
use crate::store::{Reader, RowOutcome, StoreError, Transaction, Value};
use crate::text::search_key;

/// In front of a field's code in a header.
const PREFIX: &str = "ext:";

/// A column of the file that is an extension field.
#[derive(Debug, Clone)]
pub(super) struct ExtensionColumn {
    pub(super) cell: usize,
    /// The position, among the file's data sets, of the one whose field it is.
    pub(super) target: usize,
    pub(super) field: Field,
}

/// An extension field of a data set.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) dataset: String,
    pub(super) code: String,
    label: String,
    kind: ColumnKind,
    /// Whether the store does not have it yet.
    new: bool,
}

impl Field {
    /// Whether this import defines it.
    pub(super) fn is_new(&self) -> bool {
        self.new
    }
}

/// The fields that the store defines.
#[derive(Debug, Default)]
pub(super) struct Extensions {
    fields: Vec<Field>,
    /// Whether the store can hold fields at all.
    known: bool,
}

impl Extensions {
    /// Reads the definitions.
    pub(super) fn load(reader: &mut Reader) -> Result<Self, StoreError> {
        let mut extensions = Self::default();
        let Some(definitions) = dataset::by_name("extension_fields") else { return Ok(extensions) };
        extensions.known = dataset::by_name("extension_values").is_some();
        let at = |name: &str| definitions.column_index(name).unwrap_or(usize::MAX);
        let (dataset, code, label, kind) = (at("dataset"), at("field_code"), at("label_ja"), at("kind"));
        let fields = &mut extensions.fields;
        reader.scan(definitions, None, &mut |row| {
            let text = |at| row.text(at).unwrap_or_default().to_owned();
            let kind = column_kind(row.text(kind));
            fields.push(Field {
                dataset: text(dataset),
                code: text(code),
                label: text(label),
                kind,
                new: false,
            });
            ControlFlow::Continue(())
        })?;
        Ok(extensions)
    }

    /// The field that a header names by `ext:CODE`, its code or its label; with `define` a new field of text for
    /// a header that names none.
    pub(super) fn field(&self, dataset: &Dataset, header: &str, define: bool) -> Option<Field> {
        if !self.known || dataset.name.starts_with("extension_") {
            return None;
        }
        let name = header.strip_prefix(PREFIX).unwrap_or(header);
        let key = search_key(name);
        let own = || self.fields.iter().filter(|field| field.dataset == dataset.name);
        let known = own().find(|field| search_key(&field.code) == key);
        let known = known.or_else(|| own().find(|field| search_key(&field.label) == key)).cloned();
        known.or_else(|| {
            let code: String =
                name.nfkc().filter(|c| !c.is_whitespace() && *c != '/').take(CODE_CHARS_MAX).collect();
            let usable = define && !key.is_empty() && !code.chars().any(char::is_control);
            let (dataset, label) = (dataset.name.to_owned(), name.trim().to_owned());
            usable.then_some(Field { dataset, code, label, kind: ColumnKind::Text, new: true })
        })
    }
}

/// Writes the fields of one file's rows.
#[derive(Debug)]
pub(super) struct FieldWriter {
    values: &'static Dataset,
    /// Hashes of the values that are there: an empty cell empties what is there, and makes nothing.
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
        let Some(values) = dataset::by_name("extension_values").filter(|_| !fields.is_empty()) else {
            return Ok(None);
        };
        let mut filled = HashSet::new();
        let at = ["dataset", "row_key", "field_code"];
        let at = at.map(|name| values.column_index(name).unwrap_or(usize::MAX));
        reader.scan(values, None, &mut |row| {
            filled.insert(hash(at.map(|at| row.text(at).unwrap_or_default())));
            ControlFlow::Continue(())
        })?;
        let row = vec![None; values.columns.len()];
        Ok(Some(Self { values, filled, row, place: Some(Value::Null), now }))
    }

    /// Defines the fields that are new.
    pub(super) fn define(
        tx: &mut Transaction<'_>,
        fields: &[ExtensionColumn],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(definitions) = dataset::by_name("extension_fields") else { return Ok(()) };
        for column in fields.iter().filter(|column| column.field.new) {
            let field = &column.field;
            let value = |name: &str| match name {
                "dataset" => Some(Value::Text(field.dataset.clone())),
                "field_code" => Some(Value::Text(field.code.clone())),
                "label_ja" => Some(Value::Text(field.label.clone())),
                "kind" => Some(Value::Text("text".to_owned())),
                _ => None,
            };
            let row: Vec<Option<Value>> =
                definitions.columns.iter().map(|column| value(column.name)).collect();
            tx.upsert(definitions, &row, now)?;
        }
        Ok(())
    }

    /// Checks a cell and writes it in the form in which values are kept; nothing when it is empty and was.
    pub(super) fn write(
        &mut self,
        tx: &mut Transaction<'_>,
        field: &Field,
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
        for (at, column) in self.values.columns.iter().enumerate() {
            self.row[at] = match column.name {
                "dataset" => Some(Value::Text(field.dataset.clone())),
                "row_key" => Some(Value::Text(row_key.to_owned())),
                "field_code" => Some(Value::Text(field.code.clone())),
                "value" => Some(text.clone().map_or(Value::Null, Value::Text)),
                _ => None,
            };
        }
        tx.upsert(self.values, &self.row, self.now).map(|outcome| Ok(Some(outcome)))
    }
}

/// A value as it is kept: a number without separators, a date as `YYYY-MM-DD`, yes or no as 1 or 0.
fn stored_form(kind: ColumnKind, cell: &str, place: &mut Option<Value>) -> Result<Option<String>, CellFault> {
    let column = Column {
        name: "value",
        label_ja: "",
        aliases: &[],
        kind,
        required: false,
        default: None,
        description: "",
    };
    convert(&column, cell, place)?;
    Ok(match place {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Integer(number)) if kind == ColumnKind::Decimal => {
            Some(crate::money::from_scaled(*number).to_string())
        }
        Some(Value::Integer(number)) => Some(number.to_string()),
        _ => None,
    })
}

/// A value of an extension field as it is kept, from any way in which a file or a person may write it. `kind` is
/// that of the field's definition.
///
/// # Errors
/// What is wrong with the text, in words.
pub fn field_value(kind: &str, text: &str) -> Result<String, String> {
    let stored = stored_form(column_kind(Some(kind)), text, &mut None);
    stored.map(Option::unwrap_or_default).map_err(|fault| fault.message)
}

fn column_kind(kind: Option<&str>) -> ColumnKind {
    match kind {
        Some("number") => ColumnKind::Decimal,
        Some("date") => ColumnKind::Date,
        Some("flag") => ColumnKind::Flag,
        _ => ColumnKind::Text,
    }
}

fn hash(parts: [&str; 3]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The key of a row as exports write it, its parts joined by `/`.
pub(super) fn row_key<'v>(parts: impl Iterator<Item = &'v Option<Value>>) -> String {
    let mut key = String::new();
    for (at, part) in parts.enumerate() {
        if at > 0 {
            key.push('/');
        }
        match part {
            Some(Value::Text(text)) => key.push_str(text),
            Some(Value::Integer(number)) => key.push_str(&number.to_string()),
            Some(Value::Null) | None => {}
        }
    }
    key
}
