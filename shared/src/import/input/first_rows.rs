//! The first rows of a file, from which follows what it is: its delimiter, its header, its profile.

use std::io;

use super::rows::{BadRow, COLUMNS_MAX, Form, Found};
use super::secret::is_secret;
use super::source::Source;
use super::{ERROR_MARK, MERGED};
use crate::import::report::fault::Fault;
use crate::message;
use crate::text::{search_key, visible};

/// Rows that are looked at: titles above the header, and some of the data.
const ROWS_MAX: usize = 20;

/// The first rows, split in one form.
#[derive(Debug)]
pub(crate) struct FirstRows {
    pub(crate) form: Form,
    pub(crate) rows: Vec<FirstRow>,
    /// What is wrong with the first row.
    bad: Option<BadRow>,
}

/// A cell as people see it.
fn cell(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match text.strip_prefix(ERROR_MARK) {
        // A title spans several columns.
        Some(MERGED) => String::new(),
        _ => visible(&text).trim().to_owned(),
    }
}

/// One of the first rows. What each data set and each profile asks of it is worked out once.
#[derive(Debug)]
pub(crate) struct FirstRow {
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
    /// The cells' search keys.
    pub(crate) keys: Vec<String>,
    /// Whether the cells are headers of columns with passwords.
    pub(crate) secret: Vec<bool>,
}

impl FirstRow {
    fn new(line: u64, cells: Vec<String>) -> Self {
        let keys = cells.iter().map(|cell| search_key(cell)).collect();
        let secret = cells.iter().map(|cell| is_secret(cell)).collect();
        Self { line, cells, keys, secret }
    }

    /// Gives a cell another header.
    pub(crate) fn rename(&mut self, at: usize, header: String) {
        if at < self.cells.len() {
            self.keys[at] = search_key(&header);
            self.secret[at] = is_secret(&header);
            self.cells[at] = header;
        }
    }
}

impl FirstRows {
    pub(crate) fn read(source: &Source, form: Form) -> io::Result<Self> {
        let mut rows = source.rows(form)?;
        let mut first = FirstRows { form, rows: Vec::new(), bad: None };
        while first.rows.len() < ROWS_MAX {
            match rows.next()? {
                Found::End => break,
                Found::Bad(bad) if first.rows.is_empty() => {
                    first.bad = Some(bad);
                    break;
                }
                Found::Bad(_) => {}
                Found::Row => {
                    let cells = (0..rows.len()).map(|at| cell(rows.cell(at))).collect();
                    first.rows.push(FirstRow::new(rows.line(), cells));
                }
            }
        }
        Ok(first)
    }

    /// Why there is nothing to read, when that is so.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let (code, message) = match self.bad {
            Some(BadRow::UnclosedQuote | BadRow::StrayQuote) => (
                "unclosed_quote",
                message!(
                    "見出しの引用符(\")が閉じていません。1行目を確認してください",
                    "a quote in the headers is not closed; check the first line",
                ),
            ),
            Some(BadRow::TooLarge | BadRow::ColumnCount(_)) => (
                "row_too_large",
                message!(
                    "1行目が{max}列または1MiBを超えています。CSVファイルかどうか確認してください",
                    "the first line has more than {max} columns or 1 MiB; is this a CSV file?",
                    max = COLUMNS_MAX,
                ),
            ),
            None if self.rows.is_empty() => (
                "empty_file",
                message!(
                    "ファイルが空です。1行目には見出しが必要です",
                    "the file is empty; its first line must be the headers",
                ),
            ),
            None => return None,
        };
        Some(Fault::of_file(1, code, message))
    }
}
