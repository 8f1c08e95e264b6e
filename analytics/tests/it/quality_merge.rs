//! `analytics merge` as a person uses it.

use crate::common::Company;

fn company() -> Company {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name | name_kana\n1 | 青葉 |\n2 | 青葉酒販 | アオバ");
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | amount
         S1 | 1 | 2026-01-05 | 1 | 100
         S2 | 1 | 2026-02-05 | 2 | 200",
    );
    company
}

fn complaint(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_merge_shows_what_moves_and_asks_first() {
    let company = company();
    let output = company.run(&["merge", "1", "2", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(
        complaint(&output).contains("2 青葉酒販 would be merged into 1 青葉 (sales 1)"),
        "{}",
        complaint(&output)
    );
    assert!(complaint(&output).contains("--yes"));
    assert_eq!(company.json(&["merge", "--list"])["merges"].as_array().unwrap().len(), 0);
}

#[test]
fn a_merge_and_its_undo_reach_the_mirror() {
    let company = company();
    company.sync();
    let merged = company.json(&["merge", "1", "2", "--fill", "--yes"]);
    assert_eq!((&merged["merge_id"], &merged["filled"]), (&1.into(), &serde_json::json!(["name_kana"])));
    assert_eq!(merged["moves"], serde_json::json!([{"dataset": "sales", "rows": 1, "removed": 0}]));
    let synced = company.json(&["sync", "--verify"]);
    assert_eq!(synced["verified"]["different"].as_array().unwrap().len(), 0);
    let months: Vec<&str> = synced["written"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["dataset"] == "sales")
        .map(|file| file["month"].as_str().unwrap())
        .collect();
    assert_eq!(months, ["2026-02"], "the other month is as it was");
    let undone = company.json(&["merge", "--undo", "1"]);
    assert_eq!(undone["undone"]["dropped"], "2");
    assert_eq!(company.json(&["sync", "--verify"])["verified"]["different"].as_array().unwrap().len(), 0);
    let output = company.run(&["merge", "--undo", "1"]);
    assert_eq!(output.status.code(), Some(65), "{}", complaint(&output));
    assert!(company.json(&["merge", "--list"])["merges"][0]["undone_at"].is_string());
}

#[test]
fn an_impossible_merge_is_refused() {
    let company = company();
    for (arguments, code) in [
        (&["merge", "1", "9", "--yes"][..], 65),
        (&["merge", "1", "1", "--yes"], 64),
        (&["merge", "1"], 64),
        (&["merge"], 64),
        (&["merge", "1", "2", "--undo", "1"], 64),
        (&["merge", "--undo", "5"], 65),
    ] {
        let output = company.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", complaint(&output));
    }
}

#[test]
fn a_merge_has_an_author_and_so_has_its_undo() {
    let company = company();
    company.json(&["--actor", "高橋", "merge", "1", "2", "--yes"]);
    let merge = company.json(&["merge", "--list"])["merges"][0].clone();
    assert_eq!((&merge["actor"], &merge["undone_by"]), (&"高橋".into(), &serde_json::Value::Null));
    let undone = company.json(&["--actor", "佐藤", "merge", "--undo", "1"]);
    assert_eq!(
        (&undone["undone"]["actor"], &undone["undone"]["undone_by"]),
        (&"高橋".into(), &"佐藤".into())
    );
    let listed = company.run(&["merge", "--list"]);
    let table = String::from_utf8(listed.stdout).unwrap();
    assert!(table.contains("高橋") && table.contains("佐藤") && table.contains("統合した人"), "{table}");
    let mut audited = Vec::new();
    let each = &mut |entry: shared::store::AuditEntry| {
        let action = entry.action.as_str().to_owned();
        audited.extend(action.starts_with("merge").then_some((action, entry.actor)));
        std::ops::ControlFlow::Continue(())
    };
    company.store.reader().unwrap().audit_trail(&shared::store::AuditFilter::default(), each).unwrap();
    let audited: Vec<_> = audited.iter().map(|(action, actor)| (action.as_str(), actor.as_str())).collect();
    assert_eq!(audited, [("merge", "高橋"), ("merge_undone", "佐藤")]);
}
