//! What the models and the simple formulas say of customers, against published figures and by hand.

use std::collections::BTreeMap;

use crate::common::Company;
use crate::ltv_models::cdnow;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn dec(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value}")).parse().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("{value}")).parse().unwrap()
}

#[test]
fn expected_purchases_of_a_customer_are_those_of_the_paper() {
    let report =
        cdnow().json(&["ltv", "predict", "--until", "1997-09-30", "--unit", "week", "--horizon", "39"]);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2357);
    let first = rows.iter().find(|row| row["customer_code"] == "0001").unwrap();
    assert_eq!((&first["purchases"], &first["last_sold_on"]), (&json!(3), &json!("1997-08-02")));
    assert_eq!(format!("{:.3}", number(&first["expected_purchases"])), "1.226");
    // Gamma-Gamma: p (gamma + x mean) / (p x + q - 1), the mean of 29.73 and 14.96 being 22.345.
    let value = 6.2496 * (15.4435 + 2.0 * 22.345) / (6.2496 * 2.0 + 3.7442 - 1.0);
    assert!((number(&first["expected_average"]) - value).abs() < 0.02, "{first}");
    let product = number(&first["expected_purchases"]) * number(&first["expected_average"]);
    assert!((number(&first["expected_amount"]) - product).abs() < 0.01, "{first}");
    assert_eq!(first["expected_profit"], Value::Null, "no line has a cost");
    let amounts: Vec<Decimal> = rows.iter().map(|row| dec(&row["expected_amount"])).collect();
    assert!(amounts.is_sorted_by(|a, b| a >= b), "the highest come first");
    assert_eq!(amounts.iter().sum::<Decimal>(), dec(&report["totals"]["expected_amount"]));
    assert!(rows.iter().all(|row| (0.0..=1.0).contains(&number(&row["alive_rate"]))));
}

#[test]
fn later_money_is_worth_less_when_it_is_discounted() {
    let predict = ["ltv", "predict", "--until", "1997-09-30", "--model", "pareto-nbd", "--top", "1"];
    let plain = cdnow().json(&predict);
    let discounted = cdnow().json(&[&predict[..], &["--discount", "0.15"]].concat());
    let of = |report: &Value, name: &str| dec(&report["totals"][name]);
    assert_eq!(of(&plain, "expected_purchases"), of(&discounted, "expected_purchases"));
    let part = of(&discounted, "expected_amount") / of(&plain, "expected_amount");
    // On average, half a year away: 1.15^-0.5 is 0.93.
    assert!(part > "0.92".parse().unwrap() && part < "0.95".parse().unwrap(), "{part}");
    let wrong = cdnow().run(&["ltv", "predict", "--discount=-0.1"]);
    assert_eq!(wrong.status.code(), Some(64));
}

