//! Delimited text in any of the encodings.

use std::io::Write;

use super::error::{ExportError, UnmappablePlace};
use super::options::ExportEncoding;
use crate::encoding::{encode_cp932, encode_cp932_replacing};
use crate::message::{Label, Message};

/// Stands for characters that CP932 does not have.
const REPLACEMENT: char = '〓';

/// Places of characters that CP932 does not have that an error lists.
const PLACES_MAX: usize = 100;

/// Turns UTF-8 into UTF-16LE.
struct Utf16<W> {
    output: W,
    /// The first bytes of an incomplete character.
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

/// A delimited text file.
pub struct DelimitedText<'w> {
    title: Message,
    encoding: ExportEncoding,
    csv: csv::Writer<Box<dyn Write + Send + 'w>>,
    row: u64,
    replaced: u64,
    unmappable: Vec<UnmappablePlace>,
    uncounted: u64,
}

impl<'w> DelimitedText<'w> {
    /// Text with commas, and with the line ends of RFC 4180 in every encoding. The title is for errors.
    ///
    /// # Errors
    /// The output fails.
    pub fn comma_separated(
        title: Message,
        output: &'w mut (dyn Write + Send),
        encoding: ExportEncoding,
    ) -> Result<Self, ExportError> {
        Self::with(title, output, encoding, (b',', csv::Terminator::CRLF))
    }

    pub(super) fn new(
        dataset: Label,
        output: &'w mut (dyn Write + Send),
        encoding: ExportEncoding,
        delimiter: u8,
    ) -> Result<Self, ExportError> {
        let terminator = match encoding {
            ExportEncoding::Utf8 => csv::Terminator::Any(b'\n'),
            _ => csv::Terminator::CRLF,
        };
        Self::with(dataset.into(), output, encoding, (delimiter, terminator))
    }

    fn with(
        title: Message,
        output: &'w mut (dyn Write + Send),
        encoding: ExportEncoding,
        (delimiter, terminator): (u8, csv::Terminator),
    ) -> Result<Self, ExportError> {
        let mark: &[u8] = match encoding {
            ExportEncoding::Utf8Bom => b"\xEF\xBB\xBF",
            ExportEncoding::Utf16 => b"\xFF\xFE",
            _ => b"",
        };
        output.write_all(mark).map_err(ExportError::broken)?;
        let output: Box<dyn Write + Send + 'w> = match encoding {
            ExportEncoding::Utf16 => Box::new(Utf16 { output, rest: Vec::new() }),
            _ => Box::new(output),
        };
        let csv = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .flexible(true)
            .from_writer(output);
        Ok(Self { title, encoding, csv, row: 1, replaced: 0, unmappable: Vec::new(), uncounted: 0 })
    }

    /// Writes the line of names.
    ///
    /// # Errors
    /// The output fails.
    pub fn header(&mut self, names: &[String]) -> Result<(), ExportError> {
        self.row = 0;
        for name in names {
            self.cell(name, name)?;
        }
        self.end_row()
    }

    /// Writes the next cell of the row; the column is for errors.
    ///
    /// # Errors
    /// The output fails.
    pub fn cell(&mut self, column: &str, text: &str) -> Result<(), ExportError> {
        let cp932 = matches!(self.encoding, ExportEncoding::Cp932 | ExportEncoding::Cp932Replacing);
        if !cp932 || text.is_ascii() {
            return self.csv.write_field(text).map_err(ExportError::broken);
        }
        // No second byte of CP932 is a comma, a quote or a line end: quoting works on the bytes.
        if let Ok(bytes) = encode_cp932(text) {
            return self.csv.write_field(bytes).map_err(ExportError::broken);
        }
        let (bytes, replaced) = encode_cp932_replacing(text, REPLACEMENT).map_err(ExportError::broken)?;
        if self.encoding == ExportEncoding::Cp932 {
            self.note(column, text);
        } else {
            self.replaced += replaced as u64;
        }
        self.csv.write_field(bytes).map_err(ExportError::broken)
    }

    /// Notes each character of a cell that CP932 does not have.
    fn note(&mut self, column: &str, text: &str) {
        let mut buffer = [0; 4];
        for character in text.chars() {
            let Err(error) = encode_cp932(character.encode_utf8(&mut buffer)) else { continue };
            if self.unmappable.len() < PLACES_MAX {
                let (row, column) = (self.row, column.to_owned());
                self.unmappable.push(UnmappablePlace { row, column, character: error.character });
            } else {
                self.uncounted += 1;
            }
        }
    }

    /// Ends the row.
    ///
    /// # Errors
    /// The output fails.
    pub fn end_row(&mut self) -> Result<(), ExportError> {
        self.row += 1;
        self.csv.write_record(None::<&[u8]>).map_err(ExportError::broken)
    }

    /// Completes the text; returns the number of replaced characters.
    ///
    /// # Errors
    /// The output fails, or the encoding lacks characters.
    pub fn finish(mut self) -> Result<u64, ExportError> {
        self.csv.flush().map_err(ExportError::broken)?;
        if self.unmappable.is_empty() {
            return Ok(self.replaced);
        }
        let (dataset, places, uncounted) = (self.title, self.unmappable, self.uncounted);
        Err(ExportError::Unmappable { dataset, places, uncounted })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Utf16;

    #[test]
    fn split_characters_are_joined() {
        let mut utf16 = Utf16 { output: Vec::new(), rest: Vec::new() };
        for byte in "a髙𠮷\r\n".as_bytes() {
            assert_eq!(utf16.write(&[*byte]).unwrap(), 1);
        }
        let expected: Vec<u8> = "a髙𠮷\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf16.output, expected);
    }
}
