//! A tiny company for tests: a store in a temporary folder, filled row by row.

pub(crate) mod rank;
pub(crate) mod report;
pub(crate) mod sales;

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use analytics::context::Context;
use analytics::mirror::SyncOutcome;
use chrono::NaiveDate;
use shared::dataset::{ColumnKind, Dataset, by_name};
use shared::store::{Store, StoreError, Value};
use test_support::FixedClock;

/// A store with its mirror, deleted at the end of the test.
pub(crate) struct Company {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) context: Context,
}

impl Company {
    /// An empty company, as of 2026-10-31 in Tokyo.
    pub(crate) fn new() -> Self {
        let (folder, store) = test_support::new_store();
        let path = folder.path().join("company.db");
        let clock = FixedClock::new("2026-10-30T15:30:00Z".parse().unwrap());
        let context = Context::quiet(&path, Arc::new(clock));
        Self { folder, store, context }
    }

    /// A company with these customers and sales.
    pub(crate) fn of(customers: &str, sales: &str) -> Self {
        let company = Self::new();
        company.put("customers", customers);
        company.put("sales", sales);
        company
    }

    /// Writes rank settings, the sample with these changes, and returns the path.
    pub(crate) fn rank_settings(&self, changes: &[(&str, &str)]) -> String {
        self.file("rank.toml", &rank::sample(changes))
    }

    /// Writes a file beside the store and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.context.store_path.clone()
    }

    /// Writes rows of a data set. The first line names the columns; cells are separated by `|`, empty cells
    /// are empty.
    pub(crate) fn put(&self, dataset: &str, table: &str) {
        let dataset = by_name(dataset).unwrap();
        let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
        let header: Vec<String> = cells(lines.next().unwrap());
        let rows: Vec<Vec<String>> = lines.map(cells).collect();
        self.put_rows(dataset, &header, &rows);
    }

    /// A company whose figures were worked out by hand: see the tests that use it.
    pub(crate) fn tiny() -> Self {
        let company = Self::new();
        company.put(
            "customers",
            "customer_code | customer_name | industry | rank | customer_type | first_trade_date
             001 | ㈱青葉酒販   | 酒販店 | B | wholesale | 2024-05-15
             002 | 食堂しらかば | 飲食店 | A | direct    | 2025-01-10
             003 | 名無し商店   |        |   |           |
             004 | 休業酒店     | 酒販店 | A | wholesale | 2024-12-31",
        );
        company.put(
            "sales",
            "slip_no | line_no | sold_on | customer_code | amount | cost | status
             S1 | 1 | 2026-10-01 | 001  | 1000   | 600  |
             S1 | 2 | 2026-10-01 | 001  | 500    |      | confirmed
             S2 | 1 | 2026-10-31 | 001  | 2000   | 1500 |
             S3 | 1 | 2026-10-31 | 001  | -300   | -200 | returned
             S4 | 1 | 2025-11-01 | 002  | 700    | 700  |
             S5 | 1 | 2025-10-31 | 002  | 900    | 100  |
             S6 | 1 | 2026-05-05 | 003  | 400    | 100  |
             S6 | 2 | 2026-05-05 | 003  | 9999   | 1    | cancelled
             S7 | 1 | 2026-06-01 | X99  | 50     | 20   |
             S8 | 1 | 2026-11-01 | 001  | 10000  | 1    |",
        );
        company.sync();
        company
    }

    pub(crate) fn put_rows(&self, dataset: &Dataset, header: &[String], rows: &[Vec<String>]) {
        self.store
            .write(|tx| {
                for row in rows {
                    let mut values = vec![None; dataset.columns.len()];
                    for (name, cell) in header.iter().zip(row) {
                        let index = dataset.column_index(name).unwrap();
                        values[index] = Some(value(dataset.columns[index].kind, cell));
                    }
                    tx.upsert(dataset, &values, chrono::DateTime::UNIX_EPOCH)?;
                }
                Ok::<(), StoreError>(())
            })
            .unwrap();
    }

    pub(crate) fn sync(&self) -> SyncOutcome {
        self.context.mirror().sync(&self.store, &self.context.limits, false, &|_| ()).unwrap()
    }

    /// Runs the program on this company.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run(&[&["--store", self.path().to_str().unwrap()], arguments].concat())
    }

    /// Runs the program and reads what it wrote as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(&[arguments, &["--format", "json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// Runs the program with a clean environment: only its arguments.
pub(crate) fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = test_support::command(env!("CARGO_BIN_EXE_analytics"));
    command.args(arguments);
    command
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn cells(line: &str) -> Vec<String> {
    line.split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn value(kind: ColumnKind, cell: &str) -> Value {
    match (kind, cell) {
        (_, "") => Value::Null,
        (ColumnKind::Decimal, cell) => {
            let amount: rust_decimal::Decimal = cell.parse().unwrap();
            Value::Integer(shared::money::to_scaled(amount).unwrap())
        }
        (ColumnKind::Integer | ColumnKind::Flag, cell) => Value::Integer(cell.parse().unwrap()),
        (_, cell) => Value::Text(cell.to_owned()),
    }
}
