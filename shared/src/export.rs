//! Export: the rows of data sets into native CSV files, from which an import makes the same store.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::dataset::{ColumnKind, DATASETS, Dataset};
use crate::encoding::{encode_cp932, encode_cp932_replacing};
use crate::import::needs_guard;
use crate::store::{Reader, ScanRow, StoreError};

/// What CP932 does not have becomes this, when that is asked for.
const REPLACEMENT: char = '〓';

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark and CR LF: what a spreadsheet opens by a double click.
    Utf8Bom,
    /// CP932 with CR LF, for 弥生販売, PCA and their like. A character that it does not have is an error.
    Cp932,
    /// CP932, with 〓 for what it does not have.
    Cp932Replacing,
}

/// How to export.
#[derive(Debug, Clone, Copy)]
pub struct ExportOptions {
    /// The encoding.
    pub encoding: ExportEncoding,
    /// Whether text that a spreadsheet would take for a formula gets an apostrophe before it. An import takes
    /// it away again.
    pub guard_formulas: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { encoding: ExportEncoding::Utf8, guard_formulas: true }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedFile {
    /// The file.
    pub file: PathBuf,
    /// The data set's name.
    pub dataset: String,
    /// Data rows.
    pub rows: u64,
    /// Characters that became 〓.
    pub replaced: u64,
}

/// Why an export ended.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("{path} cannot be written: {reason}; check the folder and the room on the disk")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A character that CP932 does not have.
    #[error("{dataset}, data row {row}, {column}: {reason}; export as UTF-8, or let 〓 stand for it")]
    Unmappable {
        /// The data set.
        dataset: &'static str,
        /// The row of the file, from 1, without the header.
        row: u64,
        /// The column.
        column: &'static str,
        /// Which character.
        reason: String,
    },
}

/// Writes data sets into `folder`, each as its native file, in key order. A file appears when it is whole.
///
/// # Errors
/// [`ExportError`]. Files that were written before stay.
pub fn export_folder(
    reader: &mut Reader,
    datasets: &[&'static Dataset],
    folder: &Path,
    options: &ExportOptions,
) -> Result<Vec<ExportedFile>, ExportError> {
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    datasets.iter().map(|dataset| export_file(reader, dataset, folder, options)).collect()
}

/// Writes every data set into `folder`.
///
/// # Errors
/// [`ExportError`].
pub fn export_all(
    reader: &mut Reader,
    folder: &Path,
    options: &ExportOptions,
) -> Result<Vec<ExportedFile>, ExportError> {
    export_folder(reader, DATASETS, folder, options)
}

fn export_file(
    reader: &mut Reader,
    dataset: &'static Dataset,
    folder: &Path,
    options: &ExportOptions,
) -> Result<ExportedFile, ExportError> {
    let path = folder.join(format!("{}.csv", dataset.name));
    let partial = folder.join(format!(".{}.csv.partial", dataset.name));
    let written = write_whole(reader, dataset, &partial, options);
    let done = written.and_then(|counts| {
        std::fs::rename(&partial, &path).map_err(|error| unwritable(&path, &error))?;
        Ok(counts)
    });
    if done.is_err() {
        // The reason of the failure says more than that of a clean-up that fails as well.
        let _ = std::fs::remove_file(&partial);
    }
    let (rows, replaced) = done?;
    Ok(ExportedFile { file: path, dataset: dataset.name.to_owned(), rows, replaced })
}

fn write_whole(
    reader: &mut Reader,
    dataset: &'static Dataset,
    path: &Path,
    options: &ExportOptions,
) -> Result<(u64, u64), ExportError> {
    let file = File::create(path).map_err(|error| unwritable(path, &error))?;
    let mut output = BufWriter::with_capacity(1 << 16, file);
    let counts = export(reader, dataset, &mut output, options)?;
    let file = output.into_inner().map_err(|error| unwritable(path, error.error()))?;
    file.sync_all().map_err(|error| unwritable(path, &error))?;
    Ok(counts)
}

/// Writes one data set. Gives the number of rows and of replaced characters.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    reader: &mut Reader,
    dataset: &'static Dataset,
    output: &mut dyn Write,
    options: &ExportOptions,
) -> Result<(u64, u64), ExportError> {
    let broken = |error: io::Error| unwritable(Path::new(dataset.name), &error);
    if options.encoding == ExportEncoding::Utf8Bom {
        output.write_all(b"\xEF\xBB\xBF").map_err(broken)?;
    }
    let terminator = match options.encoding {
        ExportEncoding::Utf8 => csv::Terminator::Any(b'\n'),
        _ => csv::Terminator::CRLF,
    };
    let mut lines = Lines {
        dataset,
        options: *options,
        csv: csv::WriterBuilder::new().terminator(terminator).from_writer(output),
        rows: 0,
        replaced: 0,
        cell: String::new(),
    };
    lines.csv.write_record(dataset.columns.iter().map(|column| column.name)).map_err(csv_error)?;
    let mut failed = None;
    reader.scan(dataset, None, &mut |row| match lines.write(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => {
            lines.csv.flush().map_err(broken)?;
            Ok((lines.rows, lines.replaced))
        }
    }
}

/// A file that is being written.
struct Lines<'a> {
    dataset: &'static Dataset,
    options: ExportOptions,
    csv: csv::Writer<&'a mut dyn Write>,
    rows: u64,
    replaced: u64,
    cell: String,
}

