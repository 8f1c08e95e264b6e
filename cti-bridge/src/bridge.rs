//! The loop: one task that knows every live call and every agent's stream.
//!
//! It waits for an input (an event of a PBX, a socket's command, a result of another thread, a timer, the stop) and
//! applies it without waiting for anything else. The store is read on the lookup threads and written on the recorder's
//! thread; the loop hands work to both and gets their results back as inputs.

pub(crate) mod access;
mod active_call;
mod after;
mod agent_writes;
pub(crate) mod blindness;
mod calls;
pub(crate) mod command;
pub(crate) mod control;
pub(crate) mod dial;
pub(crate) mod health;
pub(crate) mod input;
mod journal;
mod notes;
mod once;
pub(crate) mod outbox;
pub(crate) mod overview;
mod popups;
mod prepare;
mod presence;
mod queues;
mod ranks;
pub(crate) mod record;
mod sources;
pub(crate) mod welcome;
pub(crate) mod write;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::Clock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::audit::Auditor;
use crate::call::{CallChange, CallId};
use crate::hub::Hub;
use crate::hub::presence::PresenceAnswer;
use crate::lookup::{Asker, Lookups};
use crate::metrics::Metrics;
use crate::popup::{Lines, MatchKind, Profile};
use crate::source::SourceError;
use crate::throttle::Rate;
use active_call::ActiveCall;
use command::Command;
use dial::{DialPolicy, Dialling};
use input::{Input, Results};
use notes::WaitingNotes;
use prepare::Preparation;
use presence::Resting;
use ranks::RankWatch;
use record::Recorder;
pub(crate) use sources::Source;

/// The times of the loop.
#[derive(Debug, Clone, Copy)]
pub struct BridgeTimes {
    /// How often the list of agents and the last rank run are read.
    pub agents_refresh: Duration,
    /// How often overdue lookups are checked.
    pub tick: Duration,
    /// How long after-call work lasts when the agent does not end it; zero: there is none.
    pub after_call_work: Duration,
}

/// The channels that the loop reads, beside the sources'.
pub(crate) struct LoopInputs {
    /// Results of other threads.
    pub(crate) results: mpsc::UnboundedReceiver<Input>,
    /// Commands of sockets.
    pub(crate) inbox: mpsc::Receiver<Command>,
    /// The stop.
    pub(crate) stopping: CancellationToken,
}

/// The threads that the loop hands work to, and where they report their results.
pub(crate) struct Workers {
    pub(crate) lookups: Lookups,
    pub(crate) recorder: Recorder,
    pub(crate) results: Results,
}

/// The loop's state.
pub(crate) struct Bridge {
    sources: Vec<Source>,
    /// The source that is polled first for its next event; they take turns.
    next_source: usize,
    calls: HashMap<CallId, ActiveCall>,
    preparation: Preparation,
    hub: Hub,
    lookups: Lookups,
    recorder: Recorder,
    audit: Option<Auditor>,
    dialling: Dialling,
    lines: Lines,
    notes: WaitingNotes,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    times: BridgeTimes,
    /// The last pause or unpause sent to the queues; by phone.
    queues_told: HashMap<String, queues::Told>,
    resting: HashMap<String, Resting>,
    due: after::DueWatch,
    fatal: Option<SourceError>,
    /// Where other threads report to.
    results: Results,
    agents_due: Instant,
    ranks: RankWatch,
}

impl Bridge {
    pub(crate) fn new(
        sources: Vec<Source>,
        hub: Hub,
        workers: Workers,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
        times: BridgeTimes,
    ) -> Self {
        let Workers { lookups, recorder, results } = workers;
        let hub = match sources.first() {
            Some(first) => hub.with_first_system(&first.name),
            None => hub,
        };
        Self {
            sources,
            next_source: 0,
            calls: HashMap::new(),
            preparation: Preparation::new(),
            hub,
            lookups,
            recorder,
            audit: None,
            lines: Lines::default(),
            notes: WaitingNotes::default(),
            dialling: Dialling::new(DialPolicy::default(), Rate::per_second(1, 0)),
            clock,
            metrics,
            times,
            queues_told: HashMap::new(),
            resting: HashMap::new(),
            due: after::DueWatch::new(),
            fatal: None,
            results,
            agents_due: Instant::now() + times.agents_refresh,
            ranks: RankWatch::default(),
        }
    }

    /// With the audit log, which records who got which customer's pop-up.
    pub(crate) fn with_audit(mut self, audit: Auditor) -> Self {
        self.audit = Some(audit);
        self
    }

    /// With the company's lines.
    pub(crate) fn with_lines(mut self, lines: Lines) -> Self {
        self.lines = lines;
        self
    }

    /// With what may be dialled, and how often.
    pub(crate) fn with_dialling(mut self, dialling: Dialling) -> Self {
        self.dialling = dialling;
        self
    }

