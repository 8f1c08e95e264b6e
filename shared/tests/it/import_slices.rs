//! Long imports: others write in between, nothing of a file that is refused is kept, and what was broken off is known.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use crate::import_support::{Desk, options};
use shared::dataset::{PRODUCTS, SALES};
use shared::import::{
    ImportError, ImportOptions, ImportProgress, ImportReport, ImportSettings, SnapshotOptions, import_files,
};
use shared::store::{Store, StoreError};

/// More rows than one slice has.
const LONG: usize = 60_000;

fn products(desk: &Desk, rows: usize) -> PathBuf {
    let lines: String = (0..rows).map(|at| format!("P{at},茶の名前{at}\n")).collect();
    desk.file("products.csv", format!("product_code,product_name\n{lines}"))
}

fn import(
    desk: &Desk,
    path: &Path,
    options: &ImportOptions,
    settings: &ImportSettings,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<ImportReport, ImportError> {
    import_files(&desk.store, &[path.to_owned()], options, settings, progress)
}

/// Writes as another program does, and says how many products there were then.
fn write_elsewhere(path: &Path) -> u64 {
    let other = Store::open(path).unwrap();
    other
        .write(|tx| -> Result<u64, StoreError> {
            tx.prove_writable()?;
            Ok(tx.control_total(&PRODUCTS)?.rows)
        })
        .unwrap()
}

/// Begins to write elsewhere, and returns when that waits for its turn.
fn wait_to_write(desk: &Desk) -> JoinHandle<u64> {
    let path = desk.store.location().to_owned();
    let turn =
        File::open(path.with_file_name(format!("{}-turn", path.file_name().unwrap().to_str().unwrap())))
            .unwrap();
    let waiting = thread::spawn(move || write_elsewhere(&path));
    loop {
        match turn.try_lock() {
            Err(TryLockError::WouldBlock) => return waiting,
            Ok(()) => turn.unlock().unwrap(),
            Err(TryLockError::Error(error)) => panic!("{error}"),
        }
        thread::yield_now();
    }
}

#[test]
fn who_waits_to_write_is_let_in_during_a_long_import() {
    let desk = Desk::new();
    let (path, mut waiting) = (products(&desk, LONG), None);
    let mut begin = |at: ImportProgress<'_>| {
        if matches!(at, ImportProgress::Writing { .. }) && waiting.is_none() {
            waiting = Some(wait_to_write(&desk));
        }
    };
    let report = import(&desk, &path, &options(), &ImportSettings::default(), &mut begin).unwrap();
    let between = waiting.unwrap().join().unwrap();
    assert!((1..LONG as u64).contains(&between), "{between} of {LONG} rows were there");
    let file = &report.files[0];
    assert_eq!((file.new, file.in_store.as_ref().unwrap().rows), (LONG as u64, LONG as u64));
    assert_eq!(desk.store.reader().unwrap().unfinished_imports().unwrap(), []);
}

#[test]
fn a_short_file_is_kept_as_a_whole_when_nobody_waits() {
    let desk = Desk::new();
    let changes = desk.store.reader().unwrap().change_no().unwrap();
    import(&desk, &products(&desk, 5_000), &options(), &ImportSettings::default(), &mut |_| {}).unwrap();
    assert_eq!(desk.store.reader().unwrap().change_no().unwrap(), changes + 1);
}

#[test]
fn a_trial_keeps_nobody_waiting() {
    let desk = Desk::new();
    let (path, mut seen) = (products(&desk, LONG), None);
    let mut write = |at: ImportProgress<'_>| {
        if matches!(at, ImportProgress::Writing { .. }) {
            seen.get_or_insert_with(|| write_elsewhere(desk.store.location()));
        }
    };
    let settings = ImportSettings { dry_run: true, ..ImportSettings::default() };
    let tried = import(&desk, &path, &options(), &settings, &mut write).unwrap();
    assert_eq!(seen, Some(0));
    assert_eq!(tried.files[0].new, LONG as u64);
    assert_eq!(tried.files[0].in_store.as_ref().unwrap().rows, LONG as u64);
    assert_eq!(desk.rows(&PRODUCTS).len(), 0);
}

