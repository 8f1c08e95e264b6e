//! Extension fields: fields that a company has defined for itself, or defines with `--extend`.

use crate::dataset::ColumnKind;

/// A column of the file that is an extension field.
#[derive(Debug, Clone)]
pub(crate) struct ExtensionColumn {
    pub(crate) cell: usize,
    /// The position, among the file's data sets, of the one whose field it is.
    pub(crate) target: usize,
    pub(crate) field: ExtensionField,
}

/// An extension field of a data set.
#[derive(Debug, Clone)]
pub(crate) struct ExtensionField {
    pub(crate) dataset: String,
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) kind: ColumnKind,
    /// Whether this import defines it.
    pub(crate) is_new: bool,
}
