//! Layouts in which a row is not a record: order fields on the first line only, products beside each other, rows without
//! a number.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::import_support::{Desk, faults, in_both_languages, options, reconciles};
use proptest::prelude::*;
use shared::dataset::{CUSTOMERS, Dataset, PAYMENTS, QUOTE_LINES, QUOTES, SALES};
use shared::export::{ExportFormat, ExportLayout, ExportSettings, export_files};
use shared::import::{ImportOptions, ImportReport, ImportSettings, import_files};
use shared::profile;

fn settings(profile: &str) -> ImportSettings {
    let profile = Arc::new(profile::parse("own.toml", profile).unwrap());
    ImportSettings { profile: Some(profile), ..ImportSettings::default() }
}

/// Imports a file twice; the second time changes nothing.
fn import(desk: &Desk, profile: &str, file: &str) -> ImportReport {
    let report = desk.import_with("一覧.csv", file, &settings(profile));
    report.files.iter().for_each(reconciles);
    let again = desk.import_with("一覧.csv", file, &settings(profile));
    assert!(again.files.iter().all(|file| (file.new, file.changed) == (0, 0)), "{again:?}");
    assert_eq!(faults(&again), faults(&report));
    report
}

fn rows(desk: &Desk, dataset: &'static Dataset, columns: &[&str]) -> Vec<String> {
    let at: Vec<usize> = columns.iter().map(|name| dataset.column_index(name).unwrap()).collect();
    let row = |row: Vec<String>| at.iter().map(|&at| row[at].clone()).collect::<Vec<_>>().join("|");
    desk.rows(dataset).into_iter().map(row).collect()
}

const ORDERS: &str = r#"
name = "orders"
title = "orders"
columns = ["Name", "Email", "Financial Status", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price"]
[detect]
headers = ["Name", "Lineitem name"]
[record]
key = "Name"
table = ["Lineitem quantity", "Lineitem name", "Lineitem price"]
[[skip]]
column = "Financial Status"
values = ["voided"]
reason = "voided"
[[dataset]]
name = "sales"
[dataset.columns]
slip_no = "Name"
line_no = { count = "Name" }
sold_on = "Created at"
customer_code = "Email"
product_name = "Lineitem name"
quantity = "Lineitem quantity"
amount = { from = "Lineitem price", times = "Lineitem quantity" }
[[dataset]]
name = "customers"
rows = "record"
[dataset.columns]
customer_code = "Email"
customer_name = "Email"
"#;

const ORDERS_HEAD: &str =
    "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price\n";

#[test]
fn fields_of_an_order_are_carried_down_by_its_number() {
    let desk = Desk::new();
    let file = format!(
        "{ORDERS_HEAD}#1001,a@example.com,paid,2026-10-01 09:05:10 +0900,3,ほうじ茶,980\n#1001,,,,1,煎茶,1480\n\
         #1002,b@example.com,voided,2026-10-02 00:30:00 +0900,1,玉露,5200\n#1002,,,,1,煎茶,1480\n\
         #1003,c@example.com,refunded,2026-10-03 10:00:00 +0900,1,ほうじ茶,980\n,,,,2,,100\n"
    );
    let report = import(&desk, ORDERS, &file);
    assert_eq!(report.errors, []);
    assert_eq!(
        (report.files[0].new, report.files[0].skipped),
        (4, 2),
        "an order is skipped with all its lines"
    );
    assert_eq!(
        rows(&desk, &SALES, &["slip_no", "line_no", "sold_on", "customer_code", "product_name", "amount"]),
        [
            "#1001|1|2026-10-01|a@example.com|ほうじ茶|29400000",
            "#1001|2|2026-10-01|a@example.com|煎茶|14800000",
            "#1003|1|2026-10-03|c@example.com|ほうじ茶|9800000",
            "#1003|2|2026-10-03|c@example.com|NULL|2000000",
        ],
        "a number may be carried down as well, a column of the table is not"
    );
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["a@example.com", "c@example.com"]);
}

