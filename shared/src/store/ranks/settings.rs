//! The saved versions of the rank update's settings (`docs/rank.md#saved-settings`).

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::store::driver::{Row, bind};
use crate::store::{Reader, StoreError, Transaction};

/// One saved version of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankConfig {
    /// From 1; the highest is the current one. Given by the store, 0 before.
    pub version: i64,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// The settings' hash.
    pub hash: String,
    /// The whole document as TOML.
    pub document: String,
    /// Why it was saved, as it was noted.
    pub note: Option<String>,
    /// Who saved it; given by the store. `None`: a version from before it was noted.
    pub actor: Option<String>,
}

impl Reader {
    /// Up to `limit` saved versions, the newest first.
    pub fn rank_configs(&mut self, limit: usize) -> Result<Vec<RankConfig>, StoreError> {
        self.db.all(
            "SELECT version, saved_at, hash, document, note, actor FROM rank_config ORDER BY version DESC LIMIT
             ?1",
            bind![limit],
            config,
        )
    }

    /// A saved version; the newest when none is named. `None`: there is none.
    pub fn rank_config(&mut self, version: Option<i64>) -> Result<Option<RankConfig>, StoreError> {
        self.db.one(
            "SELECT version, saved_at, hash, document, note, actor FROM rank_config WHERE version =
             coalesce(?1, (SELECT max(version) FROM rank_config))",
            bind![version],
            config,
        )
    }
}

fn config(row: &Row<'_>) -> Result<RankConfig, StoreError> {
    Ok(RankConfig {
        version: row.get(0)?,
        saved_at: row.get(1)?,
        hash: row.get(2)?,
        document: row.get(3)?,
        note: row.get(4)?,
        actor: row.get(5)?,
    })
}

impl Transaction<'_> {
    /// Saves settings and gives their version. The very document of the newest version is that version: nothing
    /// is written then.
    pub fn save_rank_config(&mut self, config: &RankConfig) -> Result<i64, StoreError> {
        let newest: Option<(i64, bool)> = self.db.one(
            "SELECT version, document = ?1 FROM rank_config ORDER BY version DESC LIMIT 1",
            bind![&config.document],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if let Some((version, true)) = newest {
            return Ok(version);
        }
        self.db.insert(
            "INSERT INTO rank_config (saved_at, hash, document, note, actor) VALUES (?1, ?2, ?3, ?4, ?5)",
            bind![config.saved_at, config.hash, config.document, config.note, self.actor()],
        )
    }
}
