//! How cells and rows are told apart.

use super::quotes::is_within_a_quote;

/// How cells and rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// The byte between two cells.
    pub(crate) delimiter: u8,
    /// Whether each row begins with a cell that holds its line number: a sheet of a workbook. Empty cells at the end
    /// are then left out.
    pub(crate) numbered: bool,
    /// Whether a run of delimiters is one, also in front of the first cell: there are no empty cells.
    pub(crate) runs: bool,
}

impl Form {
    /// A text with this delimiter.
    pub(crate) fn text(delimiter: u8) -> Self {
        Self { delimiter, numbered: false, runs: false }
    }

    /// A text in whose lines cells stand below each other, with blanks between them.
    pub(crate) const SPACED: Self = Self { delimiter: b' ', numbered: false, runs: true };

    /// A sheet, as `sheets.rs` writes it.
    pub(crate) const SHEET: Self = Self { delimiter: b',', numbered: true, runs: false };

    pub(super) fn parser(self) -> csv_core::Reader {
        csv_core::ReaderBuilder::new().delimiter(self.delimiter).build()
    }

    /// Cells in front that are not part of the file.
    pub(super) fn first(self) -> usize {
        usize::from(self.numbered)
    }

    /// Whether the first line of `text` is a row of this many columns by itself.
    pub(super) fn is_row(self, text: &[u8], columns: usize) -> bool {
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || is_within_a_quote(line, self.delimiter) {
            return false;
        }
        let (mut cells, mut ends) = (vec![0; line.len() + 1], vec![0; columns + 1]);
        let mut core = self.parser();
        let (_, used, written, first) = core.read_record(line, &mut cells, &mut ends);
        let (_, _, _, last) = core.read_record(&line[used..], &mut cells[written..], &mut ends[first..]);
        first + last == columns
    }
}
