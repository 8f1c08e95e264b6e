//! One write transaction: rolled back when it is dropped without a commit.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, MutexGuard};

use chrono::NaiveDate;
use rusqlite::{Connection, params};

use super::upsert::UpsertPlan;
use super::{Explained, StoreError, card};
use crate::store::{AuditEntry, ImportBatch, RefusedRow};

/// A transaction on the file's one writing connection.
#[derive(Debug)]
pub struct SqliteTransaction<'a> {
    pub(super) path: Arc<PathBuf>,
    pub(super) connection: MutexGuard<'a, Connection>,
    pub(super) plans: HashMap<(&'static str, u128), Rc<UpsertPlan>>,
    /// Data sets and months that this transaction changed.
    pub(super) changed: BTreeSet<(&'static str, String)>,
    /// Customers whose cards no longer say what the tables say.
    pub(super) stale: HashSet<String>,
    /// Whether the last row that was changed has another month than before.
    pub(super) moved: bool,
    open: bool,
}

impl<'a> SqliteTransaction<'a> {
    pub(super) fn begin(
        path: Arc<PathBuf>,
        connection: MutexGuard<'a, Connection>,
    ) -> Result<Self, StoreError> {
        connection.execute_batch("BEGIN IMMEDIATE").at(&path)?;
        let (plans, changed, stale) = (HashMap::new(), BTreeSet::new(), HashSet::new());
        Ok(Self { path, connection, plans, changed, stale, moved: false, open: true })
    }

    pub(in crate::store) fn commit(mut self) -> Result<(), StoreError> {
        self.mark_stale()?;
        self.number_changes()?;
        self.connection.execute_batch("COMMIT").at(&self.path)?;
        self.open = false;
        Ok(())
    }

    /// Begins a part that can be taken back alone.
    pub(in crate::store) fn begin_part(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("SAVEPOINT part").at(&self.path)
    }

    /// Ends the part: keeps it, or takes it back.
    pub(in crate::store) fn end_part(&self, keep: bool) -> Result<(), StoreError> {
        let end = if keep { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" };
        self.connection.execute_batch(end).at(&self.path)
    }

    fn mark_stale(&self) -> Result<(), StoreError> {
        let mut mark = self
            .connection
            .prepare_cached("INSERT INTO stale_card (customer_code) VALUES (?1) ON CONFLICT DO NOTHING")
            .at(&self.path)?;
        for customer_code in &self.stale {
            mark.execute([customer_code]).at(&self.path)?;
        }
        Ok(())
    }

    /// Gives this write its number and puts it on whatever it changed.
    fn number_changes(&self) -> Result<(), StoreError> {
        if self.changed.is_empty() {
            return Ok(());
        }
        let number: i64 = self
            .connection
            .query_row("UPDATE store_state SET change_no = change_no + 1 RETURNING change_no", [], |row| {
                row.get(0)
            })
            .at(&self.path)?;
        let mut note = self
            .connection
            .prepare_cached(
                "INSERT INTO dataset_change (dataset, month, change_no) VALUES (?1, ?2, ?3)
                 ON CONFLICT (dataset, month) DO UPDATE SET change_no = excluded.change_no",
            )
            .at(&self.path)?;
        for (dataset, month) in &self.changed {
            note.execute(params![dataset, month, number]).at(&self.path)?;
        }
        Ok(())
    }

    /// Notes that a customer's own row changed by other means than an upsert.
    pub(super) fn touch(&mut self, dataset: &'static str, month: &str) {
        if !self.changed.contains(&(dataset, month.to_owned())) {
            self.changed.insert((dataset, month.to_owned()));
        }
    }

    pub(in crate::store) fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .at(&self.path)?
            .execute(params![instant(entry.at), entry.actor, entry.action, entry.subject, entry.detail])
            .at(&self.path)?;
        Ok(())
    }

    pub(in crate::store) fn record_import(
        &mut self,
        batch: &ImportBatch,
        refused: &[RefusedRow],
    ) -> Result<i64, StoreError> {
        let path = self.path.clone();
        self.connection
            .prepare_cached(
                "INSERT INTO import_batch (at, file, dataset, rows_read, rows_new, rows_changed, rows_unchanged,
                 rows_refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )
            .at(&path)?
            .execute(params![
                instant(batch.at),
                batch.file,
                batch.dataset,
                count(batch.rows_read),
                count(batch.rows_new),
                count(batch.rows_changed),
                count(batch.rows_unchanged),
                count(batch.rows_refused),
            ])
            .at(&path)?;
        let batch_id = self.connection.last_insert_rowid();
        let mut keep = self
            .connection
            .prepare_cached(
                "INSERT INTO quarantine (batch_id, line, column_name, code, message, raw)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .at(&path)?;
        for row in refused {
            keep.execute(params![batch_id, count(row.line), row.column, row.code, row.message, row.raw])
                .at(&path)?;
        }
        drop(keep);
        Ok(batch_id)
    }

    pub(in crate::store) fn refresh_stale_cards(
        &mut self,
        today: NaiveDate,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let path = self.path.clone();
        let codes: Vec<String> = self
            .connection
            .prepare_cached("SELECT customer_code FROM stale_card ORDER BY customer_code LIMIT ?1")
            .at(&path)?
            .query_map([count(limit as u64)], |row| row.get(0))
            .at(&path)?
            .collect::<Result<_, _>>()
            .at(&path)?;
        for code in &codes {
            self.refresh_card(code, today)?;
        }
        Ok(codes.len())
    }

    /// Writes a customer's card anew and takes its stale mark away.
    pub(super) fn refresh_card(&mut self, customer_code: &str, today: NaiveDate) -> Result<(), StoreError> {
        let path = self.path.clone();
        match card::build(&path, &self.connection, customer_code, today)? {
            Some(built) => self
                .connection
                .prepare_cached(
                    "INSERT INTO customer_card (customer_code, body, built_on, valid_through)
                     VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (customer_code) DO UPDATE SET body = excluded.body,
                        built_on = excluded.built_on, valid_through = excluded.valid_through",
                )
                .at(&path)?
                .execute(params![
                    customer_code,
                    built.json()?,
                    today.to_string(),
                    built.valid_through.to_string()
                ]),
            // Sales may name a customer that the store does not have: then there is no card to keep.
            None => self
                .connection
                .prepare_cached("DELETE FROM customer_card WHERE customer_code = ?1")
                .at(&path)?
                .execute([customer_code]),
        }
        .at(&path)?;
        self.connection
            .prepare_cached("DELETE FROM stale_card WHERE customer_code = ?1")
            .at(&path)?
            .execute([customer_code])
            .at(&path)?;
        self.stale.remove(customer_code);
        Ok(())
    }
}

impl Drop for SqliteTransaction<'_> {
    fn drop(&mut self) {
        if self.open
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            // SQLite has rolled back by itself when the failure was grave; nothing of the transaction is kept.
            tracing::debug!(%error, "rollback");
        }
    }
}

/// An instant as it is stored: fixed width, so that text order is time order.
pub(super) fn instant(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A count as SQLite takes it.
pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
