//! ABC, decile, ranking, growth, and price and quantity: by hand, and against a count row by row.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::common::sales::{Line, company, counted, line, number, rows, whole};
use crate::common::{Company, day};

fn report(company: &Company, name: &str, more: &[&str]) -> Value {
    company.json(&[&["report", name, "--as-of", "2026-10-31"], more].concat())
}

fn text(row: &Value, id: &str) -> String {
    row[id].as_str().unwrap_or("-").to_owned()
}

/// 7,000 + 1,000 + 1,000 + 1,000 = 10,000 yen now; 5,000 + 3,000 in the same months a year before.
fn small() -> Company {
    let company = Company::of(
        "customer_code | customer_name
         001 | 大口商店
         002 | 中口商店
         003 | 小口商店",
        "slip_no | line_no | sold_on | customer_code | product_code | product_name | quantity | amount
         S1 | 1 | 2026-08-01 | 001 | P1 | 日本酒 | 70 | 7000
         S2 | 1 | 2026-10-01 | 003 | P2 | 焼酎   | 10 | 1000
         S3 | 1 | 2026-10-02 | 002 | P2 | 焼酎   | 10 | 1000
         S4 | 1 | 2026-10-31 | 002 | P3 | 梅酒   |    | 1000
         S5 | 1 | 2025-10-01 | 001 | P1 | 日本酒 | 50 | 4000
         S6 | 1 | 2025-10-02 | 002 | P3 | 梅酒   | 1  | 1000
         S7 | 1 | 2025-10-03 | 002 | P4 | 麦酒   | 9  | 3000",
    );
    company.sync();
    company
}

#[test]
fn classes_end_at_their_cumulative_share_and_ties_are_in_the_order_of_codes() {
    let company = small();
    let found = report(&company, "abc", &["--of", "customers"]);
    assert_eq!(
        rows(&found),
        [
            json!({"code": "001", "name": "大口商店", "sales_amount": "7000", "share": "0.7",
                   "cumulative_share": "0.7", "class": "A"}),
            json!({"code": "002", "name": "中口商店", "sales_amount": "2000", "share": "0.2",
                   "cumulative_share": "0.9", "class": "B"}),
            json!({"code": "003", "name": "小口商店", "sales_amount": "1000", "share": "0.1",
                   "cumulative_share": "1", "class": "C"}),
        ]
    );
    let products = report(&company, "abc", &["--a-up-to", "69.9", "--b-up-to", "90"]);
    let classes: Vec<String> =
        rows(&products).iter().map(|row| text(row, "code") + &text(row, "class")).collect();
    assert_eq!(classes, ["P1B", "P2B", "P3C"]);
    let output = company.run(&["report", "abc", "--a-up-to", "95"]);
    assert_eq!(output.status.code(), Some(64));
    assert_eq!(report(&company, "abc", &["--of", "月"])["rows"][0]["code"], "2026-08");
}

#[test]
fn a_ranking_tells_the_place_before() {
    let company = small();
    let found = report(&company, "ranking", &["--quarter", "2026Q3"]);
    assert_eq!(
        rows(&found)[0],
        json!({"customer": "002", "customer_name": "中口商店", "rank": 1, "previous_rank": null, "rank_change": null,
               "sales_amount": "2000", "share": "0.666667", "previous_sales_amount": null, "change_rate": null})
    );
    // Against the quarter before by default, against the year before when asked.
    let year = report(&company, "ranking", &["--quarter", "2026Q3", "--compare", "year"]);
    assert_eq!(
        (&rows(&year)[0]["previous_rank"], &rows(&year)[1]["previous_rank"]),
        (&json!(1), &Value::Null)
    );
    let each = report(&company, "ranking", &["--each", "quarter", "--from", "2026-08-15", "--by", "product"]);
    let places: Vec<(String, String, i64)> = rows(&each)
        .iter()
        .map(|row| (text(row, "quarter"), text(row, "product"), whole(&row["rank"])))
        .collect();
    let place = |quarter: &str, product: &str, rank| (quarter.to_owned(), product.to_owned(), rank);
    assert_eq!(places, [place("2026Q2", "P1", 1), place("2026Q3", "P2", 1), place("2026Q3", "P3", 2)]);
    assert_eq!(each["period"]["from"], "2026-07-01");
    let months = report(&company, "ranking", &["--each", "month", "--from", "2026-09-01", "--lang", "en"]);
    assert_eq!(rows(&months)[0]["month"], "2026-10");
    assert_eq!(months["columns"][2]["label"], "Customer");
}

