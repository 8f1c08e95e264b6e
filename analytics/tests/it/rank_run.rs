//! The rank update from the store's rows to the store's ranks. The names R1 to R21 are those of
//! `docs/rank.md#vectors`.

use crate::common::rank::{SAMPLE, sample};
use crate::common::{Company, day};
use serde_json::{Value, json};
use shared::store::StoreError;

/// The published example: three sales in three roles.
const AKAGI: &str = "
    slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount
    1       | 1       | 2010-11-01 | AKAGI         |                    |                    | 2000000
    2       | 1       | 2011-03-30 | OTHER         | AKAGI              |                    | 800000
    3       | 1       | 2011-05-31 | OTHER         |                    | AKAGI              | 1000000";

fn company(customers: &str, sales: &str) -> Company {
    let company = Company::new();
    company.put("customers", customers);
    company.put("sales", sales);
    company
}

fn akagi() -> Company {
    company(
        "customer_code | customer_name   | name_kana | rank
         AKAGI         | 株式会社赤木電機 | アカギ    | C
         OTHER         | 他社            | タシャ    | C",
        AKAGI,
    )
}

fn settings(company: &Company, text: &str) -> String {
    company.file("rank.toml", text)
}

const NO_RECENCY_WEIGHT: (&str, &str) = ("kind = \"recency\"\nweight = 20", "kind = \"recency\"\nweight = 0");
const EXCLUDE: (&str, &str) = ("recency_zero_rate = \"count\"", "recency_zero_rate = \"exclude\"");

fn simulate(company: &Company, as_of: &str, text: &str) -> Vec<Value> {
    let file = settings(company, text);
    let found = company.json(&["rank", "simulate", "--all", "--settings", &file, "--as-of", as_of]);
    found.as_array().unwrap().clone()
}

fn one(company: &Company, code: &str, as_of: &str, text: &str) -> Value {
    simulate(company, as_of, text).into_iter().find(|row| row["customer_code"] == code).unwrap()
}

fn points(row: &Value) -> [i64; 3] {
    ["recency", "count", "amount"].map(|kind| row["points"][kind].as_i64().unwrap())
}

#[test]
fn r1_r3_the_published_example() {
    let row = one(&akagi(), "AKAGI", "2011-08-01", SAMPLE);
    assert_eq!(
        row,
        json!({
            "customer_code": "AKAGI", "latest_date": "2011-05-31", "months_within": 3, "count": "1.5",
            "amount": "2400000", "points": {"recency": 4, "count": 2, "amount": 3}, "total": "160",
            "rank_before": "C", "rank_after": "B", "reason": "changed",
        })
    );
}

#[test]
fn r2_r4_r5_the_example_with_other_settings() {
    let company = akagi();
    let get = |changes: &[(&str, &str)]| one(&company, "AKAGI", "2011-08-01", &sample(changes));
    let r2 = get(&[NO_RECENCY_WEIGHT]);
    assert_eq!((points(&r2), &r2["total"], &r2["rank_after"]), ([4, 2, 3], &json!("80"), &json!("B")));
    let r4 = get(&[EXCLUDE]);
    assert_eq!((&r4["latest_date"], &r4["months_within"]), (&json!("2011-03-30"), &json!(5)));
    assert_eq!((points(&r4), &r4["total"], &r4["rank_after"]), ([3, 2, 3], &json!("140"), &json!("B")));
    let r4 = get(&[EXCLUDE, NO_RECENCY_WEIGHT]);
    assert_eq!((&r4["total"], &r4["rank_after"]), (&json!("80"), &json!("B")));
    let r5 = get(&[("[50, 0]", "[100, 100]")]);
    assert_eq!((&r5["count"], &r5["amount"]), (&json!("3"), &json!("3800000")));
    assert_eq!((points(&r5), &r5["total"], &r5["rank_after"]), ([4, 3, 3], &json!("170"), &json!("B")));
}

#[test]
fn r6_the_first_published_example() {
    let company = company(
        "customer_code | customer_name | rank
         AKAGI         | 赤木電機      | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2010-09-10 | AKAGI         | 1000000
         2       | 1       | 2010-12-24 | AKAGI         | 1000000
         3       | 1       | 2011-04-01 | AKAGI         | 590000",
    );
    let row = one(&company, "AKAGI", "2011-08-01", SAMPLE);
    assert_eq!(
        (&row["months_within"], &row["count"], &row["amount"]),
        (&json!(4), &json!("3"), &json!("2590000"))
    );
    assert_eq!((points(&row), &row["total"], &row["rank_after"]), ([3, 3, 3], &json!("150"), &json!("B")));
    let row = one(&company, "AKAGI", "2011-08-01", &sample(&[NO_RECENCY_WEIGHT]));
    assert_eq!((&row["total"], &row["rank_after"]), (&json!("90"), &json!("B")));
}

