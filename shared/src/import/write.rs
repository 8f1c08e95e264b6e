//! Rows into the store, and what follows from them.

mod extension_values;
mod file;
mod follow_up;
mod merged_customers;
mod noticed;
mod numbered_lines;
mod repeated_keys;
mod row_key;
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

    /// Imports one file, within a transaction or in one of its own.
    pub(super) fn import(
        &mut self,
        within: Option<&mut Transaction<'_>>,
        file: &PlannedFile,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<(), ImportError> {
        let file = FileImport {
            source: &file.source,
            layout: &file.layout,
            options: self.options,
            settings: self.settings,
        };
        let ready = file.prepare(self.store, &mut self.unknown, report, progress)?;
        let state = (&mut self.totals, &mut self.unknown);
        match within {
            Some(tx) => file.import(tx, ready, state, report, progress),
            None => self.store.write(|tx| file.import(tx, ready, state, report, progress)),
        }
    }

    /// Reports the references that are still unknown after all files.
    pub(super) fn finish(self, report: &mut ImportReport) -> Result<(), StoreError> {
        self.unknown.report(self.store, report)
    }
}
