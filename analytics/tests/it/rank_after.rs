//! After rank runs: months, histories, changes, reverts, exports.

use crate::common::{Company, day};
use serde_json::{Value, json};

/// BIG earns A, MID earns B, NEW has no rank and earns C, GONE earns C and had A.
pub(crate) fn company() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | rank
         BIG           | 大            | C
         MID           | 中            | C
         NEW           | 新            |
         OLD           | 旧            | A",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-08-01 | BIG           | 5000000
         2       | 1       | 2026-08-01 | MID           | 1000000",
    );
    company
}

pub(crate) fn run(company: &Company, as_of: &str, more: &[&str]) -> Value {
    company.json(
        &[&["rank", "run", "--save", "--as-of", as_of, "--allow-changes", "--allow-stale"], more].concat(),
    )
}

pub(crate) fn first_run(company: &Company) -> Value {
    let file = company.rank_settings(&[]);
    run(company, "2026-08-31", &["--settings", &file])
}

fn rank(company: &Company, code: &str) -> Option<String> {
    let card = company.store.reader().unwrap().card(code, day("2026-10-31")).unwrap().unwrap();
    let card: Value = serde_json::from_str(&card.body).unwrap();
    card["customer"]["rank"].as_str().map(str::to_owned)
}

fn ranks(company: &Company) -> [Option<String>; 4] {
    ["BIG", "MID", "NEW", "OLD"].map(|code| rank(company, code))
}

fn names(ranks: [Option<&str>; 4]) -> [Option<String>; 4] {
    ranks.map(|rank| rank.map(str::to_owned))
}

