//! The hub: one stream of pushes for each agent, seen by every socket that the agent has open.
//!
//! The [`Hub`] belongs to the bridge's loop and is never shared, so a snapshot and the pushes after it always
//! fit. A socket is reached through its own bounded queue; a full one closes only that socket.

pub(crate) mod presence;
pub mod push;
pub(crate) mod reply;
pub(crate) mod socket;
mod stream;
pub(crate) mod view;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shared::store::Agent;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::metrics::Metrics;
use crate::permission::{Permission, Permissions, Policy, SharedPermissions};
use crate::protocol::{CloseCode, Resume};
pub use presence::PresenceState;
use presence::PresenceView;
use push::{AgentsChanged, Push, RingMoved};
use socket::SocketHandle;
use stream::{Member, Stream};

/// The limits of the hub.
#[derive(Debug, Clone, Copy)]
pub struct HubLimits {
    /// Pushes kept for an agent whose socket comes back.
    pub replay_max: usize,
    /// How long they are kept.
    pub replay_age: TimeDelta,
    /// Sockets of one agent.
    pub sockets_per_agent_max: usize,
}

/// All streams.
#[derive(Debug)]
pub struct Hub {
    epoch: String,
    streams: HashMap<String, Stream>,
    /// The agent of each phone: an extension of the first telephone system, `SYSTEM/EXTENSION` of another.
    by_phone: HashMap<String, String>,
    /// The telephone system whose extensions need no name.
    first_system: String,
    policy: Policy,
    /// Since when agents who have set nothing are ready.
    since: DateTime<Utc>,
    limits: HubLimits,
    metrics: Metrics,
}

/// The state of a socket that joined.
#[derive(Debug)]
pub struct Joined {
    /// The last push made.
    pub seq: u64,
    /// Whether `missed` continues what the client knows.
    pub resumed: bool,
    /// The agent's presence.
    pub presence: PresenceState,
    /// The socket that rings.
    pub rings: Option<u64>,
    /// What the agent may do, now and later.
    pub permissions: SharedPermissions,
    /// The pushes after the one that the client knows.
    pub missed: Vec<Utf8Bytes>,
}

/// The agent already has as many sockets as allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManySockets;

