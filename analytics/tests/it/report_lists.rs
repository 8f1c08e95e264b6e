//! Campaigns, churn and follow-up: boundaries by hand, and lists against a count row by row.

use chrono::Days;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::sales::{company, counted, line, purchases, rows, whole};
use crate::common::{Company, day};

fn report(company: &Company, name: &str, more: &[&str]) -> Value {
    company.json(&[&["report", name, "--as-of", "2026-10-31"], more].concat())
}

fn codes(report: &Value) -> Vec<String> {
    rows(report).iter().map(|row| row["customer"].as_str().unwrap().to_owned()).collect()
}

/// Two campaigns of ten days: one is over, one has had five days; a third has no period.
fn campaigns() -> Company {
    let company = Company::of(
        "customer_code | customer_name | industry
         001 | ㈱青葉酒販 | 酒販店",
        "slip_no | line_no | sold_on | customer_code | amount | campaign_code
         S1 | 1 | 2025-08-31 | 001 | 7   |
         S2 | 1 | 2025-09-11 | 001 | 100 |
         S3 | 1 | 2025-09-20 | 001 | 100 |
         S4 | 1 | 2025-09-21 | 001 | 1000 |
         S5 | 1 | 2026-08-31 | 001 | 9000 |
         S6 | 1 | 2026-09-01 | 001 | 1   |
         S7 | 1 | 2026-09-10 | 001 | 2   | A
         S8 | 1 | 2026-09-11 | 001 | 200 | A
         S9 | 1 | 2026-09-20 | 001 | 300 |
         T1 | 1 | 2026-09-21 | 001 | 30  | A
         T2 | 1 | 2026-09-30 | 001 | 40  |
         T3 | 1 | 2026-10-27 | 001 | 5   | B
         T4 | 1 | 2026-10-22 | 001 | 6   |",
    );
    company.put(
        "campaigns",
        "campaign_code | campaign_name | starts_on | ends_on
         A | 秋の新酒 | 2026-09-11 | 2026-09-20
         B | 鍋フェア | 2026-10-27 | 2026-11-05
         C | 期間なし | |
         D | 昔の企画 | 2025-01-01 | 2025-01-31",
    );
    company.sync();
    company
}

#[test]
fn a_campaign_is_compared_with_the_days_before_after_and_a_year_before() {
    let found = report(&campaigns(), "campaigns", &[]);
    assert_eq!(
        rows(&found),
        [
            json!({"campaign": "A", "campaign_name": "秋の新酒", "starts_on": "2026-09-11", "ends_on": "2026-09-20",
                   "campaign_sales_amount": "232", "before_amount": "3", "during_amount": "500", "after_amount": "70",
                   "year_before_amount": "200", "uplift_amount": "300", "uplift_rate": "1.5"}),
            json!({"campaign": "B", "campaign_name": "鍋フェア", "starts_on": "2026-10-27", "ends_on": "2026-11-05",
                   "campaign_sales_amount": "5", "before_amount": "6", "during_amount": "5", "after_amount": null,
                   "year_before_amount": "0", "uplift_amount": "5", "uplift_rate": null}),
        ]
    );
    assert!(found["notes"][0].as_str().unwrap().contains("2026-10-31"));
    assert_eq!(found["control"]["difference"], "0");
    let by =
        report(&campaigns(), "campaigns", &["--by", "industry", "--where", "campaign=A", "--lang", "en"]);
    assert_eq!((rows(&by).len(), &rows(&by)[0]["industry"]), (1, &json!("酒販店")));
    // Before the first sale nothing is known.
    let early = campaigns();
    early.put(
        "campaigns",
        "campaign_code | campaign_name | starts_on | ends_on\nE | 早い企画 | 2026-08-30 | 2026-08-31",
    );
    early.sync();
    assert_eq!(rows(&report(&early, "campaigns", &[]))[0]["year_before_amount"], Value::Null);
}

/// Ten days between purchases each; 001 stopped 20 days ago, 002 21 days ago. 003 has bought on two days only.
fn rhythm() -> Company {
    let company = Company::of(
        "customer_code | customer_name | account_owner
         001 | 会社1 | 吉田
         002 | 会社2 | 木村
         003 | 会社3 | 木村",
        "slip_no | line_no | sold_on | customer_code | amount
         A1 | 1 | 2026-09-21 | 001 | 100
         A2 | 1 | 2026-10-01 | 001 | 100
         A3 | 1 | 2026-10-11 | 001 | 100
         B1 | 1 | 2026-09-20 | 002 | 200
         B2 | 1 | 2026-09-30 | 002 | 200
         B3 | 1 | 2026-10-10 | 002 | 200
         B4 | 1 | 2026-10-30 | 002 | -50
         C1 | 1 | 2026-01-01 | 003 | 900
         C2 | 1 | 2026-01-02 | 003 | 900",
    );
    company.sync();
    company
}

