//! Which customers a simulation shows.

use std::cmp::Reverse;
use std::collections::HashMap;

use duckdb::arrow::array::{Array, RecordBatch, StringArray};
use shared::exit::Failure;
use shared::ids::compare_codes;
use shared::kana::kana_sort_key;

use crate::rank::prepare::Scene;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;
use crate::warehouse::{Literal, Warehouse, WarehouseError, render};

/// Customers that a table lists.
const LISTED_MAX: usize = 15;

/// Customers: code and score.
pub(crate) type Shown<'a> = Vec<(&'a str, &'a Scored)>;

/// Which customers are looked at.
pub(crate) struct Scope {
    pub(crate) is_whole: bool,
    /// For people.
    pub(crate) words: String,
}

/// The highest totals; equal ones by code, descending.
pub(crate) fn highest(mut shown: Shown<'_>) -> Shown<'_> {
    shown.sort_by(|(a, one), (b, two)| {
        Reverse(one.total).cmp(&Reverse(two.total)).then_with(|| compare_codes(b, a))
    });
    shown.truncate(LISTED_MAX);
    shown
}

/// All customers by code.
pub(crate) fn by_code(plan: &RankPlan) -> Shown<'_> {
    let mut shown: Shown<'_> = plan.customers().collect();
    // The customers' file is sorted by code, and the engine mostly keeps the order.
    if !shown.is_sorted_by_key(|(code, _)| *code) {
        shown.sort_unstable_by_key(|(code, _)| *code);
    }
    shown
}

/// The first customers by kana, descending; those without kana last; equal ones by code, descending.
pub(crate) fn sample<'a>(plan: &'a RankPlan, scene: &Scene, limit: usize) -> Result<Shown<'a>, Failure> {
    let batches = scene.warehouse.query("SELECT customer_code, name_kana FROM customers")?;
    let mut kana: HashMap<String, String> = HashMap::new();
    for batch in &batches {
        let (codes, readings) = (texts(batch, 0)?, texts(batch, 1)?);
        let keys = codes.iter().zip(readings.iter());
        kana.extend(keys.filter_map(|(code, reading)| {
            Some((code?.to_owned(), reading.map(kana_sort_key).unwrap_or_default()))
        }));
    }
    let key = |code: &str| kana.get(code).map(String::as_str).unwrap_or_default();
    let mut shown: Shown<'a> = plan.customers().collect();
    // The empty key is the smallest, so descending order puts it last.
    shown.sort_by(|(a, _), (b, _)| key(b).cmp(key(a)).then_with(|| compare_codes(b, a)));
    shown.truncate(limit);
    Ok(shown)
}

fn texts(batch: &RecordBatch, column: usize) -> Result<&StringArray, WarehouseError> {
    let found = batch.columns().get(column).and_then(|column| column.as_any().downcast_ref());
    found.ok_or_else(|| WarehouseError::Shape(format!("column {column} is no text")))
}

/// Names of a few customers.
pub(crate) fn names<'a>(
    warehouse: &Warehouse,
    codes: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, String>, WarehouseError> {
    let codes = Literal::Texts(codes.map(str::to_owned).collect());
    let sql = "SELECT customer_code, customer_name FROM customers WHERE customer_code IN {codes}";
    let batches = warehouse.query(&render(sql, &[("codes", codes)])?)?;
    let mut names = HashMap::new();
    for batch in &batches {
        let rows = texts(batch, 0)?.iter().zip(texts(batch, 1)?.iter());
        names.extend(rows.filter_map(|(code, name)| Some((code?.to_owned(), name?.to_owned()))));
    }
    Ok(names)
}
