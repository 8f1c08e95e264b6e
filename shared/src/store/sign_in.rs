//! Signing in: tokens, sessions and passwords (`docs/security.md`).

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::agents::{agent_columns, agent_of, new_token, token_hash};
use super::driver::{Row, bind};
use super::{Agent, Reader, StoreError, Transaction};
use crate::message;

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

/// A presented token and its agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Who.
    pub agent: Agent,
    /// The token's identity: its hash, from which the token cannot be derived.
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

/// Characters of a token's hash that a list shows.
const TOKEN_ID_CHARS: usize = 12;
/// Days after which an ended session is forgotten; the audit log still has it.
const SESSION_KEPT_DAYS: i64 = 30;

/// What a token must be to count: its own row and its agent's, at `:now`.
macro_rules! valid_token {
    () => {
        "t.revoked_at IS NULL AND a.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?2)"
    };
}

impl Reader {
    /// The agent whose token this is, when neither is revoked and the token has not expired at `now`.
    pub fn signed_in(&mut self, token: &str, now: DateTime<Utc>) -> Result<Option<SignIn>, StoreError> {
        let token_id = token_hash(token);
        self.db.one(
            concat!(
                "SELECT ",
                agent_columns!(),
                ", t.expires_at, t.kind
                 FROM agent_token t JOIN agent a ON a.agent_code = t.agent_code WHERE t.token_hash = ?1 AND ",
                valid_token!()
            ),
            bind![token_id, now],
            |row| {
                let expires_at = row.get(6)?;
                let kind = token_kind(&row.get::<String>(7)?);
                Ok(SignIn { agent: agent_of(row)?, token_id: token_id.clone(), kind, expires_at })
            },
        )
    }

    /// The identity of a token that was given out, whether it is still valid or not.
    pub fn known_token(&mut self, token: &str) -> Result<Option<String>, StoreError> {
        let token_id = token_hash(token);
        let known = self.db.exists("SELECT 1 FROM agent_token WHERE token_hash = ?1", bind![token_id])?;
        Ok(known.then_some(token_id))
    }

    /// Those of these tokens (by identity) that are revoked or have ended at `now`.
    pub fn ended_tokens(
        &mut self,
        token_ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        const VALID: &str = concat!(
            "SELECT 1 FROM agent_token t JOIN agent a ON a.agent_code = t.agent_code WHERE t.token_hash = ?1 AND ",
            valid_token!()
        );
        let mut ended = Vec::new();
        for id in token_ids {
            if !self.db.exists(VALID, bind![id, now])? {
                ended.push(id.clone());
            }
        }
        Ok(ended)
    }

    /// The tokens of one agent or of all, by agent and age.
    pub fn tokens(&mut self, agent_code: Option<&str>) -> Result<Vec<TokenInfo>, StoreError> {
        self.db.all(
            "SELECT token_hash, agent_code, kind, created_at, expires_at, revoked_at FROM agent_token
             WHERE ?1 IS NULL OR agent_code = ?1 ORDER BY agent_code, created_at, token_hash",
            bind![agent_code],
            token_info,
        )
    }

    /// An agent who is not revoked.
    pub fn active_agent(&mut self, agent_code: &str) -> Result<Option<Agent>, StoreError> {
        self.db.one(
            concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agent a WHERE a.agent_code = ?1 AND a.revoked_at IS NULL"
            ),
            bind![agent_code],
            agent_of,
        )
    }

    /// The hash of an agent's password, when there is one and the agent is not revoked.
    pub fn password_hash(&mut self, agent_code: &str) -> Result<Option<String>, StoreError> {
        self.db.one(
            "SELECT p.hash FROM agent_password p JOIN agent a ON a.agent_code = p.agent_code WHERE
             p.agent_code = ?1 AND a.revoked_at IS NULL",
            bind![agent_code],
            |row| row.get(0),
        )
    }

    /// Whether anybody has a password.
    pub fn has_passwords(&mut self) -> Result<bool, StoreError> {
        self.db.exists("SELECT 1 FROM agent_password LIMIT 1", &[])
    }
}

fn token_kind(word: &str) -> TokenKind {
    if word == TokenKind::Session.as_str() { TokenKind::Session } else { TokenKind::Token }
}

