//! LTV and the published figures against what was worked out by hand.

use crate::common::{Company, day};
use analytics::metrics;
use serde_json::{Value, json};

const LTV: &[&str] = &["ltv", "--as-of", "2026-10-31"];

#[test]
fn ltv_is_the_gross_profit_to_date() {
    let report = Company::tiny().json(LTV);
    let codes: Vec<&Value> =
        report["rows"].as_array().unwrap().iter().map(|row| &row["customer_code"]).collect();
    // 002 and 001 both have 800: by code then.
    assert_eq!(codes, [&json!("001"), &json!("002"), &json!("003"), &json!("004")]);
    assert_eq!(
        report["rows"][0],
        json!({
            "customer_code": "001", "customer_name": "㈱青葉酒販", "first_sold_on": "2026-10-01",
            "last_sold_on": "2026-10-31", "tenure_years": 2, "slips": 2, "source_rows": 4,
            "sales_amount": "3200", "ltv": "800", "gross_margin_rate": "0.296296",
        })
    );
    assert_eq!(report["rows"][1]["ltv"], "800");
    assert_eq!(
        (&report["rows"][3]["ltv"], &report["rows"][3]["gross_margin_rate"]),
        (&json!("0"), &Value::Null)
    );
    assert_eq!(report["method"], "historical_gross_profit");
    assert!(report["formula"].as_str().unwrap().contains("sum of (sales - cost)"));
    let control = &report["control"];
    assert_eq!((&control["gross_profit"], &control["difference"]), (&json!("1930"), &json!("0")));
    assert_eq!((&control["uncosted_rows"], &control["uncosted_amount"]), (&json!(1), &json!("500")));
}

#[test]
fn ltv_by_segment_adds_up() {
    let company = Company::tiny();
    let report = company.json(&[LTV, &["--by", "customer_type"]].concat());
    let rows: Vec<(&Value, &Value, &Value, &Value)> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["segment"]["customer_type"], &row["buyers"], &row["ltv"], &row["ltv_average"]))
        .collect();
    assert_eq!(
        rows,
        [
            (&json!("direct"), &json!(1), &json!("800"), &json!("800")),
            (&json!("wholesale"), &json!(1), &json!("800"), &json!("800")),
            (&Value::Null, &json!(1), &json!("300"), &json!("300")),
            (&Value::Null, &json!(1), &json!("30"), &json!("30")),
        ]
    );
    assert_eq!(report["total"]["ltv"], "1930");
    let filtered = company.json(&[LTV, &["--rank", "A"]].concat());
    assert_eq!(filtered["total"]["ltv"], "800");
}

#[test]
fn the_table_names_the_formula_and_shows_the_best() {
    let company = Company::tiny();
    let table = String::from_utf8(company.run(&[LTV, &["--top", "1"]].concat()).stdout).unwrap();
    assert!(table.contains("計算式: LTV = 初回取引から基準日までの Σ(売上金額 − 原価)"), "{table}");
    assert!(table.contains("㈱青葉酒販") && !table.contains("しらかば"), "{table}");
    // The total is of all customers, shown or not.
    assert!(table.contains("1,930"), "{table}");
}

#[test]
fn published_figures_are_on_the_card() {
    let company = Company::tiny();
    let published = metrics::publish(&company.context).unwrap();
    assert_eq!(published.customers, 4);
    let card = |code: &str| -> Value {
        let row = company.store.reader().unwrap().card(code, day("2026-10-31")).unwrap().unwrap();
        serde_json::from_str::<Value>(&row.body).unwrap()["metrics"].clone()
    };
    let first = card("001");
    assert_eq!(first["as_of"], "2026-10-31");
    assert_eq!((&first["sales_12m"], &first["sales_prev_12m"]), (&json!("3200"), &json!("0")));
    assert_eq!((&first["slips_12m"], &first["ltv"]), (&json!(2), &json!("800")));
    assert_eq!(
        (&first["first_sold_on"], &first["last_sold_on"]),
        (&json!("2026-10-01"), &json!("2026-10-31"))
    );
    assert_eq!(first["purchase_cycle_days"], 30);
    let months = |first: &str, last: &str| {
        let mut months = vec![json!("0"); 12];
        months[0] = json!(first);
        months[11] = json!(last);
        Value::Array(months)
    };
    assert_eq!(first["monthly_sales"], months("0", "3200"));
    let second = card("002");
    assert_eq!((&second["sales_12m"], &second["sales_prev_12m"]), (&json!("700"), &json!("900")));
    assert_eq!(second["monthly_sales"], months("700", "0"));
    // The days of the last 24 months: 2025-10-31 and 2025-11-01.
    assert_eq!(second["purchase_cycle_days"], 1);
    assert_eq!(card("004")["sales_12m"], "0");
}

#[test]
fn publishing_again_replaces_earlier_figures() {
    let company = Company::tiny();
    metrics::publish(&company.context).unwrap();
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount|cost\n S4|1|2025-11-01|001|700|700");
    company.sync();
    metrics::publish(&company.context).unwrap();
    let row = company.store.reader().unwrap().card("002", day("2026-10-31")).unwrap().unwrap();
    let card: Value = serde_json::from_str(&row.body).unwrap();
    assert_eq!(card["metrics"]["sales_12m"], "0");
    assert!(!row.rebuilt, "publishing leaves no stale card");
}

#[test]
fn an_empty_company_has_no_ltv() {
    let company = Company::new();
    company.sync();
    let report = company.json(LTV);
    assert_eq!((&report["rows"], &report["total"]["ltv"]), (&json!([]), &json!("0")));
    assert_eq!(company.json(&["publish"])["customers"], 0);
}
