//! `ping`: whether the bridge is still there, and its time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::protocol::{Refusal, Stamp};

/// It has no fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Ping {}

/// The bridge's time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PingAnswer {
    at: Stamp,
}

impl Operation for Ping {
    const PERMISSION: Option<Permission> = None;

    const EXAMPLE: &'static str = "{}";

    type Answer = PingAnswer;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<PingAnswer>, Refusal> {
        Ok(Step::Answer(PingAnswer { at: Stamp(cx.now) }))
    }
}
