//! A lead in a pop-up.

use shared::card::{Candidate, CandidateKind, LeadCard};
use shared::store::Reader;

use super::profile::{Card, Profile};
use super::{MatchBy, ProfileError};

/// The lead as a candidate that was not found by a number.
pub(super) fn candidate(card: &LeadCard) -> Candidate {
    Candidate {
        kind: CandidateKind::Lead,
        customer_code: None,
        lead_code: Some(card.lead.lead_code.clone()),
        customer_name: card.lead.company_name.clone(),
        name_kana: None,
        customer_type: None,
        rank: None,
        trading_status: None,
        account_owner: None,
        matched_contact: None,
        people: Vec::new(),
        sites: Vec::new(),
        chosen: false,
    }
}

/// The lead with this code.
pub(super) fn by_code(reader: &mut Reader, code: &str) -> Result<Profile, ProfileError> {
    let card = reader.consistent(|reader| reader.lead_card(code))?.ok_or(ProfileError::NotFound)?;
    Ok(Profile::one(candidate(&card), MatchBy::Code, Card::Lead(Box::new(card))))
}
