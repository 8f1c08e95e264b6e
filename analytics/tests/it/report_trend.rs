//! The trend by month: by hand, and against a count row by row.

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::common::sales::{Line, company, counted, line, month, month_text, number, rows, whole};
use crate::common::{Company, day};

fn trend(company: &Company, as_of: &str, more: &[&str]) -> Value {
    company.json(&[&["report", "trend", "--as-of", as_of], more].concat())
}

fn small() -> Company {
    let company = Company::of(
        "customer_code | customer_name | industry
         001 | ㈱青葉酒販 | 酒販店
         002 | 食堂しらかば | 飲食店",
        "slip_no | line_no | sold_on | customer_code | amount
         S1 | 1 | 2024-09-15 | 001 | 100
         S2 | 1 | 2024-10-10 | 001 | 200
         S3 | 1 | 2024-10-20 | 002 | 50
         S4 | 1 | 2025-09-30 | 001 | 400
         S5 | 1 | 2025-10-15 | 001 | 300
         S6 | 1 | 2025-10-16 | 002 | 1000",
    );
    company.sync();
    company
}

#[test]
fn months_have_the_year_before_and_a_moving_annual_total() {
    let found = trend(&small(), "2025-10-31", &["--from", "2025-09-01"]);
    assert_eq!(found["period"], json!({"from": "2025-09-01", "to": "2025-10-31"}));
    assert_eq!(
        rows(&found),
        [
            json!({"month": "2025-09", "sales_amount": "400", "previous_year_amount": "100", "change_rate": "3",
                   "cumulative_sales_amount": "400", "moving_annual_total": "650"}),
            json!({"month": "2025-10", "sales_amount": "1300", "previous_year_amount": "250", "change_rate": "4.2",
                   "cumulative_sales_amount": "1700", "moving_annual_total": "1700"}),
        ]
    );
    assert_eq!(
        (&found["totals"]["sales_amount"], &found["totals"]["previous_year_amount"]),
        (&json!("1700"), &json!("350"))
    );
    assert_eq!(
        (&found["control"]["sales_amount"], &found["control"]["difference"]),
        (&json!("1700"), &json!("0"))
    );
    assert_eq!(found["notes"], json!([]));
}

#[test]
fn a_month_that_is_not_over_is_compared_up_to_the_same_day() {
    let found = trend(&small(), "2025-10-15", &["--from", "2025-10-01"]);
    let row = &rows(&found)[0];
    // 2024-10-20 does not count a year before, but is within the twelve months.
    assert_eq!((&row["sales_amount"], &row["previous_year_amount"]), (&json!("300"), &json!("200")));
    assert_eq!(row["moving_annual_total"], "750");
    assert!(found["notes"][0].as_str().unwrap().contains("2025-10-15"), "{}", found["notes"]);
}

#[test]
fn what_the_data_do_not_cover_is_empty_and_said() {
    let found = trend(&small(), "2025-10-31", &["--from", "2025-08-01", "--lang", "en"]);
    let august = &rows(&found)[0];
    assert_eq!((&august["sales_amount"], &august["previous_year_amount"]), (&json!("0"), &Value::Null));
    // September 2024 … August 2025 is covered by the data.
    assert_eq!(august["moving_annual_total"], "350");
    assert_eq!(found["totals"]["previous_year_amount"], Value::Null);
    let note = found["notes"][0].as_str().unwrap();
    assert!(note.starts_with("the data begin on 2024-09-15"), "{note}");
    let earlier = trend(&small(), "2025-07-31", &["--from", "2025-07-01"]);
    assert_eq!(rows(&earlier)[0]["moving_annual_total"], Value::Null);
}

#[test]
fn a_trend_is_divided_and_its_options_are_checked() {
    let company = small();
    let found = trend(&company, "2025-10-31", &["--from", "2025-10-01", "--by", "industry"]);
    let parts: Vec<(String, String)> = rows(&found)
        .iter()
        .map(|row| {
            (row["industry"].as_str().unwrap().to_owned(), row["sales_amount"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(parts, [("飲食店".to_owned(), "1000".to_owned()), ("酒販店".to_owned(), "300".to_owned())]);
    for wrong in [&["--top", "3"][..], &["--by", "month"], &["--figures", "slips"]] {
        let output = company.run(&[&["report", "trend", "--as-of", "2025-10-31"], wrong].concat());
        assert_eq!(output.status.code(), Some(64), "{wrong:?}");
    }
    let table = company.run(&["report", "trend", "--as-of", "2025-10-31", "--format", "table"]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("移動年計"));
}

/// Sales from one day to another, both included.
fn between(lines: &[Line], from: NaiveDate, to: NaiveDate) -> i64 {
    lines.iter().filter(|line| (from..=to).contains(&line.date())).map(|line| line.amount).sum()
}

fn first_day(number: i64) -> NaiveDate {
    day(&format!("{}-01", month_text(number)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_trend_agrees_with_a_count_of_rows(
        lines in prop::collection::vec(line(), 0..40),
        as_of in prop::sample::select(&["2026-10-31", "2026-10-15"][..]),
    ) {
        let found = trend(&company(&lines), as_of, &["--from", "2025-10-01"]);
        let lines = counted(&lines);
        let to = day(as_of);
        let first = lines.iter().map(|line| month(line.date())).min();
        let covered = |month: i64| first.is_some_and(|first| first <= month);
        let mut so_far = 0;
        for row in rows(&found) {
            let at = month(day(&format!("{}-01", row["month"].as_str().unwrap())));
            let last = (first_day(at + 1).pred_opt().unwrap()).min(to);
            let sales = between(&lines, first_day(at), last);
            so_far += sales;
            prop_assert_eq!(whole(&row["sales_amount"]), sales);
            prop_assert_eq!(whole(&row["cumulative_sales_amount"]), so_far);
            let is_whole = last == first_day(at + 1).pred_opt().unwrap();
            let before_to = if is_whole { first_day(at - 11).pred_opt().unwrap() } else { day("2025-10-15") };
            let before = covered(at - 12).then(|| Decimal::from(between(&lines, first_day(at - 12), before_to)));
            prop_assert_eq!(number(&row["previous_year_amount"]), before);
            let covered = covered(if is_whole { at - 11 } else { at - 12 });
            let annual = covered.then(|| Decimal::from(between(&lines, before_to.succ_opt().unwrap(), last)));
            prop_assert_eq!(number(&row["moving_annual_total"]), annual);
        }
        let expected = if lines.iter().any(|line| line.date() <= to && line.date() >= day("2024-10-01")) { 13 } else { 0 };
        prop_assert_eq!(rows(&found).len(), expected);
    }
}
