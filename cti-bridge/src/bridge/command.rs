//! Commands from sockets to the loop, and the answer to a socket that joins.

use std::sync::Arc;

use serde_json::value::RawValue;
use shared::store::Agent;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::access::Target;
use super::control::Wish;
use super::overview::Overview;
use super::write::AgentWrite;
use crate::call::CallId;
use crate::hub::presence::PresenceAnswer;
use crate::hub::reply::Reply;
use crate::hub::socket::SocketHandle;
use crate::permission::{Permissions, SharedPermissions};
use crate::protocol::{Empty, Presence, Resume, WriteKey};

/// A request of a socket to the loop.
pub(crate) enum Command {
    /// An agent signed in: join the stream and take the snapshot. The reply is `None` when the agent has too many
    /// sockets.
    Hello {
        agent: Agent,
        resume: Option<Resume>,
        socket: SocketHandle,
        reply: oneshot::Sender<Option<Welcome>>,
    },
    /// A socket has closed.
    Bye { agent_code: Arc<str>, socket_id: u64 },
    /// The agent is ready, away or doing after-call work.
    Presence { agent_code: Arc<str>, state: Presence, reason: Option<String>, reply: Reply<PresenceAnswer> },
    /// The agent writes something; repeated with the same key, it is done once.
    Write {
        agent_code: Arc<str>,
        key: Option<WriteKey>,
        target: Target,
        write: AgentWrite,
        reply: Reply<Box<RawValue>>,
    },
    /// The agent calls a number.
    Dial { agent_code: Arc<str>, number: String, reply: Reply<Empty> },
    /// The agent has something done with their part in a call.
    Control { agent_code: Arc<str>, call_id: String, wish: Wish, reply: Reply<Empty> },
    /// The agent picks up a call that rings this colleague.
    PickUp { agent_code: Arc<str>, from: String, reply: Reply<Empty> },
    /// Everybody's presence and calls, for an agent with these permissions.
    Agents { permissions: Permissions, reply: Reply<Overview> },
    /// This socket rings from now on.
    RingHere { agent_code: Arc<str>, socket_id: u64 },
    /// A page has drawn a pop-up.
    Shown { agent_code: Arc<str>, call_id: CallId },
    /// A page has handled every push up to this one.
    Ack { agent_code: Arc<str>, socket_id: u64, seq: u64 },
}

/// The answer to a socket that joins.
#[derive(Debug)]
pub(crate) struct Welcome {
    /// The answer's data.
    pub(crate) data: Box<RawValue>,
    /// What the agent may do, now and after changes.
    pub(crate) permissions: SharedPermissions,
    /// Pushes after the one that the client knows.
    pub(crate) missed: Vec<Utf8Bytes>,
}
