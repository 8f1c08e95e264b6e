//! How files are written: delimiters, encodings, titles above the header, sheets of workbooks.

use std::io::Write as _;
use std::process::Command;

use crate::import_support::{Desk, counts, faults, options};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use shared::dataset::{CUSTOMERS, PRODUCTS, SALES};
use shared::encoding::{Encoding, encode_cp932};
use shared::import::{COLUMNS_MAX, ImportError, ImportProgress, ImportSettings, import_files};
use shared::label::Lang;

const HEAD: &str = "伝票番号,行番号,売上日,顧客コード,金額,商品名\n";

fn sales(between: char) -> String {
    let rows = format!("{HEAD}S1,1,2026/10/01,C1,\"1,000\",\"茶; 緑\t茶\"\nS2,1,2026/10/02,C1,▲300,酒\n");
    let mut quoted = false;
    let swap = |c: char| {
        quoted ^= c == '"';
        if c == ',' && !quoted { between } else { c }
    };
    rows.chars().map(swap).collect()
}

#[test]
fn the_delimiter_is_found_by_content() {
    for (between, name) in [(',', "csv"), ('\t', "tsv"), (';', "csv"), (' ', "txt"), ('\t', "csv")] {
        let desk = Desk::new();
        let report = desk.import(&format!("sales.{name}"), sales(between));
        assert_eq!(counts(&report), (2, 2, 0, 0, 0), "{between:?}: {report:?}");
        assert_eq!(desk.column(&SALES, "amount"), ["10000000", "-3000000"], "{between:?}");
        assert_eq!(desk.column(&SALES, "product_name")[0], "茶; 緑\t茶", "{between:?}");
        // An unknown name is no hindrance.
        let desk = Desk::new();
        assert_eq!(desk.import(&format!("データ.{name}"), sales(between)).files[0].dataset, "sales");
    }
}

#[test]
fn a_given_delimiter_is_used() {
    let desk = Desk::new();
    let settings = ImportSettings { delimiter: Some(b';'), ..ImportSettings::default() };
    let report = desk.import_with("sales.csv", sales(','), &settings);
    assert_eq!(faults(&report)[0].2, "missing_column", "read as one column: {report:?}");
    assert_eq!(counts(&desk.import_with("sales.csv", sales(';'), &settings)), (2, 2, 0, 0, 0));
}

#[test]
fn titles_above_the_header_and_an_empty_column_in_front() {
    let desk = Desk::new();
    let content =
        "得意先リスト,,\n2026年10月31日現在,,\n\n,顧客コード,顧客名,フリガナ\n,00001,赤木,ｱｶｷﾞ\n,,名無し,\n";
    let report = desk.import("customers.csv", [b"\xEF\xBB\xBF", content.as_bytes()].concat());
    assert_eq!(faults(&report), [(6, Some("customer_code"), "required")], "{report:?}");
    assert_eq!(counts(&report), (2, 1, 0, 0, 1));
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["00001"]);
}

#[test]
fn utf16_without_a_mark_and_given_encodings() {
    let content = "customer_code,customer_name\nC1,㈱髙﨑商店～\n";
    let utf16 = |big: bool| -> Vec<u8> {
        content
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    for (bytes, name) in [(utf16(false), "UTF-16LE"), (utf16(true), "UTF-16BE")] {
        let desk = Desk::new();
        let report = desk.import("customers.csv", bytes);
        assert_eq!((counts(&report), report.files[0].encoding.as_str()), ((1, 1, 0, 0, 0), name));
        assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["㈱髙﨑商店～"]);
    }
    let desk = Desk::new();
    let settings = ImportSettings { encoding: Some(Encoding::Utf8), ..ImportSettings::default() };
    let report = desk.import_with("customers.csv", encode_cp932(content).unwrap(), &settings);
    assert_eq!(faults(&report), [(2, Some("customer_name"), "encoding")], "what is given holds: {report:?}");
}

