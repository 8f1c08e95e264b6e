//! What the calls about quality take and give.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::store::RefusedRow;

/// Rows that the store has and a snapshot does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vanishing {
    /// How many would vanish.
    pub rows: u64,
    /// The exact sum of their amounts, where the data set has amounts.
    pub amount: Option<Decimal>,
    /// The first keys, their columns joined by `/`.
    pub keys: Vec<String>,
    /// How many stay although the file does not have them, because other rows refer to them.
    pub kept_rows: u64,
    /// The first of those.
    pub kept_keys: Vec<String>,
}

/// An import that refused rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuarantineBatch {
    /// The batch.
    pub batch_id: i64,
    /// When it was.
    pub at: DateTime<Utc>,
    /// The file, as it was named.
    pub file: String,
    /// The data set's name.
    pub dataset: String,
    /// The file's header line.
    #[serde(skip)]
    pub header: Option<String>,
    /// Refused rows that are kept.
    pub rows: u64,
    /// Those that no later import has settled.
    pub open: u64,
}

/// A refused row with its batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuarantinedRow {
    /// The batch.
    pub batch_id: i64,
    /// The row and what was wrong with it.
    #[serde(flatten)]
    pub row: RefusedRow,
    /// The later batch that settled it.
    pub resolved_by: Option<i64>,
}

/// Rows of one data set in a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeMove {
    /// The data set.
    pub dataset: String,
    /// Rows that name the kept customer now.
    pub rows: u64,
    /// Rows that the kept customer had already under the same key; they are in the merge's log only.
    pub removed: u64,
}

/// What a merge would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergePlan {
    /// The name of the customer who is kept.
    pub keep_name: String,
    /// The name of the one who goes.
    pub drop_name: String,
    /// Data sets with rows that name the one who goes.
    pub moves: Vec<MergeMove>,
}

/// What a merge did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeOutcome {
    /// To undo it.
    pub merge_id: i64,
    /// By data set.
    pub moves: Vec<MergeMove>,
    /// Columns of the kept customer that were empty and have the other's value now.
    pub filled: Vec<String>,
}

/// A merge as it is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeEntry {
    /// To undo it.
    pub merge_id: i64,
    /// When it was.
    pub at: DateTime<Utc>,
    /// Who was kept.
    pub kept: String,
    /// Who went.
    pub dropped: String,
    /// The name of the one who went.
    pub dropped_name: String,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Logged steps.
    pub changes: u64,
}
