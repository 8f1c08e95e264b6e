//! The reports on deals, quotes, orders, inquiries, requests and contacts: figures worked out by hand.

use crate::common::Company;
use serde_json::{Value, json};

/// The row whose field has this value.
pub(crate) fn row<'a>(report: &'a Value, field: &str, value: &Value) -> &'a Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row[field] == *value).unwrap_or_else(|| panic!("no {field} {value} in {report:#}"))
}

/// These fields of a row.
pub(crate) fn fields(row: &Value, names: &[&str]) -> Vec<Value> {
    names
        .iter()
        .map(|name| row.get(*name).unwrap_or_else(|| panic!("no {name} in {row:#}")).clone())
        .collect()
}

#[test]
fn the_pipeline_is_what_is_open_by_department_and_month() {
    let company = Company::new();
    company.put("departments", "department | department_name\n D1 | 東部\n D2 | 西部");
    company.put(
        "deals",
        "deal_no | customer_code | title | stage | probability | amount | expected_on | department
         1 | C1 | 冷蔵庫   | proposal | 60  | 1000.5 | 2026-11-30 | D1
         2 | C1 | 什器     | lead     | 20  | 500    | 2026-11-01 | D1
         3 | C2 | 改装     | closing  |     | 700    | 2026-12-01 | D1
         4 | C2 | 卸       |          | 50  | 300    | 2026-10-30 |
         5 | C3 | 済       | won      | 100 | 9000   | 2026-11-05 | D1
         6 | C3 | 失       | lost     | 0   | 9000   | 2026-11-05 | D2
         7 | C3 | 保留     | on_hold  | 20  | 9000   | 2026-11-05 | D2
         8 | C4 | 未定     | lead     | 10  | 40     |            | D2",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "pipeline"]);
    assert_eq!(report["period"], Value::Null, "every date counts");
    let names = ["month:2026-11", "month:2026-12", "amount", "weighted_amount", "deals", "overdue_deals"];
    let east = fields(row(&report, "department", &json!("D1")), &names);
    assert_eq!(json!(east), json!(["1500.5", "700", "2200.5", "700.3", 3, 0]));
    assert_eq!(row(&report, "department", &json!("D1"))["department_name"], "東部");
    // Nothing is known of its department; it should have been decided on the day before.
    let unknown =
        fields(row(&report, "department", &Value::Null), &["month:2026-10", "amount", "overdue_amount"]);
    assert_eq!(json!(unknown), json!(["300", "300", "300"]));
    // A deal without a date has a column too.
    assert_eq!(row(&report, "department", &json!("D2"))["month:unknown"], "40");
    let totals =
        fields(&report["totals"], &["month:2026-10", "month:2026-11", "month:unknown", "amount", "deals"]);
    assert_eq!(json!(totals), json!(["300", "1500.5", "40", "2540.5", 5]));
    assert_eq!(report["control"]["source_rows"], 5);

    // The deals of a month ahead, one by one.
    let month = company.json(&[
        "--as-of",
        "2026-10-31",
        "report",
        "pipeline",
        "--month",
        "2026-11",
        "--by",
        "deal",
        "--flat",
    ]);
    assert_eq!(month["rows"].as_array().unwrap().len(), 2);
    assert_eq!(row(&month, "deal", &json!("1"))["deal_name"], "冷蔵庫");
    assert_eq!(month["period"], json!({"from": "2026-11-01", "to": "2026-11-30"}));
    let three = company.json(&[
        "--as-of",
        "2026-10-31",
        "report",
        "pipeline",
        "--by",
        "department,month,probability",
    ]);
    let cell = |row: &Value| row["department"] == "D1" && row["month"] == "2026-11";
    let cell = three["rows"].as_array().unwrap().iter().find(|row| cell(row)).unwrap();
    assert_eq!(
        json!(fields(cell, &["probability:20", "probability:60", "amount"])),
        json!(["500", "1000.5", "1500.5"])
    );
    // One attribute has nothing to go across.
    assert_eq!(
        company.run(&["--as-of", "2026-10-31", "report", "pipeline", "--by", "month"]).status.code(),
        Some(64)
    );
    assert_eq!(
        company.run(&["--as-of", "2026-10-31", "report", "pipeline", "--from", "2026-11-01"]).status.code(),
        Some(64)
    );
    let english = company.run(&["--as-of", "2026-10-31", "--lang", "en", "report", "pipeline"]);
    let english = String::from_utf8(english.stdout).unwrap();
    assert!(
        english.contains("Pipeline") && english.contains("all dates") && english.contains("Amount Total")
    );
}

#[test]
fn any_report_can_be_a_cross_table() {
    let company = Company::tiny();
    let report =
        company.json(&["--as-of", "2026-10-31", "report", "customers", "--by", "customer,month", "--across"]);
    let first = row(&report, "customer", &json!("001"));
    assert_eq!(first["month:2026-10"], "3200");
    assert_eq!(first["customer_name"], "㈱青葉酒販");
    assert_eq!(report["totals"]["month:2026-10"], "3200");
    assert_eq!(report["totals"]["sales_amount"], "4350");
    let table = company.run(&[
        "--as-of",
        "2026-10-31",
        "report",
        "customers",
        "--by",
        "customer,month",
        "--across",
        "--top",
        "1",
    ]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("2026-10"));
}

#[test]
fn quotes_are_won_lost_expired_or_waiting_as_of_the_day() {
    let company = Company::new();
    company.put(
        "orders",
        "order_no | customer_code | received_on\n O1 | C1 | 2026-09-11\n O2 | C1 | 2026-11-01",
    );
    company.put("deals", "deal_no | customer_code | ordered_on | department\n D1 | C1 | 2026-09-04 | E1");
    company.put(
        "quotes",
        "quote_no | customer_code | quoted_on | amount | status | valid_until | deal_no | order_no
         1 | C1 | 2026-09-01 | 100 | won     |            |    | O1
         2 | C1 | 2026-09-01 | 200 | won     |            | D1 |
         3 | C1 | 2026-09-01 | 300 | won     | 2026-12-01 |    | O2
         4 | C1 | 2026-09-01 | 400 | lost    |            |    |
         5 | C1 | 2026-09-01 | 500 | sent    | 2026-10-30 |    |
         6 | C1 | 2026-09-01 | 600 | sent    | 2026-10-31 |    |
         7 | C1 | 2026-09-01 | 700 | draft   | 2026-01-01 |    |
         8 | C1 | 2026-09-30 | 50  | won     |            |    |
         9 | C1 | 2026-11-01 | 999 | won     |            |    | O1",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "quotes"]);
    let totals = &report["totals"];
    let names = ["quotes", "won", "lost", "open", "expired", "win_rate", "won_amount", "open_amount"];
    // The order of quote 3 came after the as-of date, so that it was waiting; quote 5 was valid until the day before.
    assert_eq!(json!(fields(totals, &names)), json!([8, 3, 1, 2, 1, "0.75", "350", "900"]));
    assert_eq!(totals["amount_win_rate"], "0.466667", "350 of 750");
    // 10 and 3 days; the order of quote 8 has no date.
    assert_eq!(totals["average_decision_days"], "6.5");
    let by = company.json(&[
        "--as-of",
        "2026-10-31",
        "report",
        "quotes",
        "--by",
        "quote_state",
        "--where",
        "department=E1",
    ]);
    assert_eq!(row(&by, "quote_state", &json!("won"))["quotes"], 1);
}

#[test]
fn orders_are_on_time_late_or_overdue() {
    let company = Company::new();
    company.put(
        "orders",
        "order_no | customer_code | received_on | status | amount | delivery_due_on | delivered_on
         1 | C1 | 2026-10-01 | completed | 100 | 2026-10-10 | 2026-10-10
         2 | C1 | 2026-10-01 | completed | 200 | 2026-10-10 | 2026-10-11
         3 | C1 | 2026-10-01 | shipped   | 300 | 2026-10-30 |
         4 | C1 | 2026-10-01 | shipped   | 400 | 2026-10-31 |
         5 | C1 | 2026-10-01 | cancelled | 500 | 2026-10-05 |
         6 | C1 | 2026-10-01 | shipped   | 600 | 2026-10-20 |
         7 | C1 | 2026-10-01 | shipped   | 700 | 2026-10-20 |
         8 | C1 | 2026-10-20 | completed | 800 | 2026-11-10 | 2026-11-05
         9 | C1 | 2026-10-20 | completed | 900 |            |",
    );
    company.put(
        "shipments",
        "order_no | shipment_no | shipped_on | status | delivered_on
         6 | 1 | 2026-10-03 | delivered | 2026-10-04
         6 | 2 | 2026-10-05 | delivered | 2026-10-06
         7 | 1 | 2026-10-03 | delivered | 2026-10-04
         7 | 2 | 2026-10-05 | shipped   |
         7 | 3 | 2026-10-05 | returned  |",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "orders", "--by", "progress"]);
    let totals = &report["totals"];
    let names = ["orders", "amount", "delivered", "under_way", "overdue", "cancelled", "open_amount"];
    // Order 7 came only in part; order 8 arrives after the as-of date; nobody wrote down when order 9 arrived.
    assert_eq!(json!(fields(totals, &names)), json!([9, "4000", 4, 2, 2, 1, "2200"]));
    // Days: 9, 10, and 5 of order 6, whose last part decides. On time: orders 1 and 6 of three.
    let names = ["average_lead_days", "longest_lead_days", "on_time_rate"];
    assert_eq!(json!(fields(totals, &names)), json!(["8", "10", "0.666667"]));
    assert_eq!(row(&report, "progress", &json!("overdue"))["orders"], 2);
    let order: Vec<&Value> = report["rows"].as_array().unwrap().iter().map(|row| &row["progress"]).collect();
    assert_eq!(json!(order), json!(["under_way", "overdue", "delivered", "cancelled"]));
}

fn inquiries() -> Company {
    let company = Company::new();
    company.put("products", "product_code | product_name\n P1 | 茶\n P2 | 酒");
    company.put(
        "inquiries",
        "inquiry_no | customer_code | kind | opened_at | subject | status | closed_at | product_code
         1 | C1 | complaint | 2026-10-23T15:00:00.000Z | 破損 | open | | P1
         2 | C1 | complaint | 2026-10-22T15:00:00.000Z | 遅延 | in_progress | | P1
         3 | C2 | inquiry   | 2026-10-01T00:00:00.000Z | 質問 | done | 2026-10-03T00:00:00.000Z | P2
         4 | C3 | request   | 2026-10-01T00:00:00.000Z | 早朝 | done | 2026-10-01T06:00:00.000Z | P2
         5 | C4 | request   | 2026-10-30T00:00:00.000Z | 小口 | done | 2026-11-01T00:00:00.000Z |
         6 | C5 | inquiry   | 2026-10-31T15:00:00.000Z | 明日 | open | |",
    );
    company.put(
        "activities",
        "activity_no | customer_code | happened_at | channel
         1 | C2 | 2026-09-30T23:00:00.000Z | phone_out
         2 | C2 | 2026-10-01T00:30:00.000Z | phone_in
         3 | C2 | 2026-10-01T01:30:00.000Z | email
         4 | C3 | 2026-10-02T00:00:00.000Z | visit",
    );
    company.put(
        "calls",
        "call_id | direction | caller_kind | customer_code | started_at | answered_at | category
         1 | outbound | number | C1 | 2026-10-23T16:00:00.000Z | 2026-10-23T16:00:10.000Z |
         2 | inbound  | number | C9 | 2026-10-12T16:00:00.000Z | 2026-10-12T16:00:10.000Z | request
         3 | inbound  | number | C3 | 2026-10-01T01:00:00.000Z | 2026-10-01T01:00:10.000Z | request",
    );
    company.sync();
    company
}

#[test]
fn inquiries_age_until_they_are_done_and_are_answered_first() {
    let company = inquiries();
    let report = company.json(&["--as-of", "2026-10-31", "report", "inquiries"]);
    let names =
        ["inquiries", "complaints", "open", "open_complaints", "oldest_open_days", "open_over_7_days"];
    // Received on the 24th and the 23rd in Japan: 7 and 8 days old.
    let tea = row(&report, "product", &json!("P1"));
    assert_eq!(json!(fields(tea, &names)), json!([2, 2, 2, 2, "8", 1]));
    // The call of 16:00:10 answers both: after 1 and after 25 hours.
    assert_eq!(tea["average_response_hours"], "13");
    // The mail after 1.5 hours answers the question, not the caller's own call; the request was done after 6 hours,
    // before the visit.
    let sake = row(&report, "product", &json!("P2"));
    assert_eq!(
        json!(fields(sake, &["open", "average_response_hours", "average_days_to_close"])),
        json!([0, "3.8", "1"])
    );
    // Done on the day after the as-of date: open, and nobody has answered.
    let unknown = row(&report, "product", &Value::Null);
    assert_eq!(json!(fields(unknown, &["inquiries", "open", "average_response_hours"])), json!([1, 1, null]));
    assert_eq!(report["totals"]["inquiries"], 5, "the sixth is tomorrow's");
    let ages =
        company.json(&["--as-of", "2026-10-31", "report", "inquiries", "--by", "open_age", "--sort", "none"]);
    let order: Vec<&Value> = ages["rows"].as_array().unwrap().iter().map(|row| &row["open_age"]).collect();
    assert_eq!(json!(order), json!(["0-3", "4-7", "8-14", "closed"]));
}

#[test]
fn the_voice_of_customers_is_counted_once() {
    let company = inquiries();
    let report = company.json(&["--as-of", "2026-10-31", "report", "voice"]);
    // Two requests, and a call; the call on the day of a request of its customer is that request.
    assert_eq!(report["totals"]["requests"], 3);
    assert_eq!(row(&report, "product", &json!("P2"))["month:2026-10"], 1);
    let flat = company.json(&["--as-of", "2026-10-31", "report", "voice", "--flat", "--by", "voice_source"]);
    assert_eq!(row(&flat, "voice_source", &json!("call"))["requests"], 1);
}

#[test]
fn contacts_are_counted_by_customer_and_channel() {
    let company = inquiries();
    company.put(
        "activity_logs",
        "log_no | happened_at | customer_code | action\n 1 | 2026-10-01T02:00:00.000Z | C2 | login",
    );
    company.sync();
    let report = company.json(&["--as-of", "2026-10-31", "report", "contacts"]);
    let second = row(&report, "customer", &json!("C2"));
    let names = ["contacts", "contact_days", "phone_in", "phone_out", "mails", "online", "last_contact_on"];
    // 23:00 in London's time is the same day in Japan.
    assert_eq!(json!(fields(second, &names)), json!([4, 1, 1, 1, 1, 1, "2026-10-01"]));
    assert_eq!(second["days_since_contact"], "30");
    let channels = company.json(&["--as-of", "2026-10-31", "report", "contacts", "--by", "contact_channel"]);
    assert_eq!(row(&channels, "contact_channel", &json!("phone_out"))["contacts"], 2);
    assert_eq!(channels["totals"]["contacts"], 8);
    let filtered =
        company.json(&["--as-of", "2026-10-31", "report", "contacts", "--where", "contact_source=call"]);
    assert_eq!(filtered["totals"]["contacts"], 3);
}
