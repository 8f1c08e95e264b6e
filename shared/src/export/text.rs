//! Delimited text in any of the encodings.

use std::io::Write;

use super::{ExportEncoding, ExportError, broken};
use crate::encoding::{encode_cp932, encode_cp932_replacing};

/// What CP932 does not have becomes this, when that is asked for.
const REPLACEMENT: char = '〓';

/// Places of characters that CP932 does not have, of which an error tells.
const PLACES_MAX: usize = 100;

/// UTF-8 as UTF-16, low byte first.
struct Utf16<W> {
    output: W,
    /// The first bytes of a character whose others have not come yet.
    rest: Vec<u8>,
}

impl<W: Write> Write for Utf16<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let text = std::str::from_utf8(&self.rest[..whole]).unwrap_or_default();
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.output.write_all(&units)?;
        self.rest.drain(..whole);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }
}

/// A text file.
pub(super) struct Text<'w> {
    dataset: &'static str,
    encoding: ExportEncoding,
    csv: csv::Writer<Box<dyn Write + Send + 'w>>,
    row: u64,
    replaced: u64,
    /// Row, column and character of what cannot be written.
    unmappable: Vec<(u64, String, String)>,
    uncounted: u64,
}

impl<'w> Text<'w> {
    pub(super) fn new(
        dataset: &'static str,
        output: &'w mut (dyn Write + Send),
        encoding: ExportEncoding,
        delimiter: u8,
    ) -> Result<Self, ExportError> {
        let mark: &[u8] = match encoding {
            ExportEncoding::Utf8Bom => b"\xEF\xBB\xBF",
            ExportEncoding::Utf16 => b"\xFF\xFE",
            _ => b"",
        };
        output.write_all(mark).map_err(|error| broken(&error))?;
        let output: Box<dyn Write + Send + 'w> = match encoding {
            ExportEncoding::Utf16 => Box::new(Utf16 { output, rest: Vec::new() }),
            _ => Box::new(output),
        };
        let terminator = match encoding {
            ExportEncoding::Utf8 => csv::Terminator::Any(b'\n'),
            _ => csv::Terminator::CRLF,
        };
        let csv = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .flexible(true)
            .from_writer(output);
        Ok(Self { dataset, encoding, csv, row: 1, replaced: 0, unmappable: Vec::new(), uncounted: 0 })
    }

    pub(super) fn header(&mut self, names: &[String]) -> Result<(), ExportError> {
        self.row = 0;
        for name in names {
            self.cell(name, name)?;
        }
        self.end_row()
    }

    pub(super) fn cell(&mut self, column: &str, text: &str) -> Result<(), ExportError> {
        let cp932 = matches!(self.encoding, ExportEncoding::Cp932 | ExportEncoding::Cp932Replacing);
        if !cp932 || text.is_ascii() {
            return self.csv.write_field(text).map_err(|error| broken(&error));
        }
        // No second byte of CP932 is a comma, a quote or a line end: quoting works on the bytes.
        if let Ok(bytes) = encode_cp932(text) {
            return self.csv.write_field(bytes).map_err(|error| broken(&error));
        }
        let (bytes, replaced) = encode_cp932_replacing(text, REPLACEMENT).map_err(|error| broken(&error))?;
        if self.encoding == ExportEncoding::Cp932 {
            self.note(column, text);
        } else {
            self.replaced += replaced as u64;
        }
        self.csv.write_field(bytes).map_err(|error| broken(&error))
    }

    /// Keeps the place of each character of a cell that CP932 does not have.
    fn note(&mut self, column: &str, text: &str) {
        let mut buffer = [0; 4];
        for character in text.chars() {
            let Err(error) = encode_cp932(character.encode_utf8(&mut buffer)) else { continue };
            if self.unmappable.len() < PLACES_MAX {
                let what = format!("{character} (U+{:04X})", u32::from(error.character));
                self.unmappable.push((self.row, column.to_owned(), what));
            } else {
                self.uncounted += 1;
            }
        }
    }

    pub(super) fn end_row(&mut self) -> Result<(), ExportError> {
        self.row += 1;
        self.csv.write_record(None::<&[u8]>).map_err(|error| broken(&error))
    }

    pub(super) fn finish(mut self) -> Result<u64, ExportError> {
        self.csv.flush().map_err(|error| broken(&error))?;
        let mut places = self.unmappable.into_iter();
        let Some((row, column, what)) = places.next() else { return Ok(self.replaced) };
        Err(ExportError::Unmappable {
            dataset: self.dataset,
            row,
            column,
            reason: format!("{what} does not exist in Shift_JIS"),
            more: places.map(|(row, column, what)| format!("row {row}, {column}: {what}")).collect(),
            uncounted: self.uncounted,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Utf16;

    #[test]
    fn characters_that_come_in_pieces_are_whole() {
        let mut utf16 = Utf16 { output: Vec::new(), rest: Vec::new() };
        for byte in "a髙𠮷\r\n".as_bytes() {
            assert_eq!(utf16.write(&[*byte]).unwrap(), 1);
        }
        let expected: Vec<u8> = "a髙𠮷\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf16.output, expected);
    }
}
