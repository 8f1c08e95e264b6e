//! LTV and the published figures against what was worked out by hand.

use crate::common::{Company, day};
use analytics::metrics;
use chrono::Datelike as _;
use serde_json::{Value, json};
use shared::calendar::YearMonth;

const LTV: &[&str] = &["ltv", "--as-of", "2026-10-31"];

#[test]
fn ltv_is_the_gross_profit_to_date() {
    let report = Company::tiny().json(LTV);
    let codes: Vec<&Value> =
        report["rows"].as_array().unwrap().iter().map(|row| &row["customer_code"]).collect();
    // 002 and 001 both have 800: by code then.
    assert_eq!(codes, [&json!("001"), &json!("002"), &json!("003"), &json!("004"), &Value::Null]);
    assert_eq!(
        report["rows"][0],
        json!({
            "customer_code": "001", "customer_name": "㈱青葉酒販", "unknown_customer": false, "first_sold_on": "2026-10-01",
            "last_sold_on": "2026-10-31", "tenure_years": 2, "slips": 2, "source_rows": 4,
            "sales_amount": "3200", "ltv": "800", "gross_margin_rate": "0.296296",
        })
    );
    assert_eq!(report["rows"][1]["ltv"], "800");
    assert_eq!(
        (&report["rows"][3]["ltv"], &report["rows"][3]["gross_margin_rate"]),
        (&json!("0"), &Value::Null)
    );
    // Sales of codes that no customer has are a row, as in the segment report.
    let unknown = &report["rows"][4];
    assert_eq!(
        (&unknown["unknown_customer"], &unknown["ltv"], &unknown["source_rows"]),
        (&json!(true), &json!("30"), &json!(1))
    );
    let filtered = Company::tiny().json(&[LTV, &["--rank", "A,B"]].concat());
    assert_eq!(filtered["rows"].as_array().unwrap().len(), 3, "a filter matches no unknown code");
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
fn what_is_unknown_is_empty_and_never_zero() {
    let company = Company::of(
        "customer_code | customer_name | industry
         1 | 原価なし | 小売
         2 | 取引なし | 卸",
        "slip_no | line_no | sold_on | customer_code | amount
         S1 | 1 | 2026-10-01 | 1 | 1000",
    );
    company.sync();
    let ltv = company.json(LTV);
    let found = |row: usize| ltv["rows"][row]["ltv"].clone();
    assert_eq!(ltv["rows"][0]["customer_code"], "2", "an unknown LTV comes last");
    assert_eq!((found(0), found(1), &ltv["total"]["ltv"]), (json!("0"), Value::Null, &Value::Null));
    let segments = company.json(&["report", "segment", "--by", "industry", "--as-of", "2026-10-31"]);
    let row = |name: &str| -> Value {
        let mut rows = segments["rows"].as_array().unwrap().iter();
        rows.find(|row| row["segment"]["industry"] == name).unwrap().clone()
    };
    let figures = |row: &Value| json!([row["cost"], row["gross_profit"], row["gross_margin_rate"]]);
    assert_eq!(figures(&row("小売")), json!([null, null, null]));
    assert_eq!(figures(&row("卸")), json!(["0", "0", null]), "nothing sold costs nothing");
    let by_segment = company.json(&[LTV, &["--by", "industry"]].concat());
    let unknown: Vec<&Value> = by_segment["rows"].as_array().unwrap().iter().map(|row| &row["ltv"]).collect();
    assert!(unknown.contains(&&Value::Null) && unknown.contains(&&json!("0")), "{by_segment}");
    metrics::publish(&company.context).unwrap();
    let card = |code: &str| -> Value {
        let row = company.store.reader().unwrap().card(code, day("2026-10-31")).unwrap().unwrap();
        serde_json::from_str::<Value>(&row.body).unwrap()["metrics"]["ltv"].clone()
    };
    assert_eq!((card("1"), card("2")), (Value::Null, json!("0")));
}

/// One yen a day, so that a sum is a number of days.
fn a_yen_a_day(first: &str, last: &str) -> Company {
    let lines: Vec<String> = day(first)
        .iter_days()
        .take_while(|date| *date <= day(last))
        .map(|date| format!("S{date} | 1 | {date} | 1 | 1 | 1"))
        .collect();
    let header = "slip_no | line_no | sold_on | customer_code | amount | cost";
    let company = Company::of(
        "customer_code | customer_name\n 1 | 毎日商店",
        &format!("{header}\n{}", lines.join("\n")),
    );
    company.sync();
    company
}

#[test]
fn months_are_calendar_months_and_twelve_months_are_those_of_the_reports() {
    let company = a_yen_a_day("2022-01-01", "2025-04-30");
    let ends =
        ["2024-02-28", "2024-02-29", "2025-02-28", "2024-04-30", "2024-12-31", "2024-10-15", "2024-03-01"];
    for as_of in ends {
        company.json(&["publish", "--as-of", as_of]);
        let row = company.store.reader().unwrap().card("1", day("2026-10-31")).unwrap().unwrap();
        let card: Value = serde_json::from_str(&row.body).unwrap();
        let months: Vec<i64> = card["metrics"]["monthly_sales"]
            .as_array()
            .unwrap()
            .iter()
            .map(|amount| amount.as_str().unwrap().parse().unwrap())
            .collect();
        let last = YearMonth::of(day(as_of));
        let mut expected: Vec<i64> = (-11..=0).map(|n| i64::from(last.plus(n).last_day().day())).collect();
        expected[11] = i64::from(day(as_of).day());
        assert_eq!(months, expected, "{as_of}");
        let report = company.json(&["report", "segment", "--by", "rank", "--as-of", as_of]);
        let twelve = (&card["metrics"]["sales_12m"], &card["metrics"]["sales_prev_12m"]);
        let total = &report["total"];
        assert_eq!(twelve, (&total["sales_amount"], &total["previous_sales_amount"]), "{as_of}");
        if day(as_of) == last.last_day() {
            assert_eq!(twelve.0, &json!(months.iter().sum::<i64>().to_string()), "{as_of}");
        }
    }
}

#[test]
fn published_figures_can_be_exported() {
    let company = Company::tiny();
    company.json(&["publish", "--as-of", "2026-10-31"]);
    let folder = company.folder.path().join("out");
    let exported = company.json(&["export", "customer_metrics", "--out", folder.to_str().unwrap()]);
    assert_eq!(exported["files"][0]["rows"], 4);
    let file = std::fs::read_to_string(folder.join("customer_metrics.csv")).unwrap();
    let mut lines = file.lines();
    assert!(
        lines.next().unwrap().contains("customer_code,as_of,sales_12m,sales_prev_12m,slips_12m,gross_margin")
    );
    assert!(
        lines.next().unwrap().starts_with("001,2026-10-31,3200,0,2,800,2026-10-01,2026-10-31,30,"),
        "{file}"
    );
    let all = company.folder.path().join("all");
    company.json(&["export", "all", "--out", all.to_str().unwrap()]);
    assert!(
        !all.join("customer_metrics.csv").exists(),
        "what was computed is not part of the company's data"
    );
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
    assert!(row.rebuilt, "the card is stale until it is read or the bridge has time");
    let verified = company.store.reader().unwrap().verify_cards(&mut |_| ()).unwrap();
    assert!(verified.different.is_empty() && verified.stale == 4, "{verified:?}");
}

#[test]
fn an_empty_company_has_no_ltv() {
    let company = Company::new();
    company.sync();
    let report = company.json(LTV);
    assert_eq!((&report["rows"], &report["total"]["ltv"]), (&json!([]), &json!("0")));
    assert_eq!(company.json(&["publish"])["customers"], 0);
}
