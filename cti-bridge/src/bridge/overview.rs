//! Agents and live calls as JSON: what `hello` answers, and a supervisor's view of everybody.

use shared::store::Agent;

use super::Bridge;
use super::after::json_list;
use super::calls::direction_word;
use super::live::LiveCall;
use crate::agent::protocol::{push_json_opt, push_json_str, stamp};
use crate::popup;

impl Bridge {
    /// Everybody's presence and live calls, for a supervisor.
    pub(super) fn agents_json(&self) -> String {
        let agents = json_list(self.hub.agents().into_iter().map(|(agent, presence, sockets)| {
            let mut out = agent_json(agent);
            out.pop();
            out.push(',');
            presence.append_to(&mut out);
            out.push_str(&format!(",\"sockets\":{sockets}}}"));
            out
        }));
        let mut live: Vec<&LiveCall> = self.calls.values().filter(|call| call.is_live()).collect();
        live.sort_by_key(|call| (call.info.started_at, call.info.call_id));
        let calls = json_list(live.into_iter().map(|call| self.live_json(call)));
        format!("{{\"agents\":{agents},\"calls\":{calls}}}")
    }

    fn live_json(&self, call: &LiveCall) -> String {
        let info = &call.info;
        let answered_at = call.legs.iter().filter_map(|leg| leg.answered_at).min();
        let mut out = format!(
            "{{\"call_id\":\"{}\",\"direction\":\"{}\",\"state\":\"{}\",\"caller\":{},\"started_at\":\"{}\",\"answered_at\":",
            info.call_id,
            direction_word(info.direction),
            if answered_at.is_some() { "answered" } else { "ringing" },
            popup::caller_json(&info.caller),
            stamp(info.started_at),
        );
        push_json_opt(&mut out, answered_at.map(stamp).as_deref());
        out.push_str(",\"queue\":");
        push_json_opt(&mut out, info.queue.as_deref());
        out.push_str(",\"customer_name\":");
        push_json_opt(&mut out, call.customer_name().as_deref());
        out.push_str(",\"agents\":");
        out.push_str(&json_list(call.legs.iter().filter_map(|leg| {
            let mut one = String::from("{\"agent_code\":");
            push_json_str(&mut one, self.hub.agent_of(&leg.extension)?);
            one.push_str(&format!(",\"state\":\"{}\"}}", leg.state.word()));
            Some(one)
        })));
        out.push('}');
        out
    }
}

/// The agent as `hello` answers it.
pub(super) fn agent_json(agent: &Agent) -> String {
    let mut out = String::from("{\"agent_code\":");
    push_json_str(&mut out, &agent.agent_code);
    out.push_str(",\"agent_name\":");
    push_json_str(&mut out, &agent.agent_name);
    out.push_str(",\"extension\":");
    match &agent.extension {
        Some(extension) => push_json_str(&mut out, extension),
        None => out.push_str("null"),
    }
    out.push_str(",\"role\":");
    push_json_str(&mut out, &agent.role);
    out.push('}');
    out
}
