//! The commands for saved settings and exclusions.

use crate::common::Company;
use crate::common::rank::SAMPLE;
use serde_json::{Value, json};

fn company() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | rank
         1             | 一            | C
         2             | 二            | C",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-10-01 | 1             | 6000000",
    );
    company
}

fn paths(value: &Value) -> Vec<&str> {
    value["differences"].as_array().unwrap().iter().map(|d| d["path"].as_str().unwrap()).collect()
}

#[test]
fn settings_are_saved_shown_listed_and_compared() {
    let company = company();
    assert_eq!(company.run(&["rank", "config", "show"]).status.code(), Some(66));
    let first = company.file("a.toml", SAMPLE);
    let saved = company.json(&["rank", "config", "save", &first, "--note", "初版"]);
    assert_eq!((&saved["version"], &saved["is_new"]), (&json!(1), &json!(true)));
    let again = company.json(&["rank", "config", "save", &first]);
    assert_eq!((&again["version"], &again["is_new"]), (&json!(1), &json!(false)));
    let other = company
        .file("b.toml", &SAMPLE.replace("min = 80", "min = 90").replace("weight = 10", "weight = 12.5"));
    let saved = company.json(&["rank", "config", "save", &other]);
    assert_eq!(saved["version"], 2);
    let changed = ["rank.sales.criteria(count).weight", "rank.sales.points(B).min"];
    assert_eq!(paths(&saved), changed);
    let diff = company.json(&["rank", "config", "diff"]);
    assert_eq!(paths(&diff), changed);
    assert_eq!((&diff["from"], &diff["to"]), (&json!("1"), &json!("2")));
    assert_eq!(diff["differences"][1], json!({"path": changed[1], "before": "80", "after": "90"}));
    assert_eq!(paths(&company.json(&["rank", "config", "diff", "2", &other])), [""; 0]);
    assert_eq!(paths(&company.json(&["rank", "config", "diff", &first])), changed);
    let versions = company.json(&["rank", "config", "list"]);
    assert_eq!(versions["versions"][1]["note"], "初版");
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2);
    assert_eq!(company.run(&["rank", "config", "show", "--version", "3"]).status.code(), Some(66));

    // The output is a file that can be saved again.
    let shown = String::from_utf8(company.run(&["rank", "config", "show", "--version", "1"]).stdout).unwrap();
    let shown = company.file("c.toml", &shown);
    assert_eq!(company.json(&["rank", "config", "save", &shown])["version"], 3);
    assert_eq!(paths(&company.json(&["rank", "config", "diff", "1", "3"])), [""; 0]);
    let csv = company.run(&["rank", "config", "show", "--format", "csv", "--lang", "en"]);
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert!(csv.contains("Setting,Value\r\n") && csv.contains("rank.sales.points(A).min,180\r\n"), "{csv}");
}

