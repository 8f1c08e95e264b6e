//! Checks of one row: every column that the file gives, or the first fault.

use std::borrow::Cow;
use std::cell::Cell;

use super::cell::{Repair, convert};
use super::derived::Deriver;
use super::moment::is_local_time;
use super::number::scaled_amount;
use super::words::error_cell;
use crate::dataset::{Column, ColumnKind};
use crate::era::parse_date_lenient_era;
use crate::import::input::rows::{BadRow, COLUMNS_MAX, Found, ROW_BYTES_MAX, Rows};
use crate::import::input::source::Source;
use crate::import::input::{Decoded, ERROR_MARK};
use crate::import::layout::{Layout, Rule, Target};
use crate::import::options::ImportSettings;
use crate::import::report::fault::{CellFault, Fault, RowFault};
use crate::message;
use crate::store::Value;
use crate::text::visible;

/// Characters of a refused row that are kept.
pub const RAW_CHARS_MAX: usize = 1_000;

/// Bytes that are kept of the lines above the rows.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Checks rows of one file.
pub(crate) struct Checker<'a> {
    source: &'a Source,
    layout: &'a Layout,
    lenient_era: bool,
    repairs: Cell<Repairs>,
}

/// Cells of one kind: how many, and the line of the first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Met {
    pub(crate) cells: u64,
    pub(crate) line: u64,
}

impl Met {
    fn add(&mut self, line: u64) {
        self.line = if self.cells == 0 { line } else { self.line };
        self.cells += 1;
    }
}

/// Cells of a file in which something was repaired, or is worth a look.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Repairs {
    pub(crate) invisible: Met,
    pub(crate) zeros: Met,
    pub(crate) null_words: Met,
}

impl Repairs {
    fn add(&mut self, repair: Repair, line: u64) {
        let kinds = [
            (repair.invisible, &mut self.invisible),
            (repair.zeros, &mut self.zeros),
            (repair.null_word, &mut self.null_words),
        ];
        kinds.into_iter().filter(|(is_met, _)| *is_met).for_each(|(_, met)| met.add(line));
    }
}

impl<'a> Checker<'a> {
    pub(crate) fn new(source: &'a Source, layout: &'a Layout, settings: &ImportSettings) -> Self {
        Self { source, layout, lenient_era: settings.lenient_era, repairs: Cell::default() }
    }

    /// What was repaired in the rows that were checked.
    pub(crate) fn repairs(&self) -> Repairs {
        self.repairs.get()
    }

    /// Writes the row's values, or returns the first fault.
    pub(crate) fn check(
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
            let message = message!(
                "行に制御文字(NULなど)が含まれています。取り除いてください",
                "the row contains a NUL or another control character; remove it",
            );
            return Err(RowFault::new("control_character", message));
        }
        for (at, value) in values.iter_mut().enumerate() {
            let keeps = target.keeps(at);
            let may_stay = self.layout.keep_filled && !target.key.contains(&at) && target.gives(at);
            if !keeps && !may_stay && value.is_none() {
                continue;
            }
            if may_stay && !target.dataset.columns[at].required && deriver.is_empty(target, at, rows) {
                *value = None;
                continue;
            }
            let repair = self
                .convert(target, deriver, rows, at, value)
                .map_err(|fault| short(fault, rows, self.layout))?;
            if repair != Repair::default() {
                self.repaired(repair, rows.line());
            }
            if keeps && *value == Some(Value::Null) {
                *value = None;
            }
        }
        Ok(())
    }

    /// Counts a repair.
    pub(crate) fn repaired(&self, repair: Repair, line: u64) {
        let mut repairs = self.repairs.get();
        repairs.add(repair, line);
        self.repairs.set(repairs);
    }

    /// Converts the text of one column, or its default when the file does not have the column.
    pub(crate) fn convert(
        &self,
        target: &Target,
        deriver: &Deriver<'_>,
        rows: &Rows<Decoded>,
        at: usize,
        value: &mut Option<Value>,
    ) -> Result<Repair, RowFault> {
        let column = &target.dataset.columns[at];
        let text = deriver.text(target, &target.rules[at], rows);
        let text = text.ok().map(Option::unwrap_or_default);
        let text = text.filter(|text| !self.source.detected.damaged || !text.contains('\u{FFFD}'));
        let Some(text) = text else {
            return Err(self.not_text().in_column(column));
        };
        let text = if self.layout.utc { in_utc(column, text) } else { text };
        if self.layout.form.numbered
            && let Some(fault) = error_of(&text)
        {
            return Err(fault.in_column(column));
        }
        let fault = match convert(column, &text, value) {
            Ok(repair) => return Ok(repair),
            Err(fault) => fault,
        };
        let dated = self.lenient_era && column.kind == ColumnKind::Date;
        if let Some(date) = dated.then(|| parse_date_lenient_era(&text).ok()).flatten() {
            *value = Some(Value::Text(date.to_string()));
            return Ok(Repair::default());
        }
        Err(fault.in_column(column))
    }

    /// The fault of bytes that are no text in the file's encoding.
    fn not_text(&self) -> CellFault {
        let message = match self.source.detected.cesu {
            true => message!(
                "文字コードが CESU-8 の文字があります(UTF-8 ではありません)。ファイルを UTF-8 で保存し直してください",
                "characters are written in CESU-8, which is not UTF-8; save the file again as UTF-8",
            ),
            false => message!(
                "文字コード {encoding} として読めない文字があります。ファイルを UTF-8 で保存し直してください",
                "bytes that are not {encoding}; save the file again as UTF-8",
                encoding = self.source.encoding(),
            ),
        };
        CellFault::new("encoding", message)
    }

    /// Reads the key's cells of a row that was refused; `false` when one of them is what is wrong.
    pub(crate) fn reads_key(
        &self,
        target: &Target,
        deriver: &Deriver<'_>,
        rows: &Rows<Decoded>,
        values: &mut [Option<Value>],
    ) -> bool {
        target.key.iter().all(|&at| self.convert(target, deriver, rows, at, &mut values[at]).is_ok())
    }

    /// Adds a line above the rows to the head of the file, so that refused rows can be written under it.
    pub(crate) fn keep_head(&self, rows: &Rows<Decoded>, head: &mut String) {
        if head.len() < HEAD_BYTES_MAX {
            let line = String::from_utf8_lossy(rows.raw());
            let line = line.trim_start_matches('\u{FEFF}');
            head.push_str(if head.is_empty() { "" } else { "\r\n" });
            head.push_str(line);
        }
    }

    /// The row's amount for the control sums; `None` when there is none.
    pub(crate) fn amount(&self, target: &Target, deriver: &Deriver<'_>, rows: &Rows<Decoded>) -> Option<i64> {
        let rule = &target.rules[target.amount?];
        if matches!(rule, Rule::Absent) {
            return None;
        }
        let text = deriver.text(target, rule, rows).ok()??;
        let text = visible(&text);
        let text = text.trim();
        if text.is_empty() { None } else { scaled_amount(text).ok() }
    }

    /// The fault of a row with its line and its text.
    pub(crate) fn fault(&self, rows: &Rows<Decoded>, found: Found, fault: RowFault) -> Fault {
        let RowFault { column, code, message } = fault;
        Fault { line: rows.line(), column, code, message, raw: self.raw(rows, found) }
    }

    /// The row as it was, without secrets.
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

