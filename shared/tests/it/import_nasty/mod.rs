//! Nasty files: each gets a clear result, loses nothing that was good, and leaves the store consistent.

mod files;

use std::io::Write as _;

use crate::import_support::{Desk, in_both_languages, options};
use files::{cells, cuts, damaged, encodings, headers, structures};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use shared::dataset::{CUSTOMERS, PRODUCTS, SALES};
use shared::encoding::encode_cp932;
use shared::label::Lang;

const HEADER: &str = "product_code,product_name,unit_price\n";
const ROWS: [&str; 3] = ["P1,茶,100\n", "P2,酒,200\n", "P3,水,300\n"];

/// One nasty file of products: what must be in the store afterwards, and which errors were told.
struct Case {
    name: String,
    bytes: Vec<u8>,
    kept: Vec<String>,
    codes: Vec<String>,
}

fn good() -> String {
    format!("{HEADER}{}", ROWS.concat())
}

fn case(name: &str, bytes: impl AsRef<[u8]>, kept: &[&str], codes: &[&str]) -> Case {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Case { name: name.to_owned(), bytes: bytes.as_ref().to_vec(), kept: owned(kept), codes: owned(codes) }
}

/// The good file with this row between its first and its second.
fn with_row(name: &str, row: &str, codes: &[&str]) -> Case {
    case(name, format!("{HEADER}{}{row}\n{}{}", ROWS[0], ROWS[1], ROWS[2]), &["P1", "P2", "P3"], codes)
}

/// A product whose price has this cell.
fn price(cell: &str, code: &str) -> Case {
    with_row(&format!("price {cell:?}"), &format!("P9,塩,\"{cell}\""), &[code])
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let mark = if little { [0xFF, 0xFE] } else { [0xFE, 0xFF] };
    let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
}

fn check(case: &Case) {
    let desk = Desk::new();
    let first = desk.import("products.csv", &case.bytes);
    let codes: Vec<&str> = first.errors.iter().map(|error| error.code).collect();
    let kept = desk.column(&PRODUCTS, "product_code");
    let told = || format!("{}: kept {kept:?}, told {codes:?}", case.name);
    if case.codes == ["?"] {
        // A cut may leave a row that looks complete, or one that is refused: never both, never neither.
        assert!(case.kept.iter().all(|code| kept.contains(code)), "{}", told());
    } else {
        assert_eq!(kept, case.kept, "{}", told());
        assert_eq!(codes, case.codes, "{}", told());
    }
    for file in &first.files {
        assert_eq!(file.read, file.new + file.changed + file.unchanged + file.refused, "{}", told());
        assert_eq!(file.refused, first.errors.len() as u64, "{}", told());
        assert_eq!(file.new, kept.len() as u64, "{}", told());
    }
    for error in &first.errors {
        assert!(error.line >= 1, "{}", told());
        in_both_languages(error);
        assert!(error.raw.chars().count() <= 1_001, "{}", told());
    }
    assert_eq!(first.refused_any(), !first.errors.is_empty(), "{}", told());
    let again = desk.import("products.csv", &case.bytes);
    for file in &again.files {
        assert_eq!((file.new, file.changed), (0, 0), "the second time, {}", told());
    }
    assert_eq!(desk.column(&PRODUCTS, "product_code"), kept, "the second time, {}", told());
}

#[test]
fn each_nasty_file_gets_a_clear_result() {
    let cases: Vec<Case> =
        [headers(), structures(), cells(), damaged(), encodings(), cuts()].into_iter().flatten().collect();
    assert!(cases.len() >= 150, "{}", cases.len());
    cases.iter().for_each(check);
}

#[test]
fn impossible_dates_are_refused() {
    let dates = [
        "2026-02-29",
        "2025/02/29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "20260230",
        "0000-01-01",
        "0999-12-31",
        "10000-01-01",
        "-2026-01-01",
        "R0.1.1",
        "H32.1.1",
        "S64.1.8",
        "M1.1.24",
        "07/11/21",
        "2026年13月1日",
        "昨日",
        "2026",
        "2026-10",
        "1",
        "2026-10-3１x",
        "99999999",
        "2026-1O-31",
    ];
    for date in dates {
        let desk = Desk::new();
        let head = "slip_no,line_no,sold_on,customer_code,amount\n";
        let report = desk.import(
            "sales.csv",
            format!("{head}S1,1,2026-10-01,C1,100\nS2,1,{date},C1,200\nS3,1,2026-10-02,C1,300\n"),
        );
        let codes: Vec<&str> = report.errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["invalid_date"], "{date}");
        assert_eq!(desk.column(&SALES, "slip_no"), ["S1", "S3"], "{date}");
        let sums = &report.files[0].sums["amount"];
        assert_eq!(
            (sums.read.as_str(), sums.accepted.as_str(), sums.refused.as_str()),
            ("600", "400", "200"),
            "{date}"
        );
    }
}

#[test]
fn a_file_may_refer_to_rows_of_a_later_file() {
    let desk = Desk::new();
    desk.file("in/a-sales/ignored.csv", "x\n");
    // By name, sales would come before their customers' masters of the second file.
    let head = "slip_no,line_no,sold_on,customer_code,amount\n";
    desk.file("in/sales.csv", format!("{head}S1,1,2026-10-01,C1,100\nS2,1,2026-10-01,C9,100\n"));
    desk.file("in/顧客.csv", "customer_code,customer_name\nC1,青木酒店\n");
    let report = desk.import_paths(&[desk.folder.path().join("in")], &options()).unwrap();
    assert!(report.errors.is_empty(), "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1"]);
    let warned: Vec<_> =
        report.warnings.iter().filter(|warning| warning.code == "unknown_customer").collect();
    assert_eq!((warned.len(), warned[0].count), (1, 1), "{report:?}");
    assert!(
        warned[0].message.text(Lang::En).contains("C9") && !warned[0].message.text(Lang::En).contains("C1,"),
        "{report:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Bytes put in, taken away and changed anywhere: an import ends with a report, counts reconcile, and what
    /// it imported the first time is unchanged the second time.
    #[test]
    fn damaged_files_do_not_break_an_import(
        source in 0_usize..4,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..3, any::<u8>()), 1..12),
    ) {
        let mut bytes = match source {
            0 => good().into_bytes(),
            1 => encode_cp932(&good()).unwrap(),
            2 => utf16(&good(), true),
            _ => good().replace('茶', "\"緑茶,\n\"\"特\"\"\"").into_bytes(),
        };
        for (place, kind, byte) in damage {
            if bytes.is_empty() {
                break;
            }
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        let desk = Desk::new();
        let first = desk.import("products.csv", &bytes);
        let kept = desk.rows(&PRODUCTS);
        for file in &first.files {
            prop_assert_eq!(file.read, file.new + file.changed + file.unchanged + file.refused);
            prop_assert_eq!(file.new, kept.len() as u64);
        }
        let again = desk.import("products.csv", &bytes);
        prop_assert_eq!(again.errors.len(), first.errors.len());
        prop_assert!(again.files.iter().all(|file| file.new + file.changed == 0));
        prop_assert_eq!(desk.rows(&PRODUCTS), kept);
    }
}
