//! A read-only connection.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;

use super::card::BuiltCard;
use super::rank_history::{RUN_COLUMNS, rank_run};
use super::transaction::count;
use super::{Explained, StoreError, card};
use crate::card::CustomerCard;
use crate::dataset::Dataset;
use crate::rank::RankMaster;
use crate::store::{CardRow, CardVerification, ControlTotal, DatasetChange, RankChange, RankRun, ScanRow};

/// A read-only connection to the file.
#[derive(Debug)]
pub struct SqliteReader {
    pub(super) path: Arc<PathBuf>,
    pub(super) connection: Connection,
}

/// Cards that a check reads at once.
const VERIFY_BATCH: usize = 1_000;

impl SqliteReader {
    pub(super) fn new(path: Arc<PathBuf>, connection: Connection) -> Self {
        Self { path, connection }
    }

    pub(in crate::store) fn begin(&mut self) -> Result<(), StoreError> {
        self.run("BEGIN DEFERRED")
    }

    pub(in crate::store) fn end(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT")
    }

    fn run(&self, statement: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(statement).at(&self.path)?.execute([]).at(&self.path).map(|_| ())
    }

    pub(in crate::store) fn card(
        &mut self,
        customer_code: &str,
        today: NaiveDate,
    ) -> Result<Option<CardRow>, StoreError> {
        if let Some(kept) = self.kept_card(customer_code)?
            && kept.valid_through >= today
        {
            return Ok(Some(kept));
        }
        let Some(built) = self.build(customer_code, today)? else { return Ok(None) };
        let body = built.json()?;
        Ok(Some(CardRow { body, built_on: today, valid_through: built.valid_through, rebuilt: true }))
    }

