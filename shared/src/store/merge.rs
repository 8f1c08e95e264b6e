//! Two customers become one, and two again.
//!
//! A merge is a sequence of two kinds of steps, a column that changes and a row that goes. Each step is logged with
//! the row's key right after it, so that the steps can be undone in reverse order.

mod apply;
mod step;
mod undo;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::driver::{Row, bind};
use super::{Reader, StoreError, Transaction};
use crate::dataset::{CUSTOMERS, DATASETS, Dataset, references_of};
use crate::message;

/// Rows of one data set in a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeMove {
    /// The data set.
    pub dataset: String,
    /// Rows that name the kept customer now.
    pub rows: u64,
    /// Rows that the kept customer had already under the same key; they are in the merge's log only.
    pub removed: u64,
}

/// What a merge would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergePlan {
    /// The name of the customer who is kept.
    pub keep_name: String,
    /// The name of the one who goes.
    pub drop_name: String,
    /// Data sets with rows that name the one who goes.
    pub moves: Vec<MergeMove>,
}

/// What a merge did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeOutcome {
    /// To undo it.
    pub merge_id: i64,
    /// By data set.
    pub moves: Vec<MergeMove>,
    /// Columns of the kept customer that were empty and have the other's value now.
    pub filled: Vec<String>,
}

/// A merge as it is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeEntry {
    /// To undo it.
    pub merge_id: i64,
    /// When it was.
    pub at: DateTime<Utc>,
    /// Who was kept.
    pub kept: String,
    /// Who went.
    pub dropped: String,
    /// The name of the one who went.
    pub dropped_name: String,
    /// Who merged them.
    pub actor: Option<String>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Who undid it.
    pub undone_by: Option<String>,
    /// Logged steps.
    pub changes: u64,
}

/// How far a chain of merges is followed.
const CHAIN_MAX: usize = 100;

/// A table whose rows name customers.
struct Referring {
    table: &'static str,
    /// `None` for a table that is no data set.
    dataset: Option<&'static Dataset>,
    key: Vec<&'static str>,
    /// Columns that name customers, the main one first.
    columns: Vec<&'static str>,
}

/// Every table whose rows name customers. The results of rank runs stay as they were.
fn referring() -> Vec<Referring> {
    let mut tables: Vec<Referring> = DATASETS
        .iter()
        .filter_map(|dataset| {
            let columns: Vec<&'static str> = references_of(dataset)
                .iter()
                .filter(|reference| reference.target.name == CUSTOMERS.name)
                .map(|reference| reference.column)
                .collect();
            let key = dataset.key.to_vec();
            (!columns.is_empty()).then_some(Referring {
                table: dataset.table,
                dataset: Some(dataset),
                key,
                columns,
            })
        })
        .collect();
    if !tables.iter().any(|table| table.table == "call") {
        let (key, columns) = (vec!["call_id"], vec!["customer_code"]);
        tables.push(Referring { table: "call", dataset: None, key, columns });
    }
    tables
}

/// The key columns of a table that a merge writes to.
fn key_of(table: &str) -> Vec<&'static str> {
    match DATASETS.iter().find(|dataset| dataset.table == table) {
        Some(dataset) => dataset.key.to_vec(),
        None if table == "call" => vec!["call_id"],
        None => vec!["customer_code"],
    }
}

impl Referring {
    /// The condition that a row names the customer `?1`.
    fn names(&self) -> String {
        let each: Vec<String> = self.columns.iter().map(|column| format!("{column} = ?1")).collect();
        each.join(" OR ")
    }

    fn name(&self) -> &'static str {
        self.dataset.map_or("calls", |dataset| dataset.name)
    }
}

impl Reader {
    /// What a merge would move.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them does not exist.
    pub fn merge_plan(&mut self, keep: &str, drop: &str) -> Result<MergePlan, StoreError> {
        let name = |code: &str| {
            let name: Option<String> = self.db.one(
                "SELECT customer_name FROM customer WHERE customer_code = ?1",
                bind![code],
                |row| row.get(0),
            )?;
            name.ok_or_else(|| unknown_customer(code))
        };
        let (keep_name, drop_name) = (name(keep)?, name(drop)?);
        let mut moves = Vec::new();
        for table in referring() {
            let sql = format!("SELECT count(*) FROM {} WHERE {}", table.table, table.names());
            let rows = self.db.value(&sql, bind![drop])?;
            if rows > 0 {
                moves.push(MergeMove { dataset: table.name().to_owned(), rows, removed: 0 });
            }
        }
        Ok(MergePlan { keep_name, drop_name, moves })
    }

    /// Every merge, the oldest first, undone ones too.
    pub fn merges(&mut self) -> Result<Vec<MergeEntry>, StoreError> {
        self.db.all(&format!("SELECT {ENTRY} ORDER BY merge_id"), &[], entry_of)
    }
}

/// The columns of [`entry_of`].
const ENTRY: &str = "merge_id, at, kept, dropped, dropped_name, undone_at,
    (SELECT count(*) FROM merge_change c WHERE c.merge_id = m.merge_id), actor, undone_by FROM merge_log m";

fn entry_of(row: &Row<'_>) -> Result<MergeEntry, StoreError> {
    Ok(MergeEntry {
        merge_id: row.get(0)?,
        at: row.get(1)?,
        kept: row.get(2)?,
        dropped: row.get(3)?,
        dropped_name: row.get(4)?,
        undone_at: row.get(5)?,
        changes: row.get(6)?,
        actor: row.get(7)?,
        undone_by: row.get(8)?,
    })
}

impl Transaction<'_> {
    /// Codes that were merged away and belong to no customer, each with the customer that replaces it.
    pub fn merged_codes(&self) -> Result<HashMap<String, String>, StoreError> {
        let sql = "SELECT dropped, kept FROM merge_log WHERE undone_at IS NULL
                   AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.customer_code = dropped) ORDER BY merge_id";
        let pairs: Vec<(String, String)> = self.db.all(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let direct: HashMap<String, String> = pairs.into_iter().collect();
        let last = |kept: &str| {
            let mut code = kept;
            for _ in 0..CHAIN_MAX {
                let Some(next) = direct.get(code) else { break };
                code = next;
            }
            code.to_owned()
        };
        Ok(direct.iter().map(|(dropped, kept)| (dropped.clone(), last(kept))).collect())
    }
}

fn unknown_customer(code: &str) -> StoreError {
    StoreError::Conflict(message!(
        "得意先 {code} は登録されていません",
        "there is no customer {code}",
        code = code
    ))
}
