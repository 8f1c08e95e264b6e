//! `call.pickup`: a call that rings a colleague rings the agent's own phone instead.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::permission::Permission;
use crate::protocol::fields::Name;
use crate::protocol::{Empty, Refusal};

/// Whose call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallPickup {
    /// The code of the agent whose phone rings.
    pub agent_code: Name,
}

impl Operation for CallPickup {
    const PERMISSION: Option<Permission> = Some(Permission::CallsPickup);

    const EXAMPLE: &'static str = r#"{"agent_code": "A202"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let (agent_code, from) = (cx.agent_code.clone(), self.agent_code.0);
        Ok(Step::ask(move |reply| Command::PickUp { agent_code, from, reply }))
    }
}