#[test]
fn an_import_that_is_broken_off_is_known_until_its_file_was_imported() {
    let desk = Desk::new();
    let (path, mut written) = (products(&desk, LONG), false);
    let mut append = |at: ImportProgress<'_>| {
        // After the first slice.
        if matches!(at, ImportProgress::Writing { rows, .. } if rows > 52_000) && !written {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all("Q1,水\n".as_bytes()).unwrap();
            written = true;
        }
    };
    let done = import(&desk, &path, &options(), &ImportSettings::default(), &mut append);
    assert!(matches!(done, Err(ImportError::Changed(_))), "{done:?}");
    let kept = desk.rows(&PRODUCTS).len();
    assert!((1..LONG).contains(&kept), "{kept}");
    let unfinished = desk.store.reader().unwrap().unfinished_imports().unwrap();
    let [import_left] = unfinished.as_slice() else { panic!("{unfinished:?}") };
    assert_eq!((import_left.dataset.as_str(), import_left.at), ("products", options().at));

    // Another file does not finish it.
    desk.import("sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,C1,1\n");
    assert_eq!(desk.store.reader().unwrap().unfinished_imports().unwrap().len(), 1);
    let report = desk.import_path(&path);
    let file = &report.files[0];
    assert_eq!((file.new, file.unchanged), ((LONG + 1 - kept) as u64, kept as u64));
    assert_eq!(desk.store.reader().unwrap().unfinished_imports().unwrap(), []);
}

fn sales(desk: &Desk, rows: impl Iterator<Item = usize>) -> PathBuf {
    let lines: String =
        rows.map(|at| format!("S{at},1,2026-{:02}-05,C{},100\n", at % 9 + 1, at % 7)).collect();
    desk.file("sales.csv", format!("slip_no,line_no,sold_on,customer_code,amount\n{lines}"))
}

#[test]
fn a_long_snapshot_is_refused_before_anything_of_it_is_kept() {
    let desk = Desk::new();
    import(&desk, &sales(&desk, 0..LONG), &options(), &ImportSettings::default(), &mut |_| {}).unwrap();
    let changes = desk.store.reader().unwrap().change_no().unwrap();
    let max_ratio = "0.2".parse().unwrap();
    let complete =
        ImportOptions { snapshot: Some(SnapshotOptions { by_month: false, max_ratio }), ..options() };
    // Half of the rows would vanish.
    let refused = sales(&desk, (0..LONG / 2).chain(LONG..LONG + 40_000));
    let done = import(&desk, &refused, &complete, &ImportSettings::default(), &mut |_| {});
    assert!(matches!(done, Err(ImportError::Snapshot { .. })), "{done:?}");
    assert_eq!(desk.store.reader().unwrap().change_no().unwrap(), changes);

    // A tenth may, and others write in between.
    let (taken, mut waiting) = (sales(&desk, LONG / 10..LONG), None);
    let mut begin = |at: ImportProgress<'_>| {
        let is_kept = desk.store.reader().unwrap().change_no().unwrap() > changes;
        if matches!(at, ImportProgress::Writing { .. }) && is_kept && waiting.is_none() {
            waiting = Some(wait_to_write(&desk));
        }
    };
    let report = import(&desk, &taken, &complete, &ImportSettings::default(), &mut begin).unwrap();
    let found = report.files[0].snapshot.as_ref().unwrap();
    assert_eq!((found.before, found.vanished), (LONG as u64, LONG as u64 / 10));
    assert_eq!(report.files[0].in_store.as_ref().unwrap().rows, (LONG - LONG / 10) as u64);
    assert_eq!(desk.rows(&SALES).len(), LONG - LONG / 10);
    waiting.map(|waiting| waiting.join().unwrap());
    assert_eq!(desk.store.reader().unwrap().unfinished_imports().unwrap(), []);
    assert!(desk.store.reader().unwrap().verify_cards(&mut |_| {}).unwrap().different.is_empty());
}
