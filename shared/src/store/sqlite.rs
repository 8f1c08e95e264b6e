//! The store in one SQLite file: WAL, one writing connection for a process, any number of readers.
//!
//! `synchronous = FULL`: what `write` has answered survives a power cut, not only a killed process.

mod agents;
mod call_outcome;
mod call_work;
mod calls;
mod card;
mod checks;
mod duplicates;
mod effects;
mod lookup;
mod merge;
mod missed;
mod numbers;
mod publish;
mod quarantine;
mod rank_config;
mod rank_history;
mod reader;
mod schema;
mod sign_in;
mod snapshot;
mod timeline;
mod transaction;
mod upsert;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

pub(crate) use reader::SqliteReader;
pub(crate) use transaction::SqliteTransaction;

use super::StoreError;

/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT_MS: u64 = 5_000;
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

/// A store file. Clones share the writing connection.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    path: Arc<PathBuf>,
    writer: Arc<Mutex<Connection>>,
}

impl SqliteStore {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        // An empty file is what a `create` that was killed leaves behind, and holds nothing to lose.
        if std::fs::metadata(path).is_ok_and(|found| found.len() > 0 || !found.is_file()) {
            return Err(StoreError::Exists(path.to_owned()));
        }
        let mut connection =
            connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        prepare_writer(&connection).map_err(|error| explain(path, &error))?;
        schema::create(path, &mut connection)?;
        Ok(Self::with(path, connection))
    }

    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        schema::check_file(path)?;
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::check(path, &connection)?;
        prepare_writer(&connection).map_err(|error| explain(path, &error))?;
        schema::migrate(path, &mut connection)?;
        Ok(Self::with(path, connection))
    }

    fn with(path: &Path, connection: Connection) -> Self {
        Self { path: Arc::new(path.to_owned()), writer: Arc::new(Mutex::new(connection)) }
    }

    pub(super) fn for_small_writes(self) -> Result<Self, StoreError> {
        let set = self.lock().pragma_update(None, "cache_size", -SMALL_WRITER_CACHE_KIB);
        set.map_err(|error| explain(&self.path, &error)).map(|()| self)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A poisoned lock means that a writer panicked: its transaction was rolled back when it was dropped.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn location(&self) -> &Path {
        &self.path
    }

    pub(super) fn reader(&self) -> Result<SqliteReader, StoreError> {
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection
            .pragma_update(None, "mmap_size", READER_MMAP_BYTES)
            .and_then(|()| connection.pragma_update(None, "cache_size", -READER_CACHE_KIB))
            .map_err(|error| explain(&self.path, &error))?;
        Ok(SqliteReader::new(self.path.clone(), connection))
    }

    /// Begins the process's one write transaction; waits for the others.
    pub(super) fn begin(&self) -> Result<SqliteTransaction<'_>, StoreError> {
        SqliteTransaction::begin(self.path.clone(), self.lock())
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| explain(path, &error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // One plan for a statement, whatever is bound to it: without this SQLite compiles a statement again for each
    // new value of a LIMIT, which costs more than running it.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| explain(path, &error))?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(|error| explain(path, &error))?;
    Ok(connection)
}

fn prepare_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)
}

/// Turns what SQLite says into a cause and a cure.
fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy { path, waited_ms: BUSY_TIMEOUT_MS }
        }
        Some(ErrorCode::NotADatabase) => {
            StoreError::NotAStore { path, reason: "not a database file".to_owned() }
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            StoreError::NotAStore { path, reason: "the database file is damaged".to_owned() }
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure,
        ) => StoreError::Unusable { path, reason: error.to_string() },
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict(error.to_string()),
        _ => StoreError::Database(error.to_string()),
    }
}

/// A shorthand: every call of the driver maps its error in the same way.
trait Explained<T> {
    fn at(self, path: &Path) -> Result<T, StoreError>;
}

impl<T> Explained<T> for rusqlite::Result<T> {
    fn at(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|error| explain(path, &error))
    }
}
