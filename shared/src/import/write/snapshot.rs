//! A file that is complete, or complete for the months that it contains: rows of the store that it lacks are removed,
//! unless they are too many (`docs/data-quality.md#snapshots`).

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::dataset::Dataset;
use crate::import::error::ImportError;
use crate::import::options::SnapshotOptions;
use crate::import::report::{SnapshotRefusal, SnapshotReport};
use crate::message::Message;
use crate::store::{RowOutcome, StoreError, Transaction, Value, Vanishing};

/// A snapshot being imported.
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
            return Err(ImportError::snapshot(file, SnapshotRefusal::NoMonths(dataset.label())));
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

    /// What the file lacks and has to be removed, unless the file is refused.
    pub(super) fn find(
        self,
        tx: &mut Transaction<'_>,
        refused: u64,
        first_refused: impl FnOnce() -> Message,
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
        own: found.own_rows,
    }
}
