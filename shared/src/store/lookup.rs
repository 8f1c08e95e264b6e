//! Finding customers: by number, by name, by code.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use super::driver::{Connection, Row, bind};
use super::{Reader, StoreError, Transaction};
use crate::card::{
    CARD_FORMAT, CallerLevel, Candidate, CandidateKind, CandidateSite, ContactSource, MatchedContact,
};
use crate::company::company_key;
use crate::customer::ContactPurpose;
use crate::phone::PhoneNumber;
use crate::text::search_key;

/// The one owner of a number, with the customer's card as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoleContact {
    /// The contact.
    pub contact_id: i64,
    /// Whose contact.
    pub customer_code: String,
    /// The card's JSON, true today.
    pub card: String,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The best first.
    pub customers: Vec<Candidate>,
    /// Whether every customer was looked at; `false`: the time was up before.
    pub complete: bool,
}

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

/// A second row: the number has another owner.
const SOLE_CONTACT: &str = "SELECT p.owner_kind, p.owner_key, p.customer_code, c.valid_through, c.body
    FROM phone_index p
    LEFT JOIN customer_card c ON c.customer_code = p.customer_code AND c.format = ?2
        AND NOT EXISTS (SELECT 1 FROM stale_card s WHERE s.customer_code = p.customer_code)
    WHERE p.e164 = ?1 LIMIT 2";

const SUMMARY: &str = "SELECT customer_code, customer_name, name_kana, customer_type, rank, trading_status,
    account_owner FROM customer";

