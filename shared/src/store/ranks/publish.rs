//! Publishing a run: its scores, its changes and the customers' ranks.

use super::{RankRun, RankScore};
use crate::message;
use crate::rank::RankDirection;
use crate::store::driver::bind;
use crate::store::{StoreError, Transaction};

/// A run that is being written.
struct Publishing<'a> {
    run: &'a RankRun,
    run_id: i64,
    /// The run before, when its settings were others.
    other_settings: Option<i64>,
}

impl Transaction<'_> {
    /// Writes a whole rank run: the run, every score, every change, the customers' ranks and the month's
    /// distribution; the cards of the changed become stale. Gives the run's id.
    pub fn publish_rank_run(
        &mut self,
        run: &RankRun,
        scores: &mut dyn Iterator<Item = RankScore>,
    ) -> Result<i64, StoreError> {
        let run_id = self.keep_run(run)?;
        let run = Publishing { run, run_id, other_settings: self.run_of_other_settings(run_id)? };
        let mut any_change = false;
        for score in scores {
            self.keep_score(run_id, &score)?;
            if let (Some(direction), Some(rank_to)) = (score.direction, &score.rank_after) {
                self.change_rank(&run, &score, rank_to, direction)?;
                any_change = true;
            }
        }
        if any_change {
            self.touch("customers", "");
        }
        self.count_ranks(run.run)?;
        Ok(run_id)
    }

    fn keep_score(&self, run_id: i64, score: &RankScore) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO rank_score (run_id, customer_code, latest_date, months_within, count, amount,
             points_recency, points_count, points_amount, total, rank_before, rank_after, reason) VALUES
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            bind![
                run_id,
                score.customer_code,
                score.latest_date,
                score.months_within,
                score.count,
                score.amount,
                score.points_recency,
                score.points_count,
                score.points_amount,
                score.total,
                score.rank_before,
                score.rank_after,
                score.reason
            ],
        )?;
        Ok(())
    }

    fn change_rank(
        &mut self,
        run: &Publishing<'_>,
        score: &RankScore,
        rank_to: &str,
        direction: RankDirection,
    ) -> Result<(), StoreError> {
        let config_changed = self.is_caused_by_settings(run, score)?;
        self.db.execute(
            "INSERT INTO rank_change (run_id, customer_code, changed_on, rank_from, rank_to, direction,
             total, config_changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            bind![
                run.run_id,
                score.customer_code,
                run.run.as_of,
                score.rank_before,
                rank_to,
                direction,
                score.total,
                config_changed
            ],
        )?;
        // A rank that was edited since the scores were computed is not overwritten.
        let written = self.db.execute(
            "UPDATE customer SET rank = ?2 WHERE customer_code = ?1 AND rank IS ?3",
            bind![score.customer_code, rank_to, score.rank_before],
        )?;
        if written == 0 {
            return Err(StoreError::Conflict(message!(
                "得意先 {code} のランクが計算中に変更されました。何も変更していません。もう一度実行してください",
                "the rank of customer {code} changed while the run was being computed; nothing was written; try again",
                code = score.customer_code
            )));
        }
        self.stale.insert(score.customer_code.clone());
        Ok(())
    }

    /// The run before, when its settings were others.
    fn run_of_other_settings(&self, run_id: i64) -> Result<Option<i64>, StoreError> {
        let found: Option<(i64, bool)> = self.db.one(
            "SELECT old.run_id, old.config_hash <> new.config_hash FROM rank_run old, rank_run new WHERE
             new.run_id = ?1 AND new.mode = 'run' AND old.run_id < ?1 AND old.mode = 'run' ORDER BY
             old.run_id DESC LIMIT 1",
            bind![run_id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(found.and_then(|(before, is_other)| is_other.then_some(before)))
    }

    /// Whether the settings changed the rank: the total is that of the previous run, which had other settings and left
    /// the rank that is changed now. A rank that was edited by hand since does not count.
    fn is_caused_by_settings(&self, run: &Publishing<'_>, score: &RankScore) -> Result<bool, StoreError> {
        let Some(before) = run.other_settings else { return Ok(false) };
        self.db.exists(
            "SELECT 1 FROM rank_score WHERE run_id = ?1 AND customer_code = ?2 AND total = ?3 AND
             rank_after IS ?4",
            bind![before, score.customer_code, score.total, score.rank_before],
        )
    }

    /// The month's distribution is that of its last committed run.
    pub(super) fn count_ranks(&self, run: &RankRun) -> Result<(), StoreError> {
        let month = run.as_of.format("%Y-%m").to_string();
        self.db.execute("DELETE FROM rank_monthly WHERE month = ?1", bind![&month])?;
        self.db.execute(
            "INSERT INTO rank_monthly (month, rank, customers) SELECT ?1, coalesce(rank, ''), count(*)
             FROM customer GROUP BY coalesce(rank, '')",
            bind![&month],
        )?;
        Ok(())
    }
}
