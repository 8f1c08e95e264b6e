//! Who calls: what an agent says goes before the code that an IVR collected, and that before the number.

use chrono::NaiveDate;
use shared::caller::CallerNumber;
use shared::card::{Candidate, CandidateKind, MatchedContact};
use shared::store::{ChoiceLevel, NumberChoice, Reader};

use super::{MatchBy, MatchKind, Profile, ProfileError, by_caller, by_code, candidates, card_of, lead, tail};

/// Who an agent says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The customer, or a lead in its place.
    pub customer_code: Option<String>,
    /// The lead.
    pub lead_code: Option<String>,
    /// The person.
    pub contact_id: Option<i64>,
    /// The place.
    pub site: Option<String>,
}

impl Choice {
    /// This customer, whoever of them calls.
    #[must_use]
    pub fn customer(code: String) -> Self {
        Self { customer_code: Some(code), lead_code: None, contact_id: None, site: None }
    }

    /// This lead.
    #[must_use]
    pub fn lead(code: String) -> Self {
        Self { customer_code: None, lead_code: Some(code), contact_id: None, site: None }
    }

    /// How much it says of who calls.
    #[must_use]
    pub fn level(&self) -> ChoiceLevel {
        match (self.contact_id, &self.site) {
            (Some(_), _) => ChoiceLevel::Person,
            (None, Some(_)) => ChoiceLevel::Site,
            (None, None) => ChoiceLevel::Company,
        }
    }

    fn is(&self, candidate: &Candidate) -> bool {
        match &self.customer_code {
            Some(code) => candidate.customer_code.as_ref() == Some(code),
            None => candidate.lead_code.is_some() && candidate.lead_code == self.lead_code,
        }
    }
}

impl From<NumberChoice> for Choice {
    fn from(kept: NumberChoice) -> Self {
        let NumberChoice { customer_code, lead_code, contact_id, site, .. } = kept;
        Self { customer_code, lead_code, contact_id, site }
    }
}

/// What is known of who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The number, or why there is none.
    pub caller: CallerNumber,
    /// The code that the caller gave to an IVR.
    pub customer_code: Option<String>,
    /// What an agent said during this call.
    pub choice: Option<Choice>,
}

/// The profile of who calls.
///
/// # Errors
/// See [`ProfileError`].
pub fn of_call(reader: &mut Reader, who: &Who, today: NaiveDate) -> Result<Profile, ProfileError> {
    if let Some(choice) = &who.choice {
        return reader.consistent(|reader| by_choice(reader, who, choice, today));
    }
    if let Some(code) = &who.customer_code {
        match by_code(reader, code, today) {
            // A code that nobody has was mistyped; the number may still say who it is.
            Err(ProfileError::NotFound) => {}
            found => return found,
        }
    }
    by_caller(reader, &who.caller, today)
}

fn by_choice(
    reader: &mut Reader,
    who: &Who,
    choice: &Choice,
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    let mut found = match &who.caller {
        CallerNumber::Number(number) => candidates(reader, number)?,
        _ => Vec::new(),
    };
    if !choose(&mut found, choice) {
        // Somebody else than those who have the number: the agent knows better.
        let Some(other) = named(reader, choice, today)? else {
            return by_caller(reader, &who.caller, today);
        };
        found.insert(0, other);
    }
    chosen(reader, &found, today)
}

/// Whom an agent named, as a candidate.
fn named(reader: &mut Reader, choice: &Choice, today: NaiveDate) -> Result<Option<Candidate>, ProfileError> {
    let found = if let Some(code) = &choice.customer_code {
        let card = reader.card(code, today)?;
        card.map(|card| super::CardCustomer::of(&card.body).map(|c| c.candidate(code.clone(), None)))
            .transpose()?
    } else if let Some(code) = &choice.lead_code {
        reader.lead_card(code)?.map(|card| lead::candidate(&card))
    } else {
        None
    };
    Ok(found.map(|candidate| Candidate { chosen: true, ..candidate }))
}

/// Puts the chosen one first and marks it; `false` when it is none of them.
pub(super) fn choose(found: &mut Vec<Candidate>, choice: &Choice) -> bool {
    let Some(at) = found.iter().position(|candidate| choice.is(candidate)) else { return false };
    let mut candidate = found.remove(at);
    candidate.chosen = true;
    let person =
        candidate.people.iter().find(|p| p.contact_id.is_some() && p.contact_id == choice.contact_id);
    if let Some(person) = person {
        candidate.matched_contact = Some(person.clone());
    } else if choice.level() != ChoiceLevel::Person
        && let Some(contact) = &candidate.matched_contact
        && candidate.kind == CandidateKind::Customer
    {
        candidate.matched_contact = Some(MatchedContact {
            contact_id: None,
            person_name: choice.site.clone(),
            level: choice.level().word().to_owned(),
            ..contact.clone()
        });
    }
    found.insert(0, candidate);
    true
}

/// The profile of the first of these, whom somebody chose.
pub(super) fn chosen(
    reader: &mut Reader,
    found: &[Candidate],
    today: NaiveDate,
) -> Result<Profile, ProfileError> {
    let Some(first) = found.first() else { return Ok(Profile::empty(MatchKind::None)) };
    let card = card_of(reader, first, today)?;
    let list = serde_json::to_string(found)?;
    Ok(Profile {
        kind: MatchKind::Chosen,
        customer_code: first.customer_code.clone(),
        lead_code: first.lead_code.clone(),
        tail: tail(
            MatchKind::Chosen,
            Some(MatchBy::Choice),
            &list,
            first.matched_contact.as_ref(),
            card.as_deref(),
        ),
    })
}