#[test]
fn contributions_and_effects_add_up() {
    let company = small();
    let growth = report(&company, "growth", &["--by", "product"]);
    let p1 = rows(&growth).into_iter().find(|row| row["product"] == "P1").unwrap();
    assert_eq!(
        p1,
        json!({"product": "P1", "product_name": "日本酒", "sales_amount": "7000", "previous_amount": "4000",
               "change_amount": "3000", "change_rate": "0.75", "contribution": "0.375"})
    );
    assert_eq!(growth["totals"]["contribution"], "0.25");
    let effects = report(&company, "price-volume", &[]);
    let by_product: BTreeMap<String, Vec<i64>> = rows(&effects)
        .iter()
        .map(|row| {
            let ids =
                ["price_effect", "quantity_effect", "new_amount", "discontinued_amount", "other_amount"];
            (text(row, "product"), ids.map(|id| whole(&row[id])).to_vec())
        })
        .collect();
    // 50 at 80 yen before, 70 at 100 yen now.
    assert_eq!(by_product["P1"], [1400, 1600, 0, 0, 0]);
    assert_eq!(by_product["P2"], [0, 0, 2000, 0, 0]);
    assert_eq!(by_product["P3"], [0, 0, 0, 0, 0], "the same amount, and a line without a quantity");
    assert_eq!(by_product["P4"], [0, 0, 0, -3000, 0]);
    assert_eq!(effects["control"]["change_amount"], "2000");
    assert!(effects["notes"][0].as_str().unwrap().contains("2025-10-01"), "{}", effects["notes"]);
}

