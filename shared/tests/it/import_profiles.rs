//! Layouts of other programs: each profile reads its committed sample, and says the same when it reads it again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::import_support::{Desk, faults, reconciles};
use shared::dataset::{
    ADDRESSES, CONTACT_PERSONS, CONTACTS, CUSTOMERS, DEALS, Dataset, INQUIRIES, ORDERS, PAYMENTS,
    QUOTE_LINES, QUOTES, SALES,
};
use shared::import::{ImportReport, ImportSettings};
use shared::label::Lang;
use shared::profile;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/profiles/samples")
}

/// Imports a sample and gives the report and, for each data set, read, new, refused and skipped.
fn import(desk: &Desk, file: &str) -> (ImportReport, Vec<(String, [u64; 4])>) {
    let report = desk.import_path(&samples().join(file));
    report.files.iter().for_each(reconciles);
    let counts = |file: &shared::import::FileReport| {
        (file.dataset.clone(), [file.read, file.new, file.refused, file.skipped])
    };
    let all = report.files.iter().map(counts).collect();
    (report, all)
}

fn expect(file: &str, profile: &str, expected: &[(&str, [u64; 4])]) -> Desk {
    let desk = Desk::new();
    let (report, found) = import(&desk, file);
    let expected: Vec<(String, [u64; 4])> =
        expected.iter().map(|(name, counts)| ((*name).to_owned(), *counts)).collect();
    assert_eq!(found, expected, "{file}: {report:?}");
    assert!(report.files.iter().all(|file| file.profile == profile), "{file}: {report:?}");
    assert_eq!(report.errors, [], "{file}");
    let (again, _) = import(&desk, file);
    for file in &again.files {
        assert_eq!((file.new, file.changed), (0, 0), "again: {file:?}");
    }
    desk
}

fn rows(desk: &Desk, dataset: &'static Dataset, columns: &[&str]) -> Vec<String> {
    let at: Vec<usize> = columns.iter().map(|name| dataset.column_index(name).unwrap()).collect();
    let row = |row: Vec<String>| at.iter().map(|&at| row[at].clone()).collect::<Vec<_>>().join("|");
    desk.rows(dataset).into_iter().map(row).collect()
}

#[test]
fn every_profile_has_a_sample() {
    let files: Vec<String> = std::fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    for profile in profile::builtin() {
        assert!(files.iter().any(|file| file.starts_with(&profile.name)), "{} has no sample", profile.name);
    }
    assert!(profile::builtin().len() >= 12);
}

#[test]
fn yayoi_customers_with_names() {
    let desk = expect(
        "yayoi-customers-43.csv",
        "yayoi-customers-43",
        &[("customers", [3, 3, 0, 0]), ("contacts", [3, 3, 0, 0]), ("addresses", [2, 2, 0, 0])],
    );
    assert_eq!(
        rows(&desk, &CUSTOMERS, &["customer_code", "customer_name", "credit_limit"]),
        ["000101|㈱髙﨑商店|15000000000", "000102|有限会社 青葉酒店|0", "000103|諸口|NULL"]
    );
    assert_eq!(
        rows(&desk, &CONTACTS, &["customer_code", "phone", "fax"])[..2],
        ["000101|045-555-0101|045-555-0102", "000101|090-5555-0101|045-555-0102"]
    );
    assert_eq!(
        rows(&desk, &ADDRESSES, &["prefecture", "city", "street", "building"]),
        ["神奈川県|横浜市西区|みなとみらい2-2|ＭＭビル5F", "宮城県|仙台市青葉区|一番町1-1|NULL"]
    );
    assert_eq!(desk.column(&CUSTOMERS, "remarks")[0], "配達は午前\n裏口から");
}

#[test]
fn yayoi_customers_without_names() {
    let desk = expect(
        "yayoi-customers-48.tsv",
        "yayoi-customers-48",
        &[
            ("customers", [2, 2, 0, 0]),
            ("contacts", [1, 1, 0, 0]),
            ("contacts", [2, 2, 0, 0]),
            ("addresses", [2, 2, 0, 0]),
        ],
    );
    assert_eq!(desk.column(&CONTACTS, "phone"), ["045-555-0101", "090-5555-0101", "080-5555-0104"]);
}

