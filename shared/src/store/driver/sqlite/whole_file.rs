//! What concerns the database's file as a whole: checks, copies, and reading it without its log.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{ErrorCode, OpenFlags};

use super::{BUSY_TIMEOUT, Connection, STATEMENTS_MAX, WRITER_CACHE_KIB, explain};
use crate::message;
use crate::store::StoreError;
use crate::store::driver::bind;

/// Problems that a check lists.
const PROBLEMS_MAX: usize = 100;

impl Connection {
    /// Opens the file as it is, as if no log lay beside it. Locks nothing and makes no file.
    pub(in crate::store) fn open_without_log(path: &Path) -> Result<Self, StoreError> {
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = rusqlite::Connection::open_with_flags(immutable(path), flags);
        let inner = opened.map_err(|error| explain(path, &error))?;
        Ok(Self { path: path.to_owned().into(), inner })
    }

    /// What is wrong with the file's structure; `None` when the time was not enough to know.
    pub(in crate::store) fn quick_check(
        &mut self,
        within: Duration,
    ) -> Result<Option<Vec<String>>, StoreError> {
        self.until(Instant::now() + within, |db| {
            db.problems("PRAGMA quick_check(1)").map_err(|error| explain(&db.path, &error))
        })
    }

    /// Everything that is wrong with the file, indexes included, in SQLite's words.
    pub(in crate::store) fn full_check(&self) -> Result<Vec<String>, StoreError> {
        let sql = format!("PRAGMA integrity_check({PROBLEMS_MAX})");
        match self.problems(&sql) {
            // A file that is damaged at its root ends the check.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                Ok(vec![error.to_string()])
            }
            checked => checked.map_err(|error| explain(&self.path, &error)),
        }
    }

    fn problems(&self, sql: &str) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.inner.prepare(sql)?;
        let found: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(if found == ["ok"] { Vec::new() } else { found })
    }

    /// References to rows that are not there: the table, and how many.
    pub(in crate::store) fn broken_references(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut found: Vec<(String, u64)> = Vec::new();
        self.each("PRAGMA foreign_key_check", &[], |row| {
            let table: String = row.get(0)?;
            match found.iter_mut().find(|(known, _)| *known == table) {
                Some((_, count)) => *count += 1,
                None => found.push((table, 1)),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// A copy of the database as it is at this moment, to write to, in a file without a name in the folder for
    /// temporary files. It ends with the connection.
    pub(in crate::store) fn private_copy(&self) -> Result<Self, StoreError> {
        // What fails from here on, fails there.
        let folder = std::env::temp_dir();
        let copy = || -> rusqlite::Result<Option<rusqlite::Connection>> {
            // SQLite gives a database without a name such a file.
            let mut copy = rusqlite::Connection::open("")?;
            let copied = Backup::new(&self.inner, &mut copy)?.step(-1)?;
            copy.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
            copy.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            copy.pragma_update(None, "synchronous", "OFF")?;
            copy.pragma_update(None, "foreign_keys", true)?;
            copy.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
            Ok((copied == StepResult::Done).then_some(copy))
        };
        match copy() {
            Ok(Some(inner)) => Ok(Self { path: folder.into(), inner }),
            Ok(None) => Err(StoreError::Busy {
                path: self.path.as_ref().clone(),
                waited_ms: u64::try_from(BUSY_TIMEOUT.as_millis()).unwrap_or(u64::MAX),
            }),
            Err(error) => Err(explain(&folder, &error)),
        }
    }

    /// Writes the database, as it is at this moment, into an empty file. Nobody waits for it.
    pub(in crate::store) fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::Unusable {
            path: file.to_owned(),
            reason: message!("名前が UTF-8 ではありません", "its name is not UTF-8"),
        })?;
        self.execute("VACUUM INTO ?1", bind![name]).map(|_| ())
    }
}

/// The file as an address of SQLite, which does not look for a log.
fn immutable(path: &Path) -> OsString {
    let mut address = b"file:".to_vec();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'%' | b'?' | b'#' => address.extend(format!("%{byte:02X}").bytes()),
            _ => address.push(*byte),
        }
    }
    address.extend(b"?immutable=1");
    OsString::from_vec(address)
}
