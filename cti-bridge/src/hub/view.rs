//! Agents, missed calls and callbacks as the protocol shows them.

use schemars::JsonSchema;
use serde::Serialize;
use shared::agent::AgentRole;
use shared::caller::CallerNumber;
use shared::lang::Lang;
use shared::message::Explain;
use shared::phone::PhoneNumber;
use shared::store::{Agent, Callback, MissedCall};

use crate::permission::{Permission, Permissions};
use crate::popup::CallerView;
use crate::source::problem::Problem;

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Agent")]
pub(crate) struct AgentView {
    agent_code: String,
    agent_name: String,
    extension: Option<String>,
    role: AgentRole,
}

impl From<&Agent> for AgentView {
    fn from(agent: &Agent) -> Self {
        Self {
            agent_code: agent.agent_code.clone(),
            agent_name: agent.agent_name.clone(),
            extension: agent.extension.clone(),
            role: agent.role,
        }
    }
}

/// A missed call with its caller.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MissedCall")]
pub struct MissedEntry {
    caller: CallerView,
    #[serde(flatten)]
    missed: MissedCall,
}

impl MissedEntry {
    /// The entry for an agent with these permissions: who may not look customers up is told no customer.
    pub(crate) fn seen_by(permissions: Permissions, missed: MissedCall) -> Self {
        let missed = match permissions.has(Permission::Lookup) {
            true => missed,
            false => MissedCall { customer_code: None, customer_name: None, rank: None, ..missed },
        };
        let caller = match missed.caller_e164.as_deref().map(PhoneNumber::parse) {
            Some(Ok(number)) => CallerView::from(&CallerNumber::Number(number)),
            _ => CallerView::without_number(missed.caller_kind),
        };
        Self { caller, missed }
    }
}

/// A callback with the number as it is written in Japan.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Callback")]
pub struct CallbackEntry {
    number: Option<String>,
    display: Option<String>,
    #[serde(flatten)]
    callback: Callback,
}

impl CallbackEntry {
    /// The entry for an agent with these permissions: who may not look customers up is told no customer.
    pub(crate) fn seen_by(permissions: Permissions, callback: Callback) -> Self {
        let callback = match permissions.has(Permission::Lookup) {
            true => callback,
            false => Callback { customer_code: None, customer_name: None, ..callback },
        };
        let number = callback.caller_e164.clone();
        let display = number.as_deref().and_then(|n| PhoneNumber::parse(n).ok()).map(|n| n.display());
        Self { number, display, callback }
    }
}

/// A problem as clients get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SourceProblem")]
pub struct ProblemView {
    /// Its word (`docs/protocol.md`).
    pub problem: &'static str,
    /// What it means and what to do, in Japanese.
    pub label: String,
    /// The same in English.
    pub label_en: String,
}

impl From<Problem> for ProblemView {
    fn from(problem: Problem) -> Self {
        let message = problem.message();
        Self {
            problem: problem.word(),
            label: message.text(Lang::Ja).to_owned(),
            label_en: message.text(Lang::En).to_owned(),
        }
    }
}

/// A PBX.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Source")]
pub(crate) struct SourceView {
    pub(crate) name: String,
    pub(crate) up: bool,
    /// What it does not let the bridge see or do.
    pub(crate) problems: Vec<ProblemView>,
}
