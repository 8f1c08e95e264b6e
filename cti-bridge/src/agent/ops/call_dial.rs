//! `call.dial`: calls a number from the agent's own phone.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::permission::Permission;
use crate::protocol::fields::Name;
use crate::protocol::{Empty, Refusal};

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallDial {
    /// A whole number in any written form, or an extension of 2 to 5 digits.
    pub number: Name,
}

impl Operation for CallDial {
    const PERMISSION: Option<Permission> = Some(Permission::CallsDial);

    const EXAMPLE: &'static str = r#"{"number": "03-1234-5678"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let (agent_code, number) = (cx.agent_code.clone(), self.number.0);
        Ok(Step::ask(move |reply| Command::Dial { agent_code, number, reply }))
    }
}
