//! One file: checked, written, reported.

mod extension_cells;
mod repeated_key_pass;
mod row_pass;
mod warnings;

use std::io;

use super::extension_values::FieldWriter;
use super::follow_up::{Batch, FollowUp, Outcome};
use super::partial_documents::PartialDocuments;
use super::repeated_keys::RepeatedKeys;
use super::similar_codes::SimilarCodes;
use super::store_totals::{Counted, StoreTotals};
use super::unknown_customers::UnknownCustomers;
use crate::dataset::ColumnKind;
use crate::import::error::ImportError;
use crate::import::input::source::Source;
use crate::import::layout::{Layout, Target};
use crate::import::options::{ImportOptions, ImportProgress, ImportSettings};
use crate::import::parse::row_check::Repairs;
use crate::import::report::row_counts::RowCounts;
use crate::import::report::{FileReport, ImportReport};
use crate::store::{ImportBatch, Reader, Store, StoreError, Transaction, UnfinishedImport, Value};

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4_096;

/// One file and how it is read.
pub(super) struct FileImport<'a> {
    pub(super) source: &'a Source,
    pub(super) layout: &'a Layout,
    pub(super) options: &'a ImportOptions,
    pub(super) settings: &'a ImportSettings,
}

/// What is known of a file before its rows are written.
pub(super) struct Ready {
    repeated: Vec<RepeatedKeys>,
    partial: Vec<PartialDocuments>,
    fields: Option<FieldWriter>,
}

/// What became of the file's rows: counts for each data set that it feeds, and for extension fields.
#[derive(Default)]
pub(super) struct Written {
    targets: Vec<RowCounts>,
    fields: RowCounts,
    /// The lines above the rows as they were.
    header: String,
    /// What else is reported of each data set.
    outcomes: Vec<Outcome>,
    /// Addresses without a prefecture, and the line of the first.
    unlocated: (u64, u64),
    /// Rows with a cell in which a line looks like a row, and the first one's line.
    rows_within: (u64, Option<u64>),
    /// Cells that were repaired.
    repairs: Repairs,
}

/// What the store has that the keys of a file are compared with, for one of its data sets.
struct Compared {
    similar: Option<SimilarCodes>,
    partial: PartialDocuments,
}

impl Compared {
    fn load(reader: &mut Reader, target: &Target) -> Result<Self, StoreError> {
        let similar = SimilarCodes::load(reader, target.dataset)?;
        let partial = match target.counts_lines() {
            true => PartialDocuments::load(reader, target.dataset)?,
            false => PartialDocuments::default(),
        };
        Ok(Self { similar, partial })
    }

    /// A row of the file has this key.
    fn see(&mut self, key: Option<&Value>, line: u64) {
        if let Some(similar) = &mut self.similar {
            similar.see(key, line);
        }
        self.partial.see(key);
    }
}

