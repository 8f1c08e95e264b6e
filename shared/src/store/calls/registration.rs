//! The records that a call leads to: customers, leads and contacts, inquiries and tasks.

use chrono::{DateTime, NaiveDate, Utc};

use crate::clock::japan_date;
use crate::customer::{ContactPurpose, LeadStatus};
use crate::dataset::{CONTACTS, CUSTOMERS, Dataset, INQUIRIES, LEADS, ORIGIN, Origin, TASKS};
use crate::sales::{InquiryKind, InquiryStatus};
use crate::store::driver::{bind, instant_text};
use crate::store::{StoreError, Transaction};
use crate::value::Value;

/// A customer or lead that an agent registers from a pop-up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewParty {
    pub name: String,
    pub name_kana: Option<String>,
    pub person_name: Option<String>,
    pub phone: Option<String>,
    pub memo: Option<String>,
}

/// An inquiry, complaint or request that an agent opens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewInquiry {
    pub customer_code: String,
    pub kind: InquiryKind,
    pub subject: String,
    pub body: Option<String>,
    pub opened_at: DateTime<Utc>,
    /// The agent's name.
    pub assignee: Option<String>,
}

/// Something to do that an agent writes down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewTask {
    pub customer_code: String,
    pub title: String,
    pub due_on: Option<NaiveDate>,
    pub assignee: Option<String>,
}

impl Transaction<'_> {
    /// Registers a customer and returns the new code.
    pub fn register_customer(&mut self, party: &NewParty, now: DateTime<Utc>) -> Result<String, StoreError> {
        let code = self.next_number(&CUSTOMERS)?;
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
            now,
        )?;
        if let Some(phone) = &party.phone {
            let person = party.person_name.as_deref().unwrap_or_default();
            self.attach_contact(&code, phone, person, ContactPurpose::Sales, now)?;
        }
        self.refresh_card(&code, japan_date(now))?;
        Ok(code)
    }

    /// Registers a lead and returns the new code.
    pub fn register_lead(&mut self, party: &NewParty, now: DateTime<Utc>) -> Result<String, StoreError> {
        let code = self.next_number(&LEADS)?;
        self.put(
            &LEADS,
            &[
                ("lead_code", Some(&code)),
                ("company_name", Some(&party.name)),
                ("person_name", party.person_name.as_deref()),
                ("phone", party.phone.as_deref()),
                ("status", Some(LeadStatus::New.as_str())),
                ("source", Some("phone_in")),
                ("memo", party.memo.as_deref()),
            ],
            now,
        )?;
        Ok(code)
    }

    /// Adds a number to a customer and returns the contact.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such customer.
    pub fn attach_contact(
        &mut self,
        customer_code: &str,
        phone: &str,
        person_name: &str,
        purpose: ContactPurpose,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        self.check_customer(customer_code)?;
        self.put(
            &CONTACTS,
            &[
                ("customer_code", Some(customer_code)),
                ("person_name", Some(person_name)),
                ("purpose", Some(purpose.as_str())),
                ("phone", Some(phone)),
            ],
            now,
        )?;
        self.db.value(
            "SELECT contact_id FROM contact WHERE customer_code = ?1 AND purpose = ?2 AND person_name =
             ?3 AND phone = ?4",
            bind![customer_code, purpose, person_name, phone],
        )
    }

    /// Opens an inquiry and returns its number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such customer.
    pub fn open_inquiry(&mut self, inquiry: &NewInquiry) -> Result<String, StoreError> {
        self.check_customer(&inquiry.customer_code)?;
        let number = self.next_number(&INQUIRIES)?;
        self.put(
            &INQUIRIES,
            &[
                ("inquiry_no", Some(&number)),
                ("customer_code", Some(&inquiry.customer_code)),
                ("kind", Some(inquiry.kind.as_str())),
                ("opened_at", Some(&instant_text(inquiry.opened_at))),
                ("subject", Some(&inquiry.subject)),
                ("body", inquiry.body.as_deref()),
                ("assignee", inquiry.assignee.as_deref()),
            ],
            inquiry.opened_at,
        )?;
        Ok(number)
    }

    /// Sets the status of an inquiry and returns its customer; `None` when there is no such inquiry.
    pub fn set_inquiry_status(
        &mut self,
        inquiry_no: &str,
        status: InquiryStatus,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String, String)> = self.db.one(
            "UPDATE inquiry SET status = ?2, closed_at = CASE WHEN ?2 = 'done' THEN coalesce(closed_at,
             ?3) END WHERE inquiry_no = ?1 RETURNING customer_code, opened_at",
            bind![inquiry_no, status, now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let Some((customer_code, opened_at)) = row else { return Ok(None) };
        self.touch(INQUIRIES.name, opened_at.get(..7).unwrap_or_default());
        self.stale.insert(customer_code.clone());
        Ok(Some(customer_code))
    }

    /// Opens a task and returns its number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such customer.
    pub fn open_task(&mut self, task: &NewTask, now: DateTime<Utc>) -> Result<String, StoreError> {
        self.check_customer(&task.customer_code)?;
        let number = self.next_number(&TASKS)?;
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
            now,
        )?;
        Ok(number)
    }

    /// Marks a task as done and returns its customer; `None` when there is no such task.
    pub fn finish_task(&mut self, task_no: &str) -> Result<Option<String>, StoreError> {
        let customer_code: Option<String> = self.db.one(
            "UPDATE task SET status = 'done' WHERE task_no = ?1 RETURNING customer_code",
            bind![task_no],
            |row| row.get(0),
        )?;
        if let Some(customer_code) = &customer_code {
            self.touch(TASKS.name, "");
            self.stale.insert(customer_code.clone());
        }
        Ok(customer_code)
    }

    /// Writes a row that is made here from its given cells.
    fn put(
        &mut self,
        dataset: &Dataset,
        cells: &[(&str, Option<&str>)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut values = vec![None; dataset.columns.len()];
        let origin = (ORIGIN, Some(Origin::Here.as_str()));
        for (name, text) in cells.iter().chain([&origin]) {
            if let (Some(at), Some(text)) = (dataset.column_index(name), text) {
                values[at] = Some(Value::Text((*text).to_owned()));
            }
        }
        self.upsert(dataset, &values, now).map(|_| ())
    }
}
