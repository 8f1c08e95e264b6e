//! Calls and what agents make of them: records, after-call work, missed calls, callbacks, and who a number is.
//!
//! The calls are part of [`Reader`] and [`Transaction`]; each hands through to whichever database it is.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Reader, StoreError, Transaction};
use crate::phone::PhoneNumber;

/// One call as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the field names are those of the table, explained in docs/protocol.md")]
pub struct CallRecord {
    pub call_id: String,
    pub direction: String,
    pub caller_kind: String,
    /// Only when the caller did not withhold it.
    pub caller_e164: Option<String>,
    pub called: Option<String>,
    pub queue: Option<String>,
    pub customer_code: Option<String>,
    /// Filled by readers for lists; not stored with the call.
    pub customer_name: Option<String>,
    pub lead_code: Option<String>,
    /// Who answered, or whose phone rang last.
    pub agent_code: Option<String>,
    pub extension: Option<String>,
    pub started_at: DateTime<Utc>,
    pub queued_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    /// `None` while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
    pub outcome: Option<String>,
    pub ring_seconds: Option<i64>,
    pub talk_seconds: Option<i64>,
    pub hold_seconds: Option<i64>,
    pub uncertain: bool,
    /// The telephone system, by its name in the settings.
    pub source: Option<String>,
    pub shown_ms: Option<i64>,
    pub acw_seconds: Option<i64>,
    pub category: Option<String>,
    pub result: Option<String>,
    pub status: Option<String>,
    pub note: Option<String>,
    pub follow_up_at: Option<DateTime<Utc>>,
    pub wrapped_by: Option<String>,
    pub wrapped_at: Option<DateTime<Utc>>,
}

/// What a call's record changed beside itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallEffects {
    /// Missed calls that are new, counted again, taken up or closed.
    pub missed: Vec<MissedCall>,
    /// Callbacks that are done by it.
    pub callbacks: Vec<Callback>,
}

/// What an agent writes down about a call. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the field names are those of the table, explained in docs/protocol.md")]
pub struct CallWork {
    pub call_id: String,
    /// Agent code of who writes.
    pub by: String,
    pub at: DateTime<Utc>,
    pub category: Option<String>,
    pub result: Option<String>,
    pub status: Option<String>,
    pub note: Option<String>,
    pub customer_code: Option<String>,
    pub follow_up_at: Option<DateTime<Utc>>,
    /// Agent code of who calls back; the writer when `None`.
    pub follow_up_by: Option<String>,
    pub lead_code: Option<String>,
    /// Only a note on the way: the call is not wrapped up by it.
    pub draft: bool,
}

/// How much is known of who calls from a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceLevel {
    /// One person of the customer.
    Person,
    /// One place of the customer.
    Site,
    /// The customer's main line (代表番号): anybody there.
    Company,
}

impl ChoiceLevel {
    /// The identifier, as it is stored and written in the protocol.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Site => "site",
            Self::Company => "company",
        }
    }
}

/// Who an agent said it is that calls from a number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the field names are those of the table")]
pub struct NumberChoice {
    pub e164: String,
    pub level: ChoiceLevel,
    pub customer_code: Option<String>,
    pub lead_code: Option<String>,
    pub contact_id: Option<i64>,
    pub site: Option<String>,
    pub chosen_by: Option<String>,
    pub chosen_at: DateTime<Utc>,
}

/// One entry of the masters of after-call work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Disposition {
    /// `category`, `result`, `status` or `away_reason`.
    pub kind: String,
    pub code: String,
    pub label: String,
    pub label_en: String,
    pub position: i64,
    pub hidden: bool,
}

/// Calls of one number in one day that nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct MissedCall {
    pub missed_no: i64,
    pub caller_kind: String,
    pub caller_e164: Option<String>,
    pub customer_code: Option<String>,
    pub customer_name: Option<String>,
    pub rank: Option<String>,
    pub called: Option<String>,
    pub queue: Option<String>,
    pub reason: String,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub count: i64,
    pub due_at: DateTime<Utc>,
    pub status: String,
    pub assignee: Option<String>,
    pub assignee_name: Option<String>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by_call: Option<String>,
    pub note: Option<String>,
}

/// A promise to call somebody back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct Callback {
    pub callback_no: i64,
    pub call_id: String,
    pub customer_code: Option<String>,
    pub customer_name: Option<String>,
    pub caller_e164: Option<String>,
    pub due_at: DateTime<Utc>,
    pub assignee: Option<String>,
    pub note: Option<String>,
    pub status: String,
}

/// Somebody whom an agent registers from a pop-up.
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
    /// `inquiry`, `complaint` or `request`.
    pub kind: String,
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

