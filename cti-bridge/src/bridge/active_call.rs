//! A call as the agents' screens have it, and the record that it becomes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use shared::label::Open;
use shared::store::{CallAnnotations, CallRecord, PartRecord, VisitRecord};

use crate::call::{CallInfo, CallPart, Direction, EndedCall, QueueVisit};
use crate::hub::Hub;
use crate::permission::Permissions;
use crate::popup::{CallView, Choice, LegState, Line, Popup, Profile, Who};
use crate::source::Controls;

/// The state of a call's lookup.
#[derive(Debug, Clone)]
pub(super) enum Search {
    /// Not begun.
    Idle,
    /// Under way since.
    Running(Instant),
    /// Ended with this.
    Done(Arc<Profile>),
}

/// A call as the agents' screens have it.
#[derive(Debug)]
pub(super) struct ActiveCall {
    pub(super) info: CallInfo,
    /// The company's line that was called.
    pub(super) line: Option<Arc<Line>>,
    pub(super) uncertain: bool,
    pub(super) search: Search,
    /// Counts the lookups: the caller of a call may change.
    generation: u32,
    /// The pop-ups on the screens are out of date.
    pub(super) outdated: bool,
    /// The caller must be looked up again.
    pub(super) recheck: bool,
    pub(super) legs: Vec<Leg>,
    /// Everybody whose phone rang or who answered or placed it, by code, however the legs go on.
    agents: BTreeSet<String>,
    pub(super) last_rang: Option<String>,
    /// The index of the PBX that has it.
    pub(super) source: usize,
    /// What can be done with it from the screen.
    pub(super) controls: Arc<Controls>,
    /// From the ring to the first page that drew it. Milliseconds.
    pub(super) shown_ms: Option<i64>,
    /// What agents wrote and chose.
    pub(super) work: AgentWork,
    /// What agents said before the bridge began was asked for and taken over.
    recalled: bool,
    /// Set when the call is over and only waits for its lookup, to be recorded with its customer.
    pub(super) ended: Option<EndedCall>,
}

/// What agents wrote and chose during a call.
#[derive(Debug, Default)]
pub(super) struct AgentWork {
    pub(super) note: String,
    /// The name of the agent who wrote last.
    pub(super) note_by: Option<String>,
    /// When the note was pushed last, on the steady clock.
    pub(super) note_pushed: Option<Duration>,
    pub(super) choice: Option<Choice>,
    /// The name of the agent who chose, and when.
    pub(super) chosen: Option<(String, DateTime<Utc>)>,
}

impl AgentWork {
    /// The call as shown to an agent in this state.
    pub(super) fn view<'a>(
        &'a self,
        call: &'a CallInfo,
        state: LegState,
        answered_at: Option<DateTime<Utc>>,
        uncertain: bool,
    ) -> CallView<'a> {
        let view = CallView::new(call, state, answered_at)
            .uncertain(uncertain)
            .noted(&self.note, self.note_by.as_deref());
        match &self.chosen {
            Some((by, at)) => view.chosen(by, *at),
            None => view,
        }
    }
}

/// One agent's part in a call.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) extension: String,
    pub(super) state: LegState,
    pub(super) answered_at: Option<DateTime<Utc>>,
    /// The agent no longer talks; the pop-up stays until somebody else has the call.
    pub(super) left: bool,
    /// When the bridge saw the ring, for the metrics.
    pub(super) since: Instant,
    /// The pop-up was pushed.
    pub(super) pushed: bool,
    /// A page has drawn it.
    pub(super) shown: bool,
}

impl Leg {
    /// The agent talks, or holds the other party.
    pub(super) fn talks(&self) -> bool {
        self.answered_at.is_some() && !self.left
    }
}

impl ActiveCall {
    pub(super) fn new(info: CallInfo, source: usize, controls: Arc<Controls>) -> Self {
        Self {
            source,
            controls,
            shown_ms: None,
            work: AgentWork::default(),
            recalled: false,
            info,
            line: None,
            uncertain: false,
            search: Search::Idle,
            generation: 0,
            outdated: false,
            recheck: false,
            legs: Vec::new(),
            agents: BTreeSet::new(),
            last_rang: None,
            ended: None,
        }
    }

