//! What stops a run before it writes: too many changes and sums that are too large. And a clock that goes back.

use crate::common::Company;
use crate::common::rank::SAMPLE;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::store::RankRun;

/// Customers of rank B without sales, who would all fall to C, and some without a rank.
fn company(ranked: usize, unranked: usize) -> Company {
    let company = Company::new();
    let customers: Vec<String> = (0..ranked + unranked)
        .map(|n| format!("{n} | 顧客{n} | {}", if n < ranked { "B" } else { "" }))
        .collect();
    company.put("customers", &format!("customer_code | customer_name | rank\n{}", customers.join("\n")));
    company
}

fn settings(company: &Company, ratio: &str) -> String {
    company.rank_settings(&[("enabled = true", &format!("max_change_ratio = {ratio}"))])
}

fn run(company: &Company, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let output = company.run(
        &[&["rank", "run", "--as-of", "2026-10-31", "--allow-stale", "--format", "json"], arguments].concat(),
    );
    let value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), value, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_run_with_too_many_changes_needs_permission() {
    let company = company(21, 50);
    let file = settings(&company, "0.3");
    let (code, told, message) = run(&company, &["--save", "--settings", &file]);
    assert_eq!((code, &told["run_id"]), (Some(6), &Value::Null));
    assert!(told["refused"].as_str().unwrap().contains("21件のうち21件"), "{told}");
    for part in [
        "21件のうち21件",
        "100.0%",
        "6件まで",
        "max_change_ratio = 0.3",
        "--allow-changes",
        "何も書き込んでいません",
    ] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    let mut reader = company.store.reader().unwrap();
    assert!(reader.last_rank_run().unwrap().is_none() && reader.rank_config(None).unwrap().is_none());
    // A dry run reports this, and what would change.
    let (code, dry, message) = run(&company, &["--dry-run", "--settings", &file]);
    assert_eq!((code, &dry["changed"], &dry["changed_ratio"]), (Some(0), &json!(71), &json!("1")));
    assert_eq!(dry["refused"], told["refused"]);
    assert!(message.contains("--allow-changes"));
    let (code, done, _) = run(&company, &["--allow-changes", "--settings", &file]);
    assert_eq!((code, &done["run_id"], &done["changed"]), (Some(0), &json!(1), &json!(71)));
}

#[test]
fn a_run_on_old_data_needs_permission() {
    for (dataset, source, rows) in [
        ("sales", "sales", "slip_no | line_no | sold_on | customer_code | amount\n S1 | 1 | {day} | 0 | 1"),
        (
            "deals",
            "deals",
            "deal_no | ordered_on | customer_code | amount | stage\n D1 | {day} | 0 | 1 | won",
        ),
    ] {
        let company = company(1, 0);
        let file = company.rank_settings(&[("source = \"sales\"", &format!("source = \"{source}\""))]);
        let told = |as_of: &str, more: &[&str]| {
            let run = ["rank", "run", "--save", "--as-of", as_of, "--settings", &file, "--format", "json"];
            let output = company.run(&[&run[..], more].concat());
            let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            (output.status.code(), value["refused"].as_str().unwrap_or_default().to_owned())
        };
        let (code, reason) = told("2026-10-31", &[]);
        assert!(code == Some(6) && reason.contains("--allow-stale"), "nothing was imported: {reason}");
        company.put(dataset, &rows.replace("{day}", "2026-09-01"));
        // After the as-of date there are records that do not count yet.
        company.put(dataset, &rows.replace("{day}", "2027-01-01").replace("S1", "S2").replace("D1", "D2"));
        assert_eq!(told("2026-10-16", &["--dry-run"]), (Some(0), String::new()), "45 days");
        let (code, reason) = told("2026-10-17", &[]);
        assert_eq!(code, Some(6));
        assert!(
            reason.contains("2026-09-01")
                && reason.contains("46日前")
                && reason.contains("max_age_days = 45"),
            "{reason}"
        );
        assert!(company.store.reader().unwrap().last_rank_run().unwrap().is_none());
        assert_eq!(told("2026-10-17", &["--dry-run"]).1, reason, "a dry run says so");
        assert_eq!(told("2026-10-17", &["--allow-stale"]).0, Some(0));
        let any = company.rank_settings(&[
            ("source = \"sales\"", &format!("source = \"{source}\"")),
            ("max_age_days = 45", "max_age_days = 0"),
        ]);
        let run = company.run(&["rank", "run", "--save", "--as-of", "2026-10-31", "--settings", &any]);
        assert_eq!(run.status.code(), Some(0));
    }
}

