//! `colleagues`: everybody who can be given work, by code and name alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::agent::AgentRole;
use shared::store::Agent;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::protocol::Refusal;

/// Colleagues in one answer at most; more than there are.
const COLLEAGUES_MAX: usize = 3_000;

/// It has no fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Colleagues {}

/// Everybody who can be given work, oneself too, by code.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ColleaguesAnswer {
    colleagues: Vec<Colleague>,
}

/// Somebody who can be given work.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Colleague {
    agent_code: String,
    agent_name: String,
}

impl Operation for Colleagues {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = "{}";

    type Answer = ColleaguesAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, _: &Context) -> Result<Step<ColleaguesAnswer>, Refusal> {
        // No programs and no revoked agents.
        let works = |agent: &Agent| agent.revoked_at.is_none() && agent.role != AgentRole::Integration;
        Ok(Step::read(move |reader| {
            let agents = reader.agents()?.into_iter().filter(works).take(COLLEAGUES_MAX);
            let colleagues = agents
                .map(|agent| Colleague { agent_code: agent.agent_code, agent_name: agent.agent_name })
                .collect();
            Ok(ColleaguesAnswer { colleagues })
        }))
    }
}