#[test]
fn yayoi_list_with_titles_and_an_empty_column() {
    let desk = expect(
        "yayoi-customers-list.csv",
        "yayoi-customers-list",
        &[("customers", [3, 2, 0, 1]), ("contacts", [2, 2, 0, 0]), ("addresses", [2, 2, 0, 0])],
    );
    assert_eq!(desk.column(&CUSTOMERS, "customer_name")[1], "居酒屋 濵");
    let (report, _) = import(&desk, "yayoi-customers-list.csv");
    assert!(report.warnings.iter().any(|warning| warning.code == "skipped_rows"), "{report:?}");
}

#[test]
fn yayoi_sales() {
    let sales = [
        "00001201|1|2025-11-21|000101|150000000|120000",
        "00001201|2|2025-11-21|000101|16800000|35000",
        "00001202|1|2025-11-22|000104|-12500000|-10000",
    ];
    let columns = ["slip_no", "line_no", "sold_on", "customer_code", "amount", "quantity"];
    let desk = expect("yayoi-sales-59.tsv", "yayoi-sales-59", &[("sales", [5, 3, 0, 2])]);
    assert_eq!(rows(&desk, &SALES, &columns), sales);
    let (report, _) = import(&desk, "yayoi-sales-59.tsv");
    let sums = &report.files[0].sums["amount"];
    assert_eq!(
        (sums.read.as_str(), sums.accepted.as_str(), sums.skipped.as_deref()),
        ("40429", "15430", Some("24999"))
    );
    let desk = expect("yayoi-sales-40.csv", "yayoi-sales-40", &[("sales", [3, 3, 0, 0])]);
    assert_eq!(rows(&desk, &SALES, &columns), sales);
}

#[test]
fn pca_sales_of_every_version() {
    for width in [53, 55, 56, 67, 71] {
        let desk = expect(&format!("pca-sales-{width}.csv"), "pca-sales", &[("sales", [6, 5, 0, 1])]);
        assert_eq!(
            rows(&desk, &SALES, &["slip_no", "line_no", "customer_code", "amount", "cost", "status"]),
            [
                "000301|1|000101|150000000|96000000|posted",
                // The article line between them has a number too and is no sale.
                "000301|3|000101|-12500000|-8000000|posted",
                "000302|1|000102|60000000|40000000|provisional",
                "000303|1|000102|580000000|400000000|contract",
                "000304|1|000103|16800000|10000000|posted",
            ],
            "{width}"
        );
    }
}

#[test]
fn pca_customers() {
    let desk = expect(
        "pca-customers.csv",
        "pca-customers",
        &[("customers", [2, 2, 0, 0]), ("contacts", [2, 2, 0, 0]), ("addresses", [1, 1, 0, 0])],
    );
    assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["株式会社髙﨑商店 横浜本店", "有限会社青葉酒店"]);
}

#[test]
fn kintone_apps() {
    let desk = expect(
        "kintone-customers.csv",
        "kintone-customers",
        &[("customers", [2, 2, 0, 0]), ("contacts", [2, 2, 0, 0]), ("addresses", [1, 1, 0, 0])],
    );
    assert_eq!(desk.column(&CUSTOMERS, "preferences")[0], "辛口\n冷酒");
    let desk = expect(
        "kintone-contact-persons.csv",
        "kintone-contact-persons",
        &[("contact_persons", [2, 2, 0, 0])],
    );
    assert_eq!(desk.column(&CONTACT_PERSONS, "phone")[0], "045-555-0101 内線12");
    let desk = expect("kintone-deals.csv", "kintone-deals", &[("deals", [2, 2, 0, 0])]);
    assert_eq!(
        rows(&desk, &DEALS, &["deal_no", "stage", "probability"]),
        ["D-001|negotiation|60", "D-002|won|100"]
    );
    let desk = expect("kintone-inquiries.csv", "kintone-inquiries", &[("inquiries", [2, 2, 0, 0])]);
    assert_eq!(desk.column(&INQUIRIES, "kind"), ["complaint", "inquiry"]);
}

