//! What is wrong with a cell, a row or a file, until its place is known.

use super::RowError;
use crate::dataset::Column;
use crate::message;
use crate::message::Message;

/// Characters of a cell that a sentence repeats.
const SHOWN_CHARS_MAX: usize = 30;

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellFault {
    pub(crate) code: &'static str,
    pub(crate) message: Message,
}

/// What is wrong with a row.
#[derive(Debug, Clone)]
pub(crate) struct RowFault {
    pub(crate) column: Option<&'static Column>,
    pub(crate) code: &'static str,
    pub(crate) message: Message,
}

/// What is wrong with a row or a file as a whole, with its line.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    pub(crate) column: Option<&'static Column>,
    pub(crate) code: &'static str,
    pub(crate) message: Message,
    pub(crate) raw: String,
}

impl CellFault {
    pub(crate) fn new(code: &'static str, message: Message) -> Self {
        Self { code, message }
    }

    /// The fault of a row in one of its columns.
    pub(crate) fn in_column(self, column: &'static Column) -> RowFault {
        RowFault { column: Some(column), code: self.code, message: self.message }
    }
}

impl RowFault {
    /// The fault of a row that is in no single column.
    pub(crate) fn new(code: &'static str, message: Message) -> Self {
        Self { column: None, code, message }
    }
}

impl Fault {
    /// A fault of the file as a whole.
    pub(crate) fn of_file(line: u64, code: &'static str, message: Message) -> Self {
        Self { line, column: None, code, message, raw: String::new() }
    }

    /// A fault of a file whose data set cannot be told.
    pub(crate) fn unknown_dataset(what: &Message) -> Self {
        let message = message!(
            "{what}。ファイル名をデータ種別の名前(例: sales.csv)にしてください(docs/datasets.md)",
            "{what}; name it after its data set, for example sales.csv (docs/datasets.md)",
            what = what,
        );
        Self::of_file(1, "unknown_dataset", message)
    }

    pub(crate) fn in_file(self, file: &str) -> RowError {
        let Self { line, column, code, message, raw } = self;
        RowError { file: file.to_owned(), line, column, code, message, raw }
    }
}

/// A cell as a sentence repeats it: on one line, shortened, without control characters.
pub(crate) fn shown(cell: &str) -> String {
    let cell = cell.trim();
    let visible = |c: char| if c.is_control() { '␣' } else { c };
    let mut text: String = cell.chars().take(SHOWN_CHARS_MAX).map(visible).collect();
    if cell.chars().nth(SHOWN_CHARS_MAX).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn cells_are_shortened_and_have_no_control_characters() {
        assert_eq!(shown(" 12/13\n2025 "), "12/13␣2025");
        assert_eq!(shown(&"あ".repeat(40)), format!("{}…", "あ".repeat(30)));
        assert_eq!(shown(""), "");
    }
}
