//! Tokens one by one, passwords, and reading the audit trail.

use std::ops::ControlFlow;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::agents::{agent_of, new_token, token_hash};
use super::reader::{SqliteReader, read_instant, read_optional_instant};
use super::transaction::{SqliteTransaction, count, instant};
use super::{Explained, StoreError};
use crate::store::{Agent, AuditEntry, AuditFilter, SignIn, TokenInfo, TokenKind};

/// Characters of a token's hash that a list shows.
const TOKEN_ID_CHARS: usize = 12;
/// Days after which a session that ended is forgotten: the audit trail says that it was there.
const SESSION_KEPT_DAYS: i64 = 30;

/// What a token must be to count: its own row and its agent's, at `:now`.
macro_rules! valid_token {
    () => {
        "t.revoked_at IS NULL AND a.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > :now)"
    };
}

impl SqliteReader {
    pub(in crate::store) fn signed_in(
        &mut self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<SignIn>, StoreError> {
        let token_id = token_hash(token);
        self.connection
            .prepare_cached(concat!(
                "SELECT a.agent_code, a.agent_name, a.extension, a.role, a.revoked_at, t.expires_at, t.kind
                 FROM agent_token t JOIN agent a ON a.agent_code = t.agent_code WHERE t.token_hash = :id AND ",
                valid_token!()
            ))
            .at(&self.path)?
            .query_row(named_params! {":id": token_id, ":now": instant(now)}, |row| {
                let expires_at = read_optional_instant(row, 5)?;
                let kind = token_kind(&row.get::<_, String>(6)?);
                Ok(SignIn { agent: agent_of(row)?, token_id: token_id.clone(), kind, expires_at })
            })
            .optional()
            .at(&self.path)
    }

    pub(in crate::store) fn ended_tokens(
        &mut self,
        token_ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let now = instant(now);
        let mut valid = self
            .connection
            .prepare_cached(concat!(
                "SELECT 1 FROM agent_token t JOIN agent a ON a.agent_code = t.agent_code WHERE t.token_hash = :id AND ",
                valid_token!()
            ))
            .at(&self.path)?;
        let mut ended = Vec::new();
        for id in token_ids {
            if !valid.exists(named_params! {":id": id, ":now": now}).at(&self.path)? {
                ended.push(id.clone());
            }
        }
        Ok(ended)
    }

    pub(in crate::store) fn tokens(
        &mut self,
        agent_code: Option<&str>,
    ) -> Result<Vec<TokenInfo>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT token_hash, agent_code, kind, created_at, expires_at, revoked_at FROM agent_token
                 WHERE ?1 IS NULL OR agent_code = ?1 ORDER BY agent_code, created_at, token_hash",
            )
            .at(&self.path)?
            .query_map([agent_code], token_info)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn active_agent(&mut self, agent_code: &str) -> Result<Option<Agent>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT agent_code, agent_name, extension, role, revoked_at FROM agent
                 WHERE agent_code = ?1 AND revoked_at IS NULL",
            )
            .at(&self.path)?
            .query_row([agent_code], agent_of)
            .optional()
            .at(&self.path)
    }

    pub(in crate::store) fn password_hash(&mut self, agent_code: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT p.hash FROM agent_password p JOIN agent a ON a.agent_code = p.agent_code
                 WHERE p.agent_code = ?1 AND a.revoked_at IS NULL",
            )
            .at(&self.path)?
            .query_row([agent_code], |row| row.get(0))
            .optional()
            .at(&self.path)
    }

    pub(in crate::store) fn has_passwords(&mut self) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM agent_password LIMIT 1")
            .at(&self.path)?
            .exists([])
            .at(&self.path)
    }

    pub(in crate::store) fn audit_trail(
        &mut self,
        filter: &AuditFilter,
        each: &mut dyn FnMut(AuditEntry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        // Newest so many, oldest first: where they begin is found first, so that nothing need be kept and turned.
        const CHOSEN: &str = "(:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until)
            AND (:actor IS NULL OR actor = :actor) AND (:subject IS NULL OR subject = :subject)
            AND (:action IS NULL OR action = :action
                 OR (:action LIKE '%.' AND substr(action, 1, length(:action)) = :action))";
        let (since, until) = (filter.since.map(instant), filter.until.map(instant));
        let limit = filter.limit.map_or(-1, |limit| count(limit as u64));
        let chosen = named_params! {
            ":since": since, ":until": until, ":actor": filter.actor, ":subject": filter.subject,
            ":action": filter.action,
        };
        let first: i64 = match filter.limit {
            None => 0,
            Some(_) => {
                let mut all = chosen.to_vec();
                all.push((":limit", &limit));
                let sql = format!(
                    "SELECT coalesce(min(audit_no), 0) FROM
                     (SELECT audit_no FROM audit WHERE {CHOSEN} ORDER BY audit_no DESC LIMIT :limit)"
                );
                let mut find = self.connection.prepare_cached(&sql).at(&self.path)?;
                find.query_row(all.as_slice(), |row| row.get(0)).at(&self.path)?
            }
        };
        if filter.limit == Some(0) {
            return Ok(());
        }
        let mut all = chosen.to_vec();
        all.push((":first", &first));
        let sql = format!(
            "SELECT at, actor, action, subject, detail FROM audit WHERE audit_no >= :first AND {CHOSEN} ORDER BY audit_no"
        );
        let mut statement = self.connection.prepare_cached(&sql).at(&self.path)?;
        let mut rows = statement.query(all.as_slice()).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let entry = audit_entry(row).at(&self.path)?;
            if each(entry).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn audit_entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        at: read_instant(row, 0)?,
        actor: row.get(1)?,
        action: row.get(2)?,
        subject: row.get(3)?,
        detail: row.get(4)?,
    })
}

