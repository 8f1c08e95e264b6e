//! The files that the sample is written to.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use shared::dataset::Dataset;
use shared::encoding::encode_cp932_replacing;
use shared::era::{to_wareki, to_wareki_short};
use shared::label::Labelled;

/// Size of the write buffer in bytes.
const BUFFER_BYTES: usize = 1 << 18;

/// The style of cells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// UTF-8, native headers, plain values.
    Native,
    /// As offices write it: CP932, Japanese headers, 和暦, `¥1,000`, `▲1,000`.
    Office,
}

/// A cell.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Date(NaiveDate),
    /// An amount in 1/10000.
    Amount(i64),
    Number(i64),
}

/// A cell with the identifier of a choice.
pub(super) fn word(value: impl Labelled) -> Cell<'static> {
    Cell::Text(value.identifier())
}

/// A cell, empty for no text.
pub(super) fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// A file that is being written.
pub(super) struct Table {
    csv: csv::Writer<BufWriter<File>>,
    style: Style,
    cell: String,
    columns: usize,
    pub(super) rows: u64,
}

impl Table {
    pub(super) fn create(folder: &Path, dataset: &Dataset, style: Style) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = File::create(folder.join(format!("{}.csv", dataset.name)))?;
        let terminator = match style {
            Style::Native => csv::Terminator::Any(b'\n'),
            Style::Office => csv::Terminator::CRLF,
        };
        let output = BufWriter::with_capacity(BUFFER_BYTES, file);
        let csv = csv::WriterBuilder::new().terminator(terminator).from_writer(output);
        let columns = dataset.columns.len();
        let mut table = Self { csv, style, cell: String::new(), columns, rows: 0 };
        for column in dataset.columns {
            let header = if style == Style::Office { column.label.ja } else { column.name };
            table.put(Cell::Text(header))?;
        }
        table.csv.write_record(None::<&[u8]>)?;
        Ok(table)
    }

    /// Writes a row: the cells of the first columns of the data set; the others are empty.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for at in 0..self.columns {
            self.put(cells.get(at).copied().unwrap_or(Cell::Empty))?;
        }
        self.rows += 1;
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.csv.flush()?;
        Ok(self.rows)
    }

    fn put(&mut self, cell: Cell<'_>) -> io::Result<()> {
        if let (Cell::Text(text), Style::Native) = (cell, self.style) {
            return Ok(self.csv.write_field(text)?);
        }
        self.cell.clear();
        match self.style {
            Style::Native => plain(cell, &mut self.cell),
            Style::Office => office(cell, &mut self.cell, self.rows),
        }
        if self.cell.is_ascii() {
            return Ok(self.csv.write_field(&self.cell)?);
        }
        if self.style == Style::Native {
            return Ok(self.csv.write_field(&self.cell)?);
        }
        let (bytes, _) = encode_cp932_replacing(&self.cell, '〓').map_err(io::Error::other)?;
        Ok(self.csv.write_field(bytes)?)
    }
}

// Writing to a String cannot fail.
fn plain(cell: Cell<'_>, out: &mut String) {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => out.push_str(text),
        Cell::Date(date) => {
            let _ = write!(out, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
        }
        Cell::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Cell::Amount(scaled) => {
            let sign = if scaled < 0 { "-" } else { "" };
            let _ = write!(out, "{sign}{}", scaled.unsigned_abs() / 10_000);
            push_fraction(scaled, out);
        }
    }
}

fn push_fraction(scaled: i64, out: &mut String) {
    let fraction = scaled.unsigned_abs() % 10_000;
    if fraction != 0 {
        let _ = write!(out, ".{fraction:04}");
        out.truncate(out.trim_end_matches('0').len());
    }
}

/// The written forms change from row to row, as they do where several people type.
fn office(cell: Cell<'_>, out: &mut String, row: u64) {
    match cell {
        Cell::Date(date) => match row % 4 {
            0 => out.extend(to_wareki(date)),
            1 => out.extend(to_wareki_short(date)),
            2 => {
                let _ = write!(out, "{}/{}/{}", date.year(), date.month(), date.day());
            }
            _ => {
                let _ = write!(out, "{}年{}月{}日", date.year(), date.month(), date.day());
            }
        },
        Cell::Amount(scaled) => {
            out.push_str(match (scaled < 0, row % 2) {
                (true, 0) => "▲",
                (true, _) => "△",
                (false, 0) => "¥",
                (false, _) => "",
            });
            group(scaled.unsigned_abs() / 10_000, out);
            push_fraction(scaled, out);
        }
        other => plain(other, out),
    }
}

/// Digits in groups of three.
fn group(number: u64, out: &mut String) {
    let digits = number.to_string();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
}