#[test]
fn an_ambiguous_encoding_is_refused_or_reported() {
    // Four half-width kana, or two letters of EUC-JP.
    let content = [b"product_code,product_name\nP1,".as_slice(), b"\xC6\xCB\xCB\xDC\n"].concat();
    let desk = Desk::new();
    let report = desk.import("products.csv", &content);
    assert_eq!(faults(&report), [(1, None, "ambiguous_encoding")]);
    let message = report.errors[0].message.text(Lang::En);
    assert!(message.contains("EUC-JP") && message.contains("--encoding cp932"), "{message}");
    for (encoding, name) in [(Encoding::Cp932, "ﾆﾋﾋﾜ"), (Encoding::EucJp, "橡本")] {
        let settings = ImportSettings { encoding: Some(encoding), ..ImportSettings::default() };
        assert_eq!(desk.import_with("products.csv", &content, &settings).warnings, []);
        assert_eq!(desk.column(&PRODUCTS, "product_name"), [name]);
    }
    // Kana in the order of kana.
    let kana = encode_cp932("product_code,product_name\nP1,ﾁｬ\n").unwrap();
    let report = Desk::new().import("products.csv", kana);
    assert_eq!(report.warnings.first().map(|warning| warning.code), Some("ambiguous_encoding"), "{report:?}");
}