#[test]
fn the_back_test_counts_what_was_bought_and_uses_the_nearest_method() {
    let report = cdnow().json(&[
        "ltv",
        "report",
        "--by",
        "customer_type",
        "--until",
        "1998-06-30",
        "--calibration-until",
        "1997-09-30",
    ]);
    let test = &report["control"]["back_test"];
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow/CDNOW_sample.txt");
    let mut days: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        *days.entry((cells[1].to_owned(), cells[2].to_owned())).or_default() +=
            cells[4].parse::<Decimal>().unwrap();
    }
    let later: Vec<&Decimal> =
        days.iter().filter(|((_, day), _)| day.as_str() > "19970930").map(|(_, amount)| amount).collect();
    assert_eq!(dec(&test["purchases"]), Decimal::from(later.len()));
    assert_eq!(dec(&test["amount"]), later.into_iter().sum::<Decimal>());
    assert_eq!(test["customers"], 2357);
    let groups = test["groups"].as_array().unwrap();
    assert_eq!(groups.iter().map(|group| group["customers"].as_u64().unwrap()).sum::<u64>(), 2357);
    assert_eq!((&groups[0]["repeats"], &groups[7]["repeats"]), (&json!("0"), &json!("7+")));
    let methods = test["methods"].as_array().unwrap();
    let nearest = methods.iter().min_by_key(|method| dec(&method["root_mean_square_error"])).unwrap();
    assert_eq!(test["used"], nearest["method"]);
    assert_eq!(methods.len(), 3);
    for method in methods {
        let error = dec(&method["amount"]) / dec(&test["amount"]) - Decimal::ONE;
        assert!((error - dec(&method["total_error"])).abs() < "0.00001".parse().unwrap(), "{method}");
    }
    // Of all repeat purchases of 78 weeks, half of them expected, the model is a few percent off.
    let repeats = days.keys().filter(|(_, day)| day.as_str() <= "19970930").count() - 2357;
    let of = |after: &Value| Decimal::from(repeats) + dec(after);
    let off = of(&methods[0]["purchases"]) / of(&test["purchases"]) - Decimal::ONE;
    assert!(off.abs() < "0.06".parse().unwrap(), "{off}");
    // Codes without a customer record are one row.
    assert_eq!(report["rows"].as_array().unwrap().len(), 1);
    assert_eq!(report["rows"][0]["customer_type"], Value::Null);
    assert_eq!(report["rows"][0]["customers"], 2357);
}

/// Customers who buy every year on the same days for the same amounts; some have left long ago.
fn yearly() -> Company {
    let company = Company::new();
    let mut sales = String::from("slip_no|line_no|sold_on|customer_code|amount|cost\n");
    let mut customers = String::from("customer_code|customer_name|industry\n");
    for customer in 0..60_u32 {
        customers +=
            &format!("{customer}|顧客{customer}|{}\n", if customer % 2 == 0 { "卸" } else { "小売" });
        for year in 2023..=2026_u32 {
            for time in 0..=customer % 5 {
                let gone = customer % 3 == 0 && (year, time) != (2023, 0);
                let month = 1 + (customer + time * 2) % 10;
                let amount = 1000 * (customer + 1);
                if !gone {
                    let on = format!("{year}-{month:02}-{:02}", 1 + customer % 28);
                    sales += &format!("S{customer}-{on}|1|{on}|{customer}|{amount}|{}\n", amount / 2);
                }
            }
        }
    }
    company.put("customers", &customers);
    company.put("sales", &sales);
    company.sync();
    company
}

#[test]
fn a_model_that_loses_is_not_used_and_the_report_says_so() {
    let company = yearly();
    let report = company.json(&["ltv", "report", "--by", "industry", "--as-of", "2026-10-31"]);
    let test = &report["control"]["back_test"];
    assert_eq!(test["used"], "last_year", "{test}");
    let methods = test["methods"].as_array().unwrap();
    let last_year = methods.iter().find(|method| method["method"] == "last_year").unwrap();
    assert_eq!((&last_year["root_mean_square_error"], &last_year["total_error"]), (&json!("0"), &json!("0")));
    assert!(report["notes"][0].as_str().unwrap().contains("前年同期と同じ"), "{}", report["notes"]);
    // The next year is the last one again, to the yen.
    let sums = company.json(&["report", "segment", "--by", "industry", "--as-of", "2026-10-31"]);
    for row in report["rows"].as_array().unwrap() {
        let sums = sums["rows"].as_array().unwrap();
        let same = sums.iter().find(|sum| sum["segment"]["industry"] == row["industry"]).unwrap();
        assert_eq!(row["expected_amount"], same["sales_amount"], "{row}");
        assert_eq!(dec(&row["expected_profit"]) * Decimal::TWO, dec(&row["expected_amount"]), "half is cost");
    }
    let total = dec(&report["totals"]["expected_amount"]);
    let rows = report["rows"].as_array().unwrap().iter().map(|row| dec(&row["expected_amount"]));
    assert_eq!(rows.sum::<Decimal>(), total);
    let table = String::from_utf8(company.run(&["ltv", "report", "--as-of", "2026-10-31"]).stdout).unwrap();
    let (rows, verdict) = (table.find("小売").unwrap(), table.find("検証").unwrap());
    assert!(verdict < rows, "the back-test stands before the rows: {table}");
}

