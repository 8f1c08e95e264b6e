//! `lead.create`: registers a lead, usually the caller.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::store::NewParty;

use super::caller_number;
use super::step::{Context, Operation, Step};
use crate::bridge::write::{Change, Written};
use crate::permission::Permission;
use crate::popup::Choice;
use crate::protocol::Refusal;
use crate::protocol::fields::{Name, Note, OptionalName};

/// The new lead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct LeadCreate {
    /// The call from the new lead.
    #[serde(default)]
    pub call_id: OptionalName,
    /// The company's name.
    pub company_name: Name,
    /// The name's reading.
    #[serde(default)]
    pub name_kana: OptionalName,
    /// The contact person.
    #[serde(default)]
    pub person_name: OptionalName,
    /// The number; the caller's when it is left out.
    #[serde(default)]
    pub phone: OptionalName,
    /// The internal memo.
    pub memo: Option<Note>,
}

/// The lead that was registered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeadCreateAnswer {
    lead_code: String,
}

impl Operation for LeadCreate {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    type Answer = LeadCreateAnswer;

    fn handle(self, _: &Context) -> Result<Step<LeadCreateAnswer>, Refusal> {
        let call_id = self.call_id.0;
        Ok(Step::write(call_id.clone(), move |tx, draft| {
            let number = caller_number::number(tx, &draft, self.phone.0.as_deref(), call_id.as_deref())?;
            let party = NewParty {
                name: self.company_name.0,
                name_kana: self.name_kana.0,
                person_name: self.person_name.0,
                phone: number.as_ref().map(|number| number.display()),
                memo: self.memo.map(|memo| memo.0),
            };
            let lead_code = tx.register_lead(&party, draft.by.now)?;
            let numbers = number.iter().map(|number| number.e164().to_owned()).collect();
            let changes = Change::caller_is(call_id, Choice::lead(lead_code.clone()), draft.by);
            Ok((LeadCreateAnswer { lead_code }, Written { numbers, changes, ..Written::default() }))
        }))
    }
}
