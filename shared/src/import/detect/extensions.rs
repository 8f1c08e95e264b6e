//! The extension fields that the store and the files of this run define, found by the headers of a file.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::ops::ControlFlow;

use unicode_normalization::UnicodeNormalization;

use crate::dataset::{ColumnKind, Dataset, EXTENSION_FIELDS, ExtensionKind};
use crate::import::input::rows::Found;
use crate::import::input::source::Source;
use crate::import::layout::extension_field::ExtensionField;
use crate::import::layout::{Layout, Target};
use crate::import::options::ImportSettings;
use crate::import::parse::cell_text::CODE_CHARS_MAX;
use crate::import::parse::derived::Deriver;
use crate::import::parse::row_check::Checker;
use crate::label::Labelled;
use crate::store::{Reader, StoreError, Value};
use crate::text::search_key;

/// In front of a field's code in a header.
const PREFIX: &str = "ext:";

/// Data set and code of a field.
type Key = (String, String);

/// The fields that are defined, by the store or by a file of this run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extensions {
    fields: BTreeMap<Key, ExtensionField>,
}

impl Extensions {
    /// Reads the definitions of the store.
    pub(crate) fn load(reader: &mut Reader) -> Result<Self, StoreError> {
        let at = |name: &str| EXTENSION_FIELDS.column_index(name).unwrap_or(usize::MAX);
        let (dataset, code, label, kind) = (at("dataset"), at("field_code"), at("label_ja"), at("kind"));
        let mut all = Self::default();
        reader.scan(&EXTENSION_FIELDS, None, &mut |row| {
            let text = |at| row.text(at).unwrap_or_default().to_owned();
            let field = all.entry((text(dataset), text(code)));
            (field.label, field.kind) = (text(label), kind_of(row.text(kind)));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    /// Nothing is defined but what files define from now on: a snapshot of the definitions is complete.
    pub(crate) fn clear(&mut self) {
        self.fields.clear();
    }

    /// Adds what a file of definitions defines, row by row as its import will: a refused row defines nothing, and of two
    /// rows with one key the first counts.
    pub(crate) fn define(
        &mut self,
        source: &Source,
        layout: &Layout,
        settings: &ImportSettings,
    ) -> io::Result<()> {
        let Some(target) = layout.targets.iter().find(|target| defines(target)) else { return Ok(()) };
        let (checker, mut deriver) = (Checker::new(source, layout, settings), Deriver::new(layout));
        let mut rows = source.rows(layout.form)?;
        rows.expect_columns(layout.width);
        let (mut values, mut seen) = (target.empty_values(), HashSet::new());
        loop {
            match rows.next()? {
                Found::End => return Ok(()),
                _ if rows.line() <= layout.skip_through => {}
                Found::Bad(_) => deriver.lose_record(),
                Found::Row => {
                    deriver.begin(&rows);
                    let parts = match deriver.skipped(&rows) {
                        Some(_) => 0,
                        None => deriver.rows_of(target, &rows),
                    };
                    for part in 0..parts {
                        deriver.select_part(part);
                        if checker.check(target, &deriver, &rows, &mut values).is_ok() {
                            self.put(&values, &mut seen);
                        }
                    }
                }
            }
        }
    }

    /// Adds a checked row of definitions. A column that the file does not have leaves what is stored as it is.
    fn put(&mut self, values: &[Option<Value>], seen: &mut HashSet<Key>) {
        let value = |name: &str| EXTENSION_FIELDS.column_index(name).and_then(|at| values[at].as_ref());
        let text = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        let (Some(dataset), Some(code)) = (value("dataset").map(text), value("field_code").map(text)) else {
            return;
        };
        if !seen.insert((dataset.clone(), code.clone())) {
            return;
        }
        let field = self.entry((dataset, code));
        if let Some(label) = value("label_ja") {
            field.label = text(label);
        }
        if let Some(kind) = value("kind") {
            field.kind = kind_of(Some(&text(kind)));
        }
    }

    fn entry(&mut self, key: Key) -> &mut ExtensionField {
        let (dataset, code) = key.clone();
        let kind = kind_of(None);
        let new = ExtensionField { dataset, code, label: String::new(), kind, is_new: false };
        self.fields.entry(key).or_insert(new)
    }

    /// The field that a header names by `ext:CODE`, its code or its label; with `define` a new text field for a header
    /// that names none.
    pub(crate) fn field(&self, dataset: &Dataset, header: &str, define: bool) -> Option<ExtensionField> {
        if dataset.name.starts_with("extension_") {
            return None;
        }
        let name = header.strip_prefix(PREFIX).unwrap_or(header);
        self.known(dataset, name).or_else(|| if define { new_field(dataset, name) } else { None })
    }

    /// The field that is defined, by its code or its label.
    fn known(&self, dataset: &Dataset, name: &str) -> Option<ExtensionField> {
        let own: Vec<_> = self.fields.values().filter(|field| field.dataset == dataset.name).collect();
        if own.is_empty() {
            return None;
        }
        let key = search_key(name);
        let by = |of: fn(&ExtensionField) -> &str| own.iter().find(|field| search_key(of(field)) == key);
        by(|field| &field.code).or_else(|| by(|field| &field.label)).copied().cloned()
    }
}

/// Whether rows of the data set are definitions of fields.
pub(crate) fn defines(target: &Target) -> bool {
    target.dataset.name == EXTENSION_FIELDS.name
}

fn kind_of(name: Option<&str>) -> ColumnKind {
    name.and_then(ExtensionKind::from_identifier).unwrap_or(ExtensionKind::Text).column_kind()
}

/// A new text field; `None` for a header that cannot be one.
fn new_field(dataset: &Dataset, name: &str) -> Option<ExtensionField> {
    let code: String = name.nfkc().filter(|c| !c.is_whitespace() && *c != '/').take(CODE_CHARS_MAX).collect();
    let usable = !search_key(name).is_empty() && !code.chars().any(char::is_control);
    usable.then(|| ExtensionField {
        dataset: dataset.name.to_owned(),
        code,
        label: name.trim().to_owned(),
        kind: ColumnKind::Text,
        is_new: true,
    })
}
