//! Everybody's presence and live calls, for supervisors.

use schemars::JsonSchema;
use serde::Serialize;

use super::Bridge;
use super::active_call::ActiveCall;
use crate::call::{CallId, Direction};
use crate::hub::presence::PresenceView;
use crate::hub::view::{AgentView, SourceView};
use crate::permission::{Permission, Permissions};
use crate::popup::{CallerView, LegState};
use crate::protocol::Stamp;

/// Everybody's presence and live calls.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Overview {
    sources: Vec<SourceView>,
    agents: Vec<AgentLine>,
    calls: Vec<CallLine>,
}

/// An agent with presence.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AgentLine {
    #[serde(flatten)]
    agent: AgentView,
    #[serde(flatten)]
    presence: PresenceView,
    /// Sockets that are open.
    sockets: usize,
}

/// A live call with its agents.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CallLine {
    #[schemars(with = "String")]
    call_id: CallId,
    direction: Direction,
    /// `ringing` until somebody answers, then `answered`.
    state: LegState,
    caller: CallerView,
    started_at: Stamp,
    answered_at: Option<Stamp>,
    queue: Option<String>,
    customer_name: Option<String>,
    agents: Vec<CallAgent>,
}

/// An agent's part in a call.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CallAgent {
    agent_code: String,
    state: LegState,
}

impl Bridge {
    /// Everybody's presence and live calls, for an agent with these permissions.
    pub(super) fn overview(&self, permissions: Permissions) -> Overview {
        let agents = self.hub.agents().into_iter().map(|(agent, presence, sockets)| AgentLine {
            agent: AgentView::from(agent),
            presence: PresenceView::from(presence),
            sockets,
        });
        let calls = self.live_calls().into_iter().map(|call| self.call_line(call, permissions));
        Overview { sources: self.source_views(), agents: agents.collect(), calls: calls.collect() }
    }

    /// The calls that have not ended, the oldest first.
    pub(super) fn live_calls(&self) -> Vec<&ActiveCall> {
        let mut live: Vec<&ActiveCall> = self.calls.values().filter(|call| call.is_live()).collect();
        live.sort_by_key(|call| (call.info.started_at, call.info.call_id));
        live
    }

    fn call_line(&self, call: &ActiveCall, permissions: Permissions) -> CallLine {
        let info = &call.info;
        let answered_at = call.legs.iter().filter_map(|leg| leg.answered_at).min();
        let agents = call.legs.iter().filter_map(|leg| {
            let agent_code = self.hub.agent_of(&leg.extension)?.to_owned();
            Some(CallAgent { agent_code, state: leg.state })
        });
        let customer_name = call.customer_name().filter(|_| permissions.has(Permission::Lookup));
        CallLine {
            call_id: info.call_id,
            direction: info.direction,
            state: if answered_at.is_some() { LegState::Answered } else { LegState::Ringing },
            caller: CallerView::from(&info.caller),
            started_at: Stamp(info.started_at),
            answered_at: answered_at.map(Stamp),
            queue: info.queue.clone(),
            customer_name: customer_name.map(str::to_owned),
            agents: agents.collect(),
        }
    }
}
