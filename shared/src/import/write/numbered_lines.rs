//! Documents whose lines are numbered in the order of the file: a document that became shorter leaves lines in the
//! store.

use super::noticed::Noticed;
use crate::dataset::Dataset;
use crate::import::report::Warning;
use crate::message;
use crate::store::{StoreError, Transaction, Value};

/// The document being read, and the lines that the store has beyond the documents of the file.
#[derive(Debug, Default)]
pub(super) struct NumberedLines {
    document: String,
    last_line: i64,
    at: u64,
    beyond: Noticed,
}

impl NumberedLines {
    /// A row of this line of the file was written.
    pub(super) fn accepted(
        &mut self,
        tx: &Transaction<'_>,
        dataset: &'static Dataset,
        at: u64,
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let key = dataset.key_indexes();
        let [document, line, ..] = key.as_slice() else { return Ok(()) };
        let (Some(Value::Text(document)), Some(Value::Integer(line))) = (&values[*document], &values[*line])
        else {
            return Ok(());
        };
        if self.document != *document {
            self.end_document(tx, dataset)?;
        }
        self.document.clone_from(document);
        self.last_line = self.last_line.max(*line);
        self.at = at;
        Ok(())
    }

    /// All lines of a document were read: does the store have more?
    pub(super) fn end_document(
        &mut self,
        tx: &Transaction<'_>,
        dataset: &'static Dataset,
    ) -> Result<(), StoreError> {
        if self.last_line > 0 {
            let beyond = tx.lines_beyond(dataset, &self.document, self.last_line)?;
            self.beyond.add(beyond, self.at, || self.document.clone());
            self.last_line = 0;
        }
        Ok(())
    }

    pub(super) fn warning(&self, file: &str) -> Option<Warning> {
        self.beyond.warning(file, "lines_left", |first| {
            message!(
                "ファイルの伝票にない明細が元データに残っています({first})。削除するには、月ごとのファイルを --snapshot \
                 --snapshot-months で取り込んでください",
                "the store has lines that their documents in the file no longer have ({first}); import whole months with \
                 --snapshot --snapshot-months to remove such lines",
                first = first,
            )
        })
    }
}
