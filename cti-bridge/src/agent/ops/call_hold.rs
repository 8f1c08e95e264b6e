//! `call.hold`: puts the other party on hold, or takes it off.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::bridge::control::Wish;
use crate::permission::Permission;
use crate::protocol::fields::{Name, Yes};
use crate::protocol::{Empty, Refusal};

/// Which call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallHold {
    /// The call.
    pub call_id: Name,
    /// Whether the other party is to be on hold.
    #[serde(default)]
    pub held: Yes,
}

impl Operation for CallHold {
    const PERMISSION: Option<Permission> = Some(Permission::CallsControl);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1", "held": false}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let (agent_code, call_id, wish) = (cx.agent_code.clone(), self.call_id.0, Wish::Hold(self.held.0));
        Ok(Step::ask(move |reply| Command::Control { agent_code, call_id, wish, reply }))
    }
}