    /// What is known of the call now, and the line of the number called. Where that number is not known, the line stays
    /// as it was.
    pub(super) fn is_now(&mut self, info: CallInfo, line: Option<Arc<Line>>) {
        if info.called.is_some() {
            self.line = line;
        }
        self.info = info;
    }

    pub(super) fn is_live(&self) -> bool {
        self.ended.is_none()
    }

    /// What is known of the caller.
    pub(super) fn who(&self) -> Who {
        Who {
            caller: self.info.caller.clone(),
            customer_code: self.info.customer_code.clone(),
            choice: self.work.choice.clone(),
        }
    }

    /// The caller's name, when it is known.
    pub(super) fn customer_name(&self) -> Option<&str> {
        match &self.search {
            Search::Done(profile) => profile.customer_name(),
            _ => None,
        }
    }

    /// Whether a change of these customers or numbers may affect the pop-up.
    pub(super) fn is_about(&self, customers: &[String], numbers: &[String]) -> bool {
        let Search::Done(profile) = &self.search else { return true };
        let number = self.info.caller.number().map(|n| n.e164());
        numbers.iter().any(|changed| Some(changed.as_str()) == number)
            || customers.iter().any(|changed| profile.names(changed))
    }

    /// Whether an earlier run of the bridge may have stored what agents said about this call: it was found running, or
    /// its PBX does not list running calls.
    pub(super) fn may_be_recalled(&self, lists_calls: bool) -> bool {
        !self.recalled && (self.uncertain || !lists_calls)
    }

    /// Takes over what agents said before the bridge was restarted. What was said since counts more.
    pub(super) fn recall(&mut self, said: CallAnnotations, hub: &Hub) {
        self.recalled = true;
        let name = |code: String| hub.name_of(&code).map(str::to_owned).unwrap_or(code);
        if self.work.note.is_empty() {
            self.work.note = said.note.unwrap_or_default();
            self.work.note_by = said.note_by.map(name);
        }
        if let Some(caller) = said.caller.filter(|_| self.work.choice.is_none()) {
            self.work.chosen = Some((name(caller.by.clone()), caller.at));
            self.work.choice = Some(caller.into());
        }
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    pub(super) fn begin_search(&mut self) -> u32 {
        self.generation += 1;
        // Also when an earlier caller's profile is known: it must not be shown beside the new caller.
        self.search = Search::Running(Instant::now());
        self.generation
    }

    pub(super) fn search_is_late(&self, now: Instant, timeout: Duration) -> bool {
        matches!(self.search, Search::Running(since) if now.duration_since(since) > timeout)
    }

    /// The agent takes part from now on, also when the call goes on to others.
    pub(super) fn joined_by(&mut self, agent_code: Option<&str>) {
        self.agents.extend(agent_code.map(str::to_owned));
    }

    pub(super) fn leg(&mut self, extension: &str) -> &mut Leg {
        let at = match self.legs.iter().position(|leg| leg.extension == extension) {
            Some(at) => at,
            None => {
                self.legs.push(Leg {
                    extension: extension.to_owned(),
                    state: LegState::Ringing,
                    answered_at: None,
                    left: false,
                    since: Instant::now(),
                    pushed: false,
                    shown: false,
                });
                self.legs.len() - 1
            }
        };
        &mut self.legs[at]
    }

    /// The pop-up that this agent should see now, if any.
    pub(super) fn popup_for(
        &self,
        agent_code: &str,
        hub: &Hub,
        permissions: Permissions,
    ) -> Option<Popup<'_>> {
        let Search::Done(profile) = &self.search else { return None };
        let leg =
            self.legs.iter().find(|leg| leg.pushed && hub.agent_of(&leg.extension) == Some(agent_code))?;
        let view = self.work.view(&self.info, leg.state, leg.answered_at, self.uncertain);
        let view = view.on_line(self.line.as_deref()).controlled(&self.controls);
        Some(profile.seen_by(permissions, Some(view)))
    }

