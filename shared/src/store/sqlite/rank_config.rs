//! The rank update's saved settings.

use rusqlite::{OptionalExtension, Row, params};

use super::reader::{SqliteReader, read_count, read_instant};
use super::transaction::{SqliteTransaction, count, instant};
use super::{Explained, StoreError};
use crate::store::{RankChangeCounts, RankConfig};

impl SqliteReader {
    pub(in crate::store) fn rank_configs(&mut self, limit: usize) -> Result<Vec<RankConfig>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT version, saved_at, hash, document, note FROM rank_config ORDER BY version DESC LIMIT ?1",
            )
            .at(&self.path)?
            .query_map([count(limit as u64)], config)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn rank_config(
        &mut self,
        version: Option<i64>,
    ) -> Result<Option<RankConfig>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT version, saved_at, hash, document, note FROM rank_config
                 WHERE version = coalesce(?1, (SELECT max(version) FROM rank_config))",
            )
            .at(&self.path)?
            .query_row([version], config)
            .optional()
            .at(&self.path)
    }
}

impl SqliteReader {
    pub(in crate::store) fn rank_change_counts(
        &mut self,
        run_id: i64,
    ) -> Result<RankChangeCounts, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT count(CASE direction WHEN 'up' THEN 1 END), count(CASE direction WHEN 'down' THEN 1 END),
                    count(CASE direction WHEN 'initial' THEN 1 END), coalesce(sum(config_changed), 0)
                 FROM rank_change WHERE run_id = ?1",
            )
            .at(&self.path)?
            .query_row([run_id], |row| {
                Ok(RankChangeCounts {
                    up: read_count(row, 0)?,
                    down: read_count(row, 1)?,
                    initial: read_count(row, 2)?,
                    config_changed: read_count(row, 3)?,
                })
            })
            .at(&self.path)
    }

    pub(in crate::store) fn customer_name(
        &mut self,
        customer_code: &str,
    ) -> Result<Option<String>, StoreError> {
        self.connection
            .prepare_cached("SELECT customer_name FROM customer WHERE customer_code = ?1")
            .at(&self.path)?
            .query_row([customer_code], |row| row.get(0))
            .optional()
            .at(&self.path)
    }
}

fn config(row: &Row<'_>) -> rusqlite::Result<RankConfig> {
    Ok(RankConfig {
        version: row.get(0)?,
        saved_at: read_instant(row, 1)?,
        hash: row.get(2)?,
        document: row.get(3)?,
        note: row.get(4)?,
    })
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn save_rank_config(&mut self, config: &RankConfig) -> Result<i64, StoreError> {
        let newest: Option<(i64, bool)> = self
            .connection
            .prepare_cached("SELECT version, document = ?1 FROM rank_config ORDER BY version DESC LIMIT 1")
            .at(&self.path)?
            .query_row([&config.document], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .at(&self.path)?;
        if let Some((version, true)) = newest {
            return Ok(version);
        }
        self.connection
            .prepare_cached(
                "INSERT INTO rank_config (saved_at, hash, document, note) VALUES (?1, ?2, ?3, ?4)",
            )
            .at(&self.path)?
            .execute(params![instant(config.saved_at), config.hash, config.document, config.note])
            .at(&self.path)?;
        Ok(self.connection.last_insert_rowid())
    }

    pub(in crate::store) fn unknown_customers<'c>(
        &mut self,
        codes: &[&'c str],
    ) -> Result<Vec<&'c str>, StoreError> {
        let mut known = self
            .connection
            .prepare_cached("SELECT 1 FROM customer WHERE customer_code = ?1")
            .at(&self.path)?;
        let mut unknown = Vec::new();
        for code in codes {
            if !known.exists([code]).at(&self.path)? {
                unknown.push(*code);
            }
        }
        Ok(unknown)
    }
}
