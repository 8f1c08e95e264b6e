//! Extension fields as further columns of their data set's file.

use super::cells::{CellKind, push_cell, scan};
use super::error::ExportError;
use super::sink::Sink;
use crate::dataset::{self, Dataset};
use crate::store::{Reader, ScanRow};

/// The fields of a data set and their values in the order of its rows.
pub(super) struct ExtensionColumns {
    codes: Vec<String>,
    values: std::collections::HashMap<(String, usize), String>,
    dataset: &'static Dataset,
}

impl ExtensionColumns {
    /// Reads the fields; `None` when the data set has none. Their values are held in memory: extension fields are few.
    pub(super) fn load(reader: &mut Reader, dataset: &'static Dataset) -> Result<Option<Self>, ExportError> {
        let definitions = dataset::by_name("extension_fields");
        let Some((definitions, values)) = definitions.zip(dataset::by_name("extension_values")) else {
            return Ok(None);
        };
        let mut codes = Vec::new();
        let at = |set: &Dataset, name: &str| set.column_index(name).unwrap_or(usize::MAX);
        let (owner, code) = (at(definitions, "dataset"), at(definitions, "field_code"));
        scan(reader, definitions, &mut |row| {
            if row.text(owner) == Some(dataset.name) {
                codes.push(row.text(code).unwrap_or_default().to_owned());
            }
            Ok(())
        })?;
        if codes.is_empty() {
            return Ok(None);
        }
        let (owner, key) = (at(values, "dataset"), at(values, "row_key"));
        let (code, value) = (at(values, "field_code"), at(values, "value"));
        let mut kept = std::collections::HashMap::new();
        scan(reader, values, &mut |row| {
            let field = codes.iter().position(|known| row.text(code) == Some(known));
            if let (Some(field), Some(text)) = (field, row.text(value))
                && row.text(owner) == Some(dataset.name)
            {
                kept.insert((row.text(key).unwrap_or_default().to_owned(), field), text.to_owned());
            }
            Ok(())
        })?;
        Ok(Some(Self { codes, values: kept, dataset }))
    }

    /// The headers of the further columns.
    pub(super) fn headers(&self) -> impl Iterator<Item = String> {
        self.codes.iter().map(|code| format!("ext:{code}"))
    }

    /// The further cells of a row.
    pub(super) fn write(
        &mut self,
        row: &ScanRow<'_>,
        names: &[String],
        sink: &mut Sink<'_>,
    ) -> Result<(), ExportError> {
        let mut key = String::new();
        for (position, at) in self.dataset.key_indexes().into_iter().enumerate() {
            if position > 0 {
                key.push('/');
            }
            push_cell(row, at, &self.dataset.columns[at], &mut key);
        }
        for (field, name) in names.iter().enumerate() {
            let value = self.values.get(&(key.clone(), field)).map_or("", String::as_str);
            sink.cell(name, value, CellKind::Text)?;
        }
        Ok(())
    }
}
