//! Files whose rows cannot be taken apart: the bad row is refused alone, the good ones go in.

use crate::import_support::{Desk, counts, faults, options};
use proptest::prelude::*;
use shared::dataset::{CUSTOMERS, PRODUCTS, SALES};
use shared::import::{COLUMNS_MAX, ImportError, ImportSettings, ROW_BYTES_MAX, import_files};
use shared::label::Lang;

const GOOD: &str = "product_code,product_name\nP1,茶\nP2,酒\nP3,水\n";

#[test]
fn a_plain_file_is_imported_and_again_changes_nothing() {
    let desk = Desk::new();
    assert_eq!(counts(&desk.import("products.csv", GOOD)), (3, 3, 0, 0, 0));
    assert_eq!(counts(&desk.import("products.csv", GOOD)), (3, 0, 0, 3, 0));
    assert_eq!(counts(&desk.import("products.csv", GOOD.replace("酒", "麦酒"))), (3, 0, 1, 2, 0));
    assert_eq!(desk.column(&PRODUCTS, "product_name"), ["茶", "麦酒", "水"]);
}

#[test]
fn line_ends_blank_lines_and_end_marks_of_every_kind() {
    for content in [
        GOOD.replace('\n', "\r\n"),
        GOOD.trim_end().to_owned(),
        GOOD.replace("\nP2", "\n\n\n  \nP2"),
        format!("{GOOD}\u{1A}"),
        format!("{GOOD}\0\0\0"),
        format!("\n\r\n{GOOD}"),
        GOOD.replace("茶\n", "茶,,\n"),
    ] {
        let desk = Desk::new();
        let report = desk.import("products.csv", &content);
        assert_eq!(counts(&report), (3, 3, 0, 0, 0), "{content:?}: {report:?}");
    }
}

#[test]
fn wrong_column_counts_are_refused_with_line_and_row() {
    let desk = Desk::new();
    let report =
        desk.import("products.csv", "product_code,product_name\r\nP1,茶\r\nP2\r\nP3,水,x\r\nP4,塩\r\n");
    assert_eq!(faults(&report), [(3, None, "column_count"), (4, None, "column_count")]);
    assert_eq!(report.errors[1].raw, "P3,水,x");
    assert_eq!(counts(&report), (4, 2, 0, 0, 2));
    assert!(report.refused_any());
}

#[test]
fn a_stray_quote_refuses_only_its_row() {
    let desk = Desk::new();
    let report = desk.import("products.csv", "product_code,product_name\nP1,茶\nP2,\"酒\nP3,水\nP4,塩\n");
    assert_eq!(faults(&report), [(3, None, "unclosed_quote")]);
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P1", "P3", "P4"]);
    // Two stray quotes make one cell of the rows between them.
    let desk = Desk::new();
    let report =
        desk.import("products.csv", "product_code,product_name\nP1,\"茶\nP2,酒\nP3,水\"x\nP4,塩,\nP5,酢\n");
    assert!(
        desk.column(&PRODUCTS, "product_code").ends_with(&["P4".to_owned(), "P5".to_owned()]),
        "{report:?}"
    );
}

#[test]
fn a_cell_over_several_lines_is_one_cell_and_lines_are_counted_on() {
    let desk = Desk::new();
    let content =
        "product_code,product_name,advice\nP1,茶,\"冷やして,\r\n飲む \"\"と良い\"\"\"\nP2,,\nP3,水,\n";
    let report = desk.import("products.csv", content);
    assert_eq!(faults(&report), [(4, Some("product_name"), "required")]);
    assert_eq!(desk.column(&PRODUCTS, "advice")[0], "冷やして,\r\n飲む \"と良い\"");
}

#[test]
fn a_truncated_file_keeps_its_complete_rows() {
    let whole =
        "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,C1,100\nS2,1,2026-10-02,C1,200\n";
    for length in whole.len() - 24..whole.len() - 4 {
        let desk = Desk::new();
        let report = desk.import("sales.csv", &whole[..length]);
        let (read, new, _, _, refused) = counts(&report);
        assert!(read == 2 && new == 1 && refused == 1 || read == 1 && new == 1, "{length}: {report:?}");
    }
}

#[test]
fn nul_bytes_inside_a_row_refuse_it() {
    let desk = Desk::new();
    let report = desk.import("products.csv", b"product_code,product_name\nP1,a\0b\nP2,c\x08\nP3,d\n");
    assert_eq!(faults(&report), [(2, None, "control_character"), (3, None, "control_character")]);
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P3"]);
}