#[test]
fn lines_behind_a_broken_row_are_nobody_elses() {
    let desk = Desk::new();
    let file = format!(
        "{ORDERS_HEAD}#1,a@example.com,paid,2026-10-01,1,茶,100\n#2,b@example.com,paid,2026-10-02,1,酒,200,?\n\
         ,,,,1,水,300\n#3,c@example.com,paid,2026-10-03,1,塩,400\n"
    );
    let report = import(&desk, ORDERS, &file);
    let told = faults(&report);
    assert_eq!(told.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [3, 4], "{told:?}");
    assert_eq!(rows(&desk, &SALES, &["slip_no", "product_name"]), ["#1|茶", "#3|塩"]);
}

const SHIPMENTS: &str = r#"
name = "groups"
title = "groups"
columns = ["受注番号", "売上日", "顧客コード", "商品コード", "商品名", "数量", "金額"]
repeat = ["商品コード", "商品名", "数量", "金額"]
[aliases]
"商品名" = ["品名"]
[detect]
headers = ["受注番号", "金額"]
[[dataset]]
name = "sales"
[dataset.columns]
slip_no = "受注番号"
line_no = { count = "受注番号" }
sold_on = "売上日"
customer_code = "顧客コード"
product_code = "商品コード"
product_name = "商品名"
quantity = "数量"
amount = "金額"
"#;

const LINE: &[&str] = &["slip_no", "line_no", "product_code", "product_name", "quantity", "amount"];

#[test]
fn each_group_of_products_beside_each_other_is_a_line() {
    let wanted = [
        "J1|1|T1|茶|30000|1000000",
        "J1|2|T2|酒|10000|500000",
        "J1|3|T3|NULL|NULL|10000",
        "J2|1|T4|水|10000|20000",
    ];
    let body = "J1,2026-10-02,C1,T1,茶,3,100,T2,酒,1,50\nJ1,2026-10-02,C1,,,,,T3,,,1\nJ2,2026-10-03,C1,T4,水,1,2,,,,\n";
    for head in [
        "受注番号,売上日,顧客コード,商品コード1,商品名1,数量1,金額1,商品コード2,商品名2,数量2,金額2",
        "受注番号,売上日,顧客コード,商品コード_1,品名(1),数量 １,金額-1,商品コード_3,品名(3),数量 ３,金額-3",
        "受注番号,売上日,顧客コード,商品コード,商品名,数量,金額,商品コード,商品名,数量,金額",
        "受注番号,売上日,顧客コード,商品コード,商品名,数量,金額,商品コード2,商品名2,数量2,金額2",
    ] {
        let desk = Desk::new();
        let report = import(&desk, SHIPMENTS, &format!("{head}\n{body}"));
        assert_eq!(report.errors, [], "{head}");
        assert!(
            report.warnings.iter().all(|warning| warning.code == "unknown_customer"),
            "{head}: {report:?}"
        );
        assert_eq!((report.files[0].read, report.files[0].new), (4, 4), "{head}");
        assert_eq!(rows(&desk, &SALES, LINE), wanted, "{head}");
    }
}

#[test]
fn a_layout_with_groups_is_written_with_one_group_a_row_and_read_again() {
    let desk = Desk::new();
    let head = "受注番号,売上日,顧客コード,商品コード1,商品名1,数量1,金額1,商品コード2,商品名2,数量2,金額2\n";
    let file = format!("{head}J1,2026-10-02,C1,T1,茶,3,100,T2,酒,1,50\nJ2,2026-10-03,C1,T4,水,1,2,,,,\n");
    import(&desk, SHIPMENTS, &file);
    let profile = profile::parse("own.toml", SHIPMENTS).unwrap();
    let lines = rows(&desk, &SALES, LINE);
    for format in [ExportFormat::Csv, ExportFormat::Tsv, ExportFormat::Xlsx] {
        let export =
            ExportSettings { format, layout: ExportLayout::Profile(&profile), ..ExportSettings::default() };
        let folder = desk.folder.path().join("out");
        let files = export_files(&mut desk.store.reader().unwrap(), &[&SALES], &folder, &export).unwrap();
        assert_eq!((files[0].rows, files[0].left_out), (3, 0), "{format:?}");
        let again = |desk: &Desk| {
            let paths = [files[0].file.clone()];
            import_files(&desk.store, &paths, &options(), &settings(SHIPMENTS), &mut |_| {}).unwrap()
        };
        let report = again(&desk);
        assert_eq!((faults(&report), report.files[0].unchanged), (vec![], 3), "{format:?}: {report:?}");
        let copy = Desk::new();
        again(&copy);
        assert_eq!(rows(&copy, &SALES, LINE), lines, "{format:?}");
    }
}

