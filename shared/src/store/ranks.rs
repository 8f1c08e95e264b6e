//! Rank runs: the ordered ranks, the runs and their changes (`docs/rank.md`).

mod edits;
mod history;
mod master;
mod publish;
mod revert;
mod reverts;
mod settings;
mod tables;
mod targets;

pub use edits::RankEdit;
pub use history::{RankHistoryEntry, RankMonth, RankMovement};
pub use master::RankEntry;
pub use revert::RankRevert;
pub(super) use reverts::Reverts;
pub use settings::RankConfig;
pub use tables::RankTable;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;

use super::driver::{Row, bind};
use super::{AuditAction, AuditEntry, Reader, StoreError, Transaction};
use crate::message::Explain;
use crate::rank::{RankDirection, RankMaster, RankReason, RankRunMode, RankTrigger};

/// One rank run (`docs/rank.md#runs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#runs")]
pub struct RankRun {
    /// Given by the store; 0 before.
    pub run_id: i64,
    pub as_of: NaiveDate,
    pub trigger: RankTrigger,
    pub config_hash: String,
    /// The settings as TOML.
    pub config: String,
    /// The saved version of the settings; `None` for settings of a file that were never saved.
    pub config_version: Option<i64>,
    pub mode: RankRunMode,
    /// The run that this one reverts.
    pub reverts: Option<i64>,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub evaluated: u64,
    pub changed: u64,
    pub excluded: u64,
    pub not_target: u64,
    pub warnings: u64,
    /// Who ran it; given by the store. `None`: a run from before it was noted.
    pub actor: Option<String>,
}

/// One customer's score in a run (`docs/rank.md#metrics`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#metrics")]
pub struct RankScore {
    pub customer_code: String,
    pub latest_date: Option<NaiveDate>,
    pub months_within: Option<u32>,
    pub count: Decimal,
    pub amount: Decimal,
    pub points_recency: Option<u32>,
    pub points_count: Option<u32>,
    pub points_amount: Option<u32>,
    pub total: Decimal,
    pub rank_before: Option<String>,
    pub rank_after: Option<String>,
    pub reason: RankReason,
    /// When the rank changes.
    pub direction: Option<RankDirection>,
}

/// One change of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#runs")]
pub struct RankChange {
    pub run_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    /// The representative who looks after the customer now.
    pub account_owner: Option<String>,
    pub changed_on: NaiveDate,
    pub rank_from: Option<String>,
    pub rank_to: String,
    pub direction: RankDirection,
    pub total: Decimal,
    /// The total is that of the previous run and the settings differ: the settings changed the rank.
    pub config_changed: bool,
}

/// The changes of a run, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RankChangeCounts {
    /// To a better rank.
    pub up: u64,
    /// To a worse rank.
    pub down: u64,
    /// A first rank.
    pub initial: u64,
    /// Of all: those that the settings made.
    pub config_changed: u64,
}

/// The names of the rank master, the best first.
pub(super) const RANKS_IN_ORDER: &str = "SELECT rank FROM rank_master ORDER BY position, rank";

/// The columns of [`rank_run`], in its order.
const RUN_COLUMNS: &str = "run_id, as_of, trigger, config_hash, config, started_at, finished_at,
    evaluated, changed, excluded, not_target, warnings, config_version, mode, reverts, actor";

/// A run of [`RUN_COLUMNS`].
fn rank_run(row: &Row<'_>) -> Result<RankRun, StoreError> {
    Ok(RankRun {
        run_id: row.get(0)?,
        as_of: row.get(1)?,
        trigger: row.get(2)?,
        config_hash: row.get(3)?,
        config: row.get(4)?,
        started_at: row.get(5)?,
        finished_at: row.get(6)?,
        evaluated: row.get(7)?,
        changed: row.get(8)?,
        excluded: row.get(9)?,
        not_target: row.get(10)?,
        warnings: row.get(11)?,
        config_version: row.get(12)?,
        mode: row.get(13)?,
        reverts: row.get(14)?,
        actor: row.get(15)?,
    })
}

