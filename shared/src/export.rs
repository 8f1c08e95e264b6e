//! Export: the rows of data sets into files, from which an import makes the same store.
//!
//! A file has our own columns (`native`), the same under Japanese names (`generic`), or the layout of another
//! program (`foreign`, by a profile). Whatever it is, its cells go into one `sink`: text or a workbook.

mod companion;
mod extension;
mod foreign;
mod sheet;
mod sink;
mod text;

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::dataset::{Column, ColumnKind, DATASETS, Dataset};
use crate::profile::Profile;
use crate::store::{Reader, ScanRow, StoreError};
use extension::ExtensionFields;
use sink::{CellKind, Sink};

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark and CR LF: what a spreadsheet opens by a double click.
    Utf8Bom,
    /// UTF-16 with a byte order mark, low byte first, and CR LF: what Windows programs call Unicode text.
    Utf16,
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

/// What kind of file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    /// Comma-separated text; with a profile, its delimiter.
    #[default]
    Csv,
    /// Tab-separated text.
    Tsv,
    /// A workbook.
    Xlsx,
}

/// Which columns a file has.
#[derive(Debug, Clone, Copy, Default)]
pub enum ExportLayout<'p> {
    /// Our identifiers.
    #[default]
    Native,
    /// Our Japanese labels.
    Generic,
    /// Another program's.
    Profile(&'p Profile),
}

/// Everything about an export.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExportSettings<'p> {
    /// Encoding and formulas.
    pub options: ExportOptions,
    /// The kind of file.
    pub format: ExportFormat,
    /// The columns.
    pub layout: ExportLayout<'p>,
    /// Whether extension fields are further columns.
    pub with_extensions: bool,
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
    /// Rows that the layout has no way to say, and that are not in the file.
    pub left_out: u64,
    /// Rows of the layout's further data sets (contacts beside customers) that have no place in it.
    pub left_out_beside: u64,
    /// Addresses in parts that an import of the one line will divide at another place.
    pub inexact: u64,
}

