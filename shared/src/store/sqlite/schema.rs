//! Which files are stores, and how an older one becomes a newer one.

use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{Explained, StoreError};

/// "CHKD": marks the file as ours.
const APPLICATION_ID: i64 = 0x4348_4b44;

/// Each step of the schema, in order; a step that was released is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_foundation.sql"),
    include_str!("../../../migrations/sqlite/0002_company_data.sql"),
    include_str!("../../../migrations/sqlite/0003_data_quality.sql"),
    include_str!("../../../migrations/sqlite/0004_rank_update.sql"),
    include_str!("../../../migrations/sqlite/0005_call_work.sql"),
    include_str!("../../../migrations/sqlite/0006_security.sql"),
    include_str!("../../../migrations/sqlite/0007_leads.sql"),
];

/// The schema that this program knows.
const fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// Refuses what is not there or is no database, before SQLite touches it.
pub(super) fn check_file(path: &Path) -> Result<(), StoreError> {
    let not_a_store =
        |reason: &str| StoreError::NotAStore { path: path.to_owned(), reason: reason.to_owned() };
    let unusable =
        |error: std::io::Error| StoreError::Unusable { path: path.to_owned(), reason: error.to_string() };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::Missing(path.to_owned()));
        }
        Err(error) => return Err(unusable(error)),
        Ok(found) if found.is_dir() => return Err(not_a_store("it is a folder")),
        Ok(found) if found.len() == 0 => return Err(not_a_store("the file is empty")),
        Ok(_) => {}
    }
    let mut magic = [0_u8; 16];
    let mut file = std::fs::File::open(path).map_err(unusable)?;
    match file.read_exact(&mut magic) {
        Ok(()) if &magic == b"SQLite format 3\0" => Ok(()),
        _ => Err(not_a_store("not a database file")),
    }
}

/// Refuses another program's database and a newer schema; writes nothing.
pub(super) fn check(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).at(path)?;
    if application != APPLICATION_ID {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            reason: "a database of another program".to_owned(),
        });
    }
    let found = version(path, connection)?;
    if found > newest() {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: newest() });
    }
    Ok(())
}

pub(super) fn create(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    migrate(path, connection)
}

/// Brings the store to the newest schema: all steps in one transaction.
pub(super) fn migrate(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    if version(path, connection)? == newest() {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
    // Read again: another process may have migrated while this one waited.
    let from = version(path, &tx)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(0)) {
        tx.execute_batch(step).at(path)?;
    }
    tx.pragma_update(None, "user_version", newest()).at(path)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID).at(path)?;
    tx.commit().at(path)
}

fn version(path: &Path, connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).at(path)
}
