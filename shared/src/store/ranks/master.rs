//! The company's own ranks, their order and their colours.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::RANKS_IN_ORDER;
use crate::color::Color;
use crate::dataset::RANKS;
use crate::rank::RankMaster;
use crate::store::driver::bind;
use crate::store::{AuditAction, AuditEntry, Reader, StoreError, Transaction};

/// A rank as screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RankEntry {
    /// Its name.
    pub rank: String,
    /// Its colour; `None`: that of its place.
    pub color: Option<Color>,
}

impl Reader {
    /// The ranks with their colours, the best first.
    pub fn rank_entries(&mut self) -> Result<Vec<RankEntry>, StoreError> {
        self.db.all("SELECT rank, color FROM rank_master ORDER BY position, rank", &[], |row| {
            let color: Option<String> = row.get(1)?;
            Ok(RankEntry { rank: row.get(0)?, color: color.as_deref().and_then(Color::parse) })
        })
    }

    /// Ranks that share a position, so that nobody knows which one is the better.
    pub fn ranks_in_doubt(&mut self) -> Result<Vec<String>, StoreError> {
        self.db.column(IN_DOUBT, &[])
    }

    /// How many customers have each rank, whether the master has it or not.
    pub fn customers_by_rank(&mut self) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = "SELECT rank, count(*) FROM customer WHERE coalesce(rank, '') <> '' GROUP BY rank";
        Ok(self.db.all(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
    }
}

const IN_DOUBT: &str = "SELECT rank FROM rank_master m WHERE EXISTS (SELECT 1 FROM rank_master o
    WHERE o.position = m.position AND o.rank <> m.rank) ORDER BY position, rank";

impl Transaction<'_> {
    /// Replaces the rank master, with an entry in the audit log. Ranks that stay keep their colour. Every card is marked
    /// stale: whether a customer's rank is updated depends on it.
    pub fn set_rank_master(&mut self, master: &RankMaster, now: DateTime<Utc>) -> Result<(), StoreError> {
        let colors: Vec<(String, String)> =
            self.db.all("SELECT rank, color FROM rank_master WHERE color IS NOT NULL", &[], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let color = |rank: &str| colors.iter().find(|(known, _)| known == rank).map(|(_, color)| color);
        self.db.execute("DELETE FROM rank_master", &[])?;
        for (rank, position) in master.ranks().iter().zip(1_u64..) {
            self.db.execute(
                "INSERT INTO rank_master (rank, position, color) VALUES (?1, ?2, ?3)",
                bind![rank, position, color(rank)],
            )?;
        }
        self.ranks_changed = Some(now);
        self.touch(RANKS.name, "");
        Ok(())
    }

    /// Gives a rank of the master a colour, or takes it away; `false` when there is no such rank.
    pub fn set_rank_color(
        &mut self,
        rank: &str,
        color: Option<&Color>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let color = color.map(Color::as_str);
        let set = "UPDATE rank_master SET color = ?2 WHERE rank = ?1";
        if self.db.execute(set, bind![rank, color])? == 0 {
            return Ok(false);
        }
        self.ranks_changed = Some(now);
        self.touch(RANKS.name, "");
        Ok(true)
    }

    /// What follows from another rank master, once a transaction: every card is stale, and the audit log has it.
    pub(in crate::store) fn note_ranks(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.mark_all_stale()?;
        let ranks: Vec<String> = self.db.column(RANKS_IN_ORDER, &[])?;
        self.audit(&AuditEntry {
            at: now,
            actor: self.actor().to_owned(),
            action: AuditAction::RankMaster.into(),
            subject: None,
            detail: Some(ranks.join(" > ")),
        })
    }

    /// Ranks that share a position after an import of the master.
    pub fn ranks_in_doubt(&self) -> Result<Vec<String>, StoreError> {
        self.db.column(IN_DOUBT, &[])
    }
}
