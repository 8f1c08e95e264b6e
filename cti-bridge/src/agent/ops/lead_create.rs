//! `lead.create`: registers a lead, usually the caller.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::new_party::Party;
use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
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

    const EXAMPLE: &'static str = r#"{
        "call_id": "c-1", "company_name": "赤木電機", "name_kana": "アカギデンキ", "person_name": "山本",
        "phone": "03-1234-5678", "memo": "ご紹介"
    }"#;

    type Answer = LeadCreateAnswer;

    fn object(&self) -> Object {
        Object::Call(self.call_id.0.clone())
    }

    fn cost(&self) -> Cost {
        Cost::WRITE.and_card()
    }

    fn handle(self, _: &Context) -> Result<Step<Self::Answer>, Refusal> {
        let Self { call_id, company_name: name, name_kana, person_name, phone, memo } = self;
        let party = Party { call_id, name, name_kana, person_name, phone, memo };
        let answer = |lead_code| LeadCreateAnswer { lead_code };
        Ok(party.register(|tx, party, now| tx.register_lead(party, now), Choice::lead, answer))
    }
}
