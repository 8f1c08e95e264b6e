//! Every kind of column at its boundaries, headers in their variants, encodings.

use crate::import_support::{Desk, counts, faults};
use shared::dataset::{ADDRESSES, CONTACTS, CUSTOMERS, DEALS, INQUIRIES, PRODUCTS, SALES};
use shared::encoding::encode_cp932;
use shared::label::Lang;

/// Imports one product whose column `name` has this cell, and gives what is stored, or the error's code.
fn product(name: &str, cell: &str) -> Result<String, String> {
    let desk = Desk::new();
    let quoted = cell.replace('"', "\"\"");
    let report =
        desk.import("products.csv", format!("product_code,product_name,{name}\nP1,x,\"{quoted}\"\n"));
    match report.errors.first() {
        Some(error) => Err(error.code.to_owned()),
        None => Ok(desk.column(&PRODUCTS, name).remove(0)),
    }
}

fn in_column(file: &str, head: &str, name: &str, cell: &str) -> Result<String, String> {
    let desk = Desk::new();
    let dataset = shared::dataset::by_name(file).unwrap();
    let quoted = cell.replace('"', "\"\"");
    let report = desk.import(&format!("{file}.csv"), head.replace("CELL", &format!("\"{quoted}\"")));
    match report.errors.first() {
        Some(error) => Err(error.code.to_owned()),
        None => Ok(desk.column(dataset, name).remove(0)),
    }
}

#[test]
fn decimals() {
    for (cell, stored) in [
        ("0", "0"),
        ("1200", "12000000"),
        ("-0.0001", "-1"),
        ("0.1234", "1234"),
        ("1.50", "15000"),
        ("¥1,200", "12000000"),
        ("￥１，２００", "12000000"),
        ("1,200円", "12000000"),
        ("▲300", "-3000000"),
        ("△300", "-3000000"),
        ("(300)", "-3000000"),
        ("300-", "-3000000"),
        ("  5 ", "50000"),
        ("99999999999999.9999", "999999999999999999"),
        ("-99999999999999.9999", "-999999999999999999"),
        ("", "NULL"),
        ("\u{3000}", "NULL"),
    ] {
        assert_eq!(product("unit_price", cell).as_deref(), Ok(stored), "{cell}");
    }
    for (cell, code) in [
        ("0.12345", "decimal_places"),
        ("100000000000000", "out_of_range"),
        ("12a", "not_a_number"),
        ("#N/A", "error_cell"),
        ("--1", "not_a_number"),
        ("1.", "not_a_number"),
        ("1e5", "not_a_number"),
    ] {
        assert_eq!(product("unit_price", cell), Err(code.to_owned()), "{cell}");
    }
}

#[test]
fn dates() {
    let date = |cell: &str| {
        in_column(
            "customers",
            "customer_code,customer_name,first_trade_date\nC1,x,CELL\n",
            "first_trade_date",
            cell,
        )
    };
    for (cell, stored) in [
        ("2024-02-29", "2024-02-29"),
        ("2024/5/3", "2024-05-03"),
        ("20240503", "2024-05-03"),
        ("2024年5月3日", "2024-05-03"),
        ("令和元年5月1日", "2019-05-01"),
        ("R7.11.21", "2025-11-21"),
        ("Ｒ７．１１．２１", "2025-11-21"),
        ("S64.1.7", "1989-01-07"),
        ("45982", "2025-11-21"),
        ("45982.5", "2025-11-21"),
        ("", "NULL"),
    ] {
        assert_eq!(date(cell).as_deref(), Ok(stored), "{cell}");
    }
    for cell in
        ["2025-02-29", "2025/02/29", "07/11/21", "S64.1.8", "R0.1.1", "2024-13-01", "いつか", "0000-01-01"]
    {
        assert_eq!(date(cell), Err("invalid_date".to_owned()), "{cell}");
    }
}

