//! `callbacks`: the agent's own open callbacks by due time; everybody's for agents who may assign missed calls.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::hub::view::CallbackEntry;
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::Limit;

/// How many callbacks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Callbacks {
    /// Entries of the answer at most.
    #[serde(default)]
    pub limit: Limit<100, 200>,
}

/// The callbacks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallbacksAnswer {
    callbacks: Vec<CallbackEntry>,
}

impl Operation for Callbacks {
    const PERMISSION: Option<Permission> = Some(Permission::MissedRead);

    const EXAMPLE: &'static str = r#"{"limit": 200}"#;

    type Answer = CallbacksAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<CallbacksAnswer>, Refusal> {
        let (agent_code, permissions) = (cx.agent_code.clone(), cx.permissions);
        let all = permissions.has(Permission::MissedAssign);
        Ok(Step::read(move |reader| {
            let assignee = (!all).then_some(&*agent_code);
            let callbacks = reader.callbacks(assignee, None, self.limit.0)?;
            let seen = callbacks.into_iter().map(|callback| CallbackEntry::seen_by(permissions, callback));
            Ok(CallbacksAnswer { callbacks: seen.collect() })
        }))
    }
}