#[test]
fn a_group_that_is_refused_costs_only_its_own_line() {
    let desk = Desk::new();
    let head = "受注番号,売上日,顧客コード,商品コード1,金額1,商品コード2,金額2,商品コード101,数量3\n";
    let file = format!(
        "{head}J1,2026-10-02,C1,T1,?,T2,50,,\nJ2,2026-10-02,C1,,,,,,\nJ3,2026-10-02,C1,T9,1,T8,2,X,5\n"
    );
    let report = import(&desk, SHIPMENTS, &file);
    let told = [
        (2, Some("amount"), "not_a_number"),
        // A row without any product is not lost without a word, nor a group without its amount.
        (3, Some("amount"), "required"),
        (4, Some("amount"), "required"),
    ];
    assert_eq!(faults(&report), told);
    report.errors.iter().for_each(in_both_languages);
    assert_eq!(
        rows(&desk, &SALES, &["slip_no", "line_no", "product_code"]),
        ["J1|2|T2", "J3|1|T9", "J3|2|T8"]
    );
    assert!(report.warnings.iter().any(|warning| warning.code == "unknown_column"), "商品コード101");
}

#[test]
fn what_is_read_of_a_row_with_groups_is_its_first_filled_one() {
    let profile = SHIPMENTS.replace("{ count = \"受注番号\" }", "{ const = \"1\" }")
        + "[[skip]]\nempty = [\"商品コード\"]\nreason = { ja = \"空\", en = \"empty\" }\n";
    let desk = Desk::new();
    let head = "受注番号,売上日,顧客コード,商品コード1,金額1,商品コード2,金額2\n";
    let file = format!("{head}J1,2026-10-02,C1,,,T2,50\nJ2,2026-10-02,C1,T1,10,,\nJ3,2026-10-02,C1,,,,\n");
    assert_eq!(faults(&import(&desk, &profile, &file)), []);
    assert_eq!(rows(&desk, &SALES, &["slip_no", "product_code"]), ["J1|T2", "J2|T1"]);
}

#[test]
fn a_record_is_written_when_one_of_its_groups_is() {
    let profile = r#"
name = "offers"
title = "offers"
columns = ["番号", "日付", "客", "品名", "金額"]
repeat = ["品名", "金額"]
[detect]
headers = ["番号", "金額"]
[[dataset]]
name = "quote_lines"
[dataset.columns]
quote_no = "番号"
line_no = { count = "番号" }
product_name = "品名"
amount = "金額"
[[dataset]]
name = "quotes"
[dataset.columns]
quote_no = "番号"
customer_code = "客"
quoted_on = "日付"
"#;
    let desk = Desk::new();
    let head = "番号,日付,客,品名1,金額1,品名2,金額2\n";
    let file = format!("{head}Q1,2026-10-02,C1,茶,1,酒,?\nQ2,2026-10-02,C1,茶,?,酒,?\n");
    let told: Vec<u64> = faults(&import(&desk, profile, &file)).iter().map(|(line, ..)| *line).collect();
    assert_eq!(told, [2, 3, 3]);
    assert_eq!(desk.column(&QUOTES, "quote_no"), ["Q1"]);
    assert_eq!(desk.column(&QUOTE_LINES, "quote_no"), ["Q1"]);
}

