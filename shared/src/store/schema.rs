//! Which files are stores, and how an older one becomes a newer one.

use std::path::Path;

use super::StoreError;
use super::driver::Connection;
use crate::cause::Cause as _;
use crate::message::Label;

/// "CHKD": marks the file as a store.
const APPLICATION_ID: i64 = 0x4348_4b44;

/// Each step of the schema, in order; a step that was released is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_foundation.sql"),
    include_str!("../../migrations/sqlite/0002_company_data.sql"),
    include_str!("../../migrations/sqlite/0003_data_quality.sql"),
    include_str!("../../migrations/sqlite/0004_rank_update.sql"),
    include_str!("../../migrations/sqlite/0005_call_work.sql"),
    include_str!("../../migrations/sqlite/0006_security.sql"),
    include_str!("../../migrations/sqlite/0007_leads.sql"),
    include_str!("../../migrations/sqlite/0008_quarantine_languages.sql"),
    include_str!("../../migrations/sqlite/0009_card_format.sql"),
    include_str!("../../migrations/sqlite/0010_identity.sql"),
    include_str!("../../migrations/sqlite/0011_audit_replace.sql"),
    include_str!("../../migrations/sqlite/0012_caller_said.sql"),
    include_str!("../../migrations/sqlite/0013_answers.sql"),
    include_str!("../../migrations/sqlite/0014_call_participants.sql"),
    include_str!("../../migrations/sqlite/0015_call_parts.sql"),
    include_str!("../../migrations/sqlite/0016_agent_phones.sql"),
    include_str!("../../migrations/sqlite/0017_agent_presence.sql"),
    include_str!("../../migrations/sqlite/0018_unfinished_imports.sql"),
    include_str!("../../migrations/sqlite/0019_unknown_margin.sql"),
    include_str!("../../migrations/sqlite/0020_rank_update_in_any_company.sql"),
    include_str!("../../migrations/sqlite/0021_origin.sql"),
    include_str!("../../migrations/sqlite/0022_missed_outside_hours.sql"),
    include_str!("../../migrations/sqlite/0023_nuisance_numbers.sql"),
    include_str!("../../migrations/sqlite/0024_events_out.sql"),
    include_str!("../../migrations/sqlite/0025_call_recordings.sql"),
    include_str!("../../migrations/sqlite/0026_rank_colors.sql"),
    include_str!("../../migrations/sqlite/0027_merge_actor.sql"),
    include_str!("../../migrations/sqlite/0028_targets.sql"),
];

/// The newest schema of this program.
const fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// Refuses what is no file or an empty one, before the database opens it. The file is not opened here: closing it would
/// give up the locks that the database holds on it in this process.
pub(super) fn check_file(path: &Path) -> Result<(), StoreError> {
    let not_a_store = |ja, en| StoreError::NotAStore { path: path.to_owned(), reason: Label::new(ja, en) };
    let unusable =
        |error: std::io::Error| StoreError::Unusable { path: path.to_owned(), reason: error.cause() };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(StoreError::Missing(path.to_owned()))
        }
        Err(error) => Err(unusable(error)),
        Ok(found) if found.is_dir() => Err(not_a_store("フォルダーです", "it is a folder")),
        Ok(found) if found.len() == 0 => Err(not_a_store("ファイルが空です", "the file is empty")),
        Ok(_) => Ok(()),
    }
}

/// Refuses what is no database or another program's, before anything is put beside it. The database reads it, not we: see
/// [`check_file`].
pub(super) fn check_format(path: &Path) -> Result<(), StoreError> {
    let db = Connection::open_without_log(path)?;
    match db.value::<i64>("PRAGMA application_id", &[]) {
        Err(error @ StoreError::NotAStore { .. }) => Err(error),
        Ok(APPLICATION_ID) => Ok(()),
        // A store that was made a moment ago has everything in its log: the file itself has no table.
        Ok(0) if db.exists("SELECT 1 FROM sqlite_schema", &[]).is_ok_and(|has_tables| has_tables) => {
            Err(foreign(path))
        }
        Ok(0) => Ok(()),
        Ok(_) => Err(foreign(path)),
        // Without its log the file need not be whole.
        Err(_) => Ok(()),
    }
}

fn foreign(path: &Path) -> StoreError {
    let reason = Label::new("他のプログラムのデータベースです", "a database of another program");
    StoreError::NotAStore { path: path.to_owned(), reason }
}

/// Refuses another program's database and a newer schema; writes nothing.
pub(super) fn check(db: &Connection) -> Result<(), StoreError> {
    let path = || db.path().as_ref().clone();
    let application: i64 = db.value("PRAGMA application_id", &[])?;
    if application != APPLICATION_ID {
        return Err(foreign(&path()));
    }
    let found = version(db)?;
    if found > newest() {
        return Err(StoreError::Newer { path: path(), found, known: newest() });
    }
    Ok(())
}

/// Brings the store to the newest schema: all steps in one transaction.
pub(super) fn migrate(db: &Connection) -> Result<(), StoreError> {
    if version(db)? == newest() {
        return Ok(());
    }
    db.script("BEGIN IMMEDIATE")?;
    let done = migrate_steps(db).and_then(|()| db.script("COMMIT"));
    if done.is_err() && db.in_transaction() {
        db.script("ROLLBACK")?;
    }
    done
}

fn migrate_steps(db: &Connection) -> Result<(), StoreError> {
    // Read again: another process may have migrated while this one waited.
    let from = usize::try_from(version(db)?).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(from) {
        db.script(step)?;
    }
    db.script(&format!("PRAGMA user_version = {}; PRAGMA application_id = {APPLICATION_ID}", newest()))
}

/// The store's own number, the same as long as it lives, in backups too.
pub(super) fn store_id(db: &Connection) -> Result<String, StoreError> {
    db.value("SELECT substr(mark, 10, 32) FROM store_identity", &[])
}

/// Numbers a write: each transaction that changes something does it last.
pub(super) fn number_write(db: &Connection) -> Result<(), StoreError> {
    db.execute(
        "UPDATE store_identity SET mark = substr(mark, 1, 42) || lower(hex(randomblob(8))) || ':'
         || substr(mark, 43, 16)",
        &[],
    )
    .map(|_| ())
}

/// Whether the store has a number: those of an older schema get it when they are migrated.
pub(super) fn is_numbered(db: &Connection) -> Result<bool, StoreError> {
    db.exists("SELECT 1 FROM sqlite_schema WHERE name = 'store_identity'", &[])
}

fn version(db: &Connection) -> Result<i64, StoreError> {
    db.value("PRAGMA user_version", &[])
}
