//! The loop: one task that knows every live call and every agent's stream.
//!
//! It waits for whatever can wake it (the telephone system, a finished lookup, a socket, a timer, the stop) and
//! then applies it without waiting for anything. Reading the store happens on the lookup threads, writing on the
//! recorder's; both are handed work without waiting.

mod calls;
mod ranks;
pub(crate) mod record;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::Clock;
use shared::caller::CallerNumber;
use shared::store::Agent;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;

use crate::agent::Hub;
use crate::agent::cut::cut;
use crate::agent::permission::SharedPermissions;
use crate::agent::protocol::{Presence, PushKind, Resume, push_json_str};
use crate::agent::socket::SocketHandle;
use crate::audit::{Action, Auditor};
use crate::call::{CallChange, CallId, CallSignal, CallTracker};
use crate::lookup::Lookups;
use crate::metrics::{Kind, Metrics};
use crate::popup::{self, MatchKind, Profile, ProfileError};
use crate::source::{SourceError, SourceEvent};
use calls::{LiveCall, Search};
use ranks::{LastRun, RankWatch};
use record::Recorder;

/// What a socket tells the loop.
#[derive(Debug)]
pub(crate) enum Command {
    /// An agent signed in: join the stream, take the snapshot. `None`: too many sockets.
    Hello {
        agent: Agent,
        resume: Option<Resume>,
        socket: SocketHandle,
        reply: oneshot::Sender<Option<Welcome>>,
    },
    /// A socket has gone.
    Bye { agent_code: Arc<str>, socket_id: u64 },
    /// The agent is ready or away.
    Presence { agent_code: Arc<str>, state: Presence, reason: Option<String> },
    /// A page has drawn a pop-up.
    Shown { agent_code: Arc<str>, call_id: CallId },
    /// A page has handled everything up to here.
    Ack { agent_code: Arc<str>, socket_id: u64, seq: u64 },
}

/// What a socket that signed in is told.
#[derive(Debug)]
pub(crate) struct Welcome {
    /// JSON of the answer's data.
    pub(crate) data: String,
    /// What the agent may do, now and later.
    pub(crate) permissions: SharedPermissions,
    /// Pushes after the one that the client knows.
    pub(crate) missed: Vec<Utf8Bytes>,
}

/// A lookup for a ringing phone has ended.
#[derive(Debug)]
pub(crate) struct Found {
    call_id: CallId,
    generation: u32,
    profile: Result<Profile, ProfileError>,
}

/// What wakes the loop.
enum Input {
    Source(SourceEvent),
    Command(Command),
    Found(Found),
    Agents(Vec<Agent>),
    Ranks(LastRun),
    FoundAgain(Found),
    Tick,
}

/// The times of the loop.
#[derive(Debug, Clone, Copy)]
pub struct BridgeTimes {
    /// How often the list of agents and the last rank run are read again.
    pub agents_refresh: Duration,
    /// How often overdue lookups are looked for.
    pub tick: Duration,
}

/// Everything that the loop hears.
pub(crate) struct Ears {
    /// The telephone system; `None` when there is none.
    pub(crate) source: Option<mpsc::Receiver<SourceEvent>>,
    /// Sockets.
    pub(crate) inbox: mpsc::Receiver<Command>,
    /// The stop.
    pub(crate) stopping: CancellationToken,
}

/// The loop's state.
pub(crate) struct Bridge {
    tracker: CallTracker,
    calls: HashMap<CallId, LiveCall>,
    hub: Hub,
    lookups: Lookups,
    recorder: Recorder,
    audit: Option<Auditor>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    times: BridgeTimes,
    source_up: bool,
    fatal: Option<SourceError>,
    found_tx: mpsc::UnboundedSender<Found>,
    found: mpsc::UnboundedReceiver<Found>,
    agents_tx: mpsc::Sender<Vec<Agent>>,
    agents: mpsc::Receiver<Vec<Agent>>,
    agents_due: Instant,
    ranks: RankWatch,
}

impl Bridge {
    pub(crate) fn new(
        tracker: CallTracker,
        hub: Hub,
        lookups: Lookups,
        recorder: Recorder,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
        times: BridgeTimes,
    ) -> Self {
        // Unbounded, but never longer than the calls that live: each has one lookup under way.
        let (found_tx, found) = mpsc::unbounded_channel();
        let (agents_tx, agents) = mpsc::channel(1);
        Self {
            tracker,
            calls: HashMap::new(),
            hub,
            lookups,
            recorder,
            audit: None,
            clock,
            metrics,
            times,
            source_up: false,
            fatal: None,
            found_tx,
            found,
            agents_tx,
            agents,
            agents_due: Instant::now() + times.agents_refresh,
            ranks: RankWatch::new(),
        }
    }