#[test]
fn r9_r10_r11_the_window_and_its_ends() {
    let sale = |date: &str| {
        company(
            "customer_code | customer_name | rank
             A             | A             | B",
            &format!(
                "slip_no | line_no | sold_on | customer_code | amount
                 1       | 1       | {date}  | A             | 1000000"
            ),
        )
    };
    let count = |date: &str, as_of: &str| one(&sale(date), "A", as_of, SAMPLE);
    let inside = count("2010-08-01", "2011-08-01");
    assert_eq!((&inside["count"], &inside["months_within"]), (&json!("1"), &json!(12)));
    let outside = count("2010-07-31", "2011-08-01");
    assert_eq!(
        outside,
        json!({
            "customer_code": "A", "latest_date": null, "months_within": null, "count": "0", "amount": "0",
            "points": {"recency": 0, "count": 0, "amount": 0}, "total": "0",
            "rank_before": "B", "rank_after": "C", "reason": "changed",
        })
    );
    assert_eq!(count("2011-08-01", "2011-08-01")["months_within"], 0);
    assert_eq!(count("2011-08-02", "2011-08-01")["count"], "0");
    assert_eq!(points(&count("2025-02-28", "2025-05-31"))[0], 4);
    assert_eq!(points(&count("2025-02-27", "2025-05-31"))[0], 3);
    assert_eq!(count("2023-02-28", "2024-02-29")["count"], "1");
    assert_eq!(count("2023-02-27", "2024-02-29")["count"], "0");
}

#[test]
fn r14_r15_links_without_a_rate_do_not_count() {
    let company = company(
        "customer_code | customer_name | rank
         MAIN          | M             | C
         RELATED       | R             | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | amount
         1       | 1       | 2026-10-01 | MAIN          | RELATED            | 9000000",
    );
    let nothing = |row: &Value| {
        assert_eq!(
            (&row["latest_date"], &row["count"], &row["amount"], &row["total"]),
            (&Value::Null, &json!("0"), &json!("0"), &json!("0"))
        );
        assert_eq!(points(row), [0, 0, 0]);
    };
    for changes in [vec![("[50, 0]", "[0, 0]")], vec![("[50, 0]", "[0, 0]"), EXCLUDE]] {
        nothing(&one(&company, "RELATED", "2026-10-31", &sample(&changes)));
    }
    let related_only = sample(&[("main = 100", "main = 0"), ("[50, 0]", "[100]")]);
    let rows = simulate(&company, "2026-10-31", &related_only);
    nothing(&rows[0]);
    assert_eq!((&rows[1]["count"], &rows[1]["amount"]), (&json!("1"), &json!("9000000")));
}

#[test]
fn r16_r17_customers_that_are_not_updated_are_scored_and_keep_their_rank() {
    let company = company(
        "customer_code | customer_name | rank | rank_auto_update_excluded
         EXCLUDED      | A             | A    | 1
         NEW           | N             |      | 0
         TOP           | S             | S    | 0
         ODD           | Z             | Z    | 0",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-10-01 | TOP           | 9000000",
    );
    let fate = |code: &str, text: &str| {
        let row = one(&company, code, "2026-10-31", text);
        [&row["rank_before"], &row["rank_after"], &row["reason"], &row["total"]].map(Clone::clone)
    };
    assert_eq!(fate("EXCLUDED", SAMPLE), [json!("A"), json!("A"), json!("excluded"), json!("0")]);
    assert_eq!(fate("TOP", SAMPLE), [json!("S"), json!("S"), json!("not_target_rank"), json!("180")]);
    assert_eq!(fate("NEW", SAMPLE), [Value::Null, json!("C"), json!("changed"), json!("0")]);
    let closed = sample(&[("unranked_is_target = true", "unranked_is_target = false")]);
    assert_eq!(fate("NEW", &closed), [Value::Null, Value::Null, json!("unranked"), json!("0")]);
    assert_eq!(fate("ODD", SAMPLE)[2], "not_target_rank");
    let odd = sample(&[("[\"A\", \"B\", \"C\"]", "[\"A\", \"B\", \"C\", \"Z\"]")]);
    assert_eq!(fate("ODD", &odd)[1..3], [json!("Z"), json!("unknown_rank")]);
}

