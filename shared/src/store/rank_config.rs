//! The rank update's settings as they were saved (`docs/rank.md#saved-settings`).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Reader, StoreError, Transaction};

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
    /// Why it was saved, in somebody's words.
    pub note: Option<String>,
}

/// The changes of a run, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RankChangeCounts {
    /// To a better rank.
    pub up: u64,
    /// To a worse rank.
    pub down: u64,
    /// A first rank.
    pub initial: u64,
    /// Of all: those that the settings made.
    pub config_changed: u64,
}

/// Saved settings, and what runs did.
impl Reader {
    /// How many changes a run made.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_change_counts(&mut self, run_id: i64) -> Result<RankChangeCounts, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_change_counts(run_id),
        }
    }

    /// A customer's name; `None`: no such customer.
    ///
    /// # Errors
    /// What the database says.
    pub fn customer_name(&mut self, customer_code: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.customer_name(customer_code),
        }
    }

    /// Up to `limit` saved versions, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_configs(&mut self, limit: usize) -> Result<Vec<RankConfig>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_configs(limit),
        }
    }

    /// A saved version; the newest when none is named. `None`: there is none.
    ///
    /// # Errors
    /// What the database says.
    pub fn rank_config(&mut self, version: Option<i64>) -> Result<Option<RankConfig>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.rank_config(version),
        }
    }
}

/// Settings and exclusions of the rank update.
impl Transaction<'_> {
    /// Saves settings and gives their version. The very document of the newest version is that version: nothing
    /// is written then.
    ///
    /// # Errors
    /// What the database says.
    pub fn save_rank_config(&mut self, config: &RankConfig) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.save_rank_config(config),
        }
    }

    /// Which of these codes no customer has.
    ///
    /// # Errors
    /// What the database says.
    pub fn unknown_customers<'c>(&mut self, codes: &[&'c str]) -> Result<Vec<&'c str>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.unknown_customers(codes),
        }
    }
}
