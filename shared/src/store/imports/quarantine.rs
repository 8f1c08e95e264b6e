//! The quarantine: refused rows are kept, listed, settled by a later import, cleared.

use std::collections::HashSet;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::RefusedRow;
use crate::message::Message;
use crate::store::driver::bind;
use crate::store::{Reader, StoreError, Transaction};

/// An import that refused rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuarantineBatch {
    /// The batch.
    pub batch_id: i64,
    /// When it was.
    pub at: DateTime<Utc>,
    /// The file, as it was named.
    pub file: String,
    /// The data set's name.
    pub dataset: String,
    /// The file's header line.
    #[serde(skip)]
    pub header: Option<String>,
    /// Refused rows that are kept.
    pub rows: u64,
    /// Those that no later import has settled.
    pub open: u64,
}

/// A refused row with its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// The batch.
    pub batch_id: i64,
    /// The row and what was wrong with it.
    pub row: RefusedRow,
    /// The later batch that settled it.
    pub resolved_by: Option<i64>,
    /// The row's key, its columns joined by `/`, where it could be read.
    pub row_key: Option<String>,
}

/// Open keys of one data set that an import looks out for; more are settled by hand.
const OPEN_KEYS_MAX: i64 = 1_000_000;

const OPEN_KEYS: &str =
    "SELECT q.row_key FROM quarantine q JOIN import_batch b ON b.batch_id = q.batch_id WHERE
     q.resolved_at IS NULL AND q.row_key IS NOT NULL AND b.dataset = ?1 LIMIT ?2";

impl Reader {
    /// The imports that have refused rows, the oldest first.
    pub fn quarantine_batches(&mut self) -> Result<Vec<QuarantineBatch>, StoreError> {
        self.db.all(
            "SELECT b.batch_id, b.at, b.file, b.dataset, b.header, count(*), sum(q.resolved_at IS NULL)
             FROM quarantine q JOIN import_batch b ON b.batch_id = q.batch_id GROUP BY q.batch_id ORDER
             BY q.batch_id",
            &[],
            |row| {
                Ok(QuarantineBatch {
                    batch_id: row.get(0)?,
                    at: row.get(1)?,
                    file: row.get(2)?,
                    dataset: row.get(3)?,
                    header: row.get(4)?,
                    rows: row.get(5)?,
                    open: row.get(6)?,
                })
            },
        )
    }

    /// The refused rows of one import, in the order of the file, settled ones included.
    pub fn quarantined(
        &mut self,
        batch_id: i64,
        each: &mut dyn FnMut(QuarantinedRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let sql = "SELECT line, column_name, code, message, raw, resolved_by, message_ja, row_key FROM
                   quarantine WHERE batch_id = ?1 ORDER BY line, rowid";
        self.db.each(sql, bind![batch_id], |row| {
            let en: String = row.get(3)?;
            let ja: Option<String> = row.get(6)?;
            let refused = RefusedRow {
                line: row.get(0)?,
                column: row.get(1)?,
                code: row.get(2)?,
                message: Message::new(ja.unwrap_or_else(|| en.clone()), en),
                raw: row.get(4)?,
            };
            let (resolved_by, row_key) = (row.get(5)?, row.get(7)?);
            Ok(each(QuarantinedRow { batch_id, row: refused, resolved_by, row_key }))
        })
    }

    /// Keys of refused rows of a data set that no import has settled, their columns joined by `/`.
    pub fn open_quarantine_keys(&mut self, dataset: &str) -> Result<Vec<String>, StoreError> {
        self.db.column(OPEN_KEYS, bind![dataset, OPEN_KEYS_MAX])
    }
}

impl Transaction<'_> {
    /// Keys of refused rows of a data set that no import has settled, their columns joined by `/`.
    pub fn open_quarantine_keys(&self, dataset: &str) -> Result<HashSet<String>, StoreError> {
        let keys: Vec<String> = self.db.column(OPEN_KEYS, bind![dataset, OPEN_KEYS_MAX])?;
        Ok(keys.into_iter().collect())
    }

    /// Keeps the header line of a batch's file.
    pub fn keep_header(&mut self, batch_id: i64, header: &str) -> Result<(), StoreError> {
        self.db
            .execute("UPDATE import_batch SET header = ?2 WHERE batch_id = ?1", bind![batch_id, header])
            .map(|_| ())
    }

    /// Keeps the key of the refused row on a line of a batch's file.
    pub fn keep_refused_key(&mut self, batch_id: i64, line: u64, row_key: &str) -> Result<(), StoreError> {
        self.db
            .execute(
                "UPDATE quarantine SET row_key = ?3 WHERE batch_id = ?1 AND line = ?2",
                bind![batch_id, line, row_key],
            )
            .map(|_| ())
    }

    /// A row with this key is in now: what earlier batches refused of it is settled. Says how many rows.
    pub fn settle_key(
        &mut self,
        dataset: &str,
        row_key: &str,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let settled = self.db.execute(
            "UPDATE quarantine SET resolved_at = ?4, resolved_by = ?3 WHERE row_key = ?2 AND resolved_at
             IS NULL AND batch_id <> ?3 AND (SELECT dataset FROM import_batch b WHERE b.batch_id =
             quarantine.batch_id) = ?1",
            bind![dataset, row_key, by_batch, at],
        )?;
        Ok(settled)
    }

    /// What this batch refused with the very text of an earlier batch stays in this one only. Says how many
    /// rows.
    pub fn settle_repeated(
        &mut self,
        dataset: &str,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let settled = self.db.execute(
            "UPDATE quarantine SET resolved_at = ?3, resolved_by = ?2 WHERE resolved_at IS NULL AND
             batch_id <> ?2 AND (SELECT dataset FROM import_batch b WHERE b.batch_id =
             quarantine.batch_id) = ?1 AND raw IN (SELECT raw FROM quarantine q WHERE q.batch_id = ?2)",
            bind![dataset, by_batch, at],
        )?;
        Ok(settled)
    }

    /// Another batch has brought in whatever this one refused. Says how many rows.
    pub fn settle_batch(
        &mut self,
        batch_id: i64,
        by_batch: i64,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let settled = self.db.execute(
            "UPDATE quarantine SET resolved_at = ?3, resolved_by = ?2 WHERE resolved_at IS NULL AND
             batch_id = ?1 AND (SELECT dataset FROM import_batch WHERE batch_id = ?1) = (SELECT dataset
             FROM import_batch WHERE batch_id = ?2)",
            bind![batch_id, by_batch, at],
        )?;
        Ok(settled)
    }

    /// Forgets the refused rows of a batch. Says how many.
    pub fn clear_quarantine(&mut self, batch_id: i64) -> Result<u64, StoreError> {
        let cleared = self.db.execute("DELETE FROM quarantine WHERE batch_id = ?1", bind![batch_id])?;
        Ok(cleared)
    }
}
