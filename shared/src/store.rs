//! The store: the one database of both programs, and the only public database API.
//!
//! [`Store`] opens it, a [`Reader`] reads, a [`Transaction`] writes. What they do is in one file a subject, each with
//! its records, its SQL and the mapping of its rows; `driver` is the database beneath. No caller sees SQL.
//!
//! Every method returns a database error as [`StoreError`]; only what goes beyond that is said at a method.

mod agents;
mod answers;
mod audit;
mod backup;
mod calls;
mod cards;
mod checks;
mod driver;
mod duplicates;
mod error;
mod events_out;
mod file;
mod imports;
mod lookup;
mod merge;
mod metrics;
mod number_space;
mod phone_index;
mod ranks;
mod retention;
mod rows;
mod schema;
mod sign_in;
mod timeline;
mod transaction;
mod upsert;

pub use agents::*;
pub use answers::*;
pub use audit::*;
pub use backup::*;
pub use calls::*;
pub use cards::*;
pub use checks::*;
pub use error::StoreError;
pub use events_out::*;
pub use file::BridgeClaim;
pub use imports::*;
pub use lookup::*;
pub use merge::*;
pub use metrics::*;
pub use number_space::NUMBER_PREFIX_MAX;
pub use ranks::*;
pub use retention::*;
pub use rows::*;
pub use sign_in::*;
pub use timeline::{CursorError, HistoryCursor};
pub use transaction::Transaction;
pub use upsert::RowOutcome;

pub use crate::value::Value;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;

use driver::{Access, Connection};
use file::{Opened, StoreFile};
use transaction::Slices;

/// How long opening checks a store that was not closed: 300 MB take 0.4 s of CPU.
const CHECK_MAX: Duration = Duration::from_secs(3);

/// Who writes when nobody is named.
const UNNAMED: &str = "system";

/// The company's store. Cheap to clone; all clones share one writing connection.
#[derive(Debug, Clone)]
pub struct Store {
    path: Arc<PathBuf>,
    writer: Arc<Mutex<Connection>>,
    /// Who writes, for what is noted with its author.
    actor: Arc<str>,
    /// Dropped after the connection: it holds the lock that says that the file is in use.
    file: Arc<StoreFile>,
}

/// A connection that reads. One for each thread.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
    _file: Arc<StoreFile>,
}

impl Store {
    /// Makes a new store.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the path is taken; nothing there is changed.
    pub fn create(location: &Path) -> Result<Self, StoreError> {
        // An empty file is left behind by a `create` that was killed, and holds nothing to lose.
        if std::fs::metadata(location).is_ok_and(|found| found.len() > 0 || !found.is_file()) {
            return Err(StoreError::Exists(location.to_owned()));
        }
        StoreFile::make(location)?;
        let opened = StoreFile::open(location)?;
        let connection = Connection::open(location, Access::Create)?;
        connection.set_up(Access::Create)?;
        connection.prepare_to_write()?;
        Self::with(connection, opened.file)
    }

    /// Opens a store, bringing it to the newest schema. One that a killed program left open is checked first.
    ///
    /// # Errors
    /// Also when the file is damaged, a log of another file lies beside it, or running programs use another file of this
    /// name.
    pub fn open(location: &Path) -> Result<Self, StoreError> {
        schema::check_file(location)?;
        schema::check_format(location)?;
        let Opened { file, left_open } = StoreFile::open(location)?;
        let mut connection = Connection::open(location, Access::Write)?;
        file.check()?;
        connection.set_up(Access::Write)?;
        schema::check(&connection)?;
        if left_open {
            Self::check_after_crash(&mut connection)?;
        }
        connection.prepare_to_write()?;
        Self::with(connection, file)
    }

    fn check_after_crash(connection: &mut Connection) -> Result<(), StoreError> {
        match connection.quick_check(CHECK_MAX)?.as_deref() {
            None => {
                tracing::warn!(
                    "the store is too large to check it at the start; see `analytics store check`"
                );
            }
            Some([]) => tracing::info!("the store was not closed by the program that used it; it is whole"),
            Some([found, ..]) => {
                let (path, found) = (connection.path().as_ref().clone(), found.clone());
                return Err(StoreError::Damaged { path, found });
            }
        }
        Ok(())
    }

