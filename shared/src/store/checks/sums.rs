//! Totals that do not add up. Sums are exact and cannot overflow: they are added up here, not in SQL.

use std::ops::ControlFlow;

use rust_decimal::Decimal;

use super::{Finding, Rule, Sink, text};
use crate::dataset::{Dataset, by_name};
use crate::money::SCALE;
use crate::sales::SlipStatus;
use crate::store::{Reader, StoreError};

/// A comparison: rows of key, amount of the whole, amount of a part, ordered by key.
struct Totals {
    dataset: &'static str,
    sql: String,
    wrong: fn(whole: i128, parts: i128) -> bool,
}

/// A whole and the sum of its parts so far.
struct Group {
    key: String,
    whole: i128,
    parts: i128,
}

pub(super) fn check(reader: &Reader, rule: Rule, sink: Sink<'_>) -> Result<(), StoreError> {
    let Some(totals) = totals(rule) else { return Ok(()) };
    let mut group: Option<Group> = None;
    let mut more = ControlFlow::Continue(());
    reader.db.each(&totals.sql, &[], |row| {
        let key = text(row, 0)?;
        let (whole, part): (i64, i64) = (row.get(1)?, row.get(2)?);
        if let Some(current) = group.as_mut().filter(|current| current.key == key) {
            current.parts += i128::from(part);
            return Ok(more);
        }
        let next = Group { key, whole: i128::from(whole), parts: i128::from(part) };
        if let Some(done) = group.replace(next) {
            more = compare(rule, &totals, done, sink);
        }
        Ok(more)
    })?;
    if let Some(done) = group.filter(|_| more.is_continue()) {
        // It is the last one, whatever the sink returns.
        let _ = compare(rule, &totals, done, sink);
    }
    Ok(())
}

fn compare(rule: Rule, totals: &Totals, group: Group, sink: Sink<'_>) -> ControlFlow<()> {
    if !(totals.wrong)(group.whole, group.parts) {
        return ControlFlow::Continue(());
    }
    let facts = vec![("amount", exact(group.whole)), ("sum", exact(group.parts))];
    sink(Finding { rule, dataset: totals.dataset, key: group.key, facts })
}

fn totals(rule: Rule) -> Option<Totals> {
    let differ: fn(i128, i128) -> bool = |whole, parts| whole != parts;
    match rule {
        Rule::Overpaid => Some(Totals {
            dataset: "invoices",
            // CROSS JOIN keeps the order: invoices by key, the payments of each through their index.
            sql: "SELECT i.invoice_no, i.amount, p.amount FROM invoice i CROSS JOIN payment p
                  ON p.invoice_no = i.invoice_no ORDER BY i.invoice_no"
                .to_owned(),
            // A credit note asks for less than nothing.
            wrong: |whole, parts| if whole < 0 { parts < whole } else { parts > whole },
        }),
        Rule::QuoteTotal => Some(Totals {
            dataset: "quotes",
            sql: lines("quotes", "quote_lines", "quote_no")?,
            wrong: differ,
        }),
        Rule::OrderTotal => Some(Totals {
            dataset: "orders",
            sql: lines("orders", "order_lines", "order_no")?,
            wrong: differ,
        }),
        Rule::SaleTotal => Some(Totals { dataset: "quotes", sql: sales()?, wrong: differ }),
        _ => None,
    }
}

/// A document with its lines, where both are declared; one without lines or without an amount is skipped.
fn lines(whole: &str, parts: &str, key: &str) -> Option<String> {
    let has = |dataset: &'static Dataset| {
        (dataset.column("amount").is_some() && dataset.column(key).is_some()).then_some(dataset.table)
    };
    let (whole, parts) = (has(by_name(whole)?)?, has(by_name(parts)?)?);
    Some(format!(
        "SELECT w.{key}, w.amount, coalesce(p.amount, 0) FROM {whole} w CROSS JOIN {parts} p ON p.{key} = w.{key}
         WHERE w.amount IS NOT NULL ORDER BY w.{key}"
    ))
}

/// Won quotes with what was sold on them, once sales name their quotes.
fn sales() -> Option<String> {
    by_name("sales")?.column("quote_no")?;
    Some(format!(
        "SELECT q.quote_no, q.amount, s.amount FROM sales_line s JOIN quote q ON q.quote_no = s.quote_no
         WHERE q.status = 'won' AND q.amount IS NOT NULL AND coalesce(s.status, '') NOT IN ('{}')
         ORDER BY q.quote_no",
        SlipStatus::NOT_COUNTED.map(SlipStatus::as_str).join("', '")
    ))
}

/// A sum of 1/10000 as people read it.
fn exact(scaled: i128) -> String {
    Decimal::try_from_i128_with_scale(scaled, SCALE)
        .map_or_else(|_| scaled.to_string(), |sum| sum.normalize().to_string())
}
