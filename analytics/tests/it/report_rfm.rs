//! RFM: bands, groups and movement by hand, and against a count row by row.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::sales::{Line, company, counted, line, purchases, rows, whole};
use crate::common::{Company, day};

fn rfm(company: &Company, more: &[&str]) -> Value {
    company.json(&[&["report", "rfm", "--as-of", "2026-10-31"], more].concat())
}

/// Five customers, each better than the one before in everything; 006 only gives back. 001 and 005 bought a year before.
fn small() -> Company {
    let mut customers = String::from("customer_code | customer_name | industry");
    let mut sales = String::from("slip_no | line_no | sold_on | customer_code | amount");
    for n in 1..=5 {
        customers.push_str(&format!("\n00{n} | 会社{n} | 酒販店"));
        for slip in 1..=n {
            sales.push_str(&format!("\nS{n}{slip} | 1 | 2026-0{}-01 | 00{n} | {}", n + 2, n * 1000));
        }
    }
    customers.push_str("\n006 | 返品商店 | 飲食店");
    sales.push_str("\nR1 | 1 | 2026-10-01 | 006 | -500");
    sales.push_str("\nB1 | 1 | 2025-10-01 | 005 | 100\nB2 | 1 | 2025-10-31 | 001 | 300");
    let company = Company::of(&customers, &sales);
    company.sync();
    company
}

fn cells(report: &Value) -> Vec<(i64, i64, i64, String, i64, i64)> {
    let cell = |row: &Value| {
        let of = |id: &str| whole(&row[id]);
        let group = row["group"].as_str().unwrap().to_owned();
        (
            of("recency_band"),
            of("frequency_band"),
            of("monetary_band"),
            group,
            of("customers"),
            of("sales_amount"),
        )
    };
    rows(report).iter().map(cell).collect()
}

#[test]
fn five_customers_are_in_five_bands() {
    let found = rfm(&small(), &[]);
    let cell = |band: i64, group: &str| (band, band, band, group.to_owned(), 1, band * band * 1000);
    let groups = [(5, "champions"), (4, "champions"), (3, "needs_attention"), (2, "lost"), (1, "lost")];
    assert_eq!(cells(&found), groups.map(|(band, group)| cell(band, group)));
    assert_eq!(
        (&found["totals"]["customers"], &found["totals"]["sales_amount"]),
        (&json!(5), &json!("55000"))
    );
    assert_eq!(
        (&found["control"]["all_sales_amount"], &found["control"]["sales_without_purchase"]),
        (&json!("54500"), &json!("-500"))
    );
    let groups = rfm(&small(), &["--groups", "--lang", "en"]);
    let listed: Vec<(&str, i64)> = groups["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["group"].as_str().unwrap(), whole(&row["customers"])))
        .collect();
    assert_eq!(listed, [("champions", 2), ("needs_attention", 1), ("lost", 2)]);
}

#[test]
fn fixed_bands_include_their_bounds() {
    let fixed = |recency: &str| {
        let bands = [
            "--recency",
            recency,
            "--frequency",
            "2,3,4,5",
            "--monetary",
            "1001,4000,16000,25000",
            "--customers",
        ];
        let found = rfm(&small(), &bands);
        rows(&found)
            .iter()
            .map(|row| ["recency_band", "frequency_band", "monetary_band"].map(|id| whole(&row[id])))
            .collect::<Vec<_>>()
    };
    // 005 bought 122 days before the last day, for 25,000 yen in five purchases; 001 once for 1,000 yen, 244 days before.
    assert_eq!(fixed("122,153,183,214"), [[5, 5, 5], [4, 4, 4], [3, 3, 3], [2, 2, 3], [1, 1, 1]]);
    assert_eq!(fixed("121,153,183,244")[0], [4, 5, 5]);
    assert_eq!(fixed("121,153,183,244")[4], [2, 1, 1]);
    let output = small().run(&["report", "rfm", "--recency", "30,20,90,180"]);
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn customers_have_a_row_and_the_group_of_the_year_before() {
    let found = rfm(&small(), &["--customers", "--top", "1"]);
    assert_eq!(
        rows(&found),
        [
            json!({"customer": "005", "customer_name": "会社5", "last_sold_on": "2026-07-01", "recency_days": "122",
                "slips": 5, "sales_amount": "25000", "recency_band": 5, "frequency_band": 5, "monetary_band": 5,
                "group": "champions", "previous_group": "lost"})
        ]
    );
    assert_eq!((&found["totals"]["slips"], &found["totals"]["sales_amount"]), (&json!(15), &json!("55000")));
    let moved = rfm(&small(), &["--movement"]);
    let pairs: Vec<(Option<&str>, Option<&str>, i64)> = moved["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["previous_group"].as_str(), row["group"].as_str(), whole(&row["customers"])))
        .collect();
    // Of two customers the better one in recency and amount has band 3 and both have frequency 1.
    let expected = [
        (Some("about_to_sleep"), Some("lost"), 1),
        (Some("lost"), Some("champions"), 1),
        (None, Some("champions"), 1),
        (None, Some("needs_attention"), 1),
        (None, Some("lost"), 1),
    ];
    assert_eq!(pairs, expected);
    assert_eq!(moved["totals"]["previous_sales_amount"], "400");
    let table = small().run(&["report", "rfm", "--movement", "--as-of", "2026-10-31", "--format", "table"]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("購入なし"));
}

/// Recency, frequency and amount of each customer who bought in the twelve months.
fn people(lines: &[Line]) -> BTreeMap<u8, [i64; 3]> {
    let within = |line: &&Line| (day("2025-11-01")..=day("2026-10-31")).contains(&line.date());
    let lines: Vec<Line> = lines.iter().filter(within).cloned().collect();
    let person = |customer: u8| {
        let days = purchases(&lines, customer);
        let last = i64::from(days.last()?.to_epoch_days());
        let sales = lines.iter().filter(|line| line.customer == customer).map(|line| line.amount).sum();
        Some((customer, [last, days.len() as i64, sales]))
    };
    (0..4).filter_map(person).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn bands_agree_with_a_count_of_rows(lines in prop::collection::vec(line(), 0..40)) {
        let company = company(&lines);
        let people = people(&counted(&lines));
        let all = people.len() as i64;
        let band = |value: i64, at: usize| {
            let worse = people.values().filter(|other| other[at] < value).count() as i64;
            1 + worse * 5 / all
        };
        let mut expected: BTreeMap<[i64; 3], (i64, i64)> = BTreeMap::new();
        for values in people.values() {
            let bands = [0, 1, 2].map(|at| band(values[at], at));
            let cell = expected.entry(bands).or_default();
            *cell = (cell.0 + 1, cell.1 + values[2]);
        }
        let found: BTreeMap<[i64; 3], (i64, i64)> = cells(&rfm(&company, &[]))
            .into_iter()
            .map(|(recency, frequency, monetary, _, customers, sales)| ([recency, frequency, monetary], (customers, sales)))
            .collect();
        prop_assert_eq!(found, expected);
        let listed = rfm(&company, &["--customers"]);
        prop_assert_eq!(rows(&listed).len(), people.len());
        for row in rows(&listed) {
            let customer: u8 = row["customer"].as_str().unwrap()[1..].parse().unwrap();
            let values = people[&customer];
            prop_assert_eq!(whole(&row["recency_band"]), band(values[0], 0));
            prop_assert_eq!((whole(&row["slips"]), whole(&row["sales_amount"])), (values[1], values[2]));
        }
    }
}