#[test]
fn a_report_without_enough_customers_says_why_there_is_no_model() {
    let report = Company::tiny().json(&["ltv", "report", "--by", "industry", "--as-of", "2026-10-31"]);
    assert!(report["notes"][0].as_str().unwrap().contains("推定できない"), "{}", report["notes"]);
    assert_ne!(report["control"]["back_test"]["used"], "model");
    assert_eq!(report["rows"][0]["expected_active"], Value::Null);
    let wrong = ["ltv", "report", "--as-of", "2026-10-31", "--calibration-until", "2025-10-30"];
    assert_eq!(Company::tiny().run(&wrong).status.code(), Some(64));
    let empty = Company::new();
    empty.sync();
    assert_eq!(empty.json(&["ltv", "report", "--as-of", "2026-10-31"])["rows"], json!([]));
}

#[test]
fn the_simple_formulas_are_right_for_a_company_by_hand() {
    let report = Company::tiny().json(&["ltv", "formulas", "--by", "industry", "--as-of", "2026-10-31"]);
    let row = |name: &str| {
        report["rows"].as_array().unwrap().iter().find(|row| row["industry"] == name).unwrap().clone()
    };
    // 3,200 yen in two slips of one customer within a month; 2,700 yen have a cost, of 1,900.
    assert_eq!(
        row("酒販店"),
        json!({
            "industry": "酒販店", "active_customers": 1, "average_purchase": "1600", "purchases_a_year": "2",
            "years_of_trade": "0.0833", "gross_margin_rate": "0.296296", "retention_rate": null,
            "yearly_profit": "948.1481", "ltv_average": "79.0123", "ltv_churn": null, "ltv_retention": null,
        })
    );
    // Bought in the year before and in this one: nobody left, and there is no margin.
    let dining = row("飲食店");
    assert_eq!((&dining["retention_rate"], &dining["ltv_churn"]), (&json!("1"), &Value::Null));
    assert_eq!((&dining["yearly_profit"], &dining["ltv_retention"]), (&json!("0"), &json!("0")));
    let output = Company::tiny().run(&["ltv", "formulas", "--as-of", "2026-10-31"]);
    let table = String::from_utf8(output.stdout).unwrap();
    for formula in ["平均購買単価 × 年間購買頻度", "÷ 解約率", "維持率^k"] {
        assert!(table.contains(formula), "{table}");
    }
}

#[test]
fn formulas_agree_with_a_naive_model() {
    let company = yearly();
    let report =
        company.json(&["ltv", "formulas", "--by", "industry", "--years", "2", "--as-of", "2026-10-31"]);
    let row = report["rows"].as_array().unwrap().iter().find(|row| row["industry"] == "小売").unwrap();
    // Odd customers that are no multiple of 3 buy each year; the others bought once, in 2023.
    let staying: Vec<u32> = (0..60).filter(|at| at % 2 == 1 && at % 3 != 0).collect();
    let purchases: u32 = staying.iter().map(|at| at % 5 + 1).sum();
    let sales: u32 = staying.iter().map(|at| (at % 5 + 1) * 1000 * (at + 1)).sum();
    assert_eq!(row["active_customers"], staying.len());
    let profit = Decimal::from(sales) / Decimal::from(staying.len()) / Decimal::TWO;
    assert_eq!(dec(&row["yearly_profit"]), profit.round_dp(4));
    assert_eq!(dec(&row["average_purchase"]), (Decimal::from(sales) / Decimal::from(purchases)).round_dp(4));
    assert_eq!((&row["retention_rate"], &row["ltv_churn"]), (&json!("1"), &Value::Null));
    assert_eq!(dec(&row["ltv_retention"]), (profit * Decimal::TWO).round_dp(4));
}
