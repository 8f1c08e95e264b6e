//! Somebody to choose: whose number or name matches, and who of them it may be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::customer::{AddressKind, ContactPurpose, CustomerType, TradingStatus};
use crate::label::labelled_enum;

/// Somebody whose number or name matches: one line of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct Candidate {
    pub kind: CandidateKind,
    pub customer_code: Option<String>,
    pub lead_code: Option<String>,
    pub customer_name: String,
    pub name_kana: Option<String>,
    pub customer_type: Option<CustomerType>,
    pub rank: Option<String>,
    pub trading_status: Option<TradingStatus>,
    pub account_owner: Option<String>,
    /// Who of them has the number; nobody in person when several have it.
    pub matched_contact: Option<MatchedContact>,
    /// Everybody of them who has the number, when they are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<MatchedContact>,
    /// Its places by their names, when the number does not say which of them calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<CandidateSite>,
    /// An agent said earlier that it is this one.
    #[serde(default)]
    pub chosen: bool,
}

/// A place of a customer: a branch, an office, a warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct CandidateSite {
    pub name: String,
    /// The kind of its address.
    pub kind: AddressKind,
    pub prefecture: Option<String>,
    pub city: Option<String>,
}

/// Whether a candidate is a customer or a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidateKind {
    /// 顧客.
    Customer,
    /// 見込顧客.
    Lead,
}

/// Whose number it is, within a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct MatchedContact {
    pub contact_id: Option<i64>,
    pub person_name: Option<String>,
    pub purpose: Option<ContactPurpose>,
    /// The extension that was written with the number (内線).
    pub extension: Option<String>,
    pub level: CallerLevel,
    pub source: ContactSource,
}

labelled_enum! {
    /// How much is known of who calls from a number.
    pub enum CallerLevel {
        /// One person of the customer.
        Person = "person", "個人", "Person", [];
        /// One site of the customer.
        Site = "site", "拠点", "Site", [];
        /// The customer's main line (代表番号): anybody there.
        Company = "company", "会社", "Company", [];
    }
}

labelled_enum! {
    /// Which kind of record has the number.
    pub enum ContactSource {
        /// A contact of a customer.
        Contact = "contact", "連絡先", "Contact", [];
        /// A person of the list of contact persons.
        ContactPerson = "contact_person", "担当者", "Contact person", [];
        /// A lead.
        Lead = "lead", "見込顧客", "Lead", [];
    }
}

impl MatchedContact {
    /// What a number of this contact says: a person, when one is named; a place, when it is where goods go; else
    /// somebody of the company.
    #[must_use]
    pub fn level_of(person_name: Option<&str>, purpose: Option<ContactPurpose>) -> CallerLevel {
        match (person_name, purpose) {
            (Some(_), _) => CallerLevel::Person,
            (None, Some(ContactPurpose::Delivery)) => CallerLevel::Site,
            (None, _) => CallerLevel::Company,
        }
    }
}
