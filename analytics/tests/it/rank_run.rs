//! The rank update from the store's rows to the store's ranks: when it runs, and what it writes.

use crate::common::rank::{SAMPLE, akagi, one, simulate};
use crate::common::{Company, day};
use serde_json::{Value, json};

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
    company.json(&[&["rank", "run", "--allow-stale"], arguments].concat())
}

#[test]
fn r18_the_second_run_changes_nothing_and_scores_the_same() {
    let company = akagi();
    let file = company.rank_settings(&[]);
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
    let file = company.rank_settings(&[]);
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
    let file = company.rank_settings(&[]);
    run(&company, &["--settings", &file, "--save", "--as-of", "2011-08-01"]);
    let before = ranks(&company);
    let refused = company.run(&["rank", "run", "--save", "--allow-stale", "--as-of", "2011-07-31"]);
    assert_eq!(refused.status.code(), Some(65));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(ranks(&company), before);
    assert_eq!(run(&company, &["--save", "--as-of", "2011-07-31", "--force"])["run_id"], 2);
}

#[test]
fn dry_runs_simulations_and_refused_settings_write_nothing() {
    let company = akagi();
    let file = company.rank_settings(&[]);
    let change_no = || company.store.reader().unwrap().change_no().unwrap();
    let before = change_no();
    assert_eq!(
        run(&company, &["--settings", &file, "--dry-run", "--as-of", "2011-08-01"])["run_id"],
        Value::Null
    );
    simulate(&company, "2011-08-01", SAMPLE);
    let wrong = company.rank_settings(&[("min = 0", "min = -1"), ("weight = 10\n", "weight = 100.5\n")]);
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
    let file = company.rank_settings(&[("enabled = true", "enabled = false")]);
    let skipped = run(&company, &["--settings", &file, "--as-of", "2011-08-01"]);
    assert!(skipped["skipped"].as_str().unwrap().contains("enabled"));
    assert_eq!(run(&company, &["--settings", &file, "--as-of", "2011-08-01", "--force"])["run_id"], 1);
}

#[test]
fn the_next_pop_up_shows_the_new_rank() {
    let company = akagi();
    let file = company.rank_settings(&[]);
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
fn tables_are_in_japanese_and_english() {
    let company = akagi();
    let file = company.rank_settings(&[]);
    let text = |arguments: &[&str]| String::from_utf8(company.run(arguments).stdout).unwrap();
    let ja = text(&["rank", "simulate", "--settings", &file, "--as-of", "2011-08-01"]);
    for part in ["お試し実行", "2010-08-01 – 2011-08-01", "標本", "ランクアップ", "株式会社赤木電機", "160"]
    {
        assert!(ja.contains(part), "{part} is not in {ja}");
    }
    let en = text(&[
        "rank",
        "run",
        "--save",
        "--allow-stale",
        "--settings",
        &file,
        "--as-of",
        "2011-08-01",
        "--lang",
        "en",
    ]);
    assert!(en.contains("Rank update") && en.contains("changed"), "{en}");
    let changes = text(&["rank", "changes", "--improved"]);
    assert!(changes.contains("株式会社赤木電機") && changes.contains("160"), "{changes}");
    let csv =
        text(&["rank", "simulate", "--all", "--as-of", "2011-08-01", "--format", "csv", "--lang", "en"]);
    assert!(csv.contains("AKAGI,2011-05-31,3,1.5,2400000,4,2,3,160,B,B,unchanged"), "{csv}");
}