#[test]
fn r20_r21_returns_and_slips_of_several_lines() {
    let company = company(
        "customer_code | customer_name | rank
         A             | A             | C",
        "slip_no | line_no | sold_on    | customer_code | amount   | status
         1       | 1       | 2026-09-01 | A             | 500000   |
         1       | 2       | 2026-09-01 | A             | 300000.5 | confirmed
         1       | 3       | 2026-09-01 | A             | -100000  |
         2       | 1       | 2026-10-05 | A             | -300000  | returned
         3       | 1       | 2026-10-06 | A             | 100      |
         3       | 2       | 2026-10-06 | A             | -100     |
         4       | 1       | 2026-10-07 | A             | 777      | cancelled
         5       | 1       | 2026-10-08 | A             | 777      | estimate
         6       | 1       | 2026-10-09 | A             | 777      | article",
    );
    let row = one(&company, "A", "2026-10-31", SAMPLE);
    assert_eq!(
        (&row["count"], &row["amount"], &row["latest_date"]),
        (&json!("1"), &json!("400000.5"), &json!("2026-09-01"))
    );
}

#[test]
fn a_slip_is_identified_by_number_date_and_customer() {
    let company = company(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-09-01 | A             | 10
         1       | 2       | 2026-09-02 | A             | 10
         1       | 3       | 2026-09-02 | B             | 10",
    );
    let rows = simulate(&company, "2026-10-31", SAMPLE);
    assert_eq!((&rows[0]["count"], &rows[1]["count"]), (&json!("2"), &json!("1")));
}

#[test]
fn a_customer_named_twice_by_a_record_counts_once_at_the_highest_rate() {
    let company = company(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | related_customer_3 | amount
         1       | 1       | 2026-09-01 | A             | A                  | B                  | B                  | 1000",
    );
    let get = |rates: &str| {
        let rows = simulate(&company, "2026-10-31", &sample(&[("[50, 0]", rates)]));
        [&rows[0]["amount"], &rows[1]["amount"], &rows[1]["count"]].map(|v| v.as_str().unwrap().to_owned())
    };
    assert_eq!(get("[50, 10, 30]"), ["1000", "300", "0.3"]);
    assert_eq!(get("[50, \"33.33\", 30]"), ["1000", "333.3", "0.3333"]);
}

#[test]
fn lines_that_name_different_customers_give_a_warning() {
    let company = company(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C
         C             | C             | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount
         1       | 1       | 2026-09-01 | A             | C                  |                    | 600
         1       | 2       | 2026-09-01 | A             | B                  |                    | 400
         2       | 1       | 2026-09-01 | A             |                    | B                  | 100
         2       | 2       | 2026-09-01 | A             | C                  |                    | 100",
    );
    let rows = simulate(&company, "2026-10-31", SAMPLE);
    let amounts: Vec<_> = rows.iter().map(|row| row["amount"].as_str().unwrap()).collect();
    assert_eq!(amounts, ["1200", "500", "100"]);
    let file = settings(&company, SAMPLE);
    let run = run(&company, &["--settings", &file, "--dry-run"]);
    assert_eq!(
        (&run["warnings"][0]["code"], &run["warnings"][0]["value"]),
        (&json!("RANK_SPLIT_LINKS"), &json!("1"))
    );
}

#[test]
fn a_company_without_customers_gives_an_empty_list() {
    let company = Company::new();
    assert_eq!(simulate(&company, "2026-10-31", SAMPLE), Vec::<Value>::new());
}

