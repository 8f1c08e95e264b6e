//! `agents`: everybody's presence and the live calls, for supervisors.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::bridge::overview::Overview;
use crate::permission::Permission;
use crate::protocol::Refusal;

/// It has no fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Agents {}

impl Operation for Agents {
    const PERMISSION: Option<Permission> = Some(Permission::PresenceAll);

    const EXAMPLE: &'static str = "{}";

    type Answer = Overview;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<Overview>, Refusal> {
        let permissions = cx.permissions;
        Ok(Step::ask(move |reply| Command::Agents { permissions, reply }))
    }
}