fn token_kind(word: &str) -> TokenKind {
    if word == TokenKind::Session.as_str() { TokenKind::Session } else { TokenKind::Token }
}

fn token_info(row: &Row<'_>) -> rusqlite::Result<TokenInfo> {
    let (mut token_id, kind): (String, String) = (row.get(0)?, row.get(2)?);
    token_id.truncate(TOKEN_ID_CHARS);
    Ok(TokenInfo {
        token_id,
        agent_code: row.get(1)?,
        kind: token_kind(&kind),
        created_at: read_instant(row, 3)?,
        expires_at: read_optional_instant(row, 4)?,
        revoked_at: read_optional_instant(row, 5)?,
    })
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn add_token(
        &mut self,
        agent_code: &str,
        kind: TokenKind,
        expires_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let forgotten = instant(now - TimeDelta::days(SESSION_KEPT_DAYS));
        self.connection
            .prepare_cached(
                "DELETE FROM agent_token WHERE agent_code = ?1 AND kind = 'session' AND expires_at < ?2",
            )
            .at(&self.path)?
            .execute(params![agent_code, forgotten])
            .at(&self.path)?;
        let token = new_token()?;
        let added = self
            .connection
            .prepare_cached(
                "INSERT INTO agent_token (token_hash, agent_code, created_at, expires_at, kind)
                 SELECT ?1, agent_code, ?3, ?4, ?5 FROM agent WHERE agent_code = ?2 AND revoked_at IS NULL",
            )
            .at(&self.path)?
            .execute(params![
                token_hash(&token),
                agent_code,
                instant(now),
                expires_at.map(instant),
                kind.as_str()
            ])
            .at(&self.path)?;
        match added {
            0 => Err(StoreError::Conflict(format!(
                "there is no agent {agent_code}, or the agent is revoked; `cti-bridge agent list` names them"
            ))),
            _ => Ok(token),
        }
    }

    pub(in crate::store) fn revoke_token(
        &mut self,
        token_id: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut find = self
            .connection
            .prepare_cached(
                "SELECT token_hash FROM agent_token WHERE substr(token_hash, 1, length(?1)) = ?1 LIMIT 2",
            )
            .at(&self.path)?;
        let found: Vec<String> = find
            .query_map([token_id], |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)?;
        match found.as_slice() {
            [] => Ok(false),
            [_, _, ..] => Err(StoreError::Conflict(format!(
                "several tokens begin with {token_id}; name more of its characters, as `agent token list` shows them"
            ))),
            [token_hash] => {
                self.connection
                    .prepare_cached(
                        "UPDATE agent_token SET revoked_at = coalesce(revoked_at, ?2) WHERE token_hash = ?1",
                    )
                    .at(&self.path)?
                    .execute(params![token_hash, instant(now)])
                    .at(&self.path)?;
                Ok(true)
            }
        }
    }

    /// Whether there is this agent, with a right to sign in.
    pub(super) fn works_here(&self, agent_code: &str) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM agent WHERE agent_code = ?1 AND revoked_at IS NULL")
            .at(&self.path)?
            .exists([agent_code])
            .at(&self.path)
    }

    pub(in crate::store) fn set_password(
        &mut self,
        agent_code: &str,
        hash: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if !self.works_here(agent_code)? {
            return Ok(false);
        }
        match hash {
            Some(hash) => self
                .connection
                .prepare_cached(
                    "INSERT INTO agent_password (agent_code, hash, changed_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (agent_code) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at",
                )
                .at(&self.path)?
                .execute(params![agent_code, hash, instant(now)])
                .at(&self.path)?,
            None => self.forget_password(agent_code)?,
        };
        self.connection
            .prepare_cached(
                "UPDATE agent_token SET revoked_at = ?2
                 WHERE agent_code = ?1 AND kind = 'session' AND revoked_at IS NULL",
            )
            .at(&self.path)?
            .execute(params![agent_code, instant(now)])
            .at(&self.path)?;
        Ok(true)
    }

    /// A password must not come back to life with an agent who is added again.
    pub(super) fn forget_password(&self, agent_code: &str) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached("DELETE FROM agent_password WHERE agent_code = ?1")
            .at(&self.path)?
            .execute([agent_code])
            .at(&self.path)
    }
}