const BANK: &str = r#"
name = "bank"
title = "bank"
columns = ["年月日", "お引出し", "お預入れ", "お取り扱い内容", "残高"]
[detect]
headers = ["年月日", "お預入れ"]
[[skip]]
empty = ["お預入れ"]
reason = "withdrawal"
[[dataset]]
name = "payments"
[dataset.columns]
payment_no = { from = ["年月日", "お預入れ", "お取り扱い内容"], nth = true }
customer_code = { from = "お取り扱い内容", map = { "ﾌﾘｺﾐ ｱｵﾊﾞ" = "C1" }, rest = "C9" }
paid_on = "年月日"
amount = "お預入れ"
"#;

#[test]
fn equal_payments_of_a_day_are_two_and_the_same_ones_when_they_come_again() {
    let desk = Desk::new();
    let head = "年月日,お引出し,お預入れ,お取り扱い内容,残高\n";
    let file = format!(
        "{head}R08.10.01,,98000,ﾌﾘｺﾐ ｱｵﾊﾞ,198000\nR08.10.01,,98000,ﾌﾘｺﾐ ｱｵﾊﾞ,296000\nR08.10.02,550,,手数料,295450\n\
         R08.10.03,,1,利息,295451\n"
    );
    let report = import(&desk, BANK, &file);
    assert_eq!((report.errors.as_slice(), report.files[0].new, report.files[0].skipped), (&[][..], 3, 1));
    let numbers =
        ["2026-10-01-98000-フリコミ アオバ-1", "2026-10-01-98000-フリコミ アオバ-2", "2026-10-03-1-利息-1"];
    assert_eq!(desk.column(&PAYMENTS, "payment_no"), numbers);
    // Saved again by a spreadsheet, in another order.
    let resaved = format!(
        "{head}2026/10/3,,1,利息,295451\n2026/10/1,,\"98,000\",フリコミ　アオバ,296000\n2026/10/1,,\"98,000\",フリコミ　アオバ,198000\n"
    );
    let again = desk.import_with("明細.csv", &resaved, &settings(BANK));
    assert_eq!((again.errors.as_slice(), again.files[0].new), (&[][..], 0), "{again:?}");
    let long = format!("{head}2026-10-04,,5,{},0\n2026-10-04,,5,{},0\n", "あ".repeat(80), "い".repeat(80));
    assert_eq!(import(&desk, BANK, &long).files[0].new, 2);
    // A part of the file would begin at 1 again.
    let path = desk.file("部分.csv", &file);
    let options = ImportOptions { corrects: Some(1), ..options() };
    let part = import_files(&desk.store, &[path], &options, &settings(BANK), &mut |_| {}).unwrap();
    assert_eq!(part.errors[0].code, "lines_counted");
    in_both_languages(&part.errors[0]);
}

const QUOTES_WITH_PAYMENTS: &str = r#"
name = "two-tables"
title = "two tables"
columns = ["レコードの開始行", "見積番号", "顧客コード", "見積日", "商品名", "金額", "入金予定日", "入金予定額"]
[detect]
headers = ["レコードの開始行", "見積番号"]
[record]
start = "レコードの開始行"
table = ["商品名", "金額", "入金予定日", "入金予定額"]
[[dataset]]
name = "quotes"
rows = "record"
[dataset.columns]
quote_no = "見積番号"
customer_code = "顧客コード"
quoted_on = "見積日"
[[dataset]]
name = "quote_lines"
when = ["商品名"]
[dataset.columns]
quote_no = "見積番号"
line_no = { count = "見積番号" }
product_name = "商品名"
amount = "金額"
[[dataset]]
name = "payments"
when = ["入金予定額"]
[dataset.columns]
payment_no = { from = ["見積番号", "入金予定日"], nth = true }
customer_code = "顧客コード"
paid_on = "入金予定日"
amount = "入金予定額"
"#;