    /// With the trail that says who got which customer's pop-up.
    pub(crate) fn with_audit(mut self, audit: Auditor) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Runs until the stop, or until the telephone system refuses us for good.
    pub(crate) async fn run(mut self, mut ears: Ears) -> Result<(), SourceError> {
        let mut tick = tokio::time::interval(self.times.tick);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        self.look_at_ranks();
        while self.fatal.is_none() {
            let input = tokio::select! {
                () = ears.stopping.cancelled() => break,
                event = next_event(&mut ears.source) => Input::Source(event),
                Some(command) = ears.inbox.recv() => Input::Command(command),
                Some(found) = self.found.recv() => Input::Found(found),
                Some(agents) = self.agents.recv() => Input::Agents(agents),
                Some(last) = self.ranks.seen.recv() => Input::Ranks(last),
                Some(found) = self.ranks.again.recv() => Input::FoundAgain(found),
                _ = tick.tick() => Input::Tick,
            };
            self.apply(input);
        }
        self.record_unfinished();
        self.fatal.map_or(Ok(()), Err)
    }

    fn apply(&mut self, input: Input) {
        match input {
            Input::Source(event) => self.on_source(event),
            Input::Command(command) => self.on_command(command),
            Input::Found(found) => self.on_found(found),
            Input::Agents(agents) => self.hub.set_agents(agents),
            Input::Ranks(last) => self.on_ranks(last),
            Input::FoundAgain(found) => self.on_found_again(found),
            Input::Tick => self.on_tick(),
        }
    }

