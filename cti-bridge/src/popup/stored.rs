//! A customer's card as stored: its sections by name, as text.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared::card::{Candidate, CandidateKind, MatchedContact};
use shared::customer::{ContactPurpose, CustomerType, TradingStatus};

use super::ProfileError;

/// A section of a stored card: JSON that goes out as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Section(Box<RawValue>);

impl PartialEq for Section {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for Section {}

impl Section {
    /// The section as its type, for agents who may see only parts of it.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(self.0.get())
    }
}

/// The sections of a card (`shared::card::CustomerCard`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct StoredCard {
    pub(super) customer: Section,
    pub(super) alerts: Section,
    pub(super) metrics: Section,
    pub(super) recent_sales: Section,
    pub(super) interactions: Section,
    pub(super) open: Section,
    pub(super) balance: Section,
    pub(super) memo: Section,
}

impl StoredCard {
    /// Names the sections of a card.
    pub(super) fn read(body: &str) -> Result<Self, ProfileError> {
        Ok(serde_json::from_str(body)?)
    }

    /// The few fields of the customer that a candidate shows.
    pub(super) fn head(&self) -> Result<CustomerHead<'_>, ProfileError> {
        Ok(serde_json::from_str(self.customer.0.get())?)
    }
}

/// The fields of a card's customer that a candidate shows.
#[derive(Deserialize)]
pub(super) struct CustomerHead<'a> {
    #[serde(borrow)]
    customer_name: Cow<'a, str>,
    #[serde(borrow)]
    name_kana: Option<Cow<'a, str>>,
    customer_type: Option<CustomerType>,
    #[serde(borrow)]
    rank: Option<Cow<'a, str>>,
    trading_status: TradingStatus,
    #[serde(borrow)]
    account_owner: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) contacts: Vec<ContactHead<'a>>,
}

/// A contact of a card's customer.
#[derive(Deserialize)]
pub(super) struct ContactHead<'a> {
    pub(super) contact_id: i64,
    #[serde(borrow)]
    pub(super) person_name: Option<Cow<'a, str>>,
    pub(super) purpose: ContactPurpose,
    #[serde(borrow)]
    pub(super) phone: Option<Cow<'a, str>>,
}

impl CustomerHead<'_> {
    /// The customer as a candidate.
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
            customer_type: self.customer_type,
            rank: owned(self.rank),
            trading_status: Some(self.trading_status),
            account_owner: owned(self.account_owner),
            matched_contact,
            people: Vec::new(),
            sites: Vec::new(),
            chosen: false,
        }
    }
}