#[test]
fn a_cell_of_ten_megabytes_is_refused_alone() {
    let desk = Desk::new();
    for quote in ["", "\""] {
        let long = "あ".repeat(10 << 20);
        let content = format!("product_code,product_name\nP1,茶\nP2,{quote}{long}{quote}\nP3,水\n");
        let report = desk.import("products.csv", content);
        assert_eq!(faults(&report), [(3, None, "row_too_large")]);
        assert!(report.errors[0].raw.len() < 10_000);
        assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P1", "P3"]);
    }
}

#[test]
fn a_row_at_the_limit_is_split_and_its_cell_checked() {
    let desk = Desk::new();
    let name = "x".repeat(ROW_BYTES_MAX - 4);
    let report = desk.import("products.csv", format!("product_code,product_name\nP1,{name}\nP2,y\n"));
    assert_eq!(faults(&report), [(2, Some("product_name"), "too_long")]);
    let report = desk.import("products.csv", format!("product_code,product_name\nP1,{name}xx\nP2,y\n"));
    assert_eq!(faults(&report), [(2, None, "row_too_large")]);
}

#[test]
fn ten_thousand_columns_are_refused_in_a_row_and_in_the_header() {
    let desk = Desk::new();
    let wide = ",".repeat(10_000);
    let report = desk.import("products.csv", format!("product_code,product_name\nP1,{wide}\nP2,酒\n"));
    assert_eq!(faults(&report), [(2, None, "row_too_large")]);
    let report = desk.import("products.csv", format!("product_code,product_name{wide}\nP1,茶\n"));
    assert_eq!(faults(&report), [(1, None, "row_too_large")]);
    let spare: String = (0..COLUMNS_MAX - 2).map(|at| format!(",x{at}")).collect();
    let cells = ",".repeat(COLUMNS_MAX - 2);
    let report = desk.import("products.csv", format!("product_code,product_name{spare}\nP1,茶{cells}\n"));
    assert_eq!(counts(&report).1, 1, "{report:?}");
}

