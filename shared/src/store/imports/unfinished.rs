//! Imports that have not come to their end: of a long file, rows are in the store before its last one is.

use chrono::{DateTime, Utc};

use crate::store::driver::bind;
use crate::store::{Reader, StoreError, Transaction};

/// The import of a file, while it is running or after it was broken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedImport {
    /// When the import began.
    pub at: DateTime<Utc>,
    /// The file, as it was named.
    pub file: String,
    /// Where the file lay.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// The data set's name.
    pub dataset: String,
}

impl Reader {
    /// The imports that have not come to their end, the oldest first.
    pub fn unfinished_imports(&mut self) -> Result<Vec<UnfinishedImport>, StoreError> {
        let sql = "SELECT at, file, path, bytes, dataset FROM import_unfinished ORDER BY import_id";
        self.db.all(sql, &[], |row| {
            Ok(UnfinishedImport {
                at: row.get(0)?,
                file: row.get(1)?,
                path: row.get(2)?,
                bytes: row.get(3)?,
                dataset: row.get(4)?,
            })
        })
    }
}

impl Transaction<'_> {
    /// Notes that rows of the file are in the store, and not all.
    pub(in crate::store) fn import_begins(&self, import: &UnfinishedImport) -> Result<(), StoreError> {
        let UnfinishedImport { at, file, path, bytes, dataset } = import;
        self.db
            .execute(
                "INSERT INTO import_unfinished (at, file, path, bytes, dataset) VALUES (?1, ?2, ?3, ?4, ?5)",
                bind![*at, file, path, *bytes, dataset],
            )
            .map(|_| ())
    }

    /// The file is in the store as a whole: this finishes earlier imports of it that were broken off, also when it lay
    /// elsewhere then, or was another version of it.
    pub(in crate::store) fn import_ends(&self, import: &UnfinishedImport) -> Result<(), StoreError> {
        let UnfinishedImport { at, file, path, bytes, dataset } = import;
        let name = base_name(file);
        let mut ended: Vec<i64> = Vec::new();
        let sql =
            "SELECT import_id, file, path, bytes FROM import_unfinished WHERE dataset = ?1 AND at <= ?2";
        for (id, other, lay, size) in self.db.all(sql, bind![dataset, *at], |row| {
            Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, row.get::<u64>(3)?))
        })? {
            if lay == *path || (size == *bytes && base_name(&other) == name) {
                ended.push(id);
            }
        }
        for id in ended {
            self.db.execute("DELETE FROM import_unfinished WHERE import_id = ?1", bind![id])?;
        }
        Ok(())
    }

    /// Forgets the imports that have not come to their end. Says how many.
    pub fn forget_unfinished_imports(&mut self) -> Result<u64, StoreError> {
        self.db.execute("DELETE FROM import_unfinished", &[])
    }
}

/// A file's name without its folders.
fn base_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}
