//! Sheets of workbooks: streamed once, cell by cell, into a file without a name that is gone with the program.
//!
//! An import reads its rows three times; what is written here reads many times faster than XML, holds one row in
//! memory, and is read like every other text. Each row begins with its number.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::TemporaryFolder;
use super::book::{Book, ERROR_MARK, Sheet, Trouble};
use super::cell::CellFault;
use super::report::Fault;
use super::rows::{COLUMNS_MAX, ROW_BYTES_MAX};

/// The most cells of a workbook.
const CELLS_MAX: u64 = 200_000_000;

/// The most bytes of its rows: a text that cells share may be written in each.
const SPOOLED_MAX: u64 = 8 << 30;

/// What was found in a workbook.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    /// Titles and rows.
    pub(super) rows: Vec<(String, File)>,
    /// Sheets that people do not see, and that were passed over.
    pub(super) hidden: Vec<String>,
}

/// The sheets of a workbook that people see, or the one that is wanted. Sheets without cells are left out.
pub(super) fn sheets(path: &Path, wanted: Option<&str>) -> io::Result<Result<Sheets, Fault>> {
    match read(File::open(path)?, wanted) {
        Ok(found) => Ok(found),
        Err(Trouble::Broken(reason)) => {
            let message = format!("the workbook cannot be read: {reason}; open it and save it as .xlsx");
            Ok(Err(fault("broken_workbook", message)))
        }
        Err(Trouble::Temporary(error)) => Err(TemporaryFolder::error(&error)),
    }
}

fn read(file: File, wanted: Option<&str>) -> Result<Result<Sheets, Fault>, Trouble> {
    let mut book = Book::open(file)?;
    let (mut found, mut spooled) = (Sheets::default(), Spooled::default());
    let all = book.sheets().to_vec();
    for sheet in all.iter().filter(|sheet| wanted.is_none_or(|wanted| wanted == sheet.title)) {
        if sheet.hidden && wanted.is_none() {
            found.hidden.push(sheet.title.clone());
        } else if let Some(rows) = spool(&mut book, sheet, &mut spooled)? {
            found.rows.push((sheet.title.clone(), rows));
        }
    }
    if let Some(wanted) = wanted.filter(|wanted| !all.iter().any(|sheet| sheet.title == *wanted)) {
        let titles: Vec<&str> = all.iter().map(|sheet| sheet.title.as_str()).collect();
        let message = format!("there is no sheet {wanted}; there are: {}", titles.join(", "));
        return Ok(Err(fault("unknown_sheet", message)));
    }
    if !found.rows.is_empty() {
        return Ok(Ok(found));
    }
    let message = match found.hidden.as_slice() {
        [] => "the workbook has no cells".to_owned(),
        hidden => format!(
            "the workbook has no cells but in hidden sheets ({}); show them, or name one with --sheet",
            hidden.join(", ")
        ),
    };
    Ok(Err(fault("empty_file", message)))
}

fn fault(code: &'static str, message: String) -> Fault {
    Fault { line: 1, column: None, code, message, raw: String::new() }
}

/// What is wrong with a cell that holds an error, by what stands behind [`ERROR_MARK`].
pub(super) fn error_of(cell: &str) -> Option<CellFault> {
    match cell.split_once(ERROR_MARK)?.1 {
        "" => Some(CellFault {
            code: "no_cached_value",
            message:
                "the cell holds a formula without the value that it has; open the workbook in a spreadsheet \
                      program and save it"
                    .to_owned(),
        }),
        error => Some(CellFault {
            code: "error_cell",
            message: format!("the cell holds the error {error}; correct its formula"),
        }),
    }
}

/// What was written so far of a workbook.
#[derive(Debug, Default)]
struct Spooled {
    cells: u64,
    bytes: u64,
}

/// Writes a sheet's rows; `None` when it has none.
fn spool(book: &mut Book, sheet: &Sheet, spooled: &mut Spooled) -> Result<Option<File>, Trouble> {
    let mut lines = Lines::new().map_err(Trouble::Temporary)?;
    let mut each = |row, column, text: &str| {
        spooled.cells += 1;
        spooled.bytes += text.len() as u64;
        if spooled.cells > CELLS_MAX || spooled.bytes > SPOOLED_MAX {
            return Err(Trouble::Broken(format!(
                "the workbook has more than {CELLS_MAX} cells, or {} GiB of text",
                SPOOLED_MAX >> 30
            )));
        }
        match lines.put((row, column), text) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Trouble::Broken("its cells are out of order".to_owned())),
            Err(error) => Err(Trouble::Temporary(error)),
        }
    };
    book.cells(sheet, &mut each).map_err(|trouble| match trouble {
        Trouble::Broken(reason) => Trouble::Broken(format!("sheet {}: {reason}", sheet.title)),
        other => other,
    })?;
    lines.finish().map_err(Trouble::Temporary)
}

/// The rows that are being written.
struct Lines {
    file: BufWriter<File>,
    /// Row and next column of the row that is being put together.
    row: u32,
    column: u32,
    line: String,
    any: bool,
}

impl Lines {
    fn new() -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 16, tempfile::tempfile()?);
        Ok(Self { file, row: 0, column: 0, line: String::new(), any: false })
    }

    /// Takes the next cell; false when it lies before the one that came last.
    fn put(&mut self, (row, column): (u32, u32), text: &str) -> io::Result<bool> {
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

    fn finish(mut self) -> io::Result<Option<File>> {
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