#[test]
fn mapped_columns_win_and_unknown_columns_are_reported() {
    let desk = Desk::new();
    let settings = ImportSettings {
        map: vec![("ｺｰﾄﾞ".to_owned(), "customer_code".to_owned()), ("屋号".to_owned(), "顧客名".to_owned())],
        ..ImportSettings::default()
    };
    let report =
        desk.import_with("customers.csv", "コード,屋号,顧客名,色\nC1,赤木商店,赤木太郎,赤\n", &settings);
    assert_eq!(counts(&report), (1, 1, 0, 0, 0), "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["赤木商店"]);
    assert_eq!(report.warnings[0].code, "unknown_column");
    assert!(report.warnings[0].message.text(Lang::En).contains("顧客名, 色"), "{:?}", report.warnings);
    let wrong =
        ImportSettings { map: vec![("色".to_owned(), "colour".to_owned())], ..ImportSettings::default() };
    let report = desk.import_with("customers.csv", "顧客コード,顧客名,色\nC1,赤木,赤\n", &wrong);
    assert_eq!(faults(&report), [(1, None, "unknown_column")]);
}

#[test]
fn a_dry_run_reports_the_same_and_writes_nothing() {
    let desk = Desk::new();
    let customers = desk.file("in/customers.csv", "customer_code,customer_name\nC1,赤木\n,x\n");
    desk.file("in/sales.csv", sales(','));
    let folder = [customers.parent().unwrap().to_owned()];
    let trial = ImportSettings { dry_run: true, ..ImportSettings::default() };
    let import = |settings: &ImportSettings| {
        import_files(&desk.store, &folder, &crate::import_support::options(), settings, &mut |_| {}).unwrap()
    };
    let tried = import(&trial);
    assert!(desk.rows(&CUSTOMERS).is_empty() && desk.rows(&SALES).is_empty());
    assert_eq!(tried, import(&ImportSettings::default()), "the same report");
}

#[test]
fn lenient_era_accepts_years_past_the_era() {
    let desk = Desk::new();
    let content = "customer_code,customer_name,first_trade_date\nC1,赤木,平成32年4月1日\n";
    assert_eq!(faults(&desk.import("customers.csv", content))[0].2, "invalid_date");
    let lenient = ImportSettings { lenient_era: true, ..ImportSettings::default() };
    assert_eq!(counts(&desk.import_with("customers.csv", content, &lenient)), (1, 1, 0, 0, 0));
    assert_eq!(desk.column(&CUSTOMERS, "first_trade_date"), ["2020-04-01"]);
}

/// A workbook of one or more sheets.
fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_as_displayed() {
    let content = book(|workbook| {
        let day = Format::new().set_num_format("yyyy/mm/dd");
        let notes = workbook.add_worksheet().set_name("説明").unwrap();
        notes.write(0, 0, "この表について").unwrap();
        let sheet = workbook.add_worksheet().set_name("売上明細").unwrap();
        sheet.write(0, 1, "売上明細 2026年10月").unwrap();
        for (at, header) in
            ["伝票番号", "行番号", "売上日", "顧客コード", "金額", "商品名"].iter().enumerate()
        {
            sheet.write(4, 1 + u16::try_from(at).unwrap(), *header).unwrap();
        }
        let date = ExcelDateTime::parse_from_str("2025-11-21").unwrap();
        for (row, (slip, amount)) in [("S1", 0.1), ("S2", 1200.5), ("S3", 0.0)].into_iter().enumerate() {
            let row = 5 + u32::try_from(row).unwrap();
            sheet.write(row, 1, slip).unwrap();
            sheet.write(row, 2, 1).unwrap();
            sheet.write_datetime_with_format(row, 3, &date, &day).unwrap();
            sheet.write(row, 4, "00042").unwrap();
            sheet.write(row, 5, amount).unwrap();
            sheet.write(row, 6, "改行\nと\"引用\"").unwrap();
        }
        // A formula counts with the value that was kept; 0.1 + 0.2 is 0.3, and a serial is a day.
        sheet.write_formula(6, 5, Formula::new("=0.1+0.2").set_result("0.30000000000000004")).unwrap();
        sheet.write(6, 3, 45982).unwrap();
        sheet.write_formula(7, 5, Formula::new("=NA()").set_result("#N/A")).unwrap();
    });
    let desk = Desk::new();
    let report = desk.import("社内.xlsx", content);
    assert_eq!(counts(&report), (3, 2, 0, 0, 1), "{report:?}");
    assert_eq!(faults(&report)[0], (8, Some("amount"), "error_cell"), "{report:?}");
    assert!(
        report.errors[0].file.ends_with("社内.xlsx#売上明細")
            && report.errors[0].message.text(Lang::En).contains("#N/A")
    );
    assert_eq!(report.files[0].encoding, "XLSX");
    assert_eq!(desk.column(&SALES, "amount"), ["1000", "3000"]);
    assert_eq!(desk.column(&SALES, "sold_on"), ["2025-11-21", "2025-11-21"]);
    assert_eq!(desk.column(&SALES, "customer_code"), ["00042", "00042"]);
    assert_eq!(desk.column(&SALES, "product_name")[0], "改行\nと\"引用\"");
    assert!(report.warnings.iter().any(|warning| warning.code == "passed_over"), "the other sheet is named");
}

#[test]
fn one_sheet_can_be_chosen_and_several_are_all_read() {
    let content = book(|workbook| {
        for (name, code) in [("customers", "C1"), ("顧客_2", "C2"), ("空", "")] {
            let sheet = workbook.add_worksheet().set_name(name).unwrap();
            if !code.is_empty() {
                sheet.write_row(0, 0, ["顧客コード", "顧客名"]).unwrap();
                sheet.write_row(1, 0, [code, "赤木"]).unwrap();
            }
        }
    });
    let desk = Desk::new();
    let chosen = |name: &str| ImportSettings { sheet: Some(name.to_owned()), ..ImportSettings::default() };
    assert_eq!(counts(&desk.import_with("book.xlsx", &content, &chosen("顧客_2"))), (1, 1, 0, 0, 0));
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C2"]);
    let report = desk.import("book.xlsx", &content);
    assert_eq!(report.files.len(), 2, "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1", "C2"]);
    let report = desk.import_with("book.xlsx", &content, &chosen("none"));
    assert_eq!(faults(&report), [(1, None, "unknown_sheet")]);
    assert!(report.errors[0].message.text(Lang::En).contains("customers, 顧客_2"), "{report:?}");
}

