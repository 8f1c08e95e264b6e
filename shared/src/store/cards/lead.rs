//! A lead's card, read from the tables.

use super::build::open::{OPEN_DEALS, deal_of};
use super::build::shown_number;
use crate::card::{INTERACTIONS_MAX, LeadCard, LeadProfile, OPEN_MAX, OpenDeal};
use crate::store::driver::{Row, bind};
use crate::store::{Reader, StoreError, timeline};

impl Reader {
    /// A lead's card; `None`: no such lead.
    pub fn lead_card(&mut self, lead_code: &str) -> Result<Option<LeadCard>, StoreError> {
        let found = self.db.one(
            "SELECT lead_code, company_name, person_name, phone, email, status, source, origin, memo FROM lead
             WHERE lead_code = ?1",
            bind![lead_code],
            |row| Ok((profile_of(row)?, row.get(8)?)),
        )?;
        let Some((lead, memo)) = found else { return Ok(None) };
        let interactions = timeline::calls_of_lead(&self.db, lead_code, INTERACTIONS_MAX)?;
        Ok(Some(LeadCard { lead, interactions, deals: self.deals_of_lead(lead_code)?, memo }))
    }

    fn deals_of_lead(&self, lead_code: &str) -> Result<Vec<OpenDeal>, StoreError> {
        let sql = format!(
            "{OPEN_DEALS} lead_code = ?1 ORDER BY coalesce(expected_on, '9999'), deal_no LIMIT {OPEN_MAX}"
        );
        self.db.all(&sql, bind![lead_code], deal_of)
    }
}

fn profile_of(row: &Row<'_>) -> Result<LeadProfile, StoreError> {
    let written: Option<String> = row.get(3)?;
    Ok(LeadProfile {
        lead_code: row.get(0)?,
        company_name: row.get(1)?,
        person_name: row.get(2)?,
        phone: written.as_deref().and_then(shown_number),
        email: row.get(4)?,
        status: row.get(5)?,
        source: row.get(6)?,
        origin: row.get(7)?,
    })
}
