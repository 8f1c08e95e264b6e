//! What cells of business files hold, all the way into the store: numbers, days, amounts, taxes, terms, addresses.

use crate::import_support::{Desk, faults, in_both_languages};
use shared::dataset::{CONTACTS, CUSTOMERS, Dataset, SALES, by_name};
use shared::label::Lang;
use shared::phone::PhoneNumber;

/// Imports one cell and gives what is stored, or the error's code.
fn stored(dataset: &str, head: &str, row: &str, name: &str, cell: &str) -> Result<String, String> {
    let desk = Desk::new();
    let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
    let report = desk.import(&format!("{dataset}.csv"), format!("{head},{name}\n{row},{quoted}\n"));
    match report.errors.first() {
        Some(error) => Err(error.code.to_owned()),
        None => {
            let dataset: &'static Dataset = by_name(dataset).unwrap();
            Ok(desk.column(dataset, name).remove(0))
        }
    }
}

fn sale(name: &str, cell: &str) -> Result<String, String> {
    let (mut head, mut row) = (vec!["slip_no", "customer_code"], vec!["S1", "C1"]);
    for (column, value) in [("sold_on", "2025-11-21"), ("amount", "1")] {
        if column != name {
            head.push(column);
            row.push(value);
        }
    }
    stored("sales", &head.join(","), &row.join(","), name, cell)
}

#[test]
fn numbers_are_kept_as_written_and_found_in_every_form() {
    let desk = Desk::new();
    let cells = [
        ("０３－１２３４－５６７８", vec!["0312345678"]),
        ("(03)1234-5679", vec!["0312345679"]),
        ("03-1234-5680（代）", vec!["0312345680"]),
        ("03-1234-5681 内線123", vec!["0312345681"]),
        ("184-090-1234-5682", vec!["09012345682"]),
        ("186 03-1234-5683", vec!["0312345683"]),
        ("tel:+81-3-1234-5684", vec!["0312345684"]),
        ("03-1234-5685 / 090-1234-5686", vec!["0312345685", "09012345686"]),
        ("03-1234-5687、090-1234-5688\n0120-123-456", vec!["0312345687", "09012345688", "0120123456"]),
        ("+81 (0)3-1234-5689", vec!["0312345689"]),
        ("0800-123-4567", vec!["08001234567"]),
        ("１２３", vec![]),
        ("不明", vec![]),
        ("03-1234-56789", vec![]),
    ];
    let rows: String =
        cells.iter().enumerate().map(|(at, (cell, _))| format!("C{at:02},\"{cell}\"\n")).collect();
    assert_eq!(desk.import("contacts.csv", format!("customer_code,phone\n{rows}")).errors, []);
    assert_eq!(desk.column(&CONTACTS, "phone"), cells.each_ref().map(|(cell, _)| *cell), "as written");
    desk.import(
        "customers.csv",
        (0..cells.len())
            .fold("customer_code,customer_name\n".to_owned(), |all, at| format!("{all}C{at:02},x\n")),
    );
    let mut reader = desk.store.reader().unwrap();
    for (at, (cell, numbers)) in cells.iter().enumerate() {
        for number in numbers {
            let found = reader.match_phone(&PhoneNumber::parse(number).unwrap()).unwrap();
            let codes: Vec<_> = found.iter().map(|found| format!("{found:?}")).collect();
            assert!(codes.len() == 1 && codes[0].contains(&format!("C{at:02}")), "{cell}: {codes:?}");
        }
    }
}

#[test]
fn dates_of_every_form_and_invalid_ones() {
    for cell in [
        "令和7年11月21日",
        "R7.11.21",
        "R07/11/21",
        "R.07/11/21",
        "Ｒ７．１１．２１",
        "㋿7年11月21日",
        "2025/11/21",
        "2025-11-21",
        "20251121",
        "2025年11月21日",
        "45982",
        "2025/11/21 0:00:00",
        "2025年11月21日(金)",
    ] {
        assert_eq!(sale("sold_on", cell).as_deref(), Ok("2025-11-21"), "{cell}");
    }
    for (cell, day) in
        [("令和元年5月1日", "2019-05-01"), ("H31.4.30", "2019-04-30"), ("S64.1.7", "1989-01-07")]
    {
        assert_eq!(sale("sold_on", cell).as_deref(), Ok(day), "{cell}");
    }
    for cell in
        ["R0.1.1", "H32.1.1", "平成32年1月1日", "S64.1.8", "2025/02/29", "07/11/21", "251121", "60", "0"]
    {
        assert_eq!(sale("sold_on", cell), Err("invalid_date".to_owned()), "{cell}");
    }
}

