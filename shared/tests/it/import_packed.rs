//! Files that are packed, spaced with blanks, or filtered; and empty cells that leave what is there.

use std::io::Write as _;
use std::sync::Arc;

use crate::import_support::workbook::Parts;
use crate::import_support::{Desk, counts, faults, in_both_languages, options};
use flate2::Compression;
use flate2::write::GzEncoder;
use shared::dataset::{CUSTOMERS, Dataset, EXTENSION_VALUES, PRODUCTS, SALES};
use shared::import::{ImportSettings, import_files};
use shared::profile;

fn rows(desk: &Desk, dataset: &'static Dataset, columns: &[&str]) -> Vec<String> {
    let at: Vec<usize> = columns.iter().map(|name| dataset.column_index(name).unwrap()).collect();
    let row = |row: Vec<String>| at.iter().map(|&at| row[at].clone()).collect::<Vec<_>>().join("|");
    desk.rows(dataset).into_iter().map(row).collect()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

const FILE: &str = "product_code,product_name,unit_price\nP1,茶,100\nP2,酒,200\n";

#[test]
fn a_packed_file_is_read_like_its_content() {
    let desk = Desk::new();
    assert_eq!(counts(&desk.import("products.csv.gz", packed(FILE.as_bytes()))), (2, 2, 0, 0, 0));
    assert_eq!(counts(&desk.import("products.csv", FILE)), (2, 0, 0, 2, 0));
    // Members one after the other are one file; the name does not decide, the content does.
    let (head, tail) = FILE.as_bytes().split_at(40);
    let members = [packed(head), packed(tail)].concat();
    assert_eq!(counts(&desk.import("products.txt", members)), (2, 0, 0, 2, 0));
    let cp932 = shared::encoding::encode_cp932(FILE).unwrap();
    let folder = desk.file("folder/products.csv.gz", packed(&cp932)).parent().unwrap().to_owned();
    desk.file("folder/photo.jpg.gz", packed(b"x"));
    let report = desk.import_paths(&[folder], &options()).unwrap();
    assert_eq!((counts(&report), report.files[0].encoding.as_str()), ((2, 0, 0, 2, 0), "CP932"));
}

#[test]
fn a_packed_file_that_is_damaged_or_a_bomb_is_refused_as_a_whole() {
    let good = packed(FILE.as_bytes());
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 0x55;
    let bomb = packed(&vec![b'a'; 17 << 20]);
    assert!(bomb.len() < 100_000, "more than 16 MiB of hardly anything");
    for (name, content, code) in [
        ("cut", &good[..good.len() - 9], "broken_archive"),
        ("changed", &changed, "broken_archive"),
        ("no content", &good[..2], "broken_archive"),
        ("a bomb", &bomb, "broken_archive"),
        ("empty", &packed(b""), "empty_file"),
        ("an archive within", &packed(b"PK\x03\x04 and so on"), "broken_workbook"),
    ] {
        let desk = Desk::new();
        let report = desk.import("products.csv.gz", content);
        assert_eq!(faults(&report), [(1, None, code)], "{name}");
        in_both_languages(&report.errors[0]);
        assert!(desk.rows(&PRODUCTS).is_empty(), "{name}");
    }
}

const PURCHASE_LOG: &str = r#"
name = "log"
title = "log"
header = "none"
delimiter = "spaces"
columns = ["master", "customer", "date", "cds", "dollars"]
[detect.shape]
"date" = "date"
[[dataset]]
name = "sales"
[dataset.columns]
slip_no = { from = ["customer", "date"], nth = true }
line_no = { const = "1" }
sold_on = "date"
customer_code = "customer"
quantity = "cds"
amount = "dollars"
"#;

#[test]
fn a_purchase_log_without_numbers_is_read_with_its_runs_of_blanks() {
    let profile = Arc::new(profile::parse("log.toml", PURCHASE_LOG).unwrap());
    let settings = ImportSettings { profile: Some(profile), ..ImportSettings::default() };
    let desk = Desk::new();
    let log = " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118      29.73\r\n 00004 0001 19970118  2   29.73\r\n \
               00021 0002 19970101 13  100.50\r\n 00004 0001 19970101  2   29.33  \r\n";
    for new in [4, 0] {
        let report = desk.import_with("log.txt", log, &settings);
        assert_eq!(
            faults(&report),
            [(2, None, "column_count")],
            "a cell is missing, and none moves up: {report:?}"
        );
        assert_eq!((report.files[0].read, report.files[0].new), (5, new));
    }
    assert_eq!(
        rows(&desk, &SALES, &["slip_no", "customer_code", "quantity", "amount"]),
        [
            "0001-1997-01-01-1|0001|20000|293300",
            "0001-1997-01-01-2|0001|20000|293300",
            "0001-1997-01-18-1|0001|20000|297300",
            "0002-1997-01-01-1|0002|130000|1005000",
        ]
    );
    let settings = ImportSettings { blank_runs: true, ..ImportSettings::default() };
    let table = "  product_code  product_name   unit_price\n P1   茶     100\n";
    assert_eq!(counts(&desk.import_with("products.txt", table, &settings)), (1, 1, 0, 0, 0));
}

#[test]
fn empty_cells_leave_what_is_there_when_they_are_told_to() {
    let keep = ImportSettings { keep_filled: true, ..ImportSettings::default() };
    let desk = Desk::new();
    desk.import("extension_fields.csv", "dataset,field_code,label_ja,kind\ncustomers,seats,席数,number\n");
    let head = "customer_code,customer_name,industry,trading_status,credit_limit,seats\n";
    desk.import("customers.csv", format!("{head}C1,青葉,飲食,suspended,100,5\n"));
    let blank = format!("{head}C1,青葉,, ,　,\nC2,緑,,,,\nC3,,小売,,,\n");
    let report = desk.import_with("customers.csv", &blank, &keep);
    assert_eq!(faults(&report), [(4, Some("customer_name"), "required")]);
    let stored = || rows(&desk, &CUSTOMERS, &["customer_code", "industry", "trading_status", "credit_limit"]);
    assert_eq!(stored(), ["C1|飲食|suspended|1000000", "C2|NULL|active|NULL"]);
    assert_eq!(desk.column(&EXTENSION_VALUES, "value"), ["5"]);
    let filled = format!("{head}C1,青葉,小売,,200,6\n");
    assert_eq!(desk.import_with("customers.csv", &filled, &keep).files[0].changed, 1);
    assert_eq!(stored()[0], "C1|小売|suspended|2000000");
    // A column that the file does not have stays too, a required one as well.
    let report = desk.import_with("customers.csv", "customer_code,industry\nC1,卸売\n", &keep);
    assert_eq!((faults(&report), report.files[0].changed), (vec![], 1));
    assert_eq!(stored()[0], "C1|卸売|suspended|2000000");
    desk.import("customers.csv", &blank);
    assert_eq!(stored()[0], "C1|NULL|active|NULL", "else an empty cell is a value");
}

#[test]
fn a_profile_may_say_that_empty_cells_leave_what_is_there() {
    let text = "name = \"own\"\ntitle = \"own\"\nempty = \"keep\"\ncolumns = [\"番号\", \"名前\", \"値段\"]\n[detect]\n\
                headers = [\"番号\"]\n[[dataset]]\nname = \"products\"\n[dataset.columns]\nproduct_code = \"番号\"\n\
                product_name = \"名前\"\nunit_price = \"値段\"\n";
    let profile = Arc::new(profile::parse("own.toml", text).unwrap());
    let settings = ImportSettings { profile: Some(profile), ..ImportSettings::default() };
    let desk = Desk::new();
    for file in ["番号,名前,値段\nP1,茶,100\n", "番号,名前,値段\nP1,茶,\n"] {
        desk.import_with("own.csv", file, &settings);
        assert_eq!(desk.column(&PRODUCTS, "unit_price"), ["1000000"]);
    }
    let wrong = profile::parse("own.toml", &text.replace("\"keep\"", "\"leave\"")).unwrap_err();
    assert_eq!(wrong.mistakes.len(), 1);
}

#[test]
fn rows_that_a_filter_hides_are_imported_and_counted() {
    let mut book = Parts::rows(&[
        &["product_code", "product_name", "unit_price"],
        &["P1", "茶", "<c><v>1</v></c>"],
        &["P2", "酒", "<c><v>2</v></c>"],
        &["P3", "水", "<c><v>3</v></c>"],
    ]);
    let cells = book.sheets[0].1.clone();
    let hide = |row: usize, as_written: &str| {
        let mut parts: Vec<&str> = cells.split("<row>").collect();
        let hidden = format!("<row hidden=\"{as_written}\">{}", parts[row]);
        parts[row] = "";
        parts.join("<row>").replacen("<row><row>", &format!("{hidden}<row>"), 1)
    };
    for (written, hidden) in [("1", 1), ("true", 1), ("0", 0), ("false", 0)] {
        book.sheets[0].1 = hide(3, written);
        let desk = Desk::new();
        let path = desk.file("products.xlsx", book.build());
        let report =
            import_files(&desk.store, &[path], &options(), &ImportSettings::default(), &mut |_| {}).unwrap();
        assert_eq!(counts(&report), (3, 3, 0, 0, 0), "{written}: {report:?}");
        let told: Vec<_> = report.warnings.iter().filter(|warning| warning.code == "hidden_rows").collect();
        assert_eq!(told.iter().map(|warning| warning.count).sum::<u64>(), hidden, "{written}");
    }
}
