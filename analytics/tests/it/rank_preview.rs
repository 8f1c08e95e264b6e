//! `rank preview`: the customers with the latest records, scored.

use crate::common::Company;
use crate::common::rank::{DAY, codes, twenty_customers};
use serde_json::json;

#[test]
fn a_preview_shows_the_15_latest_main_customers() {
    let company = twenty_customers();
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