    /// The card as it is kept, unless it is marked stale.
    fn kept_card(&self, customer_code: &str) -> Result<Option<CardRow>, StoreError> {
        let mut select = self
            .connection
            .prepare_cached(
                "SELECT body, built_on, valid_through FROM customer_card WHERE customer_code = ?1
                 AND NOT EXISTS (SELECT 1 FROM stale_card WHERE stale_card.customer_code = ?1)",
            )
            .at(&self.path)?;
        let row: Option<(String, String, String)> = select
            .query_row([customer_code], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()
            .at(&self.path)?;
        row.map(|(body, built_on, valid_through)| {
            Ok(CardRow {
                body,
                built_on: date(&built_on)?,
                valid_through: date(&valid_through)?,
                rebuilt: false,
            })
        })
        .transpose()
    }

    pub(in crate::store) fn build_card(
        &mut self,
        customer_code: &str,
        today: NaiveDate,
    ) -> Result<Option<CustomerCard>, StoreError> {
        Ok(self.build(customer_code, today)?.map(|built| built.card))
    }

    /// Builds a card from one state of the store: a card never mixes what was before a write with what is after.
    fn build(&mut self, customer_code: &str, today: NaiveDate) -> Result<Option<BuiltCard>, StoreError> {
        let alone = self.connection.is_autocommit();
        if alone {
            self.begin()?;
        }
        let built = card::build(&self.path, &self.connection, customer_code, today);
        if alone {
            self.end()?;
        }
        built
    }

    pub(in crate::store) fn rank_master(&mut self) -> Result<RankMaster, StoreError> {
        let ranks: Vec<String> = self
            .connection
            .prepare_cached("SELECT rank FROM rank_master ORDER BY position")
            .at(&self.path)?
            .query_map([], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)?;
        RankMaster::new(ranks).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    pub(in crate::store) fn last_rank_run(&mut self) -> Result<Option<RankRun>, StoreError> {
        Ok(self.rank_runs(1)?.into_iter().next())
    }

    pub(in crate::store) fn rank_runs(&mut self, limit: usize) -> Result<Vec<RankRun>, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {RUN_COLUMNS} FROM rank_run ORDER BY run_id DESC LIMIT ?1"))
            .at(&self.path)?
            .query_map([count(limit as u64)], rank_run)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_changes(&mut self, run_id: i64) -> Result<Vec<RankChange>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT ch.customer_code, coalesce(cu.customer_name, ''), ch.changed_on, ch.rank_from, ch.rank_to,
                 ch.direction, ch.total, ch.config_changed
                 FROM rank_change ch LEFT JOIN customer cu ON cu.customer_code = ch.customer_code
                 WHERE ch.run_id = ?1 ORDER BY ch.customer_code",
            )
            .at(&self.path)?
            .query_map([run_id], |row| {
                Ok(RankChange {
                    run_id,
                    customer_code: row.get(0)?,
                    customer_name: row.get(1)?,
                    changed_on: read_date(row, 2)?,
                    rank_from: row.get(3)?,
                    rank_to: row.get(4)?,
                    direction: row.get(5)?,
                    total: read_decimal(row, 6)?,
                    config_changed: row.get(7)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn scan(
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
        let mut select = self.connection.prepare(&sql).at(&self.path)?;
        let mut rows = select.query(rusqlite::params_from_iter(bounds)).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            if each_row(&ScanRow::Sqlite(row)).is_break() {
                break;
            }
        }
        Ok(())
    }

    pub(in crate::store) fn months(&mut self, dataset: &Dataset) -> Result<Vec<String>, StoreError> {
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
        self.connection
            .prepare_cached(&sql)
            .at(&self.path)?
            .query_map([], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn control_total(
        &mut self,
        dataset: &Dataset,
        month: Option<&str>,
    ) -> Result<ControlTotal, StoreError> {
        let (condition, bounds) = month_range(dataset, month);
        let has_amount = dataset.column_index("amount").is_some();
        // SQLite's integer sum stops at 64 bits, so the high and the low part are added apart.
        let sums =
            if has_amount { "sum(amount / 1000000000), sum(amount % 1000000000)" } else { "NULL, NULL" };
        let sql = format!("SELECT count(*), {sums} FROM {}{condition}", dataset.table);
        let (rows, high, low): (i64, Option<i64>, Option<i64>) = self
            .connection
            .prepare_cached(&sql)
            .at(&self.path)?
            .query_row(rusqlite::params_from_iter(bounds), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .at(&self.path)?;
        let amount = has_amount.then(|| {
            let total = i128::from(high.unwrap_or(0)) * 1_000_000_000 + i128::from(low.unwrap_or(0));
            Decimal::from_i128_with_scale(total, 4).normalize()
        });
        Ok(ControlTotal { rows: u64::try_from(rows).unwrap_or(0), amount })
    }

    pub(in crate::store) fn dataset_changes(&mut self) -> Result<Vec<DatasetChange>, StoreError> {
        self.connection
            .prepare_cached("SELECT dataset, month, change_no FROM dataset_change ORDER BY dataset, month")
            .at(&self.path)?
            .query_map([], |row| {
                Ok(DatasetChange { dataset: row.get(0)?, month: row.get(1)?, change_no: read_count(row, 2)? })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn change_no(&mut self) -> Result<u64, StoreError> {
        self.connection
            .query_row("SELECT change_no FROM store_state", [], |row| read_count(row, 0))
            .at(&self.path)
    }

    pub(in crate::store) fn verify_cards(
        &mut self,
        progress: &mut dyn FnMut(u64),
    ) -> Result<CardVerification, StoreError> {
        let mut found = CardVerification::default();
        let mut after = String::new();
        loop {
            let batch = self.customers_after(&after)?;
            let Some(last) = batch.last() else { break };
            after.clone_from(last);
            self.begin()?;
            let checked = self.check_cards(&batch, &mut found);
            self.end()?;
            checked?;
            found.checked += batch.len() as u64;
            progress(found.checked);
        }
        found.checked -= found.stale;
        Ok(found)
    }

    fn check_cards(&self, customer_codes: &[String], found: &mut CardVerification) -> Result<(), StoreError> {
        for customer_code in customer_codes {
            if self.is_stale(customer_code)? {
                found.stale += 1;
            } else if !self.card_is_right(customer_code)? {
                found.different.push(customer_code.clone());
            }
        }
        Ok(())
    }

    fn customers_after(&self, after: &str) -> Result<Vec<String>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT customer_code FROM customer WHERE customer_code > ?1 ORDER BY customer_code LIMIT ?2",
            )
            .at(&self.path)?
            .query_map(params![after, count(VERIFY_BATCH as u64)], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    fn is_stale(&self, customer_code: &str) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM stale_card WHERE customer_code = ?1)")
            .at(&self.path)?
            .query_row([customer_code], |row| row.get(0))
            .at(&self.path)
    }

    /// Whether the kept card says what the tables say as of the day it was built for.
    fn card_is_right(&self, customer_code: &str) -> Result<bool, StoreError> {
        let Some(kept) = self.kept_card(customer_code)? else { return Ok(false) };
        let Some(built) = card::build(&self.path, &self.connection, customer_code, kept.built_on)? else {
            return Ok(false);
        };
        Ok(built.json()? == kept.body && built.valid_through == kept.valid_through)
    }
}

/// The condition that limits a fact data set to one month, and its bounds.
fn month_range(dataset: &Dataset, month: Option<&str>) -> (String, Vec<String>) {
    match (month, dataset.month_column) {
        (Some(month), Some(column)) => (
            format!(" WHERE {column} >= ?1 AND {column} < ?2"),
            // '-' sorts below every character that can follow a longer month text, '.' just above it.
            vec![format!("{month}-"), format!("{month}.")],
        ),
        _ => (String::new(), Vec::new()),
    }
}

pub(super) fn date(text: &str) -> Result<NaiveDate, StoreError> {
    NaiveDate::parse_from_str(text.get(..10).unwrap_or(text), "%Y-%m-%d")
        .map_err(|_| StoreError::Corrupt(format!("{text:?} is not a date")))
}

/// A date in a column that must have one.
pub(super) fn read_date(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<NaiveDate> {
    read_optional_date(row, column)?.ok_or_else(|| unreadable(column, "a date is missing"))
}

pub(super) fn read_optional_date(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<NaiveDate>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(None) };
    date(text).map(Some).map_err(|error| unreadable(column, &error.to_string()))
}

pub(super) fn read_instant(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<chrono::DateTime<chrono::Utc>> {
    read_optional_instant(row, column)?.ok_or_else(|| unreadable(column, "an instant is missing"))
}

pub(super) fn read_optional_instant(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<chrono::DateTime<chrono::Utc>>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(None) };
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|at| Some(at.to_utc()))
        .map_err(|_| unreadable(column, &format!("{text:?} is not an instant")))
}

/// An amount stored in 1/10000.
pub(super) fn read_amount(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Decimal> {
    Ok(crate::money::from_scaled(row.get(column)?))
}

pub(super) fn read_optional_amount(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Decimal>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(crate::money::from_scaled))
}

/// A decimal stored as text.
pub(super) fn read_decimal(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Decimal> {
    row.get_ref(column)?.as_str()?.parse().map_err(|_| unreadable(column, "not a decimal"))
}

pub(super) fn read_count(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| unreadable(column, "a negative count"))
}

fn unreadable(column: usize, reason: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, reason.to_owned().into())
}
