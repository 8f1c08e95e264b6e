//! SQLite: one file, one writing connection for a process, any number of readers (WAL).
//!
//! `synchronous = FULL`: an acknowledged write survives a power cut, not only a killed process.

mod deadline;
mod whole_file;

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags};

use super::cell::{Bind, Cell, Read};
use crate::message;
use crate::message::{Label, Message};
use crate::store::StoreError;

/// How long a writer waits for another process's transaction.
pub(in crate::store) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared.
const STATEMENTS_MAX: usize = 128;
/// Page cache of the writing connection: bulk imports touch indexes at random.
const WRITER_CACHE_KIB: i64 = 256 * 1024;
/// Page cache of the writing connection of a process that writes little at a time and runs for months.
const SMALL_WRITER_CACHE_KIB: i64 = 16 * 1024;
/// How much of the file a reader maps: reads of mapped pages cost no system call.
const READER_MMAP_BYTES: i64 = 16 << 30;
/// Pages that a reader keeps beyond what is mapped: SQLite maps 2 GiB of a file at most, and the upper pages of
/// every tree are needed again and again.
const READER_CACHE_KIB: i64 = 32 * 1024;

/// What a connection is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Access {
    /// Reading only.
    Read,
    /// Reading and writing an existing file.
    Write,
    /// Writing; an absent file is made.
    Create,
}

/// A connection to the store's file. Statements are prepared once and kept.
pub(in crate::store) struct Connection {
    path: Arc<PathBuf>,
    inner: rusqlite::Connection,
}

