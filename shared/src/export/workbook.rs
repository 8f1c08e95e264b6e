//! A workbook, written cell by cell straight into the file: nothing is held in memory or in temporary files.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::rc::Rc;

use chrono::NaiveDate;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::cells::CellKind;
use super::error::ExportError;

/// Rows of a sheet.
const ROWS_MAX: u32 = 1_048_576;

/// The most bytes of a sheet before they are packed; the format without its extension for large files has 4 GiB.
const SHEET_BYTES_MAX: u64 = 3 << 30;

/// Digits that a spreadsheet keeps of a number; a longer number is written as text.
const DIGITS_MAX: usize = 15;

/// The beginning of every part.
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Style 0 is plain, style 1 a date.
const STYLES: &str = r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#;

/// A workbook with one data set; a new sheet begins when one is full.
pub(super) struct Workbook<'w> {
    archive: ZipWriter<StreamWriter<Latch<'w>>>,
    failed: Failed,
    dataset: &'static str,
    header: Vec<String>,
    sheets: u32,
    row: u32,
    column: u32,
    /// The row being assembled.
    line: String,
    /// Bytes of the sheet.
    bytes: u64,
}

impl<'w> Workbook<'w> {
    pub(super) fn new(
        dataset: &'static str,
        output: &'w mut (dyn Write + Send),
    ) -> Result<Self, ExportError> {
        let failed = Failed::default();
        let archive = ZipWriter::new_stream(Latch { output, failed: Rc::clone(&failed) });
        let (header, line) = (Vec::new(), String::new());
        let mut book =
            Self { archive, failed, dataset, header, sheets: 0, row: 0, column: 0, line, bytes: 0 };
        book.begin_sheet()?;
        Ok(book)
    }

    pub(super) fn header(&mut self, names: &[String]) -> Result<(), ExportError> {
        self.header = names.to_vec();
        for name in names {
            self.cell(name, CellKind::Text)?;
        }
        self.end_row()
    }

    pub(super) fn cell(&mut self, text: &str, kind: CellKind) -> Result<(), ExportError> {
        let column = self.column;
        self.column += 1;
        if text.is_empty() {
            return Ok(());
        }
        self.line.push_str("<c r=\"");
        push_column(column, &mut self.line);
        let number = || is_number(text).then_some(text);
        // Writing to a String cannot fail.
        let _ = match kind {
            CellKind::Number if number().is_some() => {
                write!(self.line, "{}\"><v>{text}</v></c>", self.row + 1)
            }
            CellKind::Date if serial(text).is_some() => {
                let serial = serial(text).unwrap_or_default();
                write!(self.line, "{}\" s=\"1\"><v>{serial}</v></c>", self.row + 1)
            }
            _ => {
                let _ =
                    write!(self.line, "{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", self.row + 1);
                push_escaped(text, &mut self.line);
                self.line.write_str("</t></is></c>")
            }
        };
        Ok(())
    }

    pub(super) fn end_row(&mut self) -> Result<(), ExportError> {
        let row = self.row + 1;
        let line = std::mem::take(&mut self.line);
        self.write(&format!("<row r=\"{row}\">"))?;
        self.write(&line)?;
        self.write("</row>")?;
        self.line = line;
        self.line.clear();
        self.row += 1;
        self.column = 0;
        if self.row < ROWS_MAX && self.bytes < SHEET_BYTES_MAX {
            return Ok(());
        }
        self.end_sheet()?;
        self.begin_sheet()?;
        let header = std::mem::take(&mut self.header);
        self.header(&header)
    }

    pub(super) fn finish(mut self) -> Result<(), ExportError> {
        self.end_sheet()?;
        let sheets = 1..=self.sheets;
        let (mut list, mut relations, mut types) = (String::new(), String::new(), String::new());
        for at in sheets {
            let name = if at == 1 { self.dataset.to_owned() } else { format!("{}_{at}", self.dataset) };
            // Writing to a String cannot fail.
            let _ = write!(list, r#"<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>"#);
            let _ = write!(
                relations,
                r#"<Relationship Id="rId{at}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>"#
            );
            let _ = write!(
                types,
                r#"<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{TYPES}.worksheet+xml"/>"#
            );
        }
        self.part(
            "xl/workbook.xml",
            &format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{list}</sheets></workbook>"#),
        )?;
        self.part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships">{relations}<Relationship Id="styles" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>"#
            ),
        )?;
        self.part("xl/styles.xml", &format!(r#"<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>"#))?;
        self.part(
            "_rels/.rels",
            &format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        )?;
        self.part(
            "[Content_Types].xml",
            &format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{types}<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/></Types>"#
            ),
        )?;
        let finished = self.archive.finish();
        check(&self.failed)?;
        finished.map(drop).map_err(ExportError::broken)
    }

