//! Who calls from a number, as agents said.

use chrono::{DateTime, Utc};

use crate::card::CallerLevel;
use crate::phone::PhoneNumber;
use crate::store::driver::{Row, bind};
use crate::store::{Reader, StoreError, Transaction};

/// The caller from a number, as an agent chose.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the field names are those of the table")]
pub struct NumberChoice {
    pub e164: String,
    pub level: CallerLevel,
    pub customer_code: Option<String>,
    pub lead_code: Option<String>,
    pub contact_id: Option<i64>,
    pub site: Option<String>,
    pub chosen_by: Option<String>,
    pub chosen_at: DateTime<Utc>,
}

impl Reader {
    /// Who an agent said it is that calls from this number.
    pub fn number_choice(&mut self, number: &PhoneNumber) -> Result<Option<NumberChoice>, StoreError> {
        self.db.one(
            "SELECT e164, level, customer_code, lead_code, contact_id, site, chosen_by, chosen_at FROM
             number_choice WHERE e164 = ?1",
            bind![number.e164()],
            choice_of,
        )
    }
}

fn choice_of(row: &Row<'_>) -> Result<NumberChoice, StoreError> {
    Ok(NumberChoice {
        e164: row.get(0)?,
        level: row.get(1)?,
        customer_code: row.get(2)?,
        lead_code: row.get(3)?,
        contact_id: row.get(4)?,
        site: row.get(5)?,
        chosen_by: row.get(6)?,
        chosen_at: row.get(7)?,
    })
}

impl Transaction<'_> {
    /// Remembers who calls from a number, in place of what was remembered before.
    pub fn choose_number(&mut self, choice: &NumberChoice) -> Result<(), StoreError> {
        self.db
            .execute(
                "INSERT OR REPLACE INTO number_choice (e164, level, customer_code, lead_code, contact_id,
             site, chosen_by, chosen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                bind![
                    choice.e164,
                    choice.level,
                    choice.customer_code,
                    choice.lead_code,
                    choice.contact_id,
                    choice.site,
                    choice.chosen_by,
                    choice.chosen_at
                ],
            )
            .map(|_| ())
    }

    /// Forgets who calls from a number; `false` when nothing was remembered.
    pub fn forget_number(&mut self, e164: &str) -> Result<bool, StoreError> {
        let forgotten = self.db.execute("DELETE FROM number_choice WHERE e164 = ?1", bind![e164])?;
        Ok(forgotten > 0)
    }
}