impl Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Connection {
    /// Opens the file.
    pub(in crate::store) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let flags = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let opened = rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let inner = opened.map_err(|error| explain(path, &error))?;
        Ok(Self { path: Arc::new(path.to_owned()), inner })
    }

    /// Settings of every connection. The first of them that reads the file also opens its log, so the file is
    /// compared with the one that was meant before.
    pub(in crate::store) fn set_up(&self, access: Access) -> Result<(), StoreError> {
        self.configure(access).map_err(|error| self.explain(&error))
    }

    fn configure(&self, access: Access) -> rusqlite::Result<()> {
        self.inner.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // One plan for a statement, whatever is bound to it: without this SQLite compiles a statement again for
        // each new value of a LIMIT, which costs more than running it.
        self.inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        self.inner.busy_timeout(BUSY_TIMEOUT)?;
        if access == Access::Read {
            self.inner.pragma_update(None, "mmap_size", READER_MMAP_BYTES)?;
            self.inner.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        }
        Ok(())
    }

    /// Settings of a writing connection. Separate from opening: another program's file must not be changed.
    pub(in crate::store) fn prepare_to_write(&self) -> Result<(), StoreError> {
        let set = || {
            self.inner.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            self.inner.pragma_update(None, "synchronous", "FULL")?;
            self.inner.pragma_update(None, "foreign_keys", true)?;
            self.inner.pragma_update(None, "temp_store", "MEMORY")?;
            self.inner.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)
        };
        set().map_err(|error| self.explain(&error))
    }

    /// Fewer pages in memory, for a process that writes little at a time.
    pub(in crate::store) fn keep_few_pages(&self) -> Result<(), StoreError> {
        let set = self.inner.pragma_update(None, "cache_size", -SMALL_WRITER_CACHE_KIB);
        set.map_err(|error| self.explain(&error))
    }

    /// Where the file is.
    pub(in crate::store) fn path(&self) -> &Arc<PathBuf> {
        &self.path
    }

    /// How many rows this connection has changed so far.
    pub(in crate::store) fn changes(&self) -> u64 {
        self.inner.total_changes()
    }

    /// Whether a transaction is open.
    pub(in crate::store) fn in_transaction(&self) -> bool {
        !self.inner.is_autocommit()
    }

    /// Runs statements that take no values and return nothing.
    pub(in crate::store) fn script(&self, sql: &str) -> Result<(), StoreError> {
        self.inner.execute_batch(sql).map_err(|error| self.explain(&error))
    }

    /// Every row of a query.
    pub(in crate::store) fn all<T>(
        &self,
        sql: &str,
        values: &[&dyn Bind],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, values, |row| {
            found.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// The first column of every row.
    pub(in crate::store) fn column<T: Read>(
        &self,
        sql: &str,
        values: &[&dyn Bind],
    ) -> Result<Vec<T>, StoreError> {
        self.all(sql, values, |row| row.get(0))
    }

    /// The first row of a query.
    pub(in crate::store) fn one<T>(
        &self,
        sql: &str,
        values: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.statement(sql)?;
        statement.bind_all(values)?;
        statement.first(read)
    }

    /// The row of a query that always has one.
    pub(in crate::store) fn only<T>(
        &self,
        sql: &str,
        values: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.one(sql, values, read)?
            .ok_or_else(|| StoreError::Database("a query that always has a row had none".to_owned()))
    }

    /// The first column of a query that always has a row.
    pub(in crate::store) fn value<T: Read>(&self, sql: &str, values: &[&dyn Bind]) -> Result<T, StoreError> {
        self.only(sql, values, |row| row.get(0))
    }

    /// Whether a query has a row.
    pub(in crate::store) fn exists(&self, sql: &str, values: &[&dyn Bind]) -> Result<bool, StoreError> {
        Ok(self.one(sql, values, |_| Ok(()))?.is_some())
    }

    /// Hands over the rows of a query one by one, until `each` breaks off.
    pub(in crate::store) fn each(
        &self,
        sql: &str,
        values: &[&dyn Bind],
        each: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.statement(sql)?;
        statement.bind_all(values)?;
        statement.each(each)
    }

    /// Runs a statement; returns the number of rows that it changed.
    pub(in crate::store) fn execute(&self, sql: &str, values: &[&dyn Bind]) -> Result<u64, StoreError> {
        let mut statement = self.statement(sql)?;
        statement.bind_all(values)?;
        statement.execute()
    }

    /// Inserts a row; returns its row number.
    pub(in crate::store) fn insert(&self, sql: &str, values: &[&dyn Bind]) -> Result<i64, StoreError> {
        self.execute(sql, values)?;
        Ok(self.inner.last_insert_rowid())
    }

    /// A statement that is run again and again with other values.
    pub(in crate::store) fn statement(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        match self.inner.prepare_cached(sql) {
            Ok(inner) => Ok(Statement { path: &self.path, inner }),
            Err(error) => Err(self.explain(&error)),
        }
    }

    fn explain(&self, error: &rusqlite::Error) -> StoreError {
        explain(&self.path, error)
    }
}

/// A prepared statement.
pub(in crate::store) struct Statement<'a> {
    path: &'a Path,
    inner: CachedStatement<'a>,
}

