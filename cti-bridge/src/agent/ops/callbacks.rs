//! `callbacks`: the agent's own open callbacks by due time; everybody's for agents who may assign missed calls.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::{Context, Operation, Step};
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

    fn handle(self, cx: &Context) -> Result<Step<CallbacksAnswer>, Refusal> {
        let (agent_code, all) = (cx.agent_code.clone(), cx.permissions.has(Permission::MissedAssign));
        Ok(Step::read(move |reader| {
            let assignee = (!all).then_some(&*agent_code);
            let callbacks = reader.callbacks(assignee, None, self.limit.0)?;
            Ok(CallbacksAnswer { callbacks: callbacks.into_iter().map(CallbackEntry::from).collect() })
        }))
    }
}
