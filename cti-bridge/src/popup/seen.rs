//! A pop-up as one agent sees it: what the agent's role may not see is not written.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use shared::card::{
    Alert, AlertCode, Balance, Candidate, CardMetrics, CustomerProfile, Interaction, LeadProfile,
    MatchedContact, OpenItems, RecentSale,
};

use super::profile::{Card, Profile};
use super::stored::{Section, StoredCard};
use super::{CallView, MatchBy, MatchKind};
use crate::permission::{Permission, Permissions};

/// A pop-up, for one agent.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PopUp")]
pub struct Popup<'a> {
    /// The call; `null` in a lookup.
    call: Option<CallView<'a>>,
    #[serde(rename = "match")]
    kind: MatchKind,
    match_by: Option<MatchBy>,
    candidates: &'a [Candidate],
    matched_contact: Option<&'a MatchedContact>,
    #[schemars(with = "Option<CustomerProfile>")]
    customer: Part<'a, Option<CustomerProfile>>,
    /// Left out unless the pop-up is a lead's.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<&'a LeadProfile>,
    #[schemars(with = "Vec<Alert>")]
    alerts: Part<'a, Vec<Alert>>,
    #[schemars(with = "Option<CardMetrics>")]
    metrics: Part<'a, Option<CardMetrics>>,
    #[schemars(with = "Vec<RecentSale>")]
    recent_sales: Part<'a, Vec<RecentSale>>,
    #[schemars(with = "Vec<Interaction>")]
    interactions: Part<'a, &'a [Interaction]>,
    #[schemars(with = "OpenItems")]
    open: Part<'a, OpenItems>,
    #[schemars(with = "Option<Balance>")]
    balance: Part<'a, Option<Balance>>,
    #[schemars(with = "Option<String>")]
    memo: Part<'a, Option<&'a str>>,
}

/// A section as stored, or built here.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Part<'a, T> {
    Stored(&'a Section),
    Made(T),
}

impl<T: Default> Default for Part<'_, T> {
    fn default() -> Self {
        Self::Made(T::default())
    }
}

impl Profile {
    /// The pop-up for an agent with these permissions; without a call it is the answer to a lookup.
    #[must_use]
    pub fn seen_by<'a>(&'a self, permissions: Permissions, call: Option<CallView<'a>>) -> Popup<'a> {
        let call = call.map(|call| call.seen_by(permissions));
        if !permissions.has(Permission::Lookup) {
            return Popup::nobody(MatchKind::Unidentified, call);
        }
        let call = call.map(|call| call.after(self.earlier.as_ref()).nuisance(self.nuisance.as_ref()));
        let popup = Popup {
            match_by: self.by,
            candidates: &self.candidates,
            matched_contact: self.matched_contact(),
            ..Popup::nobody(self.kind, call)
        };
        match &self.card {
            Card::Nobody => popup,
            Card::Customer(card) => popup.with_customer(card, permissions),
            Card::Lead(card) => Popup {
                lead: Some(&card.lead),
                interactions: Part::Made(&card.interactions),
                open: Part::Made(OpenItems { deals: card.deals.clone(), ..OpenItems::default() }),
                memo: Part::Made(card.memo.as_deref().filter(|_| permissions.has(Permission::MemoRead))),
                ..popup
            },
        }
    }
}

impl<'a> Popup<'a> {
    /// A pop-up without anybody.
    fn nobody(kind: MatchKind, call: Option<CallView<'a>>) -> Self {
        Self {
            call,
            kind,
            match_by: None,
            candidates: &[],
            matched_contact: None,
            customer: Part::default(),
            lead: None,
            alerts: Part::default(),
            metrics: Part::default(),
            recent_sales: Part::default(),
            interactions: Part::default(),
            open: Part::default(),
            balance: Part::default(),
            memo: Part::default(),
        }
    }

    fn with_customer(self, card: &'a StoredCard, permissions: Permissions) -> Self {
        let memo = permissions.has(Permission::MemoRead);
        let credit = permissions.has(Permission::CreditRead);
        Self {
            customer: Part::Stored(&card.customer),
            alerts: match memo && credit {
                true => Part::Stored(&card.alerts),
                false => Part::Made(alerts(&card.alerts, memo, credit)),
            },
            metrics: Part::Stored(&card.metrics),
            recent_sales: Part::Stored(&card.recent_sales),
            interactions: Part::Stored(&card.interactions),
            open: match credit {
                true => Part::Stored(&card.open),
                false => Part::Made(OpenItems { invoices: Vec::new(), ..parse(&card.open) }),
            },
            balance: if credit { Part::Stored(&card.balance) } else { Part::default() },
            memo: if memo { Part::Stored(&card.memo) } else { Part::default() },
            ..self
        }
    }
}

/// Everybody may know that there is a caution, but not its text. Alerts about what a customer owes are left out for
/// those who may not know it.
fn alerts(section: &Section, memo: bool, credit: bool) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = parse(section);
    alerts.retain(|alert| match alert.code {
        AlertCode::Overdue | AlertCode::CreditExceeded => credit,
        AlertCode::Suspended | AlertCode::ComplaintOpen | AlertCode::Caution => true,
    });
    for alert in alerts.iter_mut().filter(|alert| !memo && alert.code == AlertCode::Caution) {
        alert.text = None;
    }
    alerts
}

/// A section parsed as its type; empty when it cannot be read.
fn parse<T: DeserializeOwned + Default>(section: &Section) -> T {
    section.parse().unwrap_or_else(|error| {
        tracing::error!(%error, "a section of a card could not be read; it is left out");
        T::default()
    })
}

/// A profile on its way to an agent: written as the pop-up without a call that the agent sees.
#[derive(Debug)]
pub struct SeenProfile {
    /// The profile.
    pub profile: Profile,
    /// What the agent may see.
    pub permissions: Permissions,
}

impl Serialize for SeenProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.profile.seen_by(self.permissions, None).serialize(serializer)
    }
}

impl JsonSchema for SeenProfile {
    fn inline_schema() -> bool {
        Popup::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Popup::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Popup::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Popup::json_schema(generator)
    }
}

#[cfg(test)]
mod tests;
