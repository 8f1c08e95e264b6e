//! Pairs of customers who look alike and are not the same.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::reader::SqliteReader;
use super::transaction::{SqliteTransaction, instant};
use super::{Explained, StoreError};

impl SqliteReader {
    pub(in crate::store) fn ignored_duplicates(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT customer_a, customer_b FROM duplicate_ignored ORDER BY customer_a, customer_b",
            )
            .at(&self.path)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn ignore_duplicate(
        &mut self,
        one: &str,
        other: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (a, b) = if one < other { (one, other) } else { (other, one) };
        for code in [a, b] {
            let known: bool = self
                .connection
                .query_row("SELECT EXISTS (SELECT 1 FROM customer WHERE customer_code = ?1)", [code], |row| {
                    row.get(0)
                })
                .at(&self.path)?;
            if !known {
                return Err(StoreError::Conflict(format!("there is no customer {code}")));
            }
        }
        let added = self
            .connection
            .execute(
                "INSERT INTO duplicate_ignored (customer_a, customer_b, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                params![a, b, instant(at)],
            )
            .at(&self.path)?;
        Ok(added == 1)
    }
}
