//! Text as rows of cells, with limits, and with recovery from a quote that is never closed.

mod form;
mod quotes;

use std::io::{self, Read};

use csv_core::ReadRecordResult;

use super::workbook::MERGED;
pub(crate) use form::Form;
use quotes::{is_behind_a_quote, is_within_a_quote, line_ends, line_starts};

/// The longest row, in bytes of UTF-8. A longer one is refused.
pub const ROW_BYTES_MAX: usize = 1 << 20;

/// The most columns of a row. A row with more is refused.
pub const COLUMNS_MAX: usize = 1_000;

/// Bytes that are parsed at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How often in one file rows are searched for behind an unclosed quote: each search costs up to one row's length.
const RECOVERIES_MAX: usize = 1_000;

/// The least columns of a file in which a line within a quoted cell that has as many cells as a row is taken for one:
/// a note of several lines seldom has three delimiters in one of them.
const COLUMNS_TOLD_MIN: usize = 4;

/// This many whole rows within the cells of one row mean that a stray quote swallowed them. A single one may be part
/// of a note.
const ROWS_WITHIN_MAX: usize = 2;

/// Reads rows.
pub(crate) struct Rows<R> {
    source: R,
    form: Form,
    core: csv_core::Reader,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    /// The row's cells, one after the other, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// The row as it was.
    raw: Vec<u8>,
    /// Line on which the row begins.
    line: u64,
    next_line: u64,
    /// The last byte before what comes next.
    last: u8,
    /// How many columns a row must have, once the header is known.
    columns: Option<usize>,
    recoveries: usize,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A row: see [`Rows::cell`].
    Row,
    /// A row that cannot be split into cells: see [`Rows::raw`].
    Bad(BadRow),
    /// The end.
    End,
}

/// Why a row cannot be split into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadRow {
    /// Longer than [`ROW_BYTES_MAX`] or with more columns than [`COLUMNS_MAX`].
    TooLarge,
    /// A quote is opened and not closed before the end of the file.
    UnclosedQuote,
    /// Text behind a closing quote, or whole rows in a quoted cell: a quote was opened or closed by mistake.
    StrayQuote,
    /// Not as many cells as the header has.
    ColumnCount(usize),
}

enum Parsed {
    Row,
    TooLarge,
    End,
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(source: R, form: Form) -> Self {
        Self {
            source,
            form,
            core: form.parser(),
            buffer: vec![0; CHUNK_BYTES],
            start: 0,
            end: 0,
            at_end: false,
            cells: vec![0; 4096],
            ends: Vec::with_capacity(64),
            raw: Vec::with_capacity(4096),
            line: 1,
            next_line: 1,
            last: b'\n',
            columns: None,
            recoveries: 0,
        }
    }

    pub(crate) fn source(&self) -> &R {
        &self.source
    }

    /// Sets how many columns a row must have from now on.
    pub(crate) fn expect_columns(&mut self, columns: usize) {
        self.columns = Some(columns);
    }

    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Number of cells of the row.
    pub(crate) fn len(&self) -> usize {
        self.ends.len().saturating_sub(self.form.first())
    }

    /// A cell of the row; empty when the row does not have it.
    pub(crate) fn cell(&self, at: usize) -> &[u8] {
        self.parsed(at + self.form.first())
    }