#[test]
fn kintone_records_over_several_rows() {
    let desk = Desk::new();
    let (report, found) = import(&desk, "kintone-quotes.csv");
    assert_eq!(report.errors, []);
    let expected = [("quotes", [2, 2, 0, 0]), ("quote_lines", [3, 3, 0, 0])];
    assert_eq!(found, expected.map(|(name, counts)| (name.to_owned(), counts)), "{report:?}");
    assert_eq!(
        rows(&desk, &QUOTE_LINES, &["quote_no", "line_no", "product_code", "quantity", "amount"]),
        ["Q-001|1|A-001|120000|150000000", "Q-001|2|F-010|75000|36000000", "Q-002|1|NULL|10000|800000000"]
    );
    assert_eq!(
        rows(&desk, &QUOTES, &["quote_no", "customer_code", "amount", "deal_no"]),
        ["Q-001|C-0001|186000000|D-001", "Q-002|C-0002|800000000|NULL"]
    );
    // Parents may be repeated instead of empty.
    let text = std::fs::read_to_string(samples().join("kintone-quotes.csv")).unwrap();
    let repeated = text.replace(
        ",,,,,,,,,,,F-010",
        ",41,Q-001,C-0001,㈱髙﨑商店,2025-11-18,歳暮ギフト,18600,提出済,2025-12-18,D-001,F-010",
    );
    assert_ne!(text, repeated);
    let report = desk.import("見積アプリ.csv", repeated);
    assert!(
        report.files.iter().all(|file| (file.new, file.changed, file.refused) == (0, 0, 0)),
        "{report:?}"
    );
}

#[test]
fn orders_of_web_shops() {
    let desk =
        expect("shopify-orders.csv", "shopify-orders", &[("orders", [4, 2, 0, 2]), ("sales", [1, 1, 0, 0])]);
    assert_eq!(
        rows(&desk, &ORDERS, &["order_no", "customer_code", "received_on", "title", "amount"]),
        [
            "#1001|aoba@example.jp|2026-09-30|煎茶 100g|89100000",
            "#1002|+819055550102|2026-10-02|ほうじ茶 200g|32730000"
        ],
        "without tax, by mail or telephone; refunded orders are left out with all their rows"
    );
    assert_eq!(
        rows(&desk, &SALES, &["slip_no", "line_no", "sold_on", "customer_code", "amount", "channel"]),
        ["#1001|1|2026-10-01|aoba@example.jp|89100000|ec"],
        "only what is paid"
    );
    let desk = expect("amazon-orders.txt", "amazon-orders", &[("sales", [3, 3, 0, 0])]);
    assert_eq!(
        rows(
            &desk,
            &SALES,
            &["slip_no", "line_no", "sold_on", "customer_code", "product_code", "quantity", "amount"]
        ),
        [
            "250-5555555-0000001|5835637773451|2026-11-01|AMAZON|TEA-100|20000|54000000",
            "250-5555555-0000001|5835637773452|2026-11-01|AMAZON|TEA-200|10000|36000000",
            "250-5555555-0000002|5835637773453|2026-11-01|AMAZON|TEA-100|10000|27000000",
        ],
        "days are those of Japan"
    );
    assert_eq!(rows(&desk, &SALES, &["tax_category"])[0], "inclusive");
}

#[test]
fn bank_statements() {
    let desk = expect("anser-statement.csv", "anser-statement", &[("payments", [4, 3, 0, 1])]);
    assert_eq!(
        rows(&desk, &PAYMENTS, &["payment_no", "customer_code", "paid_on", "amount", "method"]),
        [
            "2026-10-01-98000-カ)アカギデンキ-1|カ)アカギデンキ|2026-10-01|980000000|bank_transfer",
            "2026-10-01-98000-カ)アカギデンキ-2|カ)アカギデンキ|2026-10-01|980000000|bank_transfer",
            "2026-10-05-12300--1|現金|2026-10-05|123000000|cash",
        ]
    );
}

