//! Nasty files: each gets a clear result, loses nothing that was good, and leaves the store consistent.

use crate::import_support::{Desk, in_both_languages, options};
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

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let mark = if little { [0xFF, 0xFE] } else { [0xFE, 0xFF] };
    let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
}

fn headers() -> Vec<Case> {
    let wide = |columns: usize| {
        let more: String = (3..columns).map(|at| format!(",x{at}")).collect();
        let blanks = ",".repeat(columns - 3);
        format!("{}{more}\nP1,茶,100{blanks}\n", HEADER.trim_end())
    };
    vec![
        case("nothing", "", &[], &["empty_file"]),
        case("a line end", "\n", &[], &["empty_file"]),
        case("line ends only", "\r\n\r\n\n\n\r", &[], &["empty_file"]),
        case("blanks only", "   \n \t \n", &[], &["empty_file"]),
        case("a byte order mark only", "\u{FEFF}", &[], &["empty_file"]),
        case("a UTF-16 mark only", [0xFF, 0xFE], &[], &["empty_file"]),
        case("NULs only", [0; 4096], &[], &["empty_file"]),
        case("Ctrl-Z only", "\u{1A}", &[], &["empty_file"]),
        case("headers only", HEADER, &[], &[]),
        case("headers without a line end", HEADER.trim_end(), &[], &[]),
        case("no key column", "product_name,unit_price\n茶,100\n", &[], &["missing_column"]),
        case("no known column", "a,b,c\n1,2,3\n", &[], &["missing_column"]),
        case("numbers instead of headers", "1,2,3\n4,5,6\n", &[], &["missing_column"]),
        case(
            "one column twice",
            "product_code,product_name,product_name\nP1,a,b\n",
            &[],
            &["duplicate_column"],
        ),
        case(
            "one column twice by label",
            "product_code,商品コード,product_name\nP1,P1,b\n",
            &[],
            &["duplicate_column"],
        ),
        case(
            "an open quote in the headers",
            "product_code,\"product_name\nP1,茶\n",
            &[],
            &["unclosed_quote"],
        ),
        case("as many columns as are allowed", wide(1_000), &["P1"], &[]),
        case("one column too many", wide(1_001), &[], &["row_too_large"]),
        case("ten thousand columns", wide(10_000), &[], &["row_too_large"]),
        case(
            "a header of a megabyte",
            format!("product_code,{}\nP1,茶\n", "x".repeat(1 << 20)),
            &[],
            &["row_too_large"],
        ),
        case("full-width headers", "ｐｒｏｄｕｃｔ＿ｃｏｄｅ,商品名\nP1,茶\n", &["P1"], &[]),
        case("quoted headers", "\"product_code\",\"product_name\"\n\"P1\",\"茶\"\n", &["P1"], &[]),
        case("headers between blanks", "  product_code , product_name \nP1,茶\n", &["P1"], &[]),
        case("empty header cells", "product_code,,product_name,\nP1,x,茶,y\n", &["P1"], &[]),
        case("a password column", "product_code,product_name,パスワード\nP1,茶,hunter2\n", &["P1"], &[]),
    ]
}

