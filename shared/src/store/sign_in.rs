//! Who signs in by which token or password, and what the audit trail says (`docs/security.md`).

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Agent, AuditEntry, Reader, StoreError, Transaction};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Given to an agent or a program, for as long as it lasts.
    Token,
    /// Made by a sign-in, ends with it.
    Session,
}

impl TokenKind {
    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Session => "session",
        }
    }
}

/// A token that somebody showed, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Who.
    pub agent: Agent,
    /// The token's identity: its hash, of which the token cannot be told.
    pub token_id: String,
    /// What it is for.
    pub kind: TokenKind,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenInfo {
    /// The first characters of its hash: enough to name it, useless to sign in.
    pub token_id: String,
    /// Whose.
    pub agent_code: String,
    /// What for.
    pub kind: TokenKind,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when; forever when `None`.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Which entries of the audit trail; `None` everywhere: all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// By whom.
    pub actor: Option<String>,
    /// What was done; a word that ends with a dot stands for all that begin with it.
    pub action: Option<String>,
    /// About whom or what: a customer's code.
    pub subject: Option<String>,
    /// The newest so many.
    pub limit: Option<usize>,
}

impl Reader {
    /// Who shows this token, when neither it nor the agent is revoked and it has not ended at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn signed_in(&mut self, token: &str, now: DateTime<Utc>) -> Result<Option<SignIn>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.signed_in(token, now),
        }
    }

    /// Those of these tokens (by identity) that are revoked or have ended at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn ended_tokens(
        &mut self,
        token_ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.ended_tokens(token_ids, now),
        }
    }

    /// The tokens of one agent or of all, by agent and age.
    ///
    /// # Errors
    /// What the database says.
    pub fn tokens(&mut self, agent_code: Option<&str>) -> Result<Vec<TokenInfo>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.tokens(agent_code),
        }
    }

    /// An agent who is not revoked.
    ///
    /// # Errors
    /// What the database says.
    pub fn active_agent(&mut self, agent_code: &str) -> Result<Option<Agent>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.active_agent(agent_code),
        }
    }

    /// The hash of an agent's password, when there is one and the agent is not revoked.
    ///
    /// # Errors
    /// What the database says.
    pub fn password_hash(&mut self, agent_code: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.password_hash(agent_code),
        }
    }

    /// Whether anybody has a password.
    ///
    /// # Errors
    /// What the database says.
    pub fn has_passwords(&mut self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.has_passwords(),
        }
    }

    /// The audit trail, oldest first. Entries are handed over one by one; nothing is kept.
    ///
    /// # Errors
    /// What the database says.
    pub fn audit_trail(
        &mut self,
        filter: &AuditFilter,
        each: &mut dyn FnMut(AuditEntry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(reader) => reader.audit_trail(filter, each),
        }
    }
}

impl Transaction<'_> {
    /// Gives an agent a further token, which is not kept and cannot be read again. Sessions of the agent that ended
    /// long ago are forgotten.
    ///
    /// # Errors
    /// There is no such agent, or the agent is revoked.
    pub fn add_token(
        &mut self,
        agent_code: &str,
        kind: TokenKind,
        expires_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.add_token(agent_code, kind, expires_at, now),
        }
    }

    /// Ends the one token whose identity begins so; `false` when there is none. One that has ended stays ended.
    ///
    /// # Errors
    /// Several begin so.
    pub fn revoke_token(&mut self, token_id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.revoke_token(token_id, now),
        }
    }

    /// Sets or takes away an agent's password; sessions under the old one end. `false`: no such agent.
    ///
    /// # Errors
    /// What the database says.
    pub fn set_password(
        &mut self,
        agent_code: &str,
        hash: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.set_password(agent_code, hash, now),
        }
    }
}
