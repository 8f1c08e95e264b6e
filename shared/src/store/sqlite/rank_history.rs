//! What rank runs left behind, and taking a run back.

use chrono::NaiveDate;
use std::ops::ControlFlow;

use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, params};

use super::reader::{SqliteReader, read_count, read_date, read_decimal, read_instant, read_optional_date};
use super::transaction::{SqliteTransaction, count, instant};
use super::{Explained, StoreError};
use crate::store::{RankHistoryEntry, RankMonth, RankMovement, RankRevert, RankRun, RankScore, RankTable};

/// The columns of [`rank_run`], in its order.
pub(super) const RUN_COLUMNS: &str = "run_id, as_of, trigger, config_hash, config, started_at, finished_at,
    evaluated, changed, excluded, not_target, warnings, config_version, mode, reverts";

/// A run of [`RUN_COLUMNS`].
pub(super) fn rank_run(row: &Row<'_>) -> rusqlite::Result<RankRun> {
    Ok(RankRun {
        run_id: row.get(0)?,
        as_of: read_date(row, 1)?,
        trigger: row.get(2)?,
        config_hash: row.get(3)?,
        config: row.get(4)?,
        started_at: read_instant(row, 5)?,
        finished_at: read_instant(row, 6)?,
        evaluated: read_count(row, 7)?,
        changed: read_count(row, 8)?,
        excluded: read_count(row, 9)?,
        not_target: read_count(row, 10)?,
        warnings: read_count(row, 11)?,
        config_version: row.get(12)?,
        mode: row.get(13)?,
        reverts: row.get(14)?,
    })
}

const SCORE_COLUMNS: &str =
    "s.customer_code, s.latest_date, s.months_within, s.count, s.amount, s.points_recency,
    s.points_count, s.points_amount, s.total, s.rank_before, s.rank_after, s.reason, ch.direction";

/// A score of [`SCORE_COLUMNS`] that begin at `first`.
fn rank_score(row: &Row<'_>, first: usize) -> rusqlite::Result<RankScore> {
    Ok(RankScore {
        customer_code: row.get(first)?,
        latest_date: read_optional_date(row, first + 1)?,
        months_within: row.get(first + 2)?,
        count: read_decimal(row, first + 3)?,
        amount: read_decimal(row, first + 4)?,
        points_recency: row.get(first + 5)?,
        points_count: row.get(first + 6)?,
        points_amount: row.get(first + 7)?,
        total: read_decimal(row, first + 8)?,
        rank_before: row.get(first + 9)?,
        rank_after: row.get(first + 10)?,
        reason: row.get(first + 11)?,
        direction: row.get(first + 12)?,
    })
}

impl SqliteReader {
    pub(in crate::store) fn metrics_published(
        &mut self,
    ) -> Result<(u64, u64, Option<NaiveDate>), StoreError> {
        let sql = "SELECT (SELECT count(*) FROM customer_metrics), (SELECT count(*) FROM customer),
                          (SELECT min(as_of) FROM customer_metrics)";
        self.connection
            .query_row(sql, [], |row| {
                let oldest: Option<String> = row.get(2)?;
                let counts = (row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs());
                Ok((counts.0, counts.1, oldest.and_then(|day| day.parse().ok())))
            })
            .at(&self.path)
    }

