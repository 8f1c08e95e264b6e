//! Fields that a company defines itself: filled by an import, defined by `--extend`, written as further columns.

use std::path::Path;

use crate::import_support::{Desk, faults, options};
use shared::dataset::{CUSTOMERS, EXTENSION_FIELDS, EXTENSION_VALUES};
use shared::export::{ExportFormat, ExportSettings, export_files};
use shared::import::{ImportOptions, ImportReport, ImportSettings, SnapshotOptions};
use shared::label::Lang;

const FIELDS: &str = "dataset,field_code,label_ja,kind\ncustomers,parking,駐車場,flag\ncustomers,seats,席数,number\n\
                      customers,opened,開店日,date\nproducts,parking,置場,text\n";

fn desk() -> Desk {
    let desk = Desk::new();
    assert_eq!(desk.import("extension_fields.csv", FIELDS).errors, []);
    desk
}

fn values(desk: &Desk) -> Vec<String> {
    desk.rows(&EXTENSION_VALUES).into_iter().map(|row| row.join("|")).collect()
}

/// New, changed and unchanged values.
fn counts(report: &ImportReport) -> (u64, u64, u64) {
    let file = report.files.iter().find(|file| file.dataset == "extension_values").unwrap();
    crate::import_support::reconciles(file);
    (file.new, file.changed, file.unchanged)
}

#[test]
fn a_header_that_is_a_field_fills_it() {
    let desk = desk();
    let content = "顧客コード,顧客名,駐車場,ext:SEATS,ｵｰﾌﾟﾝ\nC1,赤木,あり,1,200\nC2,青木,,20,\n";
    let content = content.replace("1,200\n", "\"1,200\",x\n");
    let report = desk.import("customers.csv", &content);
    assert_eq!(counts(&report), (3, 0, 0), "{report:?}");
    assert_eq!(values(&desk), ["customers|C1|parking|1", "customers|C1|seats|1200", "customers|C2|seats|20"]);
    assert!(
        report.warnings[0].message.text(Lang::En).contains("ｵｰﾌﾟﾝ"),
        "what is no field is named: {report:?}"
    );
    assert_eq!(counts(&desk.import("customers.csv", &content)), (0, 0, 3));
    // An empty cell empties, and makes nothing.
    let report =
        desk.import("customers.csv", "顧客コード,顧客名,席数,開店日\nC1,赤木,,令和7年11月21日\nC3,黒木,,\n");
    assert_eq!(counts(&report), (1, 1, 0), "{report:?}");
    assert!(values(&desk).contains(&"customers|C1|seats|NULL".to_owned()), "{:?}", values(&desk));
    assert!(values(&desk).contains(&"customers|C1|opened|2025-11-21".to_owned()));
}

#[test]
fn a_value_of_another_kind_is_refused_alone() {
    let desk = desk();
    let report = desk.import("customers.csv", "顧客コード,顧客名,席数\nC1,赤木,多数\nC2,青木,8\n");
    assert_eq!(faults(&report), [(2, Some("value"), "not_a_number")], "{report:?}");
    assert!(report.errors[0].message.text(Lang::En).starts_with("seats: "), "{report:?}");
    assert_eq!(values(&desk), ["customers|C2|seats|8"]);
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1", "C2"], "the customer itself is in");
}

#[test]
fn extend_defines_unknown_columns() {
    let desk = desk();
    let extend = ImportSettings { extend: true, ..ImportSettings::default() };
    let content = "顧客コード,顧客名,お好み 焼き,パスワード\nC1,赤木,広島風,hunter2\n";
    let tried =
        desk.import_with("customers.csv", content, &ImportSettings { dry_run: true, ..extend.clone() });
    assert_eq!((counts(&tried), values(&desk).len()), ((1, 0, 0), 0), "a trial keeps nothing");
    let report = desk.import_with("customers.csv", content, &extend);
    assert_eq!(counts(&report), (1, 0, 0), "{report:?}");
    assert_eq!(values(&desk), ["customers|C1|お好み焼き|広島風"]);
    let fields = desk.rows(&EXTENSION_FIELDS);
    assert!(
        fields.iter().any(|row| row[..4] == ["customers", "お好み焼き", "お好み 焼き", "text"]),
        "{fields:?}"
    );
    assert_eq!(fields.len(), 5, "a password is no field");
    // Known from now on, without --extend.
    assert_eq!(counts(&desk.import("customers.csv", content)), (0, 0, 1));
}

