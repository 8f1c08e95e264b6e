//! Numbers that agents marked as a nuisance.

use chrono::{DateTime, Utc};

use crate::store::driver::bind;
use crate::store::{Reader, StoreError, Transaction};

/// That a number is a nuisance, as an agent said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nuisance {
    /// The name of the agent who marked it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Reader {
    /// Who marked this number as a nuisance, if anybody did.
    pub fn nuisance(&mut self, e164: &str) -> Result<Option<Nuisance>, StoreError> {
        self.db.one(
            "SELECT coalesce(a.agent_name, n.marked_by), n.marked_at FROM nuisance_number n
             LEFT JOIN agent a ON a.agent_code = n.marked_by WHERE n.e164 = ?1",
            bind![e164],
            |row| Ok(Nuisance { by: row.get(0)?, at: row.get(1)? }),
        )
    }
}

impl Transaction<'_> {
    /// Marks a number as a nuisance. Who marked it first stays.
    pub fn mark_nuisance(&mut self, e164: &str, by: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT INTO nuisance_number (e164, marked_by, marked_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (e164) DO NOTHING",
                bind![e164, by, at],
            )
            .map(|_| ())
    }

    /// The number is no nuisance after all.
    pub fn unmark_nuisance(&mut self, e164: &str) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM nuisance_number WHERE e164 = ?1", bind![e164]).map(|_| ())
    }
}
