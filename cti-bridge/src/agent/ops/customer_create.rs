//! `customer.create`: registers a customer, usually the caller.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::new_party::Party;
use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::popup::Choice;
use crate::protocol::Refusal;
use crate::protocol::fields::{Name, Note, OptionalName};

/// The new customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CustomerCreate {
    /// The call from the new customer.
    #[serde(default)]
    pub call_id: OptionalName,
    /// The customer's name.
    pub customer_name: Name,
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

/// The customer that was registered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CustomerCreateAnswer {
    customer_code: String,
}

impl Operation for CustomerCreate {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{
        "call_id": "c-1", "customer_name": "赤木電機", "name_kana": "アカギデンキ", "person_name": "山本",
        "phone": "03-1234-5678", "memo": "ご紹介"
    }"#;

    type Answer = CustomerCreateAnswer;

    fn object(&self) -> Object {
        Object::Call(self.call_id.0.clone())
    }

    fn cost(&self) -> Cost {
        Cost::WRITE.and_card()
    }

    fn handle(self, _: &Context) -> Result<Step<Self::Answer>, Refusal> {
        let Self { call_id, customer_name: name, name_kana, person_name, phone, memo } = self;
        let party = Party { call_id, name, name_kana, person_name, phone, memo };
        let answer = |customer_code| CustomerCreateAnswer { customer_code };
        Ok(party.register(|tx, party, now| tx.register_customer(party, now), Choice::customer, answer))
    }
}