#[test]
fn who_stopped_is_told_by_their_own_rhythm() {
    let company = rhythm();
    let found = report(&company, "churn", &[]);
    assert_eq!(
        rows(&found),
        [
            json!({"customer": "002", "customer_name": "会社2", "account_owner": "木村", "last_sold_on": "2026-10-10",
                "days_since": "21", "purchase_cycle_days": "10", "times_overdue": "2.1", "purchase_days": 3,
                "sales_amount": "550"})
        ]
    );
    assert_eq!(
        (&found["totals"]["sales_amount"], &found["control"]["customers"]),
        (&json!("550"), &json!(1))
    );
    assert_eq!(codes(&report(&company, "churn", &["--times", "1.9"])), ["002", "001"]);
    let two = report(&company, "churn", &["--purchases", "2", "--top", "1", "--lang", "en"]);
    assert_eq!((codes(&two), &two["totals"]["sales_amount"]), (vec!["003".to_owned()], &json!("2350")));
    assert!(two["notes"][0].as_str().unwrap().starts_with("the first 1 of 2 rows"), "{}", two["notes"]);
    // Purchases before the months from which the rhythm is taken do not count.
    assert_eq!(codes(&report(&company, "churn", &["--months", "1"])), [""; 0]);
    for wrong in [&["--from", "2026-01-01"][..], &["--times", "0.5"], &["--by", "product"]] {
        let output = company.run(&[&["report", "churn"], wrong].concat());
        assert_eq!(output.status.code(), Some(64), "{wrong:?}");
    }
}

#[test]
fn who_was_not_contacted_since_the_purchase_is_to_be_followed_up() {
    let company = Company::of(
        "customer_code | customer_name
         001 | 30日前
         002 | 29日前
         003 | 90日前
         004 | 91日前
         005 | 接触あり
         006 | 当日の電話
         007 | 不在の電話
         008 | 基準日後",
        "slip_no | line_no | sold_on | customer_code | amount
         S1 | 1 | 2026-10-01 | 001 | 100
         S2 | 1 | 2026-10-02 | 002 | 100
         S3 | 1 | 2026-08-02 | 003 | 100
         S4 | 1 | 2026-08-01 | 004 | 100
         S5 | 1 | 2026-09-01 | 005 | 100
         S6 | 1 | 2026-09-01 | 006 | 100
         S7 | 1 | 2026-09-01 | 007 | 100
         S8 | 1 | 2026-09-01 | 008 | 100
         S9 | 1 | 2026-10-20 | 003 | -5",
    );
    // 2026-09-01 15:00 UTC is September 2 in Japan, 14:59 still September 1.
    company.put(
        "activities",
        "activity_no | customer_code | happened_at
         A1 | 005 | 2026-09-01T15:00:00Z
         A2 | 006 | 2026-09-01T14:59:00Z
         A3 | 008 | 2026-11-01T03:00:00Z",
    );
    company.put(
        "calls",
        "call_id | direction | caller_kind | customer_code | started_at | answered_at
         C1 | inbound | number | 007 | 2026-09-05T03:00:00Z |
         C2 | outbound | number | 006 | 2026-09-01T03:00:00Z | 2026-09-01T03:00:05Z",
    );
    company.sync();
    let found = report(&company, "follow-up", &[]);
    assert_eq!(codes(&found), ["001", "006", "007", "008", "003"]);
    let row = |code: &str| rows(&found).into_iter().find(|row| row["customer"] == code).unwrap();
    assert_eq!(row("006")["last_contact_on"], "2026-09-01");
    assert_eq!((&row("008")["last_contact_on"], &row("003")["days_since"]), (&Value::Null, &json!("90")));
    assert_eq!(codes(&report(&company, "follow-up", &["--at-least", "91", "--at-most", "91"])), ["004"]);
    company.put(
        "calls",
        "call_id | direction | caller_kind | customer_code | started_at | answered_at
         C3 | outbound | number | 007 | 2026-09-06T03:00:00Z | 2026-09-06T03:00:05Z",
    );
    let stale = report(&company, "follow-up", &["--lang", "en", "--no-sync"]);
    assert_eq!(stale["control"]["mirror"]["up_to_date"], false, "calls are among what is read");
    company.sync();
    assert_eq!(codes(&report(&company, "follow-up", &[])), ["001", "006", "008", "003"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn lists_agree_with_a_count_of_rows(
        lines in prop::collection::vec(line(), 0..40),
        times in 1i64..6,
    ) {
        let company = company(&lines);
        let (from, to) = (day("2024-11-01"), day("2026-10-31"));
        let within = |from, to| {
            let all = counted(&lines);
            all.into_iter().filter(|line| (from..=to).contains(&line.date())).collect::<Vec<_>>()
        };
        let history = within(from, to);
        let mut stopped = Vec::new();
        for customer in 0..4u8 {
            let mut days = purchases(&history, customer);
            days.dedup();
            let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
            let intervals = days.len() as i64 - 1;
            if intervals >= 2 && (to - *last).num_days() * intervals > times * (*last - *first).num_days() {
                stopped.push(format!("C{customer}"));
            }
        }
        let found = report(&company, "churn", &["--times", &times.to_string()]);
        let mut listed = codes(&found);
        listed.sort_unstable();
        prop_assert_eq!(listed, stopped);
        let recent = within(day("2025-11-01"), to);
        let followed: Vec<String> = (0..4u8)
            .filter(|customer| {
                let last = purchases(&recent, *customer).last().copied();
                last.is_some_and(|last| last + Days::new(30) <= to && to <= last + Days::new(90))
            })
            .map(|customer| format!("C{customer}"))
            .collect();
        let mut listed = codes(&report(&company, "follow-up", &[]));
        listed.sort_unstable();
        prop_assert_eq!(listed, followed);
        let total: i64 = rows(&found).iter().map(|row| whole(&row["sales_amount"])).sum();
        prop_assert_eq!(whole(&found["totals"]["sales_amount"]), total);
    }
}