/// A time without a zone, with the zone that all times of the layout have.
fn in_utc<'t>(column: &Column, text: Cow<'t, str>) -> Cow<'t, str> {
    let is_time = matches!(column.kind, ColumnKind::Date | ColumnKind::Instant) && is_local_time(text.trim());
    if is_time { format!("{} UTC", text.trim()).into() } else { text }
}

/// A cell as a file has it.
fn quoted(cell: &[u8], delimiter: u8) -> String {
    let text = String::from_utf8_lossy(cell);
    match text.contains(['"', '\n', '\r', char::from(delimiter)]) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into_owned(),
    }
}

/// What is wrong with a cell of a workbook that holds an error, by what follows [`ERROR_MARK`].
pub(crate) fn error_of(cell: &str) -> Option<CellFault> {
    let (code, message) = match cell.split_once(ERROR_MARK)?.1 {
        "" => (
            "no_cached_value",
            message!(
                "数式の計算結果が保存されていません。ブックをExcelで開き、上書き保存してください",
                "the cell holds a formula without its result; open the workbook in a spreadsheet program and save it",
            ),
        ),
        error => return Some(error_cell(error)),
    };
    Some(CellFault::new(code, message))
}

/// The fault of a row: one that is shorter than the header and lacks a needed cell was cut off.
fn short(fault: RowFault, rows: &Rows<Decoded>, layout: &Layout) -> RowFault {
    match fault.code {
        "required" if !layout.form.numbered && rows.len() < layout.width => {
            structure_fault(BadRow::ColumnCount(rows.len()), layout.width)
        }
        _ => fault,
    }
}

/// Why a row cannot be split into cells.
pub(crate) fn structure_fault(bad: BadRow, width: usize) -> RowFault {
    let (code, message) = match bad {
        BadRow::TooLarge => (
            "row_too_large",
            message!(
                "行が{bytes}バイトまたは{columns}列を超えています。引用符(\")の閉じ忘れがないか確認してください",
                "the row is longer than {bytes} bytes or {columns} columns; check its quotes",
                bytes = ROW_BYTES_MAX,
                columns = COLUMNS_MAX,
            ),
        ),
        BadRow::UnclosedQuote => (
            "unclosed_quote",
            message!(
                "引用符(\")が閉じないままファイルが終わっています。ファイルが途中で切れていないか確認してください",
                "a quote is not closed before the end of the file; is it cut off?",
            ),
        ),
        BadRow::StrayQuote => (
            "stray_quote",
            message!(
                "セルの途中に引用符(\")があります。文字としての引用符は2つ重ねて(\"\")書いてください",
                "a quote is opened or closed within a cell; double each quote that is part of a text (\"\")",
            ),
        ),
        BadRow::ColumnCount(found) => (
            "column_count",
            message!(
                "列が{found}個あり、見出しの{width}個と一致しません。カンマの過不足を確認してください",
                "the row has {found} columns, the header has {width}; check its delimiters",
                found = found,
                width = width,
            ),
        ),
    };
    RowFault::new(code, message)
}
