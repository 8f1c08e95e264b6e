//! The company's own ranks and their order.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::rank::RankMaster;
use crate::store::driver::bind;
use crate::store::{AuditAction, AuditEntry, Reader, StoreError, Transaction};

impl Reader {
    /// How many customers have each rank, whether the master has it or not.
    pub fn customers_by_rank(&mut self) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = "SELECT rank, count(*) FROM customer WHERE coalesce(rank, '') <> '' GROUP BY rank";
        Ok(self.db.all(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
    }
}

impl Transaction<'_> {
    /// Replaces the rank master, with an entry in the audit log. Every card is marked stale: whether a customer's rank is
    /// updated depends on it.
    pub fn set_rank_master(&mut self, master: &RankMaster, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM rank_master", &[])?;
        for (position, rank) in master.ranks().iter().enumerate() {
            self.db
                .execute("INSERT INTO rank_master (rank, position) VALUES (?1, ?2)", bind![rank, position])?;
        }
        self.mark_all_stale()?;
        let entry = AuditEntry {
            at: now,
            actor: self.actor().to_owned(),
            action: AuditAction::RankMaster.into(),
            subject: None,
            detail: Some(master.ranks().join(" > ")),
        };
        self.audit(&entry)
    }
}
