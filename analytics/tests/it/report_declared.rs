//! Declared reports: rows, totals, order and options by hand, and against a naive model on random companies.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use shared::dataset::{CUSTOMERS, PRODUCTS, SALES};

use crate::common::{Company, day};

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str().map(|text| text.parse().unwrap())
}

fn company() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | industry | birth_date
         001 | 青葉酒販 | 酒販店 |
         002 | 佐藤花子 |        | 1980-10-31
         003 | 鈴木一郎 |        | 1980-11-01",
    );
    company
        .put("products", "product_code | product_name | category\n P1 | 純米酒 | 日本酒\n P2 | 焼酎 | 焼酎");
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | product_code | product_name | quantity | amount | cost | channel
         S1 | 1 | 2026-10-01 | 001 | P1 |        | 2 | 2000 | 1500 | phone
         S1 | 2 | 2026-10-01 | 001 | P2 |        | 1 | 900  |      | phone
         S2 | 1 | 2026-09-30 | 002 | P1 |        | 1 | 1000 | 800  | ec
         S3 | 1 | 2025-10-15 | 002 | P1 |        | 5 | 5000 | 4000 | ec
         S4 | 1 | 2026-10-31 | 003 | X9 | 送料   | 1 | 100  |      |
         S5 | 1 | 2026-11-01 | 003 | P1 |        | 1 | 7777 | 1    | ec",
    );
    company.sync();
    company
}

#[test]
fn rows_have_codes_names_figures_and_those_of_the_year_before() {
    let report = company().json(&["--as-of", "2026-10-31", "report", "products", "--month", "2026-10"]);
    assert_eq!((&report["report"], &report["as_of"]), (&"products".into(), &"2026-10-31".into()));
    assert_eq!(report["period"], serde_json::json!({"from": "2026-10-01", "to": "2026-10-31"}));
    let rows = report["rows"].as_array().unwrap();
    let names: Vec<_> = rows.iter().map(|row| row["product_name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["純米酒", "焼酎", "送料"],
        "by sales; a product that the master lacks has the line's name"
    );
    let first = &rows[0];
    assert_eq!(
        (&first["product"], &first["sales_amount"], &first["quantity"]),
        (&"P1".into(), &"2000".into(), &"2".into())
    );
    assert_eq!((&first["gross_profit"], &first["gross_margin_rate"]), (&"500".into(), &"0.25".into()));
    assert_eq!((&first["previous_sales_amount"], &first["change_rate"]), (&"5000".into(), &"-0.6".into()));
    assert_eq!(first["share"], "0.666667");
    // Without a cost the margin is unknown, not zero; without sales before there is no growth.
    assert_eq!((&rows[1]["gross_profit"], &rows[1]["change_rate"]), (&Value::Null, &Value::Null));
    let totals = &report["totals"];
    assert_eq!((&totals["sales_amount"], &totals["slips"]), (&"3000".into(), &2.into()));
    assert_eq!(totals["active_customers"], 2, "a customer of two products is one");
    assert_eq!(report["control"]["source_rows"], 3);
    assert!(totals.get("product_name").is_none());
}

#[test]
fn periods_of_the_year_before_stand_beside_those_that_they_are_compared_with() {
    let report = company().json(&[
        "--as-of",
        "2026-10-31",
        "report",
        "products",
        "--by",
        "month",
        "--sort",
        "none",
        "--fy",
        "2026",
    ]);
    let rows = report["rows"].as_array().unwrap();
    let of_month = |month: &str| rows.iter().find(|row| row["month"] == month).unwrap();
    assert_eq!(rows.iter().map(|row| &row["month"]).collect::<Vec<_>>(), ["2026-09", "2026-10"]);
    assert_eq!(of_month("2026-10")["previous_sales_amount"], "5000");
    assert_eq!(of_month("2026-09")["previous_sales_amount"], "0");
}

#[test]
fn attributes_conditions_and_limits_are_those_of_the_command_line() {
    let company = company();
    let report = company.json(&[
        "--as-of",
        "2026-10-31",
        "report",
        "products",
        "--by",
        "年代",
        "--where",
        "業種=不明",
        "--sort",
        "none",
    ]);
    let ages: Vec<&Value> = report["rows"].as_array().unwrap().iter().map(|row| &row["age_band"]).collect();
    assert_eq!(ages, ["40"], "one is 46, the other is 45 until tomorrow; both are in their forties");
    assert_eq!(report["filters"], serde_json::json!({"industry": ["不明"]}));
    let by = [
        "--as-of",
        "2026-10-31",
        "report",
        "customers",
        "--by",
        "customer,channel",
        "--top",
        "1",
        "--where",
        "channel=EC,電話",
    ];
    let report = company.json(&by);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["customer"], &rows[0]["channel"]), (1, &"001".into(), &"phone".into()));
    assert_eq!(report["totals"]["sales_amount"], "3900");
    assert!(report["notes"][0].as_str().unwrap().contains('2'), "{}", report["notes"]);
    for (arguments, said) in [
        (["report", "products", "--by", "prodct"], "product"),
        (["report", "products", "--where", "業種=酒販点"], "酒販店"),
        (["report", "products", "--figures", "sale"], "sales_amount"),
        (["report", "products", "--by", "day,week,month,year"], "3"),
        (["report", "products", "--where", "month=October"], "2026-10"),
    ] {
        let output = company.run(&arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {text}");
        assert!(text.contains(said) && text.lines().count() == 1, "{arguments:?}: {text}");
    }
}

