//! Cells that used to come in wrong without a word: each is right, or refused with its reason.

use crate::import_support::{Desk, counts, faults, in_both_languages};
use encoding_rs::{EUC_JP, GB18030, ISO_2022_JP, SHIFT_JIS};
use shared::dataset::{
    ADDRESSES, CALLS, CONTACTS, CUSTOMERS, Dataset, INQUIRIES, PRODUCTS, SALES, TIME_ENTRIES,
};
use shared::import::ImportReport;
use shared::label::Lang;

/// Code, first line and count of each warning.
fn warnings(report: &ImportReport) -> Vec<(&'static str, Option<u64>, u64)> {
    report.warnings.iter().map(|warning| (warning.code, warning.line, warning.count)).collect()
}

/// One cell of a data set: what is stored, or the error's code.
fn cell(dataset: &'static Dataset, head: &str, row: &str, name: &str, cell: &str) -> Result<String, String> {
    let desk = Desk::new();
    let report = desk.import(&format!("{}.csv", dataset.name), format!("{head},{name}\n{row},{cell}\n"));
    match report.errors.first() {
        Some(error) => {
            in_both_languages(error);
            Err(error.code.to_owned())
        }
        None => Ok(desk.column(dataset, name).remove(0)),
    }
}

#[test]
fn characters_that_nobody_sees_are_removed_and_counted() {
    let desk = Desk::new();
    let text = "customer_code,customer_name,trading_status,credit_limit\n\
                C\u{200B}1,\u{845B}\u{E0100}飾商店,取\u{200E}引中,1\u{202C}000\n\u{FEFF}C2,b,,\n";
    let report = desk.import("customers.csv", text);
    assert_eq!(warnings(&report), [("invisible_characters", Some(2), 4)], "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1", "C2"]);
    assert_eq!(
        desk.column(&CUSTOMERS, "customer_name")[0],
        "\u{845B}\u{E0100}飾商店",
        "a letter's form is kept"
    );
    assert_eq!(desk.column(&CUSTOMERS, "credit_limit")[0], "10000000");
    let report = desk.import(
        "contacts.csv",
        "customer_code,phone,email\nC1,\u{202D}0312345678\u{202C},a@\u{AD}b.example\n",
    );
    assert_eq!(warnings(&report), [("invisible_characters", Some(2), 2)], "{report:?}");
    assert_eq!(desk.column(&CONTACTS, "phone"), ["0312345678"]);
    assert_eq!(desk.column(&CONTACTS, "email"), ["a@b.example"]);
}

#[test]
fn files_that_were_put_behind_each_other_are_read_as_one() {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name\nC1,a\n");
    let head = "伝票番号,売上日,顧客コード,金額";
    let text = format!(
        "\u{FEFF}{head}\nS1,2026/10/01,C1,100\n\u{FEFF}S2,2026/10/02,C1,200\n\u{FEFF}{head}\n\
         S1,2026/10/01,C1,5\n\"伝票番号\", 売上日,顧客コード,金額\n\u{200B}S2,2026/10/02,C1,6\n"
    );
    let report = desk.import("sales.csv", &text);
    assert_eq!(faults(&report), []);
    assert_eq!(report.files[0].skipped, 2, "{report:?}");
    let keys: Vec<String> =
        desk.rows(&SALES).into_iter().map(|row| format!("{} {} {}", row[0], row[1], row[2])).collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert_eq!(desk.column(&SALES, "slip_no"), ["S1", "S1", "S2", "S2"]);
    assert_eq!(desk.column(&SALES, "line_no"), ["1", "2", "1", "2"]);
    let sums = &report.files[0].sums["amount"];
    assert_eq!((sums.read.as_str(), sums.accepted.as_str()), ("311", "311"));
    let later = desk.import("sales-later.csv", format!("{head}\nS2,2026/10/02,C1,200\nS2,2026/10/02,C1,6\n"));
    assert_eq!(counts(&later), (2, 0, 0, 2, 0));
}

