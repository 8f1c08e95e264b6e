//! A file that is the whole of a data set: the rows that the store has beyond it, and their removal.
//!
//! The keys of the file's rows go into a temporary table on disk, so that memory does not grow with the file.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::dataset::{CUSTOMERS, Dataset, Origin, RANKS, references_to};
use crate::store::driver::binds;
use crate::store::phone_index::numbers_of;
use crate::store::rows::{month_bounds, total_of, totals};
use crate::store::{ControlTotal, StoreError, Transaction};
use crate::value::Value;

/// Rows that the store has and a snapshot does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vanishing {
    /// How many would vanish.
    pub rows: u64,
    /// The exact sum of their amounts, where the data set has amounts.
    pub amount: Option<Decimal>,
    /// The first keys, their columns joined by `/`.
    pub keys: Vec<String>,
    /// How many stay although the file does not have them, because other rows refer to them.
    pub kept_rows: u64,
    /// The first of those.
    pub kept_keys: Vec<String>,
    /// How many stay although the file does not have them, because they were made here.
    pub own_rows: u64,
}

/// Rows that are removed before others are let in.
const PART_ROWS: u64 = 1_000;

/// Keys that are listed.
const NAMED_MAX: usize = 10;

impl Transaction<'_> {
    /// Begins to note the keys of a file's rows; see [`Transaction::snapshot_see`].
    pub fn snapshot_begin(&mut self, dataset: &Dataset) -> Result<(), StoreError> {
        let columns: Vec<String> = (0..dataset.key.len()).map(|at| format!("k{at}")).collect();
        let columns = columns.join(", ");
        let table = |name: &str| {
            format!(
                "DROP TABLE IF EXISTS temp.{name};
                 CREATE TEMP TABLE {name} ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID;"
            )
        };
        // Temporary tables of this connection live in files from now on: a data set does not fit into memory.
        let script = format!(
            "PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -65536; {} {} {}
             DROP TABLE IF EXISTS temp.snapshot_kept;
             CREATE TEMP TABLE snapshot_kept (k0 PRIMARY KEY) WITHOUT ROWID;",
            table("snapshot_seen"),
            table("snapshot_gone"),
            table("snapshot_part"),
        );
        self.db.script(&script)
    }

    /// The file has a row with this key.
    pub fn snapshot_see(&mut self, dataset: &Dataset, values: &[Option<Value>]) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=dataset.key.len()).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT OR IGNORE INTO temp.snapshot_seen VALUES ({})", places.join(", "));
        let mut insert = self.db.statement(&sql)?;
        for (place, at) in dataset.key_indexes().into_iter().enumerate() {
            let default;
            let value = match &values[at] {
                Some(value) if *value != Value::Null => value,
                // An empty cell of a key is stored as the column's default.
                _ => {
                    default = dataset.columns[at].empty_value();
                    &default
                }
            };
            insert.bind(place + 1, value)?;
        }
        insert.execute().map(|_| ())
    }

    /// The rows that the store has beyond the file: in all, or in these months (`YYYY-MM`). A row of master data
    /// that other rows refer to is listed and stays.
    pub fn snapshot_vanishing(
        &mut self,
        dataset: &'static Dataset,
        months: Option<&BTreeSet<String>>,
    ) -> Result<Vanishing, StoreError> {
        let own_rows = if dataset.month_column.is_none() {
            // Of what others refer to meanwhile nothing is removed.
            self.find_gone(dataset, months)?;
            let own_rows = self.leave_own(dataset)?;
            self.find_kept(dataset)?;
            own_rows
        } else {
            self.aside(|tx| {
                tx.find_gone(dataset, months)?;
                tx.leave_own(dataset)
            })?
        };
        let ControlTotal { rows, amount } = self.gone_total(dataset)?;
        let order: Vec<String> = (0..dataset.key.len()).map(|at| format!("k{at}")).collect();
        let joined: Vec<String> = order.iter().map(|key| format!("CAST({key} AS TEXT)")).collect();
        let keys = format!(
            "SELECT {} FROM temp.snapshot_gone ORDER BY {} LIMIT {NAMED_MAX}",
            joined.join(" || '/' || "),
            order.join(", ")
        );
        Ok(Vanishing {
            rows,
            amount,
            keys: self.texts(&keys)?,
            kept_rows: self.db.value("SELECT count(*) FROM temp.snapshot_kept", &[])?,
            kept_keys: self
                .texts(&format!("SELECT k0 FROM temp.snapshot_kept ORDER BY k0 LIMIT {NAMED_MAX}"))?,
            own_rows,
        })
    }

    /// The rows in scope that the file does not have.
    fn find_gone(&self, dataset: &Dataset, months: Option<&BTreeSet<String>>) -> Result<(), StoreError> {
        let keys: Vec<String> = dataset.key.iter().map(|name| format!("t.{name}")).collect();
        let same: Vec<String> =
            dataset.key.iter().enumerate().map(|(at, name)| format!("s.k{at} = t.{name}")).collect();
        let sql = format!(
            "INSERT INTO temp.snapshot_gone SELECT {} FROM {} t
             WHERE NOT EXISTS (SELECT 1 FROM temp.snapshot_seen s WHERE {})",
            keys.join(", "),
            dataset.table,
            same.join(" AND ")
        );
        let (Some(months), Some(column)) = (months, dataset.month_column) else {
            return self.db.execute(&sql, &[]).map(|_| ());
        };
        let sql = format!("{sql} AND t.{column} >= ?1 AND t.{column} < ?2");
        for month in months {
            self.db.execute(&sql, &binds(&month_bounds(month)))?;
        }
        Ok(())
    }

    /// Excludes the rows that were made here; returns how many there are.
    fn leave_own(&self, dataset: &Dataset) -> Result<u64, StoreError> {
        if !dataset.has_origin() {
            return Ok(0);
        }
        let keys: Vec<String> = (0..dataset.key.len()).map(|at| format!("k{at}")).collect();
        self.db.execute(
            &format!(
                "DELETE FROM temp.snapshot_gone WHERE ({}) IN (SELECT {} FROM {} WHERE origin = '{}')",
                keys.join(", "),
                dataset.key.join(", "),
                dataset.table,
                Origin::Here.as_str()
            ),
            &[],
        )
    }

    /// Excludes the rows that other rows still refer to.
    fn find_kept(&self, dataset: &Dataset) -> Result<(), StoreError> {
        let references = references_to(dataset);
        let named = references.iter().map(|reference| (reference.dataset.table, reference.column));
        // A customer may have a rank that the master lacks, but a file takes away none that customers have.
        let ranks = (dataset.name == RANKS.name).then_some((CUSTOMERS.table, "rank"));
        for (table, column) in named.chain(ranks) {
            let sql = format!(
                "INSERT OR IGNORE INTO temp.snapshot_kept SELECT DISTINCT {column} FROM {table}
                 WHERE {column} IN (SELECT k0 FROM temp.snapshot_gone)"
            );
            self.db.execute(&sql, &[])?;
        }
        self.db
            .execute("DELETE FROM temp.snapshot_gone WHERE k0 IN (SELECT k0 FROM temp.snapshot_kept)", &[])
            .map(|_| ())
    }

    fn gone_total(&self, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
        let gone = is_in("snapshot_gone", dataset);
        let sql = format!("SELECT {} FROM {} t WHERE {gone}", totals(dataset), dataset.table);
        self.db.only(&sql, &[], |row| total_of(row, dataset))
    }

    /// Removes what [`Transaction::snapshot_vanishing`] found, letting others write in between; returns the number of
    /// rows.
    pub fn snapshot_remove(&mut self, dataset: &'static Dataset) -> Result<u64, StoreError> {
        let mut removed = 0;
        while self.next_part(dataset)? {
            removed += self.remove_part(dataset)?;
            self.let_others_in()?;
        }
        Ok(removed)
    }

    /// Takes the next keys to remove; `false` when there are no more.
    fn next_part(&self, dataset: &Dataset) -> Result<bool, StoreError> {
        self.db.execute("DELETE FROM temp.snapshot_part", &[])?;
        let sql =
            format!("INSERT INTO temp.snapshot_part SELECT * FROM temp.snapshot_gone LIMIT {PART_ROWS}");
        let taken = self.db.execute(&sql, &[])?;
        let keys: Vec<String> = (0..dataset.key.len()).map(|at| format!("k{at}")).collect();
        let keys = keys.join(", ");
        self.db.execute(
            &format!(
                "DELETE FROM temp.snapshot_gone WHERE ({keys}) IN (SELECT {keys} FROM temp.snapshot_part)"
            ),
            &[],
        )?;
        Ok(taken > 0)
    }

    fn remove_part(&mut self, dataset: &'static Dataset) -> Result<u64, StoreError> {
        let gone = is_in("snapshot_part", dataset);
        let table = dataset.table;
        let month = dataset
            .month_column
            .map_or_else(|| "''".to_owned(), |column| format!("substr(t.{column}, 1, 7)"));
        for month in self.texts(&format!("SELECT DISTINCT {month} FROM {table} t WHERE {gone}"))? {
            self.touch(dataset.name, &month);
        }
        for column in dataset.customer_column.iter().chain(dataset.related_columns) {
            let sql = format!("SELECT DISTINCT t.{column} FROM {table} t WHERE t.{column} <> '' AND {gone}");
            let customers = self.texts(&sql)?;
            self.stale.extend(customers);
        }
        if dataset.name == RANKS.name {
            self.mark_all_stale()?;
        }
        if dataset.table == "shipment" {
            // The card of the order's customer shows it.
            let customers = self.texts(
                "SELECT DISTINCT customer_code FROM sales_order
                 WHERE order_no IN (SELECT k0 FROM temp.snapshot_part)",
            )?;
            self.stale.extend(customers);
        }
        let mut scripts = Vec::new();
        if let Some((_, owner)) = numbers_of(dataset) {
            scripts.push(format!(
                "DELETE FROM phone_index WHERE owner_kind = '{table}'
                 AND owner_key IN (SELECT CAST(t.{owner} AS TEXT) FROM {table} t WHERE {gone})"
            ));
        }
        if dataset.name == CUSTOMERS.name {
            scripts.push(
                "DELETE FROM customer_metrics WHERE customer_code IN (SELECT k0 FROM temp.snapshot_part)"
                    .to_owned(),
            );
        }
        for script in scripts {
            self.db.execute(&script, &[])?;
        }
        let removed = self.db.execute(&format!("DELETE FROM {table} AS t WHERE {gone}"), &[])?;
        Ok(removed)
    }

    /// The first column of every row of a query.
    fn texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        self.db.column(sql, &[])
    }
}

/// The condition that a row of the data set, called `t`, is in a table of keys.
fn is_in(table: &str, dataset: &Dataset) -> String {
    let keys: Vec<String> = dataset.key.iter().map(|name| format!("t.{name}")).collect();
    let places: Vec<String> = (0..dataset.key.len()).map(|at| format!("k{at}")).collect();
    format!("({}) IN (SELECT {} FROM temp.{table})", keys.join(", "), places.join(", "))
}
