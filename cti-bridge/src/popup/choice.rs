//! An agent's choice of who calls.

use shared::card::{CallerLevel, Candidate, CandidateKind, MatchedContact};
use shared::store::{NumberChoice, StoredChoice};

/// Whom an agent chose as the caller.
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
    /// This customer, without a person or site.
    #[must_use]
    pub fn customer(code: String) -> Self {
        Self { customer_code: Some(code), lead_code: None, contact_id: None, site: None }
    }

    /// This lead.
    #[must_use]
    pub fn lead(code: String) -> Self {
        Self { customer_code: None, lead_code: Some(code), contact_id: None, site: None }
    }

    /// How exactly it names the caller.
    #[must_use]
    pub fn level(&self) -> CallerLevel {
        match (self.contact_id, &self.site) {
            (Some(_), _) => CallerLevel::Person,
            (None, Some(_)) => CallerLevel::Site,
            (None, None) => CallerLevel::Company,
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

impl From<StoredChoice> for Choice {
    fn from(said: StoredChoice) -> Self {
        let StoredChoice { customer_code, lead_code, contact_id, site, .. } = said;
        Self { customer_code, lead_code, contact_id, site }
    }
}

/// Puts the chosen one first and marks it; `false` when it is not among them.
pub(super) fn choose(found: &mut Vec<Candidate>, choice: &Choice) -> bool {
    let Some(at) = found.iter().position(|candidate| choice.is(candidate)) else { return false };
    let mut candidate = found.remove(at);
    candidate.chosen = true;
    let person =
        candidate.people.iter().find(|p| p.contact_id.is_some() && p.contact_id == choice.contact_id);
    if let Some(person) = person {
        candidate.matched_contact = Some(person.clone());
    } else if choice.level() != CallerLevel::Person
        && let Some(contact) = &candidate.matched_contact
        && candidate.kind == CandidateKind::Customer
    {
        candidate.matched_contact = Some(MatchedContact {
            contact_id: None,
            person_name: choice.site.clone(),
            level: choice.level(),
            ..contact.clone()
        });
    }
    found.insert(0, candidate);
    true
}