    fn begin_sheet(&mut self) -> Result<(), ExportError> {
        self.sheets += 1;
        (self.row, self.column, self.bytes) = (0, 0, 0);
        self.begin_part(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        self.write(&format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>"#))
    }

    fn end_sheet(&mut self) -> Result<(), ExportError> {
        self.write("</sheetData></worksheet>")
    }

    fn part(&mut self, name: &str, content: &str) -> Result<(), ExportError> {
        self.begin_part(name)?;
        self.write(HEAD)?;
        self.write(content)
    }

    fn begin_part(&mut self, name: &str) -> Result<(), ExportError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let begun = self.archive.start_file(name, options);
        check(&self.failed)?;
        begun.map_err(ExportError::broken)
    }

    fn write(&mut self, text: &str) -> Result<(), ExportError> {
        self.bytes += text.len() as u64;
        let written = self.archive.write_all(text.as_bytes());
        check(&self.failed)?;
        written.map_err(ExportError::broken)
    }
}

/// The first failure of the output.
type Failed = Rc<RefCell<Option<io::Error>>>;

fn check(failed: &Failed) -> Result<(), ExportError> {
    failed.borrow().as_ref().map_or(Ok(()), |error| Err(ExportError::broken(error)))
}

/// An output that accepts everything after its first failure, which it keeps: an archive writes its end when it is
/// dropped, and would complain on standard error if it could not.
struct Latch<'w> {
    output: &'w mut (dyn Write + Send),
    failed: Failed,
}

impl Latch<'_> {
    fn keep<T>(&self, done: io::Result<T>, instead: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                Ok(instead)
            }
            done => done,
        }
    }

    fn has_failed(&self) -> bool {
        self.failed.borrow().is_some()
    }
}

impl Write for Latch<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.has_failed() {
            return Ok(buffer.len());
        }
        let done = self.output.write(buffer);
        self.keep(done, buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.has_failed() {
            return Ok(());
        }
        let done = self.output.flush();
        self.keep(done, ())
    }
}

/// Whether a spreadsheet keeps all digits of a number.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let points = unsigned.bytes().filter(|byte| *byte == b'.').count();
    (1..=DIGITS_MAX).contains(&digits) && points <= 1 && digits + points == unsigned.len()
}

/// The serial number of a date. The calendar of a spreadsheet begins in 1900, with a day too many in its first
/// February: earlier dates are text.
fn serial(day: &str) -> Option<i64> {
    let first = NaiveDate::from_ymd_opt(1900, 3, 1)?;
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(|day| *day > first)?;
    Some((day - NaiveDate::from_ymd_opt(1899, 12, 30)?).num_days())
}

/// `A` to `Z`, `AA` …
fn push_column(column: u32, text: &mut String) {
    if column >= 26 {
        push_column(column / 26 - 1, text);
    }
    text.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or_default()));
}

/// Text escaped for XML; characters that XML does not have are written as `_x0001_`, and text that looks like such an
/// escape is escaped itself.
fn push_escaped(text: &str, line: &mut String) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '_' if text[at..].starts_with("_x") => line.push_str("_x005F_"),
            '\t' | '\n' => line.push(c),
            '\0'..=' ' if c != ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(line, "_x{:04X}_", u32::from(c));
            }
            '\u{FFFE}' => line.push_str("_xFFFE_"),
            '\u{FFFF}' => line.push_str("_xFFFF_"),
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_number, push_column, push_escaped, serial};

    #[test]
    fn cells_are_named_by_letters() {
        for (column, name) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            let mut text = String::new();
            push_column(column, &mut text);
            assert_eq!(text, name);
        }
    }

    #[test]
    fn numbers_that_a_spreadsheet_would_round_become_text() {
        for text in ["0", "-1", "0.5", "999999999999999", "-12345678901.2345"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", ".", "1000000000000000", "--1", "1.2.3", "1e5", "abc", "１"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn days_before_march_1900_become_text() {
        for (day, number) in
            [("1900-03-02", Some(62)), ("1900-03-01", None), ("2025-11-21", Some(45_982)), ("x", None)]
        {
            assert_eq!(serial(day), number, "{day}");
        }
    }

    #[test]
    fn every_character_can_be_written() {
        let mut line = String::new();
        push_escaped("a<b>&\"c\" \u{1}\r\n\t_x000D_ _y 茶\u{FFFF}", &mut line);
        assert_eq!(line, "a&lt;b&gt;&amp;\"c\" _x0001__x000D_\n\t_x005F_x000D_ _y 茶_xFFFF_");
    }
}