impl Statement<'_> {
    /// Sets a parameter; the first is 1.
    pub(in crate::store) fn bind(&mut self, position: usize, value: &dyn Bind) -> Result<(), StoreError> {
        let value = match value.cell() {
            Cell::Null => ToSqlOutput::Owned(SqlValue::Null),
            Cell::Integer(number) => ToSqlOutput::Owned(SqlValue::Integer(number)),
            Cell::Text(Cow::Borrowed(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Text(Cow::Owned(text)) => ToSqlOutput::Owned(SqlValue::Text(text)),
        };
        self.inner.raw_bind_parameter(position, value).map_err(|error| explain(self.path, &error))
    }

    /// Sets every parameter.
    pub(in crate::store) fn bind_all(&mut self, values: &[&dyn Bind]) -> Result<(), StoreError> {
        let expected = self.inner.parameter_count();
        if expected != values.len() {
            let error = rusqlite::Error::InvalidParameterCount(values.len(), expected);
            return Err(explain(self.path, &error));
        }
        values.iter().enumerate().try_for_each(|(at, value)| self.bind(at + 1, *value))
    }

    /// Runs the statement; returns the number of rows that it changed.
    pub(in crate::store) fn execute(&mut self) -> Result<u64, StoreError> {
        let changed = self.inner.raw_execute().map_err(|error| explain(self.path, &error))?;
        Ok(changed as u64)
    }

    /// The first row.
    pub(in crate::store) fn first<T>(
        &mut self,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut rows = self.inner.raw_query();
        match rows.next().map_err(|error| explain(self.path, &error))? {
            Some(row) => read(&Row { inner: row }).map(Some),
            None => Ok(None),
        }
    }

    /// Hands over the rows one by one, until `each` breaks off.
    pub(in crate::store) fn each(
        &mut self,
        mut each: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = self.inner.raw_query();
        while let Some(row) = rows.next().map_err(|error| explain(self.path, &error))? {
            if each(&Row { inner: row })?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// A row of a result.
pub(in crate::store) struct Row<'a> {
    inner: &'a rusqlite::Row<'a>,
}

impl Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").finish_non_exhaustive()
    }
}

impl Row<'_> {
    /// A column's value, by its position from 0.
    #[inline]
    pub(in crate::store) fn cell(&self, at: usize) -> Result<Cell<'_>, StoreError> {
        match self.inner.get_ref(at) {
            Ok(ValueRef::Null) => Ok(Cell::Null),
            Ok(ValueRef::Integer(number)) => Ok(Cell::Integer(number)),
            Ok(ValueRef::Text(text)) => match std::str::from_utf8(text) {
                Ok(text) => Ok(Cell::Text(Cow::Borrowed(text))),
                Err(_) => Err(self.unreadable(at, Label::new("UTF-8の文字列ではありません", "not UTF-8"))),
            },
            Ok(ValueRef::Real(_) | ValueRef::Blob(_)) => {
                Err(self
                    .unreadable(at, Label::new("文字列でも整数でもありません", "neither text nor integer")))
            }
            Err(error) => Err(StoreError::Database(error.to_string())),
        }
    }

    /// A column as a value of Rust.
    #[inline]
    pub(in crate::store) fn get<T: Read>(&self, at: usize) -> Result<T, StoreError> {
        T::read(self.cell(at)?).map_err(|reason| self.unreadable(at, reason))
    }

    /// The text of a column, borrowed.
    #[inline]
    pub(in crate::store) fn text(&self, at: usize) -> Option<&str> {
        match self.inner.get_ref(at) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// The integer of a column.
    #[inline]
    pub(in crate::store) fn integer(&self, at: usize) -> Option<i64> {
        match self.inner.get_ref(at) {
            Ok(ValueRef::Integer(number)) => Some(number),
            _ => None,
        }
    }

    fn unreadable(&self, at: usize, reason: Label) -> StoreError {
        let statement: &rusqlite::Statement<'_> = self.inner.as_ref();
        let column = statement.column_name(at).unwrap_or("?");
        StoreError::Corrupt(message!(
            "{column}: {reason}",
            "{column}: {reason}",
            column = column,
            reason = reason
        ))
    }
}

fn unusable(path: PathBuf, japanese: &str, error: &rusqlite::Error) -> StoreError {
    StoreError::Unusable { path, reason: Message::new(japanese.to_owned(), error.to_string()) }
}

/// Turns an error of SQLite into a cause and a cure.
fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy { path, waited_ms: BUSY_TIMEOUT.as_secs() * 1_000 }
        }
        Some(ErrorCode::NotADatabase) => StoreError::NotAStore {
            path,
            reason: Label::new("データベースのファイルではありません", "not a database file"),
        },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, found: error.to_string() },
        Some(ErrorCode::CannotOpen) => unusable(path, "開けません", error),
        Some(ErrorCode::PermissionDenied) => unusable(path, "権限がありません", error),
        Some(ErrorCode::ReadOnly) => unusable(path, "書き込みができません", error),
        Some(ErrorCode::DiskFull) => unusable(path, "ディスクの空き容量がありません", error),
        Some(ErrorCode::SystemIoFailure) => unusable(path, "ディスクの読み書きに失敗しました", error),
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict(message!(
            "データベースの制約に反しています({error})",
            "the row breaks a constraint of the database: {error}",
            error = error,
        )),
        _ => StoreError::Database(error.to_string()),
    }
}