#[test]
fn a_report_of_the_companys_own_is_a_file() {
    let company = company();
    let file = company.file(
        "own.toml",
        "name = \"own\"\ntitle = \"チャネル別\"\ntable = \"sales\"\nby = [\"channel\"]\nfigures = [\"sales_amount\"]\n\
         where = [\"product=P1\"]\nsort = \"sales_amount\"\n",
    );
    let report = company.json(&["--as-of", "2026-10-31", "report", "--file", &file, "--month", "2026-09"]);
    assert_eq!(report["rows"], serde_json::json!([{"channel": "ec", "sales_amount": "1000"}]));
    let wrong = company.file(
        "wrong.toml",
        "name = \"own\"\ntable = \"sale\"\nby = [\"channel\"]\nfigures = [\"sales\"]\nshap = \"table\"\n",
    );
    let output = company.run(&["--lang", "en", "report", "--file", &wrong]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{said}");
    for mistake in ["line 2: table", "line 5: shap", "title"] {
        assert!(said.contains(mistake), "{said}");
    }
}

#[test]
fn every_report_is_listed_and_explained_in_both_languages() {
    for lang in ["ja", "en"] {
        let output = crate::common::run(&["--lang", lang, "--format", "json", "report", "list"]);
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = list["rows"].as_array().unwrap();
        assert!(rows.len() > 2);
        for row in rows {
            let name = row["name"].as_str().unwrap();
            let help = crate::common::run(&["--lang", lang, "report", name, "--help"]);
            let help = String::from_utf8(help.stdout).unwrap();
            assert!(help.contains(name) && help.len() > 200, "{name}: {help}");
        }
    }
}

#[test]
fn docs_figures_md_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/figures.md");
    let wanted = analytics::model::document::markdown();
    if std::env::var_os("CHAKUDEN_WRITE_DOCS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "run CHAKUDEN_WRITE_DOCS=1 cargo test --release --workspace --test it docs_figures_md"
    );
}

