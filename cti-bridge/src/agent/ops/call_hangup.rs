//! `call.hangup`: ends the agent's own part in a call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::bridge::control::Wish;
use crate::permission::Permission;
use crate::protocol::fields::Name;
use crate::protocol::{Empty, Refusal};

/// Which call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallHangup {
    /// The call.
    pub call_id: Name,
}

impl Operation for CallHangup {
    const PERMISSION: Option<Permission> = Some(Permission::CallsControl);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let (agent_code, call_id) = (cx.agent_code.clone(), self.call_id.0);
        Ok(Step::ask(move |reply| Command::Control { agent_code, call_id, wish: Wish::Hangup, reply }))
    }
}
