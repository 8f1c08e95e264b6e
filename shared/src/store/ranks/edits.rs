//! Ranks that were edited by hand: by an import or a command, not by a run.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::rank::RankDirection;
use crate::store::driver::bind;
use crate::store::{Reader, StoreError};

/// One edit of a customer's rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#after-the-run")]
pub struct RankEdit {
    pub edited_at: DateTime<Utc>,
    pub edited_on: NaiveDate,
    pub rank_from: Option<String>,
    /// `None`: the rank was removed.
    pub rank_to: Option<String>,
    pub direction: RankDirection,
    pub actor: String,
}

impl Reader {
    /// Up to `limit` last edits of a customer's rank, the newest first.
    pub fn rank_edits(&mut self, customer_code: &str, limit: usize) -> Result<Vec<RankEdit>, StoreError> {
        self.db.all(
            "SELECT edited_at, edited_on, rank_from, nullif(rank_to, ''), direction, actor FROM rank_edit
             WHERE customer_code = ?1 ORDER BY edit_id DESC LIMIT ?2",
            bind![customer_code, limit],
            |row| {
                Ok(RankEdit {
                    edited_at: row.get(0)?,
                    edited_on: row.get(1)?,
                    rank_from: row.get(2)?,
                    rank_to: row.get(3)?,
                    direction: row.get(4)?,
                    actor: row.get(5)?,
                })
            },
        )
    }
}
