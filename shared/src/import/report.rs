//! What an import did, for people and for programs.

pub(crate) mod fault;
pub(crate) mod row_counts;
mod snapshot;

use std::collections::BTreeMap;

use serde::Serialize;

pub use snapshot::{SnapshotRefusal, SnapshotReport};

use crate::dataset::Column;
use crate::label::Lang;
use crate::message::Message;
use fault::Fault;

/// What an import did. [`ImportReport::in_lang`] gives its JSON, which is a contract (`docs/import.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// One entry a file, in the order of the import.
    pub files: Vec<FileReport>,
    /// What was refused: rows, and files as a whole.
    pub errors: Vec<RowError>,
    /// What was imported but looks wrong.
    pub warnings: Vec<Warning>,
}

/// What became of one file, for one of the data sets that it feeds.
/// `read` = `new` + `changed` + `unchanged` + `refused` + `skipped`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The path, as it was given.
    pub file: String,
    /// The data set's name.
    pub dataset: String,
    /// The profile's name; `native` without one.
    pub profile: String,
    /// How the file was encoded.
    pub encoding: String,
    /// Data rows; blank lines do not count.
    pub read: u64,
    /// Rows whose key was not in the store.
    pub new: u64,
    /// Rows whose key was in the store with other values.
    pub changed: u64,
    /// Rows that were in the store already.
    pub unchanged: u64,
    /// Rows that were not imported.
    pub refused: u64,
    /// Rows that are not of this data set by the profile's rules; the reasons are among the warnings.
    pub skipped: u64,
    /// The exact sum of each amount column.
    pub sums: BTreeMap<String, AmountSums>,
    /// What the store has of the data set after the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_store: Option<InStore>,
    /// What a snapshot removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotReport>,
}

/// Sums of one column, exact to the fourth place; `read` = `accepted` + `refused` + `skipped`. A cell that is not a
/// number counts in none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmountSums {
    /// Of all rows.
    pub read: String,
    /// Of the imported rows.
    pub accepted: String,
    /// Of the refused rows.
    pub refused: String,
    /// Of the skipped rows, when there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// What the store has of a data set after a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InStore {
    /// Rows.
    pub rows: u64,
    /// The exact sum of `amount`, where the data set has amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

/// One row that was refused, or a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The file.
    pub file: String,
    /// Line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column at fault, when it is a single one.
    pub column: Option<&'static Column>,
    /// Machine-readable reason (`docs/import.md#codes`).
    pub code: &'static str,
    /// The reason, and what to write instead.
    pub message: Message,
    /// The row as it was, cut to a length that can be kept.
    pub raw: String,
}

/// Something that was imported but looks wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub file: String,
    /// The first line concerned, when there is one.
    pub line: Option<u64>,
    /// Machine-readable reason.
    pub code: &'static str,
    /// The reason, and what to do about it.
    pub message: Message,
    /// How often.
    pub count: u64,
}

impl ImportReport {
    /// Whether anything was refused: the command's exit code is then 3, otherwise 0.
    #[must_use]
    pub fn refused_any(&self) -> bool {
        !self.errors.is_empty() || self.files.iter().any(|file| file.refused > 0)
    }

    /// The report for JSON, with its sentences in one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> impl Serialize + '_ {
        ReportText {
            files: &self.files,
            errors: self.errors.iter().map(|error| error.in_lang(lang)).collect(),
            warnings: self.warnings.iter().map(|warning| warning.in_lang(lang)).collect(),
        }
    }

    /// Records that a file as a whole was refused.
    pub(super) fn refuse_file(&mut self, fault: Fault, file: &str) {
        self.errors.push(fault.in_file(file));
    }

    /// Records a warning about a file as a whole.
    pub(super) fn warn(&mut self, file: &str, code: &'static str, message: Message, count: u64) {
        self.warnings.push(Warning { file: file.to_owned(), line: None, code, message, count });
    }
}

#[derive(Serialize)]
struct ReportText<'r> {
    files: &'r [FileReport],
    errors: Vec<ErrorText<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningText<'r>>,
}

#[derive(Serialize)]
struct ErrorText<'r> {
    file: &'r str,
    line: u64,
    column: Option<&'static str>,
    code: &'static str,
    message: &'r str,
    raw: &'r str,
}

#[derive(Serialize)]
struct WarningText<'r> {
    file: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    code: &'static str,
    message: &'r str,
    count: u64,
}

impl RowError {
    fn in_lang(&self, lang: Lang) -> ErrorText<'_> {
        let Self { file, line, column, code, message, raw } = self;
        let column = column.map(|column| column.name);
        ErrorText { file, line: *line, column, code, message: message.text(lang), raw }
    }
}

impl Warning {
    fn in_lang(&self, lang: Lang) -> WarningText<'_> {
        let Self { file, line, code, message, count } = self;
        WarningText { file, line: *line, code, message: message.text(lang), count: *count }
    }
}
