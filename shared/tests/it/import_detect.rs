//! What a file is: names before shapes, near misses refused with their cure, nothing guessed.

use std::path::Path;
use std::sync::Arc;

use crate::import_support::{Desk, faults};
use rust_xlsxwriter::Workbook;
use shared::dataset::{CONTACTS, CUSTOMERS, DATASETS, SALES};
use shared::export::{ExportFormat, ExportLayout, ExportSettings, export_files};
use shared::import::{ImportReport, ImportSettings, import_files};
use shared::label::Lang;
use shared::profile;

/// A workbook with one sheet of texts.
fn book(rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Sheet1").unwrap();
    for (at, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            if !cell.is_empty() {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Data set, profile and new rows of each entry.
fn entries(report: &ImportReport) -> Vec<(&str, &str, u64)> {
    report.files.iter().map(|file| (file.dataset.as_str(), file.profile.as_str(), file.new)).collect()
}

fn mapped(pairs: &[(&str, &str)]) -> ImportSettings {
    let map = pairs.iter().map(|(header, column)| ((*header).to_owned(), (*column).to_owned())).collect();
    ImportSettings { map, ..ImportSettings::default() }
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/profiles/samples").join(name);
    let bytes = std::fs::read(path).unwrap();
    shared::encoding::decode(&bytes).unwrap().0.trim_start_matches('\u{FEFF}').to_owned()
}

#[test]
fn a_sheet_with_our_headers_is_never_read_by_positions() {
    let customers: Vec<&str> = CUSTOMERS.columns.iter().map(|column| column.name).collect();
    for further in ["foo", "ext:a", "ext:a,ext:b,ext:c"] {
        let head = format!("{},{further}", customers.join(","));
        let text: String = (1..9).map(|at| format!("\n{at:06},㈱名{at},略,カナ")).collect();
        for (name, above) in [("customers.xlsx", ""), ("一覧.xlsx", "顧客一覧\n")] {
            let desk = Desk::new();
            let report = desk.import(name, book(&rows(&format!("{above}{head}{text}"))));
            assert_eq!(entries(&report), [("customers", "native", 8)], "{name} {further}: {report:?}");
            assert_eq!(desk.column(&CUSTOMERS, "customer_name")[0], "㈱名1");
            assert_eq!(report.warnings[0].code, "unknown_column");
        }
    }
    let desk = Desk::new();
    let text = "slip_no,line_no,sold_on,customer_code,amount,メモ\nS1,1,2025-10-01,000001,100\nS2,1,2025-10-02,000001,50";
    assert_eq!(entries(&desk.import("sales.xlsx", book(&rows(text)))), [("sales", "native", 2)]);
    let desk = Desk::new();
    let report = desk.import("kintone.xlsx", book(&rows(&sample("kintone-deals.csv").replace('"', ""))));
    assert_eq!(report.files[0].profile, "kintone-deals", "{report:?}");
}

#[test]
fn a_sheet_without_headers_is_read_by_positions_only_when_it_reaches_as_far() {
    let full = |code: u32| {
        let mut row = vec![String::new(); 59];
        let cells = [
            (3, "20251101"),
            (4, "S1"),
            (5, "24"),
            (10, "000001"),
            (13, "1"),
            (15, "P1"),
            (23, "1"),
            (25, "100"),
        ];
        for (at, cell) in cells {
            cell.clone_into(&mut row[at]);
        }
        row[4] = format!("S{code}");
        row[58] = "x".to_owned();
        row
    };
    let desk = Desk::new();
    let report = desk.import("a.xlsx", book(&[full(1), full(2)]));
    assert_eq!(entries(&report), [("sales", "yayoi-sales-59", 2)], "{report:?}");
    // A name in the first columns and nothing behind them is no ledger of 43 or 48 columns.
    let short: Vec<Vec<String>> = rows("000001,㈱名,カナ,略,,,,,佐藤\n000002,㈱名,カナ,略,,,,,佐藤");
    let report = desk.import("b.xlsx", book(&short));
    assert_eq!(faults(&report), [(1, None, "unknown_dataset")], "{report:?}");
    // Far enough, but with nothing in the columns that the shape names.
    let mut sparse = short;
    for row in &mut sparse {
        row.resize(40, String::new());
        "x".clone_into(&mut row[37]);
    }
    let report = desk.import("c.xlsx", book(&sparse));
    assert_eq!(faults(&report), [(1, None, "unknown_dataset")], "{report:?}");
    assert!(desk.rows(&CUSTOMERS).is_empty());
}

#[test]
fn native_exports_with_extension_fields_round_trip_in_every_kind_of_file() {
    let desk = Desk::new();
    desk.import("extension_fields.csv", "dataset,field_code,label_ja,kind\ncustomers,便,配送便,text\n");
    desk.import(
        "customers.csv",
        "customer_code,customer_name,ext:便\n000001,㈱甲,A便\n000002,㈱乙,\n000003,㈱丙,B便\n",
    );
    desk.import("contacts.csv", "customer_code,phone\n000001,03-1234-5678\n");
    desk.import("sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2025-11-21,000001,100\n");
    let all = |desk: &Desk| -> Vec<_> { DATASETS.iter().map(|dataset| desk.rows(dataset)).collect() };
    for format in [ExportFormat::Csv, ExportFormat::Tsv, ExportFormat::Xlsx] {
        for layout in [ExportLayout::Native, ExportLayout::Generic] {
            let settings =
                ExportSettings { format, layout, with_extensions: true, ..ExportSettings::default() };
            let folder = desk.folder.path().join("out");
            let files =
                export_files(&mut desk.store.reader().unwrap(), DATASETS, &folder, &settings).unwrap();
            let paths: Vec<_> = files.iter().map(|file| file.file.clone()).collect();
            let copy = Desk::new();
            let report = copy.import_paths(&paths, &crate::import_support::options()).unwrap();
            assert_eq!(report.errors, [], "{format:?}");
            assert_eq!(all(&desk), all(&copy), "{format:?}");
        }
    }
}

#[test]
fn a_header_of_another_name_is_mapped_to_a_column_of_the_layout() {
    let text = sample("kintone-customers.csv").replacen("顧客コード", "管理番号", 1);
    let desk = Desk::new();
    let report = desk.import("台帳.csv", &text);
    assert_eq!(faults(&report), [(1, None, "profile_mismatch")], "{report:?}");
    let message = report.errors[0].message.text(Lang::En);
    assert!(
        message.contains("kintone-customers") && message.contains("--map HEADER=顧客コード"),
        "{message}"
    );
    for settings in [
        mapped(&[("管理番号", "顧客コード")]),
        mapped(&[("管理番号", "customer_code")]),
        ImportSettings {
            profile: Some(Arc::new(profile::by_name("kintone-customers").unwrap().clone())),
            ..mapped(&[("管理番号", "顧客コード")])
        },
    ] {
        let desk = Desk::new();
        let report = desk.import_with("台帳.csv", &text, &settings);
        let first = settings.map[0].1.as_str();
        if first == "customer_code" {
            // Every data set of the layout needs the column: only the layout's name says it for all of them.
            assert_eq!(faults(&report), [(1, None, "profile_mismatch")], "{report:?}");
            continue;
        }
        assert_eq!(report.files[0].profile, "kintone-customers", "{report:?}");
        assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C-0001", "C-0002"]);
        assert_eq!(desk.rows(&CONTACTS).len(), 2);
    }
}

#[test]
fn map_overrides_a_column_of_that_name() {
    let text = "得意先コード,得意先名,TEL,旧コード\n000001,㈱甲,03-1234-5678,A1\n";
    let desk = Desk::new();
    let report = desk.import_with("一覧.csv", text, &mapped(&[("旧コード", "顧客コード")]));
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["A1"], "{report:?}");
    assert!(
        report.warnings.iter().any(|warning| warning.message.text(Lang::En).contains("得意先コード")),
        "{report:?}"
    );
    // A column of the data set that the layout does not have.
    let desk = Desk::new();
    desk.import_with("一覧.csv", text, &mapped(&[("旧コード", "price_list")]));
    assert_eq!(desk.column(&CUSTOMERS, "price_list"), ["A1"]);
    let report = desk.import_with("一覧.csv", text, &mapped(&[("旧コード", "nowhere")]));
    assert_eq!(faults(&report), [(1, None, "unknown_column")], "{report:?}");
}

#[test]
fn a_mapped_header_missing_from_all_files_is_named() {
    let desk = Desk::new();
    let text = "customer_code,customer_name\n000001,㈱甲\n";
    let report = desk.import_with("customers.csv", text, &mapped(&[("略号", "short_name")]));
    assert_eq!(faults(&report), [(1, None, "unknown_column")], "{report:?}");
    assert!(report.errors[0].message.text(Lang::En).contains("略号"), "{report:?}");
    assert!(desk.rows(&CUSTOMERS).is_empty());
    // Of several files one is enough.
    let paths = [
        desk.file("customers.csv", text),
        desk.file("contacts.csv", "customer_code,phone,備忘\n000001,03-1234-5678,x\n"),
    ];
    let settings = mapped(&[("備忘", "note")]);
    let report =
        import_files(&desk.store, &paths, &crate::import_support::options(), &settings, &mut |_| {}).unwrap();
    assert_eq!(report.errors, []);
    assert_eq!(desk.column(&CONTACTS, "note"), ["x"]);
}

#[test]
fn a_file_that_lacks_one_needed_header_is_not_native() {
    let head = profile::by_name("pca-sales").unwrap().columns[..53].join(",");
    let body: Vec<String> = sample("pca-sales-53.csv").lines().map(str::to_owned).collect();
    let body = body.iter().filter(|line| !line.contains("売上金額")).map(|line| format!("{line}\n"));
    let text = format!("{}\n{}", head.replacen("売上金額", "金額", 1), body.collect::<String>());
    let desk = Desk::new();
    let report = desk.import("売上.csv", &text);
    assert_eq!(faults(&report), [(1, None, "profile_mismatch")], "{report:?}");
    let message = report.errors[0].message.text(Lang::En);
    assert!(message.contains("pca-sales") && message.contains("--map 金額=売上金額"), "{message}");
    assert!(desk.rows(&SALES).is_empty());
    let report = desk.import_with("売上.csv", &text, &mapped(&[("金額", "売上金額")]));
    assert_eq!(entries(&report), [("sales", "pca-sales", 5)]);
    // What our own reading takes as a whole is ours, though it has most of a layout's headers.
    let desk = Desk::new();
    let text = "案件番号,顧客コード,案件名,見込金額\nD1,000001,提案,1000\n";
    assert_eq!(desk.import("案件.csv", text).files[0].profile, "native");
}

#[test]
fn english_labels_are_headers_and_messages_name_columns_by_them() {
    let desk = Desk::new();
    let text = "Order number,Customer code,Order date,Order amount\nO1,000001,2026-04-01,1000\n";
    let report = desk.import("a.csv", text);
    assert_eq!(entries(&report), [("orders", "native", 1)], "{report:?}");
    let report = desk.import("orders.csv", "Customer code,Order date\n000001,2026-04-01\n");
    assert_eq!(faults(&report), [(1, Some("order_no"), "missing_column")], "{report:?}");
    let message = &report.errors[0].message;
    let english = message.text(Lang::En);
    assert!(english.contains("\"order number\"") && english.contains("--map HEADER=order_no"), "{english}");
    assert!(message.text(Lang::Ja).contains("--map 見出し=受注番号"), "{message:?}");
}

#[test]
fn ambiguous_headers_of_customers_and_contacts_are_not_guessed() {
    let desk = Desk::new();
    let text = "顧客コード,氏名,TEL\n000001,山田,03-1234-5678\n";
    let report = desk.import("名簿.csv", text);
    assert_eq!(faults(&report), [(1, None, "ambiguous_dataset")], "{report:?}");
    let message = report.errors[0].message.text(Lang::En);
    assert!(
        message.contains("customers")
            && message.contains("contacts")
            && message.contains("--map 氏名=顧客名")
    );
    let settings = ImportSettings {
        profile: Some(Arc::new(profile::by_name("customer-list").unwrap().clone())),
        ..mapped(&[("氏名", "顧客名")])
    };
    let report = desk.import_with("名簿.csv", text, &settings);
    assert_eq!(report.errors, []);
    assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["山田"]);
    assert_eq!(desk.column(&CONTACTS, "phone"), ["03-1234-5678"]);
    // The file's name, or a column that contacts alone have, tells.
    let desk = Desk::new();
    assert_eq!(entries(&desk.import("contacts.csv", text)), [("contacts", "native", 1)]);
    let desk = Desk::new();
    let text = "顧客コード,氏名,用途,TEL\n000001,山田,請求,03-1234-5678\n";
    assert_eq!(entries(&desk.import("名簿.csv", text)), [("contacts", "native", 1)]);
}

#[test]
fn a_two_digit_year_is_refused_and_the_layout_still_detected() {
    let text = sample("yayoi-sales-59.tsv");
    let desk = Desk::new();
    let short = text.replacen("20251121", "25/11/21", 1);
    assert_ne!(short, text);
    let report = desk.import("uriage.txt", &short);
    assert!(report.files.iter().all(|file| file.profile == "yayoi-sales-59"), "{report:?}");
    assert_eq!(faults(&report), [(1, Some("sold_on"), "invalid_date")], "{report:?}");
    // When the first row does not match, the message names the layouts of that width.
    let desk = Desk::new();
    let report = desk.import("uriage.txt", text.replacen("20251121", "昨日", 1));
    assert!(
        report.files.is_empty()
            && report.errors[0].message.text(Lang::En).contains("--profile yayoi-sales-59"),
        "{report:?}"
    );
}

#[test]
fn codes_that_a_spreadsheet_rounded_and_impossible_years_are_refused() {
    let desk = Desk::new();
    for code in ["1.23E+5", "4.9E+12", "1E+05", "１．２３Ｅ＋５"] {
        let report = desk.import("customers.csv", format!("customer_code,customer_name\n{code},㈱甲\n"));
        assert_eq!(faults(&report), [(2, Some("customer_code"), "damaged_code")], "{code}");
    }
    for code in ["1E5", "12E+3", "A1.2E+5", "1.E+5", "E+5", "1.23E+"] {
        let report = desk.import("customers.csv", format!("customer_code,customer_name\n{code},㈱甲\n"));
        assert_eq!(report.errors, [], "{code}");
    }
    let sale = |day: &str| format!("slip_no,line_no,sold_on,customer_code,amount\nS1,1,{day},C1,1\n");
    for day in ["1868-01-25", "1899-12-31", "2199-12-31", "9999-12-31", "明治1年9月8日"] {
        assert_eq!(desk.import("sales.csv", sale(day)).errors, [], "{day}");
    }
    for day in ["1867-12-31", "2200-01-01", "9999-12-30", "9998-12-31", "0205-01-01", "29251121"] {
        let report = desk.import("sales.csv", sale(day));
        assert_eq!(faults(&report), [(2, Some("sold_on"), "invalid_date")], "{day}");
    }
}
