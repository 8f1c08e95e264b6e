//! Calls and what agents make of them: records, after-call work, missed calls, callbacks, and who a number is.
//!
//! What is done with them is part of [`Reader`](super::Reader) and [`Transaction`](super::Transaction): `access.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod access;

/// One call as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