#[test]
fn japanese_encodings_are_read_as_what_they_are() {
    let text = "customer_code,customer_name,name_kana\n000101,株式会社青葉商店,ｱｵﾊﾞ\n000102,有限会社緑ヶ丘酒店,\n\
                000103,北野 花子,ｷﾀﾉ ﾊﾅｺ\n000104,東京都千代田区,\n";
    for codec in [EUC_JP, ISO_2022_JP, SHIFT_JIS] {
        for text in [text.to_owned(), text.replace("customer_code,customer_name", "顧客コード,顧客名")]
        {
            // ISO-2022-JP has no half-width kana of its own.
            let text = if codec == ISO_2022_JP { text.replace(['ｱ', 'ｷ'], "") } else { text };
            let (bytes, _, lost) = codec.encode(&text);
            let desk = Desk::new();
            let report = desk.import("customers.csv", &bytes);
            assert!(!lost || codec == ISO_2022_JP, "{}", codec.name());
            assert_eq!(report.errors, [], "{}", codec.name());
            let names = desk.column(&CUSTOMERS, "customer_name");
            assert_eq!(
                names,
                ["株式会社青葉商店", "有限会社緑ヶ丘酒店", "北野 花子", "東京都千代田区"],
                "{}",
                codec.name()
            );
        }
    }
    // Letters of EUC-JP that are half-width kana in CP932 too.
    let desk = Desk::new();
    let text = "product_code,product_name\nP1,青木酒店\nP2,日本茶\nP3,株式会社\n";
    let report = desk.import("products.csv", EUC_JP.encode(text).0);
    assert!(
        desk.column(&PRODUCTS, "product_name") == ["青木酒店", "日本茶", "株式会社"]
            || report.files.is_empty(),
        "{report:?}"
    );
    for text in [
        "product_code,product_name\nP1,我们的新产品在中国有西\n",
        "product_code,product_name\nP1,茶叶\nP2,新一中西有在小\n",
    ] {
        let report = Desk::new().import("products.csv", GB18030.encode(text).0);
        assert_eq!(faults(&report), [(1, None, "encoding")], "{text}");
        assert!(report.errors[0].message.text(Lang::En).contains("GB18030"), "{report:?}");
        in_both_languages(&report.errors[0]);
    }
}

#[test]
fn lengths_of_time_are_numbers_of_the_column_they_are_in() {
    let hours = |text: &str| {
        let (head, row) = ("entry_no,project_code,member_code,worked_on", "E1,P1,M1,2026-10-01");
        cell(&TIME_ENTRIES, head, row, "hours", text)
    };
    for (text, stored) in [
        ("1.5", "15000"),
        ("1:30", "15000"),
        ("0:03:36", "600"),
        ("24:00", "240000"),
        ("25:30", "255000"),
        ("0:20", "3333"),
        ("１：３０", "15000"),
        ("1時間30分", "15000"),
        ("90分", "15000"),
    ] {
        assert_eq!(hours(text).as_deref(), Ok(stored), "{text}");
    }
    for text in ["1:60", "1:30:60", "1:", ":30", "1:2:3:4", "-1:30", "1:30x", "30分1時間", "9:00-10:00"] {
        assert_eq!(hours(text), Err("not_a_number".to_owned()), "{text}");
    }
    let seconds = |text: &str| {
        let (head, row) = ("call_id,direction,started_at", "K1,着信,2026-10-01 09:00");
        cell(&CALLS, head, row, "talk_seconds", text)
    };
    for (text, stored) in [
        ("0:03:25", "205"),
        ("00:20", "20"),
        ("3:25", "205"),
        ("1:02:00", "3720"),
        ("18分25秒", "1105"),
        ("5秒", "5"),
        ("7", "7"),
    ] {
        assert_eq!(seconds(text).as_deref(), Ok(stored), "{text}");
    }
    let amount =
        |text: &str| cell(&SALES, "slip_no,sold_on,customer_code", "S1,2026-10-01,C1", "amount", text);
    for text in ["1:30", "0:03:25", "90分"] {
        assert_eq!(amount(text), Err("not_a_number".to_owned()), "{text}");
    }
}

#[test]
fn zeros_of_telephone_numbers_and_postal_codes_come_back() {
    let phone = |text: &str| cell(&CONTACTS, "customer_code", "C1", "phone", text);
    for (text, stored) in [
        ("312345601", "0312345601"),
        ("9012345602", "09012345602"),
        ("120345603", "0120345603"),
        ("0312345601", "0312345601"),
        ("'0312345601", "0312345601"),
        ("03-1234-5601", "03-1234-5601"),
        ("12345", "12345"),
    ] {
        assert_eq!(phone(text).as_deref(), Ok(stored), "{text}");
    }
    let postal = |text: &str| cell(&ADDRESSES, "customer_code,kind", "C1,本社", "postal_code", text);
    for (text, stored) in [
        ("600001", "0600001"),
        ("10001", "0010001"),
        ("060-0001", "060-0001"),
        ("1000001", "1000001"),
        ("060", "060"),
    ] {
        assert_eq!(postal(text).as_deref(), Ok(stored), "{text}");
    }
    let desk = Desk::new();
    let report =
        desk.import("contacts.csv", "customer_code,phone\nC1,0312345601\nC2,9012345602\nC3,120345603\n");
    assert!(warnings(&report).contains(&("zeros_restored", Some(3), 2)), "{report:?}");
}