fn structures() -> Vec<Case> {
    let all = &["P1", "P2", "P3"][..];
    let huge = "x".repeat(10 << 20);
    let fields = ",".repeat(10_000);
    vec![
        case("no line end at the end", good().trim_end(), all, &[]),
        case("CR LF", good().replace('\n', "\r\n"), all, &[]),
        case("CR alone", good().replace('\n', "\r"), all, &[]),
        case("mixed line ends", good().replacen('\n', "\r\n", 2), all, &[]),
        case("blank lines between", good().replace('\n', "\n\n\n"), all, &[]),
        case("lines of commas", good().replace('\n', "\n,,\n"), all, &[]),
        case("lines of blanks", good().replace('\n', "\n   \n"), all, &[]),
        case("Ctrl-Z at the end", good() + "\u{1A}", all, &[]),
        case("NULs at the end", good() + &"\0".repeat(512), all, &[]),
        case("empty cells at the ends of rows", good().replace('\n', ",,\n"), all, &[]),
        with_row("too few cells", "P9", &["column_count"]),
        with_row("too many cells", "P9,塩,1,2", &["column_count"]),
        with_row("ten thousand cells", &format!("P9,塩,1{fields}"), &["row_too_large"]),
        with_row("a cell of 10 MB", &format!("P9,{huge},1"), &["row_too_large"]),
        with_row("a quoted cell of 10 MB", &format!("P9,\"{huge}\",1"), &["row_too_large"]),
        with_row(
            "a cell of 10 MB of quotes",
            &format!("P9,{},1", "\"\"".repeat(5 << 20)),
            &["row_too_large"],
        ),
        case("10 MB at the end without a line end", good() + &huge, all, &["row_too_large"]),
        with_row("an open quote", "P9,\"塩,1", &["unclosed_quote"]),
        case("an open quote in the last row", good() + "P9,\"塩,1\n", all, &["unclosed_quote"]),
        case("a quote as the last byte", good() + "\"", all, &["unclosed_quote"]),
        case("a comma as the last byte", good() + "P9,", all, &["column_count"]),
        with_row("a quote in a plain cell", "P9,5\" pipe,1\"", &["not_a_number"]),
        with_row("text behind a closing quote", "P9,\"塩\"x,y", &["stray_quote"]),
        with_row("only an open quote", "\"", &["unclosed_quote"]),
        with_row("JSON", "{\"product_code\": \"P9\"}", &["column_count"]),
        with_row("HTML", "<td>P9</td><td>塩</td>", &["column_count"]),
        with_row("SQL", "'); DROP TABLE product; --", &["column_count"]),
        with_row("semicolons", "P9;塩;1", &["column_count"]),
    ]
}

fn cells() -> Vec<Case> {
    let long = |count: usize| "x".repeat(count);
    let mut cases: Vec<Case> = (0_u8..32)
        .filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'))
        .map(|byte| {
            let row = format!("P9,塩{}x,1", char::from(byte));
            with_row(&format!("control character {byte:#04x}"), &row, &["control_character"])
        })
        .collect();
    cases.extend([
        with_row("no code", ",塩,1", &["required"]),
        with_row("a blank code", "\"  \",塩,1", &["required"]),
        with_row("a full-width blank as code", "\u{3000},塩,1", &["required"]),
        with_row("no name", "P9,,1", &["required"]),
        with_row("a code of 65 characters", &format!("{},塩,1", long(65)), &["too_long"]),
        with_row("a code of 65 wide characters", &format!("{},塩,1", "あ".repeat(65)), &["too_long"]),
        with_row("a code over two lines", "\"P\n9\",塩,1", &["control_character"]),
        with_row("text of 32,768 characters", &format!("P9,{},1", long(32_768)), &["too_long"]),
        with_row("text of 32,768 wide characters", &format!("P9,{},1", "字".repeat(32_768)), &["too_long"]),
        with_row("an earlier key", "P1,塩,1", &["duplicate_key"]),
        with_row("an earlier key between blanks", " P1 ,塩,1", &["duplicate_key"]),
        with_row("an earlier key in full width", "Ｐ１,塩,1", &["duplicate_key"]),
        with_row("an earlier key as Excel guards it", "\"=\"\"P1\"\"\",塩,1", &["duplicate_key"]),
        with_row("an earlier key three times", "P1,塩,1\nP1,塩,2\nP1,塩,3", &["duplicate_key"; 3]),
        price("999999999999999999999", "out_of_range"),
        price("100000000000000", "out_of_range"),
        price("-100000000000000", "out_of_range"),
        price("9223372036854775807", "out_of_range"),
        price("1.23456", "decimal_places"),
        price("0.00001", "decimal_places"),
    ]);
    for cell in [
        "abc",
        "1e10",
        "NaN",
        "inf",
        "-inf",
        "0x10",
        "--5",
        "+-5",
        "(5",
        "5)",
        "((5))",
        "▲",
        "△",
        "¥",
        "円",
        ".",
        "-",
        "1.2.3",
        "1..2",
        "１２ａ",
        "１２．３．４",
        "五",
        "1/2",
        "50%",
        "=1+1",
        "#REF!",
        "#N/A",
        "TRUE",
        "1 2 x",
        "\u{202E}5",
        "５０個",
    ] {
        cases.push(price(cell, "not_a_number"));
    }
    cases
}

