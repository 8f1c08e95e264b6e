//! Both flows of ARCHITECTURE.md, end to end, with a company small enough to compute by hand.

use serde_json::Value as Json;
use test_support::Company;

const CUSTOMERS: &str =
    "customer_code,customer_name,name_kana,customer_type,industry,rank,rank_auto_update_excluded
C1,株式会社赤木電機,カブシキガイシャアカギデンキ,corporate,家電卸,B,
C2,青木商店,アオキショウテン,wholesale,酒販店,B,
C3,高田酒店,タカダサケテン,wholesale,酒販店,A,1
";
const CONTACTS: &str = "customer_code,person_name,purpose,phone
C1,赤木 良子,billing,03-1234-5678
C2,,sales,(０６)６１２３－４５６７
C3,,sales,03-1234-5678
";
// The worked example of docs/rank.md#vectors: 1.5 slips and 2,400,000 yen as of 2011-08-01.
const SALES: &str = "slip_no,line_no,sold_on,customer_code,related_customer_1,related_customer_2,amount,cost
S1,1,2010-11-01,C1,,,1500000,1000000
S1,2,2010-11-01,C1,,,500000,300000
S2,1,2011-03-30,C2,C1,,800000,600000
S3,1,2011-05-31,C2,,C1,1000000,700000
";

fn company() -> Company {
    let company = Company::new();
    let files = [
        company.file("customers.csv", CUSTOMERS),
        company.file("contacts.csv", CONTACTS),
        company.file("sales.csv", SALES),
    ];
    let paths: Vec<&str> = files.iter().map(String::as_str).collect();
    company.analytics_ok(&[&["import"], &paths[..]].concat());
    company
}

fn settings(company: &Company) -> String {
    company.file("rank.toml", include_str!("../../../data/rank.toml"))
}

fn lookup(company: &Company, who: &str) -> Json {
    serde_json::from_str(&company.bridge_ok(&["lookup", who, "--format", "json"])).unwrap()
}

#[test]
fn history_becomes_a_rank_and_the_rank_is_in_the_next_pop_up() {
    let company = company();
    let settings = settings(&company);
    let as_of = ["--settings", &settings, "--as-of", "2011-08-01"];
    company.analytics_ok(&["sync"]);

    let simulated = company.analytics_json(&[&["rank", "simulate", "--all"], &as_of[..]].concat());
    let scores = simulated.as_array().unwrap();
    let akagi = scores.iter().find(|score| score["customer_code"] == "C1").unwrap();
    assert_eq!(akagi["latest_date"], "2011-05-31");
    assert_eq!(akagi["months_within"], 3);
    assert_eq!(akagi["count"], "1.5");
    assert_eq!(akagi["amount"], "2400000");
    assert_eq!(akagi["points"], serde_json::json!({"recency": 4, "count": 2, "amount": 3}));
    assert_eq!(akagi["total"], "160");
    assert_eq!((&akagi["rank_before"], &akagi["rank_after"]), (&Json::from("B"), &Json::from("B")));
    let takada = scores.iter().find(|score| score["customer_code"] == "C3").unwrap();
    assert_eq!((&takada["rank_after"], &takada["reason"]), (&Json::from("A"), &Json::from("excluded")));
    assert_eq!(lookup(&company, "C2")["customer"]["rank"], "B", "a simulation writes nothing");

    company.file("more.csv", "");
    let more = company.file(
        "sales.csv",
        &format!(
            "{SALES}S4,1,2011-07-01,C2,,,9000000,1\nS5,1,2011-07-02,C2,,,1,1\nS6,1,2011-07-03,C2,,,1,1\n"
        ),
    );
    company.analytics_ok(&["import", &more]);
    company.analytics_ok(&[&["rank", "run"], &as_of[..]].concat());
    let aoki = lookup(&company, "C2");
    // 5 slips and 10.8 million yen since July: (4, 3, 4) × (20, 10, 20) = 190.
    assert_eq!(aoki["customer"]["rank"], "A");
    assert_eq!(aoki["customer"]["rank_change"]["direction"], "up");
    assert_eq!(aoki["customer"]["rank_change"]["total"], "190");
    assert_eq!(lookup(&company, "C3")["customer"]["rank"], "A", "excluded");
}

#[test]
fn a_sale_that_was_imported_is_in_the_next_pop_up_without_a_restart() {
    let company = company();
    let before = lookup(&company, "06-6123-4567");
    assert_eq!(before["match"], "one");
    assert_eq!(before["customer"]["customer_code"], "C2");
    assert_eq!(before["recent_sales"][0]["slip_no"], "S3");
    let more =
        company.file("sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS9,1,2011-07-31,C2,12.5\n");
    company.analytics_ok(&["import", &more]);
    let after = lookup(&company, "+81 6 6123 4567");
    assert_eq!(after["recent_sales"][0]["slip_no"], "S9");
    assert_eq!(after["recent_sales"][0]["amount"], "12.5");
}

#[test]
fn a_number_of_two_customers_picks_neither() {
    let company = company();
    let shared = lookup(&company, "0312345678");
    assert_eq!(shared["match"], "many");
    assert!(shared["customer"].is_null());
    let codes: Vec<_> =
        shared["candidates"].as_array().unwrap().iter().map(|one| &one["customer_code"]).collect();
    assert_eq!(codes, ["C1", "C3"]);
    assert_eq!(shared["candidates"][0]["matched_contact"]["person_name"], "赤木 良子");
    assert_eq!(lookup(&company, "03-1234-5679")["match"], "none");
}

#[test]
fn the_segment_report_reconciles_with_the_files_to_the_yen() {
    let company = company();
    company.analytics_ok(&["sync"]);
    let report = company.analytics_json(&["report", "segment", "--by", "industry", "--as-of", "2011-08-01"]);
    let row = |industry: &str| {
        let rows = report["rows"].as_array().unwrap();
        rows.iter().find(|row| row["segment"]["industry"] == industry).unwrap().clone()
    };
    assert_eq!(row("家電卸")["sales_amount"], "2000000");
    assert_eq!(row("酒販店")["sales_amount"], "1800000");
    assert_eq!(row("酒販店")["customers"], 2);
    assert_eq!(report["total"]["sales_amount"], "3800000");
    assert_eq!(report["control"]["difference"], "0");
    assert_eq!(report["control"]["source_rows"], 4);
}

#[test]
fn importing_twice_changes_nothing() {
    let company = company();
    let again = company.analytics_json(&["import", &company.path("sales.csv").to_string_lossy()]);
    let file = &again["files"][0];
    assert_eq!((&file["read"], &file["new"], &file["changed"]), (&4.into(), &0.into(), &0.into()));
    assert_eq!(file["sums"]["amount"]["accepted"], "3800000");
}

#[test]
fn every_card_agrees_with_the_tables() {
    let company = company();
    company.bridge_ok(&["verify"]);
}