    fn parsed(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or_default() };
        let end = self.ends.get(at).copied().unwrap_or(start);
        &self.cells[start..end]
    }

    /// All cells of the row, one after the other.
    pub(crate) fn cells(&self) -> &[u8] {
        let end = self.ends.last().copied().unwrap_or_default();
        let start = if self.form.numbered { self.ends.first().copied().unwrap_or_default() } else { 0 };
        &self.cells[start..end]
    }

    /// The row as it was, without its line end.
    pub(crate) fn raw(&self) -> &[u8] {
        // A tab at the end is an empty cell, not a blank.
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let head = self.raw.iter().take_while(|byte| ends(byte)).count();
        let tail = self.raw.iter().rev().take_while(|byte| ends(byte)).count();
        let raw = &self.raw[head..(self.raw.len() - tail).max(head)];
        match raw.iter().position(|byte| *byte == b',') {
            Some(at) if self.form.numbered => &raw[at + 1..],
            _ => raw,
        }
    }

    /// The next row that is not blank.
    pub(crate) fn next(&mut self) -> io::Result<Found> {
        loop {
            let found = match self.parse()? {
                Parsed::End => return Ok(Found::End),
                Parsed::TooLarge => Some(BadRow::TooLarge),
                Parsed::Row => self.fault(),
            };
            self.count_lines();
            if self.form.numbered {
                let number = std::str::from_utf8(self.parsed(0)).ok().and_then(|number| number.parse().ok());
                self.line = number.unwrap_or(self.line);
            }
            match found {
                Some(bad) => {
                    self.recover(bad)?;
                    return Ok(Found::Bad(bad));
                }
                None if self.is_blank() => {}
                None => return Ok(Found::Row),
            }
        }
    }

    fn fault(&self) -> Option<BadRow> {
        let ended = self.at_end && self.start == self.end;
        let open = ended && is_within_a_quote(&self.raw, self.form.delimiter);
        match self.columns {
            _ if open => Some(BadRow::UnclosedQuote),
            Some(columns) if self.has_stray_quote(columns) => Some(BadRow::StrayQuote),
            // Without empty cells nobody knows which ones a short row lacks.
            Some(columns) if self.len() < columns && (self.form.runs || self.is_cut_off(ended)) => {
                Some(BadRow::ColumnCount(self.len()))
            }
            // Spreadsheets append empty cells, and merge others with some beyond the table.
            Some(columns) if (columns..self.len()).any(|at| !is_nothing(self.cell(at))) => {
                Some(BadRow::ColumnCount(self.len()))
            }
            _ => None,
        }
    }

    /// Whether a row with less cells than the header is not whole. Spreadsheets leave out empty cells at the end of rows;
    /// a single cell is a line of something else, and the last line of the file may have been cut.
    fn is_cut_off(&self, ended: bool) -> bool {
        let whole = self.raw.ends_with(b"\n") || self.raw.ends_with(b"\r") || !ended;
        !self.form.numbered && !self.is_blank() && (self.len() < 2 || !whole)
    }

    /// Whether a quote was opened or closed by mistake: two of them in different rows make one cell of everything
    /// between them, and the number of cells may be right by chance.
    fn has_stray_quote(&self, columns: usize) -> bool {
        let quoted = !self.form.numbered && self.raw.contains(&b'"');
        quoted
            && (is_behind_a_quote(&self.raw, self.form.delimiter)
                || self.rows_within(columns) >= ROWS_WITHIN_MAX)
    }

    /// How many lines within the row's cells are whole rows by themselves.
    pub(crate) fn rows_within(&self, columns: usize) -> usize {
        if self.form.numbered || columns < COLUMNS_TOLD_MIN || !self.raw.contains(&b'"') {
            return 0;
        }
        let body = self.raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let rest = &self.raw[body..];
        line_starts(rest).filter(|&at| self.form.is_row(&rest[at..], columns)).take(ROWS_WITHIN_MAX).count()
    }

    /// Nothing but blanks, NUL and Ctrl-Z: an empty line, or the end mark of an old export.
    fn is_blank(&self) -> bool {
        self.cells().iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1A))
    }

    fn parse(&mut self) -> io::Result<Parsed> {
        self.raw.clear();
        self.ends.clear();
        let (mut written, mut ended) = (0, 0);
        let first = self.form.first();
        self.ends.resize(self.columns.map_or(COLUMNS_MAX, |columns| columns + 1) + first, 0);
        loop {
            if self.start == self.end && !self.at_end {
                self.fill()?;
            }
            let input = &self.buffer[self.start..self.end];
            let (result, used, out, ends) =
                self.core.read_record(input, &mut self.cells[written..], &mut self.ends[ended..]);
            self.raw.extend_from_slice(&input[..used]);
            self.start += used;
            written += out;
            ended += ends;
            match result {
                _ if self.raw.len() > ROW_BYTES_MAX => return Ok(self.too_large()),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if ended > COLUMNS_MAX + first => {
                    return Ok(self.too_large());
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(COLUMNS_MAX + 1 + first, 0),
                ReadRecordResult::Record if ended > COLUMNS_MAX + first => return Ok(self.too_large()),
                ReadRecordResult::Record => {
                    self.ends.truncate(ended);
                    if self.form.runs {
                        self.drop_empty_cells();
                    }
                    return Ok(Parsed::Row);
                }
                ReadRecordResult::End => return Ok(Parsed::End),
            }
        }
    }

    /// Leaves out the empty cells between delimiters that belong together.
    fn drop_empty_cells(&mut self) {
        let mut before = 0;
        self.ends.retain(|end| std::mem::replace(&mut before, *end) < *end);
    }

    fn too_large(&mut self) -> Parsed {
        self.ends.clear();
        Parsed::TooLarge
    }

    fn fill(&mut self) -> io::Result<()> {
        // A recovery leaves a buffer of another size.
        if self.buffer.len() != CHUNK_BYTES {
            self.buffer = vec![0; CHUNK_BYTES];
        }
        self.start = 0;
        self.end = self.source.read(&mut self.buffer)?;
        self.at_end = self.end == 0;
        Ok(())
    }

    fn count_lines(&mut self) {
        // The parser takes the line feed of CR LF, and blank lines, as the head of the following row.
        let head = self.raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.line = self.next_line + line_ends(self.last, &self.raw[..head]);
        self.next_line += line_ends(self.last, &self.raw);
        self.last = self.raw.last().copied().unwrap_or(self.last);
    }

    /// Continues at the first line within a bad row that is a row by itself: a stray quote costs its own row, not the
    /// rest of the file. Without such a line the whole row is skipped.
    fn recover(&mut self, bad: BadRow) -> io::Result<()> {
        let complete = bad != BadRow::TooLarge;
        let body = self.raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let resume = self.columns.filter(|_| self.recoveries < RECOVERIES_MAX).and_then(|columns| {
            let rest = &self.raw[body..];
            line_starts(rest).find(|&at| self.form.is_row(&rest[at..], columns)).map(|at| body + at)
        });
        if let Some(at) = resume {
            self.recoveries += 1;
            let mut again = self.raw.split_off(at);
            // A line begins behind a line feed.
            self.last = b'\n';
            self.next_line -= line_ends(self.last, &again);
            again.extend_from_slice(&self.buffer[self.start..self.end]);
            (self.start, self.end) = (0, again.len());
            self.buffer = again;
            self.core.reset();
        } else if !complete {
            self.skip_line()?;
        }
        Ok(())
    }

    /// Skips the rest of a line that is too long.
    fn skip_line(&mut self) -> io::Result<()> {
        self.core.reset();
        loop {
            let rest = &self.buffer[self.start..self.end];
            if let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                self.last = rest[at];
                self.start += at + 1;
                self.next_line += 1;
                return Ok(());
            }
            self.fill()?;
            if self.at_end {
                return Ok(());
            }
        }
    }
}

/// A cell that is empty, or merged with the one on its left.
fn is_nothing(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.is_empty() || cell.strip_prefix(b"\x01").is_some_and(|error| error == MERGED.as_bytes())
}
