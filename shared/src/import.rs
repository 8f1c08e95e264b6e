//! Import: files of any size into the store, row by row, each row by its natural key.
//!
//! A file is read in pieces of fixed size and never held as a whole. Its encoding is decided over the whole
//! content by a first reading (byte order mark, else UTF-8, else CP932); a second reading finds keys that occur
//! twice; the third writes. One file is one transaction: killed in the middle, nothing of it is kept. A bad row
//! is refused alone, with its place and reason, and kept in quarantine; the good rows go in.
//!
//! bytes → `decode` → `rows` (a sheet of a workbook becomes rows first: `archive`, `book`,
//! `sheet`) → `head` tells what the file is,
//! by its names or by a profile (`foreign`), which gives its `layout` → `derive` makes texts of cells → `check` and
//! `cell` make values of them → `Transaction::upsert`.

mod archive;
mod book;
mod cell;
mod check;
mod count;
mod decode;
mod derive;
mod detect;
mod duplicates;
mod extend;
mod file;
mod foreign;
mod given;
mod head;
mod header;
mod layout;
mod merged;
mod native;
mod planned;
mod report;
mod rows;
mod shape;
mod sheet;
mod snapshot;
mod source;
mod tally;
mod unknown;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

pub use cell::{CODE_CHARS_MAX, TEXT_CHARS_MAX};
pub use check::RAW_CHARS_MAX;
pub use extend::field_value;
pub use report::{AmountSums, FileReport, ImportReport, RowError, Warning};
pub use rows::{COLUMNS_MAX, ROW_BYTES_MAX};
pub use snapshot::{SnapshotOptions, SnapshotRefusal, SnapshotReport};
pub use watch::InStore;

pub(crate) use cell::{amount as scaled_amount, scaled_product};

use crate::encoding::Encoding;
use crate::profile::Profile;
use crate::store::{Store, StoreError, Transaction};
use crate::text::search_key;

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
    /// Whether each file is the whole of its data set, and how to take that.
    pub snapshot: Option<SnapshotOptions>,
    /// The batch whose refused rows the files correct: settled by a file in which nothing is refused.
    pub corrects: Option<i64>,
    /// Whether rows of customers who were merged go to those they became.
    pub follow_merges: bool,
}

/// How files are read, where their content alone does not say it or says something else.
#[derive(Debug, Clone, Default)]
pub struct ImportSettings {
    /// The layout; without one it is found by content.
    pub profile: Option<Arc<Profile>>,
    /// Only files with our own headers, in any spelling: no profile is looked for.
    pub native_only: bool,
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// What stands between two cells.
    pub delimiter: Option<u8>,
    /// The one sheet of each workbook.
    pub sheet: Option<String>,
    /// Headers and the columns that they are, before all other names.
    pub map: Vec<(String, String)>,
    /// Whether a column that nothing is known of becomes an extension field.
    pub extend: bool,
    /// Whether everything is checked and nothing is kept.
    pub dry_run: bool,
    /// Whether an era's years may go on after its end: 平成32年 is 2020.
    pub lenient_era: bool,
}

impl ImportSettings {
    /// The column that `map` gives to a header, whatever its width and kana.
    fn mapped(&self, header: &str) -> Option<&str> {
        if self.map.is_empty() {
            return None;
        }
        let key = search_key(header);
        let exact = self.map.iter().find(|(name, _)| name == header);
        let found = exact.or_else(|| self.map.iter().find(|(name, _)| search_key(name) == key));
        found.map(|(_, column)| column.as_str())
    }
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
    #[error("{path} cannot be read: {reason}; name a file or a folder with files")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system says.
        reason: String,
        /// Whether it may not be read.
        denied: bool,
    },
    /// The folder for temporary files, into which a workbook is unpacked.
    #[error(transparent)]
    Temporary(TemporaryFolder),
    /// A folder without files that are tables.
    #[error(
        "the folder {0} has no file ending in csv, tsv, txt or xlsx; native files are called customers.csv, \
         sales.csv … (docs/datasets.md)"
    )]
    EmptyFolder(String),
    /// A file that was written to while it was read; nothing of it is in.
    #[error("{0} changed while it was read; nothing of it is in, import it again when it is whole")]
    Changed(String),
    /// A snapshot that was not taken; nothing of its file is in.
    #[error("{file}: {reason}")]
    Snapshot {
        /// The file.
        file: String,
        /// Why.
        reason: SnapshotRefusal,
        /// What the files before it brought in.
        before: Box<ImportReport>,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    fn snapshot(file: String, reason: SnapshotRefusal) -> Self {
        Self::Snapshot { file, reason, before: Box::default() }
    }
}

