//! Wrap-ups and after-call work.

use chrono::{DateTime, Utc};

use crate::call::DispositionKind;
use crate::dataset::CALLS;
use crate::message;
use crate::store::driver::bind;
use crate::store::{StoreError, Transaction};

/// An agent's notes on a call. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the field names are those of the table, explained in docs/protocol.md")]
pub struct CallWork {
    pub call_id: String,
    /// The writing agent's code.
    pub by: String,
    pub at: DateTime<Utc>,
    pub category: Option<String>,
    pub result: Option<String>,
    pub status: Option<String>,
    pub note: Option<String>,
    pub customer_code: Option<String>,
    pub follow_up_at: Option<DateTime<Utc>>,
    /// The code of the agent who calls back; the writer when `None`.
    pub follow_up_by: Option<String>,
    pub lead_code: Option<String>,
    /// The person of the customer who calls.
    pub contact_id: Option<i64>,
    /// The site of the customer that calls.
    pub site: Option<String>,
    /// Only a draft note: it does not wrap the call up.
    pub draft: bool,
}

/// The masters that the codes of a wrap-up must be in.
const MASTERS: [DispositionKind; 3] =
    [DispositionKind::Category, DispositionKind::Result, DispositionKind::Status];

impl Transaction<'_> {
    /// Writes an agent's after-call work to a recorded call; with a follow-up time, also a callback, whose number is
    /// returned. A customer or lead that is given is the agent's word on who calls.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such call or a code is not in the masters.
    pub fn write_call_work(&mut self, work: &CallWork) -> Result<Option<i64>, StoreError> {
        for (kind, code) in MASTERS.into_iter().zip([&work.category, &work.result, &work.status]) {
            if let Some(code) = code {
                self.check_disposition(kind, code)?;
            }
        }
        if let Some(customer_code) = &work.customer_code {
            self.check_customer(customer_code)?;
        }
        if let Some(lead_code) = &work.lead_code {
            self.check_lead(lead_code)?;
        }
        let before = self.customer_of_call(&work.call_id)?;
        let row = self.update_call(work)?.ok_or_else(|| {
            StoreError::Conflict(message!(
                "通話 {call_id} はありません",
                "there is no call {call_id}",
                call_id = work.call_id
            ))
        })?;
        self.touch(CALLS.name, row.started_at.get(..7).unwrap_or_default());
        self.stale.extend(before.into_iter().chain(row.customer_code.clone()));
        match work.follow_up_at {
            Some(due_at) => self.promise_callback(work, &row, due_at).map(Some),
            None => Ok(None),
        }
    }

    /// A wrap-up that names the customer who was chosen already leaves the person and the site of the choice.
    fn update_call(&self, work: &CallWork) -> Result<Option<Worked>, StoreError> {
        self.db.one(
            "UPDATE call SET category = coalesce(?2, category), result = coalesce(?3, result),
                status = coalesce(?4, status), note = nullif(coalesce(?5, note), ''),
                note_by = CASE WHEN ?5 IS NULL THEN note_by ELSE ?8 END,
                customer_code = CASE WHEN ?11 IS NULL THEN coalesce(?6, customer_code) ELSE ?6 END,
                lead_code = CASE WHEN ?6 IS NULL THEN coalesce(?11, lead_code) ELSE ?11 END,
                chosen_by = CASE WHEN coalesce(?6, ?11) IS NULL THEN chosen_by ELSE ?8 END,
                chosen_at = CASE WHEN coalesce(?6, ?11) IS NULL THEN chosen_at ELSE ?9 END,
                chosen_contact_id = CASE WHEN coalesce(?6, ?11) IS NULL OR (?6 IS customer_code AND NOT ?10)
                    THEN chosen_contact_id ELSE ?12 END,
                chosen_site = CASE WHEN coalesce(?6, ?11) IS NULL OR (?6 IS customer_code AND NOT ?10)
                    THEN chosen_site ELSE ?13 END,
                follow_up_at = coalesce(?7, follow_up_at),
                wrapped_by = CASE WHEN ?10 THEN wrapped_by ELSE ?8 END,
                wrapped_at = CASE WHEN ?10 THEN wrapped_at ELSE ?9 END
             WHERE call_id = ?1 RETURNING started_at, customer_code, caller_e164, note",
            bind![
                work.call_id,
                work.category,
                work.result,
                work.status,
                work.note,
                work.customer_code,
                work.follow_up_at,
                work.by,
                work.at,
                work.draft,
                work.lead_code,
                work.contact_id,
                work.site
            ],
            |row| {
                Ok(Worked {
                    started_at: row.get(0)?,
                    customer_code: row.get(1)?,
                    e164: row.get(2)?,
                    note: row.get(3)?,
                })
            },
        )
    }

    fn customer_of_call(&self, call_id: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> =
            self.db
                .one("SELECT customer_code FROM call WHERE call_id = ?1", bind![call_id], |row| row.get(0))?;
        Ok(found.flatten())
    }

    /// A callback must have an agent who exists.
    fn check_agent(&self, agent_code: &str) -> Result<(), StoreError> {
        match self.works_here(agent_code)? {
            true => Ok(()),
            false => Err(StoreError::Conflict(message!(
                "オペレーター {agent_code} は登録されていません",
                "there is no agent {agent_code}",
                agent_code = agent_code
            ))),
        }
    }

    fn promise_callback(
        &self,
        work: &CallWork,
        call: &Worked,
        due_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        if let Some(agent_code) = &work.follow_up_by {
            self.check_agent(agent_code)?;
        }
        self.db.value(
            "INSERT INTO callback (call_id, customer_code, caller_e164, due_at, assignee, note,
             created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (call_id) DO
             UPDATE SET customer_code = excluded.customer_code, due_at = excluded.due_at, assignee =
             excluded.assignee, note = excluded.note, status = 'open', done_at = NULL, done_by_call =
             NULL RETURNING callback_no",
            bind![
                work.call_id,
                call.customer_code,
                call.e164,
                due_at,
                work.follow_up_by.as_ref().unwrap_or(&work.by),
                call.note,
                work.by,
                work.at
            ],
        )
    }

    fn check_disposition(&self, kind: DispositionKind, code: &str) -> Result<(), StoreError> {
        let known: bool = self.db.value(
            "SELECT EXISTS (SELECT 1 FROM disposition WHERE kind = ?1 AND code = ?2)",
            bind![kind, code],
        )?;
        match known {
            true => Ok(()),
            false => Err(StoreError::Conflict(message!(
                "{kind} にそのコードはありません。登録されているコードを指定してください",
                "`{kind}` has no such code; see op `masters`",
                kind = kind
            ))),
        }
    }

    pub(super) fn check_customer(&self, customer_code: &str) -> Result<(), StoreError> {
        let known: bool = self
            .db
            .value("SELECT EXISTS (SELECT 1 FROM customer WHERE customer_code = ?1)", bind![customer_code])?;
        match known {
            true => Ok(()),
            false => Err(StoreError::Conflict(message!(
                "この得意先コードの得意先はありません",
                "no customer has this code"
            ))),
        }
    }

    fn check_lead(&self, lead_code: &str) -> Result<(), StoreError> {
        let known: bool =
            self.db.value("SELECT EXISTS (SELECT 1 FROM lead WHERE lead_code = ?1)", bind![lead_code])?;
        match known {
            true => Ok(()),
            false => Err(StoreError::Conflict(message!(
                "このコードの見込顧客はありません",
                "no lead has this code"
            ))),
        }
    }

    /// Adds to a call's time of after-call work, and to that of the agent's part in it.
    pub fn add_after_call_work(
        &mut self,
        call_id: &str,
        agent_code: Option<&str>,
        seconds: i64,
    ) -> Result<(), StoreError> {
        if let Some(agent_code) = agent_code {
            self.add_work_to_part(call_id, agent_code, seconds)?;
        }
        let started_at: Option<String> = self.db.one(
            "UPDATE call SET acw_seconds = coalesce(acw_seconds, 0) + ?2 WHERE call_id = ?1 RETURNING
             started_at",
            bind![call_id, seconds],
            |row| row.get(0),
        )?;
        if let Some(started_at) = started_at {
            self.touch(CALLS.name, started_at.get(..7).unwrap_or_default());
        }
        Ok(())
    }
}

/// A call after an agent's work was written to it.
struct Worked {
    started_at: String,
    customer_code: Option<String>,
    e164: Option<String>,
    note: Option<String>,
}
