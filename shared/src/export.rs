//! Export: the rows of data sets into files, from which an import makes the same store.
//!
//! A file has our own columns (`native`), the same under Japanese names (`generic`), or the layout of another program
//! (`profiled`). Its cells go into one `sink`: delimited text or a workbook.

mod cells;
mod delimited;
mod error;
mod extension_columns;
mod native;
mod options;
mod profiled;
mod rows_beside;
mod sink;
mod workbook;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use delimited::DelimitedText;
pub use error::{ExportError, UnmappablePlace};
pub use options::{ExportEncoding, ExportFormat, ExportLayout, ExportOptions, ExportSettings};

use crate::dataset::Dataset;
use crate::message::Label;
use crate::store::Reader;
use sink::Sink;

/// What a profile without data sets writes.
const NOTHING: Label = Label::new("なし", "nothing");

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
    /// Rows that the layout cannot represent, and that are not in the file.
    pub left_out: u64,
    /// Rows of the layout's further data sets (contacts beside customers) for which it has no place.
    pub left_out_beside: u64,
    /// Addresses that an import of the one line will split differently.
    pub inexact: u64,
}

/// Counts of a file so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    rows: u64,
    replaced: u64,
    left_out: u64,
    left_out_beside: u64,
    inexact: u64,
}

impl Counts {
    fn of(self, file: PathBuf, dataset: &Dataset) -> ExportedFile {
        let Self { rows, replaced, left_out, left_out_beside, inexact } = self;
        let dataset = dataset.name.to_owned();
        ExportedFile { file, dataset, rows, replaced, left_out, left_out_beside, inexact }
    }
}

/// Writes data sets into `folder`, each as a file, in key order; with a profile, the one file of its layout. A file
/// appears when it is complete.
///
/// # Errors
/// [`ExportError`]. Files that were written before stay.
pub fn export_files(
    reader: &mut Reader,
    datasets: &[&'static Dataset],
    folder: &Path,
    settings: &ExportSettings<'_>,
) -> Result<Vec<ExportedFile>, ExportError> {
    std::fs::create_dir_all(folder).map_err(|error| ExportError::unwritable(folder, &error))?;
    let ExportLayout::Profile(profile) = settings.layout else {
        let file = |dataset: &&'static Dataset| export_file(reader, dataset, dataset.name, folder, settings);
        return datasets.iter().map(file).collect();
    };
    let writes = written_dataset(datasets, settings)?;
    let file = |dataset| export_file(reader, dataset, &profile.name, folder, settings);
    writes.into_iter().map(file).collect()
}

/// Writes one data set to an output, as [`export_files`] does into a file, which it names.
///
/// # Errors
/// As [`export_files`]; the profile is of another data set.
pub fn export_to(
    reader: &mut Reader,
    dataset: &'static Dataset,
    output: (&Path, &mut (dyn Write + Send)),
    settings: &ExportSettings<'_>,
) -> Result<ExportedFile, ExportError> {
    let dataset = written_dataset(&[dataset], settings)?.unwrap_or(dataset);
    let (path, output) = output;
    let counts = write_to(reader, dataset, output, settings).map_err(|error| error.named(path))?;
    Ok(counts.of(path.to_owned(), dataset))
}

/// The data set that a profile writes, which must be one of these; nothing without a profile.
fn written_dataset(
    datasets: &[&'static Dataset],
    settings: &ExportSettings<'_>,
) -> Result<Option<&'static Dataset>, ExportError> {
    let ExportLayout::Profile(profile) = settings.layout else { return Ok(None) };
    let writes = profile.targets.first().map(|target| target.dataset);
    match writes.filter(|writes| datasets.iter().any(|dataset| dataset.name == writes.name)) {
        Some(dataset) => Ok(Some(dataset)),
        None => Err(ExportError::OtherDataset {
            profile: profile.name.clone(),
            writes: writes.map_or(NOTHING, |dataset| dataset.label()),
            wanted: datasets.iter().map(|dataset| dataset.label()).collect(),
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
    let written = write_whole(reader, dataset, &partial, settings).map_err(|error| error.named(&path));
    let done = written.and_then(|counts| {
        std::fs::rename(&partial, &path).map_err(|error| ExportError::unwritable(&path, &error))?;
        Ok(counts)
    });
    if done.is_err() {
        // The error of the export matters more than one of the clean-up.
        let _ = std::fs::remove_file(&partial);
    }
    Ok(done?.of(path, dataset))
}

fn write_whole(
    reader: &mut Reader,
    dataset: &'static Dataset,
    path: &Path,
    settings: &ExportSettings<'_>,
) -> Result<Counts, ExportError> {
    let file = File::create(path).map_err(|error| ExportError::unwritable(path, &error))?;
    let mut output = BufWriter::with_capacity(1 << 16, file);
    let counts = write_to(reader, dataset, &mut output, settings)?;
    let file = output.into_inner().map_err(|error| ExportError::unwritable(path, error.error()))?;
    file.sync_all().map_err(|error| ExportError::unwritable(path, &error))?;
    Ok(counts)
}

fn write_to(
    reader: &mut Reader,
    dataset: &'static Dataset,
    output: &mut (dyn Write + Send),
    settings: &ExportSettings<'_>,
) -> Result<Counts, ExportError> {
    let mut sink = Sink::new(dataset, output, settings)?;
    let counts = match settings.layout {
        ExportLayout::Profile(profile) => profiled::write(reader, profile, &mut sink)?,
        _ => native::write(reader, dataset, &mut sink, settings)?,
    };
    let replaced = sink.finish()?;
    Ok(Counts { replaced, ..counts })
}
