//! Views before anything is written: previews, drills, boundaries, explanations, checks, pages.

use crate::common::Company;
use serde_json::{Value, json};

/// The as-of date of every command, independent of today.
const DAY: &str = "2026-10-31";

/// Twenty customers with a sale each, on 2026-10-01 … 2026-10-20; 021 has only a related link, 022 nothing.
fn company() -> Company {
    let company = Company::new();
    let mut customers = String::from("customer_code | customer_name | name_kana | rank");
    let mut sales =
        String::from("slip_no | line_no | sold_on | customer_code | related_customer_1 | amount | status");
    for n in 1..=20 {
        customers.push_str(&format!("\n{n:03} | 会社{n} | カイシャ{n} | C"));
        sales.push_str(&format!("\nS{n} | 1 | 2026-10-{n:02} | {n:03} | 021 | {}00000 |", n * 3));
    }
    customers.push_str("\n021 | 関連のみ | ワ | C\n022 | 取引なし | |");
    sales.push_str("\nC1 | 1 | 2026-10-30 | 001 | | 100 | cancelled\nF1 | 1 | 2026-11-01 | 002 | | 100 |");
    company.put("customers", &customers);
    company.put("sales", &sales);
    company
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["customer_code"].as_str().unwrap()).collect()
}

#[test]
fn a_preview_shows_the_15_latest_main_customers() {
    let company = company();
    let file = company.rank_settings(&[]);
    let before = company.store.reader().unwrap().change_no().unwrap();
    let shown = company.json(&["rank", "preview", "--settings", &file, "--as-of", DAY]);
    let expected: Vec<String> = (6..=20).rev().map(|n| format!("{n:03}")).collect();
    assert_eq!(codes(&shown["customers"]), expected);
    assert_eq!(
        shown["customers"][0],
        json!({
            "customer_code": "020", "customer_name": "会社20", "own_latest": "2026-10-20", "latest_date": "2026-10-20",
            "months_within": 1, "count": "1", "amount": "6000000",
            "terms": {"recency": {"points": 4, "weight": "20", "product": "80"},
                "count": {"points": 2, "weight": "10", "product": "20"}, "amount": {"points": 4, "weight": "20", "product": "80"}},
            "total": "180", "rank_before": "C", "rank_after": "A", "reason": "changed",
        })
    );
    assert_eq!(company.store.reader().unwrap().change_no().unwrap(), before);
    let text =
        String::from_utf8(company.run(&["rank", "preview", "--settings", &file, "--as-of", DAY]).stdout)
            .unwrap();
    for part in ["お試し採点", "4 × 20 = 80", "2 × 10 = 20", "直近の売上日", "書き込みはしていません"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn customers_with_the_same_date_are_sorted_by_code_descending() {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name\n9 | A\n10 | B\n011 | C\nX | D");
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | amount
         1 | 1 | 2026-10-01 | 9 | 1\n2 | 1 | 2026-10-01 | 10 | 1\n3 | 1 | 2026-10-01 | 011 | 1
         4 | 1 | 2026-10-01 | X | 1\n5 | 1 | 2026-10-02 | GONE | 1",
    );
    let file = company.rank_settings(&[]);
    let shown = company.json(&["rank", "preview", "--settings", &file, "--as-of", DAY]);
    assert_eq!(codes(&shown["customers"]), ["X", "011", "10", "9"]);
}

#[test]
fn a_preview_of_deals_sorts_by_expected_date_and_scores_by_order_date() {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name\nA | A\nB | B\nC | C");
    company.put(
        "deals",
        "deal_no | customer_code | related_customer_1 | title | stage | amount | expected_on | ordered_on
         1 | A | B | x | won      | 2000000 |            | 2026-10-01
         2 | A |   | x | proposal | 1       | 2026-09-01 |
         3 | C |   | x | proposal | 1       | 2027-01-01 |",
    );
    let file = company.rank_settings(&[("source = \"sales\"", "source = \"deals\"")]);
    let shown = company.json(&["rank", "preview", "--settings", &file, "--as-of", DAY]);
    assert_eq!(codes(&shown["customers"]), ["C", "A"]);
    assert_eq!(
        (&shown["customers"][1]["count"], &shown["customers"][0]["count"]),
        (&json!("1"), &json!("0"))
    );
    let text =
        String::from_utf8(company.run(&["rank", "preview", "--settings", &file, "--as-of", DAY]).stdout)
            .unwrap();
    assert!(text.contains("受注予定日") && text.contains("最新受注日") && !text.contains("売上日"), "{text}");
}

#[test]
fn a_simulation_obeys_its_limit() {
    let company = company();
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
    let company = company();
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
    let company = company();
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
    let company = company();
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
    let company = company();
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
    let company = company();
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

/// A company with a record for each reason.
fn ways() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | rank\nA | 株式会社エー | C\nB | ビー | C\nAA | 別 | C",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount  | status
         01      | 1       | 2026-10-01 | A             |                    |                    | 1000000 |
         02      | 1       | 2026-09-01 | B             | A                  |                    | 500000  |
         02      | 2       | 2026-09-01 | B             | A                  |                    | 9       | cancelled
         03      | 1       | 2026-10-20 | B             |                    | A                  | 70      |
         04      | 1       | 2026-08-01 | A             |                    |                    | -300    | returned
         05      | 1       | 2025-10-30 | A             |                    |                    | 1       |
         06      | 1       | 2026-11-01 | A             |                    |                    | 2       |
         07      | 1       | 2026-07-01 | A             |                    |                    | 3       | estimate
         08      | 1       | 2026-06-01 | B             | A                  |                    | 4       |
         08      | 2       | 2026-06-01 | B             | AA                 |                    | 4       |
         09      | 1       | 2026-05-01 | B             | AA                 |                    | 4       |
         10      | 1       | 2026-04-01 | B             | B                  |                    | 4       |",
    );
    company
}

