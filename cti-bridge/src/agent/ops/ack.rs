//! `ack`: the client has handled every push up to this one.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::permission::Permission;
use crate::protocol::{Empty, Refusal};

/// The client's position in the stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Ack {
    /// The last push that was handled.
    pub seq: u64,
}

impl Operation for Ack {
    const PERMISSION: Option<Permission> = None;

    const EXAMPLE: &'static str = r#"{"seq": 14}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<Empty>, Refusal> {
        let (agent_code, socket_id) = (cx.agent_code.clone(), cx.socket_id);
        Ok(Step::Tell(Command::Ack { agent_code, socket_id, seq: self.seq }, Empty {}))
    }
}