impl Lines<'_> {
    fn write(&mut self, row: &ScanRow<'_>) -> Result<(), ExportError> {
        self.rows += 1;
        for (at, column) in self.dataset.columns.iter().enumerate() {
            self.cell.clear();
            match column.kind {
                ColumnKind::Decimal => push_decimal(row.integer(at), &mut self.cell),
                ColumnKind::Integer | ColumnKind::Flag => {
                    self.cell.extend(row.integer(at).map(|number| number.to_string()));
                }
                _ => {
                    let text = row.text(at).unwrap_or_default();
                    if self.options.guard_formulas && needs_guard(text) {
                        self.cell.push('\'');
                    }
                    self.cell.push_str(text);
                }
            }
            self.put(column.name)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(csv_error)
    }

    fn put(&mut self, column: &'static str) -> Result<(), ExportError> {
        let cp932 = matches!(self.options.encoding, ExportEncoding::Cp932 | ExportEncoding::Cp932Replacing);
        if !cp932 || self.cell.is_ascii() {
            return self.csv.write_field(&self.cell).map_err(csv_error);
        }
        let encoded = if self.options.encoding == ExportEncoding::Cp932 {
            encode_cp932(&self.cell).map(|bytes| (bytes, 0))
        } else {
            encode_cp932_replacing(&self.cell, REPLACEMENT)
        };
        let (bytes, replaced) = encoded.map_err(|error| ExportError::Unmappable {
            dataset: self.dataset.name,
            row: self.rows,
            column,
            reason: error.to_string(),
        })?;
        self.replaced += replaced as u64;
        // No second byte of CP932 is a comma, a quote or a line end: quoting works on the bytes.
        self.csv.write_field(bytes).map_err(csv_error)
    }
}

/// An amount without trailing zeros: `1234`, `-0.5`.
fn push_decimal(scaled: Option<i64>, cell: &mut String) {
    use std::fmt::Write as _;
    let Some(scaled) = scaled else { return };
    let (whole, fraction) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
    let sign = if scaled < 0 { "-" } else { "" };
    // Writing to a String cannot fail.
    let _ = write!(cell, "{sign}{whole}");
    if fraction != 0 {
        let _ = write!(cell, ".{fraction:04}");
        cell.truncate(cell.trim_end_matches('0').len());
    }
}

fn unwritable(path: &Path, error: &io::Error) -> ExportError {
    ExportError::Unwritable { path: path.display().to_string(), reason: error.to_string() }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn csv_error(error: csv::Error) -> ExportError {
    ExportError::Unwritable { path: "the export".to_owned(), reason: error.to_string() }
}
