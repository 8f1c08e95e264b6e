//! Backups of the store, going back to one, and the complete check of the file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::driver::{Access, Connection};
use super::file::{self, Alone, unusable};
use super::{Reader, Store, StoreError, schema};

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its size.
    pub bytes: u64,
    /// The store's own number.
    pub store_id: String,
}

/// A store that was replaced by a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The store's own number.
    pub store_id: String,
    /// Where the file is that was there before, if there was one.
    pub kept: Option<PathBuf>,
}

/// What the complete check of the file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// What is wrong with its structure, in the database's words.
    pub problems: Vec<String>,
    /// Tables with references to rows that are not there, and how many.
    pub references: Vec<(String, u64)>,
}

impl Store {
    /// Writes the store, as it is at this moment, into a new file that only its owner can read. Others go on reading and
    /// writing meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the path is taken.
    pub fn back_up(&self, to: &Path) -> Result<Backup, StoreError> {
        if to.symlink_metadata().is_ok() {
            return Err(StoreError::Exists(to.to_owned()));
        }
        let part = file::beside(to, ".unfinished");
        let bytes = copy(&self.reader()?.db, &part)?;
        rename(&part, to)?;
        file::flush(to)?;
        Ok(Backup { bytes, store_id: self.store_id()? })
    }

    /// Replaces the store by a copy of a backup. The file that was there stays beside it, under a name with the time.
    ///
    /// # Errors
    /// The backup is no store or is damaged; [`StoreError::InUse`] when somebody has the store open. Nothing is
    /// changed then.
    pub fn restore(location: &Path, backup: &Path, at: DateTime<Utc>) -> Result<Restored, StoreError> {
        let location = match location.symlink_metadata() {
            Ok(_) => &file::real(location)?,
            Err(_) => location,
        };
        let part = file::beside(location, ".unfinished");
        copy_checked(backup, &part)?;
        let replaced = replace(location, &part, at);
        if replaced.is_err() {
            // What is left is in the way of nothing: the next attempt overwrites it.
            let _ = std::fs::remove_file(&part);
        }
        let kept = replaced?;
        Ok(Restored { store_id: Self::open(location)?.store_id()?, kept })
    }

    /// The store's own number: the same as long as it lives, in its backups too.
    pub fn store_id(&self) -> Result<String, StoreError> {
        schema::store_id(&self.reader()?.db)
    }
}

impl Reader {
    /// Reads the whole file and checks its structure, its indexes and its references.
    pub fn check_whole_file(&mut self) -> Result<FileCheck, StoreError> {
        let problems = self.db.full_check()?;
        let references = if problems.is_empty() { self.db.broken_references()? } else { Vec::new() };
        Ok(FileCheck { problems, references })
    }
}

/// Copies a backup that is a store and whole.
fn copy_checked(backup: &Path, part: &Path) -> Result<(), StoreError> {
    schema::check_file(backup)?;
    let log = file::beside(backup, "-wal");
    let source = match log.exists() {
        false => Connection::open_without_log(backup)?,
        true if file::log::is_of_another_file(backup, &log)? => {
            return Err(StoreError::StrayLog { path: backup.to_owned(), log });
        }
        true => Connection::open(backup, Access::Read)?,
    };
    source.set_up(Access::Read)?;
    schema::check(&source)?;
    if let Some(found) = source.full_check()?.into_iter().next() {
        return Err(StoreError::Damaged { path: backup.to_owned(), found });
    }
    copy(&source, part).map(|_| ())
}

/// Copies a database into a file that is complete on the disk when this returns. The copy begins a history of its own:
/// a log of the original does not fit it.
fn copy(source: &Connection, part: &Path) -> Result<u64, StoreError> {
    let unusable = |error: std::io::Error| unusable(part, &error);
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(error)),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(part).map_err(unusable)?;
    source.copy_into(part)?;
    let copied = Connection::open(part, Access::Write)?;
    if schema::is_numbered(&copied)? {
        schema::number_write(&copied)?;
    }
    drop(copied);
    file::flush(part)?;
    Ok(std::fs::metadata(part).map_err(unusable)?.len())
}

/// Puts the new file in place of the store, which nobody opens meanwhile.
fn replace(location: &Path, new: &Path, at: DateTime<Utc>) -> Result<Option<PathBuf>, StoreError> {
    let mut alone = Alone::take(location)?;
    let kept = file::beside(location, &at.format("-before-%Y%m%dT%H%M%SZ").to_string());
    if kept.symlink_metadata().is_ok() {
        return Err(StoreError::Exists(kept));
    }
    let was_there = location.symlink_metadata().is_ok();
    if was_there {
        rename(location, &kept)?;
    }
    // The log goes with the file that it belongs to; what is in the index is in the log too.
    let log = file::beside(location, "-wal");
    if log.exists() {
        rename(&log, &file::beside(&kept, "-wal"))?;
    }
    match std::fs::remove_file(file::beside(location, "-shm")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(location, &error)),
        _ => {}
    }
    rename(new, location)?;
    file::flush(location)?;
    alone.replaced(location)?;
    Ok(was_there.then_some(kept))
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|error| unusable(to, &error))
}
