//! The file into which cells are written.

use std::io::Write;

use super::cells::CellKind;
use super::delimited::DelimitedText;
use super::error::ExportError;
use super::options::{ExportFormat, ExportLayout, ExportSettings};
use super::workbook::Workbook;
use crate::dataset::Dataset;
use crate::text::may_be_formula;

/// A file being written.
pub(super) struct Sink<'w> {
    kind: Kind<'w>,
    guard_formulas: bool,
    guarded: String,
}

enum Kind<'w> {
    Text(Box<DelimitedText<'w>>),
    Book(Box<Workbook<'w>>),
}

impl<'w> Sink<'w> {
    pub(super) fn new(
        dataset: &'static Dataset,
        output: &'w mut (dyn Write + Send),
        settings: &ExportSettings<'_>,
    ) -> Result<Self, ExportError> {
        let delimiter = match (settings.format, settings.layout) {
            (ExportFormat::Tsv, _) => b'\t',
            (_, ExportLayout::Profile(profile)) => profile.delimiter,
            _ => b',',
        };
        let kind = match settings.format {
            ExportFormat::Xlsx => Kind::Book(Box::new(Workbook::new(dataset.name, output)?)),
            _ => {
                let encoding = settings.options.encoding;
                Kind::Text(Box::new(DelimitedText::new(dataset.label(), output, encoding, delimiter)?))
            }
        };
        Ok(Self { kind, guard_formulas: settings.options.guard_formulas, guarded: String::new() })
    }

    /// Writes the line of names.
    pub(super) fn header(&mut self, names: &[String]) -> Result<(), ExportError> {
        match &mut self.kind {
            Kind::Text(text) => text.header(names),
            Kind::Book(book) => book.header(names),
        }
    }

    /// Writes the next cell of the row. `column` is for messages.
    pub(super) fn cell(&mut self, column: &str, text: &str, kind: CellKind) -> Result<(), ExportError> {
        // A workbook tells text from formulas; only an apostrophe that an import would remove needs another.
        let guard = kind != CellKind::Number
            && may_be_formula(text)
            && match self.kind {
                Kind::Text(_) => self.guard_formulas,
                Kind::Book(_) => text.starts_with('\''),
            };
        let text = if guard {
            self.guarded.clear();
            self.guarded.push('\'');
            self.guarded.push_str(text);
            self.guarded.as_str()
        } else {
            text
        };
        match &mut self.kind {
            Kind::Text(file) => file.cell(column, text),
            Kind::Book(book) => book.cell(text, kind),
        }
    }

    pub(super) fn end_row(&mut self) -> Result<(), ExportError> {
        match &mut self.kind {
            Kind::Text(text) => text.end_row(),
            Kind::Book(book) => book.end_row(),
        }
    }

    /// Completes the file; returns the number of replaced characters.
    pub(super) fn finish(self) -> Result<u64, ExportError> {
        match self.kind {
            Kind::Text(text) => text.finish(),
            Kind::Book(book) => book.finish().map(|()| 0),
        }
    }
}