#[test]
fn a_profile_stays_a_profile_with_extend() {
    let desk = desk();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/profiles/samples/kintone-customers.csv");
    let text = std::fs::read_to_string(sample).unwrap();
    let more: String = text
        .split_inclusive("\r\n")
        .enumerate()
        .map(|(at, line)| match (at, line.strip_suffix("\r\n")) {
            (0, Some(line)) => format!("{line},担当税理士\r\n"),
            (_, Some(line)) => format!("{line},山田\r\n"),
            (_, None) => line.to_owned(),
        })
        .collect();
    let extend = ImportSettings { extend: true, ..ImportSettings::default() };
    let report = desk.import_with("顧客アプリ.csv", more, &extend);
    assert_eq!(report.errors, []);
    assert!(report.files.iter().all(|file| file.profile == "kintone-customers"), "{report:?}");
    assert_eq!(values(&desk)[0], "customers|C-0001|担当税理士|山田");
}

#[test]
fn fields_are_exported_as_further_columns_and_imported_again() {
    let desk = desk();
    desk.import(
        "customers.csv",
        "顧客コード,顧客名,駐車場,席数,開店日\nC1,赤木,あり,\"1,200.5\",R7.11.21\nC2,青木,,,\n",
    );
    for format in [ExportFormat::Csv, ExportFormat::Tsv, ExportFormat::Xlsx] {
        let settings = ExportSettings { format, with_extensions: true, ..ExportSettings::default() };
        let folder = desk.folder.path().join("out");
        let files =
            export_files(&mut desk.store.reader().unwrap(), &[&CUSTOMERS], &folder, &settings).unwrap();
        assert_eq!(counts(&desk.import_path(&files[0].file)), (0, 0, 3), "{format:?}");
        if format == ExportFormat::Csv {
            let text = std::fs::read_to_string(&files[0].file).unwrap();
            assert!(text.lines().next().unwrap().ends_with(",ext:opened,ext:parking,ext:seats"), "{text}");
            assert!(text.contains(",2025-11-21,1,1200.5\n"), "{text}");
        }
    }
}

const QUOTES: &str = "レコードの開始行,見積番号,顧客コード,見積日,件名,商品コード,数量,明細納期,金額,希望配送\n\
    *,Q1,C1,2026-10-01,棚,P1,1,2026-10-10,100,午前\n,,,,,P2,2,2026-10-20,200,\n\
    *,Q2,C1,2026-10-02,机,P1,1,2026-11-01,100,午後\n,Q2,C1,2026-10-02,机,P3,1,,300,午後\n";

#[test]
fn fields_of_a_record_and_of_its_lines_are_kept_apart() {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name\nC1,赤木\n");
    let extend = ImportSettings { extend: true, ..ImportSettings::default() };
    let report = desk.import_with("見積.csv", QUOTES, &extend);
    assert_eq!(report.errors, []);
    let expected = [
        "quote_lines|Q1/1|明細納期|2026-10-10",
        "quote_lines|Q1/2|明細納期|2026-10-20",
        "quote_lines|Q2/1|明細納期|2026-11-01",
        "quotes|Q1|希望配送|午前",
        "quotes|Q2|希望配送|午後",
    ];
    assert_eq!(values(&desk), expected, "{report:?}");
    assert_eq!(counts(&desk.import_with("見積.csv", QUOTES, &extend)), (0, 0, 5), "again: nothing new");
    // A record that says two things is asked about, not decided.
    let report = desk.import_with(
        "見積.csv",
        QUOTES.replace("P2,2,2026-10-20,200,", "P2,2,2026-10-20,200,夜"),
        &extend,
    );
    assert_eq!(faults(&report), [(3, Some("value"), "extension_row")], "{report:?}");
    assert_eq!(values(&desk), expected);
}