#[test]
fn instants_are_kept_in_utc_and_civil_times_are_in_japan_time() {
    let head = "inquiry_no,customer_code,opened_at,subject\nI1,C1,CELL,x\n";
    let at = |cell: &str| in_column("inquiries", head, "opened_at", cell);
    for (cell, stored) in [
        ("2026-10-31T05:02:11.120Z", "2026-10-31T05:02:11.120Z"),
        ("2026-10-31T14:02:11+09:00", "2026-10-31T05:02:11.000Z"),
        ("2026-10-31 08:59", "2026-10-30T23:59:00.000Z"),
        ("2026/10/31 9:00:00", "2026-10-31T00:00:00.000Z"),
        ("令和8年10月31日", "2026-10-30T15:00:00.000Z"),
    ] {
        assert_eq!(at(cell).as_deref(), Ok(stored), "{cell}");
    }
    assert_eq!(at("2026-10-31 25:00"), Err("invalid_time".to_owned()));
    assert_eq!(at(""), Err("required".to_owned()));
    assert_eq!(INQUIRIES.month_column, Some("opened_at"));
}

#[test]
fn codes_keep_zeros_and_become_narrow() {
    let code =
        |cell: &str| in_column("products", "product_code,product_name\nCELL,x\n", "product_code", cell);
    let longest = "9".repeat(64);
    for (cell, stored) in [
        ("00042", "00042"),
        (" 00042\u{3000}", "00042"),
        ("００４２Ａ", "0042A"),
        ("=\"00042\"", "00042"),
        ("'-1", "-1"),
        (&longest, &longest),
    ] {
        assert_eq!(code(cell).as_deref(), Ok(stored), "{cell}");
    }
    assert_eq!(code(&"9".repeat(65)), Err("too_long".to_owned()));
    assert_eq!(code(" "), Err("required".to_owned()));
    assert_eq!(code("a\nb"), Err("control_character".to_owned()));
}

#[test]
fn text_at_its_longest_and_formulas() {
    let longest = "髙".repeat(32_767);
    assert_eq!(product("advice", &longest).as_deref(), Ok(longest.as_str()));
    assert_eq!(product("advice", &format!("{longest}x")), Err("too_long".to_owned()));
    assert_eq!(product("advice", "'=1+1").as_deref(), Ok("=1+1"));
    assert_eq!(product("advice", "''=1+1").as_deref(), Ok("'=1+1"));
    assert_eq!(product("advice", "'twas").as_deref(), Ok("'twas"));
    assert_eq!(product("advice", "=1+1").as_deref(), Ok("=1+1"));
}

#[test]
fn integers_and_flags() {
    let integer = |cell: &str| {
        in_column("deals", "deal_no,customer_code,probability\nD1,C1,CELL\n", "probability", cell)
    };
    assert_eq!(integer("60").as_deref(), Ok("60"));
    assert_eq!(integer("60%").as_deref(), Ok("60"));
    assert_eq!(integer("６０％").as_deref(), Ok("60"));
    assert_eq!(integer("60.0").as_deref(), Ok("60"));
    assert_eq!(integer("60.5"), Err("not_an_integer".to_owned()));
    assert_eq!(DEALS.key, ["deal_no"]);
    let head = "customer_code,customer_name,rank_auto_update_excluded\nC1,x,CELL\n";
    let flag = |cell: &str| in_column("customers", head, "rank_auto_update_excluded", cell);
    for cell in ["1", "true", "TRUE", "○", "はい", "対象外", "Ｙｅｓ"] {
        assert_eq!(flag(cell).as_deref(), Ok("1"), "{cell}");
    }
    for cell in ["0", "false", "×", "いいえ", "対象", ""] {
        assert_eq!(flag(cell).as_deref(), Ok("0"), "{cell}");
    }
    assert_eq!(flag("maybe"), Err("not_a_flag".to_owned()));
}

#[test]
fn choices_by_identifier_and_label() {
    let head = "customer_code,customer_name,customer_type\nC1,x,CELL\n";
    let kind = |cell: &str| in_column("customers", head, "customer_type", cell);
    for cell in ["wholesale", "卸売", "卸売顧客", "ＷＨＯＬＥＳＡＬＥ", " 卸売 "] {
        assert_eq!(kind(cell).as_deref(), Ok("wholesale"), "{cell}");
    }
    assert_eq!(kind("").as_deref(), Ok("NULL"));
    assert_eq!(kind("代理店"), Err("unknown_choice".to_owned()));
    let head = "slip_no,line_no,sold_on,customer_code,amount,status\nS1,1,2026-10-01,C1,1,CELL\n";
    let status = |cell: &str| in_column("sales", head, "status", cell);
    assert_eq!(status("記事").as_deref(), Ok("article"));
    assert_eq!(status("返品").as_deref(), Ok("posted"));
    assert_eq!(status("サンプル").as_deref(), Ok("サンプル"));
}