    pub(in crate::store) fn rank_run(&mut self, run_id: i64) -> Result<Option<RankRun>, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {RUN_COLUMNS} FROM rank_run WHERE run_id = ?1"))
            .at(&self.path)?
            .query_row([run_id], rank_run)
            .optional()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_score(
        &mut self,
        run_id: i64,
        customer_code: &str,
    ) -> Result<Option<RankScore>, StoreError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {SCORE_COLUMNS} FROM rank_score s
                 LEFT JOIN rank_change ch ON ch.run_id = s.run_id AND ch.customer_code = s.customer_code
                 WHERE s.run_id = ?1 AND s.customer_code = ?2"
            ))
            .at(&self.path)?
            .query_row(params![run_id, customer_code], |row| rank_score(row, 0))
            .optional()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_history(
        &mut self,
        customer_code: &str,
        limit: usize,
    ) -> Result<Vec<RankHistoryEntry>, StoreError> {
        // From run to run, each by its key: the scores of all customers are never walked.
        let sql = format!(
            "SELECT r.run_id, r.as_of, r.trigger, r.mode, r.reverts, r.config_hash, ch.rank_from, ch.rank_to,
                ch.direction, coalesce(ch.config_changed, 0), {SCORE_COLUMNS}
             FROM rank_run r
             LEFT JOIN rank_score s ON s.run_id = r.run_id AND s.customer_code = ?1
             LEFT JOIN rank_change ch ON ch.run_id = r.run_id AND ch.customer_code = ?1
             WHERE s.customer_code IS NOT NULL OR ch.customer_code IS NOT NULL
             ORDER BY r.run_id DESC LIMIT ?2"
        );
        self.connection
            .prepare_cached(&sql)
            .at(&self.path)?
            .query_map(params![customer_code, count(limit as u64)], |row| {
                let scored: Option<String> = row.get(10)?;
                let to: Option<String> = row.get(7)?;
                let change = match to {
                    Some(to) => Some((row.get(6)?, to, row.get(8)?)),
                    None => None,
                };
                Ok(RankHistoryEntry {
                    run_id: row.get(0)?,
                    as_of: read_date(row, 1)?,
                    trigger: row.get(2)?,
                    mode: row.get(3)?,
                    reverts: row.get(4)?,
                    config_hash: row.get(5)?,
                    score: scored.map(|_| rank_score(row, 10)).transpose()?,
                    change,
                    config_changed: row.get(9)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_months(&mut self, since: &str) -> Result<Vec<RankMonth>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT month, rank, customers FROM rank_monthly WHERE month >= ?1 ORDER BY month, rank",
            )
            .at(&self.path)?
            .query_map([since], |row| {
                Ok(RankMonth { month: row.get(0)?, rank: row.get(1)?, customers: read_count(row, 2)? })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_movements(&mut self, since: &str) -> Result<Vec<RankMovement>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT substr(changed_on, 1, 7) AS month, direction, count(*) FROM rank_change
                 WHERE run_id IN (SELECT run_id FROM rank_run WHERE as_of >= ?1 || '-01')
                 GROUP BY 1, 2 ORDER BY 1, 2",
            )
            .at(&self.path)?
            .query_map([since], |row| {
                Ok(RankMovement { month: row.get(0)?, direction: row.get(1)?, changes: read_count(row, 2)? })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_reverts(&mut self, run_id: i64) -> Result<Vec<RankRevert>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT ch.customer_code, cu.customer_name, nullif(ch.rank_from, ''), nullif(ch.rank_to, ''),
                    nullif(cu.rank, ''), ch.total
                 FROM rank_change ch LEFT JOIN customer cu ON cu.customer_code = ch.customer_code
                 WHERE ch.run_id = ?1 ORDER BY ch.customer_code",
            )
            .at(&self.path)?
            .query_map([run_id], |row| {
                Ok(RankRevert {
                    customer_code: row.get(0)?,
                    customer_name: row.get(1)?,
                    rank_before: row.get(2)?,
                    rank_after: row.get(3)?,
                    rank_now: row.get(4)?,
                    total: read_decimal(row, 5)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn never_scored(&mut self, limit: usize) -> Result<(u64, Vec<String>), StoreError> {
        let missing = "FROM customer cu
             WHERE NOT EXISTS (SELECT 1 FROM rank_run r JOIN rank_score s
                 ON s.run_id = r.run_id AND s.customer_code = cu.customer_code)";
        let all = self
            .connection
            .prepare_cached(&format!("SELECT count(*) {missing}"))
            .at(&self.path)?
            .query_row([], |row| read_count(row, 0))
            .at(&self.path)?;
        let first = self
            .connection
            .prepare_cached(&format!("SELECT cu.customer_code {missing} ORDER BY cu.customer_code LIMIT ?1"))
            .at(&self.path)?
            .query_map([count(limit as u64)], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)?;
        Ok((all, first))
    }

    pub(in crate::store) fn scan_ranks(
        &mut self,
        table: RankTable,
        each: &mut dyn FnMut(&[Option<String>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let columns = table.columns();
        let key = &columns[..table.key_columns()];
        let sql = format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name(), key.join(", "));
        let mut select = self.connection.prepare(&sql).at(&self.path)?;
        let mut rows = select.query([]).at(&self.path)?;
        let mut cells: Vec<Option<String>> = vec![None; columns.len()];
        while let Some(row) = rows.next().at(&self.path)? {
            for (i, cell) in cells.iter_mut().enumerate() {
                *cell = match row.get_ref(i).at(&self.path)? {
                    ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Integer(number) => Some(number.to_string()),
                    _ => None,
                };
            }
            if each(&cells).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn publish_rank_revert(
        &mut self,
        run: &RankRun,
        reverts: &mut dyn Iterator<Item = (&RankRevert, &'static str)>,
    ) -> Result<i64, StoreError> {
        let run_id = self.keep_run(run)?;
        let mut any_change = false;
        for (revert, direction) in reverts {
            self.give_back(run_id, run, revert, direction)?;
            any_change = true;
        }
        if any_change {
            self.touch("customers", "");
        }
        self.count_ranks(run)?;
        Ok(run_id)
    }

    fn give_back(
        &mut self,
        run_id: i64,
        run: &RankRun,
        revert: &RankRevert,
        direction: &str,
    ) -> Result<(), StoreError> {
        // Also here a rank that somebody edited meanwhile is not overwritten in silence.
        let written = self
            .connection
            .prepare_cached(
                "UPDATE customer SET rank = ?2 WHERE customer_code = ?1 AND nullif(rank, '') IS ?3",
            )
            .at(&self.path)?
            .execute(params![revert.customer_code, revert.rank_before, revert.rank_after])
            .at(&self.path)?;
        if written == 0 {
            return Err(StoreError::Conflict(format!(
                "the rank of customer {} is not the one that the run gave; nothing was written, run again",
                revert.customer_code
            )));
        }
        self.connection
            .prepare_cached(
                "INSERT INTO rank_change (run_id, customer_code, changed_on, rank_from, rank_to, direction, total,
                    config_changed)
                 VALUES (?1, ?2, ?3, ?4, coalesce(?5, ''), ?6, ?7, 0)",
            )
            .at(&self.path)?
            .execute(params![
                run_id,
                revert.customer_code,
                run.as_of.to_string(),
                revert.rank_after,
                revert.rank_before,
                direction,
                revert.total.to_string(),
            ])
            .at(&self.path)?;
        self.stale.insert(revert.customer_code.clone());
        Ok(())
    }

    /// Writes the row of a run and gives its id.
    pub(super) fn keep_run(&self, run: &RankRun) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO rank_run (as_of, trigger, config_hash, config, started_at, finished_at, evaluated,
                    changed, excluded, not_target, warnings, config_version, mode, reverts)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )
            .at(&self.path)?
            .execute(params![
                run.as_of.to_string(),
                run.trigger,
                run.config_hash,
                run.config,
                instant(run.started_at),
                instant(run.finished_at),
                count(run.evaluated),
                count(run.changed),
                count(run.excluded),
                count(run.not_target),
                count(run.warnings),
                run.config_version,
                run.mode,
                run.reverts,
            ])
            .at(&self.path)?;
        Ok(self.connection.last_insert_rowid())
    }
}
