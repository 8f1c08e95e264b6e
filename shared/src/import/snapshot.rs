//! A file that is the whole of its data set, or of the months that it contains: what the store has beyond it
//! vanishes, after it was said how much that is (`docs/data-quality.md#snapshots`).

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Serialize;

use super::ImportError;
use crate::dataset::Dataset;
use crate::store::{RowOutcome, StoreError, Transaction, Value, Vanishing};

/// How a snapshot is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotOptions {
    /// The file is the whole of the months that it contains, and says nothing of other months.
    pub by_month: bool,
    /// The largest part of the rows in scope that may vanish, 0 to 1.
    pub max_ratio: Decimal,
}

/// What a snapshot did away with, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotReport {
    /// Rows in scope before the file: those that it has as well, and those that vanish or stay named.
    pub before: u64,
    /// Rows that vanish.
    pub vanished: u64,
    /// The exact sum of their amounts, where the data set has amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The first keys of theirs.
    pub keys: Vec<String>,
    /// Rows that the file does not have and that stay, because other rows refer to them.
    pub kept: u64,
    /// The first keys of theirs.
    pub kept_keys: Vec<String>,
}

/// Why a snapshot was not taken. Nothing of its file is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotRefusal {
    /// A row was refused: the file is not whole.
    #[error(
        "{refused} rows were refused, so that the file is not the whole; correct them ({first}), or import without --snapshot"
    )]
    Refused {
        /// How many.
        refused: u64,
        /// The first of them.
        first: String,
    },
    /// More would vanish than is allowed.
    #[error(
        "{vanishing} of {before} rows would vanish, more than the allowed part of {max_ratio}; is the file whole? Raise --snapshot-max-ratio when it is"
    )]
    TooMany {
        /// How many would vanish.
        vanishing: u64,
        /// Of how many.
        before: u64,
        /// The allowed part.
        max_ratio: Decimal,
    },
    /// Two files are each said to be the whole of one data set.
    #[error(
        "it is not the only file of {0}, so that none is the whole of it; give one file, or --snapshot-months"
    )]
    SeveralFiles(&'static str),
    /// The data set has no months.
    #[error("{0} is not kept by month; leave --snapshot-months away")]
    NoMonths(&'static str),
}

/// A snapshot that is being taken.
pub(super) struct Snapshot {
    options: SnapshotOptions,
    dataset: &'static Dataset,
    file: String,
    month: Option<usize>,
    months: BTreeSet<String>,
    /// Rows of the file that were in the store already.
    known: u64,
}

impl Snapshot {
    pub(super) fn begin(
        options: SnapshotOptions,
        tx: &mut Transaction<'_>,
        dataset: &'static Dataset,
        file: &str,
    ) -> Result<Self, ImportError> {
        let file = file.to_owned();
        if options.by_month && dataset.month_column.is_none() {
            return Err(ImportError::snapshot(file, SnapshotRefusal::NoMonths(dataset.name)));
        }
        tx.snapshot_begin(dataset)?;
        let month = dataset.month_column.and_then(|name| dataset.column_index(name));
        Ok(Self { options, dataset, file, month, months: BTreeSet::new(), known: 0 })
    }

    /// A row of the file was written.
    pub(super) fn see(
        &mut self,
        tx: &mut Transaction<'_>,
        values: &[Option<Value>],
        outcome: RowOutcome,
    ) -> Result<(), StoreError> {
        if outcome != RowOutcome::New {
            self.known += 1;
        }
        if let Some(Value::Text(date)) = self.month.and_then(|at| values[at].as_ref()) {
            let month = date.get(..7).unwrap_or_default();
            if !self.months.contains(month) {
                self.months.insert(month.to_owned());
            }
        }
        tx.snapshot_see(self.dataset, values)
    }

    /// The file is at its end: does away with the rest, unless that is not to be.
    pub(super) fn finish(
        self,
        tx: &mut Transaction<'_>,
        refused: u64,
        first_refused: impl FnOnce() -> String,
    ) -> Result<SnapshotReport, ImportError> {
        if refused > 0 {
            let reason = SnapshotRefusal::Refused { refused, first: first_refused() };
            return Err(ImportError::snapshot(self.file, reason));
        }
        let months = self.options.by_month.then_some(&self.months);
        let found = tx.snapshot_vanishing(self.dataset, months)?;
        let before = self.known + found.rows + found.kept_rows;
        if Decimal::from(found.rows) > Decimal::from(before) * self.options.max_ratio {
            let max_ratio = self.options.max_ratio;
            let reason = SnapshotRefusal::TooMany { vanishing: found.rows, before, max_ratio };
            return Err(ImportError::snapshot(self.file, reason));
        }
        if found.rows > 0 {
            tx.snapshot_remove(self.dataset)?;
        }
        Ok(report(before, found))
    }
}

fn report(before: u64, found: Vanishing) -> SnapshotReport {
    SnapshotReport {
        before,
        vanished: found.rows,
        amount: found.amount.map(|amount| amount.to_string()),
        keys: found.keys,
        kept: found.kept_rows,
        kept_keys: found.kept_keys,
    }
}
