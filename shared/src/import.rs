//! Import: files of any size into the store, row by row, each row by its natural key.
//!
//! A file is read in chunks of fixed size and never held as a whole. Its encoding is decided over the whole content
//! by a first pass (byte order mark, else UTF-8, else CP932); a second pass finds keys that occur twice; the third
//! writes. A long file is written in slices, so that others can write in between: if the import is killed, a part of the
//! file may be in the store, which is noted there until the file was imported again. A bad row is refused alone, with its
//! place and reason, and kept in quarantine; the good rows are imported.
//!
//! The modules follow the flow, and each uses only those before it:
//!
//! * `report`: what was imported, refused and worth a warning
//! * `input`: bytes → text → rows; a sheet of a workbook becomes rows first
//! * `layout`: what the columns of a file mean
//! * `parse`: cells → texts → checked values
//! * `detect`: which data set a file is, by our headers or by a profile; gives its layout
//! * `write`: rows into the store, and what follows from them (snapshot, quarantine, references)

mod detect;
mod error;
mod input;
mod layout;
mod options;
mod parse;
mod report;
mod write;

use std::path::PathBuf;

use chrono::NaiveDate;

pub use error::{ImportError, TemporaryFolder};
pub use input::columnar::{CellSink, ColumnarReader, ColumnarTrouble};
pub use input::rows::{COLUMNS_MAX, ROW_BYTES_MAX};
pub use input::shown_number;
pub use options::{ImportOptions, ImportProgress, ImportSettings, SnapshotOptions};
pub use parse::cell_text::{CODE_CHARS_MAX, TEXT_CHARS_MAX};
pub use parse::extension_value::field_value;
pub use parse::row_check::RAW_CHARS_MAX;
pub use report::row_counts::REFUSED_KEPT_MAX;
pub use report::{
    AmountSums, FileReport, ImportReport, InStore, RowError, SnapshotRefusal, SnapshotReport, Warning,
};

pub(crate) use parse::number::{scaled_amount, scaled_product};

use crate::message;
use crate::message::Explain;
use crate::store::{Store, StoreError, Transaction};
use detect::extensions::Extensions;
use detect::plan::{PlannedFile, Plans};
use write::{SHORT_BYTES, Session};

/// Cards that are rebuilt in one transaction after an import: an agent who writes waits for one of these.
const CARDS_BATCH: usize = 400;

/// Imports files, and the files of folders (not of folders within them), into the store.
///
/// Files are imported in the order of [`DATASETS`](crate::dataset::DATASETS), so that customers come before their
/// sales, and by name within a data set. A reference to a customer that is unknown after all files is a warning, not a
/// refusal.
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
    let extensions = Extensions::load(&mut store.reader()?)?;
    let planned = Plans { settings, options, extensions: &extensions }.of(paths, &mut report, progress)?;
    let mut session = Session::new(store, options, settings);
    let done = if settings.dry_run {
        try_all(store, &planned, &mut session, &mut report, progress)
    } else {
        planned.iter().try_for_each(|file| session.import(None, file, &mut report, progress))
    };
    if let Err(ImportError::Snapshot { file, reason, .. }) = done {
        return Err(ImportError::Snapshot { file, reason, before: Box::new(report) });
    }
    done?;
    session.finish(&mut report)?;
    if options.refresh_cards
        && !settings.dry_run
        && let Err(error) = refresh_cards(store, options.today, progress)
    {
        // The files are imported, and that is what is reported; each card is rebuilt by its next reader.
        let file = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        let message = message!(
            "行は登録されましたが、顧客カードの更新が終わっていません。次に表示するときに更新されます({error})",
            "the rows are imported; the customer cards are rebuilt when they are next shown: {error}",
            error = error.message(),
        );
        report.warn(&file, "cards_waiting", message, 1);
    }
    Ok(report)
}

/// Why a transaction ended without being kept.
enum Ended {
    /// It was a dry run.
    DryRun,
    Failed(ImportError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Ended::Failed(error.into())
    }
}

/// Imports all files in one transaction that is not kept, so that each finds what the ones before would have written.
/// A long one is tried on a copy of the store: nobody waits for it.
fn try_all(
    store: &Store,
    planned: &[PlannedFile],
    session: &mut Session<'_>,
    report: &mut ImportReport,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<(), ImportError> {
    let bytes: u64 = planned.iter().map(|file| file.source.detected.bytes).sum();
    let work = |tx: &mut Transaction<'_>| -> Result<(), Ended> {
        for file in planned {
            session.import(Some(&mut *tx), file, report, progress).map_err(Ended::Failed)?;
        }
        Err(Ended::DryRun)
    };
    let tried = if bytes > SHORT_BYTES { store.try_write(work) } else { store.write(work) };
    match tried {
        Ok(()) | Err(Ended::DryRun) => Ok(()),
        Err(Ended::Failed(error)) => Err(error),
    }
}

/// Rebuilds the stale cards in short transactions.
///
/// # Errors
/// [`StoreError`].
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