    /// The record of the call so far.
    pub(super) fn record_so_far(&self, hub: &Hub, source: Option<String>) -> CallRecord {
        let (customer_code, lead_code) = self.found();
        let answered = self.legs.iter().find(|leg| leg.answered_at.is_some());
        let extension = answered.map(|leg| leg.extension.clone()).or(self.last_rang.clone());
        // An extension may have got its agent only after it began to ring.
        let now = self.legs.iter().filter_map(|leg| hub.agent_of(&leg.extension));
        let agents: BTreeSet<&str> = self.agents.iter().map(String::as_str).chain(now).collect();
        let call = &self.info;
        CallRecord {
            call_id: call.call_id.to_string(),
            direction: call.direction,
            caller_kind: call.caller.kind(),
            caller_e164: call.caller.number().map(|n| n.e164().to_owned()),
            called: call.called.clone(),
            queue: call.queue.clone(),
            customer_code,
            lead_code,
            agent_code: extension.as_deref().and_then(|e| hub.agent_of(e)).map(str::to_owned),
            agents: agents.into_iter().map(str::to_owned).collect(),
            extension,
            started_at: call.started_at,
            queued_at: call.queued_at,
            answered_at: answered.and_then(|leg| leg.answered_at),
            uncertain: self.uncertain,
            source,
            shown_ms: self.shown_ms,
            ..CallRecord::default()
        }
    }

    /// The customer or lead that was found.
    fn found(&self) -> (Option<String>, Option<String>) {
        match &self.search {
            Search::Done(profile) => {
                (profile.customer_code().map(str::to_owned), profile.lead_code().map(str::to_owned))
            }
            _ => (None, None),
        }
    }

    /// The record of the ended call.
    pub(super) fn into_record(mut self, hub: &Hub, source: Option<String>) -> Option<CallRecord> {
        let ended = self.ended.take()?;
        // Answered by somebody outside: then by nobody of ours.
        let rang = self.last_rang.clone().filter(|_| ended.answered_at.is_none());
        // An incoming call is that of the agent who had it last, an outgoing call that of the agent who placed it.
        let talked = match ended.call.direction {
            Direction::Outbound => ended.answered_by.first(),
            Direction::Inbound | Direction::Internal => ended.answered_by.last(),
        };
        let extension = talked.cloned().or(rang);
        self.info = ended.call;
        let so_far = self.record_so_far(hub, source);
        let parts = ended.parts.into_iter().map(|part| part_record(part, hub)).collect();
        let visits = ended.visits.into_iter().map(visit_record).collect();
        Some(CallRecord {
            parts,
            visits,
            pbx_call_id: ended.pbx_call_id,
            recordings: ended.recordings,
            agent_code: extension.as_deref().and_then(|e| hub.agent_of(e)).map(str::to_owned),
            extension,
            answered_at: ended.answered_at,
            ended_at: Some(ended.ended_at),
            outcome: Some(Open::Known(ended.outcome)),
            ring_seconds: Some(i64::from(ended.ring_seconds)),
            talk_seconds: Some(i64::from(ended.talk_seconds)),
            hold_seconds: Some(i64::from(ended.hold_seconds)),
            uncertain: ended.uncertain || self.uncertain,
            ..so_far
        })
    }
}

fn part_record(part: CallPart, hub: &Hub) -> PartRecord {
    PartRecord {
        kind: part.kind,
        agent_code: part.extension.as_deref().and_then(|e| hub.agent_of(e)).map(str::to_owned),
        extension: part.extension,
        placed: part.placed,
        began_at: part.began_at,
        answered_at: part.answered_at,
        left_at: part.left_at,
        end: part.end,
        ring_seconds: part.ring_seconds.into(),
        talk_seconds: part.talk_seconds.into(),
        hold_seconds: part.hold_seconds.into(),
    }
}

fn visit_record(visit: QueueVisit) -> VisitRecord {
    VisitRecord {
        queue: visit.queue,
        joined_at: visit.joined_at,
        left_at: visit.left_at,
        wait_seconds: visit.wait_seconds.into(),
        end: visit.end,
    }
}
