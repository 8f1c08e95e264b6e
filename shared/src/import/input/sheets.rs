//! Sheets of workbooks: streamed once, cell by cell, into an unnamed temporary file.
//!
//! An import reads its rows three times; the temporary file reads many times faster than XML, needs one row in memory,
//! and is read like every other text. Each row begins with its number.

mod merged;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::rows::{COLUMNS_MAX, ROW_BYTES_MAX};
use super::workbook::{CellsFound, Sheet, Trouble, Workbook};
use crate::import::error::TemporaryFolder;
use crate::import::report::fault::Fault;
use crate::message;

/// The most cells of a workbook.
const CELLS_MAX: u64 = 200_000_000;

/// The most bytes of its rows: a text that cells share may be written in each.
const SPOOLED_MAX: u64 = 8 << 30;

/// What was found in a workbook.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    /// Titles, rows, and how many rows are hidden.
    pub(super) rows: Vec<(String, File, u64)>,
    /// Hidden sheets, which were skipped.
    pub(super) hidden: Vec<String>,
}

/// The visible sheets of a workbook, or the wanted one. Sheets without cells are left out.
pub(super) fn sheets(path: &Path, wanted: Option<&str>) -> io::Result<Result<Sheets, Fault>> {
    match read(File::open(path)?, wanted) {
        Ok(found) => Ok(found),
        Err(Trouble::Broken(reason)) => {
            let message = message!(
                "ブックを読み取れません({reason})。Excelで開き、.xlsx 形式で保存し直してください",
                "the workbook cannot be read: {reason}; open it and save it as .xlsx",
                reason = reason,
            );
            Ok(Err(Fault::of_file(1, "broken_workbook", message)))
        }
        Err(Trouble::Temporary(error)) => Err(TemporaryFolder::error(&error)),
    }
}

fn read(file: File, wanted: Option<&str>) -> Result<Result<Sheets, Fault>, Trouble> {
    let mut book = Workbook::open(file)?;
    let (mut found, mut spooled) = (Sheets::default(), Spooled::default());
    let all = book.sheets().to_vec();
    for sheet in all.iter().filter(|sheet| wanted.is_none_or(|wanted| wanted == sheet.title)) {
        if sheet.hidden && wanted.is_none() {
            found.hidden.push(sheet.title.clone());
        } else if let (Some(rows), hidden) = spool(&mut book, sheet, &mut spooled)? {
            found.rows.push((sheet.title.clone(), rows, hidden));
        }
    }
    if let Some(wanted) = wanted.filter(|wanted| !all.iter().any(|sheet| sheet.title == *wanted)) {
        let titles: Vec<&str> = all.iter().map(|sheet| sheet.title.as_str()).collect();
        let message = message!(
            "シート「{wanted}」がありません。次のシートがあります: {titles}",
            "there is no sheet {wanted}; there are: {titles}",
            wanted = wanted,
            titles = titles.join(", "),
        );
        return Ok(Err(Fault::of_file(1, "unknown_sheet", message)));
    }
    if found.rows.is_empty() { Ok(Err(no_cells(&found.hidden))) } else { Ok(Ok(found)) }
}

fn no_cells(hidden: &[String]) -> Fault {
    let message = match hidden {
        [] => message!("ブックに値のあるセルがありません", "the workbook has no cells"),
        hidden => message!(
            "値のあるセルが非表示のシート({hidden})にしかありません。シートを再表示するか、--sheet でシート名を指定して\
             ください",
            "all cells of the workbook are in hidden sheets ({hidden}); unhide them, or name one with --sheet",
            hidden = hidden.join(", "),
        ),
    };
    Fault::of_file(1, "empty_file", message)
}

/// What was written so far of a workbook.
#[derive(Debug, Default)]
pub(super) struct Spooled {
    cells: u64,
    bytes: u64,
}

