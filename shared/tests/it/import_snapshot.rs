//! A file that is the whole: what vanishes, what stays, what is refused; and the store's total after a file.

use std::collections::BTreeMap;

use crate::import_support::{Desk, options};
use proptest::prelude::*;
use rust_decimal::Decimal;
use shared::dataset::{CONTACTS, CUSTOMERS, SALES};
use shared::import::{
    ImportError, ImportOptions, ImportReport, ImportSettings, SnapshotOptions, SnapshotRefusal, import_files,
};

fn snapshot(by_month: bool, max_ratio: &str) -> ImportOptions {
    let max_ratio = max_ratio.parse().unwrap();
    ImportOptions { snapshot: Some(SnapshotOptions { by_month, max_ratio }), ..options() }
}

fn take(desk: &Desk, name: &str, text: &str, options: &ImportOptions) -> Result<ImportReport, ImportError> {
    let path = desk.file(name, text);
    desk.import_paths(&[path], options)
}

fn sales(rows: &[(&str, &str, i64)]) -> String {
    let lines = rows.iter().map(|(slip, date, amount)| format!("{slip},1,{date},C1,{amount}\n"));
    format!("slip_no,line_no,sold_on,customer_code,amount\n{}", lines.collect::<String>())
}

const FIVE: &[(&str, &str, i64)] = &[
    ("S1", "2026-01-05", 10),
    ("S2", "2026-01-06", 20),
    ("S3", "2026-02-05", 30),
    ("S4", "2026-02-06", 40),
    ("S5", "2026-03-05", 50),
];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name\nC1,一\nC2,二\nC3,三\n");
    desk.import("sales.csv", sales(FIVE));
    desk
}

#[test]
fn rows_missing_from_a_snapshot_are_removed_and_reported() {
    let desk = desk();
    let report = take(&desk, "sales.csv", &sales(&FIVE[1..]), &snapshot(false, "0.2")).unwrap();
    let taken = report.files[0].snapshot.as_ref().unwrap();
    assert_eq!((taken.before, taken.vanished, taken.amount.as_deref()), (5, 1, Some("10")));
    assert_eq!(taken.keys, ["S1/1"]);
    assert_eq!(desk.column(&SALES, "slip_no"), ["S2", "S3", "S4", "S5"]);
    let total = report.files[0].in_store.as_ref().unwrap();
    assert_eq!((total.rows, total.amount.as_deref()), (4, Some("140")));
    // The mirror and the pop-up are told.
    let january = desk.store.reader().unwrap().dataset_changes().unwrap();
    let last = desk.store.reader().unwrap().change_no().unwrap();
    assert!(january.iter().any(|change| change.month == "2026-01" && change.change_no == last));
    assert!(!january.iter().any(|change| change.month == "2026-02" && change.change_no == last));
    assert!(desk.store.reader().unwrap().verify_cards(&mut |_| {}).unwrap().different.is_empty());
}

#[test]
fn removing_more_than_the_allowed_share_is_refused_and_nothing_is_written() {
    let desk = desk();
    let mut file = sales(&FIVE[2..]);
    file.push_str("S9,1,2026-03-09,C1,1\n");
    let refused = take(&desk, "sales.csv", &file, &snapshot(false, "0.39"));
    let Err(ImportError::Snapshot { reason, .. }) = refused else { panic!("{refused:?}") };
    assert!(matches!(reason, SnapshotRefusal::TooMany { vanishing: 2, before: 5, .. }), "{reason:?}");
    assert_eq!(desk.rows(&SALES).len(), 5, "the new row is not in either");
    take(&desk, "sales.csv", &file, &snapshot(false, "0.4")).unwrap();
    assert_eq!(desk.rows(&SALES).len(), 4);
}

#[test]
fn a_snapshot_with_a_refused_row_is_refused() {
    let desk = desk();
    let mut file = sales(FIVE);
    file.push_str("S9,1,2026-13-09,C1,1\n");
    let refused = take(&desk, "sales.csv", &file, &snapshot(false, "1"));
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("line 7") && message.contains("invalid_date"), "{message}");
    assert_eq!(desk.rows(&SALES).len(), 5);
}

#[test]
fn a_dry_run_of_a_snapshot_reports_the_same_and_writes_nothing() {
    let desk = desk();
    let file = sales(&FIVE[1..]);
    let trial = ImportSettings { dry_run: true, ..ImportSettings::default() };
    let path = desk.file("sales.csv", &file);
    let preview = import_files(&desk.store, &[path], &snapshot(false, "0.2"), &trial, &mut |_| {}).unwrap();
    assert_eq!(desk.rows(&SALES).len(), 5);
    let applied = take(&desk, "sales.csv", &file, &snapshot(false, "0.2")).unwrap();
    assert_eq!(preview.files[0].snapshot, applied.files[0].snapshot);
}

#[test]
fn a_snapshot_by_month_leaves_other_months_alone() {
    let desk = desk();
    let report = take(&desk, "sales.csv", &sales(&FIVE[3..4]), &snapshot(true, "0.5")).unwrap();
    let taken = report.files[0].snapshot.as_ref().unwrap();
    assert_eq!((taken.before, taken.vanished), (2, 1));
    assert_eq!(desk.column(&SALES, "slip_no"), ["S1", "S2", "S4", "S5"]);
    let refused = take(&desk, "customers.csv", "customer_code,customer_name\nC1,一\n", &snapshot(true, "1"));
    assert!(refused.unwrap_err().to_string().contains("not kept by month"));
}

