//! Every column of a data set, under our names.

use super::Counts;
use super::cells::{CellKind, push_cell, scan};
use super::error::ExportError;
use super::extension_columns::ExtensionColumns;
use super::options::{ExportLayout, ExportSettings};
use super::sink::Sink;
use crate::dataset::{Column, Dataset};
use crate::store::Reader;

/// Every column of the data set, under our names.
pub(super) fn write(
    reader: &mut Reader,
    dataset: &'static Dataset,
    sink: &mut Sink<'_>,
    settings: &ExportSettings<'_>,
) -> Result<Counts, ExportError> {
    let generic = matches!(settings.layout, ExportLayout::Generic);
    let name = |column: &Column| if generic { column.label.ja } else { column.name };
    let mut fields = match settings.with_extensions {
        true => ExtensionColumns::load(reader, dataset)?,
        false => None,
    };
    let mut names: Vec<String> = dataset.columns.iter().map(|column| name(column).to_owned()).collect();
    names.extend(fields.iter().flat_map(ExtensionColumns::headers));
    sink.header(&names)?;
    let mut counts = Counts::default();
    let mut cell = String::new();
    scan(reader, dataset, &mut |row| {
        counts.rows += 1;
        for (at, column) in dataset.columns.iter().enumerate() {
            cell.clear();
            push_cell(row, at, column, &mut cell);
            sink.cell(&names[at], &cell, CellKind::of(column.kind))?;
        }
        if let Some(fields) = &mut fields {
            fields.write(row, &names[dataset.columns.len()..], sink)?;
        }
        sink.end_row()
    })?;
    Ok(counts)
}
