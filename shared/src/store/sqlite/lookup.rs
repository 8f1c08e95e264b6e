//! Who has a number, and who is called so.

use chrono::NaiveDate;
use rusqlite::Row;

use super::reader::SqliteReader;
use super::transaction::count;
use super::{Explained, StoreError};
use crate::card::{Candidate, CandidateKind, CandidateSite, MatchedContact};
use crate::company::company_key;
use crate::phone::PhoneNumber;
use crate::store::SoleContact;
use crate::text::search_key;

/// Customers or leads that one number can have at most in an answer: a hotel's main line, not a table scan.
const CANDIDATES_MAX: usize = 50;

/// People of one customer that are named at most.
const PEOPLE_MAX: usize = 20;

/// Places of one customer that are named at most.
const SITES_MAX: usize = 20;

const BY_NUMBER: &str = "SELECT p.owner_kind, p.owner_key, p.customer_code,
        cu.customer_name, cu.name_kana, cu.customer_type, cu.rank, cu.trading_status, cu.account_owner,
        coalesce(nullif(co.person_name, ''), cp.person_name, l.person_name), co.purpose, l.company_name,
        coalesce(co.phone, cp.phone, l.phone)
    FROM phone_index p
    LEFT JOIN customer cu ON cu.customer_code = p.customer_code
    LEFT JOIN contact co ON p.owner_kind = 'contact' AND co.contact_id = CAST(p.owner_key AS INTEGER)
    LEFT JOIN contact_person cp ON p.owner_kind = 'contact_person' AND cp.person_code = p.owner_key
    LEFT JOIN lead l ON p.owner_kind = 'lead' AND l.lead_code = p.owner_key
    WHERE p.e164 = ?1
    ORDER BY p.owner_kind = 'lead', p.customer_code, p.owner_kind = 'contact', CAST(p.owner_key AS INTEGER), p.owner_key";

/// A second row says that the number has another owner.
const SOLE_CONTACT: &str = "SELECT p.owner_kind, p.owner_key, p.customer_code, c.valid_through, c.body
    FROM phone_index p
    LEFT JOIN customer_card c ON c.customer_code = p.customer_code
        AND NOT EXISTS (SELECT 1 FROM stale_card s WHERE s.customer_code = p.customer_code)
    WHERE p.e164 = ?1 LIMIT 2";

const SUMMARY: &str = "SELECT customer_code, customer_name, name_kana, customer_type, rank, trading_status,
    account_owner FROM customer";

