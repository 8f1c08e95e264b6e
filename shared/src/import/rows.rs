//! Text as rows of cells, with limits, and with a way back from a quote that nobody closed.

use std::io::{self, Read};

use csv_core::ReadRecordResult;

/// The longest row, in bytes of UTF-8. A longer one is refused.
pub const ROW_BYTES_MAX: usize = 1 << 20;

/// The most columns of a row. A row with more is refused.
pub const COLUMNS_MAX: usize = 1_000;

/// Bytes that are parsed at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How often in one file rows are looked for behind an unclosed quote: each time costs up to one row's length.
const RECOVERIES_MAX: usize = 1_000;

/// Columns from which on a line within a quoted cell that has as many cells as a row is one: a note of several lines
/// seldom has three delimiters in one of them.
const COLUMNS_TOLD_MIN: usize = 4;

/// So many lines within the cells of one row that are rows by themselves are rows that a stray quote swallowed. A
/// single one may be part of a note.
const ROWS_WITHIN_MAX: usize = 2;

/// How cells and rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// Whether each row begins with a cell that says its line: a sheet of a workbook. Empty cells at the end
    /// are then left out.
    pub(super) numbered: bool,
}

/// Reads rows.
pub(super) struct Rows<R> {
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
pub(super) enum Found {
    /// A row: see [`Rows::cell`].
    Row,
    /// A row that cannot be taken apart: see [`Rows::raw`].
    Bad(BadRow),
    /// The end.
    End,
}

/// Why a row cannot be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadRow {
    /// Longer than [`ROW_BYTES_MAX`] or with more columns than [`COLUMNS_MAX`].
    TooLarge,
    /// A quote is opened and not closed before the end of the file.
    UnclosedQuote,
    /// Text stands behind a closing quote, or a quoted cell holds whole rows: a quote was opened or closed that
    /// was not meant.
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
    pub(super) fn new(source: R, form: Form) -> Self {
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

    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// From now on, a row has this many columns.
    pub(super) fn expect_columns(&mut self, columns: usize) {
        self.columns = Some(columns);
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Number of cells of the row.
    pub(super) fn len(&self) -> usize {
        self.ends.len().saturating_sub(self.form.first())
    }

    /// A cell of the row; empty when the row does not have it.
    pub(super) fn cell(&self, at: usize) -> &[u8] {
        self.parsed(at + self.form.first())
    }

    fn parsed(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or_default() };
        let end = self.ends.get(at).copied().unwrap_or(start);
        &self.cells[start..end]
    }

    /// All cells of the row, one after the other.
    pub(super) fn cells(&self) -> &[u8] {
        let end = self.ends.last().copied().unwrap_or_default();
        let start = if self.form.numbered { self.ends.first().copied().unwrap_or_default() } else { 0 };
        &self.cells[start..end]
    }

    /// The row as it was, without its line end.
    pub(super) fn raw(&self) -> &[u8] {
        // A tab at an end is an empty cell, and no blank.
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
    pub(super) fn next(&mut self) -> io::Result<Found> {
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
        let open = self.at_end && self.start == self.end && has_open_quote(&self.raw);
        match self.columns {
            _ if open => Some(BadRow::UnclosedQuote),
            Some(columns) if self.has_stray_quote(columns) => Some(BadRow::StrayQuote),
            Some(columns) if self.len() < columns && !self.form.numbered && !self.is_blank() => {
                Some(BadRow::ColumnCount(self.len()))
            }
            // Spreadsheets append empty cells.
            Some(columns) if (columns..self.len()).any(|at| !self.cell(at).trim_ascii().is_empty()) => {
                Some(BadRow::ColumnCount(self.len()))
            }
            _ => None,
        }
    }

    /// Whether a quote was opened or closed that was not meant: two of them in different rows make one cell of all
    /// that lies between, and the number of cells may be right by chance.
    fn has_stray_quote(&self, columns: usize) -> bool {
        let quoted = !self.form.numbered && self.raw.contains(&b'"');
        quoted
            && (is_behind_a_quote(&self.raw, self.form.delimiter)
                || self.rows_within(columns) >= ROWS_WITHIN_MAX)
    }

    /// How many lines within the row's cells are whole rows by themselves.
    pub(super) fn rows_within(&self, columns: usize) -> usize {
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
                    return Ok(Parsed::Row);
                }
                ReadRecordResult::End => return Ok(Parsed::End),
            }
        }
    }

    fn too_large(&mut self) -> Parsed {
        self.ends.clear();
        Parsed::TooLarge
    }

    fn fill(&mut self) -> io::Result<()> {
        // A recovery leaves a buffer of another size behind.
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

    /// Finds the first line behind the head of a bad row that is a row by itself, and goes on from there: a
    /// stray quote costs its own row and not the rest of the file. Without such a line the whole row is passed.
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

    /// Passes over what is left of a line that is too long.
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

/// Whether anything but the next cell stands behind a closing quote.
fn is_behind_a_quote(raw: &[u8], delimiter: u8) -> bool {
    let (mut begins, mut quoted) = (true, false);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&b'"') => drop(bytes.next()),
            b'"' if quoted => {
                quoted = false;
                if bytes.peek().is_some_and(|next| *next != delimiter && !matches!(next, b'\r' | b'\n')) {
                    return true;
                }
            }
            b'"' if begins => quoted = true,
            _ => {}
        }
        begins = !quoted && (byte == delimiter || matches!(byte, b'\r' | b'\n'));
    }
    false
}

/// How many lines end in `bytes`, which come after the byte `before`: by CR, by LF, or by both.
fn line_ends(mut before: u8, bytes: &[u8]) -> u64 {
    let mut count = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || byte == b'\n' && before != b'\r');
        before = byte;
    }
    count
}

/// A row in which a quoted cell does not end: quotes that are part of a cell come in pairs.
fn has_open_quote(raw: &[u8]) -> bool {
    raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

/// Where lines begin, but for the first.
fn line_starts(raw: &[u8]) -> impl Iterator<Item = usize> {
    raw.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1)
}

impl Form {
    /// A text with this delimiter.
    pub(super) fn text(delimiter: u8) -> Self {
        Self { delimiter, numbered: false }
    }

    /// A sheet, as `sheet.rs` writes it.
    pub(super) const SHEET: Self = Self { delimiter: b',', numbered: true };

    fn parser(self) -> csv_core::Reader {
        csv_core::ReaderBuilder::new().delimiter(self.delimiter).build()
    }

    /// Cells in front that are not the file's.
    fn first(self) -> usize {
        usize::from(self.numbered)
    }

    /// Whether the first line of `text` is a row of so many columns by itself.
    fn is_row(self, text: &[u8], columns: usize) -> bool {
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || has_open_quote(line) {
            return false;
        }
        let (mut cells, mut ends) = (vec![0; line.len() + 1], vec![0; columns + 1]);
        let mut core = self.parser();
        let (_, used, written, first) = core.read_record(line, &mut cells, &mut ends);
        let (_, _, _, last) = core.read_record(&line[used..], &mut cells[written..], &mut ends[first..]);
        first + last == columns
    }
}