#[test]
fn a_chosen_profile_is_used_and_a_wrong_one_is_refused() {
    let desk = Desk::new();
    let chosen = |name: &str| ImportSettings {
        profile: Some(Arc::new(profile::by_name(name).unwrap().clone())),
        ..ImportSettings::default()
    };
    let sample = std::fs::read(samples().join("pca-sales-53.csv")).unwrap();
    let report = desk.import_with("x.csv", &sample, &chosen("pca-sales"));
    assert_eq!(report.files[0].new, 5, "{report:?}");
    let report = desk.import_with("x.csv", &sample, &chosen("yayoi-sales-59"));
    assert_eq!(faults(&report), [(1, None, "profile_mismatch")]);
    assert!(
        report.errors[0].message.text(Lang::En).contains("53")
            && report.errors[0].message.text(Lang::En).contains("59"),
        "{report:?}"
    );
    let report = desk.import_with("x.csv", &sample, &chosen("kintone-deals"));
    assert_eq!(faults(&report), [(1, None, "profile_mismatch")]);
}

#[test]
fn nothing_of_a_row_is_imported_when_its_main_part_is_refused() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(samples().join("kintone-customers.csv")).unwrap();
    let report = desk.import("顧客台帳.csv", text.replace("1500000", "多額"));
    assert_eq!(faults(&report), [(2, Some("credit_limit"), "not_a_number")]);
    assert_eq!(desk.column(&CONTACTS, "customer_code"), ["C-0002"; 0], "{report:?}");
    assert!(desk.rows(&ADDRESSES).is_empty());
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C-0002"]);
}

pub(crate) const OWN: &str = r#"
name = "till"
title = "レジ"
encoding = "utf8"
delimiter = ";"
header = "none"
columns = ["日付", "番号", "店", "区分", "金額"]
[detect.shape]
"日付" = "date"
[[dataset]]
name = "sales"
[dataset.columns]
slip_no = { from = ["店", "番号"], join = "-" }
line_no = { count = "番号" }
sold_on = { from = "日付", date = "yy/mm/dd" }
customer_code = { const = "CASH" }
amount = { from = "金額", negative = { "区分" = ["返"] } }
"#;

#[test]
fn a_custom_profile_is_used() {
    let desk = Desk::new();
    let own = profile::parse("till.toml", OWN).unwrap();
    let settings = ImportSettings { profile: Some(Arc::new(own)), ..ImportSettings::default() };
    let report =
        desk.import_with("till.csv", "25/11/21;7;A;売;100\n25/11/21;7;A;返;30\n251122;8;A;売;5\n", &settings);
    assert_eq!(report.errors, []);
    assert_eq!(
        rows(&desk, &SALES, &["slip_no", "line_no", "sold_on", "customer_code", "amount"]),
        ["A-7|1|2025-11-21|CASH|1000000", "A-7|2|2025-11-21|CASH|-300000", "A-8|1|2025-11-22|CASH|50000"]
    );
}

#[test]
fn a_slip_that_became_shorter_is_reported() {
    let text = std::fs::read_to_string(samples().join("kintone-quotes.csv")).unwrap();
    let desk = Desk::new();
    desk.import("見積.csv", &text);
    let before = desk.rows(&QUOTE_LINES).len();
    let further: Vec<usize> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with(',') || line.starts_with("\"\","))
        .map(|(at, _)| at)
        .collect();
    let last = *further.last().unwrap();
    let shorter: String =
        text.split_inclusive('\n').enumerate().filter(|(at, _)| *at != last).map(|(_, line)| line).collect();
    let report = desk.import("見積.csv", shorter);
    let left = report.warnings.iter().find(|warning| warning.code == "lines_left").unwrap();
    assert_eq!(left.count, 1, "{report:?}");
    assert_eq!(desk.rows(&QUOTE_LINES).len(), before, "nothing goes without being asked");
    assert!(desk.import("見積.csv", &text).warnings.iter().all(|warning| warning.code != "lines_left"));
}

#[test]
fn the_profile_in_the_documentation_has_no_mistake() {
    let text = std::fs::read_to_string(samples().join("../../../docs/profiles.md")).unwrap();
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    profile::parse("docs/profiles.md", example).unwrap();
}