#[test]
fn figures_and_attributes_are_declared_once_and_soundly() {
    use analytics::model::{axes::axes, figures, tables::tables};
    for axis in axes() {
        assert!(tables().any(|table| axis.is_of(table)), "{}: no table has it", axis.id);
    }
    for table in tables() {
        let mut ids = BTreeSet::new();
        for axis in axes().filter(|axis| axis.is_of(table)) {
            assert!(ids.insert(axis.id), "{} of {} is declared twice", axis.id, table.id);
        }
        for figure in figures::of(table) {
            assert!(ids.insert(figure.id), "{} of {} is declared twice", figure.id, table.id);
            assert!(!axes().any(|axis| axis.id == figure.id), "{} is an attribute too", figure.id);
            for part in figure.expression.needs() {
                let part = figures::figure(part, table);
                assert!(part.is_some(), "{}: computed from what {} lacks", figure.id, table.id);
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Line {
    slip: u8,
    day: &'static str,
    customer: u8,
    product: u8,
    amount: i64,
    cost: Option<i64>,
    is_sale: bool,
}

const DAYS: &[&str] =
    &["2024-11-01", "2025-10-31", "2025-11-01", "2026-02-28", "2026-10-01", "2026-10-31", "2026-11-01"];

prop_compose! {
    fn line()(
        slip in 0u8..4,
        day in prop::sample::select(DAYS),
        customer in 0u8..4,
        product in 0u8..4,
        amount in -30_000i64..50_000,
        cost in prop::option::of(-10_000i64..40_000),
        is_sale in prop::bool::weighted(0.9),
    ) -> Line {
        Line { slip, day, customer, product, amount, cost, is_sale }
    }
}

fn random(lines: &[Line]) -> Company {
    let company = Company::new();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    company.put_rows(
        &CUSTOMERS,
        &texts(&["customer_code", "customer_name"]),
        &[texts(&["C0", "甲"]), texts(&["C1", "乙"])],
    );
    company.put_rows(
        &PRODUCTS,
        &texts(&["product_code", "product_name"]),
        &[texts(&["P0", "酒"]), texts(&["P1", "水"])],
    );
    let money = |amount: i64| Decimal::new(amount, 4).to_string();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let product = if line.product == 3 { String::new() } else { format!("P{}", line.product) };
            vec![
                format!("S{}", line.slip),
                at.to_string(),
                line.day.to_owned(),
                format!("C{}", line.customer),
                product,
                money(line.amount),
                line.cost.map(money).unwrap_or_default(),
                if line.is_sale { "" } else { "cancelled" }.to_owned(),
            ]
        })
        .collect();
    let header = texts(&[
        "slip_no",
        "line_no",
        "sold_on",
        "customer_code",
        "product_code",
        "amount",
        "cost",
        "status",
    ]);
    company.put_rows(&SALES, &header, &rows);
    company.sync();
    company
}

/// Sales, profit, slips and buyers of some lines, computed naively.
fn figures(lines: &[&Line]) -> (Decimal, Option<Decimal>, u64, u64) {
    let sum = |amounts: &mut dyn Iterator<Item = i64>| Decimal::new(amounts.sum::<i64>(), 4);
    let sales = sum(&mut lines.iter().map(|line| line.amount));
    let costed: Vec<&&Line> = lines.iter().filter(|line| line.cost.is_some()).collect();
    let profit = (!costed.is_empty()).then(|| {
        sum(&mut costed.iter().map(|line| line.amount)) - sum(&mut costed.iter().filter_map(|line| line.cost))
    });
    let mut nets: BTreeMap<(u8, u8, &str), i64> = BTreeMap::new();
    for line in lines {
        *nets.entry((line.customer, line.slip, line.day)).or_default() += line.amount;
    }
    let bought: Vec<_> = nets.iter().filter(|(_, net)| **net > 0).map(|(slip, _)| slip.0).collect();
    let buyers: BTreeSet<u8> = bought.iter().copied().collect();
    (sales, profit, bought.len() as u64, buyers.len() as u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn figures_by_product_and_month_are_those_of_a_naive_model(lines in prop::collection::vec(line(), 0..40)) {
        let company = random(&lines);
        let report = company.json(&[
            "--as-of", "2026-10-31", "report", "products", "--by", "product,month", "--sort", "none",
            "--figures", "sales_amount,gross_profit,slips,active_customers,previous_sales_amount",
        ]);
        let mut now: BTreeMap<(Option<String>, String), Vec<&Line>> = BTreeMap::new();
        let mut before: BTreeMap<(Option<String>, String), Decimal> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.is_sale) {
            let product = (line.product < 3).then(|| format!("P{}", line.product));
            let date = day(line.day);
            if (day("2025-11-01")..=day("2026-10-31")).contains(&date) {
                now.entry((product, line.day[..7].to_owned())).or_default().push(line);
            } else if (day("2024-11-01")..=day("2025-10-31")).contains(&date) {
                let year: i32 = line.day[..4].parse().unwrap();
                let month = format!("{}{}", year + 1, &line.day[4..7]);
                *before.entry((product, month)).or_default() += Decimal::new(line.amount, 4);
            }
        }
        let keys: BTreeSet<_> = now.keys().chain(before.keys()).cloned().collect();
        let rows = report["rows"].as_array().unwrap();
        prop_assert_eq!(rows.len(), keys.len());
        for row in rows {
            let key = (row["product"].as_str().map(str::to_owned), row["month"].as_str().unwrap().to_owned());
            let of_row = now.get(&key).cloned().unwrap_or_default();
            let (sales, profit, slips, buyers) = figures(&of_row);
            let profit = if of_row.is_empty() { Some(Decimal::ZERO) } else { profit };
            prop_assert_eq!(decimal(&row["sales_amount"]), Some(sales));
            prop_assert_eq!(decimal(&row["gross_profit"]), profit);
            prop_assert_eq!(row["slips"].as_u64(), Some(slips));
            prop_assert_eq!(row["active_customers"].as_u64(), Some(buyers));
            prop_assert_eq!(decimal(&row["previous_sales_amount"]), Some(before.get(&key).copied().unwrap_or_default()));
        }
        let all: Vec<&Line> = now.values().flatten().copied().collect();
        let (sales, _, slips, buyers) = figures(&all);
        prop_assert_eq!(decimal(&report["totals"]["sales_amount"]), Some(sales));
        prop_assert_eq!(report["totals"]["slips"].as_u64(), Some(slips));
        prop_assert_eq!(report["totals"]["active_customers"].as_u64(), Some(buyers));
    }
}
