//! The reports on projects, stock, targets, calls and the key figures: worked out by hand.

use crate::common::Company;
use crate::report_work::{fields, row};
use serde_json::{Value, json};

#[test]
fn a_project_earns_its_contract_less_hours_and_purchases() {
    let company = Company::new();
    company.put("members", "member_code | member_name | unit_cost\n M1 | 佐藤 | 3000.5\n M2 | 新人 |");
    company.put("orders", "order_no | customer_code | received_on | amount\n O1 | C1 | 2026-04-01 | 80000");
    company.put(
        "projects",
        "project_code | project_name | customer_code | status | contract_amount | planned_hours | order_no
         J1 | 改装   | C1 | running | 100000 | 20 |
         J2 | 設計   | C1 | running |        |    | O1
         J3 | 無金額 | C1 | running |        |    |",
    );
    company.put(
        "time_entries",
        "entry_no | project_code | member_code | worked_on | hours
         1 | J1 | M1 | 2026-10-01 | 4
         2 | J1 | M1 | 2026-10-31 | 0.5
         3 | J1 | M1 | 2026-11-01 | 100
         4 | J1 | M2 | 2026-10-02 | 8
         5 | J3 | M1 | 2026-10-02 | 1",
    );
    company.put(
        "purchases",
        "purchase_no | line_no | purchased_on | supplier | project_code | amount
         B1 | 1 | 2026-10-05 | 印刷 | J1 | 20000
         B2 | 1 | 2026-11-01 | 印刷 | J1 | 70000
         B3 | 1 | 2026-10-05 | 印刷 |    | 999",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "projects"]);
    let first = row(&report, "project", &json!("J1"));
    let names =
        ["contract_amount", "labour_cost", "purchase_amount", "profit", "profit_rate", "hours", "hours_rate"];
    // 4.5 hours at 3,000.5 yen; nobody knows what the eight hours of M2 cost.
    let expected = json!(["100000", "13502.25", "20000", "66497.75", "0.664978", "12.5", "0.625"]);
    assert_eq!(json!(fields(first, &names)), expected);
    assert_eq!((&first["uncosted_hours"], &first["project_name"]), (&json!("8"), &json!("改装")));
    assert_eq!(row(&report, "project", &json!("J2"))["profit"], "80000");
    assert_eq!(row(&report, "project", &json!("J3"))["profit"], Value::Null, "its amount is unknown");
    let members = company.json(&["--as-of", "2026-10-31", "report", "projects", "--by", "member"]);
    assert_eq!(
        json!(fields(row(&members, "member", &json!("M1")), &["hours", "labour_cost"])),
        json!(["5.5", "16502.75"])
    );
}

#[test]
fn a_project_whose_hours_have_no_cost_has_no_known_profit() {
    let company = Company::new();
    company.put("members", "member_code | member_name | unit_cost\n M2 | 新人 |");
    company.put(
        "projects",
        "project_code | project_name | customer_code | status | contract_amount
         J1 | 工数のみ | C1 | running | 1000
         J2 | 工数なし | C1 | running | 1000",
    );
    company.put(
        "time_entries",
        "entry_no | project_code | member_code | worked_on | hours\n 1 | J1 | M2 | 2026-10-01 | 4",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "projects"]);
    let of = |code: &str| json!(fields(row(&report, "project", &json!(code)), &["labour_cost", "profit"]));
    assert_eq!((of("J1"), of("J2")), (json!([null, null]), json!(["0", "1000"])));
}

