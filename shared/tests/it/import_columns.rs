//! Columns that used to be dropped, or taken for others, without a word.

use crate::import_support::{Desk, counts, faults, in_both_languages};
use shared::dataset::{CONTACTS, CUSTOMERS, PRODUCTS, SALES};
use shared::import::{ImportReport, ImportSettings};
use shared::label::Lang;

fn codes(report: &ImportReport) -> Vec<&'static str> {
    report.warnings.iter().map(|warning| warning.code).collect()
}

fn with_map(pairs: &[(&str, &str)], extend: bool) -> ImportSettings {
    let map = pairs.iter().map(|(header, column)| ((*header).to_owned(), (*column).to_owned())).collect();
    ImportSettings { map, extend, ..ImportSettings::default() }
}

#[test]
fn a_second_column_that_a_layout_takes_for_one_is_named() {
    let head = "顧客コード,顧客名,代表電話番号,電話番号,住所,所在地,備考,メモ,メール,E-mail";
    let row = "000101,青葉商店,03-1234-5601,03-9999-0001,東京都千代田区千代田1-1,大阪府大阪市北区梅田2-2,掛売,午前配達,\
               info@example.com,order@example.com";
    let desk = Desk::new();
    let report = desk.import("顧客リスト.csv", format!("{head}\n{row}\n"));
    assert_eq!(report.errors, [], "{report:?}");
    let unknown = report.warnings.iter().find(|warning| warning.code == "unknown_column").unwrap();
    for name in ["電話番号", "所在地", "メモ", "E-mail"] {
        assert!(unknown.message.text(Lang::Ja).contains(name), "{name}: {unknown:?}");
    }
    assert_eq!(unknown.count, 4);
    // The same header twice, as below two titles.
    let desk = Desk::new();
    let text = "顧客コード,顧客名,郵便番号,住所,TEL,郵便番号,住所,TEL\n000101,青葉商店,100-0001,東京都千代田区1,03-1234-5601,\
                160-0022,東京都新宿区2,03-9999-5601\n";
    let report = desk.import("一覧.csv", text);
    let unknown = report.warnings.iter().find(|warning| warning.code == "unknown_column").unwrap();
    assert_eq!(unknown.count, 3, "{unknown:?}");
    // Each as a field of its own.
    let report = desk.import_with("一覧2.csv", format!("{head}\n{row}\n"), &with_map(&[], true));
    assert_eq!(report.errors, []);
    assert_eq!(report.files.last().unwrap().read, 4, "{report:?}");
}

#[test]
fn two_headers_for_one_column_are_refused() {
    let desk = Desk::new();
    let text = "customer_code,customer_name,a,b\nC1,x,1,2\n";
    let report =
        desk.import_with("customers.csv", text, &with_map(&[("a", "industry"), ("b", "業種")], false));
    assert_eq!(faults(&report), [(1, Some("industry"), "duplicate_column")], "{report:?}");
    let report =
        desk.import_with("customers.csv", text, &with_map(&[("a", "industry"), ("b", "industry")], false));
    assert_eq!(faults(&report), [(1, Some("industry"), "duplicate_column")], "{report:?}");
    assert_eq!(desk.rows(&CUSTOMERS).len(), 0);
    in_both_languages(&report.errors[0]);
}

