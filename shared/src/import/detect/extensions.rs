//! The extension fields that the store defines, found by the headers of a file.

use std::ops::ControlFlow;

use unicode_normalization::UnicodeNormalization;

use crate::dataset::{ColumnKind, Dataset, EXTENSION_FIELDS, ExtensionKind};
use crate::import::layout::extension_field::ExtensionField;
use crate::import::parse::cell_text::CODE_CHARS_MAX;
use crate::label::Labelled;
use crate::store::{Reader, StoreError};
use crate::text::search_key;

/// In front of a field's code in a header.
const PREFIX: &str = "ext:";

/// The fields that the store defines.
#[derive(Debug, Default)]
pub(crate) struct Extensions {
    fields: Vec<ExtensionField>,
}

impl Extensions {
    /// Reads the definitions.
    pub(crate) fn load(reader: &mut Reader) -> Result<Self, StoreError> {
        let at = |name: &str| EXTENSION_FIELDS.column_index(name).unwrap_or(usize::MAX);
        let (dataset, code, label, kind) = (at("dataset"), at("field_code"), at("label_ja"), at("kind"));
        let mut fields = Vec::new();
        reader.scan(&EXTENSION_FIELDS, None, &mut |row| {
            let text = |at| row.text(at).unwrap_or_default().to_owned();
            fields.push(ExtensionField {
                dataset: text(dataset),
                code: text(code),
                label: text(label),
                kind: row
                    .text(kind)
                    .and_then(ExtensionKind::from_identifier)
                    .unwrap_or(ExtensionKind::Text)
                    .column_kind(),
                is_new: false,
            });
            ControlFlow::Continue(())
        })?;
        Ok(Self { fields })
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

    /// The field that the store defines, by its code or its label.
    fn known(&self, dataset: &Dataset, name: &str) -> Option<ExtensionField> {
        let own: Vec<_> = self.fields.iter().filter(|field| field.dataset == dataset.name).collect();
        if own.is_empty() {
            return None;
        }
        let key = search_key(name);
        let by = |of: fn(&ExtensionField) -> &str| own.iter().find(|field| search_key(of(field)) == key);
        by(|field| &field.code).or_else(|| by(|field| &field.label)).copied().cloned()
    }
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