#[test]
fn words_for_no_value_are_counted_where_they_are_text() {
    let desk = Desk::new();
    let report =
        desk.import("customers.csv", "customer_code,customer_name,industry\nC1,a,NULL\nC2,b,\\N\nC3,c,\n");
    assert_eq!(warnings(&report), [("null_words", Some(2), 2)], "{report:?}");
    let report = desk.import("customers.csv", "customer_code,customer_name,industry\nC1,#N/A,a\n#REF!,b,\n");
    assert_eq!(
        faults(&report),
        [(2, Some("customer_name"), "error_cell"), (3, Some("customer_code"), "error_cell")]
    );
}

#[test]
fn rows_that_end_with_empty_cells_may_be_shorter() {
    let desk = Desk::new();
    let head = "slip_no,sold_on,customer_code,amount,warehouse_code,status,";
    let rows = "S1,2026-10-01,C1,1,W1,\nS2,2026-10-01,C1,2\nS3,2026-10-01,C1,3,,\nS4,2026-10-01\nS5,2026-10-01,C1,5,W1";
    let report = desk.import("sales.csv", format!("{head}\n{rows}"));
    // The fourth lacks what every row needs, and the last may have been cut.
    assert_eq!(faults(&report), [(5, None, "column_count"), (6, None, "column_count")], "{report:?}");
    assert_eq!(desk.column(&SALES, "slip_no"), ["S1", "S2", "S3"]);
    let text = "slip_no,sold_on,customer_code,amount,product_name\nS1,2026-10-01,C1,1,モニタ 24\"\nS2,2026-10-01,C1,2,モニタ 27\"";
    let desk = Desk::new();
    assert_eq!(counts(&desk.import("sales.csv", text)), (2, 2, 0, 0, 0));
}

#[test]
fn days_with_a_time_are_days_in_japan() {
    let day = |text: &str| cell(&SALES, "slip_no,customer_code,amount", "S1,C1,1", "sold_on", text);
    for (text, stored) in [
        ("2026-10-01T09:12:33+09:00", "2026-10-01"),
        ("2026-09-30T15:30:00+00:00", "2026-10-01"),
        ("2026-09-30T14:59:59Z", "2026-09-30"),
        ("2026-10-01 12:34:56", "2026-10-01"),
        ("2026-10-01 00:30:00 +0900", "2026-10-01"),
        ("2026/10/01 23:59:59", "2026-10-01"),
        ("2026/10/01 00:00:00.000", "2026-10-01"),
        ("20261001123456", "2026-10-01"),
        ("2026年10月1日 9時30分", "2026-10-01"),
        ("2026/10/ 1", "2026-10-01"),
        ("2026/ 1/ 2", "2026-01-02"),
        ("46296.5", "2026-10-01"),
        ("'2026-10-01", "2026-10-01"),
    ] {
        assert_eq!(day(text).as_deref(), Ok(stored), "{text}");
    }
    for text in
        ["2026/10/01 25:00", "2026/10/01 24:00", "2026-13-01 9:00", "9:00", "20261301123456", "2026/10/01 9"]
    {
        assert_eq!(day(text), Err("invalid_date".to_owned()), "{text}");
    }
    let amount =
        |text: &str| cell(&SALES, "slip_no,sold_on,customer_code", "S1,2026-10-01,C1", "amount", text);
    assert_eq!(amount("'1234").as_deref(), Ok("12340000"));
    let at = |text: &str| {
        let head = "inquiry_no,customer_code,subject";
        cell(&INQUIRIES, head, "I1,C1,x", "opened_at", text)
    };
    for (text, stored) in [
        ("2026-10-01 00:30:00 +0900", "2026-09-30T15:30:00.000Z"),
        ("2026/10/1 24:00", "2026-10-01T15:00:00.000Z"),
        ("2026/10/1 午後3時05分", "2026-10-01T06:05:00.000Z"),
        ("2026/10/01 10:12:30 JST", "2026-10-01T01:12:30.000Z"),
        ("20261001101230", "2026-10-01T01:12:30.000Z"),
    ] {
        assert_eq!(at(text).as_deref(), Ok(stored), "{text}");
    }
}