impl FileImport<'_> {
    /// Reads the file for what its rows are compared with. Nothing is locked meanwhile.
    pub(super) fn prepare(
        &self,
        store: &Store,
        unknown: &mut UnknownCustomers,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Ready, ImportError> {
        let mut reader = store.reader()?;
        let known = |target: &Target| Compared::load(&mut reader, target);
        let mut known = self.layout.targets.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        let repeated =
            self.find_repeated_keys(progress, &mut known).map_err(|error| self.unreadable(&error))?;
        self.warn_before(repeated.iter().any(|found| found.overflow), report);
        let similar = known.iter().filter_map(|known| known.similar.as_ref());
        report.warnings.extend(similar.filter_map(|similar| similar.warning(&self.source.name)));
        let partial = known.into_iter().map(|known| known.partial).collect();
        if self.layout.targets.iter().any(|target| !target.customers.is_empty()) {
            unknown.begin(store, &self.source.name)?;
        }
        let fields = FieldWriter::new(&mut reader, &self.layout.extensions, self.options.at)?;
        Ok(Ready { repeated, partial, fields })
    }

    /// Imports the file.
    pub(super) fn import(
        &self,
        tx: &mut Transaction<'_>,
        mut ready: Ready,
        unknown: &mut UnknownCustomers,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Written, ImportError> {
        let mut follow_ups = self.follow_ups(tx)?;
        let mut written = self.write(tx, &mut ready, &mut follow_ups, unknown, progress)?;
        self.check_unchanged()?;
        for (at, follow_up) in follow_ups.into_iter().enumerate() {
            let (target, counts) = (&self.layout.targets[at], &written.targets[at]);
            // A refused extension value is corrected in the row that it came with.
            let of_fields = Some(&written.fields).filter(|_| at == 0);
            let refused = counts.refused + of_fields.map_or(0, |fields| fields.refused);
            let mut rows = counts.refused_rows();
            rows.extend(of_fields.into_iter().flat_map(RowCounts::refused_rows));
            let id = tx
                .record_import(&ImportBatch { rows_refused: refused, ..self.batch(target, counts) }, &rows)?;
            let first = counts.first_refused();
            let batch = Batch {
                id,
                options: self.options,
                file: &self.source.name,
                header: &written.header,
                refused,
                first: first.or_else(|| of_fields.and_then(RowCounts::first_refused)),
            };
            let outcome = follow_up.finish(tx, &batch)?;
            written.outcomes.push(outcome);
        }
        let changes = tx.numbers_with_this();
        written.outcomes.iter_mut().for_each(|outcome| outcome.written.changes = changes);
        Ok(written)
    }

    /// Fails when the file was written to since it was opened: no row of another version of it is kept.
    fn check_unchanged(&self) -> Result<(), ImportError> {
        if self.source.has_changed() {
            return Err(ImportError::Changed(self.source.name.clone()));
        }
        Ok(())
    }

    /// How the import is noted while it is not at its end.
    pub(super) fn unfinished(&self) -> UnfinishedImport {
        let path = self.source.path.canonicalize().unwrap_or_else(|_| self.source.path.clone());
        let sheet = self.source.name.strip_prefix(&self.source.path.display().to_string());
        UnfinishedImport {
            at: self.options.at,
            file: self.source.name.clone(),
            path: format!("{}{}", path.display(), sheet.unwrap_or_default()),
            bytes: self.source.detected.bytes,
            dataset: self.layout.targets.first().map_or("", |target| target.dataset.name).to_owned(),
        }
    }

    fn follow_ups(&self, tx: &mut Transaction<'_>) -> Result<Vec<FollowUp>, ImportError> {
        let targets = self.layout.targets.iter().enumerate();
        let follow_up = |(at, target): (usize, &Target)| {
            let mut follow_up =
                FollowUp::begin(tx, target.dataset, self.options, &self.source.name, at == 0)?;
            if target.counts_lines() {
                follow_up.number_lines();
            }
            Ok(follow_up)
        };
        targets.map(follow_up).collect()
    }

    fn batch(&self, target: &Target, counts: &RowCounts) -> ImportBatch {
        ImportBatch {
            at: self.options.at,
            file: self.source.name.clone(),
            dataset: target.dataset.name.to_owned(),
            rows_read: counts.read,
            rows_new: counts.new,
            rows_changed: counts.changed,
            rows_unchanged: counts.unchanged,
            rows_refused: counts.refused,
        }
    }

    /// Reports the file, with what the store has now.
    pub(super) fn finish(
        &self,
        mut written: Written,
        totals: &mut StoreTotals,
        store: &mut dyn Counted,
        report: &mut ImportReport,
    ) -> Result<(), StoreError> {
        self.warn_after(&written, report);
        let outcomes = std::mem::take(&mut written.outcomes);
        for ((target, counts), outcome) in self.layout.targets.iter().zip(written.targets).zip(outcomes) {
            let is_decimal = |at: usize| target.dataset.columns[at].kind == ColumnKind::Decimal;
            let has_amount = target.amount.is_some_and(is_decimal);
            let in_store = Some(totals.after(target.dataset, outcome.written, store)?);
            report.warnings.extend(outcome.warnings);
            let file =
                FileReport { in_store, snapshot: outcome.snapshot, ..self.file_report(target.dataset.name) };
            counts.finish(file, has_amount, report);
        }
        if written.fields.read > 0 {
            written.fields.finish(self.file_report("extension_values"), false, report);
        }
        Ok(())
    }

    fn file_report(&self, dataset: &str) -> FileReport {
        FileReport {
            file: self.source.name.clone(),
            dataset: dataset.to_owned(),
            profile: self.layout.profile.clone(),
            encoding: self.source.encoding().to_owned(),
            ..FileReport::default()
        }
    }

    fn unreadable(&self, error: &io::Error) -> ImportError {
        ImportError::unreadable(&self.source.path, error)
    }
}
