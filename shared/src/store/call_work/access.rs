//! Calls and what agents make of them, read and written: each call hands through to whichever database it is.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    CallEffects, CallRecord, CallWork, Callback, Disposition, MissedCall, NewInquiry, NewParty, NewTask,
    NumberChoice,
};
use crate::phone::PhoneNumber;
use crate::store::{Reader, StoreError, Transaction};

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