#[test]
fn amounts_are_read_with_every_sign() {
    for cell in [
        "-1000",
        "▲1,000",
        "△1,000",
        "(1,000)",
        "（１，０００）",
        "1,000-",
        "１０００－",
        "-¥1,000",
        "¥-1,000",
        "▲1,000円",
        "−1000",
        "￥▲1,000",
        "¥1,000▲",
        "▲¥1,000-",
        "(¥1,000-)",
        "=\"-1,000\"",
    ] {
        assert_eq!(sale("amount", cell).as_deref(), Ok("-10000000"), "{cell}");
    }
    for cell in [
        "1000",
        "1,000",
        "１，０００",
        "¥1,000",
        "￥１０００",
        "1,000円",
        "+1000",
        " 1000.0000 ",
        "\\1,000",
        "¥1,000-",
        "￥1,000-",
        "1,000円-",
        "１，０００円－",
        "=\"1000\"",
    ] {
        assert_eq!(sale("amount", cell).as_deref(), Ok("10000000"), "{cell}");
    }
    for cell in [
        "1,00",
        "12,34",
        "--1",
        "▲-1",
        "1.2.3",
        "1e3",
        "千円",
        "1000円也",
        "100²",
        "①",
        "½",
        "--¥1",
        "¥1--",
        "=1000",
        "1.23457E+12",
    ] {
        assert_eq!(sale("amount", cell), Err("not_a_number".to_owned()), "{cell}");
    }
    assert_eq!(sale("amount", "10%"), Err("not_a_number".to_owned()), "an amount is no rate");
}

#[test]
fn taxes_are_read_by_word_and_rate() {
    for (cell, category) in [
        ("外税", "exclusive"),
        ("税抜", "exclusive"),
        ("内税", "inclusive"),
        ("税込", "inclusive"),
        ("非課税", "exempt"),
        ("不課税", "out_of_scope"),
        ("対象外", "out_of_scope"),
        ("免税", "zero_rated"),
        ("輸出免税", "zero_rated"),
        ("exclusive", "exclusive"),
    ] {
        assert_eq!(sale("tax_category", cell).as_deref(), Ok(category), "{cell}");
    }
    for (cell, rate) in
        [("10", "100000"), ("8%", "80000"), ("８％", "80000"), ("10.0", "100000"), ("0", "0"), ("", "NULL")]
    {
        assert_eq!(sale("tax_rate", cell).as_deref(), Ok(rate), "{cell}");
    }
    assert_eq!(sale("tax_rate", "軽減"), Err("not_a_number".to_owned()));
    assert!(SALES.column("tax_rate").is_some());
}

#[test]
fn payment_terms_stay_as_written() {
    for cell in [
        "月末締め翌月末払い",
        "20日〆翌月10日",
        "１５日締め当月末",
        "NET30",
        "都度",
        "現金",
        "前払い",
        "応相談",
    ] {
        let kept = stored("customers", "customer_code,customer_name", "C1,x", "payment_terms", cell);
        assert_eq!(kept.as_deref(), Ok(cell));
    }
}

#[test]
fn refusals_name_their_place() {
    let desk = Desk::new();
    let report = desk.import(
        "sales.csv",
        "伝票番号,売上日,顧客コード,金額,税区分\nS1,2025/02/29,C1,1,外税\nS2,2025/2/28,C1,1a,外税\nS3,2025/2/28,C1,1,謎\n",
    );
    assert_eq!(
        faults(&report)[..2],
        [(2, Some("sold_on"), "invalid_date"), (3, Some("amount"), "not_a_number")],
        "{report:?}"
    );
    assert!(CUSTOMERS.column("payment_terms").is_some());
}

#[test]
fn refusals_name_the_value_and_what_to_write_in_both_languages() {
    let desk = Desk::new();
    let head = "slip_no,line_no,sold_on,customer_code,amount,status\n";
    let rows = [
        "S1,1,2025/13/45,C1,1,",
        "S2,1,07/11/21,C1,1,",
        "S3,1,2025-11-21,C1,千円,",
        "S4,1,2025-11-21,C1,1.00001,",
        "S5,1,2025-11-21,,1,",
        "S6,一,2025-11-21,C1,1,",
        "S7,1,2025-11-21,1.23E+12,1,",
    ];
    let report = desk.import("sales.csv", format!("{head}{}\n", rows.join("\n")));
    let expected = [
        ("「2025/13/45」という日付は暦にありません。", "2025/13/45: there is no such day"),
        (
            "「07/11/21」は年がはっきりしません。西暦4桁か元号で入力してください",
            "07/11/21 is ambiguous; write the year",
        ),
        ("「千円」は数値ではありません。数字で入力してください", "千円 is not a number; write digits"),
        (
            "「1.00001」は小数点以下が4桁を超えています。4桁以内に丸めてください",
            "1.00001 has more than 4 decimal places",
        ),
        (
            "「顧客コード」が空です。すべての行に入力してください",
            "\"customer code\" is empty; every row needs it",
        ),
        ("「一」は数値ではありません。", "一 is not a number"),
        ("「1.23E+12」は表計算ソフトがコードを丸めたもので", "1.23E+12: a spreadsheet has rounded the code"),
    ];
    assert_eq!(report.errors.len(), expected.len(), "{report:?}");
    for (error, (ja, en)) in report.errors.iter().zip(expected) {
        assert!(error.message.text(Lang::Ja).starts_with(ja), "{error:?}");
        assert!(error.message.text(Lang::En).starts_with(en), "{error:?}");
        in_both_languages(error);
    }
}