#[test]
fn empty_and_unknown_files_are_reported() {
    let desk = Desk::new();
    assert_eq!(faults(&desk.import("products.csv", "")), [(1, None, "empty_file")]);
    assert_eq!(faults(&desk.import("products.csv", "\n\n")), [(1, None, "empty_file")]);
    assert_eq!(faults(&desk.import("whatever.csv", "a,b\n1,2\n")), [(1, None, "unknown_dataset")]);
    assert_eq!(
        faults(&desk.import("whatever.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
        [(1, None, "unknown_dataset")]
    );
    assert_eq!(counts(&desk.import("products.csv", "product_code,product_name\n")), (0, 0, 0, 0, 0));
}

#[test]
fn paths_that_cannot_be_read_end_the_import_before_anything_is_written() {
    let desk = Desk::new();
    let good = desk.file("products.csv", GOOD);
    let missing = desk.folder.path().join("none.csv");
    let failed = desk.import_paths(&[good, missing], &options()).unwrap_err();
    assert!(
        matches!(&failed, ImportError::Unreadable { path, .. } if path.ends_with("none.csv")),
        "{failed}"
    );
    assert!(desk.rows(&PRODUCTS).is_empty());
    let empty = desk.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let failed = desk.import_paths(&[empty], &options()).unwrap_err();
    assert!(matches!(failed, ImportError::EmptyFolder(_)), "{failed}");
}

#[test]
fn a_folder_is_imported_in_the_order_of_dependency() {
    let desk = Desk::new();
    desk.file(
        "in/sales.csv",
        "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,C1,100\nS2,1,2026-10-01,C9,1\n",
    );
    desk.file("in/customers.csv", "customer_code,customer_name\nC1,赤木\n");
    desk.file("in/readme.txt", "not for import");
    let report = desk.import_path(&desk.folder.path().join("in"));
    let order: Vec<&str> = report.files.iter().map(|file| file.dataset.as_str()).collect();
    assert_eq!(order, ["customers", "sales"]);
    assert_eq!((desk.rows(&CUSTOMERS).len(), desk.rows(&SALES).len()), (1, 2));
    let [text, warning] = report.warnings.as_slice() else { panic!("{report:?}") };
    assert_eq!(text.code, "passed_over", "a text in a folder may be something else");
    assert_eq!((warning.code, warning.line, warning.count), ("unknown_customer", Some(3), 1));
    assert!(warning.message.text(Lang::En).contains("C9") && !report.refused_any());
}

#[test]
fn unknown_customers_are_all_counted_however_many_there_are() {
    let desk = Desk::new();
    let rows: String =
        (0..10_050).map(|n| format!("S{n},1,2026-10-01,C{n},1\nS{n},2,2026-10-01,C{n},1\n")).collect();
    let file = desk.file("sales.csv", format!("slip_no,line_no,sold_on,customer_code,amount\n{rows}"));
    let report = desk.import_path(&file);
    let [warning] = report.warnings.as_slice() else { panic!("{report:?}") };
    assert_eq!((warning.code, warning.line, warning.count), ("unknown_customer", Some(2), 20_100));
    assert!(warning.message.text(Lang::En).starts_with("10050 customer codes"), "{warning:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever the bytes: no panic, rows reconcile, and a good row in front stays in.
    #[test]
    fn arbitrary_bytes_do_not_affect_the_rows_before_them(garbage in proptest::collection::vec(any::<u8>(), 0..300)) {
        let desk = Desk::new();
        let mut content = GOOD.as_bytes().to_vec();
        content.extend(garbage);
        let report = desk.import("products.csv", content);
        counts(&report);
        let codes = desk.column(&PRODUCTS, "product_code");
        prop_assert!(codes.contains(&"P1".to_owned()), "{:?} {:?}", codes, report);
    }
}

#[test]
fn a_dry_run_of_several_files_reports_what_the_import_then_does() {
    let year = |year: u32, amount: u32| {
        format!(
            "slip_no,line_no,sold_on,customer_code,amount\n000001,1,{year}-05-01,C1,{amount}\n000002,1,{year}-05-02,C1,{amount}\n"
        )
    };
    let desk = Desk::new();
    let files = [desk.file("sales_2024.csv", year(2024, 100)), desk.file("sales_2025.csv", year(2025, 300))];
    let import = |dry_run| {
        let settings = ImportSettings { dry_run, ..ImportSettings::default() };
        import_files(&desk.store, &files, &options(), &settings, &mut |_| {}).unwrap()
    };
    let tried = import(true);
    assert_eq!(desk.rows(&SALES).len(), 0, "a trial keeps nothing");
    let done = import(false);
    assert_eq!(tried, done);
    assert_eq!((done.files[0].new, done.files[1].new, done.files[1].changed), (2, 0, 2));
    let moved = done.warnings.iter().find(|warning| warning.code == "moved_rows").unwrap();
    assert_eq!((moved.file.ends_with("sales_2025.csv"), moved.line, moved.count), (true, Some(2), 2));
    assert!(moved.message.text(Lang::En).contains("000001/1"), "{}", moved.message.text(Lang::En));
    // A correction within the month is none.
    let corrected = desk.import("sales.csv", year(2025, 301).replace("-05-01", "-05-03"));
    assert!(corrected.warnings.iter().all(|warning| warning.code != "moved_rows"), "{corrected:?}");
}

/// Two quotes that were not meant make one cell of all rows between them, and the number of cells is right.
#[test]
fn stray_quotes_refuse_only_their_rows() {
    let rows: Vec<String> = (1..=300).map(|at| format!("P{at:03},品{at},個,{at}")).collect();
    let text = |change: &dyn Fn(usize, &str) -> String| {
        let rows: Vec<String> = rows.iter().enumerate().map(|(at, row)| change(at + 1, row)).collect();
        format!("product_code,product_name,unit,unit_price\n{}\n", rows.join("\n"))
    };
    let two_opened = text(&|at, row| {
        if at == 100 || at == 250 { row.replacen(",品", ",\"品", 1) } else { row.to_owned() }
    });
    let inches = text(&|at, row| match at {
        100 => row.replacen(",品100", ",\"15\"\"管", 1),
        103 => row.replacen(",品103", ",5\"", 1),
        _ => row.to_owned(),
    });
    for (content, refused) in [(two_opened, vec![101, 251]), (inches, vec![101])] {
        let desk = Desk::new();
        let report = desk.import("products.csv", &content);
        let lines: Vec<u64> = report.errors.iter().map(|error| error.line).collect();
        assert_eq!(lines, refused, "{:?}", report.errors);
        assert_eq!(desk.rows(&PRODUCTS).len(), 300 - refused.len());
    }
    // A single line within a cell may be part of a note: it is said, and the row goes in.
    let desk = Desk::new();
    let note = "product_code,product_name,unit,unit_price\nP1,\"注記:\nA,1,個,2\n以上\",個,1\nP2,茶,個,2\n";
    let report = desk.import("products.csv", note);
    assert_eq!(counts(&report), (2, 2, 0, 0, 0));
    let warned: Vec<_> = report.warnings.iter().map(|warning| (warning.code, warning.line)).collect();
    assert_eq!(warned, [("unknown_column", Some(1)), ("row_in_cell", Some(2))], "{report:?}");
    // Quotes that are meant, and notes of several lines, go in.
    let desk = Desk::new();
    let meant =
        "product_code,product_name,unit,unit_price\nP1,\"15\"\" 管\n一行,目\n二行目\",個,1\nP2,5\"管,個,2\n";
    assert_eq!(counts(&desk.import("products.csv", meant)), (2, 2, 0, 0, 0));
}