impl Reader {
    /// Calls in which the agent took part or whose phone rang last, started at or after `since`, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn calls_of_agent(
        &mut self,
        agent_code: &str,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<CallRecord>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.calls_of_agent(agent_code, since, limit),
        }
    }

    /// One call.
    ///
    /// # Errors
    /// What the database says.
    pub fn call(&mut self, call_id: &str) -> Result<Option<CallRecord>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.call(call_id),
        }
    }

    /// Missed calls, the highest rank first, then who waits longest; all of the last days, or those not closed.
    ///
    /// # Errors
    /// What the database says.
    pub fn missed_calls(&mut self, open_only: bool, limit: usize) -> Result<Vec<MissedCall>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.missed_calls(open_only, limit),
        }
    }

    /// How many missed calls nobody has closed.
    ///
    /// # Errors
    /// What the database says.
    pub fn missed_calls_open(&mut self) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.missed_calls_open(),
        }
    }

    /// Open callbacks by due time: those that are due by `due_by`, of one agent or of all.
    ///
    /// # Errors
    /// What the database says.
    pub fn callbacks(
        &mut self,
        assignee: Option<&str>,
        due_by: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Callback>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.callbacks(assignee, due_by, limit),
        }
    }

    /// The masters of after-call work in their order, hidden entries included.
    ///
    /// # Errors
    /// What the database says.
    pub fn dispositions(&mut self) -> Result<Vec<Disposition>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.dispositions(),
        }
    }

    /// Who an agent said it is that calls from this number.
    ///
    /// # Errors
    /// What the database says.
    pub fn number_choice(&mut self, number: &PhoneNumber) -> Result<Option<NumberChoice>, StoreError> {
        match self {
            Self::Sqlite(reader) => reader.number_choice(number),
        }
    }
}

impl Transaction<'_> {
    /// Writes a call, which may go on still, and refreshes its customer's card. With its end, an inbound call that
    /// nobody answered becomes a missed call, to be called back within `callback_within`; one that was answered, or
    /// an outbound call, closes the missed calls and callbacks of its number. Saying it again changes nothing.
    ///
    /// # Errors
    /// What the database says.
    pub fn record_call(
        &mut self,
        call: &CallRecord,
        today: NaiveDate,
        callback_within: TimeDelta,
    ) -> Result<CallEffects, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.record_call(call, today, callback_within),
        }
    }

    /// One call as this transaction sees it.
    ///
    /// # Errors
    /// What the database says.
    pub fn call(&mut self, call_id: &str) -> Result<Option<CallRecord>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.call(call_id),
        }
    }

    /// Gives calls that were going on when the bridge was cut off an unknown end. Says how many.
    ///
    /// # Errors
    /// What the database says.
    pub fn close_unfinished_calls(&mut self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.close_unfinished_calls(now),
        }
    }

    /// Writes an agent's after-call work onto a call that is recorded; with a follow-up time, a callback. Gives the
    /// callback's number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such call or a code is not in the masters.
    pub fn write_call_work(&mut self, work: &CallWork) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.write_call_work(work),
        }
    }

    /// Adds to a call's time of after-call work.
    ///
    /// # Errors
    /// What the database says.
    pub fn add_after_call_work(&mut self, call_id: &str, seconds: i64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.add_after_call_work(call_id, seconds),
        }
    }

    /// Remembers who calls from a number, in place of what was remembered before.
    ///
    /// # Errors
    /// What the database says.
    pub fn choose_number(&mut self, choice: &NumberChoice) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.choose_number(choice),
        }
    }

    /// Forgets who calls from a number; `false` when nothing was remembered.
    ///
    /// # Errors
    /// What the database says.
    pub fn forget_number(&mut self, e164: &str) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.forget_number(e164),
        }
    }

    /// Registers a customer and gives the new code.
    ///
    /// # Errors
    /// What the database says.
    pub fn register_customer(&mut self, party: &NewParty, today: NaiveDate) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.register_customer(party, today),
        }
    }

    /// Registers a lead and gives the new code.
    ///
    /// # Errors
    /// What the database says.
    pub fn register_lead(&mut self, party: &NewParty) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.register_lead(party),
        }
    }

    /// Gives a customer a further number and says which contact it is.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such customer.
    pub fn attach_contact(
        &mut self,
        customer_code: &str,
        phone: &str,
        person_name: &str,
        purpose: &str,
    ) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.attach_contact(customer_code, phone, person_name, purpose),
        }
    }

    /// Opens an inquiry and gives its number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such customer.
    pub fn open_inquiry(&mut self, inquiry: &NewInquiry) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.open_inquiry(inquiry),
        }
    }

    /// Sets how far an inquiry is, and gives its customer; `None` when there is no such inquiry.
    ///
    /// # Errors
    /// What the database says.
    pub fn set_inquiry_status(
        &mut self,
        inquiry_no: &str,
        status: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.set_inquiry_status(inquiry_no, status, now),
        }
    }

    /// Writes a task down and gives its number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such customer.
    pub fn open_task(&mut self, task: &NewTask) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.open_task(task),
        }
    }

    /// Marks a task as done, and gives its customer; `None` when there is no such task.
    ///
    /// # Errors
    /// What the database says.
    pub fn finish_task(&mut self, task_no: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.finish_task(task_no),
        }
    }

    /// An agent takes up a missed call (`Some`) or gives it back (`None`). Gives the entry as it is now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such entry, it is closed, or somebody else has it.
    pub fn assign_missed(
        &mut self,
        missed_no: i64,
        agent_code: &str,
        take: bool,
    ) -> Result<MissedCall, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.assign_missed(missed_no, agent_code, take),
        }
    }

    /// Closes a missed call: `done` or `no_need`. Gives the entry as it is now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such entry.
    pub fn close_missed(
        &mut self,
        missed_no: i64,
        result: &str,
        note: Option<&str>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<MissedCall, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.close_missed(missed_no, result, note, by, now),
        }
    }

    /// Marks a callback as done; `false` when there is no such open callback.
    ///
    /// # Errors
    /// What the database says.
    pub fn finish_callback(&mut self, callback_no: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(tx) => tx.finish_callback(callback_no, now),
        }
    }

    /// Adds an entry to the masters, or changes its labels, place or visibility.
    ///
    /// # Errors
    /// What the database says.
    pub fn set_disposition(&mut self, entry: &Disposition) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.set_disposition(entry),
        }
    }
}