#[test]
fn a_check_lists_every_mistake_and_writes_nothing() {
    let company = company();
    let wrong =
        company.file("a.toml", &SAMPLE.replace("min = 0", "min = -1").replace("weight = 10", "weight = 101"));
    let checked = company.run(&["rank", "config", "check", &wrong, "--format", "json"]);
    assert_eq!(checked.status.code(), Some(78));
    let found: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let codes: Vec<_> =
        found["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["RANK_NO_ZERO", "RANK_RANGE", "RANK_RANGE"]);
    assert_eq!(found["problems"][1]["path"], "rank.criteria[1].weight");
    assert_eq!(found["problems"][1]["value"], "101");
    assert!(found["problems"][1]["line"].as_u64().is_some_and(|line| line > 1));
    assert!(found["problems"][1]["reason"].as_str().unwrap().contains("0から100まで"), "{found}");
    assert_eq!(company.run(&["rank", "config", "save", &wrong]).status.code(), Some(78));
    assert_eq!(company.run(&["rank", "config", "list"]).status.code(), Some(0));
    assert_eq!(company.json(&["rank", "config", "list"])["versions"], json!([]));
    let warned = company.file("b.toml", &SAMPLE.replace("min = 180", "min = 201"));
    let found = company.json(&["rank", "config", "check", &warned]);
    assert_eq!((&found["problems"], &found["warnings"][0]["code"]), (&json!([]), &json!("RANK_UNREACHABLE")));
    assert_eq!(company.run(&["rank", "config", "check", "/nowhere.toml"]).status.code(), Some(66));
}

#[test]
fn adding_a_row_adds_a_point_and_removing_one_removes_it() {
    let company = company();
    assert_eq!(company.run(&["rank", "config", "add-row", "count", "5"]).status.code(), Some(78));
    company.json(&["rank", "config", "save", &company.file("a.toml", SAMPLE)]);
    let rows = |value: &Value| -> Vec<String> {
        let row = |row: &Value| format!("{}:{}", row["points"], row["row"].as_str().unwrap());
        value["rows"].as_array().unwrap().iter().map(row).collect()
    };
    let added = company.json(&["rank", "config", "add-row", "count", "5", "--note", "細分化"]);
    assert_eq!(rows(&added), ["5:10", "4:5", "3:3", "2:1", "1:0.5"]);
    assert_eq!(added["version"], 2);
    let added = company.json(&["rank", "config", "add-row", "recency", "18"]);
    assert_eq!(rows(&added), ["5:3", "4:6", "3:9", "2:12", "1:18"]);
    let added = company.json(&["rank", "config", "add-row", "amount", "10000000.5"]);
    assert_eq!(rows(&added)[0], "5:10000000.5");
    let removed = company.json(&["rank", "config", "remove-row", "count", "10.0"]);
    assert_eq!(rows(&removed), ["4:5", "3:3", "2:1", "1:0.5"]);
    assert_eq!(removed["version"], 5);
    for (arguments, told) in [
        (["add-row", "count", "5"], "同じ行が既にあります"),
        (["remove-row", "count", "7"], "この行はありません"),
        (["add-row", "recency", "1.5"], "月数を整数で指定してください"),
        (["add-row", "amount", "x"], "数値を指定してください"),
    ] {
        let refused = company.run(&[&["rank", "config"][..], &arguments].concat());
        assert_eq!(refused.status.code(), Some(64), "{arguments:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(told), "{arguments:?}");
    }
    // An edit obeys the rules of a file.
    assert_eq!(company.run(&["rank", "config", "add-row", "recency", "121"]).status.code(), Some(78));
    for value in ["5", "3", "1"] {
        company.json(&["rank", "config", "remove-row", "count", value]);
    }
    assert_eq!(company.run(&["rank", "config", "remove-row", "count", "0.5"]).status.code(), Some(64));
    let text = company.run(&["rank", "config", "add-row", "count", "1000"]);
    assert!(String::from_utf8(text.stdout).unwrap().contains("1,000回以上"));
}

#[test]
fn a_run_uses_the_newest_saved_settings_and_records_their_version() {
    let company = company();
    let sample = company.file("a.toml", SAMPLE);
    let last = || company.store.reader().unwrap().last_rank_run().unwrap().unwrap();
    company.json(&["rank", "run", "--allow-stale", "--settings", &sample, "--as-of", "2026-08-31"]);
    assert_eq!(last().config_version, None, "a scheduled run of a file saves nothing");
    company.json(&["rank", "run", "--save", "--allow-stale", "--settings", &sample, "--as-of", "2026-08-31"]);
    assert_eq!(last().config_version, Some(1));
    company.json(&[
        "rank",
        "config",
        "save",
        &company.file("b.toml", &SAMPLE.replace("min = 80", "min = 81")),
    ]);
    company.json(&["rank", "run", "--allow-stale", "--as-of", "2026-09-30"]);
    assert_eq!(last().config_version, Some(2));
    company.json(&["rank", "run", "--settings", &sample, "--as-of", "2026-10-31"]);
    assert_eq!(last().config_version, None, "these are not the newest settings");
    company.json(&["rank", "run", "--save", "--as-of", "2026-10-31"]);
    assert_eq!(
        last().config_version,
        Some(2),
        "without a file the newest are used, not those of the last run"
    );
    let again = company.json(&["rank", "run", "--save", "--as-of", "2026-10-31"]);
    assert_eq!(again["config_version"], 2);
    assert_eq!(again["directions"], json!({"up": 0, "down": 0, "initial": 0, "config_changed": 0}));
    let text = |format| {
        let output = company.run(&["rank", "run", "--dry-run", "--as-of", "2026-10-31", "--format", format]);
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(text("csv").ends_with("\r\n,2026-10-31,scheduled,2,0,0,0\r\n"), "{}", text("csv"));
    assert!(text("html").contains("<svg"));
}

#[test]
fn exclusions_are_all_or_nothing_and_reach_the_card_and_the_mirror() {
    let company = company();
    company.json(&["rank", "config", "save", &company.file("a.toml", SAMPLE)]);
    company.sync();
    let excluded = |code: &str| {
        let card =
            company.store.reader().unwrap().card(code, crate::common::day("2026-10-31")).unwrap().unwrap();
        let card: Value = serde_json::from_str(&card.body).unwrap();
        !card["customer"]["is_rank_auto_target"].as_bool().unwrap()
    };
    let change_no = || company.store.reader().unwrap().change_no().unwrap();
    let before = change_no();
    let refused = company.run(&["rank", "exclude", "1", "X9", "0"]);
    assert_eq!(refused.status.code(), Some(65));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("0, X9") && told.contains("何も書き込んでいません"), "{told}");
    assert!(!excluded("1") && change_no() == before);
    let done = company.json(&["rank", "exclude", "1", "1"]);
    assert_eq!((&done["changed"], &done["unchanged"]), (&json!(["1"]), &json!(0)));
    assert!(excluded("1") && !excluded("2") && change_no() > before);
    assert_eq!(company.json(&["rank", "exclude", "1"])["unchanged"], 1);
    let sample = company.file("a.toml", SAMPLE);
    let arguments = ["rank", "run", "--save", "--settings", &sample, "--as-of", "2026-10-31"];
    assert_eq!(company.json(&arguments)["excluded"], 1);
    assert_eq!(company.json(&["rank", "include", "1", "2"])["changed"], json!(["1"]));
    assert_eq!(company.json(&arguments)["excluded"], 0, "the mirror followed");
    assert!(company.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different.is_empty());
}

#[test]
fn the_rank_master_is_the_companys_own() {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | rank
         1             | 一            | 特A
         2             | 二            | D
         3             | 三            | B",
    );
    let names = |told: &Value, of: &str| -> Vec<String> {
        told[of].as_array().unwrap().iter().map(|rank| rank["rank"].as_str().unwrap().to_owned()).collect()
    };
    let listed = company.json(&["rank", "master", "list"]);
    assert_eq!(
        (names(&listed, "ranks").join(" "), names(&listed, "missing").join(" ")),
        ("S A B C".into(), "D 特A".into())
    );
    assert_eq!(listed["ranks"][2], json!({"rank": "B", "color": null, "customers": 1}));
    // What customers have is added in one step; then the order is the company's.
    let added = company.json(&["rank", "master", "add-missing"]);
    assert_eq!((names(&added, "ranks").join(" "), &added["missing"]), ("S A B C D 特A".into(), &json!([])));
    let set = company.json(&["--actor", "高橋", "rank", "master", "set", "特A", "A", "B", "C", "D"]);
    assert_eq!(names(&set, "ranks").join(" "), "特A A B C D");
    // Settings with these ranks work, and the ranks are in their order everywhere.
    let settings = SAMPLE
        .replace("[\"A\", \"B\", \"C\"]", "[\"特A\", \"A\", \"B\", \"C\", \"D\"]")
        .replace(
            "rank = \"A\"\nmin = 180",
            "rank = \"特A\"\nmin = 190\n[[rank.points]]\nrank = \"A\"\nmin = 180",
        )
        .replace("rank = \"C\"\nmin = 0", "rank = \"C\"\nmin = 40\n[[rank.points]]\nrank = \"D\"\nmin = 0");
    let file = company.file("own.toml", &settings);
    let run = ["rank", "run", "--save", "--allow-stale", "--as-of", "2026-10-31", "--settings", &file];
    assert_eq!(
        company.json(&run)["directions"],
        json!({"up": 0, "down": 2, "initial": 0, "config_changed": 0})
    );
    let report = company.json(&["--no-sync", "report", "segment", "--by", "rank", "--as-of", "2026-10-31"]);
    let reported: Vec<&Value> =
        report["rows"].as_array().unwrap().iter().map(|row| &row["segment"]["rank"]).collect();
    assert_eq!(reported, ["特A", "B", "D"], "in the order of the master, as of the last sync");
    // A rank in use stays: of customers, and of the saved settings.
    for (arguments, code) in [
        (&["remove", "D"][..], 65),
        (&["remove", "特A"], 65),
        (&["set", "A", "B", "C", "D"], 65),
        (&["remove", "X"], 64),
        (&["add", "A"], 64),
        (&["add", " "], 64),
        (&["add", "E", "--above", "X"], 64),
        (&["set", "A", "A"], 64),
    ] {
        let output = company.run(&[&["rank", "master"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
    let above = company.json(&["rank", "master", "add", "準A", "--above", "B"]);
    assert_eq!(names(&above, "ranks").join(" "), "特A A 準A B C D");
    assert_eq!(names(&company.json(&["rank", "master", "remove", "準A"]), "ranks").join(" "), "特A A B C D");
    let mut noted = Vec::new();
    let each = &mut |entry: shared::store::AuditEntry| {
        noted.extend(
            (entry.action.as_str() == "rank_master").then(|| (entry.actor, entry.detail.unwrap_or_default())),
        );
        std::ops::ControlFlow::Continue(())
    };
    company.store.reader().unwrap().audit_trail(&shared::store::AuditFilter::default(), each).unwrap();
    assert_eq!(noted.len(), 4);
    assert_eq!(noted[1], ("高橋".to_owned(), "特A > A > B > C > D".to_owned()));
    assert!(company.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different.is_empty());
}

#[test]
fn a_rank_has_a_colour_and_a_place_of_its_own() {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name | rank\n1 | 一 | A");
    let colored = company.json(&["rank", "master", "color", "A", "＃FFD700"]);
    assert_eq!(colored["ranks"][1], json!({"rank": "A", "color": "#ffd700", "customers": 1}));
    for (rank, color) in [("A", "gold"), ("X", "#ffd700")] {
        assert_eq!(company.run(&["rank", "master", "color", rank, color]).status.code(), Some(64));
    }
    let set = company.json(&["rank", "master", "set", "A", "B", "C"]);
    assert_eq!(set["ranks"][0]["color"], "#ffd700", "it stays");
    assert_eq!(company.json(&["rank", "master", "color", "A", "none"])["ranks"][0]["color"], Value::Null);
    // Two ranks in one place: no run knows which is the better, and setting the order again puts it right.
    company.json(&["import", &company.file("ranks.csv", "rank,position\nB,1\n")]);
    let settings = company.file("own.toml", SAMPLE);
    let run = ["rank", "run", "--save", "--allow-stale", "--as-of", "2026-10-31", "--settings", &settings];
    let refused = company.run(&run);
    assert_eq!(refused.status.code(), Some(65), "{}", String::from_utf8_lossy(&refused.stderr));
    company.json(&["rank", "master", "set", "A", "B", "C"]);
    company.json(&run);
}
