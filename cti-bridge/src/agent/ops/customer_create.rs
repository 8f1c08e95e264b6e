//! `customer.create`: registers a customer, usually the caller.

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

    type Answer = CustomerCreateAnswer;

    fn handle(self, _: &Context) -> Result<Step<CustomerCreateAnswer>, Refusal> {
        let call_id = self.call_id.0;
        Ok(Step::write(call_id.clone(), move |tx, draft| {
            let number = caller_number::number(tx, &draft, self.phone.0.as_deref(), call_id.as_deref())?;
            let party = NewParty {
                name: self.customer_name.0,
                name_kana: self.name_kana.0,
                person_name: self.person_name.0,
                phone: number.as_ref().map(|number| number.display()),
                memo: self.memo.map(|memo| memo.0),
            };
            let customer_code = tx.register_customer(&party, draft.by.now)?;
            let numbers = number.iter().map(|number| number.e164().to_owned()).collect();
            let changes = Change::caller_is(call_id, Choice::customer(customer_code.clone()), draft.by);
            Ok((CustomerCreateAnswer { customer_code }, Written { numbers, changes, ..Written::default() }))
        }))
    }
}