impl Reader {
    /// The ordered ranks.
    pub fn rank_master(&mut self) -> Result<RankMaster, StoreError> {
        let ranks: Vec<String> = self.db.column(RANKS_IN_ORDER, &[])?;
        RankMaster::new(ranks).map_err(|error| StoreError::Corrupt(error.message()))
    }

    /// The last committed rank run.
    pub fn last_rank_run(&mut self) -> Result<Option<RankRun>, StoreError> {
        Ok(self.rank_runs(1)?.into_iter().next())
    }

    /// Up to `limit` committed rank runs, the newest first.
    pub fn rank_runs(&mut self, limit: usize) -> Result<Vec<RankRun>, StoreError> {
        self.db.all(
            &format!("SELECT {RUN_COLUMNS} FROM rank_run ORDER BY run_id DESC LIMIT ?1"),
            bind![limit],
            rank_run,
        )
    }

    /// The rank changes of a run, by customer code.
    pub fn rank_changes(&mut self, run_id: i64) -> Result<Vec<RankChange>, StoreError> {
        self.db.all(
            "SELECT ch.customer_code, coalesce(cu.customer_name, ''), ch.changed_on, ch.rank_from,
             ch.rank_to, ch.direction, ch.total, ch.config_changed, nullif(cu.account_owner, '') FROM
             rank_change ch LEFT JOIN customer cu ON cu.customer_code = ch.customer_code WHERE ch.run_id = ?1 ORDER BY
             ch.customer_code",
            bind![run_id],
            |row| {
                Ok(RankChange {
                    run_id,
                    customer_code: row.get(0)?,
                    customer_name: row.get(1)?,
                    changed_on: row.get(2)?,
                    rank_from: row.get(3)?,
                    rank_to: row.get(4)?,
                    direction: row.get(5)?,
                    total: row.get(6)?,
                    config_changed: row.get(7)?,
                    account_owner: row.get(8)?,
                })
            },
        )
    }

    /// A run by its id.
    pub fn rank_run(&mut self, run_id: i64) -> Result<Option<RankRun>, StoreError> {
        self.db.one(&format!("SELECT {RUN_COLUMNS} FROM rank_run WHERE run_id = ?1"), bind![run_id], rank_run)
    }

    /// How many changes a run made.
    pub fn rank_change_counts(&mut self, run_id: i64) -> Result<RankChangeCounts, StoreError> {
        self.db.only(
            "SELECT count(CASE direction WHEN 'up' THEN 1 END), count(CASE direction WHEN 'down' THEN 1
             END), count(CASE direction WHEN 'initial' THEN 1 END), coalesce(sum(config_changed), 0)
             FROM rank_change WHERE run_id = ?1",
            bind![run_id],
            |row| {
                Ok(RankChangeCounts {
                    up: row.get(0)?,
                    down: row.get(1)?,
                    initial: row.get(2)?,
                    config_changed: row.get(3)?,
                })
            },
        )
    }
}

impl Transaction<'_> {
    /// Writes the row of a run, with an entry in the audit log, and returns its id.
    pub(super) fn keep_run(&mut self, run: &RankRun) -> Result<i64, StoreError> {
        let run_id = self.db.insert(
            "INSERT INTO rank_run (as_of, trigger, config_hash, config, started_at, finished_at,
             evaluated, changed, excluded, not_target, warnings, config_version, mode, reverts, actor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            bind![
                run.as_of,
                run.trigger,
                run.config_hash,
                run.config,
                run.started_at,
                run.finished_at,
                run.evaluated,
                run.changed,
                run.excluded,
                run.not_target,
                run.warnings,
                run.config_version,
                run.mode,
                run.reverts,
                self.actor()
            ],
        )?;
        let action = match run.mode {
            RankRunMode::Run => AuditAction::RankRun,
            RankRunMode::Revert => AuditAction::RankRevert,
        };
        let detail = match run.reverts {
            Some(reverted) => format!("reverts run {reverted}, changed {}", run.changed),
            None => format!("as of {}, {}, changed {}", run.as_of, run.trigger, run.changed),
        };
        let entry = AuditEntry {
            at: run.finished_at,
            actor: self.actor().to_owned(),
            action: action.into(),
            subject: Some(run_id.to_string()),
            detail: Some(detail),
        };
        self.audit(&entry)?;
        Ok(run_id)
    }
}
