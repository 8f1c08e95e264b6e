//! Rows of data sets as they are read again: scans, control totals, and what changed since when.

use std::ops::ControlFlow;

use rust_decimal::Decimal;

use super::driver::{Row, binds};
use super::{Reader, StoreError, Transaction};
use crate::dataset::Dataset;
use crate::money::SCALE;

/// A borrowed row of a scan.
#[derive(Debug)]
pub struct ScanRow<'a>(&'a Row<'a>);

impl ScanRow<'_> {
    /// The text at a column's position; `None` when it is empty.
    #[inline]
    #[must_use]
    pub fn text(&self, column: usize) -> Option<&str> {
        self.0.text(column)
    }

    /// The integer at a column's position; `None` when it is empty.
    #[inline]
    #[must_use]
    pub fn integer(&self, column: usize) -> Option<i64> {
        self.0.integer(column)
    }
}

/// Rows and, where there is an amount, its exact sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ControlTotal {
    /// Number of rows.
    pub rows: u64,
    /// Sum of the `amount` column.
    pub amount: Option<Decimal>,
}

/// When a month of a data set changed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetChange {
    /// The data set's name.
    pub dataset: String,
    /// `YYYY-MM`, or empty for a data set without months.
    pub month: String,
    /// The write's number.
    pub change_no: u64,
}

const CHANGE_NO: &str = "SELECT change_no FROM store_state";

impl Reader {
    /// Rows of a data set in key order (facts: in date order), all or those of one month (`YYYY-MM`). Values
    /// are borrowed; nothing is kept.
    pub fn scan(
        &mut self,
        dataset: &Dataset,
        month: Option<&str>,
        each_row: &mut dyn FnMut(&ScanRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let columns: Vec<&str> = dataset.columns.iter().map(|column| column.name).collect();
        let (condition, bounds) = month_range(dataset, month);
        let mut order: Vec<&str> = Vec::new();
        if month.is_some() {
            order.extend(dataset.month_column);
        }
        order.extend(dataset.key);
        let sql = format!(
            "SELECT {} FROM {}{condition} ORDER BY {}",
            columns.join(", "),
            dataset.table,
            order.join(", ")
        );
        self.db.each(&sql, &binds(&bounds), |row| Ok(each_row(&ScanRow(row))))
    }

    /// The months that a fact data set has (`YYYY-MM`), in order.
    pub fn months(&mut self, dataset: &Dataset) -> Result<Vec<String>, StoreError> {
        let Some(column) = dataset.month_column else { return Ok(Vec::new()) };
        // Jumps from month to month along the index instead of reading every row.
        let sql = format!(
            "WITH RECURSIVE months (month) AS (
                 SELECT substr(min({column}), 1, 7) FROM {table}
                 UNION ALL
                 SELECT (SELECT substr(min({column}), 1, 7) FROM {table} WHERE {column} >= months.month || '-99')
                 FROM months WHERE months.month IS NOT NULL)
             SELECT month FROM months WHERE month IS NOT NULL",
            table = dataset.table
        );
        self.db.column(&sql, &[])
    }

    /// The first and the last value of the column by which a fact data set is dated; nothing when it has no rows.
    pub fn first_and_last(&mut self, dataset: &Dataset) -> Result<Option<(String, String)>, StoreError> {
        let Some(column) = dataset.month_column else { return Ok(None) };
        // Two statements in one, so that each takes one end of the index.
        let table = dataset.table;
        let sql = format!(
            "SELECT (SELECT coalesce(min({column}), '') FROM {table}), (SELECT coalesce(max({column}), '') FROM {table})"
        );
        let ends: (String, String) = self.db.only(&sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Some(ends).filter(|(first, _)| !first.is_empty()))
    }

    /// Number of rows and, where the data set has an `amount` column, its exact sum; all or one month's.
    pub fn control_total(
        &mut self,
        dataset: &Dataset,
        month: Option<&str>,
    ) -> Result<ControlTotal, StoreError> {
        let (condition, bounds) = month_range(dataset, month);
        let sql = format!("SELECT {} FROM {} t{condition}", totals(dataset), dataset.table);
        self.db.only(&sql, &binds(&bounds), |row| total_of(row, dataset))
    }

    /// For every data set and month, the change number of the last write that touched it.
    pub fn dataset_changes(&mut self) -> Result<Vec<DatasetChange>, StoreError> {
        let sql = "SELECT dataset, month, change_no FROM dataset_change ORDER BY dataset, month";
        self.db.all(sql, &[], |row| {
            Ok(DatasetChange { dataset: row.get(0)?, month: row.get(1)?, change_no: row.get(2)? })
        })
    }

    /// The change number of the last write.
    pub fn change_no(&mut self) -> Result<u64, StoreError> {
        self.db.value(CHANGE_NO, &[])
    }
}

impl Transaction<'_> {
    /// Number of rows and exact sum of `amount`, with what this transaction has written so far.
    pub fn control_total(&self, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
        let sql = format!("SELECT {} FROM {} t", totals(dataset), dataset.table);
        self.db.only(&sql, &[], |row| total_of(row, dataset))
    }

    /// The change number of the last write before this one.
    pub fn change_no(&self) -> Result<u64, StoreError> {
        self.db.value(CHANGE_NO, &[])
    }
}

/// The columns of [`total_of`], for rows called `t`. An integer sum of SQL stops at 64 bits, so the high and the low
/// part are added apart.
pub(super) fn totals(dataset: &Dataset) -> &'static str {
    match dataset.column("amount") {
        Some(_) => "count(*), sum(t.amount / 1000000000), sum(t.amount % 1000000000)",
        None => "count(*), NULL, NULL",
    }
}

pub(super) fn total_of(row: &Row<'_>, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
    let (high, low): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
    let sum = i128::from(high.unwrap_or(0)) * 1_000_000_000 + i128::from(low.unwrap_or(0));
    let amount = dataset.column("amount").map(|_| Decimal::from_i128_with_scale(sum, SCALE).normalize());
    Ok(ControlTotal { rows: row.get(0)?, amount })
}

/// The condition that limits a fact data set to one month, and its bounds.
fn month_range(dataset: &Dataset, month: Option<&str>) -> (String, Vec<String>) {
    match (month, dataset.month_column) {
        (Some(month), Some(column)) => {
            (format!(" WHERE {column} >= ?1 AND {column} < ?2"), month_bounds(month).to_vec())
        }
        _ => (String::new(), Vec::new()),
    }
}

/// The bounds of a month in the text order of dates and instants, the second exclusive.
pub(super) fn month_bounds(month: &str) -> [String; 2] {
    // '-' sorts below every character that can follow a longer month text, '.' just above it.
    [format!("{month}-"), format!("{month}.")]
}