    /// Runs until the stop, or until a PBX refuses the sign-in.
    pub(crate) async fn run(mut self, mut inputs: LoopInputs) -> Result<(), SourceError> {
        let mut tick = tokio::time::interval(self.times.tick);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        self.look_at_ranks();
        self.look_at_due();
        self.close_unfinished();
        while self.fatal.is_none() {
            let input = tokio::select! {
                () = inputs.stopping.cancelled() => break,
                (at, event) = sources::next_event(&mut self.sources, &mut self.next_source) => {
                    Input::Source(at, event)
                }
                Some(command) = inputs.inbox.recv() => Input::Command(command),
                Some(result) = inputs.results.recv() => result,
                () = WaitingNotes::due(self.notes.due_at()) => Input::NotesDue,
                _ = tick.tick() => Input::Tick,
            };
            self.apply(input);
        }
        self.record_unfinished();
        self.fatal.map_or(Ok(()), Err)
    }

    fn apply(&mut self, input: Input) {
        match input {
            Input::Source(at, event) => self.on_source(at, event),
            Input::Command(command) => self.on_command(command),
            Input::Written(done) => self.on_written(done),
            Input::Due(due) => self.on_due(due),
            Input::Found(found) => self.on_found(found),
            Input::Prepared(prepared) => self.on_prepared(prepared),
            Input::Agents(agents) => self.hub.set_agents(agents),
            Input::Ranks(last) => self.on_ranks(last),
            Input::FoundAgain(found) => self.on_found_again(found),
            Input::NotesDue => self.push_notes(),
            Input::Tick => self.on_tick(),
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Hello { agent, resume, socket, reply } => {
                let welcome = self.welcome(agent, resume.as_ref(), socket);
                // A session that has ended sends `Bye`.
                let _ = reply.send(welcome);
            }
            Command::Bye { agent_code, socket_id } => {
                self.hub.leave(&agent_code, socket_id, self.clock.now());
            }
            Command::Presence { agent_code, state, reason, reply } => {
                let presence = self.presence_by_hand(&agent_code, state, reason);
                reply.send(Ok(PresenceAnswer { presence }));
            }
            Command::Write { agent_code, key, target, write, reply } => {
                self.on_agent_write(&agent_code, key, target, write, reply);
            }
            Command::Dial { agent_code, number, reply } => dial::dial(self, &agent_code, &number, reply),
            Command::Control { agent_code, call_id, wish, reply } => {
                control::control(self, &agent_code, &call_id, &wish, reply);
            }
            Command::PickUp { agent_code, from, reply } => {
                control::pick_up(self, &agent_code, &from, reply);
            }
            Command::Agents { permissions, reply } => reply.send(Ok(self.overview(permissions))),
            Command::RingHere { agent_code, socket_id } => {
                self.hub.ring_here(&agent_code, Some(socket_id), self.clock.now());
            }
            Command::Ack { agent_code, socket_id, seq } => self.hub.ack(&agent_code, socket_id, seq),
            Command::Shown { agent_code, call_id } => self.on_shown(&agent_code, call_id),
        }
    }

    fn on_shown(&mut self, agent_code: &str, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let hub = &self.hub;
        let leg = call.legs.iter_mut().find(|leg| hub.agent_of(&leg.extension) == Some(agent_code));
        if let Some(leg) = leg
            && !std::mem::replace(&mut leg.shown, true)
        {
            let took = leg.since.elapsed();
            self.metrics.ring_to_shown_seconds.observe(took.as_secs_f64());
            // The first agent who saw it is the call's measure.
            call.shown_ms.get_or_insert(i64::try_from(took.as_millis()).unwrap_or(i64::MAX));
        }
    }

    /// Shows lookups that take too long as failed, and reads the list of agents again when it is due.
    fn on_tick(&mut self) {
        let now = Instant::now();
        let timeout = self.lookups.timeout();
        let late: Vec<CallId> =
            self.calls.values().filter(|c| c.search_is_late(now, timeout)).map(|c| c.info.call_id).collect();
        for call_id in late {
            tracing::warn!(%call_id, "the store did not answer in time; the pop-up goes out without the customer");
            self.set_profile(call_id, Arc::new(Profile::empty(MatchKind::Failed)));
        }
        self.recorder.health().turned();
        self.metrics.writes_waiting.set(i64::try_from(self.recorder.waiting()).unwrap_or(i64::MAX));
        self.metrics.lookup_queue.set(i64::try_from(self.lookups.waiting()).unwrap_or(i64::MAX));
        if now >= self.agents_due {
            self.agents_due = now + self.times.agents_refresh;
            self.read_agents();
            self.look_at_ranks();
            self.look_at_due();
        }
        self.preparation.forget_old(now);
        self.hub.forget_old_pushes(self.clock.now());
        self.end_due_after_call_work();
    }

    fn read_agents(&self) {
        let results = self.results.clone();
        // When the queue is full, the next round asks again.
        let _ = self.lookups.request(&Asker::Bridge, move |reader| match reader.agents() {
            Ok(agents) => results.send(Input::Agents(agents)),
            Err(error) => tracing::warn!(%error, "the list of agents could not be read"),
        });
    }

    fn on_change(&mut self, source: usize, change: CallChange) {
        calls::on_change(self, source, change);
    }

    /// At the stop: records the calls that have ended but are not recorded yet.
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
        let source = self.sources.get(call.source).map(|source| source.name.clone());
        if let Some(mut record) = call.into_record(&self.hub, source) {
            record.opens_at = self.lines.opens_after(record.called.as_deref(), record.started_at);
            self.recorder.record(record);
        }
    }
}

#[cfg(test)]
mod tests;