#[test]
fn amounts_in_thousands_are_never_taken_as_yen() {
    let head = "slip_no,line_no,sold_on,customer_code,amount";
    let row = "S1,1,2026-10-01,C1,2940";
    let file = |above: &str, below: &str| format!("{above}{head}\n{below}{row}\n");
    for (text, line) in [
        (file("売上明細表,,,(単位:千円),\n", ""), 1),
        (file("売上明細表\n\n（単位　百万円・税抜）\n", ""), 3),
        (file("千円\n", ""), 1),
        (file("金額単位：千円\n", ""), 1),
        (file("", ",,,,千円\n"), 2),
        (file("Unit,thousand yen\n", ""), 1),
    ] {
        let desk = Desk::new();
        let report = desk.import("sales.csv", &text);
        assert_eq!(faults(&report), [(line, None, "amount_unit")], "{text}");
        assert_eq!(desk.rows(&SALES).len(), 0, "{text}");
        in_both_languages(&report.errors[0]);
    }
    // The header of the amount says it, and --map does not change what it means.
    let desk = Desk::new();
    let text = file("", "").replace("amount", "金額(千円)");
    let report = desk.import_with("sales.csv", &text, &with_map(&[("金額(千円)", "amount")], false));
    assert_eq!(faults(&report), [(1, None, "amount_unit")], "{report:?}");
    // Yen, a sentence that is no unit, and a column that is not used.
    for text in [
        file("(単位:円)\n", ""),
        file("5千円の会 売上明細\n", ""),
        file("", "").replace("amount", "amount,予算(千円)").replace("2940", "2940,3"),
        file("", "").replace("amount", "amount,note").replace("2940", "2940,単位:千円で見積"),
    ] {
        let desk = Desk::new();
        let report = desk.import("sales.csv", &text);
        assert_eq!(faults(&report), [], "{text}");
        assert_eq!(desk.rows(&SALES).len(), 1, "{text}");
    }
    // No amounts at all.
    let report = Desk::new().import("customers.csv", "(単位:千円),\ncustomer_code,customer_name\nC1,a\n");
    assert_eq!((faults(&report), report.files[0].new), (vec![], 1), "{report:?}");
    // A profile that multiplies has said what they are.
    let profile = shared::profile::parse(
        "thousands.toml",
        r#"
        name = "thousands"
        title = "thousands"
        about = "made up"
        columns = ["番号", "日付", "客", "売上(千円)"]
        [detect]
        headers = ["番号", "売上(千円)"]
        [[dataset]]
        name = "sales"
        [dataset.columns]
        slip_no = "番号"
        line_no = { const = "1" }
        sold_on = "日付"
        customer_code = "客"
        amount = { from = "売上(千円)", factor = 1000 }
        "#,
    );
    let settings =
        ImportSettings { profile: Some(std::sync::Arc::new(profile.unwrap())), ..ImportSettings::default() };
    let desk = Desk::new();
    let text = "単位:千円\n番号,日付,客,売上(千円)\nS1,2026-10-01,C1,2.94\n";
    assert_eq!(faults(&desk.import_with("till.csv", text, &settings)), []);
    assert_eq!(desk.column(&SALES, "amount"), ["29400000"]);
}

#[test]
fn a_file_of_ranks_changes_customers() {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name,rank\nC1,a,B\nC2,b,\n");
    let report = desk.import("ランク更新.csv", "顧客コード,顧客ランク\nC1,A\nC2,C\nC3,A\n");
    assert_eq!(report.files[0].dataset, "customers", "{report:?}");
    assert_eq!(counts(&report), (3, 0, 2, 0, 1));
    assert_eq!(faults(&report), [(4, Some("customer_name"), "missing_column")]);
    assert_eq!(desk.column(&CUSTOMERS, "rank"), ["A", "C"]);
    assert_eq!(desk.rows(&CONTACTS), Vec::<Vec<String>>::new());
    // New rows are refused, with one error for all of them.
    let report = desk.import("ランク更新.csv", "顧客コード,顧客ランク\nC1,A\nC7,C\nC8,A\nC9,A\n");
    assert_eq!(
        (faults(&report).as_slice(), report.files[0].refused),
        (&[(3, Some("customer_name"), "missing_column")][..], 3)
    );
    assert!(report.errors[0].message.text(Lang::En).contains("3 rows"), "{report:?}");
    in_both_languages(&report.errors[0]);
    // Which of the two is meant?
    let report = desk.import("更新.csv", "顧客コード,電話番号,顧客ランク\nC1,03-1234-5678,A\n");
    assert_eq!(faults(&report), [(1, None, "ambiguous_dataset")], "{report:?}");
    let message = report.errors[0].message.text(Lang::En);
    assert!(message.contains("customers") && message.contains("contacts"), "{message}");
    in_both_languages(&report.errors[0]);
    let report = desk.import("電話.csv", "顧客コード,電話番号\nC1,03-1234-5678\n");
    assert_eq!(report.files[0].dataset, "contacts", "{report:?}");
}

