//! What stands after runs, reverts and edits: months, arrows, marks on the cards, and who did it.

use crate::common::day;
use crate::rank_after::{company, first_run, run, text};
use serde_json::{Value, json};

#[test]
fn a_month_shows_its_last_run_in_force() {
    let company = company();
    first_run(&company);
    run(&company, "2026-09-30", &[]);
    let months = || -> Vec<(String, bool, i64)> {
        let told = company.json(&["rank", "transition", "--as-of", "2026-09-30"]);
        let months = told["months"].as_array().unwrap().iter();
        let month = |month: &Value| {
            let name = month["month"].as_str().unwrap().to_owned();
            (name, month["ranks"].is_null(), month["changes"]["up"].as_i64().unwrap())
        };
        months.map(month).collect()
    };
    let both = [("2026-08".to_owned(), false, 2), ("2026-09".to_owned(), false, 0)];
    assert_eq!(months(), both);
    // The only run of August is taken back: the month has none any more. Reverting the revert brings it back.
    company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!(months(), [("2026-09".to_owned(), false, 0)]);
    company.json(&["rank", "revert", "3", "--yes"]);
    assert_eq!(months(), both);
}

#[test]
fn the_arrow_follows_the_last_change_that_stands() {
    let company = company();
    first_run(&company);
    let arrow = |code: &str| {
        let card = company.store.reader().unwrap().card(code, day("2026-10-31")).unwrap().unwrap();
        let card: Value = serde_json::from_str(&card.body).unwrap();
        card["customer"]["rank_change"]["direction"].clone()
    };
    assert_eq!((arrow("BIG"), arrow("OLD"), arrow("NEW")), (json!("up"), json!("down"), json!("initial")));
    // MID has another rank when the run is taken back: its rank stays, and the arrow of the run goes as well.
    company.json(&["rank", "revert", "1", "--yes"]);
    assert_eq!((arrow("BIG"), arrow("OLD"), arrow("NEW")), (Value::Null, Value::Null, Value::Null));
    company.json(&["rank", "revert", "2", "--yes"]);
    assert_eq!((arrow("BIG"), arrow("OLD")), (json!("up"), json!("down")));
    assert!(company.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different.is_empty());
}

#[test]
fn a_card_says_what_the_update_would_do() {
    let company = company();
    company.put("customers", "customer_code | rank_auto_update_excluded\nMID | 1");
    company.put("customers", "customer_code | customer_name | rank\nODD | 変 | Z\nTOP | 頂 | S");
    let targets = || {
        ["BIG", "MID", "NEW", "OLD", "ODD", "TOP"].map(|code| {
            let card = company.store.reader().unwrap().card(code, day("2026-10-31")).unwrap().unwrap();
            let card: Value = serde_json::from_str(&card.body).unwrap();
            card["customer"]["is_rank_auto_target"].as_bool().unwrap()
        })
    };
    assert_eq!(targets(), [false; 6], "no update is in use");
    let save = |changes: &[(&str, &str)]| {
        company.json(&["rank", "config", "save", &company.rank_settings(changes)]);
    };
    save(&[]);
    assert_eq!(
        targets(),
        [true, false, true, true, false, false],
        "excluded, unknown to the master, no target"
    );
    save(&[
        ("\"A\", \"B\", \"C\"", "\"A\", \"S\", \"Z\""),
        ("unranked_is_target = true", "unranked_is_target = false"),
    ]);
    assert_eq!(targets(), [false, false, false, true, false, true]);
    assert!(company.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different.is_empty());
    save(&[("enabled = true", "enabled = false")]);
    assert_eq!(targets(), [false; 6]);
    // A run without saved settings: those of the last run are in use.
    let other = crate::rank_after::company();
    let file = other.rank_settings(&[]);
    other.json(&["rank", "run", "--as-of", "2026-08-31", "--settings", &file, "--allow-changes"]);
    let card = other.store.reader().unwrap().card("BIG", day("2026-10-31")).unwrap().unwrap();
    assert!(card.body.contains("\"is_rank_auto_target\":true"));
}

#[test]
fn who_did_it_is_in_the_history_and_the_audit_log() {
    let company = company();
    let file = company.rank_settings(&[]);
    let by = |actor: &str, arguments: &[&str]| company.json(&[&["--actor", actor], arguments].concat());
    by("高橋", &["rank", "run", "--save", "--as-of", "2026-08-31", "--allow-changes", "--settings", &file]);
    let edited = company.file("customers.csv", "customer_code,rank\nBIG,B\nMID,B\n");
    by("佐藤", &["import", &edited]);
    by("鈴木", &["rank", "exclude", "MID"]);
    by("田中", &["rank", "revert", "1", "--yes"]);
    let mut noted = Vec::new();
    let mut reader = company.store.reader().unwrap();
    let filter = shared::store::AuditFilter::default();
    reader
        .audit_trail(&filter, &mut |entry| {
            if entry.action.as_str().starts_with("rank_") {
                noted.push((entry.actor, String::from(entry.action), entry.subject.unwrap_or_default()));
            }
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    let expected = [
        ("高橋", "rank_config", "1"),
        ("高橋", "rank_run", "1"),
        ("佐藤", "rank_edit", "BIG"),
        ("鈴木", "rank_exclude", "MID"),
        ("田中", "rank_revert", "2"),
    ];
    assert_eq!(noted, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    let history = company.json(&["rank", "history", "BIG"]);
    assert_eq!(
        (&history["runs"][0]["actor"], history["runs"].as_array().unwrap().len()),
        (&json!("高橋"), 1)
    );
    let edit = &history["edits"][0];
    assert_eq!(
        (&edit["rank_from"], &edit["rank_to"], &edit["direction"], &edit["actor"]),
        (&json!("A"), &json!("B"), &json!("down"), &json!("佐藤"))
    );
    let shown = text(&company, &["rank", "history", "BIG"]);
    assert!(shown.contains("手動変更") && shown.contains("佐藤"), "{shown}");
    assert_eq!(company.json(&["rank", "history", "MID"])["edits"], json!([]), "the rank was B before");
    assert_eq!(company.json(&["rank", "runs"])["runs"][0]["actor"], "田中");
    assert_eq!(company.json(&["rank", "config", "list"])["versions"][0]["actor"], "高橋");
    // The arrow follows the edit, which came after the run; the revert left this customer as it is.
    let card = company.store.reader().unwrap().card("BIG", day("2026-10-31")).unwrap().unwrap();
    let card: Value = serde_json::from_str(&card.body).unwrap();
    let change = &card["customer"]["rank_change"];
    assert_eq!(
        (&change["direction"], &change["rank_to"], &change["total"]),
        (&json!("down"), &json!("B"), &Value::Null)
    );
    // Without a name it is the user of the system; a name is one line of text.
    company.json(&["rank", "exclude", "NEW"]);
    let me = std::process::Command::new("id").arg("-un").output().unwrap();
    let mut last = None;
    reader
        .audit_trail(&filter, &mut |entry| {
            last = Some(entry.actor);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(last.unwrap(), String::from_utf8(me.stdout).unwrap().trim());
    for wrong in ["", " ", "a\nb"] {
        assert_eq!(company.run(&["--actor", wrong, "rank", "runs"]).status.code(), Some(64), "{wrong:?}");
    }
}
