//! Imports: what each did, and the rows that it refused.

mod quarantine;
mod snapshot;
mod unfinished;

pub use quarantine::{QuarantineBatch, QuarantinedRow};
pub use snapshot::Vanishing;
pub use unfinished::UnfinishedImport;

use chrono::{DateTime, Utc};

use super::driver::bind;
use super::{StoreError, Transaction};
use crate::lang::Lang;
use crate::message::Message;

/// What an import of one file did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImportBatch {
    pub at: DateTime<Utc>,
    pub file: String,
    pub dataset: String,
    pub rows_read: u64,
    pub rows_new: u64,
    pub rows_changed: u64,
    pub rows_unchanged: u64,
    pub rows_refused: u64,
}

/// One row that an import refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column by its identifier, when one column is at fault.
    pub column: Option<String>,
    /// Machine-readable reason.
    pub code: String,
    /// The reason, and what to write instead.
    pub message: Message,
    /// The row as it was.
    pub raw: String,
}

impl Transaction<'_> {
    /// Records the import of one file with the rows that it refused; returns the batch's id.
    pub fn record_import(&mut self, batch: &ImportBatch, refused: &[RefusedRow]) -> Result<i64, StoreError> {
        let batch_id = self.db.insert(
            "INSERT INTO import_batch (at, file, dataset, rows_read, rows_new, rows_changed,
             rows_unchanged, rows_refused) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            bind![
                batch.at,
                batch.file,
                batch.dataset,
                batch.rows_read,
                batch.rows_new,
                batch.rows_changed,
                batch.rows_unchanged,
                batch.rows_refused,
            ],
        )?;
        for row in refused {
            self.db.execute(
                "INSERT INTO quarantine (batch_id, line, column_name, code, message, message_ja, raw)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                bind![
                    batch_id,
                    row.line,
                    row.column,
                    row.code,
                    row.message.text(Lang::En),
                    row.message.text(Lang::Ja),
                    row.raw,
                ],
            )?;
            self.let_others_in()?;
        }
        Ok(batch_id)
    }
}
