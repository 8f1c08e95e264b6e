//! `rank explain`: why a customer has its rank, record by record.

use crate::common::Company;
use crate::common::rank::DAY;
use serde_json::json;

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
        "対象 (1/2; 取消)",
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