impl Spooled {
    /// Counts one more cell.
    pub(super) fn add(&mut self, text: &str) -> Result<(), Trouble> {
        self.cells += 1;
        self.bytes += text.len() as u64;
        if self.cells > CELLS_MAX || self.bytes > SPOOLED_MAX {
            return Err(Trouble::Broken(message!(
                "セルが{cells}個または{size}GiBを超えています",
                "it has more than {cells} cells, or {size} GiB of text",
                cells = CELLS_MAX,
                size = SPOOLED_MAX >> 30,
            )));
        }
        Ok(())
    }
}

/// Writes a sheet's rows, `None` when it has none; and how many of them are hidden.
fn spool(book: &mut Workbook, sheet: &Sheet, spooled: &mut Spooled) -> Result<(Option<File>, u64), Trouble> {
    let mut lines = Lines::new().map_err(Trouble::Temporary)?;
    let mut each = |row, column, text: &str| {
        spooled.add(text)?;
        match lines.put((row, column), text) {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(Trouble::Broken(message!("セルの並び順が不正です", "its cells are out of order")))
            }
            Err(error) => Err(Trouble::Temporary(error)),
        }
    };
    let in_sheet = |trouble| match trouble {
        Trouble::Broken(reason) => Trouble::Broken(message!(
            "シート「{title}」: {reason}",
            "sheet {title}: {reason}",
            title = sheet.title,
            reason = reason,
        )),
        other => other,
    };
    let CellsFound { merged, hidden_rows } = book.cells(sheet, &mut each).map_err(in_sheet)?;
    let rows = match lines.finish().map_err(Trouble::Temporary)? {
        Some(rows) if !merged.is_empty() => {
            merged::fill(&rows, merged, spooled).map(Some).map_err(in_sheet)?
        }
        rows => rows,
    };
    Ok((rows, hidden_rows))
}

/// The rows being written.
pub(super) struct Lines {
    file: BufWriter<File>,
    /// Row and next column of the row being assembled.
    row: u32,
    column: u32,
    line: String,
    any: bool,
}

impl Lines {
    pub(super) fn new() -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 16, tempfile::tempfile()?);
        Ok(Self { file, row: 0, column: 0, line: String::new(), any: false })
    }

    /// Takes the next cell; false when it lies before the previous one.
    pub(super) fn put(&mut self, (row, column): (u32, u32), text: &str) -> io::Result<bool> {
        if row < self.row || (row == self.row && column < self.column) {
            return Ok(false);
        }
        if row > self.row {
            self.end_row()?;
            self.row = row;
        }
        self.any = true;
        let too_wide = usize::try_from(column).is_ok_and(|column| column > COLUMNS_MAX);
        if too_wide || self.line.len() > ROW_BYTES_MAX {
            self.spoil();
            self.column = column + 1;
            return Ok(true);
        }
        for _ in self.column..=column {
            self.line.push(',');
        }
        self.column = column + 1;
        push_quoted(text, &mut self.line);
        Ok(true)
    }

    /// A row beyond the limits becomes one that the reader refuses as such, and has no line breaks.
    fn spoil(&mut self) {
        if self.line.len() <= ROW_BYTES_MAX + 1 {
            self.line.clear();
            self.line.push(',');
            self.line.extend(std::iter::repeat_n('x', ROW_BYTES_MAX + 1));
        }
    }

    /// Writes a row that is beyond the limits.
    fn too_large(&mut self, row: u32) -> io::Result<()> {
        self.end_row()?;
        (self.row, self.any) = (row, true);
        self.spoil();
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            if self.line.len() > ROW_BYTES_MAX {
                self.line.truncate(0);
                self.spoil();
            }
            writeln!(self.file, "{}{}", self.row + 1, self.line)?;
        }
        self.line.clear();
        self.column = 0;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Option<File>> {
        self.end_row()?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(self.any.then_some(file))
    }
}

fn push_quoted(text: &str, line: &mut String) {
    if !text.contains([',', '"', '\n', '\r']) {
        line.push_str(text);
        return;
    }
    line.push('"');
    for c in text.chars() {
        if c == '"' {
            line.push('"');
        }
        line.push(c);
    }
    line.push('"');
}
