//! Movement, repeat and cohort: by hand, and against a count row by row.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::common::sales::{Line, company, counted, line, month, month_text, number, purchases, rows, whole};
use crate::common::{Company, day};

const FIRST: &str = "2025-11";
const LAST: &str = "2026-10";

fn report(company: &Company, name: &str, more: &[&str]) -> Value {
    company.json(&[&["report", name, "--as-of", "2026-10-31"], more].concat())
}

/// 001 buys in two months and returns; 002 buys once and goes; 003 is new and gives back more than it buys next month.
fn small() -> Company {
    let company = Company::of(
        "customer_code | customer_name | industry
         001 | 大口商店 | 酒販店
         002 | 中口商店 | 飲食店
         003 | 小口商店 | 酒販店",
        "slip_no | line_no | sold_on | customer_code | amount | cost
         S1 | 1 | 2026-05-31 | 001 | 100 | 60
         S2 | 1 | 2026-06-30 | 001 | 200 |
         S3 | 1 | 2026-10-01 | 001 | 400 | 100
         S4 | 1 | 2026-06-01 | 002 | 1000 | 900
         S5 | 1 | 2026-09-10 | 003 | 50 | 10
         S6 | 1 | 2026-10-10 | 003 | -20 | -10",
    );
    company.sync();
    company
}

fn column(report: &Value, id: &str) -> Vec<i64> {
    rows(report).iter().map(|row| whole(&row[id])).collect()
}

#[test]
fn customers_are_new_continuing_returned_lost_or_dormant() {
    let found = report(&small(), "movement", &["--from", "2026-05-01", "--lost-after", "3"]);
    // May to October.
    assert_eq!(column(&found, "new"), [1, 1, 0, 0, 1, 0]);
    assert_eq!(column(&found, "continuing"), [0, 1, 0, 0, 0, 0]);
    assert_eq!(column(&found, "returned"), [0, 0, 0, 0, 0, 1]);
    assert_eq!(column(&found, "lost"), [0, 0, 0, 0, 2, 0]);
    // 002 stays away in October, 001 is back.
    assert_eq!(column(&found, "dormant"), [0, 0, 0, 0, 0, 1]);
    assert_eq!(column(&found, "new_amount"), [100, 1000, 0, 0, 50, 0]);
    assert_eq!(column(&found, "lost_amount"), [0, 0, 0, 0, 1300, 0]);
    assert_eq!(column(&found, "dormant_amount"), [0, 0, 0, 0, 0, 1000]);
    assert_eq!(column(&found, "other_amount"), [0, 0, 0, 0, 0, -20]);
    assert_eq!(column(&found, "sales_amount"), [100, 1200, 0, 0, 50, 380]);
    assert_eq!(found["control"]["sales_amount"], "1730");
    assert_eq!((&found["totals"]["new"], &found["totals"]["continuing"]), (&json!(3), &Value::Null));
    assert!(found["notes"][0].as_str().unwrap().contains("2026-05-31"));
}

