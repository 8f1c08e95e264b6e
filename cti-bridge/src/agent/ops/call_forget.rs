//! `call.forget`: what was remembered for this call's number is forgotten.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Change, Written};
use crate::permission::Permission;
use crate::protocol::fields::Name;
use crate::protocol::{Empty, Refusal};

/// The call whose number is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallForget {
    /// The call.
    pub call_id: Name,
}

impl Operation for CallForget {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Call(Some(self.call_id.0.clone()))
    }

    fn cost(&self) -> Cost {
        Cost::WRITE.and_card()
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        let call_id = self.call_id.0;
        Ok(Step::write(move |tx, draft| {
            let (call, effects) = draft.call()?;
            if let Some(e164) = &call.caller_e164 {
                tx.forget_number(e164)?;
            }
            // A call that is over keeps its customer.
            if call.ended_at.is_none() {
                tx.forget_caller_choice(&call_id)?;
            }
            let numbers = call.caller_e164.into_iter().collect();
            let changes = vec![Change::Choice { call_id, chosen: None }];
            Ok((Empty {}, Written { effects, numbers, changes, ..Written::default() }))
        }))
    }
}
