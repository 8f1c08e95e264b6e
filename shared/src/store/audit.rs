//! The audit log: who did what to whom, and when (`docs/security.md`).

mod action;

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::driver::{Row, bind};
use super::{Reader, StoreError, Transaction};
use crate::label::Open;

pub use action::AuditAction;

/// Who did what to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AuditEntry {
    pub at: DateTime<Utc>,
    pub actor: String,
    /// Another text is the word of another version of the programs.
    pub action: Open<AuditAction>,
    pub subject: Option<String>,
    pub detail: Option<String>,
}

/// Which entries of the audit log; `None` everywhere: all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// By whom.
    pub actor: Option<String>,
    /// What was done; a word that ends with a dot stands for all actions that begin with it.
    pub action: Option<String>,
    /// About whom or what: a customer's code.
    pub subject: Option<String>,
    /// Only this many of the newest entries.
    pub limit: Option<usize>,
}

impl AuditFilter {
    /// Whether it chooses this entry, the limit left out.
    pub(crate) fn chooses(&self, entry: &AuditEntry) -> bool {
        let Self { since, until, actor, action, subject, limit: _ } = self;
        since.is_none_or(|since| entry.at >= since)
            && until.is_none_or(|until| entry.at < until)
            && actor.as_ref().is_none_or(|actor| *actor == entry.actor)
            && action.as_ref().is_none_or(|action| {
                let word = entry.action.as_str();
                action == word || (action.ends_with('.') && word.starts_with(action.as_str()))
            })
            && subject.as_ref().is_none_or(|subject| Some(subject) == entry.subject.as_ref())
    }
}

/// Which entries a filter chooses; its parameters are those of [`AuditFilter`] in order, the limit left out.
const CHOSEN: &str = "(?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2) AND (?3 IS NULL OR actor = ?3)
    AND (?4 IS NULL OR action = ?4 OR (?4 LIKE '%.' AND substr(action, 1, length(?4)) = ?4))
    AND (?5 IS NULL OR subject = ?5)";

impl Reader {
    /// The store's part of the audit log, oldest entry first ([`crate::audit_log::trail`] reads all of it). Entries are
    /// handed over one by one; nothing is kept.
    pub fn audit_trail(
        &mut self,
        filter: &AuditFilter,
        each: &mut dyn FnMut(AuditEntry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        if filter.limit == Some(0) {
            return Ok(());
        }
        let AuditFilter { since, until, actor, action, subject, limit } = filter;
        // The newest entries, oldest first: the first of them is found first, so that nothing has to be kept and
        // turned round.
        let first: i64 = match limit {
            None => 0,
            Some(limit) => {
                let sql = format!(
                    "SELECT coalesce(min(audit_no), 0) FROM
                     (SELECT audit_no FROM audit WHERE {CHOSEN} ORDER BY audit_no DESC LIMIT ?6)"
                );
                self.db.value(&sql, bind![*since, *until, *actor, *action, *subject, *limit])?
            }
        };
        let sql = format!(
            "SELECT at, actor, action, subject, detail FROM audit
             WHERE {CHOSEN} AND audit_no >= ?6 ORDER BY audit_no"
        );
        self.db.each(&sql, bind![*since, *until, *actor, *action, *subject, first], |row| {
            Ok(each(entry_of(row)?))
        })
    }
}

fn entry_of(row: &Row<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        at: row.get(0)?,
        actor: row.get(1)?,
        action: row.get(2)?,
        subject: row.get(3)?,
        detail: row.get(4)?,
    })
}

impl Transaction<'_> {
    /// Appends to the audit log.
    pub fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
            bind![entry.at, entry.actor, entry.action, entry.subject, entry.detail],
        )?;
        Ok(())
    }
}
