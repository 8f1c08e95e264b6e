//! Rows that are worth a warning.

use crate::import::report::Warning;
use crate::message::Message;

/// How many rows there are, and the first by its line in the file and its key.
#[derive(Debug, Default)]
pub(super) struct Noticed {
    rows: u64,
    first: Option<(u64, String)>,
}

impl Noticed {
    pub(super) fn add(&mut self, rows: u64, line: u64, key: impl FnOnce() -> String) {
        if rows > 0 {
            self.rows += rows;
            self.first.get_or_insert_with(|| (line, key()));
        }
    }

    /// The warning about the rows, when there are any; `message` is given the key of the first.
    pub(super) fn warning(
        &self,
        file: &str,
        code: &'static str,
        message: impl FnOnce(&str) -> Message,
    ) -> Option<Warning> {
        let (line, first) = self.first.as_ref()?;
        let (file, message) = (file.to_owned(), message(first));
        Some(Warning { file, line: Some(*line), code, message, count: self.rows })
    }
}
