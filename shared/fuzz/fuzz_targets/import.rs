//! Any bytes as a file: an import ends with a report that reconciles, and the same file again changes nothing.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use chrono::{NaiveDate, TimeZone, Utc};
use libfuzzer_sys::fuzz_target;
use shared::import::{ImportOptions, ImportReport, ImportSettings, import_files};
use shared::store::Store;

/// What the first byte chooses from.
const FILES: [&str; 6] = ["products.csv", "sales.csv", "customers.csv", "contacts.csv", "deals.csv", "unknown.csv"];

struct Desk {
    folder: tempfile::TempDir,
    store: Store,
}

/// One store for all inputs: rows of earlier ones are what a company has already.
fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::create(&folder.path().join("store.db")).expect("a store");
        Desk { folder, store }
    })
}

fn import(path: &PathBuf) -> ImportReport {
    let options = ImportOptions {
        at: Utc.with_ymd_and_hms(2026, 10, 31, 3, 0, 0).unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
        refresh_cards: false,
        snapshot: None,
        corrects: None,
        follow_merges: false,
    };
    let (paths, settings) = (std::slice::from_ref(path), ImportSettings::default());
    import_files(&desk().store, paths, &options, &settings, &mut |_| {}).expect("the store is good")
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, content)) = input.split_first() else { return };
    let path = desk().folder.path().join(FILES[usize::from(*choice) % FILES.len()]);
    std::fs::write(&path, content).expect("a file");
    let first = import(&path);
    for file in &first.files {
        assert_eq!(file.read, file.new + file.changed + file.unchanged + file.refused + file.skipped);
    }
    let again = import(&path);
    assert!(again.files.iter().all(|file| file.new + file.changed == 0), "{again:?}");
    assert_eq!(again.errors.len(), first.errors.len());
});
