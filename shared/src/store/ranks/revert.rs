//! Reverting a run.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{RankRun, Reverts};
use crate::message;
use crate::rank::RankDirection;
use crate::store::driver::bind;
use crate::store::{Reader, StoreError, Transaction};

/// One change to revert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankRevert {
    /// The customer.
    pub customer_code: String,
    /// Its name; `None`: there is no such customer any more.
    pub customer_name: Option<String>,
    /// The rank before the run, to which the customer goes back.
    pub rank_before: Option<String>,
    /// The rank that the run assigned.
    pub rank_after: Option<String>,
    /// The rank now.
    pub rank_now: Option<String>,
    /// The total for which the run assigned it.
    pub total: Decimal,
}

impl RankRevert {
    /// Whether the rank is still the one that the run assigned.
    #[must_use]
    pub fn is_as_the_run_left_it(&self) -> bool {
        self.customer_name.is_some() && self.rank_now == self.rank_after
    }
}

impl Reader {
    /// Every change of a run with the customer's rank now, by customer code.
    pub fn rank_reverts(&mut self, run_id: i64) -> Result<Vec<RankRevert>, StoreError> {
        self.db.all(
            "SELECT ch.customer_code, cu.customer_name, nullif(ch.rank_from, ''), nullif(ch.rank_to,
             ''), nullif(cu.rank, ''), ch.total FROM rank_change ch LEFT JOIN customer cu ON
             cu.customer_code = ch.customer_code WHERE ch.run_id = ?1 ORDER BY ch.customer_code",
            bind![run_id],
            |row| {
                Ok(RankRevert {
                    customer_code: row.get(0)?,
                    customer_name: row.get(1)?,
                    rank_before: row.get(2)?,
                    rank_after: row.get(3)?,
                    rank_now: row.get(4)?,
                    total: row.get(5)?,
                })
            },
        )
    }
}

impl Transaction<'_> {
    /// Writes a run that takes another one back: the run, a change for each of `reverts`, the customers' ranks and
    /// the month's distribution; the cards of the changed become stale. Each comes with its direction. Gives the
    /// run's id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a rank is not the one that `reverts` says.
    pub fn publish_rank_revert(
        &mut self,
        run: &RankRun,
        reverts: &mut dyn Iterator<Item = (&RankRevert, RankDirection)>,
    ) -> Result<i64, StoreError> {
        let run_id = self.keep_run(run)?;
        let mut any_change = false;
        for (revert, direction) in reverts {
            self.restore(run_id, run, revert, direction)?;
            any_change = true;
        }
        if any_change {
            self.touch("customers", "");
        }
        self.count_ranks(run)?;
        self.follow_revert(run_id, run)?;
        Ok(run_id)
    }

    /// The cards of all who had a change in what is in force now or was before, and the month of that run.
    fn follow_revert(&mut self, run_id: i64, run: &RankRun) -> Result<(), StoreError> {
        let reverts = Reverts::read(&self.db)?;
        let chain = reverts.chain(run_id);
        for run_id in &chain {
            let changed: Vec<String> =
                self.db.column("SELECT customer_code FROM rank_change WHERE run_id = ?1", bind![*run_id])?;
            self.stale.extend(changed);
        }
        let Some(first) = chain.last() else { return Ok(()) };
        let month: String =
            self.db.value("SELECT substr(as_of, 1, 7) FROM rank_run WHERE run_id = ?1", bind![*first])?;
        // The month of the revert itself has the ranks as they are now.
        if month != run.as_of.format("%Y-%m").to_string() {
            self.recount_month(&month, &reverts)?;
        }
        Ok(())
    }

    /// A month has the ranks that its last run in force left, or none.
    fn recount_month(&mut self, month: &str, reverts: &Reverts) -> Result<(), StoreError> {
        let runs: Vec<i64> = self.db.column(
            "SELECT run_id FROM rank_run WHERE substr(as_of, 1, 7) = ?1 ORDER BY run_id DESC",
            bind![month],
        )?;
        self.db.execute("DELETE FROM rank_monthly WHERE month = ?1", bind![month])?;
        if let Some(last) = runs.into_iter().find(|run_id| reverts.is_in_force(*run_id)) {
            self.db.execute(
                "INSERT INTO rank_monthly (month, rank, customers) SELECT ?1, coalesce(rank_after, ''),
                 count(*) FROM rank_score WHERE run_id = ?2 GROUP BY coalesce(rank_after, '')",
                bind![month, last],
            )?;
        }
        Ok(())
    }

    fn restore(
        &mut self,
        run_id: i64,
        run: &RankRun,
        revert: &RankRevert,
        direction: RankDirection,
    ) -> Result<(), StoreError> {
        // A rank that was edited meanwhile is not overwritten.
        let written = self.db.execute(
            "UPDATE customer SET rank = ?2 WHERE customer_code = ?1 AND nullif(rank, '') IS ?3",
            bind![revert.customer_code, revert.rank_before, revert.rank_after],
        )?;
        if written == 0 {
            return Err(StoreError::Conflict(message!(
                "得意先 {code} のランクは、取り消す実行の結果から変わっています。何も変更していません。もう一度実行してください",
                "the rank of customer {code} has changed since the run that is being reverted; nothing was written; try again",
                code = revert.customer_code
            )));
        }
        self.db.execute(
            "INSERT INTO rank_change (run_id, customer_code, changed_on, rank_from, rank_to, direction,
             total, config_changed) VALUES (?1, ?2, ?3, ?4, coalesce(?5, ''), ?6, ?7, 0)",
            bind![
                run_id,
                revert.customer_code,
                run.as_of,
                revert.rank_after,
                revert.rank_before,
                direction,
                revert.total
            ],
        )?;
        self.stale.insert(revert.customer_code.clone());
        Ok(())
    }
}
