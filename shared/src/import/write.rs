//! Rows into the store, and what follows from them.

mod extension_values;
mod file;
mod follow_up;
mod merged_customers;
mod noticed;
mod numbered_lines;
mod partial_documents;
mod repeated_keys;
mod row_key;
mod similar_codes;
mod snapshot;
mod store_totals;
mod unknown_customers;

use super::detect::plan::PlannedFile;
use super::error::ImportError;
use super::options::{ImportOptions, ImportProgress, ImportSettings};
use super::report::ImportReport;
use crate::store::{Store, StoreError, Transaction};
use file::FileImport;
use store_totals::StoreTotals;
use unknown_customers::UnknownCustomers;

/// A file or a trial that is so short keeps nobody waiting.
pub(super) const SHORT_BYTES: u64 = 1 << 20;

/// One run of an import, with what it remembers from file to file.
pub(super) struct Session<'a> {
    store: &'a Store,
    options: &'a ImportOptions,
    settings: &'a ImportSettings,
    totals: StoreTotals,
    unknown: UnknownCustomers,
}

impl<'a> Session<'a> {
    pub(super) fn new(store: &'a Store, options: &'a ImportOptions, settings: &'a ImportSettings) -> Self {
        let (totals, unknown) = (StoreTotals::default(), UnknownCustomers::default());
        Self { store, options, settings, totals, unknown }
    }

    /// Imports one file, within a transaction that is not kept or in one of its own.
    pub(super) fn import(
        &mut self,
        within: Option<&mut Transaction<'_>>,
        file: &PlannedFile,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<(), ImportError> {
        let is_short = file.source.detected.bytes <= SHORT_BYTES;
        let file = FileImport {
            source: &file.source,
            layout: &file.layout,
            options: self.options,
            settings: self.settings,
        };
        // A snapshot is refused as a whole, after its last row: before anything of it is kept.
        let refusable = self.options.snapshot.is_some();
        if refusable && !is_short && within.is_none() {
            self.try_one(&file, progress)?;
        }
        let ready = file.prepare(self.store, &mut self.unknown, report, progress)?;
        let (totals, unknown) = (&mut self.totals, &mut self.unknown);
        match within {
            Some(tx) => {
                let written = file.import(tx, ready, unknown, progress)?;
                file.finish(written, totals, tx, report)?;
            }
            None => {
                let write = |tx: &mut Transaction<'_>| file.import(tx, ready, unknown, progress);
                let written = self.store.write_import(&file.unfinished(), refusable && is_short, write)?;
                file.finish(written, totals, &mut self.store.reader()?, report)?;
            }
        }
        Ok(())
    }

    /// Fails as the import of the file would.
    fn try_one(
        &self,
        file: &FileImport<'_>,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<(), ImportError> {
        let mut unknown = UnknownCustomers::default();
        let ready = file.prepare(self.store, &mut unknown, &mut ImportReport::default(), progress)?;
        self.store.try_write(|tx| file.import(tx, ready, &mut unknown, progress).map(drop))
    }

    /// Reports the references that are still unknown after all files.
    pub(super) fn finish(self, report: &mut ImportReport) -> Result<(), StoreError> {
        self.unknown.report(self.store, report)
    }
}