#[test]
fn stock_turns_over_where_it_was_counted() {
    let company = Company::new();
    company.put("products", "product_code | product_name\n P1 | 茶\n P2 | 酒\n P3 | 米");
    company.put(
        "stock_snapshots",
        "product_code | warehouse_code | counted_on | quantity | allocated
         P1 | W1 | 2026-09-30 | 40 | 5
         P1 | W1 | 2026-10-31 | 60 | 10
         P1 | W2 | 2026-10-31 | 20 |
         P2 | W1 | 2026-10-31 | 7  |
         P3 | W1 | 2024-10-31 | 7  |
         P1 | W1 | 2026-11-30 | 99 |",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | product_code | quantity | amount | status
         S1 | 1 | 2026-10-01 | C1 | P1 | 130 | 1 |
         S2 | 1 | 2026-10-02 | C1 | P1 | -10 | 1 | returned
         S3 | 1 | 2026-10-02 | C1 | P1 | 999 | 1 | cancelled
         S4 | 1 | 2026-10-02 | C1 | P3 | 50  | 1 |",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "stock"]);
    let names = [
        "stock_quantity",
        "free_quantity",
        "sold_quantity",
        "average_stock",
        "stock_turnover",
        "days_of_stock",
    ];
    // 120 counted on two days; 80 last at 120 in 365 days for 243.3 days.
    let tea = row(&report, "product", &json!("P1"));
    assert_eq!(json!(fields(tea, &names)), json!(["80", "70", "120", "60", "2", "243.3"]));
    let sake = row(&report, "product", &json!("P2"));
    // What is allocated of it was not told: what is free is unknown.
    assert_eq!(
        json!(fields(sake, &["stock_quantity", "free_quantity", "days_of_stock"])),
        json!(["7", null, null])
    );
    let months = company.json(&["--as-of", "2026-10-31", "report", "stock", "--by", "month"]);
    let september = row(&months, "month", &json!("2026-09"));
    assert_eq!(
        september["stock_quantity"],
        Value::Null,
        "it was counted later: its last count is not nothing"
    );
    assert_eq!(report["rows"].as_array().unwrap().len(), 2, "no stock of P3 was counted in the period");
}

fn targets() -> Company {
    let company = Company::new();
    company.put(
        "targets",
        "month | department | sales_rep | amount
         2026-04-01 | D1 |    | 1000
         2026-04-01 | D2 |    | 500
         2026-05-01 | D1 |    | 2000
         2026-04-01 |    | M1 | 700
         2026-03-01 | D1 |    | 9999",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | department | sales_rep | amount
         S1 | 1 | 2026-04-30 | C1 | D1 | M1 | 1100
         S2 | 1 | 2026-05-01 | C1 | D1 | M1 | 400
         S3 | 1 | 2026-06-01 | C1 | D1 | M2 | 30
         S4 | 1 | 2026-04-02 | C1 |    |    | 5",
    );
    company.sync();
    company
}

#[test]
fn sales_stand_beside_targets_and_add_up_over_the_fiscal_year() {
    let company = targets();
    let report = company.json(&["--as-of", "2026-10-31", "report", "targets"]);
    assert_eq!(report["period"], json!({"from": "2026-04-01", "to": "2026-10-31"}));
    let names = [
        "target_amount",
        "sales_amount",
        "achievement_rate",
        "gap_amount",
        "cumulative_target_amount",
        "cumulative_sales_amount",
        "cumulative_achievement_rate",
    ];
    // Nobody gave the company a target: those of the departments count.
    let may = row(&report, "month", &json!("2026-05"));
    assert_eq!(json!(fields(may, &names)), json!(["2000", "400", "0.2", "-1600", "3500", "1505", "0.43"]));
    let june = row(&report, "month", &json!("2026-06"));
    assert_eq!(json!(fields(june, &names[..6])), json!([null, "30", null, null, "3500", "1535"]));
    assert_eq!(json!(fields(&report["totals"], &names[..4])), json!(["3500", "1535", "0.438571", "-1965"]));

    let by = company.json(&["--as-of", "2026-10-31", "report", "targets", "--by", "department,month"]);
    let rows = by["rows"].as_array().unwrap();
    let april = rows.iter().find(|row| row["department"] == "D2").unwrap();
    assert_eq!(json!(fields(april, &names[..4])), json!(["500", null, "0", "-500"]));
    let unknown = rows.iter().find(|row| row["department"].is_null()).unwrap();
    assert_eq!(json!(fields(unknown, &names[..3])), json!([null, "5", null]));
    let by = company.json(&["--as-of", "2026-10-31", "report", "targets", "--by", "sales_rep"]);
    assert_eq!(
        json!(fields(row(&by, "sales_rep", &json!("M1")), &names[..3])),
        json!(["700", "1500", "2.142857"])
    );
    assert!(row(&by, "sales_rep", &json!("M1")).get(names[4]).is_none(), "there is no order of time");

    let chosen = company.json(&["--as-of", "2026-10-31", "report", "targets", "--level", "representative"]);
    assert_eq!(chosen["totals"]["target_amount"], "700");
    for wrong in [&["--by", "day"][..], &["--from", "2026-04-02"], &["--figures", "company_target"]] {
        let run = company.run(&[&["--as-of", "2026-10-31", "report", "targets"], wrong].concat());
        assert_eq!(run.status.code(), Some(64), "{wrong:?}");
    }
    let within = company.json(&["--as-of", "2026-10-15", "report", "targets"]);
    assert!(within["notes"][0].as_str().unwrap().contains("2026-10-15"), "{}", within["notes"]);
    let before = company.json(&["--as-of", "2026-10-31", "report", "targets", "--month", "2026-06"]);
    assert!(before["notes"][0].as_str().unwrap().contains("targets.csv"), "{}", before["notes"]);
}

fn calls() -> Company {
    let company = Company::new();
    company.put(
        "calls",
        "call_id | direction | caller_kind | caller_e164 | queue | started_at | answered_at | outcome
         1 | inbound | number | +81311110001 | A | 2026-10-01T00:00:00.000Z |                          | abandoned
         2 | inbound | number | +81311110001 | A | 2026-10-02T00:00:00.000Z | 2026-10-02T00:00:05.000Z | completed
         3 | inbound | number | +81311110001 | A | 2026-10-03T00:00:00.001Z | 2026-10-03T00:00:05.000Z | completed
         4 | inbound | withheld |            | B | 2026-10-03T00:40:00.000Z | 2026-10-03T00:40:05.000Z | completed",
    );
    company.sync();
    company
}

#[test]
fn calls_have_the_fields_of_every_report_and_those_that_they_had() {
    let company = calls();
    let report = company.json(&["--as-of", "2026-10-31", "report", "calls"]);
    for field in ["report", "as_of", "period", "filters", "columns", "rows", "totals", "control", "notes"] {
        assert!(report.get(field).is_some(), "{field}");
    }
    for field in ["from", "to", "by", "direction", "within_seconds", "total", "up_to_date"] {
        assert!(report.get(field).is_some(), "{field}");
    }
    // A day after the first is still soon, a millisecond more is not.
    let queue = row(&report, "queue", &json!("A"));
    assert_eq!(json!(fields(queue, &["calls", "repeated", "repeat_rate"])), json!([3, 1, "0.333333"]));
    assert_eq!((&report["total"]["calls"], &report["totals"]["calls"]), (&json!(4), &json!(4)));
    let longer = company.json(&["--as-of", "2026-10-31", "report", "calls", "--repeated-within", "25"]);
    assert_eq!(longer["total"]["repeated"], 2);
}

#[test]
fn half_hours_and_days_are_a_heat_map() {
    let company = calls();
    let map =
        company.json(&["--as-of", "2026-10-31", "report", "calls", "--by", "half_hour,queue", "--across"]);
    assert_eq!(
        json!(fields(row(&map, "half_hour", &json!("09:00")), &["queue:A", "queue:B", "calls"])),
        json!([3, null, 3])
    );
    assert_eq!(json!(fields(&map["totals"], &["queue:A", "queue:B", "calls"])), json!([3, 1, 4]));
    let rates = [
        "--as-of",
        "2026-10-31",
        "report",
        "calls",
        "--by",
        "half_hour,queue",
        "--across",
        "--figure",
        "answer_rate",
    ];
    assert_eq!(company.json(&rates)["totals"]["queue:A"], "0.666667");
    assert_eq!(
        company.run(&["--as-of", "2026-10-31", "report", "calls", "--across"]).status.code(),
        Some(64)
    );
    let wrong = [
        "--as-of",
        "2026-10-31",
        "report",
        "calls",
        "--by",
        "half_hour,queue",
        "--across",
        "--figure",
        "smiles",
    ];
    assert_eq!(company.run(&wrong).status.code(), Some(64));
}

#[test]
fn key_figures_are_those_of_their_reports() {
    let company = Company::tiny();
    company.put("inquiries", "inquiry_no | customer_code | kind | opened_at | subject | status\n 1 | 001 | complaint | 2024-01-01T00:00:00.000Z | 破損 | open");
    company.put("deals", "deal_no | customer_code | stage | probability | amount | expected_on\n 1 | 001 | lead | 50 | 100 | 2026-10-31\n 2 | 001 | lead | 50 | 60 | 2026-11-01");
    company.put("targets", "month | amount\n 2026-04-01 | 1000\n 2026-10-01 | 6000");
    company.sync();
    let kpi = company.json(&["--as-of", "2026-10-31", "report", "kpi"]);
    let value = |id: &str| row(&kpi, "kpi", &json!(id)).clone();
    let customers = company.json(&["--as-of", "2026-10-31", "report", "customers"]);
    for id in ["sales_amount", "gross_margin_rate", "slips"] {
        assert_eq!(value(id)["value"], customers["totals"][id], "{id}");
    }
    assert_eq!(value("sales_amount")["previous_value"], "900");
    assert_eq!(value("sales_amount")["change_rate"], customers["totals"]["change_rate"]);
    // 001, 003 and X99 bought for the first time; 002 bought before and again.
    assert_eq!(json!(fields(&value("new_customers"), &["value", "previous_value"])), json!([3, 1]));
    assert_eq!(value("lost_customers")["value"], 0);
    assert_eq!(value("pipeline_amount")["value"], "160");
    assert_eq!(value("pipeline_this_month_amount")["value"], "100");
    // It is open, however old it is.
    assert_eq!(value("open_complaints")["value"], 1);
    let targets = company.json(&["--as-of", "2026-10-31", "report", "targets"]);
    assert_eq!(value("achievement_rate")["value"], targets["totals"]["achievement_rate"]);
    assert_eq!(value("answer_rate")["value"], Value::Null, "there were no calls");
    assert_eq!(json!(fields(&value("top_gain_1"), &["report"])), json!(["products"]));
    let english =
        company.run(&["--as-of", "2026-10-31", "--lang", "en", "report", "kpi", "--month", "2026-05"]);
    assert!(String::from_utf8(english.stdout).unwrap().contains("Key figures"));
}
