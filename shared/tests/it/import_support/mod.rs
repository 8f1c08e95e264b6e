//! A store in its own folder, and the queries of the import tests.

pub(crate) mod workbook;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, TimeZone, Utc};
use shared::dataset::{ColumnKind, Dataset};
use shared::import::{
    FileReport, ImportError, ImportOptions, ImportReport, ImportSettings, RowError, import_files,
};
use shared::label::Lang;
use shared::store::{Store, Value};
use tempfile::TempDir;

/// A new store and a folder for files.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let (folder, store) = test_support::new_store();
        Self { folder, store }
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn import(&self, name: &str, content: impl AsRef<[u8]>) -> ImportReport {
        let path = self.file(name, content);
        self.import_path(&path)
    }

    pub(crate) fn import_path(&self, path: &Path) -> ImportReport {
        self.import_paths(&[path.to_owned()], &options()).unwrap()
    }

    /// Imports files and folders; what they are is detected.
    pub(crate) fn import_paths(
        &self,
        paths: &[PathBuf],
        options: &ImportOptions,
    ) -> Result<ImportReport, ImportError> {
        import_files(&self.store, paths, options, &ImportSettings::default(), &mut |_| {})
    }

    pub(crate) fn import_with(
        &self,
        name: &str,
        content: impl AsRef<[u8]>,
        settings: &ImportSettings,
    ) -> ImportReport {
        let path = self.file(name, content);
        import_files(&self.store, &[path], &options(), settings, &mut |_| {}).unwrap()
    }

    /// Every row of a data set as text: `NULL` for nothing.
    pub(crate) fn rows(&self, dataset: &'static Dataset) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut reader = self.store.reader().unwrap();
        let scanned = reader.scan(dataset, None, &mut |row| {
            let cell = |at: usize| match dataset.columns[at].kind {
                ColumnKind::Decimal | ColumnKind::Integer | ColumnKind::Flag => {
                    row.integer(at).map(|n| n.to_string())
                }
                _ => row.text(at).map(str::to_owned),
            };
            let cells = (0..dataset.columns.len()).map(|at| cell(at).unwrap_or_else(|| "NULL".to_owned()));
            rows.push(cells.collect());
            ControlFlow::Continue(())
        });
        scanned.unwrap();
        rows
    }

    /// One column of every row.
    pub(crate) fn column(&self, dataset: &'static Dataset, name: &str) -> Vec<String> {
        let at = dataset.column_index(name).unwrap();
        self.rows(dataset).into_iter().map(|mut row| row.swap_remove(at)).collect()
    }

    /// Writes a row as it is, without an import.
    pub(crate) fn put(&self, dataset: &'static Dataset, values: &[Option<Value>]) {
        self.store
            .write(|tx| -> Result<(), shared::store::StoreError> {
                tx.upsert(dataset, values, options().at).map(drop)
            })
            .unwrap();
    }
}

pub(crate) fn options() -> ImportOptions {
    ImportOptions {
        at: Utc.with_ymd_and_hms(2026, 10, 31, 3, 0, 0).unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
        refresh_cards: true,
        snapshot: None,
        corrects: None,
        follow_merges: false,
    }
}

/// Line, column and code of every error.
pub(crate) fn faults(report: &ImportReport) -> Vec<(u64, Option<&str>, &str)> {
    report
        .errors
        .iter()
        .map(|error| (error.line, error.column.map(|column| column.name), error.code))
        .collect()
}

/// A refusal is a sentence in each language, and the Japanese one names no column by its identifier.
pub(crate) fn in_both_languages(error: &RowError) {
    let (ja, en) = (error.message.text(Lang::Ja), error.message.text(Lang::En));
    assert!(ja.chars().any(|c| ('ぁ'..='ん').contains(&c)), "{error:?}");
    assert!(en.len() > 10 && en != ja, "{error:?}");
    // Where a header is at fault, the sentence repeats it as the file has it.
    if let Some(column) =
        error.column.filter(|column| error.code != "duplicate_column" && column.name != "value")
    {
        assert!(!ja.contains(column.name), "{error:?}");
    }
}

/// Read, new, changed, unchanged, refused of the only file.
pub(crate) fn counts(report: &ImportReport) -> (u64, u64, u64, u64, u64) {
    let [file] = report.files.as_slice() else { panic!("one file expected: {report:?}") };
    reconciles(file);
    (file.read, file.new, file.changed, file.unchanged, file.refused)
}

/// Every row that was read became something.
pub(crate) fn reconciles(file: &FileReport) {
    let known = file.new + file.changed + file.unchanged + file.refused + file.skipped;
    assert_eq!(file.read, known, "rows reconcile: {file:?}");
}
