//! Whose ranks the settings in use update, so that a card can say it.

use crate::store::driver::bind;
use crate::store::{StoreError, Transaction};

impl Transaction<'_> {
    /// Notes the current ranks whose customers the settings in use update: an empty one stands for customers without a rank,
    /// none at all for an update that is not in use. When they are others than before, every card is marked stale.
    pub fn set_rank_targets(&mut self, ranks: &[String]) -> Result<(), StoreError> {
        let mut wanted: Vec<&str> = ranks.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found: Vec<String> = self.db.column("SELECT rank FROM rank_target ORDER BY rank", &[])?;
        if found == wanted {
            return Ok(());
        }
        self.db.execute("DELETE FROM rank_target", &[])?;
        for rank in wanted {
            self.db.execute("INSERT INTO rank_target (rank) VALUES (?1)", bind![rank])?;
        }
        self.mark_all_stale()
    }

    /// Marks every card stale: something that all of them show has changed.
    pub(in crate::store) fn mark_all_stale(&self) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO stale_card (customer_code) SELECT customer_code FROM customer";
        self.db.execute(sql, &[]).map(|_| ())
    }
}
