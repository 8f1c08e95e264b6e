//! Looks for rows that contradict each other. Every check is one pass in key order; what is found goes to the
//! caller at once, so that memory does not grow with the tables.

mod orphans;
mod phones;
mod rows;
mod sums;

use std::ops::ControlFlow;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::StoreError;
use super::reader::SqliteReader;
use crate::store::{Finding, Rule};

/// Takes a finding; `Break` ends the check.
pub(super) type Sink<'a> = &'a mut dyn FnMut(Finding) -> ControlFlow<()>;

impl SqliteReader {
    pub(in crate::store) fn check(&mut self, rule: Rule, sink: Sink<'_>) -> Result<(), StoreError> {
        match rule {
            Rule::Orphan => orphans::check(self, sink),
            Rule::NoMaster => orphans::without_master(self, sink),
            Rule::SaleTotal | Rule::QuoteTotal | Rule::OrderTotal | Rule::Overpaid => {
                sums::check(self, rule, sink)
            }
            Rule::RawPhone => phones::check(self, sink),
            _ => rows::check(self, rule, sink),
        }
    }
}

/// The first columns of a row joined by `/`: its key.
fn key(row: &Row<'_>, columns: usize) -> rusqlite::Result<String> {
    let parts = (0..columns).map(|at| text(row, at)).collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(parts.join("/"))
}

/// A value as text; empty when there is none.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Integer(number) => number.to_string(),
        _ => String::new(),
    })
}
