//! What agents write on a call: wrap-ups, after-call work, who a number is, and the words to choose from.

use chrono::{DateTime, Utc};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};

use super::reader::{SqliteReader, read_instant};
use super::transaction::{SqliteTransaction, instant};
use super::{Explained, StoreError};
use crate::dataset::CALLS;
use crate::phone::PhoneNumber;
use crate::store::{CallWork, ChoiceLevel, Disposition, NumberChoice};

impl SqliteReader {
    pub(in crate::store) fn dispositions(&mut self) -> Result<Vec<Disposition>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT kind, code, label, label_en, position, hidden FROM disposition ORDER BY kind, position, code",
            )
            .at(&self.path)?
            .query_map([], |row| {
                Ok(Disposition {
                    kind: row.get(0)?,
                    code: row.get(1)?,
                    label: row.get(2)?,
                    label_en: row.get(3)?,
                    position: row.get(4)?,
                    hidden: row.get(5)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn number_choice(
        &mut self,
        number: &PhoneNumber,
    ) -> Result<Option<NumberChoice>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT e164, level, customer_code, lead_code, contact_id, site, chosen_by, chosen_at
                 FROM number_choice WHERE e164 = ?1",
            )
            .at(&self.path)?
            .query_row([number.e164()], choice_of)
            .optional()
            .at(&self.path)
    }
}

fn choice_of(row: &Row<'_>) -> rusqlite::Result<NumberChoice> {
    let level = match row.get_ref(1)?.as_str()? {
        "person" => ChoiceLevel::Person,
        "site" => ChoiceLevel::Site,
        "company" => ChoiceLevel::Company,
        other => {
            let reason = format!("{other:?} is no level of a choice");
            return Err(rusqlite::Error::FromSqlConversionFailure(1, Type::Text, reason.into()));
        }
    };
    Ok(NumberChoice {
        e164: row.get(0)?,
        level,
        customer_code: row.get(2)?,
        lead_code: row.get(3)?,
        contact_id: row.get(4)?,
        site: row.get(5)?,
        chosen_by: row.get(6)?,
        chosen_at: read_instant(row, 7)?,
    })
}

/// The masters that a wrap-up's codes must be in.
const MASTERS: [&str; 3] = ["category", "result", "status"];

impl SqliteTransaction<'_> {
    pub(in crate::store) fn write_call_work(&mut self, work: &CallWork) -> Result<Option<i64>, StoreError> {
        for (kind, code) in MASTERS.iter().zip([&work.category, &work.result, &work.status]) {
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
        let row = self
            .connection
            .prepare_cached(
                "UPDATE call SET category = coalesce(?2, category), result = coalesce(?3, result),
                    status = coalesce(?4, status), note = nullif(coalesce(?5, note), ''),
                    customer_code = CASE WHEN ?11 IS NULL THEN coalesce(?6, customer_code) ELSE ?6 END,
                    lead_code = CASE WHEN ?6 IS NULL THEN coalesce(?11, lead_code) ELSE ?11 END,
                    follow_up_at = coalesce(?7, follow_up_at),
                    wrapped_by = CASE WHEN ?10 THEN wrapped_by ELSE ?8 END,
                    wrapped_at = CASE WHEN ?10 THEN wrapped_at ELSE ?9 END
                 WHERE call_id = ?1 RETURNING started_at, customer_code, caller_e164, note",
            )
            .at(&self.path)?
            .query_row(
                params![
                    work.call_id,
                    work.category,
                    work.result,
                    work.status,
                    work.note,
                    work.customer_code,
                    work.follow_up_at.map(instant),
                    work.by,
                    instant(work.at),
                    work.draft,
                    work.lead_code,
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
            .optional()
            .at(&self.path)?
            .ok_or_else(|| StoreError::Conflict(format!("there is no call {}", work.call_id)))?;
        self.touch(CALLS.name, row.started_at.get(..7).unwrap_or_default());
        self.stale.extend(before.into_iter().chain(row.customer_code.clone()));
        match work.follow_up_at {
            Some(due_at) => self.promise_callback(work, &row, due_at).map(Some),
            None => Ok(None),
        }
    }

    fn customer_of_call(&self, call_id: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> = self
            .connection
            .prepare_cached("SELECT customer_code FROM call WHERE call_id = ?1")
            .at(&self.path)?
            .query_row([call_id], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        Ok(found.flatten())
    }

    /// What is promised for somebody who is not there is kept by nobody.
    fn check_agent(&self, agent_code: &str) -> Result<(), StoreError> {
        match self.works_here(agent_code)? {
            true => Ok(()),
            false => Err(StoreError::Conflict(format!("there is no agent {agent_code}"))),
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
        self.connection
            .prepare_cached(
                "INSERT INTO callback (call_id, customer_code, caller_e164, due_at, assignee, note, created_by,
                    created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (call_id) DO UPDATE SET customer_code = excluded.customer_code,
                    due_at = excluded.due_at, assignee = excluded.assignee, note = excluded.note, status = 'open',
                    done_at = NULL, done_by_call = NULL
                 RETURNING callback_no",
            )
            .at(&self.path)?
            .query_row(
                params![
                    work.call_id,
                    call.customer_code,
                    call.e164,
                    instant(due_at),
                    work.follow_up_by.as_ref().unwrap_or(&work.by),
                    call.note,
                    work.by,
                    instant(work.at),
                ],
                |row| row.get(0),
            )
            .at(&self.path)
    }

    fn check_disposition(&self, kind: &str, code: &str) -> Result<(), StoreError> {
        let known: bool = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM disposition WHERE kind = ?1 AND code = ?2)")
            .at(&self.path)?
            .query_row([kind, code], |row| row.get(0))
            .at(&self.path)?;
        match known {
            true => Ok(()),
            false => Err(StoreError::Conflict(format!("`{kind}` has no such code; see op `masters`"))),
        }
    }

    pub(super) fn check_customer(&self, customer_code: &str) -> Result<(), StoreError> {
        let known: bool = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM customer WHERE customer_code = ?1)")
            .at(&self.path)?
            .query_row([customer_code], |row| row.get(0))
            .at(&self.path)?;
        match known {
            true => Ok(()),
            false => Err(StoreError::Conflict("no customer has this code".to_owned())),
        }
    }

    fn check_lead(&self, lead_code: &str) -> Result<(), StoreError> {
        let known: bool = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM lead WHERE lead_code = ?1)")
            .at(&self.path)?
            .query_row([lead_code], |row| row.get(0))
            .at(&self.path)?;
        match known {
            true => Ok(()),
            false => Err(StoreError::Conflict("no lead has this code".to_owned())),
        }
    }

    pub(in crate::store) fn add_after_call_work(
        &mut self,
        call_id: &str,
        seconds: i64,
    ) -> Result<(), StoreError> {
        let started_at: Option<String> = self
            .connection
            .prepare_cached(
                "UPDATE call SET acw_seconds = coalesce(acw_seconds, 0) + ?2 WHERE call_id = ?1 RETURNING started_at",
            )
            .at(&self.path)?
            .query_row(params![call_id, seconds], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        if let Some(started_at) = started_at {
            self.touch(CALLS.name, started_at.get(..7).unwrap_or_default());
        }
        Ok(())
    }

    pub(in crate::store) fn choose_number(&mut self, choice: &NumberChoice) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO number_choice (e164, level, customer_code, lead_code, contact_id, site,
                    chosen_by, chosen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )
            .at(&self.path)?
            .execute(params![
                choice.e164,
                choice.level.word(),
                choice.customer_code,
                choice.lead_code,
                choice.contact_id,
                choice.site,
                choice.chosen_by,
                instant(choice.chosen_at),
            ])
            .at(&self.path)
            .map(|_| ())
    }

    pub(in crate::store) fn forget_number(&mut self, e164: &str) -> Result<bool, StoreError> {
        let forgotten = self
            .connection
            .prepare_cached("DELETE FROM number_choice WHERE e164 = ?1")
            .at(&self.path)?
            .execute([e164])
            .at(&self.path)?;
        Ok(forgotten > 0)
    }

    pub(in crate::store) fn set_disposition(&mut self, entry: &Disposition) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO disposition (kind, code, label, label_en, position, hidden)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .at(&self.path)?
            .execute(params![
                entry.kind,
                entry.code,
                entry.label,
                entry.label_en,
                entry.position,
                entry.hidden
            ])
            .at(&self.path)?;
        if entry.kind == "category" {
            // The timeline of a card says the label.
            self.connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO stale_card (customer_code)
                     SELECT DISTINCT customer_code FROM call WHERE category = ?1 AND customer_code IS NOT NULL",
                )
                .at(&self.path)?
                .execute([&entry.code])
                .at(&self.path)?;
        }
        Ok(())
    }
}

/// What a call's row says after an agent wrote on it.
struct Worked {
    started_at: String,
    customer_code: Option<String>,
    e164: Option<String>,
    note: Option<String>,
}
