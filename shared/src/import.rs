//! Import: files of any size into the store, row by row, each row by its natural key.
//!
//! A file is read in pieces of fixed size and never held as a whole. Its encoding is decided over the whole
//! content by a first reading (byte order mark, else UTF-8, else CP932); a second reading finds keys that occur
//! twice; the third writes. One file is one transaction: killed in the middle, nothing of it is kept. A bad row
//! is refused alone, with its place and reason, and kept in quarantine; the good rows go in.
//!
//! bytes → `decode` → `rows` → `header` maps columns → `cell` checks values → `Transaction::upsert`.

mod cell;
mod decode;
mod duplicates;
mod file;
mod header;
mod report;
mod rows;
mod unknown;

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

pub use cell::{CODE_CHARS_MAX, TEXT_CHARS_MAX};
pub use report::{AmountSums, FileReport, ImportReport, RowError, Warning};
pub use rows::{COLUMNS_MAX, ROW_BYTES_MAX};

pub(crate) use cell::needs_guard;

use crate::dataset::{DATASETS, Dataset};
use crate::store::{Store, StoreError};

/// Refused rows of one file that are kept with their text; further ones are counted only.
pub const REFUSED_KEPT_MAX: usize = 100_000;

/// Cards that are rebuilt in one transaction after an import: short enough that another writer gets its turn.
const CARDS_BATCH: usize = 2_000;

/// What an import needs to know besides the files.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions {
    /// Now, for the batch.
    pub at: DateTime<Utc>,
    /// The day for which cards are rebuilt.
    pub today: NaiveDate,
    /// Whether cards are rebuilt at the end. Without, the next reader of a card rebuilds it.
    pub refresh_cards: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportProgress<'a> {
    /// A file is read for its encoding and its keys.
    Checking {
        /// The file.
        file: &'a str,
        /// Bytes so far.
        bytes_done: u64,
        /// Bytes in all.
        bytes_total: u64,
    },
    /// Rows of a file are written.
    Writing {
        /// The file.
        file: &'a str,
        /// Bytes so far.
        bytes_done: u64,
        /// Bytes in all.
        bytes_total: u64,
        /// Rows so far.
        rows: u64,
    },
    /// Cards are rebuilt.
    Cards {
        /// Cards so far.
        done: u64,
    },
}

/// Why an import ended. What earlier files brought in stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A path cannot be read.
    #[error("{path} cannot be read: {reason}; name a CSV file or a folder with CSV files")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A folder without CSV files.
    #[error(
        "the folder {0} has no CSV file; native files are called customers.csv, sales.csv … (docs/datasets.md)"
    )]
    EmptyFolder(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports files, and the CSV files of folders (not of folders within them), into the store.
///
/// Files are taken in the order of [`DATASETS`], so that customers come before their sales, and by name within
/// a data set. A reference to a customer that is unknown after all files is a warning, not a refusal.
///
/// # Errors
/// [`ImportError`] when a path cannot be read (before anything is written), or when the store fails. Refused
/// rows and files whose data set is unknown are no error: they are in the report.
pub fn import_paths(
    store: &Store,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<ImportReport, ImportError> {
    let mut report = ImportReport::default();
    let mut planned = Vec::new();
    for path in files(paths)? {
        let name = path.display().to_string();
        match header::identify(&path).map_err(|error| unreadable(&path, &error))? {
            Ok(dataset) => planned.push((position(dataset), path, name, dataset)),
            Err(error) => report.errors.push(error.in_file(&name)),
        }
    }
    planned.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut unknown = unknown::UnknownCustomers::default();
    for (_, path, name, dataset) in &planned {
        file::import(store, path, name, dataset, options, &mut unknown, &mut report, progress)?;
    }
    unknown.report(store, &mut report)?;
    if options.refresh_cards {
        refresh_cards(store, options.today, progress)?;
    }
    Ok(report)
}

/// Rebuilds the stale cards in short transactions.
///
/// # Errors
/// What the store says.
pub fn refresh_cards(
    store: &Store,
    today: NaiveDate,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<u64, StoreError> {
    let mut done = 0;
    loop {
        match store.refresh_stale_cards(today, CARDS_BATCH)? {
            0 => return Ok(done),
            rebuilt => done += rebuilt as u64,
        }
        progress(ImportProgress::Cards { done });
    }
}

/// The files that are meant: each path, or the CSV files in it.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ImportError> {
    let mut found = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !about.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        for entry in std::fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let entry = entry.map_err(|error| unreadable(path, &error))?.path();
            let is_csv = entry.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
            if is_csv && entry.is_file() {
                found.push(entry);
            }
        }
        if found.len() == before {
            return Err(ImportError::EmptyFolder(path.display().to_string()));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> ImportError {
    ImportError::Unreadable { path: path.display().to_string(), reason: error.to_string() }
}

fn position(dataset: &Dataset) -> usize {
    DATASETS.iter().position(|known| known.name == dataset.name).unwrap_or(usize::MAX)
}
