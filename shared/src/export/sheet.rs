//! A workbook, written row by row: what is finished goes to a temporary file.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::sink::CellKind;
use super::{ExportError, broken};

/// Rows of a sheet.
const ROWS_MAX: u32 = 1_048_576;

/// Digits that a spreadsheet keeps of a number; a longer one is written as text.
const DIGITS_MAX: usize = 15;

/// A workbook with one data set; a further sheet begins where one is full.
pub(super) struct Book<'w> {
    workbook: Workbook,
    /// The sheet that is written: it joins the workbook when it is full.
    sheet: Worksheet,
    output: &'w mut (dyn Write + Send),
    dataset: &'static str,
    header: Vec<String>,
    day: Format,
    sheets: u32,
    row: u32,
    column: u16,
}

impl<'w> Book<'w> {
    pub(super) fn new(
        dataset: &'static str,
        output: &'w mut (dyn Write + Send),
    ) -> Result<Self, ExportError> {
        let mut workbook = Workbook::new();
        let sheet = new_sheet(&mut workbook, dataset, 1)?;
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let header = Vec::new();
        Ok(Self { workbook, sheet, output, dataset, header, day, sheets: 1, row: 0, column: 0 })
    }

    pub(super) fn header(&mut self, names: &[String]) -> Result<(), ExportError> {
        self.header = names.to_vec();
        for name in names {
            self.cell(name, CellKind::Text)?;
        }
        self.end_row()
    }

    pub(super) fn cell(&mut self, text: &str, kind: CellKind) -> Result<(), ExportError> {
        let (row, column) = (self.row, self.column);
        self.column += 1;
        if text.is_empty() {
            return Ok(());
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let number = (kind == CellKind::Number && digits <= DIGITS_MAX).then(|| text.parse::<f64>().ok());
        // The calendar of a spreadsheet begins in 1900, with a day too many in its first February.
        let dated = kind == CellKind::Date && text > "1900-03-01";
        let date = dated.then(|| ExcelDateTime::parse_from_str(text).ok());
        let written = match (number.flatten(), date.flatten()) {
            (Some(number), _) => self.sheet.write_number(row, column, number).map(drop),
            (None, Some(date)) => {
                self.sheet.write_datetime_with_format(row, column, &date, &self.day).map(drop)
            }
            (None, None) => self.sheet.write_string(row, column, text).map(drop),
        };
        written.map_err(|error| broken(&error))
    }

    pub(super) fn end_row(&mut self) -> Result<(), ExportError> {
        self.row += 1;
        self.column = 0;
        if self.row < ROWS_MAX {
            return Ok(());
        }
        self.sheets += 1;
        let next = new_sheet(&mut self.workbook, self.dataset, self.sheets)?;
        self.workbook.push_worksheet(std::mem::replace(&mut self.sheet, next));
        self.row = 0;
        let header = std::mem::take(&mut self.header);
        self.header(&header)
    }

    pub(super) fn finish(mut self) -> Result<(), ExportError> {
        self.workbook.push_worksheet(self.sheet);
        self.workbook.save_to_writer(self.output).map_err(|error| broken(&error))
    }
}

fn new_sheet(workbook: &mut Workbook, dataset: &str, number: u32) -> Result<Worksheet, ExportError> {
    let mut sheet = workbook.new_worksheet_with_constant_memory().map_err(|error| broken(&error))?;
    let name = if number == 1 { dataset.to_owned() } else { format!("{dataset}_{number}") };
    sheet.set_name(name).map_err(|error| broken(&error))?;
    Ok(sheet)
}
