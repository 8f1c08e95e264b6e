//! The records that a call leads to: customers, leads and contacts, inquiries and tasks.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{OptionalExtension, params};

use super::transaction::{SqliteTransaction, instant};
use super::{Explained, StoreError};
use crate::dataset::{CONTACTS, CUSTOMERS, Dataset, INQUIRIES, LEADS, TASKS};
use crate::store::{NewInquiry, NewParty, NewTask, Value};

impl SqliteTransaction<'_> {
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
