//! `call.transfer`: sends the other party to a colleague, a queue or a number; the agent's own part ends.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::bridge::control::{TransferTo, Wish};
use crate::permission::Permission;
use crate::protocol::fields::{Name, OptionalName};
use crate::protocol::{Empty, Refusal};

/// Which call, and to whom: one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallTransfer {
    /// The call.
    pub call_id: Name,
    /// The code of the agent.
    #[serde(default)]
    pub agent_code: OptionalName,
    /// A queue that the call's `controls` name.
    #[serde(default)]
    pub queue: OptionalName,
    /// A whole number in any written form, or an extension of 2 to 5 digits.
    #[serde(default)]
    pub number: OptionalName,
}

impl Operation for CallTransfer {
    const PERMISSION: Option<Permission> = Some(Permission::CallsControl);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1", "agent_code": "A202"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let to = match (self.agent_code.0, self.queue.0, self.number.0) {
            (Some(code), None, None) => TransferTo::Agent(code),
            (None, Some(queue), None) => TransferTo::Queue(queue),
            (None, None, Some(number)) => {
                cx.permissions.require(Permission::CallsDial)?;
                TransferTo::Number(number)
            }
            _ => {
                let expected = message!(
                    "文字列(または代わりに `queue` か `number` のどちらか一方)",
                    "a string, or exactly one of `queue` and `number` in its place"
                );
                return Err(Refusal::field("agent_code", &expected));
            }
        };
        let (agent_code, call_id, wish) = (cx.agent_code.clone(), self.call_id.0, Wish::Transfer(to));
        Ok(Step::ask(move |reply| Command::Control { agent_code, call_id, wish, reply }))
    }
}