fn encodings() -> Vec<Case> {
    let all = &["P1", "P2", "P3"][..];
    let cp932 = |text: &str| encode_cp932(text).unwrap();
    let lone_surrogate = {
        let mut bytes = utf16(&good(), true);
        bytes.extend([0x00, 0xD8, 0x2C, 0x00, 0x0A, 0x00]);
        bytes
    };
    let broken = |bytes: &[u8]| {
        [
            HEADER.as_bytes(),
            ROWS[0].as_bytes(),
            b"P9,",
            bytes,
            b",1\n",
            ROWS[1].as_bytes(),
            ROWS[2].as_bytes(),
        ]
        .concat()
    };
    vec![
        case("UTF-8 with a mark", format!("\u{FEFF}{}", good()), all, &[]),
        case("UTF-16 little", utf16(&good(), true), all, &[]),
        case("UTF-16 big", utf16(&good(), false), all, &[]),
        case(
            "UTF-16 with half a unit at the end",
            [utf16(&good(), true), vec![0x41]].concat(),
            all,
            &["column_count"],
        ),
        case("UTF-16 with half a pair", lone_surrogate, all, &["column_count"]),
        case("CP932", cp932(&good()), all, &[]),
        case(
            "CP932 with half a character at the end",
            [cp932(&good()), b"P9,".to_vec(), vec![0x8E]].concat(),
            all,
            &["column_count"],
        ),
        case("a UTF-8 character cut off", broken(&[0xE5, 0xA1]), all, &["encoding"]),
        case("an overlong UTF-8 form", broken(&[0xC0, 0xAF]), all, &["encoding"]),
        case("a surrogate in UTF-8", broken(&[0xED, 0xA0, 0x80]), all, &["encoding"]),
        case("beyond the last character", broken(&[0xF4, 0x90, 0x80, 0x80]), all, &["encoding"]),
        case("a byte that is in no text", broken(&[0xFF]), all, &["encoding"]),
        case("a row in CP932 among UTF-8", broken(&cp932("表示用")), all, &["encoding"]),
        case("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0".as_slice(), &[], &["missing_column"]),
        case("an archive", b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0".as_slice(), &[], &["broken_workbook"]),
        case(
            "an old workbook",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".as_slice(),
            &[],
            &["broken_workbook"],
        ),
        case("compressed", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &[], &["missing_column"]),
        case("a program", b"\x7fELF\x02\x01\x01\0".as_slice(), &[], &["missing_column"]),
        case("a document", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".as_slice(), &[], &["missing_column"]),
        case(
            "JSON instead of a table",
            "[\n {\"product_code\": \"P1\",\n  \"product_name\": \"茶\"}\n]\n",
            &[],
            &["missing_column"],
        ),
        case("half-width kana", cp932(&good().replace('茶', "ﾁｬ")), all, &[]),
        case("characters outside the first plane", good().replace('茶', "𠮷🍵"), all, &[]),
    ]
}

/// The good file, ended after each of its bytes: rows that are whole are kept.
fn cuts() -> Vec<Case> {
    let whole = good();
    (HEADER.len()..whole.len())
        .map(|end| {
            let kept: Vec<&str> = (0..ROWS.len())
                .filter(|&at| end >= HEADER.len() + ROWS[..=at].concat().trim_end().len())
                .map(|at| ["P1", "P2", "P3"][at])
                .collect();
            case(&format!("cut at byte {end}"), &whole.as_bytes()[..end], &kept, &["?"])
        })
        .collect()
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
fn at_least_150_nasty_files_each_get_a_clear_result() {
    let cases: Vec<Case> =
        [headers(), structures(), cells(), encodings(), cuts()].into_iter().flatten().collect();
    assert!(cases.len() >= 150, "{}", cases.len());
    cases.iter().for_each(check);
}

#[test]
fn dates_that_no_calendar_has_are_refused() {
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
fn a_folder_may_refer_to_what_comes_in_a_later_file() {
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
    fn no_damaged_file_breaks_an_import(
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
