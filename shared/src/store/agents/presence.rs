//! What agents set last: ready or away.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::driver::bind;
use crate::store::{Reader, StoreError, Transaction};

/// What an agent set last, for the next start of the bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPresence {
    /// Whose.
    pub agent_code: String,
    /// Away, else ready.
    pub away: bool,
    /// Why the agent is away.
    pub reason: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The bridge has paused the agent in the queues.
    pub queue_paused: bool,
}

impl Reader {
    /// What all agents set last.
    pub fn kept_presence(&mut self) -> Result<Vec<KeptPresence>, StoreError> {
        self.db.all(
            "SELECT p.agent_code, p.away, p.reason, p.since, p.queue_paused FROM agent_presence p
             JOIN agent a ON a.agent_code = p.agent_code WHERE a.revoked_at IS NULL ORDER BY p.agent_code",
            &[],
            |row| {
                Ok(KeptPresence {
                    agent_code: row.get(0)?,
                    away: row.get(1)?,
                    reason: row.get(2)?,
                    since: row.get(3)?,
                    queue_paused: row.get(4)?,
                })
            },
        )
    }
}

impl Transaction<'_> {
    /// Keeps what an agent set last.
    pub fn keep_presence(&mut self, presence: &KeptPresence) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO agent_presence (agent_code, away, reason, since, queue_paused) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (agent_code) DO UPDATE SET away = excluded.away, reason = excluded.reason,
             since = excluded.since, queue_paused = excluded.queue_paused",
            bind![presence.agent_code, presence.away, presence.reason, presence.since, presence.queue_paused],
        )?;
        Ok(())
    }
}
