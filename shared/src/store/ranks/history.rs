//! What runs left behind: scores, changes and months (`docs/rank.md#after-the-run`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{RankScore, Reverts};
use crate::rank::{RankDirection, RankRunMode, RankTrigger};
use crate::store::driver::{Row, bind};
use crate::store::{Reader, StoreError};

/// One customer in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#after-the-run")]
pub struct RankHistoryEntry {
    pub run_id: i64,
    pub as_of: NaiveDate,
    pub trigger: RankTrigger,
    pub mode: RankRunMode,
    pub reverts: Option<i64>,
    pub config_hash: String,
    /// The computed score; a run that reverts another one computes nothing.
    pub score: Option<RankScore>,
    /// From, to and direction of a change; an empty rank is none.
    pub change: Option<(Option<String>, String, RankDirection)>,
    pub config_changed: bool,
    /// When it was written.
    pub finished_at: DateTime<Utc>,
    /// Who ran it.
    pub actor: Option<String>,
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

/// How many ranks a run of a month changed in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankMovement {
    /// `YYYY-MM`.
    pub month: String,
    /// Where they led.
    pub direction: RankDirection,
    /// How many.
    pub changes: u64,
}

const SCORE_COLUMNS: &str =
    "s.customer_code, s.latest_date, s.months_within, s.count, s.amount, s.points_recency,
    s.points_count, s.points_amount, s.total, s.rank_before, s.rank_after, s.reason, ch.direction";

/// A score of [`SCORE_COLUMNS`] that begin at `first`.
fn rank_score(row: &Row<'_>, first: usize) -> Result<RankScore, StoreError> {
    Ok(RankScore {
        customer_code: row.get(first)?,
        latest_date: row.get(first + 1)?,
        months_within: row.get(first + 2)?,
        count: row.get(first + 3)?,
        amount: row.get(first + 4)?,
        points_recency: row.get(first + 5)?,
        points_count: row.get(first + 6)?,
        points_amount: row.get(first + 7)?,
        total: row.get(first + 8)?,
        rank_before: row.get(first + 9)?,
        rank_after: row.get(first + 10)?,
        reason: row.get(first + 11)?,
        direction: row.get(first + 12)?,
    })
}

impl Reader {
    /// What a run computed for a customer.
    pub fn rank_score(&mut self, run_id: i64, customer_code: &str) -> Result<Option<RankScore>, StoreError> {
        self.db.one(
            &format!(
                "SELECT {SCORE_COLUMNS} FROM rank_score s
                 LEFT JOIN rank_change ch ON ch.run_id = s.run_id AND ch.customer_code = s.customer_code
                 WHERE s.run_id = ?1 AND s.customer_code = ?2"
            ),
            bind![run_id, customer_code],
            |row| rank_score(row, 0),
        )
    }

    /// A customer's up to `limit` last runs, the newest first.
    pub fn rank_history(
        &mut self,
        customer_code: &str,
        limit: usize,
    ) -> Result<Vec<RankHistoryEntry>, StoreError> {
        // From run to run, each by its key: the scores of all customers are never walked.
        let sql = format!(
            "SELECT r.run_id, r.as_of, r.trigger, r.mode, r.reverts, r.config_hash, ch.rank_from, ch.rank_to,
                ch.direction, coalesce(ch.config_changed, 0), r.finished_at, r.actor, {SCORE_COLUMNS}
             FROM rank_run r
             LEFT JOIN rank_score s ON s.run_id = r.run_id AND s.customer_code = ?1
             LEFT JOIN rank_change ch ON ch.run_id = r.run_id AND ch.customer_code = ?1
             WHERE s.customer_code IS NOT NULL OR ch.customer_code IS NOT NULL
             ORDER BY r.run_id DESC LIMIT ?2"
        );
        self.db.all(&sql, bind![customer_code, limit], |row| {
            let scored: Option<String> = row.get(12)?;
            let to: Option<String> = row.get(7)?;
            let change = match to {
                Some(to) => Some((row.get(6)?, to, row.get(8)?)),
                None => None,
            };
            Ok(RankHistoryEntry {
                run_id: row.get(0)?,
                as_of: row.get(1)?,
                trigger: row.get(2)?,
                mode: row.get(3)?,
                reverts: row.get(4)?,
                config_hash: row.get(5)?,
                score: scored.map(|_| rank_score(row, 12)).transpose()?,
                change,
                config_changed: row.get(9)?,
                finished_at: row.get(10)?,
                actor: row.get(11)?,
            })
        })
    }

    /// The distribution of each month from `since` (`YYYY-MM`) on, in order of the months.
    pub fn rank_months(&mut self, since: &str) -> Result<Vec<RankMonth>, StoreError> {
        self.db.all(
            "SELECT month, rank, customers FROM rank_monthly WHERE month >= ?1 ORDER BY month, rank",
            bind![since],
            |row| Ok(RankMonth { month: row.get(0)?, rank: row.get(1)?, customers: row.get(2)? }),
        )
    }

    /// The changes of each month from `since` (`YYYY-MM`) on, by run and direction; without runs that were taken back, and
    /// without those that took them back.
    pub fn rank_movements(&mut self, since: &str) -> Result<Vec<RankMovement>, StoreError> {
        let reverts = Reverts::read(&self.db)?;
        let moved = self.db.all(
            "SELECT run_id, substr(changed_on, 1, 7) AS month, direction, count(*) FROM rank_change WHERE
             run_id IN (SELECT run_id FROM rank_run WHERE as_of >= ?1 || '-01') GROUP BY 1, 2, 3 ORDER
             BY 2, 1, 3",
            bind![since],
            |row| {
                let movement =
                    RankMovement { month: row.get(1)?, direction: row.get(2)?, changes: row.get(3)? };
                Ok((row.get(0)?, movement))
            },
        )?;
        let in_force = moved.into_iter().filter(|(run_id, _)| reverts.is_in_force(*run_id));
        Ok(in_force.map(|(_, movement)| movement).collect())
    }

    /// The number of customers that no run ever scored, and the first `limit` of them by code.
    pub fn never_scored(&mut self, limit: usize) -> Result<(u64, Vec<String>), StoreError> {
        let missing = "FROM customer cu
             WHERE NOT EXISTS (SELECT 1 FROM rank_run r JOIN rank_score s
                 ON s.run_id = r.run_id AND s.customer_code = cu.customer_code)";
        let all = self.db.value(&format!("SELECT count(*) {missing}"), &[])?;
        let first = self.db.column(
            &format!("SELECT cu.customer_code {missing} ORDER BY cu.customer_code LIMIT ?1"),
            bind![limit],
        )?;
        Ok((all, first))
    }
}