#[test]
fn an_explanation_gives_the_reason_for_each_record() {
    let company = ways();
    let file = company.rank_settings(&[]);
    let told = company.json(&["rank", "explain", "A", "--settings", &file, "--as-of", DAY]);
    let whys: Vec<(&str, &str, &str, &str)> = told["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| ["record_no", "why", "count", "amount"].map(|name| row[name].as_str().unwrap()).into())
        .collect();
    assert_eq!(
        whys,
        [
            ("06", "future", "0", "0"),
            ("03", "zero_rate_date_only", "0", "0"),
            ("01", "counted", "1", "1000000"),
            ("02", "counted", "0.5", "250000"),
            ("04", "not_above_zero", "0", "-300"),
            ("07", "status", "0", "0"),
            ("08", "counted", "0.5", "4"),
            ("05", "before_window", "0", "0"),
        ]
    );
    assert_eq!(
        (&told["count"], &told["amount"], &told["latest_date"]),
        (&json!("2"), &json!("1249704"), &json!("2026-10-20"))
    );
    assert_eq!(
        (&told["total"], &told["rank_before"], &told["rank_after"]),
        (&json!("140"), &json!("C"), &json!("B"))
    );
    assert_eq!(told["criteria"][2]["row"], json!({"row": 3, "bound": "1000000"}));
    assert_eq!(told["next"], json!({"rank": "A", "min": 180, "missing": "40"}));
    // The same record for the customer whose code comes second in its slot.
    let other = company.json(&["rank", "explain", "AA", "--settings", &file, "--as-of", DAY]);
    let whys: Vec<&str> =
        other["records"].as_array().unwrap().iter().map(|row| row["why"].as_str().unwrap()).collect();
    assert_eq!(whys, ["other_link", "counted"]);
    assert_eq!(other["total"], "90");
}

#[test]
fn an_explanation_adds_up_in_every_format() {
    let company = ways();
    let file = company.rank_settings(&[]);
    let text = |more: &[&str]| {
        let base = ["rank", "explain", "A", "--settings", &file, "--as-of", DAY];
        let output = company.run(&[&base, more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let ja = text(&[]);
    for part in [
        "ランクの根拠: A 株式会社エー",
        "関連顧客(1)",
        "金額のみ (0以下)",
        "対象外 (期間前)",
        "3ヶ月以内 (2026-07-31 以降) (1/4)",
        "1,000,000 以上 (3/4)",
        "4 × 20 = 80",
        "140 ≥ 80 → B",
        "A (180 +40)",
        "C → B",
        "対象 (1/2; cancelled)",
    ] {
        assert!(ja.contains(part), "{part} is not in {ja}");
    }
    let csv = text(&["--format", "csv"]);
    let amounts: rust_decimal::Decimal = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(7).unwrap().parse::<rust_decimal::Decimal>().unwrap())
        .sum();
    assert_eq!(amounts, rust_decimal::Decimal::from(1_249_704));
    assert!(text(&["--format", "html", "--lang", "en"]).contains("Why this rank: A"));
    let few = text(&["--limit", "1"]);
    assert!(few.contains("1 / 8") && few.contains("1,249,704"), "{few}");
    assert_eq!(company.run(&["rank", "explain", "NOBODY", "--settings", &file]).status.code(), Some(65));
    assert_eq!(company.run(&["rank", "explain", "A", "--run", "1"]).status.code(), Some(66));
}

#[test]
fn a_run_is_explained_with_its_own_settings_and_day() {
    let company = ways();
    let file = company.rank_settings(&[]);
    company.json(&["rank", "run", "--save", "--settings", &file, "--as-of", DAY, "--force"]);
    let told = company.json(&["rank", "explain", "A", "--run", "1", "--as-of", "2027-06-30"]);
    assert_eq!(
        (&told["as_of"], &told["rank_before"], &told["rank_after"]),
        (&json!(DAY), &json!("C"), &json!("B"))
    );
    assert_eq!((&told["run"]["is_as_kept"], &told["run"]["kept"]["total"]), (&json!(true), &json!("140")));
    company.put("sales", "slip_no | line_no | sold_on | customer_code | amount\n99 | 1 | 2026-10-02 | A | 1");
    let told = company.json(&["rank", "explain", "A", "--run", "1"]);
    assert_eq!((&told["run"]["is_as_kept"], &told["count"]), (&json!(false), &json!("3")));
    let text = String::from_utf8(company.run(&["rank", "explain", "A", "--run", "1"]).stdout).unwrap();
    assert!(text.contains("実行後にデータが変わっています"), "{text}");
}

/// A company with every finding once.
fn untidy() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | name_kana | rank | rank_auto_update_excluded
         A             | 正常          | セイジョウ | A   | 0
         B             | ランクなし    | ラン      |      | 0
         C             | 未登録        | ミ        | Z    | 0
         D             | 除外          | ジョ      | B    | 1
         E             | 対象外        | タイ      | S    | 0
         F             | 読みなし      |           | C    | 0
         G             | 未来のみ      | ミライ    | C    | 0
         H             | 取引なし      | ナシ      | C    | 0",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount | status
         1       | 1       | 2026-10-01 | A             | A                  |                    | 10     |
         2       | 1       | 2026-10-02 | B             | C                  | C                  | 10     |
         3       | 1       | 2026-10-03 | D             | E                  |                    | 10     |
         3       | 2       | 2026-10-03 | D             | F                  |                    | 10     |
         4       | 1       | 2026-10-04 | GONE          | F                  |                    | 10     |
         5       | 1       | 2026-11-05 | G             |                    |                    | 10     |
         6       | 1       | 2026-10-06 | H             |                    |                    | 10     | cancelled
         7       | 1       | 2020-10-06 | GONE2         |                    |                    | 10     |",
    );
    company
}

#[test]
fn a_check_lists_findings_before_the_first_run() {
    let company = untidy();
    let before = company.store.reader().unwrap().change_no().unwrap();
    let found = company.json(&["rank", "check", "--as-of", DAY, "--settings", &company.rank_settings(&[])]);
    let findings: Vec<(&str, i64, String)> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let examples: Vec<&str> =
                row["examples"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
            (row["finding"].as_str().unwrap(), row["customers"].as_i64().unwrap(), examples.join(" "))
        })
        .collect();
    let expected = [
        ("no_rank", 1, "B"),
        ("unknown_rank", 1, "C"),
        ("excluded", 1, "D"),
        ("not_target_rank", 1, "E"),
        ("never_scored", 8, "A B C D E"),
        ("no_kana", 1, "F"),
        ("no_records", 1, "H"),
        ("only_future", 1, "G"),
    ];
    assert_eq!(findings, expected.map(|(name, n, codes)| (name, n, codes.to_owned())));
    let records: Vec<i64> =
        found["records"].as_array().unwrap().iter().map(|row| row["count"].as_i64().unwrap()).collect();
    // Unknown, split, self, double, undated, future, unknown current rank.
    assert_eq!(records, [1, 1, 1, 1, 0, 1, 1]);
    assert_eq!(
        found["ranks"][0],
        json!({"rank": "S", "customers": 1, "is_known": true, "is_target": false, "is_earned": false})
    );
    assert_eq!(
        found["ranks"][4],
        json!({"rank": "Z", "customers": 1, "is_known": false, "is_target": false, "is_earned": false})
    );
    assert_eq!(company.store.reader().unwrap().change_no().unwrap(), before);
}