/// Imports files, and the files of folders (not of folders within them), into the store; what they are is found
/// by their names and contents.
///
/// # Errors
/// As [`import_files`].
pub fn import_paths(
    store: &Store,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<ImportReport, ImportError> {
    import_files(store, paths, options, &ImportSettings::default(), progress)
}

/// Imports files, and the files of folders (not of folders within them), into the store.
///
/// Files are taken in the order of [`DATASETS`](crate::dataset::DATASETS), so that customers come before their sales, and by name within
/// a data set. A reference to a customer that is unknown after all files is a warning, not a refusal.
///
/// # Errors
/// [`ImportError`] when a path cannot be read (before anything is written), or when the store fails. Refused
/// rows and files whose data set is unknown are no error: they are in the report.
pub fn import_files(
    store: &Store,
    paths: &[PathBuf],
    options: &ImportOptions,
    settings: &ImportSettings,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<ImportReport, ImportError> {
    let mut report = ImportReport::default();
    let mut planned = Vec::new();
    let extensions = extend::Extensions::load(&mut store.reader()?)?;
    for given::Given { path, optional } in given::files(paths, &mut report)? {
        let found = planned::plan(&path, optional, settings, &extensions, &mut report, progress);
        planned.extend(found.map_err(|error| unreadable(&path, &error))?);
    }
    planned::refuse_unmatched(&mut planned, settings, &mut report);
    if options.corrects.is_some() {
        planned::refuse_counted(&mut planned, &mut report);
    }
    planned.sort_by(|(a, at), (b, other)| {
        (planned::position_of(a), &at.path, &at.name).cmp(&(
            planned::position_of(b),
            &other.path,
            &other.name,
        ))
    });
    planned::only_file_of_each(&planned, options)?;
    let mut unknown = unknown::UnknownCustomers::default();
    let mut run = watch::Run::default();
    let mut import = |within: Option<&mut Transaction<'_>>, (layout, source): &planned::Planned| {
        let plan = file::Plan { source, layout, options, settings };
        let ready = plan.prepare(store, &mut unknown, &mut report, progress)?;
        let state = (&mut run, &mut unknown);
        match within {
            Some(tx) => plan.import(tx, ready, state, &mut report, progress),
            None => store.write(|tx| plan.import(tx, ready, state, &mut report, progress)),
        }
    };
    let done = if settings.dry_run {
        // One transaction for all files, so that each finds what the ones before would have brought.
        let tried = store.write(|tx| -> Result<(), Ended> {
            for file in &planned {
                import(Some(&mut *tx), file)?;
            }
            Err(Ended::Tried)
        });
        match tried {
            Ok(()) | Err(Ended::Tried) => Ok(()),
            Err(Ended::Failed(error)) => Err(error),
        }
    } else {
        planned.iter().try_for_each(|file| import(None, file))
    };
    if let Err(ImportError::Snapshot { file, reason, .. }) = done {
        return Err(ImportError::Snapshot { file, reason, before: Box::new(report) });
    }
    done?;
    unknown.report(store, &mut report)?;
    if options.refresh_cards
        && !settings.dry_run
        && let Err(error) = refresh_cards(store, options.today, progress)
    {
        // The files are in, and that is what is reported; each card is made anew by its next reader.
        let file = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        let message =
            format!("the rows are in; the cards of the pop-ups wait for their next reader: {error}");
        report.warnings.push(Warning {
            file,
            line: None,
            code: "cards_waiting".to_owned(),
            message,
            count: 1,
        });
    }
    Ok(report)
}

/// Why a transaction ended without being kept.
enum Ended {
    /// It was a trial.
    Tried,
    Failed(ImportError),
}

impl From<ImportError> for Ended {
    fn from(error: ImportError) -> Self {
        Ended::Failed(error)
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Ended::Failed(error.into())
    }
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

/// The folder for temporary files cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "the folder for temporary files {folder} cannot be written: {reason}; make room in it, or name another one in \
     TMPDIR"
)]
pub struct TemporaryFolder {
    /// The folder.
    pub folder: String,
    /// What the system says.
    pub reason: String,
}

impl TemporaryFolder {
    /// The failure among those of reading a file, where it is not the file that is at fault.
    fn error(error: &std::io::Error) -> std::io::Error {
        let folder = std::env::temp_dir().display().to_string();
        std::io::Error::other(Self { folder, reason: error.to_string() })
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> ImportError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<TemporaryFolder>());
    if let Some(temporary) = inner {
        return ImportError::Temporary(temporary.clone());
    }
    let denied = error.kind() == std::io::ErrorKind::PermissionDenied;
    ImportError::Unreadable { path: path.display().to_string(), reason: error.to_string(), denied }
}
