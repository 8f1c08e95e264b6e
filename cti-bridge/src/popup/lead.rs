//! A lead in a pop-up.

use serde::Serialize;
use shared::card::{Candidate, CandidateKind, Interaction, LeadCard, LeadProfile, OpenItems};
use shared::store::Reader;

use super::{MatchBy, Profile, ProfileError, one_with_card};

/// The card's fields in the order of a customer's, with what a lead does not have.
#[derive(Serialize)]
struct Body<'a> {
    customer: Option<()>,
    lead: &'a LeadProfile,
    alerts: [(); 0],
    metrics: Option<()>,
    recent_sales: [(); 0],
    interactions: &'a [Interaction],
    open: OpenItems,
    balance: Option<()>,
    memo: Option<&'a str>,
}

/// The card's JSON.
pub(super) fn json(card: &LeadCard) -> Result<String, serde_json::Error> {
    let LeadCard { lead, interactions, deals, memo } = card;
    serde_json::to_string(&Body {
        customer: None,
        lead,
        alerts: [],
        metrics: None,
        recent_sales: [],
        interactions,
        open: OpenItems { deals: deals.clone(), ..OpenItems::default() },
        balance: None,
        memo: memo.as_deref(),
    })
}

/// The lead as one to choose, found by something else than a number.
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

pub(super) fn by_code(reader: &mut Reader, code: &str) -> Result<Profile, ProfileError> {
    let card = reader.consistent(|reader| reader.lead_card(code))?.ok_or(ProfileError::NotFound)?;
    one_with_card(candidate(&card), &json(&card)?, Some(MatchBy::Code))
}