fn token_info(row: &Row<'_>) -> Result<TokenInfo, StoreError> {
    let (mut token_id, kind): (String, String) = (row.get(0)?, row.get(2)?);
    token_id.truncate(TOKEN_ID_CHARS);
    Ok(TokenInfo {
        token_id,
        agent_code: row.get(1)?,
        kind: token_kind(&kind),
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}

impl Transaction<'_> {
    /// Adds a token of an agent and returns it; it is not stored and cannot be read again. Sessions of the agent
    /// that ended long ago are deleted.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such agent, or the agent is revoked.
    pub fn add_token(
        &mut self,
        agent_code: &str,
        kind: TokenKind,
        expires_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let forgotten = now - TimeDelta::days(SESSION_KEPT_DAYS);
        self.db.execute(
            "DELETE FROM agent_token WHERE agent_code = ?1 AND kind = 'session' AND expires_at < ?2",
            bind![agent_code, forgotten],
        )?;
        let token = new_token()?;
        let added = self.db.execute(
            "INSERT INTO agent_token (token_hash, agent_code, created_at, expires_at, kind) SELECT ?1,
             agent_code, ?3, ?4, ?5 FROM agent WHERE agent_code = ?2 AND revoked_at IS NULL",
            bind![token_hash(&token), agent_code, now, expires_at, kind.as_str()],
        )?;
        match added {
            0 => Err(StoreError::Conflict(message!(
                "オペレーター {agent_code} は登録されていないか、無効になっています。cti-bridge agent list で確認してください",
                "there is no agent {agent_code}, or the agent is revoked; list them with `cti-bridge agent list`",
                agent_code = agent_code,
            ))),
            _ => Ok(token),
        }
    }

    /// Revokes the one token whose identity begins with `token_id`; `false` when there is none. A token that has
    /// ended stays ended.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when several tokens begin so.
    pub fn revoke_token(&mut self, token_id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let found: Vec<String> = self.db.column(
            "SELECT token_hash FROM agent_token WHERE substr(token_hash, 1, length(?1)) = ?1 LIMIT 2",
            bind![token_id],
        )?;
        match found.as_slice() {
            [] => Ok(false),
            [_, _, ..] => Err(StoreError::Conflict(message!(
                "{token_id} で始まるトークンが複数あります。agent token list の表示を見て、文字数を増やして指定してください",
                "several tokens begin with {token_id}; give more characters, as `agent token list` shows them",
                token_id = token_id,
            ))),
            [token_hash] => {
                self.db.execute(
                    "UPDATE agent_token SET revoked_at = coalesce(revoked_at, ?2) WHERE token_hash = ?1",
                    bind![token_hash, now],
                )?;
                Ok(true)
            }
        }
    }

    /// Whether there is this agent, not revoked.
    pub(super) fn works_here(&self, agent_code: &str) -> Result<bool, StoreError> {
        self.db.exists("SELECT 1 FROM agent WHERE agent_code = ?1 AND revoked_at IS NULL", bind![agent_code])
    }

    /// Sets or removes an agent's password; sessions under the old one end. `false`: no such agent.
    pub fn set_password(
        &mut self,
        agent_code: &str,
        hash: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if !self.works_here(agent_code)? {
            return Ok(false);
        }
        match hash {
            Some(hash) => self.db.execute(
                "INSERT INTO agent_password (agent_code, hash, changed_at) VALUES (?1, ?2, ?3) ON
                 CONFLICT (agent_code) DO UPDATE SET hash = excluded.hash, changed_at =
                 excluded.changed_at",
                bind![agent_code, hash, now],
            )?,
            None => self.forget_password(agent_code)?,
        };
        self.db.execute(
            "UPDATE agent_token SET revoked_at = ?2 WHERE agent_code = ?1 AND kind = 'session' AND
             revoked_at IS NULL",
            bind![agent_code, now],
        )?;
        Ok(true)
    }

    /// An agent who is added again must not get the old password back.
    pub(super) fn forget_password(&self, agent_code: &str) -> Result<u64, StoreError> {
        self.db.execute("DELETE FROM agent_password WHERE agent_code = ?1", bind![agent_code])
    }
}
