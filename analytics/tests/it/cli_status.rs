//! `analytics status`: what is there, how fresh it is, what to do next.

use serde_json::{Value, json};

use crate::common::Company;

fn next(status: &Value) -> Vec<&str> {
    status["next"].as_array().unwrap().iter().map(|each| each["code"].as_str().unwrap()).collect()
}

#[test]
fn a_status_says_what_is_there_and_what_to_do_next() {
    let empty = Company::new();
    let status = empty.json(&["status"]);
    assert_eq!((&status["newest_sale"], &status["mirror"]["state"]), (&Value::Null, &"missing".into()));
    assert_eq!(next(&status), ["import_sales"]);

    let company = Company::tiny();
    let status = company.json(&["status", "--as-of", "2026-12-16"]);
    let sales =
        status["datasets"].as_array().unwrap().iter().find(|held| held["dataset"] == "sales").unwrap();
    assert_eq!(sales, &json!({"dataset": "sales", "rows": 10, "from": "2025-10-31", "to": "2026-11-01"}));
    assert_eq!((&status["customers"], &status["newest_sale"]), (&4.into(), &"2026-11-01".into()));
    assert_eq!((&status["mirror"]["state"], &status["rank_run"]), (&"current".into(), &Value::Null));
    assert_eq!(next(&status), ["rank_preview"], "45 days after the newest sale");
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount\n S9|1|2026-10-05|001|1");
    let later = company.json(&["status", "--as-of", "2026-12-17"]);
    assert_eq!(later["mirror"]["state"], "behind");
    assert_eq!(next(&later), ["import_newer_sales", "sync", "rank_preview"]);
}

#[test]
fn refused_rows_are_the_first_thing_to_see_to() {
    let company = Company::tiny();
    let file = company.file("sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS1,1,never,001,5\n");
    company.run(&["import", &file]);
    let status = company.json(&["status", "--as-of", "2026-11-01"]);
    assert_eq!((&status["refused_rows"], next(&status)[0]), (&1.into(), "correct_refused_rows"));
}

#[test]
fn the_table_is_in_both_languages() {
    let company = Company::tiny();
    for (lang, lines) in [
        (
            "ja",
            ["データの状態", "最新の売上: 2026-11-01", "集計用データ: 最新", "次にすること: ランク更新を"],
        ),
        ("en", ["Status", "Newest sale: 2026-11-01", "Mirror: up to date", "Next: see what a rank update"]),
    ] {
        let output = company.run(&["status", "--as-of", "2026-11-01", "--lang", lang]);
        let table = String::from_utf8(output.stdout).unwrap();
        for line in lines {
            assert!(table.lines().any(|found| found.starts_with(line)), "{line}: {table}");
        }
    }
}
