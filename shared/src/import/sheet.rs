//! Sheets of workbooks: streamed once, cell by cell, into a file without a name that is gone with the program.
//!
//! An import reads its rows three times; what is written here reads many times faster than XML, holds one row in
//! memory, and is read like every other text. Each row begins with its number.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::archive;
use super::report::Fault;
use super::rows::{COLUMNS_MAX, ROW_BYTES_MAX};

/// The most cells of a workbook.
const CELLS_MAX: u64 = 200_000_000;

/// In front of a cell that holds an error (`#N/A`). No text of a sheet begins with it.
pub(super) const ERROR_MARK: char = '\u{1}';

/// A sheet's title and its rows.
pub(super) type SheetRows = (String, File);

/// The sheets of a workbook, or the one that is wanted. Sheets without cells are left out.
pub(super) fn sheets(path: &Path, wanted: Option<&str>) -> io::Result<Result<Vec<SheetRows>, Fault>> {
    let mut file = File::open(path)?;
    if let Err(reason) = archive::check(&mut file) {
        return Ok(Err(broken(&reason)));
    }
    file.seek(SeekFrom::Start(0))?;
    let mut workbook = match Xlsx::new(BufReader::new(file)) {
        Ok(workbook) => workbook,
        Err(error) => return Ok(Err(broken(&error.to_string()))),
    };
    let titles: Vec<String> = workbook.sheet_names();
    let mut found = Vec::new();
    let mut cells = 0;
    for title in titles.iter().filter(|title| wanted.is_none_or(|wanted| wanted == *title)) {
        match spool(&mut workbook, title, &mut cells)? {
            Ok(Some(rows)) => found.push((title.clone(), rows)),
            Ok(None) => {}
            Err(reason) => return Ok(Err(broken(&format!("sheet {title}: {reason}")))),
        }
    }
    if let Some(wanted) = wanted.filter(|wanted| !titles.iter().any(|title| title == wanted)) {
        let message = format!("there is no sheet {wanted}; there are: {}", titles.join(", "));
        return Ok(Err(fault("unknown_sheet", message)));
    }
    Ok(if found.is_empty() {
        Err(fault("empty_file", "the workbook has no cells".to_owned()))
    } else {
        Ok(found)
    })
}

fn fault(code: &'static str, message: String) -> Fault {
    Fault { line: 1, column: None, code, message, raw: String::new() }
}

fn broken(reason: &str) -> Fault {
    fault("broken_workbook", format!("the workbook cannot be read: {reason}; save it anew as .xlsx"))
}

/// Writes a sheet's rows; `None` when it has none.
fn spool(
    workbook: &mut Xlsx<BufReader<File>>,
    title: &str,
    cells: &mut u64,
) -> io::Result<Result<Option<File>, String>> {
    let mut reader = match workbook.worksheet_cells_reader(title) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Ok(None)),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut lines = Lines::new()?;
    loop {
        let cell = match reader.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => return lines.finish().map(Ok),
            Err(error) => return Ok(Err(error.to_string())),
        };
        *cells += 1;
        if *cells > CELLS_MAX {
            return Ok(Err(format!("the workbook has more than {CELLS_MAX} cells")));
        }
        if !lines.put(cell.get_position(), cell.get_value())? {
            return Ok(Err("its cells are out of order".to_owned()));
        }
    }
}

/// The rows that are being written.
struct Lines {
    file: BufWriter<File>,
    /// Row and next column of the row that is being put together.
    row: u32,
    column: u32,
    line: String,
    any: bool,
    cell: String,
}

impl Lines {
    fn new() -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 16, tempfile::tempfile()?);
        Ok(Self { file, row: 0, column: 0, line: String::new(), any: false, cell: String::new() })
    }

    /// Takes the next cell; false when it lies before the one that came last.
    fn put(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> io::Result<bool> {
        if row < self.row || (row == self.row && column < self.column) {
            return Ok(false);
        }
        self.cell.clear();
        push_text(value, &mut self.cell);
        if self.cell.is_empty() {
            return Ok(true);
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
        push_quoted(&self.cell, &mut self.line);
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

/// A cell as people see it: a formula by the value that was kept with it, a date as a date.
fn push_text(value: &DataRef<'_>, cell: &mut String) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = match value {
        DataRef::Empty => Ok(()),
        DataRef::Int(number) => write!(cell, "{number}"),
        DataRef::Float(number) => {
            push_number(*number, cell);
            Ok(())
        }
        DataRef::String(text) => {
            push_plain(text, cell);
            Ok(())
        }
        DataRef::SharedString(text) => {
            push_plain(text, cell);
            Ok(())
        }
        DataRef::Bool(yes) => write!(cell, "{}", if *yes { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(at) => {
            if at.is_datetime() {
                let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
                if at.as_f64() >= 1.0 {
                    let _ = write!(cell, "{year:04}-{month:02}-{day:02}");
                }
                if (hour, minute, second) != (0, 0, 0) || at.as_f64() < 1.0 {
                    let blank = if cell.is_empty() { "" } else { " " };
                    let _ = write!(cell, "{blank}{hour:02}:{minute:02}:{second:02}");
                }
            } else {
                push_number(at.as_f64(), cell);
            }
            Ok(())
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            push_plain(text, cell);
            Ok(())
        }
        DataRef::Error(error) => write!(cell, "{ERROR_MARK}{error}"),
    };
}

fn push_plain(text: &str, cell: &mut String) {
    cell.extend(text.chars().map(|c| if c == ERROR_MARK { '\u{2}' } else { c }));
}

/// A number in the 15 digits that a spreadsheet shows: what follows them is an artefact of binary fractions.
fn push_number(number: f64, cell: &mut String) {
    use std::fmt::Write as _;
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let _ = write!(cell, "{shown}");
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