    fn with(connection: Connection, file: StoreFile) -> Result<Self, StoreError> {
        schema::migrate(&connection)?;
        cards::mark_old_formats(&connection)?;
        file.log_is_open();
        let path = connection.path().clone();
        let writer = Arc::new(Mutex::new(connection));
        Ok(Self { path, writer, actor: UNNAMED.into(), file: Arc::new(file) })
    }

    /// The same store, whose writes are noted as those of `actor`.
    #[must_use]
    pub fn acting_as(mut self, actor: &str) -> Self {
        self.actor = actor.into();
        self
    }

    /// Fails when the file under this store is no longer the one that was opened: moved, deleted, replaced or
    /// overwritten by a shorter one. Cheap; every write asks it before and after.
    pub fn check_file(&self) -> Result<(), StoreError> {
        self.file.check()
    }

    /// The right to serve this store as its bridge, which one process has at a time.
    ///
    /// # Errors
    /// [`StoreError::Served`] when another process has it.
    pub fn claim_for_bridge(&self) -> Result<BridgeClaim, StoreError> {
        BridgeClaim::take(&self.path)
    }

    /// For a process that writes little at a time and runs for months: it keeps few pages in memory to write to.
    /// An import wants many.
    pub fn for_small_writes(self) -> Result<Self, StoreError> {
        self.lock().keep_few_pages()?;
        Ok(self)
    }

    /// Where the store is, for messages.
    #[must_use]
    pub fn location(&self) -> &Path {
        &self.path
    }

    /// A new reading connection.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        self.file.check()?;
        let db = Connection::open(&self.path, Access::Read)?;
        // Before the first read: that would reset the index that other connections to a replaced file have mapped.
        self.file.check()?;
        db.set_up(Access::Read)?;
        Ok(Reader { db, _file: self.file.clone() })
    }

    /// Runs `work` in one write transaction: committed when it returns `Ok`, rolled back otherwise. Waits for
    /// another writer up to the busy time-out, then fails with [`StoreError::Busy`]. Others who wait already come first.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.commit(self.begin()?, work)
    }

    /// Runs the import of a file in a write transaction, which may be kept in slices ([`Transaction::let_others_in`])
    /// unless it has to be kept as a `whole`. What earlier slices wrote stays when `work` fails.
    pub fn write_import<T, E: From<StoreError>>(
        &self,
        import: &UnfinishedImport,
        whole: bool,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin()?.in_slices(Slices::of(&self.file, import, whole));
        self.commit(tx, |tx| {
            let done = work(&mut *tx)?;
            tx.last_slice()?;
            Ok(done)
        })
    }

    /// Runs `work` on a copy of the store, of which nothing is kept. Nobody waits for it. The copy is in the folder for
    /// temporary files, and is gone when the process ends, however it ends.
    pub fn try_write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let copy = Mutex::new(self.reader()?.db.private_copy()?);
        let copy = copy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tx = Transaction::begin(copy, self.actor.clone())?;
        work(&mut tx)
    }

    fn begin(&self) -> Result<Transaction<'_>, StoreError> {
        // A transaction that is dropped without a commit is rolled back.
        let db = self.lock();
        let turn = self.file.turn()?;
        let tx = Transaction::begin(db, self.actor.clone())?;
        drop(turn);
        self.file.check()?;
        Ok(tx)
    }

    fn commit<'a, T, E: From<StoreError>>(
        &'a self,
        mut tx: Transaction<'a>,
        work: impl FnOnce(&mut Transaction<'a>) -> Result<T, E>,
    ) -> Result<T, E> {
        let done = work(&mut tx)?;
        tx.commit()?;
        // A write into a file that was deleted meanwhile is lost: it must not be acknowledged.
        self.file.check()?;
        Ok(done)
    }

    /// Rebuilds up to `limit` stale cards in one transaction and returns how many; 0: none is stale.
    pub fn refresh_stale_cards(&self, today: NaiveDate, limit: usize) -> Result<usize, StoreError> {
        self.write(|tx| tx.refresh_stale_cards(today, limit))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A poisoned lock: a writer panicked, and its transaction was rolled back when it was dropped.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    /// Runs several reads on one consistent state of the store.
    pub fn consistent<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin()?;
        let done = work(self);
        self.end()?;
        done
    }

    fn begin(&self) -> Result<(), StoreError> {
        self.db.execute("BEGIN DEFERRED", &[]).map(|_| ())
    }

    fn end(&self) -> Result<(), StoreError> {
        self.db.execute("COMMIT", &[]).map(|_| ())
    }
}
