//! What cells are written into.

use std::io::Write;

use super::sheet::Book;
use super::text::Text;
use super::{ExportError, ExportFormat, ExportLayout, ExportSettings};
use crate::dataset::ColumnKind;
use crate::text::may_be_formula;

/// What a cell holds, for a workbook that tells numbers and days from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Text,
    Number,
    Date,
}

impl CellKind {
    /// What the cells of a column hold.
    pub(super) fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Decimal | ColumnKind::Integer => Self::Number,
            ColumnKind::Date => Self::Date,
            _ => Self::Text,
        }
    }
}

/// A file that is being written.
pub(super) struct Sink<'w> {
    kind: Kind<'w>,
    guard_formulas: bool,
    guarded: String,
}

enum Kind<'w> {
    Text(Box<Text<'w>>),
    Book(Box<Book<'w>>),
}

impl<'w> Sink<'w> {
    pub(super) fn new(
        dataset: &'static str,
        output: &'w mut (dyn Write + Send),
        settings: &ExportSettings<'_>,
    ) -> Result<Self, ExportError> {
        let delimiter = match (settings.format, settings.layout) {
            (ExportFormat::Tsv, _) => b'\t',
            (_, ExportLayout::Profile(profile)) => profile.delimiter,
            _ => b',',
        };
        let kind = match settings.format {
            ExportFormat::Xlsx => Kind::Book(Box::new(Book::new(dataset, output)?)),
            _ => {
                let encoding = settings.options.encoding;
                Kind::Text(Box::new(Text::new(dataset, output, encoding, delimiter)?))
            }
        };
        Ok(Self { kind, guard_formulas: settings.options.guard_formulas, guarded: String::new() })
    }

    /// The line of names.
    pub(super) fn header(&mut self, names: &[String]) -> Result<(), ExportError> {
        match &mut self.kind {
            Kind::Text(text) => text.header(names),
            Kind::Book(book) => book.header(names),
        }
    }

    /// The next cell of the row. `column` is for messages.
    pub(super) fn cell(&mut self, column: &str, text: &str, kind: CellKind) -> Result<(), ExportError> {
        // A workbook knows that a text is no formula; only what an import would take away needs one more.
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

    /// Writes what is left; gives the number of replaced characters.
    pub(super) fn finish(self) -> Result<u64, ExportError> {
        match self.kind {
            Kind::Text(text) => text.finish(),
            Kind::Book(book) => book.finish().map(|()| 0),
        }
    }
}