#[test]
fn tenths_of_few_customers_are_one_customer_each() {
    let found = report(&small(), "decile", &[]);
    let parts: Vec<(i64, i64)> =
        rows(&found).iter().map(|row| (whole(&row["decile"]), whole(&row["sales_amount"]))).collect();
    assert_eq!(parts, [(1, 7000), (2, 2000), (3, 1000)]);
    let halves = report(&small(), "decile", &["--parts", "2"]);
    assert_eq!((whole(&rows(&halves)[0]["customers"]), whole(&rows(&halves)[1]["customers"])), (2, 1));
    let output = small().run(&["report", "decile", "--by", "product", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(64), "a product is no attribute of customers");
    assert!(String::from_utf8(output.stderr).unwrap().contains("product is no attribute"));
}

/// Sales of each product in the twelve months, and in those before.
fn sums(lines: &[Line], key: impl Fn(&Line) -> u8) -> BTreeMap<u8, (Option<i64>, Option<i64>)> {
    let within = |line: &Line, from: &str, to: &str| (day(from)..=day(to)).contains(&line.date());
    let mut sums: BTreeMap<u8, (Option<i64>, Option<i64>)> = BTreeMap::new();
    for line in lines {
        if within(line, "2025-11-01", "2026-10-31") {
            *sums.entry(key(line)).or_default().0.get_or_insert(0) += line.amount;
        } else if within(line, "2024-11-01", "2025-10-31") {
            *sums.entry(key(line)).or_default().1.get_or_insert(0) += line.amount;
        }
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn abc_and_deciles_agree_with_a_count_of_rows(lines in prop::collection::vec(line(), 0..40)) {
        let company = company(&lines);
        let sums = sums(&counted(&lines), |line| line.customer);
        let mut sales: Vec<(i64, u8)> = sums.iter().filter_map(|(who, (now, _))| Some((-(*now)?, *who))).collect();
        sales.sort_unstable();
        let total: i64 = -sales.iter().map(|(amount, _)| amount).sum::<i64>();
        let found = rows(&report(&company, "abc", &["--of", "customers"]));
        prop_assert_eq!(found.len(), sales.len());
        let mut so_far = 0;
        for (row, (amount, who)) in found.iter().zip(&sales) {
            so_far -= amount;
            prop_assert_eq!(text(row, "code"), format!("C{who}"));
            prop_assert_eq!(whole(&row["sales_amount"]), -amount);
            let class = match () {
                () if total <= 0 => "-",
                () if so_far * 100 <= total * 70 => "A",
                () if so_far * 100 <= total * 90 => "B",
                () => "C",
            };
            prop_assert_eq!(text(row, "class"), class);
        }
        let halves = rows(&report(&company, "decile", &["--parts", "2"]));
        let first = sales.len().div_ceil(2);
        for (row, part) in halves.iter().zip([&sales[..first], &sales[first..]]) {
            prop_assert_eq!(whole(&row["customers"]), part.len() as i64);
            prop_assert_eq!(whole(&row["sales_amount"]), -part.iter().map(|(amount, _)| amount).sum::<i64>());
        }
        prop_assert_eq!(halves.len(), sales.len().min(2));
    }

    #[test]
    fn rankings_agree_with_a_count_of_rows(lines in prop::collection::vec(line(), 0..40)) {
        let sums = sums(&counted(&lines), |line| line.product);
        let place = |value: i64, all: Vec<i64>| 1 + all.into_iter().filter(|other| *other > value).count() as i64;
        let now: Vec<i64> = sums.values().filter_map(|(now, _)| *now).collect();
        let before: Vec<i64> = sums.values().filter_map(|(_, before)| *before).collect();
        let found = rows(&report(&company(&lines), "ranking", &["--by", "product"]));
        prop_assert_eq!(found.len(), now.len());
        for row in &found {
            let (sales, earlier) = sums[&text(row, "product")[1..].parse::<u8>().unwrap()];
            prop_assert_eq!(whole(&row["sales_amount"]), sales.unwrap());
            prop_assert_eq!(whole(&row["rank"]), place(sales.unwrap(), now.clone()));
            let previous = earlier.map(|earlier| Decimal::from(place(earlier, before.clone())));
            prop_assert_eq!(number(&row["previous_rank"]), previous);
        }
    }

    #[test]
    fn growth_and_effects_add_up_to_the_change(lines in prop::collection::vec(line(), 0..40)) {
        let company = company(&lines);
        let lines = counted(&lines);
        let sums = sums(&lines, |line| line.product);
        let growth = report(&company, "growth", &["--by", "product"]);
        let found = rows(&growth);
        prop_assert_eq!(found.len(), sums.len());
        let mut contributions = Decimal::ZERO;
        for row in &found {
            let (now, before) = sums[&text(row, "product")[1..].parse::<u8>().unwrap()];
            let change = now.unwrap_or(0) - before.unwrap_or(0);
            prop_assert_eq!(whole(&row["change_amount"]), change);
            contributions += number(&row["contribution"]).unwrap_or_default();
        }
        let whole_rate = number(&growth["totals"]["contribution"]);
        prop_assert_eq!(contributions, whole_rate.unwrap_or_default());
        let before: i64 = sums.values().filter_map(|(_, before)| *before).sum();
        prop_assert_eq!(whole_rate.is_some(), before > 0);
        let effects = rows(&report(&company, "price-volume", &[]));
        let products: BTreeSet<String> = effects.iter().map(|row| text(row, "product")).collect();
        prop_assert_eq!(products.len(), sums.len());
        for row in &effects {
            let (now, before) = sums[&text(row, "product")[1..].parse::<u8>().unwrap()];
            let effect = |id: &str| number(&row[id]).unwrap();
            let parts = ["price_effect", "quantity_effect", "new_amount", "discontinued_amount", "other_amount"];
            let sum: Decimal = parts.iter().map(|id| effect(id)).sum();
            prop_assert_eq!(sum, Decimal::from(now.unwrap_or(0) - before.unwrap_or(0)));
            prop_assert_eq!(effect("new_amount"), Decimal::from(now.filter(|_| before.is_none()).unwrap_or(0)));
            let gone = before.filter(|_| now.is_none()).unwrap_or(0);
            prop_assert_eq!(effect("discontinued_amount"), Decimal::from(-gone));
        }
    }
}

#[test]
fn a_companys_own_file_names_a_shape_its_options_and_the_period_before() {
    let company = small();
    let file = company.file(
        "own.toml",
        "name = 'own'\ntitle = { ja = '自社', en = 'Own' }\ntable = 'sales'\nshape = 'abc'\ncompare = 'period'\n\
         options = ['--of', 'customers', '--a-up-to', '50']\n",
    );
    let arguments = ["report", "--file", &file, "--as-of", "2026-10-31"];
    let found = company.json(&arguments);
    let classes: Vec<String> = rows(&found).iter().map(|row| text(row, "class")).collect();
    assert_eq!(classes, ["B", "B", "C"], "70 % and 90 %");
    let output = company.run(&[&arguments[..], &["--sort", "slips", "--lang", "en"]].concat());
    assert_eq!(output.status.code(), Some(64));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the report own has no use for --sort"), "{said}");
}

#[test]
fn braces_and_quotes_in_a_value_are_only_text() {
    let company = Company::of(
        "customer_code | customer_name | industry
         001 | 甲 | {as_of}'s
         002 | 乙 | {x}",
        "slip_no | line_no | sold_on | customer_code | amount
         S1 | 1 | 2026-10-01 | 001 | 10
         S2 | 1 | 2026-10-01 | 002 | 20",
    );
    company.sync();
    for (value, sales) in [("{as_of}'s", "10"), ("{x}", "20")] {
        let condition = format!("industry={value}");
        let found = report(&company, "trend", &["--where", &condition, "--by", "age_band"]);
        assert_eq!(found["totals"]["sales_amount"], sales, "{value}");
    }
}