#[test]
fn files_that_are_not_workbooks_and_rows_beyond_the_limits_are_refused() {
    let desk = Desk::new();
    assert_eq!(
        faults(&desk.import("book.xlsx", "product_code,product_name\n")),
        [(1, None, "broken_workbook")]
    );
    assert_eq!(faults(&desk.import("book.xlsx", "")), [(1, None, "broken_workbook")]);
    let whole = book(|workbook| {
        let sheet = workbook.add_worksheet().set_name("products").unwrap();
        sheet.write_row(0, 0, ["商品コード", "商品名"]).unwrap();
        sheet.write_row(1, 0, ["P1", "茶"]).unwrap();
        sheet.write(2, u16::try_from(COLUMNS_MAX + 5).unwrap(), "far").unwrap();
        sheet.write_row(3, 0, ["P3", "酒"]).unwrap();
    });
    let report = desk.import("book.xlsx", &whole);
    assert_eq!(faults(&report), [(3, None, "row_too_large")], "{report:?}");
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P1", "P3"]);
    for length in (0..whole.len()).step_by(97) {
        let report = desk.import("cut.xlsx", &whole[..length]);
        assert_eq!(faults(&report), [(1, None, "broken_workbook")], "{length}");
    }
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let packed =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for name in ["[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml"] {
        archive.start_file(name, packed).unwrap();
        let zeros = vec![b'0'; 1 << 20];
        for _ in 0..if name.ends_with("Strings.xml") { 64 } else { 1 } {
            archive.write_all(&zeros).unwrap();
        }
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    let desk = Desk::new();
    let report = desk.import("bomb.xlsx", &bomb);
    assert_eq!(faults(&report), [(1, None, "broken_workbook")]);
    assert!(report.errors[0].message.text(Lang::En).contains("sharedStrings.xml unpacks"), "{report:?}");
    // The declared sizes may be false: the sizes are set to something harmless.
    let size = (64_u32 << 20).to_le_bytes();
    let mut lie = bomb;
    while let Some(at) = lie.windows(4).position(|bytes| bytes == size) {
        lie[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    assert_eq!(faults(&desk.import("lie.xlsx", &lie)), [(1, None, "broken_workbook")]);
}

#[test]
fn unreadable_files_in_a_folder_are_reported() {
    let desk = Desk::new();
    desk.file("in/products.csv", "product_code,product_name\nP1,茶\n");
    desk.file("in/old.xls", [0xD0, 0xCF, 0x11, 0xE0]);
    desk.file("in/2024.csv/sales.csv", "slip_no,sold_on\n");
    desk.file("in/~$open.xlsx", "");
    let pipe = desk.folder.path().join("in/pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let report = desk.import_path(&desk.folder.path().join("in"));
    assert_eq!((report.errors.len(), report.files.len()), (0, 1), "{report:?}");
    let mut passed: Vec<&str> =
        report.warnings.iter().map(|warning| warning.file.rsplit('/').next().unwrap()).collect();
    passed.sort_unstable();
    assert_eq!(passed, ["2024.csv", "old.xls", "pipe.csv"], "{report:?}");
    // Named itself, a pipe is refused at once: the import does not wait for a writer.
    let named = desk.import_paths(&[pipe], &options());
    assert!(matches!(named, Err(ImportError::Unreadable { .. })), "{named:?}");
    // A link to a share that is not mounted is reported, not skipped.
    std::os::unix::fs::symlink("/nowhere/sales.csv", desk.folder.path().join("in/sales.csv")).unwrap();
    let dangling = desk.import_paths(&[desk.folder.path().join("in")], &options());
    assert!(matches!(dangling, Err(ImportError::Unreadable { ref path, .. }) if path.ends_with("sales.csv")));
}

#[test]
fn a_file_that_is_written_to_while_it_is_read_is_not_imported() {
    let desk = Desk::new();
    let rows: String = (0..30_000).map(|at| format!("P{at},茶\n")).collect();
    let path = desk.file("products.csv", format!("product_code,product_name\n{rows}"));
    let mut written = false;
    let mut append = |at: ImportProgress<'_>| {
        if matches!(at, ImportProgress::Writing { .. }) && !written {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all("P1,水\n".as_bytes()).unwrap();
            written = true;
        }
    };
    let paths = std::slice::from_ref(&path);
    let done = import_files(&desk.store, paths, &options(), &ImportSettings::default(), &mut append);
    assert!(matches!(done, Err(ImportError::Changed(_))), "{done:?}");
    assert_eq!(desk.rows(&PRODUCTS).len(), 0);
    assert_eq!(desk.import_path(&path).files[0].new, 30_000);
}

#[test]
fn repeated_headers_are_not_rows() {
    let desk = Desk::new();
    let one = "product_code,product_name\nP1,茶\n";
    let report = desk.import("products.csv", format!("{one}{}", one.replace("P1,茶", "P2,酒")));
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P1", "P2"], "{report:?}");
    assert_eq!((report.files[0].read, report.files[0].skipped), (3, 1));
}
