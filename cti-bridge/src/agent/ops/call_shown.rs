//! `call.shown`: the page has drawn the pop-up, which is measured.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::permission::Permission;
use crate::protocol::{Empty, Refusal};

/// The call whose pop-up was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallShown {
    /// The call.
    pub call_id: String,
}

impl Operation for CallShown {
    const PERMISSION: Option<Permission> = None;

    const EXAMPLE: &'static str = r#"{"call_id": "c-1"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let agent_code = cx.agent_code.clone();
        // An id of another form cannot belong to a live call.
        Ok(match self.call_id.parse() {
            Ok(call_id) => Step::Tell(Command::Shown { agent_code, call_id }, Empty {}),
            Err(_) => Step::Answer(Empty {}),
        })
    }
}
