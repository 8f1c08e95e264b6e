//! Checks of one row: every column that the file gives, or the first fault.

use super::ImportSettings;
use super::cell::{amount, convert};
use super::decode::Decoded;
use super::derive::Deriver;
use super::layout::{Layout, Rule, Target};
use super::report::Fault;
use super::rows::{BadRow, COLUMNS_MAX, Found, ROW_BYTES_MAX, Rows};
use super::sheet::error_of;
use super::source::Source;
use crate::dataset::ColumnKind;
use crate::era::parse_date_lenient_era;
use crate::store::Value;

/// Characters of a refused row that are kept.
pub const RAW_CHARS_MAX: usize = 1_000;

/// What is kept of the lines above the rows.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Column, code and message of what is wrong with a row.
pub(super) type RowFault = (Option<&'static str>, &'static str, String);

/// Checks rows of one file.
pub(super) struct Checker<'a> {
    source: &'a Source,
    layout: &'a Layout,
    lenient_era: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source, layout: &'a Layout, settings: &ImportSettings) -> Self {
        Self { source, layout, lenient_era: settings.lenient_era }
    }

    /// Writes the row's values, or says what is wrong with the first that is.
    pub(super) fn check(
        &self,
        target: &Target,
        deriver: &Deriver<'_>,
        rows: &Rows<Decoded>,
        values: &mut [Option<Value>],
    ) -> Result<(), RowFault> {
        let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
        let mut controls = rows.cells().iter().filter(|byte| is_control(byte)).peekable();
        // Error cells of a sheet are named with their columns below.
        if controls.peek().is_some() && !(self.layout.form.numbered && controls.all(|byte| *byte == 1)) {
            let message = "the row holds a NUL or another control character".to_owned();
            return Err((None, "control_character", message));
        }
        for (at, value) in values.iter_mut().enumerate() {
            if target.keeps(at) {
                self.convert(target, deriver, rows, at, value)?;
                if *value == Some(Value::Null) {
                    *value = None;
                }
            } else if value.is_some() {
                self.convert(target, deriver, rows, at, value)?;
            }
        }
        Ok(())
    }

    /// Converts the text of one column, or what stands for it when the file does not have the column.
    pub(super) fn convert(
        &self,
        target: &Target,
        deriver: &Deriver<'_>,
        rows: &Rows<Decoded>,
        at: usize,
        value: &mut Option<Value>,
    ) -> Result<(), RowFault> {
        let column = &target.dataset.columns[at];
        let text = deriver.text(target, &target.rules[at], rows);
        let text = text.ok().map(Option::unwrap_or_default);
        let text = text.filter(|text| !self.source.detected.damaged || !text.contains('\u{FFFD}'));
        let Some(text) = text else {
            let message = format!("bytes that are not {}; save the file anew", self.source.encoding());
            return Err((Some(column.name), "encoding", message));
        };
        if let Some(fault) = error_of(&text).filter(|_| self.layout.form.numbered) {
            return Err((Some(column.name), fault.code, fault.message));
        }
        let Err(fault) = convert(column, &text, value) else { return Ok(()) };
        let dated = self.lenient_era && column.kind == ColumnKind::Date;
        if let Some(date) = dated.then(|| parse_date_lenient_era(&text).ok()).flatten() {
            *value = Some(Value::Text(date.to_string()));
            return Ok(());
        }
        Err((Some(column.name), fault.code, fault.message))
    }

    /// Reads the key's cells of a row that was refused; `false` when one of them is what is wrong.
    pub(super) fn reads_key(
        &self,
        target: &Target,
        deriver: &Deriver<'_>,
        rows: &Rows<Decoded>,
        values: &mut [Option<Value>],
    ) -> bool {
        target.key.iter().all(|&at| self.convert(target, deriver, rows, at, &mut values[at]).is_ok())
    }

    /// Adds a line above the rows to the head of the file, so that refused rows can be written under it.
    pub(super) fn keep_head(&self, rows: &Rows<Decoded>, head: &mut String) {
        if head.len() < HEAD_BYTES_MAX {
            let line = String::from_utf8_lossy(rows.raw());
            let line = line.trim_start_matches('\u{FEFF}');
            head.push_str(if head.is_empty() { "" } else { "\r\n" });
            head.push_str(line);
        }
    }

    /// The row's amount for the control sums; `None` when there is none.
    pub(super) fn amount(&self, target: &Target, deriver: &Deriver<'_>, rows: &Rows<Decoded>) -> Option<i64> {
        let rule = &target.rules[target.amount?];
        if matches!(rule, Rule::Absent) {
            return None;
        }
        let text = deriver.text(target, rule, rows).ok()??;
        let text = text.trim();
        if text.is_empty() { None } else { amount(text).ok() }
    }

    /// What is wrong with a row, with its place and its text.
    pub(super) fn fault(&self, rows: &Rows<Decoded>, found: Found, fault: RowFault) -> Fault {
        let (column, code, message) = fault;
        Fault { line: rows.line(), column, code, message, raw: self.raw(rows, found) }
    }

    /// The row as it was, but for secrets.
    fn raw(&self, rows: &Rows<Decoded>, found: Found) -> String {
        let text = if self.layout.secret.is_empty() {
            String::from_utf8_lossy(rows.raw()).into_owned()
        } else if found == Found::Row {
            let shown = |at| match self.layout.secret.contains(&at) {
                true => "***".to_owned(),
                false => quoted(rows.cell(at), self.layout.form.delimiter),
            };
            let between = char::from(self.layout.form.delimiter).to_string();
            (0..rows.len()).map(shown).collect::<Vec<_>>().join(&between)
        } else {
            String::new()
        };
        match text.char_indices().nth(RAW_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

/// A cell as it stands in a file.
fn quoted(cell: &[u8], delimiter: u8) -> String {
    let text = String::from_utf8_lossy(cell);
    match text.contains(['"', '\n', '\r', char::from(delimiter)]) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into_owned(),
    }
}

/// Why a row cannot be taken apart, for people.
pub(super) fn structure_fault(bad: BadRow, width: usize) -> RowFault {
    match bad {
        BadRow::TooLarge => (
            None,
            "row_too_large",
            format!("the row is longer than {ROW_BYTES_MAX} bytes or {COLUMNS_MAX} columns"),
        ),
        BadRow::UnclosedQuote => (
            None,
            "unclosed_quote",
            "a quote is not closed before the end of the file; is it cut off?".to_owned(),
        ),
        BadRow::StrayQuote => (
            None,
            "stray_quote",
            "a quote is opened or closed within a cell; double each quote that is part of a text (\"\")"
                .to_owned(),
        ),
        BadRow::ColumnCount(found) => {
            (None, "column_count", format!("the row has {found} columns, the header has {width}"))
        }
    }
}
