//! From a number or a code to a profile.

use chrono::NaiveDate;
use shared::caller::CallerNumber;
use shared::card::{Candidate, CandidateKind, ContactSource, MatchedContact};
use shared::phone::PhoneNumber;
use shared::store::{Reader, SoleContact};

use super::choice::{Choice, choose};
use super::profile::{Card, Profile};
use super::stored::StoredCard;
use super::{MatchBy, MatchKind, ProfileError, Subject, lead};

/// The profile that a client asks for.
///
/// # Errors
/// See [`ProfileError`].
pub fn by_subject(reader: &mut Reader, subject: &Subject, today: NaiveDate) -> Result<Profile, ProfileError> {
    match subject {
        Subject::Number(text) => by_number(reader, &PhoneNumber::parse(text)?, today),
        Subject::Customer(code) => by_code(reader, code, today),
        Subject::Lead(code) => lead::by_code(reader, code),
    }
}

/// The profile of a caller.
///
/// # Errors
/// See [`ProfileError`].
pub fn by_caller(
    reader: &mut Reader,
    caller: &CallerNumber,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    match caller {
        CallerNumber::Number(number) => by_number(reader, number, today),
        _ => Ok(Profile::empty(MatchKind::Unidentified)),
    }
}

/// Everybody with this whole number, and the card when it is one customer.
///
/// # Errors
/// See [`ProfileError`].
pub fn by_number(
    reader: &mut Reader,
    number: &PhoneNumber,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    if let Some(profile) = by_sole_contact(reader, number, today)? {
        return Ok(profile);
    }
    // One consistent state: the candidates and the card cannot contradict each other.
    reader.consistent(|reader| by_owners(reader, number, today))
}

/// The usual case, in one statement: one contact has the number, and its customer's card has everything that a
/// candidate shows. A test compares it with [`by_owners`].
pub(super) fn by_sole_contact(
    reader: &mut Reader,
    number: &PhoneNumber,
    today: NaiveDate,
) -> Result<Option<Profile>, ProfileError> {
    let Some(SoleContact { contact_id, customer_code, card }) = reader.sole_contact(number, today)? else {
        return Ok(None);
    };
    let card = StoredCard::read(&card)?;
    let customer = card.head()?;
    // A card lists a limited number of contacts.
    let Some(contact) = customer.contacts.iter().find(|c| c.contact_id == contact_id) else {
        return Ok(None);
    };
    let matched = MatchedContact {
        contact_id: Some(contact_id),
        person_name: contact.person_name.as_deref().map(str::to_owned),
        purpose: Some(contact.purpose),
        extension: contact.phone.as_deref().and_then(PhoneNumber::extension_in),
        level: MatchedContact::level_of(contact.person_name.as_deref(), Some(contact.purpose)),
        source: ContactSource::Contact,
    };
    let mut candidate = customer.candidate(customer_code, Some(matched));
    if names_no_person(&candidate) {
        // For a number without a person an agent may have chosen the site.
        if reader.number_choice(number)?.is_some_and(|choice| choice.site.is_some()) {
            return Ok(None);
        }
        add_sites(reader, &mut candidate)?;
    }
    Ok(Some(Profile::one(candidate, MatchBy::Number, Card::Customer(Box::new(card)))))
}

/// The general case: all owners of the number, and an agent's earlier choice.
pub(super) fn by_owners(
    reader: &mut Reader,
    number: &PhoneNumber,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    let mut found = candidates(reader, number)?;
    if let Some(choice) = reader.number_choice(number)?
        && (found.len() > 1 || choice.site.is_some() || found.iter().any(|c| !c.people.is_empty()))
        && choose(&mut found, &Choice::from(choice))
    {
        return chosen(reader, found, today);
    }
    match found.len() {
        0 => Ok(Profile::empty(MatchKind::None)),
        1 => {
            let candidate = found.remove(0);
            let card = card_of(reader, &candidate, today)?;
            Ok(Profile::one(candidate, MatchBy::Number, card))
        }
        _ => Ok(Profile {
            kind: MatchKind::Many,
            by: Some(MatchBy::Number),
            candidates: found,
            card: Card::Nobody,
            earlier: None,
            nuisance: None,
        }),
    }
}

/// The customers and leads with this number.
pub(super) fn candidates(reader: &mut Reader, number: &PhoneNumber) -> Result<Vec<Candidate>, ProfileError> {
    let mut found = reader.match_phone(number)?;
    // A lead with a customer's number is most likely the same people before their first order.
    if found.iter().any(|c| c.kind == CandidateKind::Customer) {
        found.retain(|c| c.kind == CandidateKind::Customer);
    }
    let several = found.len() > 1;
    for candidate in found.iter_mut().filter(|candidate| several || names_no_person(candidate)) {
        add_sites(reader, candidate)?;
    }
    Ok(found)
}

/// Whether the number does not tell which person calls.
fn names_no_person(candidate: &Candidate) -> bool {
    candidate.matched_contact.as_ref().is_none_or(|contact| contact.person_name.is_none())
}

fn add_sites(reader: &mut Reader, candidate: &mut Candidate) -> Result<(), ProfileError> {
    if let Some(code) = &candidate.customer_code {
        candidate.sites = reader.sites(code)?;
    }
    Ok(())
}

/// The card of a candidate.
pub(super) fn card_of(
    reader: &mut Reader,
    candidate: &Candidate,
    today: NaiveDate,
) -> Result<Card, ProfileError> {
    if let Some(code) = &candidate.customer_code {
        return match reader.card(code, today)? {
            Some(card) => Ok(Card::Customer(Box::new(StoredCard::read(&card.body)?))),
            None => Ok(Card::Nobody),
        };
    }
    match &candidate.lead_code {
        Some(code) => Ok(reader.lead_card(code)?.map_or(Card::Nobody, |card| Card::Lead(Box::new(card)))),
        None => Ok(Card::Nobody),
    }
}

/// The customer with this code.
pub(super) fn by_code(reader: &mut Reader, code: &str, today: NaiveDate) -> Result<Profile, ProfileError> {
    let card = reader.card(code, today)?.ok_or(ProfileError::NotFound)?;
    let card = StoredCard::read(&card.body)?;
    let candidate = card.head()?.candidate(code.to_owned(), None);
    Ok(Profile::one(candidate, MatchBy::Code, Card::Customer(Box::new(card))))
}

/// The profile of the first of these, whom an agent chose.
pub(super) fn chosen(
    reader: &mut Reader,
    found: Vec<Candidate>,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    let Some(first) = found.first() else { return Ok(Profile::empty(MatchKind::None)) };
    let card = card_of(reader, first, today)?;
    Ok(Profile {
        kind: MatchKind::Chosen,
        by: Some(MatchBy::Choice),
        candidates: found,
        card,
        earlier: None,
        nuisance: None,
    })
}
