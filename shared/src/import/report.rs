//! What an import did, for people and for programs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::snapshot::SnapshotReport;
use super::watch::InStore;
use crate::money::SCALE;

/// What an import did. Its JSON is a contract (`docs/import.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// One entry a file, in the order of the import.
    pub files: Vec<FileReport>,
    /// What was refused: rows, and files of which nothing could be made.
    pub errors: Vec<RowError>,
    /// What was taken in but looks wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// What became of one file, for one of the data sets that it feeds.
/// `read` = `new` + `changed` + `unchanged` + `refused` + `skipped`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The path, as it was given.
    pub file: String,
    /// The data set's name.
    pub dataset: String,
    /// How the columns were mapped: the profile's name, `native` without one.
    pub profile: String,
    /// How the file was encoded.
    pub encoding: String,
    /// Data rows; blank lines are none.
    pub read: u64,
    /// Rows whose key was not there.
    pub new: u64,
    /// Rows whose key was there with other values.
    pub changed: u64,
    /// Rows that were there as they are.
    pub unchanged: u64,
    /// Rows that were not taken in.
    pub refused: u64,
    /// Rows that are none of this data set by the profile's rules, with the reasons among the warnings.
    pub skipped: u64,
    /// The exact sum of each amount column.
    pub sums: BTreeMap<String, AmountSums>,
    /// What the store has of the data set after the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_store: Option<InStore>,
    /// What a snapshot did away with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotReport>,
}

/// Sums of one column, exact to the fourth place; `read` = `accepted` + `refused` + `skipped`. A cell that is no
/// number is in none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmountSums {
    /// Of all rows.
    pub read: String,
    /// Of the rows that were taken in.
    pub accepted: String,
    /// Of the rows that were refused.
    pub refused: String,
    /// Of the rows that were passed over, when there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// One thing that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The file.
    pub file: String,
    /// Line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column by its identifier, when one is at fault.
    pub column: Option<String>,
    /// Machine-readable reason (`docs/import.md#codes`).
    pub code: String,
    /// The reason for people.
    pub message: String,
    /// The row as it was, cut to a length that can be kept.
    pub raw: String,
}

/// Something that was taken in but looks wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The file.
    pub file: String,
    /// The first line that shows it, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Machine-readable reason.
    pub code: String,
    /// The reason for people.
    pub message: String,
    /// How often.
    pub count: u64,
}

impl ImportReport {
    /// Whether anything was refused: the command's exit code is then 3, otherwise 0.
    pub fn refused_any(&self) -> bool {
        !self.errors.is_empty() || self.files.iter().any(|file| file.refused > 0)
    }
}

/// A row's or a file's fault before its file is known.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) column: Option<&'static str>,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) raw: String,
}

impl Fault {
    pub(super) fn in_file(self, file: &str) -> RowError {
        RowError {
            file: file.to_owned(),
            line: self.line,
            column: self.column.map(str::to_owned),
            code: self.code.to_owned(),
            message: self.message,
            raw: self.raw,
        }
    }
}

/// Exact running sums of the amount column, in 1/10000.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RunningSums {
    pub(super) accepted: i128,
    pub(super) refused: i128,
    pub(super) skipped: i128,
}

impl RunningSums {
    pub(super) fn finish(self) -> AmountSums {
        AmountSums {
            read: exact(self.accepted + self.refused + self.skipped),
            accepted: exact(self.accepted),
            refused: exact(self.refused),
            skipped: (self.skipped != 0).then(|| exact(self.skipped)),
        }
    }
}

/// A sum of 1/10000 as a decimal without trailing zeros.
fn exact(scaled: i128) -> String {
    // Decimal holds 28 digits: 10^10 rows of the largest amount.
    Decimal::try_from_i128_with_scale(scaled, SCALE)
        .map_or_else(|_| scaled.to_string(), |sum| sum.normalize().to_string())
}
