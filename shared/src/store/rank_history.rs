//! What rank runs left behind: scores, changes and months, and taking a run back (`docs/rank.md#after-the-run`).

use std::ops::ControlFlow;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{RankRun, RankScore, Reader, StoreError, Transaction};

/// One customer in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#after-the-run")]
pub struct RankHistoryEntry {
    pub run_id: i64,
    pub as_of: NaiveDate,
    pub trigger: String,
    pub mode: String,
    pub reverts: Option<i64>,
    pub config_hash: String,
    /// What the run computed; a run that takes another one back computes nothing.
    pub score: Option<RankScore>,
    /// From, to and direction of a change; an empty rank is none.
    pub change: Option<(Option<String>, String, String)>,
    pub config_changed: bool,
}

/// How many customers had a rank at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// The rank; empty: none.
    pub rank: String,
    /// How many.
    pub customers: u64,
}

/// How many ranks changed in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankMovement {
    /// `YYYY-MM`.
    pub month: String,
    /// `up`, `down`, `initial` or `cleared`.
    pub direction: String,
    /// How many.
    pub changes: u64,
}

/// One change of a run that is to be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankRevert {
    /// The customer.
    pub customer_code: String,
    /// Its name; `None`: there is no such customer any more.
    pub customer_name: Option<String>,
    /// The rank before the run, to which the customer goes back.
    pub rank_before: Option<String>,
    /// The rank that the run gave.
    pub rank_after: Option<String>,
    /// The rank now.
    pub rank_now: Option<String>,
    /// The total with which the run gave it.
    pub total: Decimal,
}

impl RankRevert {
    /// Whether the rank is still the one that the run gave.
    #[must_use]
    pub fn is_as_the_run_left_it(&self) -> bool {
        self.customer_name.is_some() && self.rank_now == self.rank_after
    }
}

/// What the runs left behind.
impl Reader {
    /// How many customers have published figures, how many there are, and the oldest day of the figures.
    ///
    /// # Errors
    /// What the database says.
    pub fn metrics_published(&mut self) -> Result<(u64, u64, Option<NaiveDate>), StoreError> {
        match self {
            Self::Sqlite(reader) => reader.metrics_published(),
        }
    }

    /// A run by its id.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_run(&mut self, run_id: i64) -> Result<Option<RankRun>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_run(run_id),
        }
    }

    /// What a run computed for a customer.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_score(&mut self, run_id: i64, customer_code: &str) -> Result<Option<RankScore>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_score(run_id, customer_code),
        }
    }

    /// A customer's up to `limit` last runs, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_history(
        &mut self,
        customer_code: &str,
        limit: usize,
    ) -> Result<Vec<RankHistoryEntry>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_history(customer_code, limit),
        }
    }

    /// The distribution of each month from `since` (`YYYY-MM`) on, in order of the months.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_months(&mut self, since: &str) -> Result<Vec<RankMonth>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_months(since),
        }
    }

    /// The changes of each month from `since` (`YYYY-MM`) on, by direction.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_movements(&mut self, since: &str) -> Result<Vec<RankMovement>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_movements(since),
        }
    }

    /// Every change of a run with the customer's rank now, by customer code.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_reverts(&mut self, run_id: i64) -> Result<Vec<RankRevert>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_reverts(run_id),
        }
    }

    /// The number of customers that no run ever scored, and the first `limit` of them by code.
    ///
    /// # Errors
    /// What the database says.
    pub fn never_scored(&mut self, limit: usize) -> Result<(u64, Vec<String>), StoreError> {
        match self {
            Self::Sqlite(reader) => reader.never_scored(limit),
        }
    }

    /// Rows of a table of the rank update (`rank_run`, `rank_score`, `rank_change`, `rank_monthly`, `rank_config`)
    /// as text, in the order of its key and the columns of [`RankTable::columns`]. Nothing is kept.
    ///
    /// # Errors
    /// What the database says.
    pub fn scan_ranks(
        &mut self,
        table: RankTable,
        each: &mut dyn FnMut(&[Option<String>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(reader) => reader.scan_ranks(table, each),
        }
    }
}

/// Taking a run back.
impl Transaction<'_> {
    /// Writes a run that takes another one back: the run, a change for each of `reverts`, the customers' ranks and
    /// the month's distribution; the cards of the changed become stale. Each comes with its direction. Gives the
    /// run's id.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Conflict`] when a rank is not the one that `reverts` says.
    pub fn publish_rank_revert(
        &mut self,
        run: &RankRun,
        reverts: &mut dyn Iterator<Item = (&RankRevert, &'static str)>,
    ) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.publish_rank_revert(run, reverts),
        }
    }
}

/// A table of the rank update that can be written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#after-the-run")]
pub enum RankTable {
    Runs,
    Scores,
    Changes,
    Monthly,
    Settings,
}

impl RankTable {
    /// Every table, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Runs, Self::Scores, Self::Changes, Self::Monthly, Self::Settings];

    /// The table's name, which is the file's too.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Runs => "rank_run",
            Self::Scores => "rank_score",
            Self::Changes => "rank_change",
            Self::Monthly => "rank_monthly",
            Self::Settings => "rank_config",
        }
    }

    /// The columns, those of the key first.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Runs => &[
                "run_id",
                "as_of",
                "trigger",
                "mode",
                "reverts",
                "config_version",
                "config_hash",
                "started_at",
                "finished_at",
                "evaluated",
                "changed",
                "excluded",
                "not_target",
                "warnings",
                "config",
            ],
            Self::Scores => &[
                "run_id",
                "customer_code",
                "latest_date",
                "months_within",
                "count",
                "amount",
                "points_recency",
                "points_count",
                "points_amount",
                "total",
                "rank_before",
                "rank_after",
                "reason",
            ],
            Self::Changes => &[
                "run_id",
                "customer_code",
                "changed_on",
                "rank_from",
                "rank_to",
                "direction",
                "total",
                "config_changed",
            ],
            Self::Monthly => &["month", "rank", "customers"],
            Self::Settings => &["version", "saved_at", "hash", "note", "document"],
        }
    }

    pub(super) fn key_columns(self) -> usize {
        match self {
            Self::Runs | Self::Settings => 1,
            Self::Scores | Self::Changes | Self::Monthly => 2,
        }
    }
}
