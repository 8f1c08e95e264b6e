//! What analytics gives back: figures, scores and ranks.

use rusqlite::{OptionalExtension, params};

use super::transaction::SqliteTransaction;
use super::{Explained, StoreError};
use crate::money::{MoneyError, to_scaled};
use crate::store::{CustomerMetrics, RankRun, RankScore};

impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Conflict(error.to_string())
    }
}

/// A run that is being written.
struct Publishing<'a> {
    run: &'a RankRun,
    run_id: i64,
    /// The run before, when its settings were others.
    other_settings: Option<i64>,
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn publish_metrics(
        &mut self,
        metrics: &mut dyn Iterator<Item = CustomerMetrics>,
    ) -> Result<u64, StoreError> {
        let path = self.path.clone();
        let mut put = self
            .connection
            .prepare_cached(
                "INSERT INTO customer_metrics (customer_code, as_of, sales_12m, sales_prev_12m, slips_12m,
                    gross_margin, first_sold_on, last_sold_on, purchase_cycle_days, monthly_sales)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (customer_code) DO UPDATE SET as_of = excluded.as_of, sales_12m = excluded.sales_12m,
                    sales_prev_12m = excluded.sales_prev_12m, slips_12m = excluded.slips_12m,
                    gross_margin = excluded.gross_margin, first_sold_on = excluded.first_sold_on,
                    last_sold_on = excluded.last_sold_on, purchase_cycle_days = excluded.purchase_cycle_days,
                    monthly_sales = excluded.monthly_sales",
            )
            .at(&path)?;
        let mut published = 0;
        for row in metrics {
            let monthly = serde_json::to_string(&row.monthly_sales)
                .map_err(|error| StoreError::Conflict(error.to_string()))?;
            put.execute(params![
                row.customer_code,
                row.as_of.to_string(),
                to_scaled(row.sales_12m)?,
                to_scaled(row.sales_prev_12m)?,
                row.slips_12m,
                to_scaled(row.gross_margin)?,
                row.first_sold_on.map(|date| date.to_string()),
                row.last_sold_on.map(|date| date.to_string()),
                row.purchase_cycle_days,
                monthly,
            ])
            .at(&path)?;
            self.stale.insert(row.customer_code);
            published += 1;
        }
        Ok(published)
    }

    pub(in crate::store) fn publish_rank_run(
        &mut self,
        run: &RankRun,
        scores: &mut dyn Iterator<Item = RankScore>,
    ) -> Result<i64, StoreError> {
        let run_id = self.keep_run(run)?;
        let run = Publishing { run, run_id, other_settings: self.run_of_other_settings(run_id)? };
        let mut any_change = false;
        for score in scores {
            self.keep_score(run_id, &score)?;
            if let (Some(direction), Some(rank_to)) = (&score.direction, &score.rank_after) {
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
        self.connection
            .prepare_cached(
                "INSERT INTO rank_score (run_id, customer_code, latest_date, months_within, count, amount,
                    points_recency, points_count, points_amount, total, rank_before, rank_after, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )
            .at(&self.path)?
            .execute(params![
                run_id,
                score.customer_code,
                score.latest_date.map(|date| date.to_string()),
                score.months_within,
                score.count.to_string(),
                score.amount.to_string(),
                score.points_recency,
                score.points_count,
                score.points_amount,
                score.total.to_string(),
                score.rank_before,
                score.rank_after,
                score.reason,
            ])
            .at(&self.path)?;
        Ok(())
    }

    fn change_rank(
        &mut self,
        run: &Publishing<'_>,
        score: &RankScore,
        rank_to: &str,
        direction: &str,
    ) -> Result<(), StoreError> {
        let config_changed = self.is_for_the_settings_sake(run, score)?;
        self.connection
            .prepare_cached(
                "INSERT INTO rank_change (run_id, customer_code, changed_on, rank_from, rank_to, direction, total,
                    config_changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )
            .at(&self.path)?
            .execute(params![
                run.run_id,
                score.customer_code,
                run.run.as_of.to_string(),
                score.rank_before,
                rank_to,
                direction,
                score.total.to_string(),
                config_changed,
            ])
            .at(&self.path)?;
        // A rank that somebody edited since the scores were computed is not overwritten in silence.
        let written = self
            .connection
            .prepare_cached("UPDATE customer SET rank = ?2 WHERE customer_code = ?1 AND rank IS ?3")
            .at(&self.path)?
            .execute(params![score.customer_code, rank_to, score.rank_before])
            .at(&self.path)?;
        if written == 0 {
            return Err(StoreError::Conflict(format!(
                "the rank of customer {} was changed while the run was computed; nothing was written, run again",
                score.customer_code
            )));
        }
        self.stale.insert(score.customer_code.clone());
        Ok(())
    }

    /// The run before, when its settings were others.
    fn run_of_other_settings(&self, run_id: i64) -> Result<Option<i64>, StoreError> {
        let found: Option<(i64, bool)> = self
            .connection
            .prepare_cached(
                "SELECT old.run_id, old.config_hash <> new.config_hash FROM rank_run old, rank_run new
                 WHERE new.run_id = ?1 AND new.mode = 'run' AND old.run_id < ?1 AND old.mode = 'run'
                 ORDER BY old.run_id DESC LIMIT 1",
            )
            .at(&self.path)?
            .query_row([run_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .at(&self.path)?;
        Ok(found.and_then(|(before, is_other)| is_other.then_some(before)))
    }

    /// Whether the total is that of the run before, which had other settings and left the rank that is changed
    /// now: a rank that was edited by hand since says nothing about the settings.
    fn is_for_the_settings_sake(&self, run: &Publishing<'_>, score: &RankScore) -> Result<bool, StoreError> {
        let Some(before) = run.other_settings else { return Ok(false) };
        self.connection
            .prepare_cached(
                "SELECT 1 FROM rank_score
                 WHERE run_id = ?1 AND customer_code = ?2 AND total = ?3 AND rank_after IS ?4",
            )
            .at(&self.path)?
            .exists(params![before, score.customer_code, score.total.to_string(), score.rank_before])
            .at(&self.path)
    }

    /// The month's distribution is that of its last committed run.
    pub(super) fn count_ranks(&self, run: &RankRun) -> Result<(), StoreError> {
        let month = run.as_of.format("%Y-%m").to_string();
        self.connection
            .prepare_cached("DELETE FROM rank_monthly WHERE month = ?1")
            .at(&self.path)?
            .execute([&month])
            .at(&self.path)?;
        self.connection
            .prepare_cached(
                "INSERT INTO rank_monthly (month, rank, customers)
                 SELECT ?1, coalesce(rank, ''), count(*) FROM customer GROUP BY coalesce(rank, '')",
            )
            .at(&self.path)?
            .execute([&month])
            .at(&self.path)?;
        Ok(())
    }
}