#[test]
fn a_refused_value_waits_in_quarantine_with_its_row() {
    let desk = desk();
    let text = "顧客コード,顧客名,席数\nC1,赤木,多数\nC2,青木,8\n";
    desk.import("customers.csv", text);
    let batches = desk.store.reader().unwrap().quarantine_batches().unwrap();
    let [batch] = batches.as_slice() else { panic!("one batch expected: {batches:?}") };
    assert_eq!((batch.dataset.as_str(), batch.open), ("customers", 1));
    desk.import("corrected.csv", text.replace("多数", "40"));
    assert_eq!(values(&desk), ["customers|C1|seats|40", "customers|C2|seats|8"]);
    let batches = desk.store.reader().unwrap().quarantine_batches().unwrap();
    assert!(batches.iter().all(|batch| batch.open == 0), "settled: {batches:?}");
}

#[test]
fn two_columns_for_one_field_are_refused() {
    let desk = desk();
    let extend = ImportSettings { extend: true, ..ImportSettings::default() };
    for headers in ["x,ｘ", "席数,ext:seats"] {
        let text = format!("顧客コード,顧客名,{headers}\nC1,赤木,7,9\n");
        let report = desk.import_with("customers.csv", text, &extend);
        assert_eq!(faults(&report), [(1, Some("value"), "duplicate_column")], "{report:?}");
    }
    assert_eq!(values(&desk).len(), 0);
}

#[test]
fn fields_of_the_same_run_are_known_to_its_other_files() {
    let desk = Desk::new();
    let customers = desk.file("customers.csv", "顧客コード,顧客名,駐車場,席数\nC1,赤木,あり,\"1,200\"\n");
    // A row that is refused defines nothing, and of two rows with one key the first counts.
    let defined = format!("{FIELDS}customers,floors,階数,いくつ\ncustomers,seats,席数,date\n");
    let fields = desk.file("extension_fields.csv", defined);
    let paths = [customers, fields];
    let run = |dry_run| {
        let settings = ImportSettings { dry_run, ..ImportSettings::default() };
        shared::import::import_files(&desk.store, &paths, &options(), &settings, &mut |_| {}).unwrap()
    };
    let tried = run(true);
    assert_eq!((counts(&tried), values(&desk).len()), ((2, 0, 0), 0), "{tried:?}");
    let report = run(false);
    assert_eq!(counts(&report), (2, 0, 0), "{report:?}");
    assert_eq!(values(&desk), ["customers|C1|parking|1", "customers|C1|seats|1200"]);
    assert_eq!(faults(&report), [(6, Some("kind"), "unknown_choice"), (7, None, "duplicate_key")]);
    // What the run changes counts as changed; what its file does not say stays as stored.
    let fields = desk.file("extension_fields.csv", "dataset,field_code,label_ja\ncustomers,seats,客席\n");
    let customers = desk.file("customers.csv", "顧客コード,顧客名,客席\nC1,赤木,多数\n");
    let report = desk.import_paths(&[customers, fields], &options()).unwrap();
    assert_eq!(faults(&report), [(2, Some("value"), "not_a_number")], "{report:?}");
}

#[test]
fn a_snapshot_of_definitions_is_complete() {
    let desk = desk();
    let fields = desk.file("extension_fields.csv", FIELDS.replace("customers,seats,席数,number\n", ""));
    let customers = desk.file("customers.csv", "顧客コード,顧客名,席数\nC1,赤木,8\n");
    let whole = SnapshotOptions { by_month: false, max_ratio: "1".parse().unwrap() };
    let options = ImportOptions { snapshot: Some(whole), ..options() };
    let report = desk.import_paths(&[customers, fields], &options).unwrap();
    assert_eq!(values(&desk), [""; 0], "{report:?}");
    assert!(report.warnings.iter().any(|warning| warning.code == "unknown_column"), "{report:?}");
}
