//! `ring.here`: of all the agent's sockets this one rings from now on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::permission::Permission;
use crate::protocol::{Empty, Refusal};

/// It has no fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct RingHere {}

impl Operation for RingHere {
    const PERMISSION: Option<Permission> = None;

    const EXAMPLE: &'static str = "{}";

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let (agent_code, socket_id) = (cx.agent_code.clone(), cx.socket_id);
        Ok(Step::Tell(Command::RingHere { agent_code, socket_id }, Empty {}))
    }
}
