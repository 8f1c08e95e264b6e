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
mod head;
mod header;
mod layout;
mod merged;
mod native;
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

use crate::dataset::{DATASETS, Dataset};
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
/// Files are taken in the order of [`DATASETS`], so that customers come before their sales, and by name within
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
    for Given { path, optional } in files(paths, &mut report)? {
        let found = plan(&path, optional, settings, &extensions, &mut report, progress);
        planned.extend(found.map_err(|error| unreadable(&path, &error))?);
    }
    refuse_unmatched(&mut planned, settings, &mut report);
    if options.corrects.is_some() {
        refuse_counted(&mut planned, &mut report);
    }
    planned.sort_by(|(a, at), (b, other)| {
        (position_of(a), &at.path, &at.name).cmp(&(position_of(b), &other.path, &other.name))
    });
    only_file_of_each(&planned, options)?;
    let mut unknown = unknown::UnknownCustomers::default();
    let mut run = watch::Run::default();
    let mut import = |within: Option<&mut Transaction<'_>>,
                      (layout, source): &(layout::Layout, source::Source)| {
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

/// Refuses all files when `--map` names a header that none of them has: what was meant is not done.
fn refuse_unmatched(
    planned: &mut Vec<(layout::Layout, source::Source)>,
    settings: &ImportSettings,
    report: &mut ImportReport,
) {
    let has = |name: &str| {
        let mut headers = planned.iter().flat_map(|(layout, _)| &layout.mapped);
        headers.any(|header| search_key(header) == search_key(name))
    };
    let missing: Vec<&str> =
        settings.map.iter().map(|(name, _)| name.as_str()).filter(|name| !has(name)).collect();
    if missing.is_empty() {
        return;
    }
    for (layout, source) in planned.drain(..) {
        let message = format!(
            "--map names {}, which is no header of the file; write it as its first row does",
            missing.join(", ")
        );
        let (line, code, raw) = (layout.skip_through.max(1), "unknown_column", String::new());
        let fault = report::Fault { line, column: None, code, message, raw };
        file::refuse_file(fault, &source.name, report);
    }
}

/// Refuses corrected rows whose lines are counted: a line by itself would be taken for the first of its slip.
fn refuse_counted(planned: &mut Vec<(layout::Layout, source::Source)>, report: &mut ImportReport) {
    planned.retain(|(layout, source)| {
        let counts = layout.targets.iter().any(layout::Target::counts_lines);
        if counts {
            let message = "lines of this file have no number and are counted, so that a line by itself would be taken \
                           for the first of its slip; correct the whole file and import it without --corrects";
            let (line, code, raw) = (layout.skip_through.max(1), "lines_counted", String::new());
            let fault = report::Fault { line, column: None, code, message: message.to_owned(), raw };
            file::refuse_file(fault, &source.name, report);
        }
        !counts
    });
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

/// What a file holds and how it is read: one entry for each of its tables.
fn plan(
    path: &Path,
    optional: bool,
    settings: &ImportSettings,
    extensions: &extend::Extensions,
    report: &mut ImportReport,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> std::io::Result<Vec<(layout::Layout, source::Source)>> {
    let name = path.display().to_string();
    let bytes_total = std::fs::metadata(path)?.len().saturating_mul(2);
    let mut read = |bytes_done| progress(ImportProgress::Checking { file: &name, bytes_done, bytes_total });
    let sources = match source::Source::open(path, settings, &mut read)? {
        Ok((sources, hidden)) => {
            if !hidden.is_empty() {
                let (code, count) = ("hidden_sheet".to_owned(), hidden.len() as u64);
                let titles = hidden.join(", ");
                let message =
                    format!("hidden sheets were passed over: {titles}; --sheet NAME reads one of them");
                report.warnings.push(Warning { file: name.clone(), line: None, code, message, count });
            }
            sources
        }
        Err(fault) => {
            file::refuse_file(fault, &name, report);
            return Ok(Vec::new());
        }
    };
    let (mut planned, mut unknown) = (Vec::new(), Vec::new());
    for source in sources {
        match detect::identify(&source, settings, extensions)? {
            Ok(layout) => match layout.field_twice() {
                None => planned.push((layout, source)),
                Some(fault) => file::refuse_file(fault, &source.name, report),
            },
            Err(fault) => unknown.push((fault, source.name)),
        }
    }
    // A workbook often has sheets for people beside those with data.
    for (fault, name) in unknown {
        if fault.code == "unknown_dataset" && (optional || !planned.is_empty()) {
            let (code, message) =
                ("passed_over".to_owned(), format!("it was passed over: {}", fault.message));
            report.warnings.push(Warning { file: name, line: None, code, message, count: 1 });
        } else {
            file::refuse_file(fault, &name, report);
        }
    }
    Ok(planned)
}

/// A file that is the whole of its data set is the only one.
fn only_file_of_each(
    planned: &[(layout::Layout, source::Source)],
    options: &ImportOptions,
) -> Result<(), ImportError> {
    if options.snapshot.is_none_or(|snapshot| snapshot.by_month) {
        return Ok(());
    }
    let twice = planned.windows(2).find(|pair| position_of(&pair[0].0) == position_of(&pair[1].0));
    let (Some([(layout, _), (_, source)]), ..) = (twice,) else { return Ok(()) };
    let dataset = layout.targets.first().map_or("", |target| target.dataset.name);
    Err(ImportError::snapshot(source.name.clone(), SnapshotRefusal::SeveralFiles(dataset)))
}

fn position_of(layout: &layout::Layout) -> usize {
    layout.targets.first().map_or(usize::MAX, |target| position(target.dataset))
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

/// A file to import.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Given {
    path: PathBuf,
    /// Whether it may be something else: a text that lies in the folder.
    optional: bool,
}

/// The files that are meant: each path, or the files with tables in it. What else lies in a folder and looks like
/// one is named.
fn files(paths: &[PathBuf], report: &mut ImportReport) -> Result<Vec<Given>, ImportError> {
    let mut found = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !about.is_dir() {
            readable(path, &about)?;
            found.push(Given { path: path.clone(), optional: false });
            continue;
        }
        let before = found.len();
        for entry in std::fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let path = entry.map_err(|error| unreadable(path, &error))?.path();
            match source::table(&path) {
                // A file that is meant and cannot be reached is no file that is passed over.
                Ok(source::Table::Yes) => {
                    let optional =
                        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
                    found.push(Given { path, optional });
                }
                Ok(source::Table::No) => {}
                Ok(source::Table::Other(reason)) => {
                    let (file, code) = (path.display().to_string(), "passed_over".to_owned());
                    let message = format!("it was passed over: {reason}");
                    report.warnings.push(Warning { file, line: None, code, message, count: 1 });
                }
                Err(error) => return Err(unreadable(&path, &error)),
            }
        }
        if found.len() == before {
            return Err(ImportError::EmptyFolder(path.display().to_string()));
        }
    }
    report.warnings.sort_by(|a, b| a.file.cmp(&b.file));
    found.sort();
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}

/// A pipe or a device has no end that one could wait for, and cannot be read twice.
fn readable(path: &Path, about: &std::fs::Metadata) -> Result<(), ImportError> {
    if about.is_file() {
        return Ok(());
    }
    let reason = "it is a pipe or a device; write its content into a file first".to_owned();
    Err(ImportError::Unreadable { path: path.display().to_string(), reason, denied: false })
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

fn position(dataset: &Dataset) -> usize {
    DATASETS.iter().position(|known| known.name == dataset.name).unwrap_or(usize::MAX)
}