#[test]
fn first_ranks_few_changes_and_a_ratio_of_one_are_allowed() {
    let first = company(0, 100);
    assert_eq!(
        run(&first, &["--settings", &settings(&first, "0")]).0,
        Some(0),
        "everybody gets a first rank"
    );
    let few = company(20, 0);
    assert_eq!(run(&few, &["--settings", &settings(&few, "0")]).0, Some(6), "a share of 0 lets nothing pass");
    assert_eq!(run(&few, &["--settings", &settings(&few, "0.3")]).0, Some(0));
    let all = company(30, 0);
    assert_eq!(run(&all, &["--settings", &settings(&all, "1")]).0, Some(0));
}

#[test]
fn sums_beyond_eighteen_digits_are_refused_with_their_customers() {
    let company = company(2, 0);
    // A slip with the largest amount of a cell fits; two of them are too large.
    let slip = |slip: u32, code: u32, amount: &str| format!("{slip} | 1 | 2026-10-01 | {code} | {amount}\n");
    let header = "slip_no | line_no | sold_on | customer_code | amount\n";
    company.put("sales", &format!("{header}{}", slip(1, 0, "99999999999999.9999")));
    let file = settings(&company, "1");
    assert_eq!(run(&company, &["--save", "--settings", &file]).0, Some(0));
    let ranks = run(&company, &["--dry-run"]).1["distribution"].clone();
    company.put("sales", &format!("{header}{}", slip(2, 0, "0.0001")));
    let (code, _, message) = run(&company, &["--save", "--settings", &file]);
    assert_eq!(code, Some(65));
    assert!(message.contains("顧客が1件") && message.contains(": 0。何も書き込んでいません"), "{message}");
    assert_eq!(company.store.reader().unwrap().last_rank_run().unwrap().unwrap().run_id, 1);
    company.put("sales", &format!("{header}{}", slip(3, 0, "-0.0001")));
    assert_eq!(run(&company, &["--dry-run"]).1["distribution"], ranks);
}

#[test]
fn a_clock_set_back_gives_a_warning_and_keeps_runs_in_order() {
    let company = company(1, 0);
    let later: DateTime<Utc> = "2999-01-01T00:00:00Z".parse().unwrap();
    let last = RankRun {
        run_id: 0,
        as_of: crate::common::day("2026-09-30"),
        trigger: shared::rank::RankTrigger::Manual,
        config_hash: "h".to_owned(),
        config: SAMPLE.to_owned(),
        config_version: None,
        mode: shared::rank::RankRunMode::Run,
        reverts: None,
        started_at: later,
        finished_at: later,
        evaluated: 0,
        changed: 0,
        excluded: 0,
        not_target: 0,
        warnings: 0,
        actor: None,
    };
    company.store.write(|tx| tx.publish_rank_run(&last, &mut std::iter::empty())).unwrap();
    let (code, done, _) = run(&company, &["--settings", &settings(&company, "1")]);
    assert_eq!((code, &done["run_id"]), (Some(0), &json!(2)));
    let warnings = done["warnings"].as_array().unwrap();
    let clock = warnings.iter().find(|warning| warning["code"] == "RANK_CLOCK_BACK").unwrap();
    assert!(clock["reason"].as_str().unwrap().contains("2999-01-01"));
    let runs = company.store.reader().unwrap().rank_runs(9).unwrap();
    assert_eq!(runs.iter().map(|run| run.run_id).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(runs[0].warnings as usize, warnings.len());
}