#[test]
fn headers_in_every_spelling() {
    for header in [
        "customer_code,customer_name,name_kana",
        "顧客コード,顧客名,フリガナ",
        "ＣＵＳＴＯＭＥＲ＿ＣＯＤＥ, 会社名 ,ﾌﾘｶﾞﾅ",
        "\u{FEFF}顧客コード,顧客名,ふりがな",
        "得意先コード,得意先名,カナ",
    ] {
        let desk = Desk::new();
        let report = desk.import("customers.csv", format!("{header}\n007,赤木,アカギ\n"));
        assert_eq!(counts(&report), (1, 1, 0, 0, 0), "{header}: {report:?}");
        assert_eq!(desk.column(&CUSTOMERS, "name_kana"), ["アカギ"], "{header}");
    }
}

#[test]
fn the_data_set_is_known_by_file_name_or_header() {
    for name in ["sales.csv", "Sales-2026.csv", "売上明細_10月.csv", "データ.csv"] {
        let desk = Desk::new();
        let report =
            desk.import(name, "伝票番号,行番号,売上日,顧客コード,金額\nS1,1,2026/10/1,C1,\"1,000\"\n");
        assert_eq!(
            report.files.first().map(|file| file.dataset.as_str()),
            Some("sales"),
            "{name}: {report:?}"
        );
    }
}

#[test]
fn missing_unknown_and_repeated_columns() {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name,industry,rank\nC1,赤木,酒販店,A\n");
    // Only what the file has is changed; an empty cell empties.
    let report = desk.import("customers.csv", "customer_code,rank\nC1,\nC2,B\n");
    assert_eq!(faults(&report), [(3, Some("customer_name"), "missing_column")]);
    assert_eq!(counts(&report), (2, 0, 1, 0, 1));
    assert_eq!(desk.column(&CUSTOMERS, "industry"), ["酒販店"]);
    assert_eq!(desk.column(&CUSTOMERS, "rank"), ["NULL"]);
    let report = desk.import("customers.csv", "customer_code,customer_name,shoe_size\nC1,赤木,27\n");
    assert_eq!(report.warnings[0].code, "unknown_column");
    assert!(report.warnings[0].message.text(Lang::En).contains("shoe_size") && !report.refused_any());
    let report = desk.import("customers.csv", "customer_code,顧客名,customer_name\nC1,a,b\n");
    assert_eq!(faults(&report), [(1, Some("customer_name"), "duplicate_column")]);
    let report = desk.import("customers.csv", "customer_name\n赤木\n");
    assert_eq!(faults(&report), [(1, Some("customer_code"), "missing_column")]);
}

#[test]
fn passwords_are_not_kept() {
    let desk = Desk::new();
    let content = "customer_code,customer_name,パスワード\nC1,赤木,hunter2\n,青木,hunter2\n";
    let report = desk.import("customers.csv", content);
    assert_eq!(counts(&report), (2, 1, 0, 0, 1));
    assert!(!serde_json::to_string(&report.in_lang(Lang::En)).unwrap().contains("hunter2"));
    assert!(!desk.rows(&CUSTOMERS).concat().contains(&"hunter2".to_owned()));
}

#[test]
fn defaults_of_empty_and_missing_cells() {
    let desk = Desk::new();
    desk.import("contacts.csv", "customer_code,phone\nC1,03-1234-5678\n");
    desk.import("addresses.csv", "customer_code,kind,prefecture\nC1,本社,東京都\n");
    desk.import("customers.csv", "customer_code,customer_name,trading_status\nC1,x,\n");
    assert_eq!(desk.column(&CONTACTS, "purpose"), ["sales"]);
    assert_eq!(desk.column(&CONTACTS, "person_name"), [""]);
    assert_eq!(desk.column(&ADDRESSES, "address_no"), ["1"]);
    assert_eq!(desk.column(&CUSTOMERS, "trading_status"), ["active"]);
    let again =
        desk.import("contacts.csv", "customer_code,phone,purpose,person_name\nC1,03-1234-5678,営業,\n");
    assert_eq!(counts(&again), (1, 0, 0, 1, 0));
}

