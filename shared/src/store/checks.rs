//! Looks for rows that contradict each other. Every check is one pass in key order; findings go to the
//! caller at once, so that memory does not grow with the tables.

mod orphans;
mod phones;
mod rows;
mod rule;
mod sums;

pub use rule::{Finding, Rule, Severity};

use std::ops::ControlFlow;

use super::driver::{Cell, Row};
use super::{Reader, StoreError};

/// Takes a finding; `Break` ends the check.
pub(super) type Sink<'a> = &'a mut dyn FnMut(Finding) -> ControlFlow<()>;

impl Reader {
    /// Looks for everything that contradicts one rule, and hands over each finding as it is met; nothing is
    /// kept. Run several rules inside [`Reader::consistent`], so that they see one state.
    pub fn check(&mut self, rule: Rule, sink: Sink<'_>) -> Result<(), StoreError> {
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
fn key(row: &Row<'_>, columns: usize) -> Result<String, StoreError> {
    let parts = (0..columns).map(|at| text(row, at)).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(parts.join("/"))
}

/// A value as text; empty when there is none.
fn text(row: &Row<'_>, column: usize) -> Result<String, StoreError> {
    Ok(match row.cell(column)? {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Null => String::new(),
    })
}
