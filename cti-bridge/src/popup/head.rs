//! The head of a kept card: what a candidate shows of the customer.

use std::borrow::Cow;

use serde::Deserialize;
use shared::card::{Candidate, CandidateKind, MatchedContact};

use super::ProfileError;

/// How a card begins.
const CARD_HEAD: &str = "{\"customer\":";

/// The card's few fields that a candidate shows.
#[derive(Deserialize)]
pub(super) struct CardCustomer<'a> {
    #[serde(borrow)]
    customer_name: Cow<'a, str>,
    #[serde(borrow)]
    name_kana: Option<Cow<'a, str>>,
    #[serde(borrow)]
    customer_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    rank: Option<Cow<'a, str>>,
    #[serde(borrow)]
    trading_status: Cow<'a, str>,
    #[serde(borrow)]
    account_owner: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) contacts: Vec<CardContact<'a>>,
}

#[derive(Deserialize)]
pub(super) struct CardContact<'a> {
    pub(super) contact_id: i64,
    #[serde(borrow)]
    pub(super) person_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) purpose: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) phone: Option<Cow<'a, str>>,
}

impl<'a> CardCustomer<'a> {
    /// Reads the customer at the head of a card and nothing behind it: the rest goes to the agent as it is.
    pub(super) fn of(card: &'a str) -> Result<Self, ProfileError> {
        let head = card.strip_prefix(CARD_HEAD).ok_or(ProfileError::CardHead)?;
        Ok(Self::deserialize(&mut serde_json::Deserializer::from_str(head))?)
    }

    pub(super) fn candidate(
        self,
        customer_code: String,
        matched_contact: Option<MatchedContact>,
    ) -> Candidate {
        let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        Candidate {
            kind: CandidateKind::Customer,
            customer_code: Some(customer_code),
            lead_code: None,
            customer_name: self.customer_name.into_owned(),
            name_kana: owned(self.name_kana),
            customer_type: owned(self.customer_type),
            rank: owned(self.rank),
            trading_status: Some(self.trading_status.into_owned()),
            account_owner: owned(self.account_owner),
            matched_contact,
            people: Vec::new(),
            sites: Vec::new(),
            chosen: false,
        }
    }
}