#[test]
fn customers_who_are_referred_to_stay_and_are_reported() {
    let desk = desk();
    desk.import("contacts.csv", "customer_code,phone\nC1,03-1234-5678\n");
    let file = "customer_code,customer_name\nC3,三\n";
    let report = take(&desk, "customers.csv", file, &snapshot(false, "0.5")).unwrap();
    let taken = report.files[0].snapshot.as_ref().unwrap();
    assert_eq!((taken.before, taken.vanished, taken.kept), (3, 1, 1));
    assert_eq!((&taken.keys[0], &taken.kept_keys[0]), (&"C2".to_owned(), &"C1".to_owned()));
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1", "C3"]);
    assert!(desk.store.reader().unwrap().card("C2", options().today).unwrap().is_none());
}

#[test]
fn the_number_of_a_removed_contact_is_no_longer_found() {
    let desk = desk();
    desk.import("contacts.csv", "customer_code,phone\nC1,03-1234-5678\nC2,03-1234-5679\n");
    let file = "customer_code,phone\nC2,03-1234-5679\n";
    take(&desk, "contacts.csv", file, &snapshot(false, "0.5")).unwrap();
    assert_eq!(desk.rows(&CONTACTS).len(), 1);
    let mut reader = desk.store.reader().unwrap();
    let number = shared::phone::PhoneNumber::parse("03-1234-5678").unwrap();
    assert!(reader.match_phone(&number).unwrap().is_empty());
    assert!(reader.verify_cards(&mut |_| {}).unwrap().different.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever was there: after a snapshot the store has the file's rows and no others, and says so to the yen.
    #[test]
    fn after_a_snapshot_the_store_is_the_file(
        before in prop::collection::btree_map(0..40_u8, -9_999_i64..9_999, 0..30),
        file in prop::collection::btree_map(0..40_u8, -9_999_i64..9_999, 0..30),
    ) {
        let desk = Desk::new();
        let text = |rows: &BTreeMap<u8, i64>| {
            let lines = rows.iter().map(|(slip, amount)| format!("{slip:02},1,2026-0{}-01,C1,{amount}.5\n", slip % 9 + 1));
            format!("slip_no,line_no,sold_on,customer_code,amount\n{}", lines.collect::<String>())
        };
        desk.import("sales.csv", text(&before));
        let report = take(&desk, "sales.csv", &text(&file), &snapshot(false, "1")).unwrap();
        let slips: Vec<String> = file.keys().map(|slip| format!("{slip:02}")).collect();
        prop_assert_eq!(desk.column(&SALES, "slip_no"), slips);
        let gone = before.keys().filter(|slip| !file.contains_key(slip)).count() as u64;
        prop_assert_eq!(report.files[0].snapshot.as_ref().unwrap().vanished, gone);
        let sum: Decimal = file.values().map(|amount| format!("{amount}.5").parse::<Decimal>().unwrap()).sum();
        let total = report.files[0].in_store.clone().unwrap();
        prop_assert_eq!(total.rows, file.len() as u64);
        prop_assert_eq!(total.amount.unwrap().parse::<Decimal>().unwrap(), sum);
    }

    /// Several files of one data set, with rows that repeat and change: each says what is in the store after it.
    #[test]
    fn the_total_after_each_file_is_the_stores(
        files in prop::collection::vec(prop::collection::btree_map(0..12_u8, -9_i64..9, 0..8), 1..5),
    ) {
        let desk = Desk::new();
        let mut kept: BTreeMap<u8, i64> = BTreeMap::new();
        let mut paths = Vec::new();
        for (number, rows) in files.iter().enumerate() {
            let lines = rows.iter().map(|(slip, amount)| format!("{slip},1,2026-01-01,C1,{amount}\n"));
            let text = format!("slip_no,line_no,sold_on,customer_code,amount\n{}", lines.collect::<String>());
            paths.push(desk.file(&format!("sales-{number}.csv"), text));
        }
        let report = desk.import_paths(&paths, &options()).unwrap();
        for (rows, file) in files.iter().zip(&report.files) {
            kept.extend(rows.iter().map(|(slip, amount)| (*slip, *amount)));
            let total = file.in_store.clone().unwrap();
            prop_assert_eq!(total.rows, kept.len() as u64);
            prop_assert_eq!(total.amount.unwrap(), kept.values().sum::<i64>().to_string());
            prop_assert_eq!(file.read, file.new + file.changed + file.unchanged + file.refused);
        }
    }
}

#[test]
fn two_snapshots_of_one_data_set_are_refused() {
    let desk = desk();
    let files = [desk.file("sales-a.csv", sales(&FIVE[..3])), desk.file("sales-b.csv", sales(&FIVE[2..]))];
    let take = |by_month| desk.import_paths(&files, &snapshot(by_month, "1"));
    let Err(ImportError::Snapshot { reason, .. }) = take(false) else { panic!("refused expected") };
    assert_eq!(reason, SnapshotRefusal::SeveralFiles(SALES.label()));
    assert_eq!(desk.rows(&SALES).len(), 5);
    // What the first file brought in is said when the second is refused.
    let files = [
        desk.file("sales-1.csv", sales(&FIVE[..2])),
        desk.file("sales-2.csv", "slip_no,line_no,sold_on,customer_code,amount\nS3,1,2026-02-05,C1,x\n"),
    ];
    let refused = desk.import_paths(&files, &snapshot(true, "1"));
    let Err(ImportError::Snapshot { before, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(before.files.iter().map(|file| file.unchanged).collect::<Vec<_>>(), [2]);
}
