//! `rank simulate`: which customers it lists, what it tells of them, its page.

use crate::common::Company;
use crate::common::rank::{DAY, SAMPLE, akagi, codes, one, twenty_customers};
use serde_json::json;
use shared::store::StoreError;

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
    let company = Company::of(
        "customer_code | customer_name | name_kana | rank
         1             | A             | アオ      | C
         2             | B             |           | C
         9             | C             | ワタ      | C
         10            | D             | ワタ      | C
         3             | E             |           | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-09-01 | 1             | 10",
    );
    let file = company.rank_settings(&[]);
    let rows = company.json(&["rank", "simulate", "--settings", &file]);
    assert_eq!(codes(&rows), ["10", "9", "1", "3", "2"]);
}

#[test]
fn a_simulation_obeys_its_limit() {
    let company = twenty_customers();
    let file = company.rank_settings(&[]);
    let simulate = |more: &[&str]| {
        let base = ["rank", "simulate", "--settings", &file, "--as-of", DAY];
        company.json(&[&base, more].concat())
    };
    assert_eq!(codes(&simulate(&["--limit", "1"])), ["021"]);
    assert_eq!(simulate(&[]).as_array().unwrap().len(), 22);
    let refused =
        |arguments: &[&str]| company.run(&[&["rank", "simulate"], arguments].concat()).status.code();
    assert_eq!(refused(&["--limit", "0"]), Some(64));
    assert_eq!(refused(&["--limit", "100001"]), Some(64));
    assert_eq!(refused(&["--limit", "5", "--all"]), Some(64));
}

