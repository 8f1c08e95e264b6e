//! What a company asks of its store before it trusts it: checks, removal, merging and quarantine.
//!
//! The calls are part of [`Reader`] and [`Transaction`]; each hands through to whichever database it is.

mod kept;
mod rule;

pub use kept::{MergeEntry, MergeMove, MergeOutcome, MergePlan, QuarantineBatch, QuarantinedRow, Vanishing};
pub use rule::{Finding, Rule, Severity};

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::{ControlTotal, Reader, StoreError, Transaction, Value};
use crate::dataset::Dataset;

impl Reader {
    /// Looks for everything that contradicts one rule, and hands over each finding as it is met; nothing is
    /// kept. Run several rules inside [`Reader::consistent`], so that they see one state.
    ///
    /// # Errors
    /// What the database says.
    pub fn check(
        &mut self,
        rule: Rule,
        each_finding: &mut dyn FnMut(Finding) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(reader) => reader.check(rule, each_finding),
        }
    }

    /// The imports that have refused rows, the oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn quarantine_batches(&mut self) -> Result<Vec<QuarantineBatch>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.quarantine_batches(),
        }
    }

    /// The refused rows of one import, in the order of the file, settled ones included.
    ///
    /// # Errors
    /// What the database says.
    pub fn quarantined(
        &mut self,
        batch_id: i64,
        each_row: &mut dyn FnMut(QuarantinedRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(reader) => reader.quarantined(batch_id, each_row),
        }
    }
}

/// Customers who look alike and are not the same.
impl Reader {
    /// The pairs that were noted, the smaller code first.
    ///
    /// # Errors
    /// What the database says.
    pub fn ignored_duplicates(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.ignored_duplicates(),
        }
    }
}

impl Transaction<'_> {
    /// Notes that two customers are not the same; `false` when that was known.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is nobody.
    pub fn ignore_duplicate(
        &mut self,
        one: &str,
        other: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.ignore_duplicate(one, other, at),
        }
    }
}

/// Two customers become one, and two again.
impl Reader {
    /// What a merge would move.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is nobody.
    pub fn merge_plan(&mut self, keep: &str, drop: &str) -> Result<MergePlan, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.merge_plan(keep, drop),
        }
    }

    /// Every merge, the oldest first, undone ones too.
    ///
    /// # Errors
    /// What the database says.
    pub fn merges(&mut self) -> Result<Vec<MergeEntry>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.merges(),
        }
    }
}

impl Transaction<'_> {
    /// Points everything that names `drop` at `keep` and removes `drop`, logging every step. With `fill`, what is
    /// empty in `keep` takes the value of `drop`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is nobody, or both are one.
    pub fn merge(
        &mut self,
        keep: &str,
        drop: &str,
        fill: bool,
        at: DateTime<Utc>,
    ) -> Result<MergeOutcome, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.merge(keep, drop, fill, at),
        }
    }

    /// Restores exactly what a merge changed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], with the reason, when a later write touched what would be restored; then
    /// nothing may be kept of this transaction.
    pub fn undo_merge(&mut self, merge_id: i64, at: DateTime<Utc>) -> Result<MergeEntry, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.undo_merge(merge_id, at),
        }
    }

    /// Codes that were merged away and are nobody's now, each with the customer that stands for it.
    ///
    /// # Errors
    /// What the database says.
    pub fn merged_codes(&mut self) -> Result<HashMap<String, String>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.merged_codes(),
        }
    }
}

/// A file that is the whole of a data set.
impl Transaction<'_> {
    /// From now on the keys of the file's rows are noted; see [`Transaction::snapshot_see`].
    ///
    /// # Errors
    /// What the database says.
    pub fn snapshot_begin(&mut self, dataset: &Dataset) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.snapshot_begin(dataset),
        }
    }

    /// The file has a row with this key.
    ///
    /// # Errors
    /// What the database says.
    pub fn snapshot_see(&mut self, dataset: &Dataset, values: &[Option<Value>]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.snapshot_see(dataset, values),
        }
    }

    /// What the store has beyond the file: in all, or in these months (`YYYY-MM`). A row of master data that
    /// other rows refer to is named and stays.
    ///
    /// # Errors
    /// What the database says.
    pub fn snapshot_vanishing(
        &mut self,
        dataset: &'static Dataset,
        months: Option<&BTreeSet<String>>,
    ) -> Result<Vanishing, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.snapshot_vanishing(dataset, months),
        }
    }

    /// Takes away what [`Transaction::snapshot_vanishing`] found; says how many rows.
    ///
    /// # Errors
    /// What the database says.
    pub fn snapshot_remove(&mut self, dataset: &'static Dataset) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.snapshot_remove(dataset),
        }
    }

    /// Number of rows and exact sum of `amount`, with what this transaction has written so far.
    ///
    /// # Errors
    /// What the database says.
    pub fn control_total(&mut self, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.control_total(dataset),
        }
    }

    /// Whether the row that was changed last has another month than before.
    #[must_use]
    pub fn moved(&self) -> bool {
        match self {
            Self::Sqlite(tx) => tx.moved(),
        }
    }

    /// How many lines a document has after the one with this number; the data set's key is document and line.
    ///
    /// # Errors
    /// What the database says.
    pub fn lines_beyond(&self, dataset: &Dataset, document: &str, line: i64) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.lines_beyond(dataset, document, line),
        }
    }

    /// The change number of the last write before this one.
    ///
    /// # Errors
    /// What the database says.
    pub fn change_no(&mut self) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.change_no(),
        }
    }
}

/// Rows that were refused.
impl Transaction<'_> {
    /// Keys of refused rows of a data set that no import has settled, their columns joined by `/`.
    ///
    /// # Errors
    /// What the database says.
    pub fn open_quarantine_keys(&mut self, dataset: &str) -> Result<HashSet<String>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.open_quarantine_keys(dataset),
        }
    }

    /// Keeps the header line of a batch's file.
    ///
    /// # Errors
    /// What the database says.
    pub fn keep_header(&mut self, batch_id: i64, header: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.keep_header(batch_id, header),
        }
    }

    /// Keeps the key of the refused row on a line of a batch's file.
    ///
    /// # Errors
    /// What the database says.
    pub fn keep_refused_key(&mut self, batch_id: i64, line: u64, row_key: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.keep_refused_key(batch_id, line, row_key),
        }
    }

    /// A row with this key is in now: what earlier batches refused of it is settled. Says how many rows.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_key(
        &mut self,
        dataset: &str,
        row_key: &str,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.settle_key(dataset, row_key, by_batch, at),
        }
    }

    /// What this batch refused with the very text of an earlier batch stays in this one only. Says how many
    /// rows.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_repeated(
        &mut self,
        dataset: &str,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.settle_repeated(dataset, by_batch, at),
        }
    }

    /// Another batch has brought in whatever this one refused. Says how many rows.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_batch(
        &mut self,
        batch_id: i64,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.settle_batch(batch_id, by_batch, at),
        }
    }

    /// Forgets the refused rows of a batch. Says how many.
    ///
    /// # Errors
    /// What the database says.
    pub fn clear_quarantine(&mut self, batch_id: i64) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.clear_quarantine(batch_id),
        }
    }
}
