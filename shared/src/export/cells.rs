//! Values as cells of a file.

use std::ops::ControlFlow;

use super::error::ExportError;
use crate::dataset::{Column, ColumnKind, Dataset};
use crate::store::{Reader, ScanRow};

/// What a cell holds, for a workbook that tells numbers and dates from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Text,
    Number,
    Date,
}

impl CellKind {
    /// What the cells of a column hold.
    pub(super) fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Decimal | ColumnKind::Integer => Self::Number,
            ColumnKind::Date => Self::Date,
            _ => Self::Text,
        }
    }
}

/// Reads every row; the first error of `each` ends it.
pub(super) fn scan(
    reader: &mut Reader,
    dataset: &Dataset,
    each: &mut dyn FnMut(&ScanRow<'_>) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut failed = None;
    reader.scan(dataset, None, &mut |row| match each(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// A value as a native file has it.
pub(super) fn push_cell(row: &ScanRow<'_>, at: usize, column: &Column, cell: &mut String) {
    match column.kind {
        ColumnKind::Decimal => push_decimal(row.integer(at), cell),
        ColumnKind::Integer | ColumnKind::Flag => {
            cell.extend(row.integer(at).map(|number| number.to_string()));
        }
        _ => cell.push_str(row.text(at).unwrap_or_default()),
    }
}

/// An amount without trailing zeros: `1234`, `-0.5`.
fn push_decimal(scaled: Option<i64>, cell: &mut String) {
    use std::fmt::Write as _;
    let Some(scaled) = scaled else { return };
    let (whole, fraction) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
    let sign = if scaled < 0 { "-" } else { "" };
    // Writing to a String cannot fail.
    let _ = write!(cell, "{sign}{whole}");
    if fraction != 0 {
        let _ = write!(cell, ".{fraction:04}");
        cell.truncate(cell.trim_end_matches('0').len());
    }
}
