//! The first rows of a file, from which follows what it is: its delimiter, its header, its profile.

use std::io;

use super::report::Fault;
use super::rows::{BadRow, COLUMNS_MAX, Form, Found};
use super::source::Source;
use crate::text::search_key;

/// Rows that are looked at: titles above the header, and some of the data.
const ROWS_MAX: usize = 20;

/// The first rows, taken apart in one way.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) form: Form,
    pub(super) rows: Vec<HeadRow>,
    /// What is wrong with the first row.
    bad: Option<BadRow>,
}

/// One of the first rows.
#[derive(Debug)]
pub(super) struct HeadRow {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    /// The cells' search keys.
    pub(super) keys: Vec<String>,
}

impl Head {
    pub(super) fn read(source: &Source, form: Form) -> io::Result<Self> {
        let mut rows = source.rows(form)?;
        let mut head = Head { form, rows: Vec::new(), bad: None };
        while head.rows.len() < ROWS_MAX {
            match rows.next()? {
                Found::End => break,
                Found::Bad(bad) if head.rows.is_empty() => {
                    head.bad = Some(bad);
                    break;
                }
                Found::Bad(_) => {}
                Found::Row => {
                    let cell = |at| {
                        let text = String::from_utf8_lossy(rows.cell(at));
                        text.trim().trim_start_matches('\u{FEFF}').to_owned()
                    };
                    let cells: Vec<String> = (0..rows.len()).map(cell).collect();
                    let keys = cells.iter().map(|cell| search_key(cell)).collect();
                    head.rows.push(HeadRow { line: rows.line(), cells, keys });
                }
            }
        }
        Ok(head)
    }

    /// Why there is nothing to read, when that is so.
    pub(super) fn fault(&self) -> Option<Fault> {
        let fault =
            |code, message: String| Fault { line: 1, column: None, code, message, raw: String::new() };
        match self.bad {
            Some(BadRow::UnclosedQuote | BadRow::StrayQuote) => Some(fault(
                "unclosed_quote",
                "a quote in the headers is not closed; check the first line".to_owned(),
            )),
            Some(BadRow::TooLarge | BadRow::ColumnCount(_)) => Some(fault(
                "row_too_large",
                format!("the first line has more than {COLUMNS_MAX} columns or 1 MiB; is this a CSV file?"),
            )),
            None if self.rows.is_empty() => {
                Some(fault("empty_file", "the file is empty; its first line must be the headers".to_owned()))
            }
            None => None,
        }
    }
}
