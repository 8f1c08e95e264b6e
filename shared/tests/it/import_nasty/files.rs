//! The nasty files, and what each must give.

use super::{Case, HEADER, ROWS, case, good, packed, price, utf16, with_row};
use encoding_rs::{EUC_JP, GB18030, ISO_2022_JP};
use shared::encoding::encode_cp932;

pub(super) fn headers() -> Vec<Case> {
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
        case("packed", packed(good().as_bytes()), &["P1", "P2", "P3"], &[]),
        case("packed twice", packed(&packed(good().as_bytes())), &[], &["missing_column"]),
        case("packed and cut", &packed(good().as_bytes())[..30], &[], &["broken_archive"]),
        case("packed blanks only", packed(b"  \n"), &[], &["empty_file"]),
        case("packed, a bomb", packed(&vec![b'x'; 17 << 20]), &[], &["broken_archive"]),
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

pub(super) fn structures() -> Vec<Case> {
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

pub(super) fn cells() -> Vec<Case> {
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
        "TRUE",
        "1 2 x",
        "50000\n30000",
        "50000 30000",
        "1:30",
        "５０個",
    ] {
        cases.push(price(cell, "not_a_number"));
    }
    cases
}

/// Cells that are not what was once in them.
pub(super) fn damaged() -> Vec<Case> {
    let mut cases = Vec::new();
    for cell in ["#REF!", "#N/A", "#n/a", "#DIV/0!", "Err:502", "########"] {
        cases.push(price(cell, "error_cell"));
        cases.push(with_row(&format!("name {cell}"), &format!("P9,{cell},1"), &["error_cell"]));
        cases.push(with_row(&format!("code {cell}"), &format!("{cell},塩,1"), &["error_cell"]));
    }
    for code in ["1月2日", "2-Jan", "Jan-26", "2026/1/2", "2026年1月2日", "１月２日"] {
        cases.push(with_row(&format!("code {code}"), &format!("{code},塩,1"), &["damaged_code"]));
    }
    for code in ["NULL", "(null)", "\\N", "nan", "N/A"] {
        cases.push(with_row(&format!("code {code}"), &format!("{code},塩,1"), &["null_word"]));
    }
    for unseen in
        ["\u{FEFF}", "\u{AD}", "\u{34F}", "\u{200B}", "\u{200E}", "\u{202D}", "\u{2060}", "\u{FE0F}"]
    {
        let name = format!("an earlier key behind {}", unseen.escape_unicode());
        cases.push(with_row(&name, &format!("{unseen}P1,塩,1"), &["duplicate_key"]));
        cases.push(with_row(
            &format!("{name}, within it"),
            &format!("P{unseen}1{unseen},塩,1"),
            &["duplicate_key"],
        ));
    }
    cases
}

pub(super) fn encodings() -> Vec<Case> {
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
    let utf32 = |text: &str| -> Vec<u8> { text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect() };
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
        case("UTF-16 with half a pair", lone_surrogate, all, &["encoding"]),
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
        case("compressed", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &[], &["broken_archive"]),
        case("a program", b"\x7fELF\x02\x01\x01\0".as_slice(), &[], &["missing_column"]),
        case("a document", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".as_slice(), &[], &["encoding"]),
        case("UTF-32", utf32(&good()), &[], &["encoding"]),
        case("EUC-JP", EUC_JP.encode(&good()).0, all, &[]),
        case("ISO-2022-JP", ISO_2022_JP.encode(&good()).0, all, &[]),
        case("GB18030", GB18030.encode(&good().replace('茶', "中国新一茶西小有在")).0, &[], &["encoding"]),
        case("a letter of CESU-8", broken(&[0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]), all, &["encoding"]),
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
pub(super) fn cuts() -> Vec<Case> {
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