    fn on_source(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Up => self.set_source_up(true),
            SourceEvent::Signals { at, signals } => {
                for signal in signals {
                    for change in self.tracker.apply(at, signal) {
                        self.on_change(change);
                    }
                }
            }
            SourceEvent::Down { reason } => {
                tracing::warn!(%reason, "the telephone system is not connected");
                for change in self.tracker.apply(self.clock.now(), CallSignal::SourceLost) {
                    self.on_change(change);
                }
                self.set_source_up(false);
            }
            SourceEvent::Fatal(error) => {
                self.set_source_up(false);
                self.fatal = Some(error);
            }
        }
        self.metrics.calls_live.set(i64::try_from(self.calls.len()).unwrap_or(i64::MAX));
    }

    fn set_source_up(&mut self, up: bool) {
        if up != self.source_up {
            self.source_up = up;
            tracing::info!(up, "telephone system");
            self.metrics.source_up.set(i64::from(up));
            self.hub.push_all(PushKind::SourceState, self.clock.now(), &format!("{{\"up\":{up}}}"));
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Hello { agent, resume, socket, reply } => {
                let welcome = self.welcome(agent, resume.as_ref(), socket);
                // A session that has gone says so by its `Bye`.
                let _ = reply.send(welcome);
            }
            Command::Bye { agent_code, socket_id } => self.hub.leave(&agent_code, socket_id),
            Command::Presence { agent_code, state, reason } => {
                self.hub.set_presence(&agent_code, state, self.clock.now(), reason.as_deref());
            }
            Command::Ack { agent_code, socket_id, seq } => self.hub.ack(&agent_code, socket_id, seq),
            Command::Shown { agent_code, call_id } => self.on_shown(&agent_code, call_id),
        }
    }

    /// Joins a socket to its agent's stream; the snapshot and the stream behind it cannot contradict each
    /// other, because nothing else runs in between.
    fn welcome(&mut self, agent: Agent, resume: Option<&Resume>, socket: SocketHandle) -> Option<Welcome> {
        let agent_json = agent_json(&agent);
        let agent_code = agent.agent_code.clone();
        self.hub.set_agent(agent);
        let joined = self.hub.join(&agent_code, resume, socket).ok()?;
        let mut data = format!(
            "{{\"agent\":{agent_json},\"permissions\":{},\"epoch\":\"{}\",\"seq\":{},\"resumed\":{},\"presence\":\"{}\",\"source_up\":{},\"calls\":[",
            joined.permissions.get().to_json(),
            self.hub.epoch(),
            joined.seq,
            joined.resumed,
            joined.presence.word(),
            self.source_up,
        );
        let mut live: Vec<&LiveCall> = self.calls.values().filter(|call| call.is_live()).collect();
        live.sort_by_key(|call| (call.info.started_at, call.info.call_id));
        let mut first = true;
        for popup in live.iter().filter_map(|call| call.popup_for(&agent_code, &self.hub)) {
            if !std::mem::take(&mut first) {
                data.push(',');
            }
            data.push_str(&cut(popup, joined.permissions.get()));
        }
        data.push_str("]}");
        Some(Welcome { data, permissions: joined.permissions, missed: joined.missed })
    }

    fn on_shown(&mut self, agent_code: &str, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let hub = &self.hub;
        let leg = call.legs.iter_mut().find(|leg| hub.agent_of(&leg.extension) == Some(agent_code));
        if let Some(leg) = leg
            && !std::mem::replace(&mut leg.shown, true)
        {
            self.metrics.ring_to_shown_seconds.observe(leg.since.elapsed().as_secs_f64());
        }
    }

    /// Lookups that take too long are shown as failed; the list of agents is read again when it is due.
    fn on_tick(&mut self) {
        let now = Instant::now();
        let timeout = self.lookups.timeout();
        let late: Vec<CallId> =
            self.calls.values().filter(|c| c.search_is_late(now, timeout)).map(|c| c.info.call_id).collect();
        for call_id in late {
            tracing::warn!(%call_id, "the store did not answer in time; the pop-up goes out without the customer");
            self.set_profile(call_id, Arc::new(Profile::empty(MatchKind::Failed)));
        }
        self.metrics.lookup_queue.set(i64::try_from(self.lookups.waiting()).unwrap_or(i64::MAX));
        if now >= self.agents_due {
            self.agents_due = now + self.times.agents_refresh;
            self.read_agents();
            self.look_at_ranks();
        }
    }

    fn read_agents(&self) {
        let to = self.agents_tx.clone();
        // When the queue is full, the next tick asks again.
        let _ = self.lookups.request(move |reader| match reader.agents() {
            Ok(agents) => {
                let _ = to.try_send(agents);
            }
            Err(error) => tracing::warn!(%error, "the list of agents could not be read"),
        });
    }

    /// Starts the lookup of a call's caller. Who has no number is known at once.
    fn search(&mut self, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let generation = call.begin_search();
        if !matches!(call.info.caller, CallerNumber::Number(_)) {
            self.set_profile(call_id, Arc::new(Profile::empty(MatchKind::Unidentified)));
            return;
        }
        let (caller, today, done) = (call.info.caller.clone(), self.clock.today(), self.found_tx.clone());
        let asked = self.lookups.ring(move |reader| {
            let profile = popup::by_caller(reader, &caller, today);
            // When the loop has ended nobody waits for it.
            let _ = done.send(Found { call_id, generation, profile });
        });
        if asked.is_err() {
            tracing::warn!(%call_id, "the lookup queue is full; the pop-up goes out without the customer");
            self.set_profile(call_id, Arc::new(Profile::empty(MatchKind::Failed)));
        }
    }

    fn on_found(&mut self, found: Found) {
        let Found { call_id, generation, profile } = found;
        // A call that ended, or whose caller is another one by now, has no use for it.
        if self.calls.get(&call_id).is_none_or(|call| call.generation() != generation) {
            return;
        }
        let profile = profile.unwrap_or_else(|error| {
            tracing::error!(%call_id, %error, "the caller could not be looked up");
            Profile::empty(MatchKind::Failed)
        });
        self.set_profile(call_id, Arc::new(profile));
    }

    fn set_profile(&mut self, call_id: CallId, profile: Arc<Profile>) {
        self.metrics.lookups.get_or_create(&Kind { kind: profile.kind.word() }).inc();
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let again = matches!(call.search, Search::Done(_));
        call.search = Search::Done(profile);
        if call.ended.is_some() {
            self.record(call_id);
            return;
        }
        call.outdated |= again;
        let recheck = call.recheck;
        self.show(call_id);
        if recheck {
            self.refresh_popups();
        }
    }

    /// Pushes the pop-up to every agent who should see it and does not, or sees an old one.
    fn show(&mut self, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let Search::Done(profile) = &call.search else { return };
        let (profile, outdated) = (profile.clone(), std::mem::take(&mut call.outdated));
        let now = self.clock.now();
        for leg in &mut call.legs {
            let kind = match (leg.pushed, leg.state) {
                (true, _) if !outdated => continue,
                (false, popup::LegState::Ringing) => PushKind::CallRinging,
                _ => PushKind::CallUpdated,
            };
            let Some(agent_code) = self.hub.agent_of(&leg.extension).map(str::to_owned) else { continue };
            let view = popup::call_json(&call.info, leg.state, leg.answered_at, call.uncertain);
            let popup = cut(profile.popup(&view), self.hub.permissions_of(&agent_code));
            self.hub.push(&agent_code, kind, now, &popup);
            if !std::mem::replace(&mut leg.pushed, true) {
                if let Some(audit) = &self.audit {
                    let subject = profile.customer_code.as_deref();
                    audit.note(&agent_code, Action::Popup, subject, Some(call_id.to_string()));
                }
                self.metrics.ring_to_push_seconds.observe(leg.since.elapsed().as_secs_f64());
            }
        }
    }

    fn on_change(&mut self, change: CallChange) {
        calls::on_change(self, change);
    }

    /// At the stop: what is still going on is recorded as far as it is known.
    fn record_unfinished(&mut self) {
        let ended: Vec<CallId> =
            self.calls.values().filter(|c| c.ended.is_some()).map(|c| c.info.call_id).collect();
        for call_id in ended {
            self.record(call_id);
        }
    }

    /// Hands the record of an ended call to the recorder and forgets the call.
    fn record(&mut self, call_id: CallId) {
        let Some(call) = self.calls.remove(&call_id) else { return };
        if let Some(record) = call.into_record(&self.hub) {
            self.recorder.record(record);
        }
    }
}

/// The agent as `hello` answers it.
fn agent_json(agent: &Agent) -> String {
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

/// The next event of the source; never, when there is none or it has ended.
async fn next_event(source: &mut Option<mpsc::Receiver<SourceEvent>>) -> SourceEvent {
    if let Some(events) = source {
        if let Some(event) = events.recv().await {
            return event;
        }
        *source = None;
    }
    std::future::pending().await
}

#[cfg(test)]
mod tests;