#[test]
fn a_record_may_have_two_tables() {
    let desk = Desk::new();
    let file = "レコードの開始行,見積番号,顧客コード,見積日,商品名,金額,入金予定日,入金予定額\n\
                *,Q1,C1,2026-10-01,茶,100,,\n,Q1,C1,2026-10-01,酒,200,,\n,Q1,C1,2026-10-01,,,2026-11-30,150\n\
                ,,,,,,2026-12-31,150\n*,Q2,C2,2026-10-02,水,5,2026-11-30,5\n";
    let report = import(&desk, QUOTES_WITH_PAYMENTS, file);
    assert_eq!(report.errors, []);
    assert_eq!(desk.column(&QUOTES, "quote_no"), ["Q1", "Q2"]);
    assert_eq!(
        rows(&desk, &QUOTE_LINES, &["quote_no", "line_no", "product_name"]),
        ["Q1|1|茶", "Q1|2|酒", "Q2|1|水"]
    );
    assert_eq!(
        rows(&desk, &PAYMENTS, &["payment_no", "customer_code", "amount"]),
        ["Q1-2026-11-30-1|C1|1500000", "Q1-2026-12-31-1|C1|1500000", "Q2-2026-11-30-1|C2|50000"]
    );
}

#[test]
fn a_profile_says_where_a_record_begins_in_one_way() {
    for record in ["table = [\"Name\"]", "key = \"Name\"\nstart = \"Name\"", "key = \"Name\"\nmark = \"*\""] {
        let text = ORDERS.replace("key = \"Name\"", record);
        let mistakes = profile::parse("own.toml", &text).unwrap_err().mistakes;
        assert_eq!(mistakes.len(), 1, "{record}: {mistakes:?}");
    }
    let unknown = SHIPMENTS.replace("repeat = [\"商品コード\"", "repeat = [\"商品番号\"");
    assert_eq!(profile::parse("own.toml", &unknown).unwrap_err().mistakes.len(), 1);
}

/// Orders with the amounts of their lines.
fn orders() -> impl Strategy<Value = Vec<Vec<i64>>> {
    proptest::collection::vec(proptest::collection::vec(1..1_000_000_i64, 1..7), 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_layout_gives_the_same_lines(orders in orders(), groups in 1..4_usize) {
        let mut plain = "slip_no,line_no,sold_on,customer_code,amount\n".to_owned();
        let mut carried = ORDERS_HEAD.to_owned();
        let heads: Vec<String> = (1..=groups).map(|group| format!(",金額{group}")).collect();
        let mut beside = format!("受注番号,売上日,顧客コード{}\n", heads.concat());
        for (at, lines) in orders.iter().enumerate() {
            let day = at % 28 + 1;
            for (line, amount) in lines.iter().enumerate() {
                writeln!(plain, "S{at},{},2026-10-{day:02},C{at},{amount}", line + 1).unwrap();
                let of_order = if line == 0 { format!("C{at},paid,2026-10-{day:02}") } else { ",,".to_owned() };
                writeln!(carried, "S{at},{of_order},1,,{amount}").unwrap();
            }
            for lines in lines.chunks(groups) {
                let mut cells: Vec<String> = lines.iter().map(ToString::to_string).collect();
                cells.resize(groups, String::new());
                writeln!(beside, "S{at},2026-10-{day:02},C{at},{}", cells.join(",")).unwrap();
            }
        }
        let columns = ["slip_no", "line_no", "sold_on", "customer_code", "amount"];
        let (native, other, third) = (Desk::new(), Desk::new(), Desk::new());
        native.import("sales.csv", &plain);
        import(&other, ORDERS, &carried);
        import(&third, SHIPMENTS, &beside);
        prop_assert_eq!(rows(&native, &SALES, &columns), rows(&other, &SALES, &columns));
        prop_assert_eq!(rows(&native, &SALES, &columns), rows(&third, &SALES, &columns));
    }
}