pub(crate) fn text(company: &Company, arguments: &[&str]) -> String {
    let output = company.run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_revert_restores_customers_who_still_have_the_rank_of_the_run() {
    let company = company();
    first_run(&company);
    let after = names([Some("A"), Some("B"), Some("C"), Some("C")]);
    assert_eq!(ranks(&company), after);
    // One rank is edited by hand.
    company.put("customers", "customer_code | rank\nMID | S");
    let shown = company.json(&["rank", "revert", "1", "--dry-run"]);
    assert_eq!((&shown["restored"], &shown["left"], &shown["run_id"]), (&json!(3), &json!(1), &Value::Null));
    assert_eq!(rank(&company, "BIG").as_deref(), Some("A"));

    let done = company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!((&done["run_id"], &done["restored"], &done["left"]), (&json!(2), &json!(3), &json!(1)));
    assert_eq!(
        done["customers"],
        json!([
            {"customer_code": "BIG", "rank_from": "A", "rank_to": "C", "direction": "down"},
            {"customer_code": "NEW", "rank_from": "C", "rank_to": null, "direction": "cleared"},
            {"customer_code": "OLD", "rank_from": "C", "rank_to": "A", "direction": "up"},
        ])
    );
    assert_eq!(
        done["left_customers"],
        json!([{"customer_code": "MID", "rank_of_run": "B", "rank_now": "S", "is_gone": false}])
    );
    assert_eq!(ranks(&company), names([Some("C"), Some("S"), None, Some("A")]));
    assert!(company.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different.is_empty());
    // The revert is stored as a run, and the month shows the current ranks.
    let runs = company.json(&["rank", "runs"]);
    let revert = &runs["runs"][0];
    assert_eq!(
        (&revert["mode"], &revert["reverts"], &revert["changed"], &revert["warnings"], &revert["as_of"]),
        (&json!("revert"), &json!(1), &json!(3), &json!(1), &json!("2026-08-31"))
    );
    let months = company.json(&["rank", "transition", "--as-of", "2026-08-31", "--months", "1"]);
    assert_eq!(
        months["months"],
        json!([{"month": "2026-08", "ranks": [{"rank": "S", "customers": 1}, {"rank": "A", "customers": 1},
                {"rank": "C", "customers": 1}, {"rank": null, "customers": 1}],
            "changes": {"up": 0, "down": 0, "initial": 0, "cleared": 0}}]),
        "neither the run that was taken back nor the revert is a change of the month"
    );
}

#[test]
fn reverting_twice_does_nothing_and_a_revert_can_be_reverted() {
    let company = company();
    first_run(&company);
    let after = ranks(&company);
    let before = names([Some("C"), Some("C"), None, Some("A")]);
    company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!(ranks(&company), before);
    let change_no = company.store.reader().unwrap().change_no().unwrap();
    let again = company.json(&["rank", "revert", "1", "--yes"]);
    assert!(again["skipped"].as_str().unwrap().contains("実行番号 2 で取り消し済み"), "{again}");
    assert_eq!(company.store.reader().unwrap().change_no().unwrap(), change_no);
    // Back to the ranks of run 1, which is then in force and can be reverted again.
    company.json(&["rank", "revert", "2", "--yes"]);
    assert_eq!(ranks(&company), after);
    assert_eq!(company.json(&["rank", "revert", "1", "--yes"])["restored"], 4);
    assert_eq!(ranks(&company), before);
    assert_eq!(company.run(&["rank", "revert", "9"]).status.code(), Some(66));
}

#[test]
fn nothing_is_reverted_without_confirmation() {
    let company = company();
    first_run(&company);
    let after = ranks(&company);
    let refused = company.run(&["rank", "revert", "1"]);
    assert_eq!(refused.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--yes"));
    assert_eq!(ranks(&company), after);
    let ja = text(&company, &["rank", "revert", "1", "--dry-run"]);
    for part in ["ランク更新の取り消し", "書き込みはしていません", "ランクなしへ", "元に戻す顧客: 4"]
    {
        assert!(ja.contains(part), "{part} is not in {ja}");
    }
}

#[test]
fn a_run_after_a_revert_restores_the_ranks() {
    let company = company();
    first_run(&company);
    let after = ranks(&company);
    company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!(run(&company, "2026-08-31", &[])["changed"], 4);
    assert_eq!(ranks(&company), after);
}

#[test]
fn reverting_an_earlier_run_keeps_ranks_of_later_runs() {
    let company = company();
    first_run(&company);
    // By December the sales of August are no longer recent, so BIG falls to B.
    run(&company, "2026-12-31", &["--force"]);
    assert_eq!(rank(&company, "BIG").as_deref(), Some("B"));
    let done = company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!((&done["restored"], &done["left_customers"][0]["customer_code"]), (&json!(3), &json!("BIG")));
    // Its day is that of the last run, whose month shows the ranks as they are now.
    assert_eq!(company.json(&["rank", "runs"])["runs"][0]["as_of"], "2026-12-31");
}

#[test]
fn the_transition_shows_ranks_changes_and_gaps_by_month() {
    let company = company();
    first_run(&company);
    run(&company, "2026-10-31", &[]);
    let months = company.json(&["rank", "transition", "--as-of", "2026-11-30"]);
    let months: Vec<(&str, bool)> = months["months"]
        .as_array()
        .unwrap()
        .iter()
        .map(|month| (month["month"].as_str().unwrap(), month["ranks"].is_null()))
        .collect();
    assert_eq!(months, [("2026-08", false), ("2026-09", true), ("2026-10", false), ("2026-11", true)]);
    let ja = text(&company, &["rank", "transition", "--as-of", "2026-10-31"]);
    assert!(ja.contains("ランク推移") && ja.contains("2026-08") && ja.contains("初回"), "{ja}");
    let csv =
        text(&company, &["rank", "transition", "--as-of", "2026-10-31", "--format", "csv", "--lang", "en"]);
    assert_eq!(
        csv.lines().collect::<Vec<_>>()[..2],
        ["Month,A,B,C,Total,Promoted,Demoted,First rank,Rank removed", "2026-08,1,1,2,4,2,1,1,0"]
    );
    let page = text(&company, &["rank", "transition", "--as-of", "2026-10-31", "--format", "html"]);
    assert!(page.contains("class=\"part0\"") && page.contains("2026-10"));
    assert_eq!(company.run(&["rank", "transition", "--months", "0"]).status.code(), Some(64));
}

#[test]
fn transition_needs_an_enabled_update() {
    let company = company();
    let file = company.rank_settings(&[("enabled = true", "enabled = false")]);
    run(&company, "2026-08-31", &["--settings", &file, "--force"]);
    let told = company.json(&["rank", "transition", "--as-of", "2026-08-31"]);
    assert!(told["skipped"].as_str().unwrap().contains("enabled = false"), "{told}");
    // Without any settings there is nothing to show either.
    assert_eq!(Company::new().run(&["rank", "transition"]).status.code(), Some(78));
}

#[test]
fn a_history_lists_every_run_of_a_customer() {
    let company = company();
    first_run(&company);
    run(&company, "2026-12-31", &["--force"]);
    company.json(&["rank", "revert", "2", "--yes"]);
    let history = company.json(&["rank", "history", "BIG"]);
    let runs = history["runs"].as_array().unwrap();
    let totals: Vec<(&Value, &Value, &Value)> =
        runs.iter().map(|run| (&run["run_id"], &run["score"]["total"], &run["change"]["rank_to"])).collect();
    assert_eq!(
        totals,
        [
            (&json!(1), &json!("180"), &json!("A")),
            (&json!(2), &json!("160"), &json!("B")),
            (&json!(3), &Value::Null, &json!("A"))
        ]
    );
    let ja = text(&company, &["rank", "history", "BIG"]);
    assert!(ja.contains("2 の取り消し") && ja.contains("█"), "{ja}");
    let page = text(&company, &["rank", "history", "BIG", "--format", "html"]);
    assert!(page.contains("<polyline") && page.contains("2026-12-31: 160"));
    assert_eq!(company.run(&["rank", "history", "NOBODY"]).status.code(), Some(65));
}

#[test]
fn changes_are_listed_by_month_and_by_changed_settings() {
    let company = company();
    first_run(&company);
    company.put("customers", "customer_code | account_owner\nMID | 高橋\nBIG | 佐藤");
    // The same totals as of the next day, but B needs more than MID has.
    let file = company.rank_settings(&[("min = 80", "min = 150")]);
    run(&company, "2026-09-01", &["--settings", &file]);
    let month = company.json(&["rank", "changes", "--month", "2026-08"]);
    assert_eq!((&month["runs"], month["changes"].as_array().unwrap().len()), (&json!([1]), 4));
    let made = company.json(&["rank", "changes", "--by-settings"]);
    assert_eq!(
        made["changes"],
        json!([{"run_id": 2, "customer_code": "MID", "customer_name": "中", "account_owner": "高橋", "rank_from": "B", "rank_to": "C",
            "direction": "down", "total": "140", "config_changed": true}])
    );
    let csv = text(&company, &["rank", "changes", "--run", "2", "--format", "csv"]);
    assert!(csv.contains("2,MID,中,高橋,B,C,ランクダウン,140,設定変更"), "{csv}");
    // A manager hands out the changes of one representative, or of nobody's customers.
    let of = |owner: &str| {
        let told = company.json(&["rank", "changes", "--run", "1", "--owner", owner]);
        let changes = told["changes"].as_array().unwrap().iter();
        changes.map(|change| change["customer_code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (of("高橋"), of("佐藤,高橋"), of("unknown")),
        (vec!["MID".to_owned()], vec!["BIG".into(), "MID".into()], vec!["NEW".into(), "OLD".into()])
    );
    assert_eq!(company.run(&["rank", "changes", "--month", "2020-01"]).status.code(), Some(66));
    assert_eq!(company.run(&["rank", "changes", "--month", "2020-13"]).status.code(), Some(64));
}

#[test]
fn all_rank_tables_are_exported() {
    let company = company();
    first_run(&company);
    company.json(&["rank", "revert", "1", "--yes"]);
    let folder = company.folder.path().join("out");
    let path = folder.to_str().unwrap();
    let told = company.json(&["rank", "export", path]);
    let rows: Vec<i64> =
        told["files"].as_array().unwrap().iter().map(|file| file["rows"].as_i64().unwrap()).collect();
    // Two runs, four scores, four changes there and back, three ranks and none in one month, one saved version.
    assert_eq!(rows, [2, 4, 8, 3, 1, 0]);
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let changes = file("rank_change.csv");
    assert_eq!(
        changes.lines().collect::<Vec<_>>()[..2],
        [
            "run_id,customer_code,changed_on,rank_from,rank_to,direction,total,config_changed",
            "1,BIG,2026-08-31,C,A,up,180,0"
        ]
    );
    assert!(file("rank_score.csv").contains("1,BIG,2026-08-01,1,1,5000000,4,2,4,180,C,A,changed"));
    assert!(file("rank_monthly.csv").contains("2026-08,C,2"));
    // Existing files are not overwritten.
    assert_eq!(company.run(&["rank", "export", path]).status.code(), Some(73));
    assert_eq!(file("rank_change.csv"), changes);
}

#[test]
fn only_earlier_output_files_are_replaced() {
    let company = company();
    let file = company.rank_settings(&[]);
    let store = company.path().to_str().unwrap().to_owned();
    let run = ["rank", "run", "--save", "--as-of", "2026-08-31", "--allow-changes", "--settings", &file];
    let same = company.folder.path().join("same").to_str().unwrap().to_owned();
    for (outputs, code) in [
        (vec!["--report", &store], 73),
        (vec!["--metrics-file", &store], 73),
        (vec!["--errors", &store], 73),
        (vec!["--report", &file], 73),
        (vec!["--report", &same, "--metrics-file", &same], 64),
    ] {
        let output = company.run(&[&run[..], &outputs].concat());
        assert_eq!(output.status.code(), Some(code), "{outputs:?}");
    }
    assert_eq!(company.run(&["rank", "check", "--errors", &file]).status.code(), Some(73));
    assert!(company.store.reader().unwrap().rank_runs(9).unwrap().is_empty(), "nothing was done");
    for _ in 0..2 {
        let outputs = ["--report", "--metrics-file", "--errors"].map(|name| {
            [name.to_owned(), company.folder.path().join(&name[2..]).to_str().unwrap().to_owned()]
        });
        let outputs = outputs.concat();
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        company.json(&[&run[..], &outputs].concat());
    }
}

#[test]
fn a_future_as_of_date_is_refused_and_a_reverted_run_blocks_nothing() {
    let company = company();
    let file = company.rank_settings(&[]);
    let run = |as_of: &str, more: &[&str]| {
        let arguments = [
            "rank",
            "run",
            "--save",
            "--as-of",
            as_of,
            "--allow-changes",
            "--allow-stale",
            "--settings",
            &file,
        ];
        company.run(&[&arguments[..], more].concat()).status.code()
    };
    assert_eq!(run("2126-08-31", &[]), Some(65));
    assert_eq!(run("2126-08-31", &["--force"]), Some(0));
    assert_eq!(run("2026-08-31", &[]), Some(65), "older than the last one");
    company.json(&["rank", "revert", "1", "--yes"]);
    // Reverting the revert puts it in force again.
    company.json(&["rank", "revert", "2", "--yes"]);
    assert_eq!(run("2026-08-31", &[]), Some(65));
    company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!(run("2026-08-31", &[]), Some(0));
}

#[test]
fn the_next_command_publishes_figures_of_a_killed_run() {
    let company = company();
    let file = company.rank_settings(&[]);
    let run = ["rank", "run", "--as-of", "2026-08-31", "--allow-changes", "--settings", &file];
    company.json(&run);
    let published = || company.store.reader().unwrap().metrics_published().unwrap();
    assert_eq!(published(), (4, 4, Some(day("2026-08-31"))));
    company.json(&["publish", "--as-of", "2026-07-31"]);
    assert_eq!(published(), (4, 4, Some(day("2026-07-31"))));
    let skipped = company.json(&run);
    assert!(skipped["skipped"].as_str().unwrap().contains("2026-08"), "{skipped}");
    assert_eq!(published(), (4, 4, Some(day("2026-08-31"))));
}

#[test]
fn a_revert_warns_that_the_settings_of_the_run_are_still_saved() {
    let company = company();
    first_run(&company);
    let output = company.run(&["rank", "revert", "1", "--yes"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("版1") && said.contains("rank config save"), "{said}");
}
