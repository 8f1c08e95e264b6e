//! Agents and their tokens.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::reader::{SqliteReader, read_optional_instant};
use super::transaction::{SqliteTransaction, instant};
use super::{Explained, StoreError};
use crate::store::{Agent, NewAgent};

/// Random bytes of a token: more than can be guessed.
const TOKEN_BYTES: usize = 32;

/// What is kept of a token. A plain hash is enough: the token is random, not chosen by a person.
pub(super) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A token that nobody has had.
pub(super) fn new_token() -> Result<String, StoreError> {
    let mut random = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| StoreError::Database(format!("the system gives no random numbers: {error}")))?;
    Ok(hex(&random))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn agent_of(row: &Row<'_>) -> rusqlite::Result<Agent> {
    Ok(Agent {
        agent_code: row.get(0)?,
        agent_name: row.get(1)?,
        extension: row.get(2)?,
        role: row.get(3)?,
        revoked_at: read_optional_instant(row, 4)?,
    })
}

impl SqliteReader {
    pub(in crate::store) fn agent_by_token(
        &mut self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Agent>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT a.agent_code, a.agent_name, a.extension, a.role, a.revoked_at
                 FROM agent_token t JOIN agent a ON a.agent_code = t.agent_code
                 WHERE t.token_hash = ?1 AND t.revoked_at IS NULL AND a.revoked_at IS NULL
                   AND (t.expires_at IS NULL OR t.expires_at > ?2)",
            )
            .at(&self.path)?
            .query_row(params![token_hash(token), instant(now)], agent_of)
            .optional()
            .at(&self.path)
    }

    pub(in crate::store) fn agents(&mut self) -> Result<Vec<Agent>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT agent_code, agent_name, extension, role, revoked_at FROM agent ORDER BY agent_code",
            )
            .at(&self.path)?
            .query_map([], agent_of)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn add_agent(
        &mut self,
        agent: &NewAgent,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        self.extension_is_free(agent)?;
        self.connection
            .prepare_cached(
                "INSERT INTO agent (agent_code, agent_name, extension, role, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (agent_code) DO UPDATE SET agent_name = excluded.agent_name,
                    extension = excluded.extension, role = excluded.role, revoked_at = NULL",
            )
            .at(&self.path)?
            .execute(params![agent.agent_code, agent.agent_name, agent.extension, agent.role, instant(now)])
            .at(&self.path)?;
        let token = new_token()?;
        self.connection
            .prepare_cached(
                "INSERT INTO agent_token (token_hash, agent_code, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
            )
            .at(&self.path)?
            .execute(params![
                token_hash(&token),
                agent.agent_code,
                instant(now),
                agent.token_expires_at.map(instant)
            ])
            .at(&self.path)?;
        Ok(token)
    }

    /// Two agents on one extension would both get the pop-up of every call.
    fn extension_is_free(&self, agent: &NewAgent) -> Result<(), StoreError> {
        let taken: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT agent_code FROM agent WHERE extension = ?1 AND revoked_at IS NULL AND agent_code <> ?2",
            )
            .at(&self.path)?
            .query_row(params![agent.extension, agent.agent_code], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        match (taken, &agent.extension) {
            (Some(other), Some(extension)) => Err(StoreError::Conflict(format!(
                "extension {extension} belongs to agent {other}; revoke that agent or choose another extension"
            ))),
            _ => Ok(()),
        }
    }

    pub(in crate::store) fn revoke_agent(
        &mut self,
        agent_code: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let revoked = self
            .connection
            .prepare_cached("UPDATE agent SET revoked_at = coalesce(revoked_at, ?2) WHERE agent_code = ?1")
            .at(&self.path)?
            .execute(params![agent_code, instant(now)])
            .at(&self.path)?;
        self.connection
            .prepare_cached(
                "UPDATE agent_token SET revoked_at = ?2 WHERE agent_code = ?1 AND revoked_at IS NULL",
            )
            .at(&self.path)?
            .execute(params![agent_code, instant(now)])
            .at(&self.path)?;
        self.forget_password(agent_code)?;
        Ok(revoked > 0)
    }
}