impl SqliteReader {
    pub(in crate::store) fn match_phone(
        &mut self,
        number: &PhoneNumber,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut select = self.connection.prepare_cached(BY_NUMBER).at(&self.path)?;
        let mut rows = select.query([number.e164()]).at(&self.path)?;
        let mut found: Vec<Candidate> = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            let Some(candidate) = candidate_of(row).at(&self.path)? else { continue };
            // One customer once: a person is named before a number without one, because of the order.
            let known = found.iter_mut().find(|other| {
                other.customer_code == candidate.customer_code && other.lead_code == candidate.lead_code
            });
            match known {
                Some(known) => add_person(known, candidate),
                None => found.push(candidate),
            }
            if found.len() == CANDIDATES_MAX {
                break;
            }
        }
        Ok(found)
    }

    pub(in crate::store) fn sole_contact(
        &mut self,
        number: &PhoneNumber,
        today: NaiveDate,
    ) -> Result<Option<SoleContact>, StoreError> {
        let mut select = self.connection.prepare_cached(SOLE_CONTACT).at(&self.path)?;
        let mut rows = select.query([number.e164()]).at(&self.path)?;
        let Some(row) = rows.next().at(&self.path)? else { return Ok(None) };
        let found = sole_contact_of(row, today).at(&self.path)?;
        let another = rows.next().at(&self.path)?.is_some();
        Ok(found.filter(|_| !another))
    }

    pub(in crate::store) fn sites(&mut self, customer_code: &str) -> Result<Vec<CandidateSite>, StoreError> {
        let sql = format!(
            "SELECT name, kind, prefecture, city FROM address WHERE customer_code = ?1 AND name <> ''
               AND name <> (SELECT customer_name FROM customer WHERE customer_code = ?1)
             ORDER BY kind, address_no LIMIT {SITES_MAX}"
        );
        self.connection
            .prepare_cached(&sql)
            .at(&self.path)?
            .query_map([customer_code], |row| {
                Ok(CandidateSite {
                    name: row.get(0)?,
                    kind: row.get(1)?,
                    prefecture: row.get(2)?,
                    city: row.get(3)?,
                })
            })
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn search(&mut self, q: &str, limit: usize) -> Result<Vec<Candidate>, StoreError> {
        let q = q.trim();
        let mut found = Vec::new();
        if q.is_empty() || limit == 0 {
            return Ok(found);
        }
        if let Ok(number) = PhoneNumber::parse(q) {
            found = self.match_phone(&number)?;
        }
        let (name, kana) = (company_key(q), search_key(q));
        self.add(&mut found, limit, "WHERE customer_code = ?1", q)?;
        self.add(
            &mut found,
            limit,
            "WHERE customer_code >= ?1 AND customer_code < ?1 || x'f4' ORDER BY 1",
            q,
        )?;
        if !name.is_empty() {
            self.add(
                &mut found,
                limit,
                "WHERE name_key >= ?1 AND name_key < ?1 || x'f4' ORDER BY name_key",
                &name,
            )?;
        }
        if !kana.is_empty() {
            self.add(
                &mut found,
                limit,
                "WHERE kana_key >= ?1 AND kana_key < ?1 || x'f4' ORDER BY kana_key",
                &kana,
            )?;
        }
        if !name.is_empty() {
            self.add(&mut found, limit, "WHERE instr(name_key, ?1) > 0 ORDER BY name_key", &name)?;
        }
        if !kana.is_empty() {
            self.add(&mut found, limit, "WHERE instr(kana_key, ?1) > 0 ORDER BY kana_key", &kana)?;
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Adds those that a condition finds, each customer once, until `limit` are there.
    fn add(
        &self,
        found: &mut Vec<Candidate>,
        limit: usize,
        condition: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        if found.len() >= limit {
            return Ok(());
        }
        let sql = format!("{SUMMARY} {condition} LIMIT ?2");
        let mut select = self.connection.prepare_cached(&sql).at(&self.path)?;
        let mut rows = select.query(rusqlite::params![value, count(limit as u64)]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let candidate = summary_of(row).at(&self.path)?;
            if !found.iter().any(|other| other.customer_code == candidate.customer_code) {
                found.push(candidate);
            }
        }
        Ok(())
    }
}

/// Another contact of a customer who is found already has the number. Of several people none is picked.
fn add_person(known: &mut Candidate, another: Candidate) {
    let (Some(first), Some(second)) = (&known.matched_contact, another.matched_contact) else { return };
    let is_news = second.person_name.is_some()
        && known.people.iter().chain([first]).all(|other| other.person_name != second.person_name);
    if !is_news || known.people.len() >= PEOPLE_MAX {
        return;
    }
    if known.people.is_empty() {
        if first.person_name.is_none() {
            known.matched_contact = Some(second);
            return;
        }
        known.people.push(first.clone());
        known.matched_contact = Some(MatchedContact {
            contact_id: None,
            person_name: None,
            purpose: None,
            extension: None,
            level: "company".to_owned(),
            source: first.source.clone(),
        });
    }
    known.people.push(second);
}

/// The owner and the card, when the owner is a contact and the card is fresh.
fn sole_contact_of(row: &Row<'_>, today: NaiveDate) -> rusqlite::Result<Option<SoleContact>> {
    let contact_id = row.get_ref(1)?.as_str()?.parse().ok();
    let fresh_through = row.get_ref(3)?.as_str_or_null()?.and_then(|day| day.parse::<NaiveDate>().ok());
    let is_contact = row.get_ref(0)?.as_str()? == "contact";
    match (contact_id, fresh_through) {
        (Some(contact_id), Some(through)) if is_contact && through >= today => {
            Ok(Some(SoleContact { contact_id, customer_code: row.get(2)?, card: row.get(4)? }))
        }
        _ => Ok(None),
    }
}

/// A row of the number index as a candidate; `None` when its owner is gone.
fn candidate_of(row: &Row<'_>) -> rusqlite::Result<Option<Candidate>> {
    let source: String = row.get(0)?;
    let key: String = row.get(1)?;
    let lead = source == "lead";
    let Some(customer_name) = row.get::<_, Option<String>>(if lead { 11 } else { 3 })? else {
        return Ok(None);
    };
    let (person_name, purpose): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
    let contact = MatchedContact {
        contact_id: if source == "contact" { key.parse().ok() } else { None },
        level: MatchedContact::level_of(person_name.as_deref(), purpose.as_deref()).to_owned(),
        extension: row.get_ref(12)?.as_str_or_null()?.and_then(PhoneNumber::extension_in),
        person_name,
        purpose,
        source,
    };
    Ok(Some(Candidate {
        kind: if lead { CandidateKind::Lead } else { CandidateKind::Customer },
        customer_code: row.get(2)?,
        lead_code: lead.then_some(key),
        customer_name,
        name_kana: row.get(4)?,
        customer_type: row.get(5)?,
        rank: row.get(6)?,
        trading_status: row.get(7)?,
        account_owner: row.get(8)?,
        matched_contact: Some(contact),
        people: Vec::new(),
        sites: Vec::new(),
        chosen: false,
    }))
}

fn summary_of(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate {
        kind: CandidateKind::Customer,
        customer_code: row.get(0)?,
        lead_code: None,
        customer_name: row.get(1)?,
        name_kana: row.get(2)?,
        customer_type: row.get(3)?,
        rank: row.get(4)?,
        trading_status: row.get(5)?,
        account_owner: row.get(6)?,
        matched_contact: None,
        people: Vec::new(),
        sites: Vec::new(),
        chosen: false,
    })
}
