//! Agents: who signs in, with which role, and their tokens.

mod phones;
mod presence;

pub use presence::KeptPresence;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::driver::{Row, bind};
use super::{Reader, StoreError, Transaction};
use crate::agent::AgentRole;
use crate::text::hex;

/// A person or program that signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Unique code.
    pub agent_code: String,
    /// Name for the screen.
    pub agent_name: String,
    /// The extension of the main telephone; on another than the first telephone system `SYSTEM/EXTENSION`.
    pub extension: Option<String>,
    /// Further telephones, written likewise: whichever rings, the call is this agent's.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub phones: Vec<String>,
    /// What the agent may see and do.
    pub role: AgentRole,
    /// When the agent was revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// An agent to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent {
    /// Unique code.
    pub agent_code: String,
    /// Name for the screen.
    pub agent_name: String,
    /// The telephone's extension, unique among agents that are not revoked.
    pub extension: Option<String>,
    /// What the agent may see and do.
    pub role: AgentRole,
    /// When the token ends; never when `None`.
    pub token_expires_at: Option<DateTime<Utc>>,
}

/// Random bytes of a token: more than can be guessed.
const TOKEN_BYTES: usize = 32;

/// The stored form of a token. A plain hash is enough: the token is random, not chosen by a person.
pub(super) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A new random token.
pub(super) fn new_token() -> Result<String, StoreError> {
    let mut random = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| StoreError::Database(format!("no random numbers from the system: {error}")))?;
    Ok(hex(&random))
}

/// The columns that [`agent_of`] reads.
macro_rules! agent_columns {
    () => {
        "a.agent_code, a.agent_name, a.extension, a.role, a.revoked_at,
         (SELECT group_concat(p.phone, char(10)) FROM agent_phone p WHERE p.agent_code = a.agent_code)"
    };
}
pub(super) use agent_columns;

pub(super) fn agent_of(row: &Row<'_>) -> Result<Agent, StoreError> {
    Ok(Agent {
        agent_code: row.get(0)?,
        agent_name: row.get(1)?,
        extension: row.get(2)?,
        role: row.get(3)?,
        revoked_at: row.get(4)?,
        phones: row
            .get::<Option<String>>(5)?
            .map(|all| all.lines().map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}

impl Reader {
    /// All agents by code, revoked ones included.
    pub fn agents(&mut self) -> Result<Vec<Agent>, StoreError> {
        self.db.all(
            concat!("SELECT ", agent_columns!(), " FROM agent a ORDER BY a.agent_code"),
            &[],
            agent_of,
        )
    }
}

impl Transaction<'_> {
    /// Adds an agent and returns the new token, which is not stored and cannot be read again. An existing agent gets
    /// a further token.
    pub fn add_agent(&mut self, agent: &NewAgent, now: DateTime<Utc>) -> Result<String, StoreError> {
        if let Some(extension) = &agent.extension {
            self.phone_is_free(&agent.agent_code, extension)?;
        }
        self.db.execute(
            "INSERT INTO agent (agent_code, agent_name, extension, role, created_at) VALUES (?1, ?2, ?3,
             ?4, ?5) ON CONFLICT (agent_code) DO UPDATE SET agent_name = excluded.agent_name, extension
             = excluded.extension, role = excluded.role, revoked_at = NULL",
            bind![agent.agent_code, agent.agent_name, agent.extension, agent.role, now],
        )?;
        let token = new_token()?;
        self.db.execute(
            "INSERT INTO agent_token (token_hash, agent_code, created_at, expires_at) VALUES (?1, ?2,
             ?3, ?4)",
            bind![token_hash(&token), agent.agent_code, now, agent.token_expires_at],
        )?;
        Ok(token)
    }

    /// Revokes an agent and all tokens of the agent; `false` when there is no such agent.
    pub fn revoke_agent(&mut self, agent_code: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let revoked = self.db.execute(
            "UPDATE agent SET revoked_at = coalesce(revoked_at, ?2) WHERE agent_code = ?1",
            bind![agent_code, now],
        )?;
        self.db.execute(
            "UPDATE agent_token SET revoked_at = ?2 WHERE agent_code = ?1 AND revoked_at IS NULL",
            bind![agent_code, now],
        )?;
        self.db.execute("DELETE FROM agent_phone WHERE agent_code = ?1", bind![agent_code])?;
        self.forget_password(agent_code)?;
        Ok(revoked > 0)
    }
}