#[test]
fn a_drill_lists_the_15_highest_totals_of_a_rank() {
    let company = twenty_customers();
    let file = company.rank_settings(&[]);
    let drill = |rank: &str| {
        let found = company.json(&[
            "rank",
            "simulate",
            "--all",
            "--as-of",
            DAY,
            "--settings",
            &file,
            "--drill",
            rank,
        ]);
        codes(&found).iter().map(|code| (*code).to_owned()).collect::<Vec<_>>()
    };
    // 4 × 20 + 2 × 10 + 4 × 20 = 180 from 5,000,000 yen; 021 has ten counted links of 50 %.
    let a = drill("A");
    assert_eq!(a, ["021", "020", "019", "018", "017"]);
    let b = drill("B");
    assert_eq!(b.len(), 15);
    // 160 points from 2,000,000 yen; for equal totals the highest code first.
    assert_eq!(b[..3], ["016", "015", "014"]);
    assert_eq!(drill("C"), ["022"]);
    assert_eq!(drill("S"), Vec::<String>::new());
    let text = company.run(&["rank", "simulate", "--as-of", DAY, "--settings", &file, "--drill", "B"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("該当顧客") && text.contains("会社16"), "{text}");
    let refused = company.run(&["rank", "simulate", "--as-of", DAY, "--settings", &file, "--drill", "Q"]);
    assert_eq!(refused.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("S, A, B, C"));
}

#[test]
fn a_drill_finds_customers_not_updated_and_without_a_rank() {
    let company = twenty_customers();
    let file = company.rank_settings(&[
        ("[\"A\", \"B\", \"C\"]", "[\"A\"]"),
        ("unranked_is_target = true", "unranked_is_target = false"),
    ]);
    let drill = |rank: &str| {
        company.json(&["rank", "simulate", "--all", "--as-of", DAY, "--settings", &file, "--drill", rank])
    };
    assert_eq!(codes(&drill("対象外")).len(), 15);
    assert_eq!(codes(&drill("none")), ["022"]);
    let text =
        company.run(&["rank", "simulate", "--all", "--as-of", DAY, "--settings", &file, "--lang", "en"]);
    let text = String::from_utf8(text.stdout).unwrap();
    // No customer is updated, and the distribution shows that for each rank.
    assert!(text.contains("Of these not updated"), "{text}");
    let c = text.lines().find(|line| line.trim_start().starts_with("C ")).unwrap();
    assert_eq!(c.split_whitespace().collect::<Vec<_>>()[..5], ["C", "21", "21", "0", "21"]);
}

#[test]
fn the_matrix_counts_changes_from_rank_to_rank() {
    let company = twenty_customers();
    let file = company.rank_settings(&[]);
    let text =
        company.run(&["rank", "simulate", "--all", "--as-of", DAY, "--settings", &file, "--lang", "en"]);
    let text = String::from_utf8(text.stdout).unwrap();
    let matrix = text.split("Now → after").nth(1).unwrap();
    let row = |rank: &str| {
        let line = matrix.lines().find(|line| line.trim_start().starts_with(rank));
        line.unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("C "), ["C", "5", "16", "—", "—"]);
    assert_eq!(row("(none)"), ["(none)", "—", "—", "1", "—"]);
}

#[test]
fn customers_near_a_boundary_are_listed_with_what_would_move_them() {
    let company = twenty_customers();
    let file = company.rank_settings(&[]);
    let near = |points: &str| {
        company.json(&["rank", "simulate", "--all", "--as-of", DAY, "--settings", &file, "--near", points])
    };
    // A starts at 180: 017 … 020 have exactly that; 160 is 20 below.
    let on = near("0");
    assert_eq!(codes(&on["customers"]), ["020", "019", "018", "017"]);
    assert_eq!(
        on["customers"][0],
        json!({
            "customer_code": "020", "total": "180", "rank_after": "A", "direction": "down", "bound": "180",
            "distance": "0", "rank_beyond": "B",
            "moves": [{"criterion": "recency", "nothing_until": "2027-01-21"}, {"criterion": "count", "below": "1"},
                {"criterion": "amount", "below": "5000000"}],
        })
    );
    let wider = near("20");
    // Everybody is looked at without a limit; a limit is a sample, and is called one.
    let told = |more: &[&str]| {
        company.json(
            &[&["rank", "simulate", "--as-of", DAY, "--settings", &file, "--near", "100000"], more].concat(),
        )
    };
    let whole = told(&[]);
    assert_eq!((&whole["scope"], &whole["scored"], &whole["found"]), (&json!("all"), &json!(22), &json!(22)));
    let rows = whole["customers"].as_array().unwrap().len();
    assert!(rows > 22, "a customer between two boundaries has two rows");
    assert_eq!(whole["boundaries"], rows);
    let sample = told(&["--limit", "3"]);
    assert_eq!((&sample["scope"], &sample["scored"]), (&json!("sample"), &json!(3)));
    let few = ["rank", "simulate", "--as-of", DAY, "--settings", &file, "--near", "20", "--limit", "3"];
    let text = String::from_utf8(company.run(&few).stdout).unwrap();
    assert!(text.contains("標本であり全体ではありません"), "{text}");
    let rise =
        wider["customers"].as_array().unwrap().iter().find(|row| row["customer_code"] == "016").unwrap();
    assert_eq!(
        (&rise["direction"], &rise["rank_beyond"], &rise["distance"]),
        (&json!("up"), &json!("A"), &json!("20"))
    );
    assert_eq!(
        rise["moves"],
        json!([{"criterion": "count", "at_least": "10", "more": "9"}, {"criterion": "amount", "at_least": "5000000", "more": "200000"}])
    );
    assert_eq!(company.run(&["rank", "simulate", "--near", "0.001"]).status.code(), Some(64));
    let text =
        company.run(&["rank", "simulate", "--all", "--as-of", DAY, "--settings", &file, "--near", "20"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("金額 5,000,000 以上 (あと 200,000)"), "{text}");
}

#[test]
fn the_page_is_self_contained_and_marks_samples() {
    let company = twenty_customers();
    let file = company.rank_settings(&[]);
    let page = |more: &[&str]| {
        let output = company.run(
            &[&["rank", "simulate", "--as-of", DAY, "--settings", &file, "--format", "html"], more].concat(),
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let sample = page(&[]);
    assert!(sample.starts_with("<!doctype html>") && sample.trim_end().ends_with("</html>"));
    for part in ["標本であり全体ではありません", "<svg", "ランク分布", "会社20", "prefers-color-scheme: dark"]
    {
        assert!(sample.contains(part), "{part} is not in the page");
    }
    assert!(!page(&["--all"]).contains("標本であり"));
    assert!(!sample.contains("http") || !sample.contains("://"));
    let drilled = page(&["--drill", "A"]);
    assert!(drilled.contains("会社20") && !drilled.contains("会社16"));
    let report = company.run(&[
        "rank",
        "preview",
        "--as-of",
        DAY,
        "--settings",
        &file,
        "--format",
        "html",
        "--lang",
        "en",
    ]);
    assert!(String::from_utf8(report.stdout).unwrap().contains("<html lang=\"en\">"));
}
