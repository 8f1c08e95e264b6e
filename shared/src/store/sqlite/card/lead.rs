//! A lead's card, read from the tables.

use rusqlite::{OptionalExtension, Row};

use super::super::reader::SqliteReader;
use super::super::{Explained, StoreError, timeline};
use super::open::{OPEN_DEALS, deal_of};
use super::shown_number;
use crate::card::{INTERACTIONS_MAX, LeadCard, LeadProfile, OPEN_MAX, OpenDeal};

impl SqliteReader {
    pub(in crate::store) fn lead_card(&mut self, lead_code: &str) -> Result<Option<LeadCard>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT lead_code, company_name, person_name, phone, email, status, source, memo FROM lead
                 WHERE lead_code = ?1",
            )
            .at(&self.path)?
            .query_row([lead_code], |row| Ok((profile_of(row)?, row.get(7)?)))
            .optional()
            .at(&self.path)?;
        let Some((lead, memo)) = found else { return Ok(None) };
        let interactions =
            timeline::calls_of_lead(&self.path, &self.connection, lead_code, INTERACTIONS_MAX)?;
        Ok(Some(LeadCard { lead, interactions, deals: self.deals_of_lead(lead_code)?, memo }))
    }

    fn deals_of_lead(&self, lead_code: &str) -> Result<Vec<OpenDeal>, StoreError> {
        let sql = format!(
            "{OPEN_DEALS} lead_code = ?1 ORDER BY coalesce(expected_on, '9999'), deal_no LIMIT {OPEN_MAX}"
        );
        self.connection
            .prepare_cached(&sql)
            .at(&self.path)?
            .query_map([lead_code], deal_of)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }
}

fn profile_of(row: &Row<'_>) -> rusqlite::Result<LeadProfile> {
    let written: Option<String> = row.get(3)?;
    Ok(LeadProfile {
        lead_code: row.get(0)?,
        company_name: row.get(1)?,
        person_name: row.get(2)?,
        phone: written.as_deref().and_then(shown_number),
        email: row.get(4)?,
        status: row.get(5)?,
        source: row.get(6)?,
    })
}