/// What was written so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    rows: u64,
    replaced: u64,
    left_out: u64,
    left_out_beside: u64,
    inexact: u64,
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
        /// Whether the disk failed (it is full), and not the place.
        failed: bool,
    },
    /// Characters that CP932 does not have.
    #[error("{dataset}, data row {row}, {column}: {reason}{}; export as UTF-8, or let 〓 stand for them", further(more, *uncounted))]
    Unmappable {
        /// The data set.
        dataset: &'static str,
        /// The row of the file, from 1, without the header, of the first.
        row: u64,
        /// The column of the first.
        column: String,
        /// Which character is the first.
        reason: String,
        /// Further ones, each with its row and column.
        more: Vec<String>,
        /// How many there are besides.
        uncounted: u64,
    },
    /// The layout is another data set's.
    #[error(
        "the profile {profile} writes {writes}, not {wanted}; export {writes}, or choose another profile"
    )]
    OtherDataset {
        /// The profile.
        profile: String,
        /// What it writes.
        writes: &'static str,
        /// What was asked for.
        wanted: String,
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
    export_files(reader, datasets, folder, &ExportSettings { options: *options, ..ExportSettings::default() })
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

/// Writes data sets into `folder`, each as a file, in key order; with a profile, the one file of its layout. A file
/// appears when it is whole.
///
/// # Errors
/// [`ExportError`]. Files that were written before stay.
pub fn export_files(
    reader: &mut Reader,
    datasets: &[&'static Dataset],
    folder: &Path,
    settings: &ExportSettings<'_>,
) -> Result<Vec<ExportedFile>, ExportError> {
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let ExportLayout::Profile(profile) = settings.layout else {
        let file = |dataset: &&'static Dataset| export_file(reader, dataset, dataset.name, folder, settings);
        return datasets.iter().map(file).collect();
    };
    let writes = profile.targets.first().map(|target| target.dataset);
    match writes.filter(|writes| datasets.iter().any(|dataset| dataset.name == writes.name)) {
        Some(dataset) => Ok(vec![export_file(reader, dataset, &profile.name, folder, settings)?]),
        None => Err(ExportError::OtherDataset {
            profile: profile.name.clone(),
            writes: writes.map_or("nothing", |dataset| dataset.name),
            wanted: datasets.iter().map(|dataset| dataset.name).collect::<Vec<_>>().join(", "),
        }),
    }
}

fn export_file(
    reader: &mut Reader,
    dataset: &'static Dataset,
    stem: &str,
    folder: &Path,
    settings: &ExportSettings<'_>,
) -> Result<ExportedFile, ExportError> {
    let ending = match settings.format {
        ExportFormat::Csv => "csv",
        ExportFormat::Tsv => "tsv",
        ExportFormat::Xlsx => "xlsx",
    };
    let path = folder.join(format!("{stem}.{ending}"));
    let partial = folder.join(format!(".{stem}.{ending}.partial"));
    let written = write_whole(reader, dataset, &partial, settings).map_err(|error| named(error, &path));
    let done = written.and_then(|counts| {
        std::fs::rename(&partial, &path).map_err(|error| unwritable(&path, &error))?;
        Ok(counts)
    });
    if done.is_err() {
        // The reason of the failure says more than that of a clean-up that fails as well.
        let _ = std::fs::remove_file(&partial);
    }
    let Counts { rows, replaced, left_out, left_out_beside, inexact } = done?;
    let dataset = dataset.name.to_owned();
    Ok(ExportedFile { file: path, dataset, rows, replaced, left_out, left_out_beside, inexact })
}

fn write_whole(
    reader: &mut Reader,
    dataset: &'static Dataset,
    path: &Path,
    settings: &ExportSettings<'_>,
) -> Result<Counts, ExportError> {
    let file = File::create(path).map_err(|error| unwritable(path, &error))?;
    let mut output = BufWriter::with_capacity(1 << 16, file);
    let counts = write_to(reader, dataset, &mut output, settings)?;
    let file = output.into_inner().map_err(|error| unwritable(path, error.error()))?;
    file.sync_all().map_err(|error| unwritable(path, &error))?;
    Ok(counts)
}

/// Writes one data set as its native file. Gives the number of rows and of replaced characters.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    reader: &mut Reader,
    dataset: &'static Dataset,
    output: &mut (dyn Write + Send),
    options: &ExportOptions,
) -> Result<(u64, u64), ExportError> {
    let settings = ExportSettings { options: *options, ..ExportSettings::default() };
    let counts = write_to(reader, dataset, output, &settings)?;
    Ok((counts.rows, counts.replaced))
}

fn write_to(
    reader: &mut Reader,
    dataset: &'static Dataset,
    output: &mut (dyn Write + Send),
    settings: &ExportSettings<'_>,
) -> Result<Counts, ExportError> {
    let mut sink = Sink::new(dataset.name, output, settings)?;
    let counts = match settings.layout {
        ExportLayout::Profile(profile) => foreign::write(reader, profile, &mut sink)?,
        _ => native(reader, dataset, &mut sink, settings)?,
    };
    let replaced = sink.finish()?;
    Ok(Counts { replaced, ..counts })
}

/// Every column of the data set, under our names.
fn native(
    reader: &mut Reader,
    dataset: &'static Dataset,
    sink: &mut Sink<'_>,
    settings: &ExportSettings<'_>,
) -> Result<Counts, ExportError> {
    let generic = matches!(settings.layout, ExportLayout::Generic);
    let name = |column: &Column| if generic { column.label_ja } else { column.name };
    let mut fields = match settings.with_extensions {
        true => ExtensionFields::load(reader, dataset)?,
        false => None,
    };
    let mut names: Vec<String> = dataset.columns.iter().map(|column| name(column).to_owned()).collect();
    names.extend(fields.iter().flat_map(ExtensionFields::headers));
    sink.header(&names)?;
    let mut counts = Counts::default();
    let mut cell = String::new();
    scan(reader, dataset, &mut |row| {
        counts.rows += 1;
        for (at, column) in dataset.columns.iter().enumerate() {
            cell.clear();
            push_cell(row, at, column, &mut cell);
            sink.cell(&names[at], &cell, CellKind::of(column.kind))?;
        }
        if let Some(fields) = &mut fields {
            fields.write(row, &names[dataset.columns.len()..], sink)?;
        }
        sink.end_row()
    })?;
    Ok(counts)
}

/// Reads every row; the first error of `each` ends it.
fn scan(
    reader: &mut Reader,
    dataset: &Dataset,
    each: &mut dyn FnMut(&ScanRow<'_>) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut failed = None;
    reader.scan(dataset, None, &mut |row| match each(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// A value as a native file has it.
fn push_cell(row: &ScanRow<'_>, at: usize, column: &Column, cell: &mut String) {
    match column.kind {
        ColumnKind::Decimal => push_decimal(row.integer(at), cell),
        ColumnKind::Integer | ColumnKind::Flag => {
            cell.extend(row.integer(at).map(|number| number.to_string()));
        }
        _ => cell.push_str(row.text(at).unwrap_or_default()),
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
    let failed = matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge | ErrorKind::WriteZero
    );
    ExportError::Unwritable { path: path.display().to_string(), reason: error.to_string(), failed }
}

/// A failure of what is written to, where its name is not known.
fn broken(reason: &dyn std::fmt::Display) -> ExportError {
    ExportError::Unwritable { path: String::new(), reason: reason.to_string(), failed: true }
}

/// A failure of what is written to, with its name.
fn named(error: ExportError, path: &Path) -> ExportError {
    match error {
        ExportError::Unwritable { path: unknown, reason, failed } if unknown.is_empty() => {
            ExportError::Unwritable { path: path.display().to_string(), reason, failed }
        }
        error => error,
    }
}

/// The further places of an error.
fn further(more: &[String], uncounted: u64) -> String {
    let listed: String = more.iter().map(|place| format!("; {place}")).collect();
    if uncounted > 0 { format!("{listed}; and {uncounted} more") } else { listed }
}
