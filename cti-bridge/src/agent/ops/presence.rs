//! `presence`: the agent is ready, away or doing after-call work.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::command::Command;
use crate::hub::presence::PresenceAnswer;
use crate::permission::Permission;
use crate::protocol::fields::Reason;
use crate::protocol::{Presence, Refusal};

/// The presence that the agent sets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SetPresence {
    /// The presence from now on, or after the current call.
    pub state: OwnPresence,
    /// Why the agent is away: a code of the master, or free text.
    pub reason: Option<Reason>,
}

/// A presence that an agent can set; being on a call follows from the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of docs/protocol.md")]
pub enum OwnPresence {
    Ready,
    Away,
    AfterCallWork,
}

impl From<OwnPresence> for Presence {
    fn from(own: OwnPresence) -> Self {
        match own {
            OwnPresence::Ready => Self::Ready,
            OwnPresence::Away => Self::Away,
            OwnPresence::AfterCallWork => Self::AfterCallWork,
        }
    }
}

impl Operation for SetPresence {
    const PERMISSION: Option<Permission> = Some(Permission::PresenceOwn);

    const EXAMPLE: &'static str = r#"{"state": "away", "reason": "昼食"}"#;

    type Answer = PresenceAnswer;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, cx: &Context) -> Result<Step<PresenceAnswer>, Refusal> {
        let (agent_code, state) = (cx.agent_code.clone(), self.state.into());
        let reason = self.reason.map(|reason| reason.0);
        Ok(Step::ask(move |reply| Command::Presence { agent_code, state, reason, reply }))
    }
}
