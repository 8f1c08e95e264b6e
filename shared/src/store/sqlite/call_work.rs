//! What agents write down: after-call work, who a number is, and the records that a call leads to.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};

use super::reader::{SqliteReader, read_instant};
use super::transaction::{SqliteTransaction, instant};
use super::{Explained, StoreError};
use crate::dataset::{CALLS, CONTACTS, CUSTOMERS, Dataset, INQUIRIES, LEADS, TASKS};
use crate::phone::PhoneNumber;
use crate::store::{CallWork, ChoiceLevel, Disposition, NewInquiry, NewParty, NewTask, NumberChoice, Value};

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
        let there = self
            .connection
            .prepare_cached("SELECT 1 FROM agent WHERE agent_code = ?1 AND revoked_at IS NULL")
            .at(&self.path)?
            .exists([agent_code])
            .at(&self.path)?;
        match there {
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

    fn check_customer(&self, customer_code: &str) -> Result<(), StoreError> {
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

    pub(in crate::store) fn register_customer(
        &mut self,
        party: &NewParty,
        today: NaiveDate,
    ) -> Result<String, StoreError> {
        let code = self.next_code("customer", "customer_code", "N")?;
        self.put(
            &CUSTOMERS,
            &[
                ("customer_code", Some(&code)),
                ("customer_name", Some(&party.name)),
                ("name_kana", party.name_kana.as_deref()),
                ("internal_memo", party.memo.as_deref()),
                ("first_trade_date", None),
                ("acquisition_source", Some("phone_in")),
            ],
        )?;
        if let Some(phone) = &party.phone {
            let person = party.person_name.as_deref().unwrap_or_default();
            self.attach_contact(&code, phone, person, "sales")?;
        }
        self.refresh_card(&code, today)?;
        Ok(code)
    }

    pub(in crate::store) fn register_lead(&mut self, party: &NewParty) -> Result<String, StoreError> {
        let code = self.next_code("lead", "lead_code", "L")?;
        self.put(
            &LEADS,
            &[
                ("lead_code", Some(&code)),
                ("company_name", Some(&party.name)),
                ("person_name", party.person_name.as_deref()),
                ("phone", party.phone.as_deref()),
                ("status", Some("new")),
                ("source", Some("phone_in")),
                ("memo", party.memo.as_deref()),
            ],
        )?;
        Ok(code)
    }

    pub(in crate::store) fn attach_contact(
        &mut self,
        customer_code: &str,
        phone: &str,
        person_name: &str,
        purpose: &str,
    ) -> Result<i64, StoreError> {
        self.check_customer(customer_code)?;
        self.put(
            &CONTACTS,
            &[
                ("customer_code", Some(customer_code)),
                ("person_name", Some(person_name)),
                ("purpose", Some(purpose)),
                ("phone", Some(phone)),
            ],
        )?;
        self.connection
            .prepare_cached(
                "SELECT contact_id FROM contact
                 WHERE customer_code = ?1 AND purpose = ?2 AND person_name = ?3 AND phone = ?4",
            )
            .at(&self.path)?
            .query_row([customer_code, purpose, person_name, phone], |row| row.get(0))
            .at(&self.path)
    }

    pub(in crate::store) fn open_inquiry(&mut self, inquiry: &NewInquiry) -> Result<String, StoreError> {
        self.check_customer(&inquiry.customer_code)?;
        let number = self.next_code("inquiry", "inquiry_no", "Q")?;
        self.put(
            &INQUIRIES,
            &[
                ("inquiry_no", Some(&number)),
                ("customer_code", Some(&inquiry.customer_code)),
                ("kind", Some(&inquiry.kind)),
                ("opened_at", Some(&instant(inquiry.opened_at))),
                ("subject", Some(&inquiry.subject)),
                ("body", inquiry.body.as_deref()),
                ("assignee", inquiry.assignee.as_deref()),
            ],
        )?;
        Ok(number)
    }

    pub(in crate::store) fn set_inquiry_status(
        &mut self,
        inquiry_no: &str,
        status: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String, String)> = self
            .connection
            .prepare_cached(
                "UPDATE inquiry SET status = ?2, closed_at = CASE WHEN ?2 = 'done' THEN coalesce(closed_at, ?3) END
                 WHERE inquiry_no = ?1 RETURNING customer_code, opened_at",
            )
            .at(&self.path)?
            .query_row(params![inquiry_no, status, instant(now)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .at(&self.path)?;
        let Some((customer_code, opened_at)) = row else { return Ok(None) };
        self.touch(INQUIRIES.name, opened_at.get(..7).unwrap_or_default());
        self.stale.insert(customer_code.clone());
        Ok(Some(customer_code))
    }

    pub(in crate::store) fn open_task(&mut self, task: &NewTask) -> Result<String, StoreError> {
        self.check_customer(&task.customer_code)?;
        let number = self.next_code("task", "task_no", "T")?;
        let due_on = task.due_on.map(|day| day.to_string());
        self.put(
            &TASKS,
            &[
                ("task_no", Some(&number)),
                ("customer_code", Some(&task.customer_code)),
                ("title", Some(&task.title)),
                ("due_on", due_on.as_deref()),
                ("assignee", task.assignee.as_deref()),
            ],
        )?;
        Ok(number)
    }

    pub(in crate::store) fn finish_task(&mut self, task_no: &str) -> Result<Option<String>, StoreError> {
        let customer_code: Option<String> = self
            .connection
            .prepare_cached("UPDATE task SET status = 'done' WHERE task_no = ?1 RETURNING customer_code")
            .at(&self.path)?
            .query_row([task_no], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        if let Some(customer_code) = &customer_code {
            self.touch(TASKS.name, "");
            self.stale.insert(customer_code.clone());
        }
        Ok(customer_code)
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

    /// Writes a row of a data set from its given cells.
    fn put(&mut self, dataset: &Dataset, cells: &[(&str, Option<&str>)]) -> Result<(), StoreError> {
        let mut values = vec![None; dataset.columns.len()];
        for (name, text) in cells {
            if let (Some(at), Some(text)) = (dataset.column_index(name), text) {
                values[at] = Some(Value::Text((*text).to_owned()));
            }
        }
        self.upsert(dataset, &values).map(|_| ())
    }

    /// A code that no row has: the letter and seven digits. What was imported may look the same; it is passed over.
    fn next_code(&self, table: &str, column: &str, letter: &str) -> Result<String, StoreError> {
        loop {
            let last: i64 = self
                .connection
                .prepare_cached(
                    "INSERT INTO sequence (name, last) VALUES (?1, 1)
                     ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last",
                )
                .at(&self.path)?
                .query_row([table], |row| row.get(0))
                .at(&self.path)?;
            let code = format!("{letter}{last:07}");
            let taken: bool = self
                .connection
                .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1)"))
                .at(&self.path)?
                .query_row([&code], |row| row.get(0))
                .at(&self.path)?;
            if !taken {
                return Ok(code);
            }
        }
    }
}

/// What a call's row says after an agent wrote on it.
struct Worked {
    started_at: String,
    customer_code: Option<String>,
    e164: Option<String>,
    note: Option<String>,
}