impl Reader {
    /// The owners of this number, customers before leads, each once, with the contact that matched. The whole
    /// E.164 number is compared, never a part.
    pub fn match_phone(&mut self, number: &PhoneNumber) -> Result<Vec<Candidate>, StoreError> {
        let mut found: Vec<Candidate> = Vec::new();
        self.db.each(BY_NUMBER, bind![number.e164()], |row| {
            let Some(candidate) = candidate_of(row)? else { return Ok(ControlFlow::Continue(())) };
            // One customer once: a person is named before a number without one, because of the order.
            let known = found.iter_mut().find(|other| {
                other.customer_code == candidate.customer_code && other.lead_code == candidate.lead_code
            });
            match known {
                Some(known) => add_person(known, candidate),
                None => found.push(candidate),
            }
            Ok(if found.len() < CANDIDATES_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    /// The one contact that has this number and its customer's card, when nothing else has the number and the card
    /// is fresh as of `today`: one statement, for the path from a ring to a pop-up. `None`: no one has the number, or
    /// it takes `match_phone` and `card` to tell.
    pub fn sole_contact(
        &mut self,
        number: &PhoneNumber,
        today: NaiveDate,
    ) -> Result<Option<SoleContact>, StoreError> {
        let (mut found, mut rows) = (None, 0);
        self.db.each(SOLE_CONTACT, bind![number.e164(), CARD_FORMAT], |row| {
            rows += 1;
            found = if rows == 1 { sole_contact_of(row, today)? } else { None };
            Ok(if found.is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    /// A customer's places that have a name: its addresses, the head office first.
    pub fn sites(&mut self, customer_code: &str) -> Result<Vec<CandidateSite>, StoreError> {
        let sql = format!(
            "SELECT name, kind, prefecture, city FROM address WHERE customer_code = ?1 AND name <> ''
               AND name <> (SELECT customer_name FROM customer WHERE customer_code = ?1)
             ORDER BY kind, address_no LIMIT {SITES_MAX}"
        );
        self.db.all(&sql, bind![customer_code], |row| {
            Ok(CandidateSite {
                name: row.get(0)?,
                kind: row.get(1)?,
                prefecture: row.get(2)?,
                city: row.get(3)?,
            })
        })
    }

    /// Customers whose code, name, short name or kana starts with or contains `q`, or whose whole number is
    /// `q`; best first. What only contains `q` is found by reading every name, for `time_max` at most.
    pub fn search(&mut self, q: &str, limit: usize, time_max: Duration) -> Result<Found, StoreError> {
        let deadline = Instant::now() + time_max;
        let q = q.trim();
        let mut found = Vec::new();
        if q.is_empty() || limit == 0 {
            return Ok(Found { customers: found, complete: true });
        }
        if let Ok(number) = PhoneNumber::parse(q) {
            found = self.match_phone(&number)?;
        }
        let (name, kana) = (company_key(q), search_key(q));
        add(&self.db, &mut found, limit, "WHERE customer_code = ?1", q)?;
        add(
            &self.db,
            &mut found,
            limit,
            "WHERE customer_code >= ?1 AND customer_code < ?1 || x'f4' ORDER BY 1",
            q,
        )?;
        if !name.is_empty() {
            add(
                &self.db,
                &mut found,
                limit,
                "WHERE name_key >= ?1 AND name_key < ?1 || x'f4' ORDER BY name_key",
                &name,
            )?;
        }
        if !kana.is_empty() {
            add(
                &self.db,
                &mut found,
                limit,
                "WHERE kana_key >= ?1 AND kana_key < ?1 || x'f4' ORDER BY kana_key",
                &kana,
            )?;
        }
        let contains = [
            ("WHERE instr(name_key, ?1) > 0 ORDER BY name_key", &name),
            ("WHERE instr(kana_key, ?1) > 0 ORDER BY kana_key", &kana),
        ];
        let mut complete = true;
        for (condition, key) in contains {
            if !key.is_empty() {
                let added = self.db.until(deadline, |db| add(db, &mut found, limit, condition, key))?;
                complete &= added.is_some();
            }
        }
        found.truncate(limit);
        Ok(Found { customers: found, complete })
    }

    /// A customer's name; `None`: no such customer.
    pub fn customer_name(&mut self, customer_code: &str) -> Result<Option<String>, StoreError> {
        self.db.one(
            "SELECT customer_name FROM customer WHERE customer_code = ?1",
            bind![customer_code],
            |row| row.get(0),
        )
    }
}

/// Adds the customers that a condition finds, each customer once, until `limit` are there.
fn add(
    db: &Connection,
    found: &mut Vec<Candidate>,
    limit: usize,
    condition: &str,
    value: &str,
) -> Result<(), StoreError> {
    if found.len() >= limit {
        return Ok(());
    }
    let sql = format!("{SUMMARY} {condition} LIMIT ?2");
    db.each(&sql, bind![value, limit], |row| {
        let candidate = summary_of(row)?;
        if !found.iter().any(|other| other.customer_code == candidate.customer_code) {
            found.push(candidate);
        }
        Ok(ControlFlow::Continue(()))
    })
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
            level: CallerLevel::Company,
            source: first.source,
        });
    }
    known.people.push(second);
}

/// The owner and the card, when the owner is a contact and the card is fresh.
fn sole_contact_of(row: &Row<'_>, today: NaiveDate) -> Result<Option<SoleContact>, StoreError> {
    let contact_id = row.text(1).and_then(|key| key.parse().ok());
    let fresh_through = row.text(3).and_then(|day| day.parse::<NaiveDate>().ok());
    let is_contact = row.get::<ContactSource>(0)? == ContactSource::Contact;
    match (contact_id, fresh_through) {
        (Some(contact_id), Some(through)) if is_contact && through >= today => {
            Ok(Some(SoleContact { contact_id, customer_code: row.get(2)?, card: row.get(4)? }))
        }
        _ => Ok(None),
    }
}

/// A row of the number index as a candidate; `None` when its owner is gone.
fn candidate_of(row: &Row<'_>) -> Result<Option<Candidate>, StoreError> {
    let source: ContactSource = row.get(0)?;
    let key: String = row.get(1)?;
    let lead = source == ContactSource::Lead;
    let Some(customer_name) = row.get::<Option<String>>(if lead { 11 } else { 3 })? else {
        return Ok(None);
    };
    let (person_name, purpose): (Option<String>, Option<ContactPurpose>) = (row.get(9)?, row.get(10)?);
    let contact = MatchedContact {
        contact_id: if source == ContactSource::Contact { key.parse().ok() } else { None },
        level: MatchedContact::level_of(person_name.as_deref(), purpose),
        extension: row.text(12).and_then(PhoneNumber::extension_in),
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

fn summary_of(row: &Row<'_>) -> Result<Candidate, StoreError> {
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

impl Transaction<'_> {
    /// Those of these codes that no customer has.
    pub fn unknown_customers<'c>(&mut self, codes: &[&'c str]) -> Result<Vec<&'c str>, StoreError> {
        let mut unknown = Vec::new();
        for code in codes {
            if !self.db.exists("SELECT 1 FROM customer WHERE customer_code = ?1", bind![*code])? {
                unknown.push(*code);
            }
        }
        Ok(unknown)
    }
}
