//! Pairs of customers who look alike and are not the same.

use chrono::{DateTime, Utc};

use super::driver::bind;
use super::{Reader, StoreError, Transaction};
use crate::message;

impl Reader {
    /// The recorded pairs, the smaller code first.
    pub fn ignored_duplicates(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        self.db.all(
            "SELECT customer_a, customer_b FROM duplicate_ignored ORDER BY customer_a, customer_b",
            &[],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }
}

impl Transaction<'_> {
    /// Records that two customers are not the same; `false` when that was recorded already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them does not exist.
    pub fn ignore_duplicate(
        &mut self,
        one: &str,
        other: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (a, b) = if one < other { (one, other) } else { (other, one) };
        for code in [a, b] {
            let known: bool = self
                .db
                .value("SELECT EXISTS (SELECT 1 FROM customer WHERE customer_code = ?1)", bind![code])?;
            if !known {
                return Err(StoreError::Conflict(message!(
                    "得意先 {code} は登録されていません",
                    "there is no customer {code}",
                    code = code
                )));
            }
        }
        let added = self.db.execute(
            "INSERT INTO duplicate_ignored (customer_a, customer_b, at) VALUES (?1, ?2, ?3) ON CONFLICT
             DO NOTHING",
            bind![a, b, at],
        )?;
        Ok(added == 1)
    }
}
