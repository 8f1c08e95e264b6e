//! A file that is the whole of a data set: what the store has beyond it, and taking that away.
//!
//! The keys of the file's rows go into a temporary table on disk, so that memory does not grow with the file.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::numbers::numbers_of;
use super::transaction::SqliteTransaction;
use super::{Explained, StoreError};
use crate::dataset::{CUSTOMERS, Dataset, references_to};
use crate::money::SCALE;
use crate::store::{ControlTotal, Value, Vanishing};

/// Keys that are named.
const NAMED_MAX: usize = 10;

impl SqliteTransaction<'_> {
    pub(in crate::store) fn snapshot_begin(&mut self, dataset: &Dataset) -> Result<(), StoreError> {
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
            "PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -65536; {} {}
             DROP TABLE IF EXISTS temp.snapshot_kept;
             CREATE TEMP TABLE snapshot_kept (k0 PRIMARY KEY) WITHOUT ROWID;",
            table("snapshot_seen"),
            table("snapshot_gone"),
        );
        self.connection.execute_batch(&script).at(&self.path)
    }

    pub(in crate::store) fn snapshot_see(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=dataset.key.len()).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT OR IGNORE INTO temp.snapshot_seen VALUES ({})", places.join(", "));
        let mut insert = self.connection.prepare_cached(&sql).at(&self.path)?;
        for (place, at) in dataset.key_indexes().into_iter().enumerate() {
            let bound = match &values[at] {
                // An empty cell of a key is kept as the column's default.
                Some(Value::Null) | None => {
                    insert.raw_bind_parameter(place + 1, dataset.columns[at].empty_value())
                }
                Some(value) => insert.raw_bind_parameter(place + 1, value),
            };
            bound.at(&self.path)?;
        }
        insert.raw_execute().at(&self.path).map(|_| ())
    }

    pub(in crate::store) fn snapshot_vanishing(
        &mut self,
        dataset: &'static Dataset,
        months: Option<&BTreeSet<String>>,
    ) -> Result<Vanishing, StoreError> {
        self.find_gone(dataset, months)?;
        if dataset.month_column.is_none() {
            self.find_kept(dataset)?;
        }
        let (rows, amount) = self.gone_total(dataset)?;
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
            kept_rows: self.number("SELECT count(*) FROM temp.snapshot_kept")?,
            kept_keys: self
                .texts(&format!("SELECT k0 FROM temp.snapshot_kept ORDER BY k0 LIMIT {NAMED_MAX}"))?,
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
            return self.connection.execute(&sql, []).at(&self.path).map(|_| ());
        };
        let sql = format!("{sql} AND t.{column} >= ?1 AND t.{column} < ?2");
        let mut insert = self.connection.prepare(&sql).at(&self.path)?;
        for month in months {
            // '-' sorts below every character that can follow a longer month text, '.' just above it.
            insert.execute([format!("{month}-"), format!("{month}.")]).at(&self.path)?;
        }
        Ok(())
    }

    /// Takes out of what would vanish whatever other rows still refer to.
    fn find_kept(&self, dataset: &Dataset) -> Result<(), StoreError> {
        for reference in references_to(dataset) {
            let (table, column) = (reference.dataset.table, reference.column);
            let sql = format!(
                "INSERT OR IGNORE INTO temp.snapshot_kept SELECT DISTINCT {column} FROM {table}
                 WHERE {column} IN (SELECT k0 FROM temp.snapshot_gone)"
            );
            self.connection.execute(&sql, []).at(&self.path)?;
        }
        self.connection
            .execute("DELETE FROM temp.snapshot_gone WHERE k0 IN (SELECT k0 FROM temp.snapshot_kept)", [])
            .at(&self.path)
            .map(|_| ())
    }

    fn gone_total(&self, dataset: &Dataset) -> Result<(u64, Option<Decimal>), StoreError> {
        let has_amount = dataset.column("amount").is_some();
        let sums =
            if has_amount { "sum(t.amount / 1000000000), sum(t.amount % 1000000000)" } else { "NULL, NULL" };
        let sql = format!("SELECT count(*), {sums} FROM {} t WHERE {}", dataset.table, is_gone(dataset));
        let (rows, high, low): (i64, Option<i64>, Option<i64>) = self
            .connection
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .at(&self.path)?;
        Ok((u64::try_from(rows).unwrap_or(0), has_amount.then(|| whole_sum(high, low))))
    }

    pub(in crate::store) fn snapshot_remove(&mut self, dataset: &'static Dataset) -> Result<u64, StoreError> {
        let gone = is_gone(dataset);
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
        if dataset.table == "shipment" {
            // The card of the order's customer says where it is.
            let customers = self.texts(
                "SELECT DISTINCT customer_code FROM sales_order
                 WHERE order_no IN (SELECT k0 FROM temp.snapshot_gone)",
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
                "DELETE FROM customer_metrics WHERE customer_code IN (SELECT k0 FROM temp.snapshot_gone)"
                    .to_owned(),
            );
        }
        for script in scripts {
            self.connection.execute(&script, []).at(&self.path)?;
        }
        let removed =
            self.connection.execute(&format!("DELETE FROM {table} AS t WHERE {gone}"), []).at(&self.path)?;
        Ok(removed as u64)
    }

    pub(in crate::store) fn control_total(&self, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
        let has_amount = dataset.column("amount").is_some();
        let sums =
            if has_amount { "sum(amount / 1000000000), sum(amount % 1000000000)" } else { "NULL, NULL" };
        let sql = format!("SELECT count(*), {sums} FROM {}", dataset.table);
        let (rows, high, low): (i64, Option<i64>, Option<i64>) = self
            .connection
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .at(&self.path)?;
        Ok(ControlTotal {
            rows: u64::try_from(rows).unwrap_or(0),
            amount: has_amount.then(|| whole_sum(high, low)),
        })
    }

    pub(in crate::store) fn change_no(&self) -> Result<u64, StoreError> {
        self.number("SELECT change_no FROM store_state")
    }

    /// The first column of every row of a query.
    pub(super) fn texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        self.connection
            .prepare(sql)
            .at(&self.path)?
            .query_map([], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    /// The count that a query answers.
    pub(super) fn number(&self, sql: &str) -> Result<u64, StoreError> {
        let number: i64 = self.connection.query_row(sql, [], |row| row.get(0)).at(&self.path)?;
        Ok(u64::try_from(number).unwrap_or(0))
    }
}

/// The condition that a row of the data set, called `t`, is in `snapshot_gone`.
fn is_gone(dataset: &Dataset) -> String {
    let keys: Vec<String> = dataset.key.iter().map(|name| format!("t.{name}")).collect();
    let places: Vec<String> = (0..dataset.key.len()).map(|at| format!("k{at}")).collect();
    format!("({}) IN (SELECT {} FROM temp.snapshot_gone)", keys.join(", "), places.join(", "))
}

/// SQLite's integer sum stops at 64 bits, so the high and the low part are added apart.
fn whole_sum(high: Option<i64>, low: Option<i64>) -> Decimal {
    let total = i128::from(high.unwrap_or(0)) * 1_000_000_000 + i128::from(low.unwrap_or(0));
    Decimal::from_i128_with_scale(total, SCALE).normalize()
}
