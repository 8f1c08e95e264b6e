//! Rows that an import refused: kept, listed, settled by a later import, cleared.

use std::collections::HashSet;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::reader::{SqliteReader, read_count, read_instant};
use super::transaction::{SqliteTransaction, count, instant};
use super::{Explained, StoreError};
use crate::store::{QuarantineBatch, QuarantinedRow, RefusedRow};

/// Open keys of one data set that an import looks out for; more are settled by hand.
const OPEN_KEYS_MAX: i64 = 1_000_000;

impl SqliteReader {
    pub(in crate::store) fn quarantine_batches(&mut self) -> Result<Vec<QuarantineBatch>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT b.batch_id, b.at, b.file, b.dataset, b.header, count(*), sum(q.resolved_at IS NULL)
                 FROM quarantine q JOIN import_batch b ON b.batch_id = q.batch_id
                 GROUP BY q.batch_id ORDER BY q.batch_id",
            )
            .at(&self.path)?
            .query_map([], |row| {
                Ok(QuarantineBatch {
                    batch_id: row.get(0)?,
                    at: read_instant(row, 1)?,
                    file: row.get(2)?,
                    dataset: row.get(3)?,
                    header: row.get(4)?,
                    rows: read_count(row, 5)?,
                    open: read_count(row, 6)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn quarantined(
        &mut self,
        batch_id: i64,
        each: &mut dyn FnMut(QuarantinedRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection
            .prepare_cached(
                "SELECT line, column_name, code, message, raw, resolved_by FROM quarantine
                 WHERE batch_id = ?1 ORDER BY line, rowid",
            )
            .at(&self.path)?;
        let mut rows = select.query([batch_id]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let read = || -> rusqlite::Result<QuarantinedRow> {
                Ok(QuarantinedRow {
                    batch_id,
                    row: RefusedRow {
                        line: read_count(row, 0)?,
                        column: row.get(1)?,
                        code: row.get(2)?,
                        message: row.get(3)?,
                        raw: row.get(4)?,
                    },
                    resolved_by: row.get(5)?,
                })
            };
            if each(read().at(&self.path)?).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn open_quarantine_keys(
        &self,
        dataset: &str,
    ) -> Result<HashSet<String>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT q.row_key FROM quarantine q JOIN import_batch b ON b.batch_id = q.batch_id
                 WHERE q.resolved_at IS NULL AND q.row_key IS NOT NULL AND b.dataset = ?1 LIMIT ?2",
            )
            .at(&self.path)?
            .query_map(params![dataset, OPEN_KEYS_MAX], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn keep_header(&mut self, batch_id: i64, header: &str) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE import_batch SET header = ?2 WHERE batch_id = ?1", params![batch_id, header])
            .at(&self.path)
            .map(|_| ())
    }

    pub(in crate::store) fn keep_refused_key(
        &mut self,
        batch_id: i64,
        line: u64,
        row_key: &str,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE quarantine SET row_key = ?3 WHERE batch_id = ?1 AND line = ?2")
            .at(&self.path)?
            .execute(params![batch_id, count(line), row_key])
            .at(&self.path)
            .map(|_| ())
    }

    pub(in crate::store) fn settle_key(
        &mut self,
        dataset: &str,
        row_key: &str,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let settled = self
            .connection
            .prepare_cached(
                "UPDATE quarantine SET resolved_at = ?4, resolved_by = ?3
                 WHERE row_key = ?2 AND resolved_at IS NULL AND batch_id <> ?3
                 AND (SELECT dataset FROM import_batch b WHERE b.batch_id = quarantine.batch_id) = ?1",
            )
            .at(&self.path)?
            .execute(params![dataset, row_key, by_batch, instant(at)])
            .at(&self.path)?;
        Ok(settled as u64)
    }

    /// A row that was refused again as it was is kept once: in the newest batch.
    pub(in crate::store) fn settle_repeated(
        &mut self,
        dataset: &str,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let settled = self
            .connection
            .execute(
                "UPDATE quarantine SET resolved_at = ?3, resolved_by = ?2
                 WHERE resolved_at IS NULL AND batch_id <> ?2
                 AND (SELECT dataset FROM import_batch b WHERE b.batch_id = quarantine.batch_id) = ?1
                 AND raw IN (SELECT raw FROM quarantine q WHERE q.batch_id = ?2)",
                params![dataset, by_batch, instant(at)],
            )
            .at(&self.path)?;
        Ok(settled as u64)
    }

    pub(in crate::store) fn settle_batch(
        &mut self,
        batch_id: i64,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let settled = self
            .connection
            .execute(
                "UPDATE quarantine SET resolved_at = ?3, resolved_by = ?2
                 WHERE resolved_at IS NULL AND batch_id = ?1
                   AND (SELECT dataset FROM import_batch WHERE batch_id = ?1)
                     = (SELECT dataset FROM import_batch WHERE batch_id = ?2)",
                params![batch_id, by_batch, instant(at)],
            )
            .at(&self.path)?;
        Ok(settled as u64)
    }

    pub(in crate::store) fn clear_quarantine(&mut self, batch_id: i64) -> Result<u64, StoreError> {
        let cleared = self
            .connection
            .execute("DELETE FROM quarantine WHERE batch_id = ?1", [batch_id])
            .at(&self.path)?;
        Ok(cleared as u64)
    }
}