#[test]
fn nobody_is_lost_before_the_month_is_over() {
    let company = small();
    let arguments =
        ["report", "movement", "--as-of", "2026-09-29", "--from", "2026-09-01", "--lost-after", "3"];
    let found = company.json(&arguments);
    let row = &rows(&found)[0];
    assert_eq!((&row["lost"], &row["dormant"], &row["new"]), (&Value::Null, &Value::Null, &json!(1)));
    let by = report(
        &company,
        "movement",
        &["--from", "2026-10-01", "--by", "industry", "--lost-after", "3", "--lang", "en"],
    );
    let parts: Vec<(&str, i64)> = by["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["industry"].as_str().unwrap(), whole(&row["dormant"])))
        .collect();
    assert_eq!(parts, [("酒販店", 0), ("飲食店", 1)]);
    assert_eq!(by["columns"][2]["label"], "New");
}

#[test]
fn repeat_and_repurchase_are_of_the_months_buyers() {
    let found = report(&small(), "repeat", &["--from", "2026-05-01", "--within", "30"]);
    assert_eq!(column(&found, "active_customers"), [1, 2, 0, 0, 1, 1]);
    assert_eq!(column(&found, "repeat_customers"), [0, 1, 0, 0, 0, 1]);
    // 2026-05-31 to 2026-06-30 are 30 days.
    assert_eq!(column(&found, "repurchased_customers"), [1, 0, 0, 0, 0, 0]);
    assert_eq!(rows(&found)[0]["repurchase_rate"], "1");
    assert_eq!(rows(&found)[5]["repurchase_rate"], Value::Null, "30 days have not passed since October");
    assert_eq!(rows(&found)[4]["repurchase_rate"], "0", "2026-09-30 + 30 days = 2026-10-30");
    let shorter = report(&small(), "repeat", &["--from", "2026-05-01", "--within", "29"]);
    assert_eq!(column(&shorter, "repurchased_customers")[0], 0);
}

#[test]
fn cohorts_are_triangles_of_what_can_be_observed() {
    let found = report(&small(), "cohort", &["--from", "2026-06-01"]);
    // 001 bought first in May and is in no cohort; 002 in June, 003 in September.
    let cells: Vec<(String, i64, i64, i64)> = rows(&found)
        .iter()
        .map(|row| {
            let cohort = row["cohort"].as_str().unwrap().to_owned();
            (cohort, whole(&row["month"]), whole(&row["active"]), whole(&row["cumulative_sales_amount"]))
        })
        .collect();
    let cell = |cohort: &str, month, active, sales| (cohort.to_owned(), month, active, sales);
    let june = (0..5).map(|month| cell("2026-06", month, i64::from(month == 0), 1000));
    let september = [cell("2026-09", 0, 1, 50), cell("2026-09", 1, 0, 30)];
    assert_eq!(cells, june.chain(september).collect::<Vec<_>>());
    let last = rows(&found).pop().unwrap();
    assert_eq!(
        last,
        json!({"cohort": "2026-09", "month": 1, "customers": 1, "active": 0, "retention": "0", "sales_amount": "-20",
               "cumulative_sales_amount": "30", "gross_profit": "-10", "cumulative_gross_profit": "30"})
    );
    assert_eq!(
        (&found["totals"]["customers"], &found["totals"]["sales_amount"]),
        (&json!(2), &json!("1030"))
    );
    assert_eq!(found["control"]["all_sales_amount"], "1730");
    let matrix = report(&small(), "cohort", &["--from", "2026-06-01", "--matrix", "retention"]);
    let june = &rows(&matrix)[0];
    assert_eq!((&june["month_0"], &june["month_4"]), (&json!("1"), &json!("0")));
    assert_eq!((&matrix["totals"]["month_0"], &matrix["totals"]["month_4"]), (&json!("1"), &json!("0")));
    let sales =
        report(&small(), "cohort", &["--from", "2026-06-01", "--matrix", "cumulative-sales", "--lang", "en"]);
    let last = rows(&sales).pop().unwrap();
    let cells = ["cohort", "month_1", "month_2", "month_4"].map(|id| &last[id]);
    assert_eq!(cells, [&json!("2026-09"), &json!("30"), &Value::Null, &Value::Null]);
    assert_eq!(rows(&sales)[0].get("month_5"), None, "October is four months after June");
    let by = report(
        &small(),
        "cohort",
        &["--from", "2026-06-01", "--by", "industry", "--where", "industry=飲食店"],
    );
    assert_eq!(rows(&by).len(), 5);
    for wrong in [&["--top", "1"][..], &["--by", "channel"]] {
        let output = small().run(&[&["report", "cohort"], wrong].concat());
        assert_eq!(output.status.code(), Some(64), "{wrong:?}");
    }
}

/// The months in which a customer bought.
fn bought(lines: &[Line], customer: u8) -> Vec<i64> {
    let mut months: Vec<i64> = purchases(lines, customer).into_iter().map(month).collect();
    months.dedup();
    months
}

fn net(lines: &[Line], customer: u8, months: std::ops::RangeInclusive<i64>) -> i64 {
    let of = |line: &&Line| line.customer == customer && months.contains(&month(line.date()));
    lines.iter().filter(of).map(|line| line.amount).sum()
}

fn number_of(text: &str) -> i64 {
    month(day(&format!("{text}-01")))
}

/// The kind of a customer in a month, and the yen.
fn kind(lines: &[Line], customer: u8, at: i64, lost_after: i64) -> Option<(&'static str, i64)> {
    let bought = bought(lines, customer);
    let before = bought.iter().rev().find(|month| **month < at).copied();
    let sales = net(lines, customer, at..=at);
    match (bought.contains(&at), before) {
        (true, None) => Some(("new", sales)),
        (true, Some(before)) if at - before <= lost_after => Some(("continuing", sales)),
        (true, Some(_)) => Some(("returned", sales)),
        (false, Some(before)) if at - before >= lost_after => {
            let kind = if at - before == lost_after { "lost" } else { "dormant" };
            Some((kind, net(lines, customer, before - lost_after + 1..=before)))
        }
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn movement_agrees_with_a_count_of_rows(
        lines in prop::collection::vec(line(), 0..40),
        lost_after in prop::sample::select(&["1", "4", "12"][..]),
    ) {
        let found = report(&company(&lines), "movement", &["--lost-after", lost_after]);
        let lines: Vec<Line> = counted(&lines).into_iter().filter(|line| line.date() <= day("2026-10-31")).collect();
        let lost_after: i64 = lost_after.parse().unwrap();
        for row in rows(&found) {
            let at = number_of(row["month"].as_str().unwrap());
            let mut expected: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
            for (kind, yen) in (0..4).filter_map(|customer| kind(&lines, customer, at, lost_after)) {
                let entry = expected.entry(kind).or_default();
                *entry = (entry.0 + 1, entry.1 + yen);
            }
            for kind in ["new", "continuing", "returned", "lost", "dormant"] {
                let (customers, yen) = expected.get(kind).copied().unwrap_or_default();
                prop_assert_eq!(whole(&row[kind]), customers, "{} {}", kind, &row["month"]);
                prop_assert_eq!(whole(&row[format!("{kind}_amount")]), yen, "{} {}", kind, &row["month"]);
            }
            let sales: i64 = (0..4).map(|customer| net(&lines, customer, at..=at)).sum();
            prop_assert_eq!(whole(&row["sales_amount"]), sales);
        }
    }

    #[test]
    fn repeat_agrees_with_a_count_of_rows(
        lines in prop::collection::vec(line(), 0..40),
        within in prop::sample::select(&[1u32, 46, 90][..]),
    ) {
        let found = report(&company(&lines), "repeat", &["--within", &within.to_string()]);
        let end = day("2026-10-31");
        let lines: Vec<Line> = counted(&lines).into_iter().filter(|line| line.date() <= end).collect();
        for row in rows(&found) {
            let at = number_of(row["month"].as_str().unwrap());
            let (mut active, mut repeat, mut again) = (0, 0, 0);
            for customer in 0..4 {
                let days = purchases(&lines, customer);
                let Some(last) = days.iter().filter(|day| month(**day) == at).max() else { continue };
                active += 1;
                repeat += i64::from(days.iter().filter(|day| month(**day) <= at).count() >= 2);
                let limit = *last + Days::new(u64::from(within));
                again += i64::from(days.iter().any(|day| day > last && *day <= limit));
            }
            prop_assert_eq!(whole(&row["active_customers"]), active);
            prop_assert_eq!(whole(&row["repeat_customers"]), repeat);
            let month_end = day(&format!("{}-01", month_text(at + 1))).pred_opt().unwrap();
            let is_known = month_end + Days::new(u64::from(within)) <= end;
            prop_assert_eq!(number(&row["repurchased_customers"]), is_known.then(|| Decimal::from(again)));
        }
    }

    #[test]
    fn cohorts_agree_with_a_count_of_rows(lines in prop::collection::vec(line(), 0..40)) {
        let found = report(&company(&lines), "cohort", &[]);
        let lines: Vec<Line> = counted(&lines).into_iter().filter(|line| line.date() <= day("2026-10-31")).collect();
        let firsts: BTreeMap<u8, NaiveDate> =
            (0..4).filter_map(|customer| Some((customer, *purchases(&lines, customer).first()?))).collect();
        let mut expected = Vec::new();
        for cohort in number_of(FIRST)..=number_of(LAST) {
            let members: Vec<u8> =
                firsts.iter().filter(|(_, first)| month(**first) == cohort).map(|(customer, _)| *customer).collect();
            let mut so_far = 0;
            for at in (cohort..=number_of(LAST)).filter(|_| !members.is_empty()) {
                let active = members.iter().filter(|customer| bought(&lines, **customer).contains(&at)).count();
                let sales: i64 = members.iter().map(|customer| net(&lines, *customer, at..=at)).sum();
                so_far += sales;
                expected.push((month_text(cohort), at - cohort, members.len() as i64, active as i64, sales, so_far));
            }
        }
        let found: Vec<_> = rows(&found)
            .iter()
            .map(|row| {
                let of = |id: &str| whole(&row[id]);
                let cohort = row["cohort"].as_str().unwrap().to_owned();
                (cohort, of("month"), of("customers"), of("active"), of("sales_amount"), of("cumulative_sales_amount"))
            })
            .collect();
        prop_assert_eq!(found, expected);
    }
}
