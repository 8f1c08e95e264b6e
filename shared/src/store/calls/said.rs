//! What agents said about a call while it runs: read again by a bridge that was restarted.

use chrono::{DateTime, Utc};

use crate::store::driver::{Row, bind};
use crate::store::{Reader, StoreError, Transaction};

/// What agents said about a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallAnnotations {
    /// The note so far.
    pub note: Option<String>,
    /// The code of the agent who wrote it last.
    pub note_by: Option<String>,
    /// Who calls.
    pub caller: Option<StoredChoice>,
}

/// Who calls, as an agent said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct StoredChoice {
    pub customer_code: Option<String>,
    pub lead_code: Option<String>,
    pub contact_id: Option<i64>,
    pub site: Option<String>,
    /// The code of the agent who said it.
    pub by: String,
    pub at: DateTime<Utc>,
}

impl Reader {
    /// What agents said about a call; `None` when nothing is recorded of it.
    pub fn call_annotations(&mut self, call_id: &str) -> Result<Option<CallAnnotations>, StoreError> {
        self.db.one(
            "SELECT note, note_by, customer_code, lead_code, chosen_contact_id, chosen_site, chosen_by,
             chosen_at FROM call WHERE call_id = ?1",
            bind![call_id],
            said_of,
        )
    }
}

fn said_of(row: &Row<'_>) -> Result<CallAnnotations, StoreError> {
    let at: Option<DateTime<Utc>> = row.get(7)?;
    let caller = match at {
        Some(at) => Some(StoredChoice {
            customer_code: row.get(2)?,
            lead_code: row.get(3)?,
            contact_id: row.get(4)?,
            site: row.get(5)?,
            by: row.get::<Option<String>>(6)?.unwrap_or_default(),
            at,
        }),
        None => None,
    };
    Ok(CallAnnotations { note: row.get(0)?, note_by: row.get(1)?, caller })
}

impl Transaction<'_> {
    /// Takes back what an agent said about who calls: the next record of the call names the customer again.
    pub fn forget_caller_choice(&mut self, call_id: &str) -> Result<(), StoreError> {
        self.db
            .execute(
                "UPDATE call SET chosen_by = NULL, chosen_at = NULL, chosen_contact_id = NULL, chosen_site =
                 NULL WHERE call_id = ?1",
                bind![call_id],
            )
            .map(|_| ())
    }
}