#[test]
fn a_check_works_without_settings() {
    let company = untidy();
    let text = String::from_utf8(company.run(&["rank", "check", "--as-of", DAY]).stdout).unwrap();
    for part in ["ランク更新の事前確認", "設定なし", "フリガナのない顧客", "自分自身が関連顧客の記録"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn data_problems_are_exported_and_stop_nothing() {
    let company = untidy();
    let file = company.rank_settings(&[]);
    let errors = company.folder.path().join("rank_errors.csv");
    let path = errors.to_str().unwrap();
    company.json(&["rank", "run", "--save", "--settings", &file, "--as-of", DAY, "--errors", path]);
    let expected = "code,dataset,record_no,date,customer_code,detail\r\n\
        RANK_DOUBLE_LINK,sales,2,2026-10-02,C,同じ関連顧客が2か所にあります\r\n\
        RANK_FUTURE,sales,5,2026-11-05,G,基準日より後です\r\n\
        RANK_SELF_LINK,sales,1,2026-10-01,A,関連顧客がメイン顧客と同じです\r\n\
        RANK_SPLIT_LINKS,sales,3,2026-10-03,D,related_customer_1: E / F\r\n\
        RANK_UNKNOWN_CURRENT,customers,,,C,Z\r\n\
        RANK_UNKNOWN_CUSTOMER,sales,4,2026-10-04,GONE,customer_code\r\n";
    assert_eq!(std::fs::read_to_string(&errors).unwrap(), expected);
    let found = company.json(&["rank", "check", "--as-of", DAY, "--errors", path]);
    assert_eq!(found["errors_written"], 6);
    assert_eq!(found["findings"][4], json!({"finding": "never_scored", "customers": 0, "examples": []}));
    let refused = company.run(&["rank", "check", "--as-of", DAY, "--errors", "/nowhere/rank_errors.csv"]);
    assert_eq!(refused.status.code(), Some(73));
}

#[test]
fn won_deals_without_a_date_are_exported() {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name\nA | A");
    company.put(
        "deals",
        "deal_no | customer_code | related_customer_1 | title | stage | amount | ordered_on
         1 | A | A | x | won  | 1 | 2026-10-01
         2 | A |   | x | won  | 1 |
         3 | A |   | x | lost | 1 |
         4 | B |   | x | won  | 1 | 2026-10-01",
    );
    let file = company.rank_settings(&[("source = \"sales\"", "source = \"deals\"")]);
    let path = company.folder.path().join("e.csv");
    company.json(&["rank", "check", "--as-of", DAY, "--settings", &file, "--errors", path.to_str().unwrap()]);
    let text = std::fs::read_to_string(path).unwrap();
    let codes: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(codes, ["RANK_SELF_LINK", "RANK_UNDATED_DEAL", "RANK_UNKNOWN_CUSTOMER"]);
}
