//! A lead's card: what a pop-up shows of a company that is not a customer yet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Interaction, OpenDeal};
use crate::customer::LeadStatus;
use crate::dataset::Origin;
use crate::label::Open;

/// Everything that a pop-up shows of one lead. It is read from the tables each time: there is little of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadCard {
    /// The record.
    pub lead: LeadProfile,
    /// The last calls with the lead, newest first.
    pub interactions: Vec<Interaction>,
    /// Deals that came of the lead and are neither won nor lost.
    pub deals: Vec<OpenDeal>,
    /// The internal memo.
    pub memo: Option<String>,
}

/// The record as a pop-up shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct LeadProfile {
    pub lead_code: String,
    pub company_name: String,
    pub person_name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub status: Option<Open<LeadStatus>>,
    pub source: Option<String>,
    pub origin: Origin,
}