impl Hub {
    /// A hub without agents, of an epoch of its own.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub fn new(limits: HubLimits, metrics: Metrics) -> Result<Self, getrandom::Error> {
        let mut epoch = String::with_capacity(16);
        // Writing to a String cannot fail.
        let _ = write!(epoch, "{:016x}", getrandom::u64()?);
        let (streams, by_phone, first_system) = (HashMap::new(), HashMap::new(), String::new());
        let since = DateTime::UNIX_EPOCH;
        Ok(Self { epoch, streams, by_phone, first_system, policy: Policy::default(), since, limits, metrics })
    }

    /// The hub with the permissions from the settings.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The hub whose extensions without a system are those of this one.
    #[must_use]
    pub fn with_first_system(mut self, name: &str) -> Self {
        name.clone_into(&mut self.first_system);
        let agents: Vec<Agent> = self.streams.values().map(|stream| stream.agent.clone()).collect();
        agents.into_iter().for_each(|agent| self.set_agent(agent));
        self
    }

    /// The hub that began at this time.
    #[must_use]
    pub fn begun_at(mut self, at: DateTime<Utc>) -> Self {
        self.since = at;
        self
    }

    /// What the agent may do; nothing, if there is no such agent.
    #[must_use]
    pub fn permissions_of(&self, agent_code: &str) -> Permissions {
        self.streams.get(agent_code).map_or(Permissions::NONE, |stream| stream.permissions.get())
    }

    /// What a client must know to resume.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Takes over the list of agents from the store: new ones get a stream, revoked ones lose theirs. Agents who are
    /// not in the list stay: it may have been read just before they were added.
    pub fn set_agents(&mut self, agents: Vec<Agent>) {
        for agent in agents {
            if agent.revoked_at.is_none() {
                self.set_agent(agent);
                continue;
            }
            self.forget_phones(&agent.agent_code);
            for member in self.streams.remove(&agent.agent_code).into_iter().flat_map(|stream| stream.sockets)
            {
                member.socket.close(CloseCode::Unauthorized);
            }
        }
    }

    /// Takes over one agent, who has just signed in.
    pub fn set_agent(&mut self, agent: Agent) {
        let mut agent = agent;
        self.forget_phones(&agent.agent_code);
        for phone in agent.extension.iter_mut().chain(&mut agent.phones) {
            *phone = self.short_phone(phone);
            self.by_phone.insert(phone.clone(), agent.agent_code.clone());
        }
        let permissions = self.policy.of(agent.role.as_str());
        match self.streams.get_mut(&agent.agent_code) {
            Some(stream) => {
                if stream.permissions.get() != permissions {
                    stream.permissions.set(permissions);
                    // They were made for the role as it was: a client that comes back gets the snapshot.
                    stream.replay.clear();
                }
                stream.agent = agent;
            }
            None => {
                self.streams.insert(agent.agent_code.clone(), Stream::new(agent, permissions, self.since));
            }
        }
    }

    /// The agent may have other phones now, or none.
    fn forget_phones(&mut self, agent_code: &str) {
        let Some(stream) = self.streams.get(agent_code) else { return };
        for phone in stream.agent.extension.iter().chain(&stream.agent.phones) {
            if self.by_phone.get(phone).is_some_and(|owner| owner == agent_code) {
                self.by_phone.remove(phone);
            }
        }
    }

    /// A phone of the first system without the system's name.
    fn short_phone(&self, phone: &str) -> String {
        match phone.split_once('/') {
            Some((system, extension)) if system == self.first_system => extension.to_owned(),
            _ => phone.to_owned(),
        }
    }

    /// The agent with this phone.
    #[must_use]
    pub fn agent_of(&self, phone: &str) -> Option<&str> {
        self.by_phone.get(phone).map(String::as_str)
    }

    /// The main phone of the agent who has this one; the phone itself, if nobody has it. All phones of an agent are one to
    /// those who follow calls: whichever rings or is lifted, the call is the agent's.
    #[must_use]
    pub fn main_phone(&self, phone: String) -> String {
        let agent = self.agent_of(&phone).and_then(|agent_code| self.streams.get(agent_code));
        match agent.map(|stream| &stream.agent) {
            Some(Agent { extension: Some(main), .. }) => main.clone(),
            Some(Agent { phones, .. }) => phones.first().cloned().unwrap_or(phone),
            None => phone,
        }
    }

    /// All phones of an agent, the main one first.
    pub(crate) fn phones_of(&self, agent_code: &str) -> Vec<String> {
        let agent = self.streams.get(agent_code).map(|stream| &stream.agent);
        agent.map(|agent| agent.extension.iter().chain(&agent.phones).cloned().collect()).unwrap_or_default()
    }

    /// Pushes to one agent: numbers it, keeps it, and hands it to every open socket.
    pub fn push(&mut self, agent_code: &str, at: DateTime<Utc>, push: &Push<'_>) {
        let (replay_max, metrics) = (self.limits.replay_max, &self.metrics);
        if let Some(stream) = self.streams.get_mut(agent_code) {
            stream.push(at, push, replay_max, metrics);
        }
    }

    /// Pushes to every agent.
    pub fn push_all(&mut self, at: DateTime<Utc>, push: &Push<'_>) {
        for stream in self.streams.values_mut() {
            stream.push(at, push, self.limits.replay_max, &self.metrics);
        }
    }

    /// Adds a socket to its agent's stream.
    ///
    /// # Errors
    /// The agent has too many already.
    pub fn join(
        &mut self,
        agent_code: &str,
        resume: Option<&Resume>,
        socket: SocketHandle,
    ) -> Result<Joined, TooManySockets> {
        let (epoch, sockets_max) = (self.epoch.as_str(), self.limits.sockets_per_agent_max);
        let stream = self.streams.get_mut(agent_code).ok_or(TooManySockets)?;
        if stream.sockets.len() >= sockets_max {
            return Err(TooManySockets);
        }
        let missed = resume.filter(|r| r.epoch == epoch).and_then(|r| stream.after(r.seq));
        // A page that joins rings when no other does; it takes the ringing over when it is used.
        stream.rings = stream.rings.or(Some(socket.id()));
        stream.sockets.push(Member { socket, acked: stream.seq });
        Ok(Joined {
            seq: stream.seq,
            resumed: missed.is_some(),
            presence: stream.presence.clone(),
            rings: stream.rings,
            permissions: stream.permissions.clone(),
            missed: missed.unwrap_or_default(),
        })
    }

    /// Removes a socket. If it was the one that rings, the one that joined last takes over.
    pub fn leave(&mut self, agent_code: &str, socket_id: u64, at: DateTime<Utc>) {
        let Some(stream) = self.streams.get_mut(agent_code) else { return };
        stream.sockets.retain(|member| member.socket.id() != socket_id);
        if stream.rings == Some(socket_id) {
            let next = stream.sockets.last().map(|member| member.socket.id());
            self.ring_here(agent_code, next, at);
        }
    }

    /// This socket of the agent rings from now on.
    pub fn ring_here(&mut self, agent_code: &str, socket_id: Option<u64>, at: DateTime<Utc>) {
        let Some(stream) = self.streams.get_mut(agent_code) else { return };
        if stream.rings == socket_id {
            return;
        }
        stream.rings = socket_id;
        // Without a socket there is nothing to send; the next one to join learns it in its answer.
        if stream.sockets.is_empty() {
            return;
        }
        let push = Push::RingMoved(RingMoved { socket: socket_id });
        stream.push(at, &push, self.limits.replay_max, &self.metrics);
    }

    /// A socket has handled everything up to `seq`; what all sockets have handled need not be kept.
    pub fn ack(&mut self, agent_code: &str, socket_id: u64, seq: u64) {
        let Some(stream) = self.streams.get_mut(agent_code) else { return };
        let newest = stream.seq;
        if let Some(member) = stream.sockets.iter_mut().find(|m| m.socket.id() == socket_id) {
            member.acked = member.acked.max(seq.min(newest));
        }
        let handled = stream.sockets.iter().map(|m| m.acked).min().unwrap_or(0);
        while stream.replay.pop_front_if(|kept| kept.seq <= handled).is_some() {}
    }

    /// Forgets pushes that are kept for too long: a client that comes back later gets the snapshot.
    pub(crate) fn forget_old_pushes(&mut self, now: DateTime<Utc>) {
        let oldest = now - self.limits.replay_age;
        for stream in self.streams.values_mut() {
            while stream.replay.pop_front_if(|kept| kept.at < oldest).is_some() {}
        }
    }

    /// The agent's presence.
    #[must_use]
    pub fn presence(&self, agent_code: &str) -> Option<&PresenceState> {
        self.streams.get(agent_code).map(|stream| &stream.presence)
    }

    /// Agents whose presence has timed out.
    pub(crate) fn presence_over(&self, steady: Duration) -> Vec<String> {
        let over = |stream: &&Stream| stream.presence.steady_until.is_some_and(|until| until <= steady);
        self.streams.values().filter(over).map(|stream| stream.agent.agent_code.clone()).collect()
    }

    /// Changes an agent's presence; every socket of the agent learns it, and the agents who may see everybody's.
    pub fn set_presence(&mut self, agent_code: &str, presence: PresenceState, at: DateTime<Utc>) {
        let Some(stream) = self.streams.get_mut(agent_code) else { return };
        let view = PresenceView::from(&presence);
        stream.presence = presence;
        let own = Push::PresenceChanged(view.clone());
        stream.push(at, &own, self.limits.replay_max, &self.metrics);
        let everybodys = AgentsChanged { agent_code: agent_code.to_owned(), presence: view };
        self.push_to(Permission::PresenceAll, at, &Push::AgentsChanged(everybodys));
    }

    /// Pushes to every agent who has this permission.
    pub fn push_to(&mut self, permission: Permission, at: DateTime<Utc>, push: &Push<'_>) {
        self.push_seen(permission, true, at, push);
        self.push_seen(permission, false, at, push);
    }

    /// Pushes to every agent who has this permission and may look customers up, or may not.
    pub fn push_seen(&mut self, permission: Permission, looks_up: bool, at: DateTime<Utc>, push: &Push<'_>) {
        let sees = |permissions: Permissions| {
            permissions.has(permission) && permissions.has(Permission::Lookup) == looks_up
        };
        for stream in self.streams.values_mut().filter(|stream| sees(stream.permissions.get())) {
            stream.push(at, push, self.limits.replay_max, &self.metrics);
        }
    }

    /// Every agent with presence and number of sockets, by code.
    pub(crate) fn agents(&self) -> Vec<(&Agent, &PresenceState, usize)> {
        let mut all: Vec<_> =
            self.streams.values().map(|s| (&s.agent, &s.presence, s.sockets.len())).collect();
        all.sort_by_key(|(agent, _, _)| agent.agent_code.as_str());
        all
    }

    /// An agent's name.
    #[must_use]
    pub fn name_of(&self, agent_code: &str) -> Option<&str> {
        self.streams.get(agent_code).map(|stream| stream.agent.agent_name.as_str())
    }

    /// An agent's main phone.
    #[must_use]
    pub fn extension_of(&self, agent_code: &str) -> Option<&str> {
        let agent = &self.streams.get(agent_code)?.agent;
        agent.extension.as_deref().or(agent.phones.first().map(String::as_str))
    }
}

#[cfg(test)]
mod tests;