#[test]
fn passwords_are_dropped_whatever_is_asked_for() {
    for header in ["パスワード", "pass", "login_pwd", "PW", "暗証番号", "PIN"] {
        for (settings, name) in [
            (with_map(&[], false), "plain"),
            (with_map(&[], true), "extend"),
            (with_map(&[(header, "remarks")], false), "map"),
            (with_map(&[(header, "備考")], true), "both"),
        ] {
            let desk = Desk::new();
            let text = format!("customer_code,customer_name,{header}\nC1,x,hunter2\n,y,hunter2\n");
            let report = desk.import_with("customers.csv", text, &settings);
            assert_eq!(counts(&report), (2, 1, 0, 0, 1), "{header} {name}: {report:?}");
            assert!(!desk.rows(&CUSTOMERS).concat().contains(&"hunter2".to_owned()), "{header} {name}");
            let shown = serde_json::to_string(&report.in_lang(Lang::En)).unwrap();
            assert!(!shown.contains("hunter2") && shown.contains("***"), "{header} {name}: {shown}");
            // A layout as well.
            let text = format!("顧客コード,顧客名,TEL,{header}\nC1,x,03-1234-5678,hunter2\n");
            let settings = ImportSettings { map: Vec::new(), ..settings };
            let report = desk.import_with("一覧.csv", text, &settings);
            assert!(codes(&report).contains(&"unknown_column"), "{header} {name}: {report:?}");
        }
    }
    let hash = "$2y$10$abcdefghijklmnopqrstuvwxyz";
    for settings in [with_map(&[], true), with_map(&[("メモ", "remarks")], false)] {
        let desk = Desk::new();
        let text = format!("customer_code,customer_name,メモ\nC1,x,\nC2,y,{hash}\n,z,{hash}\n");
        let report = desk.import_with("customers.csv", text, &settings);
        assert_eq!(counts(&report), (3, 2, 0, 0, 1), "{report:?}");
        assert!(!serde_json::to_string(&report.in_lang(Lang::En)).unwrap().contains("$2y$"), "{report:?}");
        assert_eq!(desk.column(&CUSTOMERS, "remarks"), ["NULL", "NULL"]);
    }
}

#[test]
fn codes_that_lost_their_zeros_are_a_warning_before_anything_is_written() {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name\n000101,a\n000102,b\n7,c\n");
    let text = "customer_code,customer_name\n101,a\n102.0,b\n7,c\n000101,a\n103,d\n";
    let settings = ImportSettings { dry_run: true, ..ImportSettings::default() };
    for report in [desk.import_with("customers-2.csv", text, &settings), desk.import("customers-2.csv", text)]
    {
        let [warning] = report.warnings.as_slice() else { panic!("{report:?}") };
        assert_eq!((warning.code, warning.line, warning.count), ("similar_codes", Some(2), 2), "{report:?}");
        let message = warning.message.text(Lang::Ja);
        assert!(message.contains("101") && message.contains("000101"), "{message}");
    }
    desk.import("products.csv", "product_code,product_name\n0010,茶\n");
    assert_eq!(
        codes(&desk.import("products-2.csv", "product_code,product_name\n10,茶\n0010,茶\n")),
        ["similar_codes"]
    );
    assert_eq!(desk.rows(&PRODUCTS).len(), 2);
}

#[test]
fn a_row_of_a_master_that_repeats_an_earlier_one_is_counted() {
    let desk = Desk::new();
    let text = "customer_code,customer_name,industry\nC1,a,x\nC2,b,y\nC1,a,x\nC2,b,z\nＣ1,a,x\n";
    let report = desk.import("customers.csv", text);
    assert_eq!(faults(&report), [(5, None, "duplicate_key")], "{report:?}");
    assert_eq!((report.files[0].read, report.files[0].new, report.files[0].skipped), (5, 2, 2));
    assert_eq!(desk.column(&CUSTOMERS, "industry"), ["x", "y"]);
    // What differs in a field of the company's own is not the same row.
    let text = "customer_code,customer_name,靴\nC1,a,1\nC1,a,2\nC1,a,1\n";
    let report = desk.import_with("customers.csv", text, &with_map(&[], true));
    assert_eq!(faults(&report), [(3, None, "duplicate_key")], "{report:?}");
    assert_eq!(report.files[0].skipped, 1);
    // Two equal lines of sales are two, or a mistake.
    let head = "slip_no,line_no,sold_on,customer_code,amount";
    let report = desk.import("sales.csv", format!("{head}\nS1,1,2026-10-01,C1,5\nS1,1,2026-10-01,C1,5\n"));
    assert_eq!(faults(&report), [(3, None, "duplicate_key")]);
    assert_eq!(desk.rows(&SALES).len(), 1);
}
