//! `agents`: everybody's presence and the live calls, for supervisors.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Operation, Step};
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

    fn handle(self, _: &Context) -> Result<Step<Overview>, Refusal> {
        Ok(Step::ask(|reply| Command::Agents { reply }))
    }
}
