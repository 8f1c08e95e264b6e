//! The result of a lookup: who was found, with the card when it is one.

use shared::card::{Candidate, LeadCard, MatchedContact};
use shared::store::{EarlierCalls, Nuisance};

use super::stored::StoredCard;
use super::{MatchBy, MatchKind};

/// The part of a pop-up that depends neither on the call's state nor on who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// How many have the number.
    pub kind: MatchKind,
    /// By what they were found.
    pub(super) by: Option<MatchBy>,
    /// Who was found; the first is the one whose card is shown, unless the agent has to choose.
    pub(super) candidates: Vec<Candidate>,
    pub(super) card: Card,
    /// What the caller's number did today before this call.
    pub(super) earlier: Option<EarlierCalls>,
    /// Who marked the number as a nuisance.
    pub(super) nuisance: Option<Nuisance>,
}

/// The card of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Card {
    /// No customer was found, or several.
    Nobody,
    Customer(Box<StoredCard>),
    Lead(Box<LeadCard>),
}

impl Profile {
    /// A profile without anybody.
    #[must_use]
    pub fn empty(kind: MatchKind) -> Self {
        Self { kind, by: None, candidates: Vec::new(), card: Card::Nobody, earlier: None, nuisance: None }
    }

    /// A profile of exactly one.
    pub(super) fn one(candidate: Candidate, by: MatchBy, card: Card) -> Self {
        Self {
            kind: MatchKind::One,
            by: Some(by),
            candidates: vec![candidate],
            card,
            earlier: None,
            nuisance: None,
        }
    }

    /// The one who was found or chosen.
    fn found(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|_| matches!(self.kind, MatchKind::One | MatchKind::Chosen))
    }

    /// The code of the customer who was found.
    #[must_use]
    pub fn customer_code(&self) -> Option<&str> {
        self.found()?.customer_code.as_deref()
    }

    /// The code of the lead that was found.
    #[must_use]
    pub fn lead_code(&self) -> Option<&str> {
        self.found()?.lead_code.as_deref()
    }

    /// The code of the customer or lead that was found.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.customer_code().or_else(|| self.lead_code())
    }

    /// The name of who was found.
    #[must_use]
    pub fn customer_name(&self) -> Option<&str> {
        self.found().map(|found| found.customer_name.as_str())
    }

    /// Whose number it is, within the customer who was found.
    #[must_use]
    pub(super) fn matched_contact(&self) -> Option<&MatchedContact> {
        self.found()?.matched_contact.as_ref()
    }

    /// Whether this customer is shown, or among those to choose from.
    #[must_use]
    pub fn names(&self, customer_code: &str) -> bool {
        self.candidates.iter().any(|candidate| candidate.customer_code.as_deref() == Some(customer_code))
    }
}
