//! The answer to a socket that signs in: who the agent is, and everything as it is now.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::store::Agent;

use super::Bridge;
use super::command::Welcome;
use crate::hub::Joined;
use crate::hub::socket::SocketHandle;
use crate::hub::view::{AgentView, CallbackEntry, SourceView};
use crate::permission::Permission;
use crate::popup::Popup;
use crate::protocol::{Presence, Resume, Stamp};

/// Everything that a client needs to begin.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "HelloAnswer")]
pub(crate) struct Snapshot<'a> {
    agent: AgentView,
    permissions: Vec<Permission>,
    /// Another one means that the bridge was restarted.
    epoch: &'a str,
    /// The last push of the agent's stream.
    seq: u64,
    /// Whether the pushes after the client's last one follow.
    resumed: bool,
    /// This socket's number.
    socket: u64,
    /// The socket of the agent that rings.
    rings: Option<u64>,
    presence: Presence,
    presence_reason: Option<String>,
    presence_since: Stamp,
    presence_until: Option<Stamp>,
    /// Whether all PBXs are connected.
    source_up: bool,
    sources: Vec<SourceView>,
    /// Missed calls that are open.
    missed_open: u64,
    callbacks_due: Vec<CallbackEntry>,
    /// The agent's live pop-ups.
    calls: Vec<Popup<'a>>,
}

impl Bridge {
    /// Joins a socket to its agent's stream. The snapshot and the stream behind it cannot contradict each other,
    /// because nothing else runs in between.
    pub(super) fn welcome(
        &mut self,
        agent: Agent,
        resume: Option<&Resume>,
        socket: SocketHandle,
    ) -> Option<Welcome> {
        let (view, agent_code, socket_id) = (AgentView::from(&agent), agent.agent_code.clone(), socket.id());
        self.hub.set_agent(agent);
        let joined = self.hub.join(&agent_code, resume, socket).ok()?;
        self.tell_queues(&agent_code);
        let data = self.snapshot(view, &agent_code, socket_id, &joined);
        Some(Welcome { data, permissions: joined.permissions, missed: joined.missed })
    }

    fn snapshot(&self, agent: AgentView, agent_code: &str, socket: u64, joined: &Joined) -> Box<RawValue> {
        let (presence, permissions) = (&joined.presence, joined.permissions.get());
        let live = self.live_calls();
        let snapshot = Snapshot {
            agent,
            permissions: permissions.iter().collect(),
            epoch: self.hub.epoch(),
            seq: joined.seq,
            resumed: joined.resumed,
            socket,
            rings: joined.rings,
            presence: presence.presence,
            presence_reason: presence.reason.clone(),
            presence_since: Stamp(presence.since),
            presence_until: presence.until.map(Stamp),
            source_up: self.sources_up(),
            sources: self.source_views(),
            missed_open: self.missed_open(),
            callbacks_due: self.callbacks_due(agent_code),
            calls: live
                .iter()
                .filter_map(|call| call.popup_for(agent_code, &self.hub, permissions))
                .collect(),
        };
        to_raw_value(&snapshot).unwrap_or_else(|error| {
            tracing::error!(%error, "a snapshot could not be written");
            Box::default()
        })
    }
}