#[test]
fn deals_count_by_order_date() {
    let company = company(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-09-01 | A             | 10",
    );
    company.put("deals",
        "deal_no | customer_code | related_customer_1 | title | stage    | amount  | expected_on | ordered_on
         1       | A             | B                  | x     | won      | 2000000 | 2026-12-01  | 2026-10-01
         2       | A             |                    | x     | proposal | 9000000 | 2026-10-01  | 2026-10-01
         3       | A             |                    | x     | won      | 9000000 | 2026-10-01  |
         4       | A             |                    | x     | won      |         | 2026-10-01  | 2026-10-02
         5       | GONE          |                    | x     | won      | 5       | 2026-10-01  | 2026-10-02
         6       | A             |                    | x     | won      | 5       | 2026-10-01  | 2026-11-01");
    let deals = sample(&[("source = \"sales\"", "source = \"deals\"")]);
    let rows = simulate(&company, "2026-10-31", &deals);
    assert_eq!(
        (&rows[0]["count"], &rows[0]["amount"], &rows[0]["latest_date"]),
        (&json!("1"), &json!("2000000"), &json!("2026-10-01"))
    );
    assert_eq!((&rows[1]["count"], &rows[1]["amount"]), (&json!("0.5"), &json!("1000000")));
    let file = settings(&company, &deals);
    let run = company.json(&["rank", "run", "--settings", &file, "--as-of", "2026-10-31", "--dry-run"]);
    assert_eq!(run["future_ignored"], 1);
    assert_eq!(
        run["unknown_customers"],
        json!({"count": 1, "listed": [{"customer_code": "GONE", "records": 1}]})
    );
    let codes: Vec<_> =
        run["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["RANK_UNKNOWN_CUSTOMER", "RANK_UNDATED_DEAL", "RANK_FUTURE"]);
}

fn ranks(company: &Company) -> Vec<(String, String)> {
    let mut reader = company.store.reader().unwrap();
    let customers = shared::dataset::by_name("customers").unwrap();
    let (code, rank) =
        (customers.column_index("customer_code").unwrap(), customers.column_index("rank").unwrap());
    let mut found = Vec::new();
    reader
        .scan(customers, None, &mut |row| {
            found.push((
                row.text(code).unwrap_or_default().to_owned(),
                row.text(rank).unwrap_or_default().to_owned(),
            ));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    found
}

fn run(company: &Company, arguments: &[&str]) -> Value {
    company.json(&[&["rank", "run"], arguments].concat())
}

#[test]
fn r18_the_second_run_changes_nothing_and_scores_the_same() {
    let company = akagi();
    let file = settings(&company, SAMPLE);
    let first = run(&company, &["--settings", &file, "--save", "--as-of", "2011-08-01"]);
    assert_eq!((&first["run_id"], &first["evaluated"], &first["changed"]), (&json!(1), &json!(2), &json!(2)));
    assert_eq!(ranks(&company), [("AKAGI".into(), "B".into()), ("OTHER".into(), "B".into())]);
    let changes = company.json(&["rank", "changes"]);
    let second = run(&company, &["--save", "--as-of", "2011-08-01"]);
    assert_eq!((&second["run_id"], &second["changed"]), (&json!(2), &json!(0)));
    assert_eq!(second["settings_hash"], first["settings_hash"]);
    assert_eq!(company.json(&["rank", "changes"]), changes);
    assert_eq!(company.json(&["rank", "changes", "--run", "2"])["changes"], json!([]));
    let row = one(&company, "AKAGI", "2011-08-01", SAMPLE);
    assert_eq!(
        (&row["total"], &row["rank_before"], &row["reason"]),
        (&json!("160"), &json!("B"), &json!("unchanged"))
    );
}

#[test]
fn the_scheduled_run_is_made_once_a_month() {
    let company = akagi();
    let file = settings(&company, SAMPLE);
    assert_eq!(run(&company, &["--settings", &file, "--as-of", "2011-08-01"])["run_id"], 1);
    // A manual run between them does not hide the scheduled one.
    assert_eq!(run(&company, &["--save", "--as-of", "2011-08-02"])["run_id"], 2);
    let again = run(&company, &["--as-of", "2011-08-31"]);
    assert!(again["skipped"].as_str().unwrap().contains("2011-08"), "{again}");
    assert_eq!(run(&company, &["--as-of", "2011-08-31", "--force"])["run_id"], 3);
    assert_eq!(run(&company, &["--as-of", "2011-09-01"])["run_id"], 4);
}

#[test]
fn a_run_before_the_last_one_is_refused() {
    let company = akagi();
    let file = settings(&company, SAMPLE);
    run(&company, &["--settings", &file, "--save", "--as-of", "2011-08-01"]);
    let before = ranks(&company);
    let refused = company.run(&["rank", "run", "--save", "--as-of", "2011-07-31"]);
    assert_eq!(refused.status.code(), Some(65));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(ranks(&company), before);
    assert_eq!(run(&company, &["--save", "--as-of", "2011-07-31", "--force"])["run_id"], 2);
}

#[test]
fn dry_runs_simulations_and_refused_settings_write_nothing() {
    let company = akagi();
    let file = settings(&company, SAMPLE);
    let change_no = || company.store.reader().unwrap().change_no().unwrap();
    let before = change_no();
    assert_eq!(
        run(&company, &["--settings", &file, "--dry-run", "--as-of", "2011-08-01"])["run_id"],
        Value::Null
    );
    simulate(&company, "2011-08-01", SAMPLE);
    let wrong =
        settings(&company, &sample(&[("min = 0", "min = -1"), ("weight = 10\n", "weight = 100.5\n")]));
    let refused = company.run(&["rank", "run", "--settings", &wrong, "--as-of", "2011-08-01"]);
    assert_eq!(refused.status.code(), Some(78));
    let told = String::from_utf8(refused.stderr).unwrap();
    for part in [
        "RANK_NO_ZERO",
        "rank.points[2].min = -1",
        "rank.criteria[1].weight = 100.5",
        "2",
        "行目",
        "何も書き込んでいません",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert_eq!(change_no(), before);
    assert_eq!(company.run(&["rank", "run"]).status.code(), Some(78));
    assert_eq!(company.run(&["rank", "simulate", "--settings", "/nowhere.toml"]).status.code(), Some(66));
    assert_eq!(company.run(&["rank", "changes"]).status.code(), Some(66));
}

#[test]
fn a_disabled_update_does_nothing_unless_forced() {
    let company = akagi();
    let file = settings(&company, &sample(&[("enabled = true", "enabled = false")]));
    let skipped = run(&company, &["--settings", &file, "--as-of", "2011-08-01"]);
    assert!(skipped["skipped"].as_str().unwrap().contains("enabled"));
    assert_eq!(run(&company, &["--settings", &file, "--as-of", "2011-08-01", "--force"])["run_id"], 1);
}

#[test]
fn the_next_pop_up_shows_the_new_rank() {
    let company = akagi();
    let file = settings(&company, SAMPLE);
    let mut reader = company.store.reader().unwrap();
    reader.card("AKAGI", day("2011-08-01")).unwrap();
    run(&company, &["--settings", &file, "--save", "--as-of", "2011-08-01"]);
    let card: Value =
        serde_json::from_str(&reader.card("AKAGI", day("2026-10-31")).unwrap().unwrap().body).unwrap();
    assert_eq!(card["customer"]["rank"], "B");
    assert_eq!(card["customer"]["rank_change"]["rank_from"], "C");
    assert_eq!(card["customer"]["rank_change"]["total"], "160");
    assert!(reader.verify_cards(&mut |_| ()).unwrap().different.is_empty());
}

#[test]
fn a_simulation_never_scores_stale_data() {
    let company = akagi();
    assert_eq!(one(&company, "AKAGI", "2011-08-01", SAMPLE)["count"], "1.5");
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | amount
         9       | 1       | 2011-07-01 | AKAGI         | 1",
    );
    company.store.write(|_| Ok::<(), StoreError>(())).unwrap();
    assert_eq!(one(&company, "AKAGI", "2011-08-01", SAMPLE)["count"], "2.5");
}

#[test]
fn the_sample_is_sorted_by_kana_descending() {
    let company = company(
        "customer_code | customer_name | name_kana | rank
         1             | A             | アオ      | C
         2             | B             |           | C
         9             | C             | ワタ      | C
         10            | D             | ワタ      | C
         3             | E             |           | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-09-01 | 1             | 10",
    );
    let file = settings(&company, SAMPLE);
    let rows = company.json(&["rank", "simulate", "--settings", &file]);
    let codes: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["customer_code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["10", "9", "1", "3", "2"]);
}

#[test]
fn tables_are_in_japanese_and_english() {
    let company = akagi();
    let file = settings(&company, SAMPLE);
    let text = |arguments: &[&str]| String::from_utf8(company.run(arguments).stdout).unwrap();
    let ja = text(&["rank", "simulate", "--settings", &file, "--as-of", "2011-08-01"]);
    for part in ["お試し実行", "2010-08-01 – 2011-08-01", "標本", "ランクアップ", "株式会社赤木電機", "160"]
    {
        assert!(ja.contains(part), "{part} is not in {ja}");
    }
    let en = text(&["rank", "run", "--save", "--settings", &file, "--as-of", "2011-08-01", "--lang", "en"]);
    assert!(en.contains("Rank update") && en.contains("changed"), "{en}");
    let changes = text(&["rank", "changes", "--improved"]);
    assert!(changes.contains("株式会社赤木電機") && changes.contains("160"), "{changes}");
    let csv =
        text(&["rank", "simulate", "--all", "--as-of", "2011-08-01", "--format", "csv", "--lang", "en"]);
    assert!(csv.contains("AKAGI,2011-05-31,3,1.5,2400000,4,2,3,160,B,B,unchanged"), "{csv}");
}
