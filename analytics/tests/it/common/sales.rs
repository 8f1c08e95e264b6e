//! Random sales, for models that go row by row.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use shared::dataset::{CUSTOMERS, PRODUCTS, SALES};

use super::{Company, day};

/// Days at and around bounds of months, of years before, and of periods as of 2026-10-31 and 2026-10-15.
const DAYS: &[&str] = &[
    "2024-10-15",
    "2024-10-16",
    "2024-11-30",
    "2025-02-28",
    "2025-07-01",
    "2025-10-15",
    "2025-10-16",
    "2025-10-31",
    "2025-11-01",
    "2025-12-31",
    "2026-03-01",
    "2026-06-30",
    "2026-08-02",
    "2026-09-30",
    "2026-10-01",
    "2026-10-15",
    "2026-10-16",
    "2026-10-31",
    "2026-11-01",
];

/// A line of a slip.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) slip: u8,
    pub(crate) day: &'static str,
    pub(crate) customer: u8,
    pub(crate) product: u8,
    pub(crate) quantity: Option<i64>,
    pub(crate) amount: i64,
    pub(crate) is_counted: bool,
}

prop_compose! {
    /// A line of one of five slips of one of four customers.
    pub(crate) fn line()(
        slip in 0u8..5,
        day in prop::sample::select(DAYS),
        customer in 0u8..4,
        product in 0u8..3,
        quantity in prop::option::weighted(0.9, -3i64..9),
        amount in prop_oneof![4 => 1i64..50_000, 1 => -30_000i64..=0],
        is_counted in prop::bool::weighted(0.9),
    ) -> Line {
        Line { slip, day, customer, product, quantity, amount, is_counted }
    }
}

impl Line {
    /// The date.
    pub(crate) fn date(&self) -> NaiveDate {
        day(self.day)
    }
}

/// The lines that count as sales.
pub(crate) fn counted(lines: &[Line]) -> Vec<Line> {
    lines.iter().filter(|line| line.is_counted).cloned().collect()
}

/// A company with these lines; customers 0 and 1 are of one industry, 2 of another, 3 is unknown.
pub(crate) fn company(lines: &[Line]) -> Company {
    let company = Company::new();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let customers: Vec<Vec<String>> = [("C0", "酒販店"), ("C1", "酒販店"), ("C2", "飲食店")]
        .iter()
        .map(|(code, industry)| names(&[code, &format!("顧客{code}"), industry]))
        .collect();
    company.put_rows(&CUSTOMERS, &names(&["customer_code", "customer_name", "industry"]), &customers);
    let products: Vec<Vec<String>> =
        (0..3).map(|at| names(&[&format!("P{at}"), &format!("商品{at}"), "分類"])).collect();
    company.put_rows(&PRODUCTS, &names(&["product_code", "product_name", "category"]), &products);
    let rows: Vec<Vec<String>> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            vec![
                format!("S{}", line.slip),
                index.to_string(),
                line.day.to_owned(),
                format!("C{}", line.customer),
                format!("P{}", line.product),
                line.quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
                line.amount.to_string(),
                if line.is_counted { String::new() } else { "cancelled".to_owned() },
            ]
        })
        .collect();
    let header = names(&[
        "slip_no",
        "line_no",
        "sold_on",
        "customer_code",
        "product_code",
        "quantity",
        "amount",
        "status",
    ]);
    company.put_rows(&SALES, &header, &rows);
    company.sync();
    company
}

/// The net of each slip: by customer, date and number.
pub(crate) fn slips(lines: &[Line]) -> BTreeMap<(u8, NaiveDate, u8), i64> {
    let mut slips = BTreeMap::new();
    for line in lines {
        *slips.entry((line.customer, line.date(), line.slip)).or_default() += line.amount;
    }
    slips
}

/// The days on which a customer bought, in order, once for each purchase.
pub(crate) fn purchases(lines: &[Line], customer: u8) -> Vec<NaiveDate> {
    slips(lines)
        .into_iter()
        .filter(|((who, _, _), net)| *who == customer && *net > 0)
        .map(|((_, day, _), _)| day)
        .collect()
}

/// A month's number.
pub(crate) fn month(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

/// The month of a number.
pub(crate) fn month_text(number: i64) -> String {
    format!("{:04}-{:02}", number / 12, number % 12 + 1)
}

/// A number of JSON, exact or a count; none for null.
pub(crate) fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.parse().unwrap()),
        other => Some(Decimal::from(other.as_i64().unwrap())),
    }
}

/// A whole number of JSON; zero for null.
pub(crate) fn whole(value: &Value) -> i64 {
    i64::try_from(number(value).unwrap_or_default()).unwrap()
}

/// The rows of a report.
pub(crate) fn rows(report: &Value) -> Vec<Value> {
    report["rows"].as_array().unwrap().clone()
}
