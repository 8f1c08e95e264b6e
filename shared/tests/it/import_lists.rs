//! Lists of customers as people keep them: customers with their numbers and addresses, and never names that get lost.

use crate::import_support::{Desk, faults};
use shared::dataset::{ADDRESSES, CONTACTS, CUSTOMERS, SALES};

#[test]
fn a_plain_list_of_customers_becomes_customers_with_contacts_and_addresses() {
    for (code, name) in [("得意先コード", "得意先名"), ("顧客コード", "顧客名"), ("取引先コード", "取引先名")]
    {
        for file in ["一覧.csv", "顧客.csv", "得意先.csv"] {
            let desk = Desk::new();
            let text = format!(
                "{code},{name},フリガナ,郵便番号,住所1,住所2,TEL,FAX,担当者,ご担当者\n\
                 000001,㈱甲,コウ,1000001,東京都千代田区丸の内1-1,ビル2F,03-1234-5678,03-1234-5679,佐藤,山田\n"
            );
            let report = desk.import(file, text);
            assert_eq!(report.errors, [], "{file}");
            assert!(report.files.iter().all(|file| file.profile == "customer-list"), "{file}: {report:?}");
            assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["㈱甲"], "{file}");
            assert_eq!(desk.column(&CUSTOMERS, "account_owner"), ["佐藤"], "our own representative");
            assert_eq!(desk.column(&CONTACTS, "person_name"), ["山田"], "the customer's person");
            assert_eq!(desk.column(&CONTACTS, "phone"), ["03-1234-5678"]);
            assert_eq!(desk.column(&ADDRESSES, "city"), ["千代田区"]);
        }
    }
}

#[test]
fn missing_columns_of_a_list_make_no_rows() {
    let desk = Desk::new();
    let report = desk.import("一覧.csv", "顧客コード,顧客名,TEL\n000001,㈱甲,03-1234-5678\n000002,㈱乙,\n");
    let found: Vec<_> = report.files.iter().map(|file| (file.dataset.as_str(), file.read)).collect();
    assert_eq!(found, [("customers", 2), ("contacts", 1)], "no address without a column of it");
    assert!(desk.rows(&ADDRESSES).is_empty());
}

#[test]
fn parts_of_an_address_in_separate_cells_are_joined() {
    let desk = Desk::new();
    desk.import(
        "一覧.csv",
        "顧客コード,顧客名,都道府県,市区町村,住所1\n000001,㈱甲,東京都,府中市,宮町2-1\n000002,㈱乙,広島県,,府中市府川町315\n",
    );
    let columns = ["prefecture", "city", "street"].map(|name| desk.column(&ADDRESSES, name));
    assert_eq!(columns[0], ["東京都", "広島県"]);
    assert_eq!(columns[1], ["府中市", "府中市"]);
    assert_eq!(columns[2], ["宮町2-1", "府川町315"]);
}

#[test]
fn other_lists_with_customer_names_are_not_customer_lists() {
    let desk = Desk::new();
    let text = "伝票番号,売上日,得意先コード,得意先名,TEL,金額\nS1,2025-11-21,000001,㈱甲,03-1234-5678,100\n";
    let report = desk.import("一覧.csv", text);
    assert_eq!(report.files[0].dataset, "sales", "{report:?}");
    assert_eq!(desk.column(&SALES, "amount"), ["1000000"]);
    // A file that is called after another data set is that one.
    let report = desk.import("連絡先.csv", "顧客コード,顧客名,TEL\n000001,㈱甲,03-1234-5678\n");
    assert_eq!(report.files[0].dataset, "contacts", "{report:?}");
}

#[test]
fn addresses_without_a_prefecture_get_that_of_a_designated_city_or_are_counted() {
    let desk = Desk::new();
    let report = desk.import(
        "一覧.csv",
        "顧客コード,顧客名,住所\n1,甲,大阪市北区梅田1-1\n2,乙,府中市宮西町3\n3,丙,\n4,丁,横浜市西区1\n5,戊,東京都港区芝1\n6,己,鳥取市1\n",
    );
    assert_eq!(
        desk.column(&ADDRESSES, "prefecture"),
        ["大阪府", "NULL", "神奈川県", "東京都", "NULL"],
        "{report:?}"
    );
    assert_eq!(desk.column(&ADDRESSES, "city")[0], "大阪市北区");
    let warning = report.warnings.iter().find(|warning| warning.code == "no_prefecture").unwrap();
    assert_eq!((warning.count, warning.line), (2, Some(3)));
    assert_eq!(faults(&report), []);
}

#[test]
fn consumers_have_a_name_of_their_own() {
    let desk = Desk::new();
    let text =
        "顧客コード,氏名,フリガナ,TEL,住所\n000201,北野 花子,ｷﾀﾉ ﾊﾅｺ,03-1234-5601,東京都千代田区千代田1-1\n";
    let report = desk.import("一覧.csv", text);
    assert_eq!((faults(&report), report.files[0].profile.as_str()), (vec![], "consumer-list"), "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["北野 花子"]);
    assert_eq!(desk.column(&CONTACTS, "phone"), ["03-1234-5601"]);
    assert_eq!(desk.column(&ADDRESSES, "city"), ["千代田区"]);
    // Companies and consumers in one list.
    let desk = Desk::new();
    let text = "顧客コード,会社名,氏名,TEL\n1,青葉商店,佐藤,03-1234-5601\n2,,北野 花子,03-1234-5602\n3,,,03-1234-5603\n";
    let report = desk.import("一覧.csv", text);
    assert_eq!(faults(&report), [(4, Some("customer_name"), "required")], "{report:?}");
    assert_eq!(desk.column(&CUSTOMERS, "customer_name"), ["青葉商店", "北野 花子"]);
    assert_eq!(desk.column(&CONTACTS, "person_name"), ["佐藤", "北野 花子"]);
}

#[test]
fn a_file_is_known_by_its_name_whatever_its_marks() {
    let desk = Desk::new();
    // プ and ジ as kana with marks of their own.
    let name = "フ\u{309A}ロシ\u{3099}ェクト.csv";
    let report = desk.import(name, "project_code,project_name\nP1,x\n");
    assert_eq!(report.files.first().map(|file| file.dataset.as_str()), Some("projects"), "{report:?}");
}
