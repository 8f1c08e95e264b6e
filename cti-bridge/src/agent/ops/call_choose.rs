//! `call.choose`: the agent chooses the caller; the choice is remembered for the number.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;
use shared::store::{AuditAction, AuditEntry, NumberChoice, StoreError, Transaction};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Change, Draft, Written};
use crate::permission::Permission;
use crate::popup::Choice;
use crate::protocol::fields::{Name, OptionalName, RecordNo, Yes};
use crate::protocol::{Empty, Refusal};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallChoose {
    /// The call.
    pub call_id: Name,
    /// The customer.
    #[serde(default)]
    pub customer_code: OptionalName,
    /// The lead, in place of a customer.
    #[serde(default)]
    pub lead_code: OptionalName,
    /// The person of the customer.
    pub contact_id: Option<RecordNo>,
    /// The site of the customer.
    #[serde(default)]
    pub site: OptionalName,
    /// Whether the number is remembered as theirs.
    #[serde(default)]
    pub remember: Yes,
}

impl Operation for CallChoose {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{
        "call_id": "c-1", "customer_code": "C1", "contact_id": 1, "site": "本社", "remember": false
    }"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Call(Some(self.call_id.0.clone()))
    }

    fn cost(&self) -> Cost {
        Cost::WRITE.and_card()
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        let choice = Choice {
            customer_code: self.customer_code.0,
            lead_code: self.lead_code.0,
            contact_id: self.contact_id.map(|no| no.0),
            site: self.site.0,
        };
        if choice.customer_code.is_some() == choice.lead_code.is_some() {
            let expected =
                message!("文字列(または代わりに `lead_code`)", "a string, or `lead_code` in its place");
            return Err(Refusal::field("customer_code", &expected));
        }
        let (call_id, remember) = (self.call_id.0, self.remember.0);
        Ok(Step::write(move |tx, draft| keep(tx, draft, call_id, choice, remember)))
    }
}

fn keep(
    tx: &mut Transaction<'_>,
    draft: Draft,
    call_id: String,
    choice: Choice,
    remember: bool,
) -> Result<(Empty, Written), StoreError> {
    let (call, effects) = draft.call()?;
    draft.store_choice(tx, &call_id, &choice)?;
    let by = draft.by;
    // In the same transaction: a choice without its entry in the audit log cannot be.
    tx.audit(&AuditEntry {
        at: by.now,
        actor: by.agent_code.clone(),
        action: AuditAction::Choose.into(),
        subject: choice.customer_code.clone().or_else(|| choice.lead_code.clone()),
        detail: Some(call.call_id.clone()),
    })?;
    let number = call.caller_e164.filter(|_| remember);
    if let Some(e164) = &number {
        tx.choose_number(&NumberChoice {
            e164: e164.clone(),
            level: choice.level(),
            customer_code: choice.customer_code.clone(),
            lead_code: choice.lead_code.clone(),
            contact_id: choice.contact_id,
            site: choice.site.clone(),
            chosen_by: Some(by.agent_code.clone()),
            chosen_at: by.now,
        })?;
    }
    let customers = call.customer_code.into_iter().chain(choice.customer_code.clone()).collect();
    let numbers = number.into_iter().collect();
    let changes = vec![Change::Choice { call_id, chosen: Some((choice, by)) }];
    Ok((Empty {}, Written { effects, customers, numbers, changes, ..Written::default() }))
}
