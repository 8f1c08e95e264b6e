//! What an agent sees of a customer's files: imported with `analytics`, looked up with `cti-bridge`.

use serde_json::{Value as Json, json};
use test_support::Company;

const CUSTOMERS: &str = "\
顧客コード,顧客名,フリガナ,顧客区分,取引状態,取引停止理由,業種,顧客ランク,担当エリア,取引開始日,担当者名,備考,決済サイト,支払方法,ランク自動更新対象外
C1,株式会社赤木電機,カブシキガイシャアカギデンキ,法人,,,家電卸,B,関東,令和元年5月1日,高橋 次郎,要与信管理,月末締め翌月末払い,銀行振込,
C2,青木商店,アオキショウテン,卸売,取引停止,与信停止,酒販店,C,,,,,,,1
";
const CONTACTS: &str = "\
顧客コード,氏名,用途,電話番号
C1,赤木 良子,請求,03-1234-5678
C1,赤木 一郎,営業,03-1234-5679
C2,,営業,06-6123-4567
";
const ADDRESSES: &str = "\
顧客コード,住所区分,住所番号,宛名,郵便番号,都道府県,市区町村,町名番地,標準
C1,本社,1,,100-0001,東京都,千代田区,千代田1-1,
C1,配送先,1,第一倉庫,210-0001,神奈川県,川崎市,本町1-1,1
C1,配送先,2,第二倉庫,260-0001,千葉県,千葉市,中央1-1,
";

fn company(more: &[(&str, &str)]) -> Company {
    let company = Company::new();
    let files = [("customers.csv", CUSTOMERS), ("contacts.csv", CONTACTS), ("addresses.csv", ADDRESSES)];
    let paths: Vec<String> =
        files.iter().chain(more).map(|(name, content)| company.file(name, content)).collect();
    let arguments: Vec<&str> = std::iter::once("import").chain(paths.iter().map(String::as_str)).collect();
    company.analytics_ok(&arguments);
    company
}

fn card(company: &Company, code: &str) -> Json {
    serde_json::from_str(&company.bridge_ok(&["lookup", code, "--format", "json"])).unwrap()
}

/// One field of each entry of a list.
fn each<'a>(list: &'a Json, field: &str) -> Vec<&'a Json> {
    list.as_array().unwrap().iter().map(|entry| &entry[field]).collect()
}

#[test]
fn the_card_shows_a_customers_master_data() {
    let card = card(&company(&[]), "C1");
    let customer = &card["customer"];
    for (field, shown) in [
        ("customer_name", json!("株式会社赤木電機")),
        ("customer_type", json!("corporate")),
        ("trading_status", json!("active")),
        ("can_accept_order", json!(true)),
        ("industry", json!("家電卸")),
        ("rank", json!("B")),
        ("is_rank_auto_target", json!(false)),
        ("sales_area", json!("関東")),
        ("first_trade_date", json!("2019-05-01")),
        ("account_owner", json!("高橋 次郎")),
        ("payment_terms", json!("月末締め翌月末払い")),
        ("payment_method", json!("bank_transfer")),
        ("remarks", json!("要与信管理")),
    ] {
        assert_eq!(customer[field], shown, "{field}");
    }
    assert_eq!(each(&customer["contacts"], "purpose"), ["billing", "sales"]);
    assert_eq!(each(&customer["contacts"], "person_name"), ["赤木 良子", "赤木 一郎"]);
    let ship_to: Vec<&Json> =
        customer["addresses"].as_array().unwrap().iter().filter(|a| !a["name"].is_null()).collect();
    assert_eq!(
        ship_to.iter().map(|a| (&a["name"], &a["is_default"])).collect::<Vec<_>>(),
        [(&json!("第一倉庫"), &json!(true)), (&json!("第二倉庫"), &json!(false)),]
    );
}

#[test]
fn a_suspended_customer_takes_no_orders_and_says_why() {
    let card = card(&company(&[]), "C2");
    assert_eq!(card["customer"]["trading_status"], "suspended");
    assert_eq!(card["customer"]["can_accept_order"], false);
    assert_eq!(card["customer"]["is_rank_auto_target"], false, "excluded in the file");
    let alert = &card["alerts"][0];
    assert_eq!((&alert["code"], &alert["severity"]), (&json!("suspended"), &json!("danger")));
    assert_eq!(card["customer"]["suspended_reason"], "credit_hold");
}

#[test]
fn the_card_lists_what_is_open() {
    let company = company(&[
        (
            "deals.csv",
            "案件番号,顧客コード,案件名,進捗,確度,見込金額,受注予定日\nD1,C1,LED更新,提案中,60,1200000,2099-03-31\n",
        ),
        ("quotes.csv", "見積番号,顧客コード,見積日,件名,見積金額\nQ1,C1,2026-10-01,LED照明一式,1200000\n"),
        (
            "orders.csv",
            "受注番号,顧客コード,受注日,受注方法,受注状況,件名,受注金額,納期\nO1,C1,2026-10-05,電話,受付,LED照明,300000,2020-01-31\n",
        ),
        (
            "invoices.csv",
            "請求番号,顧客コード,請求日,支払期日,請求金額\n10482,C1,2026-09-30,2020-10-31,110000\n",
        ),
        ("tasks.csv", "ToDo番号,顧客コード,ToDo内容,期限\nT1,C1,納期の回答,2099-01-01\n"),
        (
            "inquiries.csv",
            "問合せ番号,顧客コード,種別,受付日時,件名,状態\nI1,C1,クレーム,2026-10-30 10:00,納期遅延,対応中\n",
        ),
    ]);
    let card = card(&company, "C1");
    let open = &card["open"];
    for (list, key, number) in [
        ("deals", "deal_no", "D1"),
        ("quotes", "quote_no", "Q1"),
        ("orders", "order_no", "O1"),
        ("invoices", "invoice_no", "10482"),
        ("tasks", "task_no", "T1"),
        ("inquiries", "inquiry_no", "I1"),
    ] {
        assert_eq!(each(&open[list], key), [number], "{list}");
    }
    assert_eq!(open["deals"][0]["probability"], 60);
    assert_eq!(open["orders"][0]["late"], true, "promised for 2020");
    assert_eq!(open["invoices"][0]["overdue"], true);
}
