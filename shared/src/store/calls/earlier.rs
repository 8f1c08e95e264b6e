//! What a number did today before it calls again.

use chrono::{DateTime, Utc};

use crate::store::driver::bind;
use crate::store::{Reader, StoreError};

/// The calls of a number since some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierCalls {
    /// How many came in; at least one.
    pub calls: u32,
    /// When the last of them began.
    pub last_at: DateTime<Utc>,
    /// When somebody last answered, on either side.
    pub talked_at: Option<DateTime<Utc>>,
}

impl Reader {
    /// The finished calls of this number since then; `None` when none came in.
    pub fn earlier_calls(
        &mut self,
        e164: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<EarlierCalls>, StoreError> {
        self.db.only(
            "SELECT count(CASE WHEN direction = 'inbound' THEN 1 END),
                    max(CASE WHEN direction = 'inbound' THEN started_at END), max(answered_at)
             FROM call WHERE caller_e164 = ?1 AND started_at >= ?2 AND ended_at IS NOT NULL
                 AND direction <> 'internal'",
            bind![e164, since],
            |row| {
                let last_at: Option<DateTime<Utc>> = row.get(1)?;
                let (calls, talked_at) = (row.get(0)?, row.get(2)?);
                Ok(last_at.map(|last_at| EarlierCalls { calls, last_at, talked_at }))
            },
        )
    }
}