#[test]
fn the_second_of_two_rows_with_one_key_is_refused_with_the_line_of_the_first() {
    let desk = Desk::new();
    let head = "slip_no,line_no,sold_on,customer_code,amount\n";
    let report = desk.import(
        "sales.csv",
        format!(
            "{head}S1,1,x,C1,100\nS1,1,2026-10-01,C1,100\nS1,2,2026-10-01,C1,5\nS1,１,2026-10-02,C1,200\n"
        ),
    );
    // The first row is wrong for another reason, so that the next one with its key is the first good one.
    assert_eq!(faults(&report), [(2, Some("sold_on"), "invalid_date"), (5, None, "duplicate_key")]);
    assert!(
        report.errors[1].message.text(Lang::En).contains("line 3"),
        "{}",
        report.errors[1].message.text(Lang::En)
    );
    assert_eq!(desk.column(&SALES, "amount"), ["1000000", "50000"]);
    let sums = &report.files[0].sums["amount"];
    assert_eq!((sums.read.as_str(), sums.accepted.as_str(), sums.refused.as_str()), ("405", "105", "300"));
}

#[test]
fn sums_are_exact() {
    let desk = Desk::new();
    let head = "slip_no,line_no,sold_on,customer_code,amount\n";
    let rows: String = (0..1000).map(|at| format!("S{at},1,2026-10-01,C1,0.1\n")).collect();
    let report = desk.import("sales.csv", format!("{head}{rows}T,1,2026-10-01,C1,▲99999999999999.9999\n"));
    assert_eq!(report.files[0].sums["amount"].accepted, "-99999999999899.9999");
}

#[test]
fn encodings() {
    let content = "customer_code,customer_name,name_kana\nC1,㈱髙﨑商店～,ﾀｶｻｷｼｮｳﾃﾝ\nC2,濵田酒店,ハマダ\n";
    let utf16 = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(content.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (bytes, encoding) in [
        (content.as_bytes().to_vec(), "UTF-8"),
        ([b"\xEF\xBB\xBF", content.as_bytes()].concat(), "UTF-8 (BOM)"),
        (encode_cp932(&content.replace("濵", "浜")).unwrap(), "CP932"),
        (utf16(false), "UTF-16LE"),
        (utf16(true), "UTF-16BE"),
    ] {
        let desk = Desk::new();
        let report = desk.import("customers.csv", bytes);
        assert_eq!(counts(&report), (2, 2, 0, 0, 0), "{encoding}: {report:?}");
        assert_eq!(report.files[0].encoding, encoding);
        assert_eq!(desk.column(&CUSTOMERS, "customer_name")[0], "㈱髙﨑商店～", "{encoding}");
    }
}

#[test]
fn a_row_of_broken_bytes_is_refused_alone() {
    let mut utf8 = "product_code,product_name\nP1,お茶と日本酒\nP2,".as_bytes().to_vec();
    utf8.extend(b"\xE3\x81,\n".iter().take(2));
    utf8.extend("\nP3,水と塩\n".as_bytes());
    let desk = Desk::new();
    let report = desk.import("products.csv", &utf8);
    assert_eq!(faults(&report), [(3, Some("product_name"), "encoding")], "{report:?}");
    assert_eq!(desk.column(&PRODUCTS, "product_code"), ["P1", "P3"]);
    let mut cp932 = encode_cp932("product_code,product_name\nP1,お茶と日本酒\nP2,").unwrap();
    cp932.extend(b"\x81\x20\nP3,");
    cp932.extend(encode_cp932("水と塩と酢と味噌\n").unwrap());
    let desk = Desk::new();
    let report = desk.import("products.csv", &cp932);
    assert_eq!(report.files[0].encoding, "CP932");
    assert_eq!(faults(&report), [(3, Some("product_name"), "encoding")], "{report:?}");
}

#[test]
fn the_report_has_the_documented_form() {
    let desk = Desk::new();
    let report =
        desk.import("sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS1,1,nodate,C1,100\n");
    let file = report.files[0].file.clone();
    let expected = serde_json::json!({
        "files": [{
            "file": file, "dataset": "sales", "profile": "native", "encoding": "UTF-8",
            "read": 1, "new": 0, "changed": 0, "unchanged": 0, "refused": 1, "skipped": 0,
            "sums": {"amount": {"read": "100", "accepted": "0", "refused": "100"}},
            "in_store": {"rows": 0, "amount": "0"},
        }],
        "errors": [{
            "file": file, "line": 2, "column": "sold_on", "code": "invalid_date",
            "message": report.errors[0].message.text(Lang::En), "raw": "S1,1,nodate,C1,100",
        }],
    });
    assert_eq!(serde_json::to_value(report.in_lang(Lang::En)).unwrap(), expected);
}
