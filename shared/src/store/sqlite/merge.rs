//! Two customers become one, and two again.
//!
//! A merge is a sequence of two kinds of steps, a column that changes and a row that goes. Each step is logged with
//! the row's key right after it, so that the steps can be taken back in reverse order.

mod apply;
mod step;
mod undo;

use std::collections::HashMap;

use rusqlite::params;

use super::reader::{SqliteReader, read_count, read_instant, read_optional_instant};
use super::transaction::SqliteTransaction;
use super::{Explained, StoreError};
use crate::dataset::{CUSTOMERS, DATASETS, Dataset, references_of};
use crate::store::{MergeEntry, MergeMove, MergePlan};

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

/// Every table whose rows name customers. What a rank run found out about a customer then stays as it was.
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

impl SqliteReader {
    pub(in crate::store) fn merge_plan(&mut self, keep: &str, drop: &str) -> Result<MergePlan, StoreError> {
        let name = |code: &str| -> Result<String, StoreError> {
            self.connection
                .query_row("SELECT customer_name FROM customer WHERE customer_code = ?1", [code], |row| {
                    row.get(0)
                })
                .map_err(|error| match error {
                    rusqlite::Error::QueryReturnedNoRows => nobody(code),
                    error => super::explain(&self.path, &error),
                })
        };
        let (keep_name, drop_name) = (name(keep)?, name(drop)?);
        let mut moves = Vec::new();
        for table in referring() {
            let sql = format!("SELECT count(*) FROM {} WHERE {}", table.table, table.names());
            let rows = self.connection.query_row(&sql, [drop], |row| read_count(row, 0)).at(&self.path)?;
            if rows > 0 {
                moves.push(MergeMove { dataset: table.name().to_owned(), rows, removed: 0 });
            }
        }
        Ok(MergePlan { keep_name, drop_name, moves })
    }

    pub(in crate::store) fn merges(&mut self) -> Result<Vec<MergeEntry>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT merge_id, at, kept, dropped, dropped_name, undone_at,
                    (SELECT count(*) FROM merge_change c WHERE c.merge_id = m.merge_id)
                 FROM merge_log m ORDER BY merge_id",
            )
            .at(&self.path)?
            .query_map([], |row| {
                Ok(MergeEntry {
                    merge_id: row.get(0)?,
                    at: read_instant(row, 1)?,
                    kept: row.get(2)?,
                    dropped: row.get(3)?,
                    dropped_name: row.get(4)?,
                    undone_at: read_optional_instant(row, 5)?,
                    changes: read_count(row, 6)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }
}

impl SqliteTransaction<'_> {
    /// Codes that were merged away and are nobody's now, each with the customer that stands for it.
    pub(in crate::store) fn merged_codes(&self) -> Result<HashMap<String, String>, StoreError> {
        let direct: HashMap<String, String> = self
            .connection
            .prepare_cached(
                "SELECT dropped, kept FROM merge_log WHERE undone_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.customer_code = dropped) ORDER BY merge_id",
            )
            .at(&self.path)?
            .query_map(params![], |row| Ok((row.get(0)?, row.get(1)?)))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)?;
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

fn nobody(code: &str) -> StoreError {
    StoreError::Conflict(format!("there is no customer {code}"))
}
