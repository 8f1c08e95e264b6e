//! `contact.attach`: the number is this customer's from now on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::customer::ContactPurpose;
use shared::message;
use shared::store::StoreError;

use super::caller_number;
use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Change, Written};
use crate::permission::Permission;
use crate::popup::Choice;
use crate::protocol::Refusal;
use crate::protocol::fields::{Name, OptionalName};

/// Whose number it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ContactAttach {
    /// The call from the number.
    #[serde(default)]
    pub call_id: OptionalName,
    /// The number; the caller's when it is left out.
    #[serde(default)]
    pub phone: OptionalName,
    /// The customer.
    pub customer_code: Name,
    /// The contact person.
    #[serde(default)]
    pub person_name: OptionalName,
    /// What the number is for; sales when it is left out.
    pub purpose: Option<ContactPurpose>,
}

/// The contact that was added.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ContactAttachAnswer {
    contact_id: i64,
}

impl Operation for ContactAttach {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{
        "call_id": "c-1", "phone": "03-1234-5678", "customer_code": "C1", "person_name": "山本",
        "purpose": "billing"
    }"#;

    type Answer = ContactAttachAnswer;

    fn object(&self) -> Object {
        Object::Call(self.call_id.0.clone())
    }

    fn cost(&self) -> Cost {
        Cost::WRITE.and_card()
    }

    fn handle(self, _: &Context) -> Result<Step<ContactAttachAnswer>, Refusal> {
        let (call_id, customer_code) = (self.call_id.0, self.customer_code.0);
        Ok(Step::write(move |tx, draft| {
            let number = caller_number::number(&draft, self.phone.0.as_deref(), call_id.as_deref())?
                .ok_or_else(|| {
                    StoreError::Conflict(message!(
                        "発信者の番号がありません。電話番号を入力してください",
                        "the caller has no number; give `phone`"
                    ))
                })?;
            let contact_id = tx.attach_contact(
                &customer_code,
                &number.display(),
                self.person_name.0.as_deref().unwrap_or_default(),
                self.purpose.unwrap_or(ContactPurpose::Sales),
                draft.by.now,
            )?;
            let choice = Choice::customer(customer_code.clone());
            let effects = draft.caller_is(tx, &choice)?;
            let changes = Change::caller_is(call_id, choice, draft.by);
            let (customers, numbers) = (vec![customer_code], vec![number.e164().to_owned()]);
            Ok((
                ContactAttachAnswer { contact_id },
                Written { effects, customers, numbers, changes, ..Written::default() },
            ))
        }))
    }
}
