//! The reports on deals, orders and targets against naive models that go row by row, on random companies.

use std::collections::BTreeMap;

use crate::common::{Company, day};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::dataset::{DEALS, Dataset, ORDERS, SALES, TARGETS};

const DAYS: &[&str] = &["2026-03-31", "2026-04-01", "2026-09-30", "2026-10-30", "2026-10-31", "2026-11-01"];
const DUE: &[&str] = &["", "2026-10-30", "2026-10-31", "2026-11-01", "2026-11-30", "2027-01-01"];
const STAGES: &[&str] = &["", "lead", "closing", "won", "lost", "on_hold", "要確認"];
const STATUSES: &[&str] = &["", "received", "shipped", "completed", "cancelled"];
const CODES: &[&str] = &["", "D1", "D2"];

fn put(company: &Company, dataset: &Dataset, header: &[&str], rows: &[Vec<String>]) {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    company.put_rows(dataset, &header, rows);
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str().map(|text| text.parse().unwrap())
}

/// A code as JSON has it.
fn code(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

fn month(day: &str) -> String {
    if day.is_empty() { "unknown".to_owned() } else { day[..7].to_owned() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_pipeline_agrees_with_a_naive_sum(
        deals in prop::collection::vec((
            prop::sample::select(STAGES), prop::option::of(0i64..=100), prop::option::of(0i64..90_000),
            prop::sample::select(DUE), prop::sample::select(CODES),
        ), 1..25),
    ) {
        let company = Company::new();
        let number = |number: &Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let rows: Vec<Vec<String>> = deals.iter().enumerate().map(|(no, (stage, probability, amount, due, department))| {
            let text = |text: &str| text.to_owned();
            vec![no.to_string(), text("C1"), text(stage), number(probability), number(amount), text(due), text(department)]
        }).collect();
        let header = ["deal_no", "customer_code", "stage", "probability", "amount", "expected_on", "department"];
        put(&company, &DEALS, &header, &rows);
        company.sync();
        let mut cells: BTreeMap<(&str, String), Decimal> = BTreeMap::new();
        let mut weighted: BTreeMap<&str, (u64, Option<Decimal>)> = BTreeMap::new();
        for (stage, probability, amount, due, department) in &deals {
            if ["won", "lost", "on_hold"].contains(stage) {
                continue;
            }
            let row = weighted.entry(department).or_default();
            row.0 += 1;
            if let Some(amount) = amount {
                *cells.entry((department, month(due))).or_default() += Decimal::from(*amount);
                if let Some(probability) = probability {
                    *row.1.get_or_insert_default() += Decimal::new(amount * probability, 2);
                }
            }
        }
        let report = company.json(&["--as-of", "2026-10-31", "report", "pipeline"]);
        prop_assert_eq!(report["rows"].as_array().unwrap().len(), weighted.len());
        for row in report["rows"].as_array().unwrap() {
            let department = row["department"].as_str().unwrap_or_default();
            let (count, sum) = weighted[department];
            prop_assert_eq!(&row["deals"], &json!(count));
            prop_assert_eq!(decimal(&row["weighted_amount"]), sum);
            for (field, value) in row.as_object().unwrap() {
                if let Some(month) = field.strip_prefix("month:") {
                    let key = (CODES.iter().find(|code| **code == department).copied().unwrap(), month.to_owned());
                    prop_assert_eq!(decimal(value), cells.get(&key).copied(), "{} {}", department, month);
                }
            }
        }
    }

    #[test]
    fn orders_agree_with_a_naive_count(
        orders in prop::collection::vec((
            prop::sample::select(DAYS), prop::sample::select(STATUSES), prop::sample::select(DUE),
            prop::option::of(prop::sample::select(DAYS)), 0i64..90_000,
        ), 0..25),
    ) {
        let company = Company::new();
        let rows: Vec<Vec<String>> = orders.iter().enumerate().map(|(no, (received, status, due, delivered, amount))| {
            let text = |text: &str| text.to_owned();
            vec![no.to_string(), text("C1"), text(received), text(status), text(due), text(delivered.unwrap_or_default()),
                amount.to_string()]
        }).collect();
        let header = ["order_no", "customer_code", "received_on", "status", "delivery_due_on", "delivered_on", "amount"];
        put(&company, &ORDERS, &header, &rows);
        company.sync();
        let as_of = "2026-10-31";
        let (mut counts, mut lead) = ([0u64; 4], Vec::new());
        let (mut on_time, mut due_deliveries, mut backlog) = (0u64, 0u64, None);
        for (received, status, due, delivered, amount) in &orders {
            if *received > as_of {
                continue;
            }
            let arrived = delivered.filter(|delivered| *delivered <= as_of);
            let at = match (*status, arrived, *due) {
                ("cancelled", ..) => 3,
                (_, Some(_), _) => 0,
                ("completed", None, _) if delivered.is_none() => 0,
                (_, None, due) if !due.is_empty() && due < as_of => 2,
                _ => 1,
            };
            counts[at] += 1;
            if at == 1 || at == 2 {
                *backlog.get_or_insert_with(Decimal::default) += Decimal::from(*amount);
            }
            if let (Some(arrived), true) = (arrived, at != 3) {
                if arrived >= *received {
                    lead.push((day(arrived) - day(received)).num_days());
                }
                due_deliveries += u64::from(!due.is_empty());
                on_time += u64::from(!due.is_empty() && arrived <= *due);
            }
        }
        let totals = company.json(&["--as-of", "2026-10-31", "report", "orders"])["totals"].clone();
        for (name, count) in ["delivered", "under_way", "overdue", "cancelled"].iter().zip(counts) {
            prop_assert_eq!(&totals[*name], &json!(count), "{}", name);
        }
        if counts.iter().sum::<u64>() > 0 {
            prop_assert_eq!(decimal(&totals["open_amount"]), backlog);
        }
        let average = (!lead.is_empty()).then(|| Decimal::from(lead.iter().sum::<i64>()) / Decimal::from(lead.len()));
        let half_up = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        prop_assert_eq!(decimal(&totals["average_lead_days"]), average.map(|days| days.round_dp_with_strategy(1, half_up).normalize()));
        let rate = (due_deliveries > 0).then(|| Decimal::from(on_time) / Decimal::from(due_deliveries));
        prop_assert_eq!(decimal(&totals["on_time_rate"]), rate.map(|rate| rate.round_dp_with_strategy(6, half_up).normalize()));
    }

    #[test]
    fn targets_agree_with_a_naive_sum(
        targets in prop::collection::btree_map((4u32..11, prop::sample::select(CODES)), 0i64..9_000, 0..15),
        sales in prop::collection::vec((prop::sample::select(DAYS), prop::sample::select(CODES), -900i64..9_000), 0..25),
    ) {
        let company = Company::new();
        let rows: Vec<Vec<String>> = targets.iter().map(|((month, department), amount)| {
            vec![format!("2026-{month:02}-01"), (*department).to_owned(), amount.to_string()]
        }).collect();
        put(&company, &TARGETS, &["month", "department", "amount"], &rows);
        let rows: Vec<Vec<String>> = sales.iter().enumerate().map(|(no, (day, department, amount))| {
            vec![no.to_string(), "1".to_owned(), (*day).to_owned(), "C1".to_owned(), (*department).to_owned(), amount.to_string()]
        }).collect();
        put(&company, &SALES, &["slip_no", "line_no", "sold_on", "customer_code", "department", "amount"], &rows);
        company.sync();
        let report = company.json(&["--as-of", "2026-10-31", "report", "targets", "--by", "department,month"]);
        let mut to_date: BTreeMap<String, [Option<Decimal>; 2]> = BTreeMap::new();
        let mut seen = [Decimal::ZERO; 2];
        for row in report["rows"].as_array().unwrap() {
            let (department, month) = (&row["department"], row["month"].as_str().unwrap());
            let target = targets.iter().find(|((of, whose), _)| {
                !whose.is_empty() && code(whose) == *department && format!("2026-{of:02}") == month
            });
            let target = target.map(|(_, amount)| Decimal::from(*amount));
            let of_month = |(day, whose, _): &&(&str, &str, i64)| {
                day.starts_with(month) && code(whose) == *department && (*day >= "2026-04-01" && *day <= "2026-10-31")
            };
            let sold: Vec<i64> = sales.iter().filter(of_month).map(|(_, _, amount)| *amount).collect();
            let sold = (!sold.is_empty()).then(|| Decimal::from(sold.iter().sum::<i64>()));
            prop_assert_eq!(decimal(&row["target_amount"]), target);
            prop_assert_eq!(decimal(&row["sales_amount"]), sold);
            prop_assert_eq!(decimal(&row["gap_amount"]), target.map(|target| sold.unwrap_or_default() - target));
            let sums = to_date.entry(department.to_string()).or_default();
            for (at, value) in [target, sold].into_iter().enumerate() {
                if let Some(value) = value {
                    *sums[at].get_or_insert_default() += value;
                    seen[at] += value;
                }
            }
            prop_assert_eq!(decimal(&row["cumulative_target_amount"]), sums[0]);
            prop_assert_eq!(decimal(&row["cumulative_sales_amount"]), sums[1]);
        }
        let in_year = |day: &str| ("2026-04-01"..="2026-10-31").contains(&day);
        let sold: i64 = sales.iter().filter(|(day, ..)| in_year(day)).map(|(_, _, amount)| amount).sum();
        let of_departments = targets.iter().filter(|((_, whose), _)| !whose.is_empty());
        prop_assert_eq!(seen, [of_departments.map(|(_, amount)| *amount).sum::<i64>(), sold].map(Decimal::from));
    }
}
