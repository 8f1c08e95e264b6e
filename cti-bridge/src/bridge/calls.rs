//! Live calls: who sees each pop-up, in which state, and what every change pushes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use shared::store::CallRecord;

use super::Bridge;
use crate::agent::Hub;
use crate::agent::protocol::{PushKind, stamp};
use crate::call::{CallChange, CallId, CallInfo, CallOutcome, Direction, DismissReason, EndedCall};
use crate::metrics::Kind;
use crate::popup::{self, LegState, Profile};

/// How far the lookup of a call's caller is.
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
pub(super) struct LiveCall {
    pub(super) info: CallInfo,
    pub(super) uncertain: bool,
    pub(super) search: Search,
    /// Counts the lookups: the caller of a call may change.
    generation: u32,
    /// What the agents see is no longer right.
    pub(super) outdated: bool,
    /// A rank run came: the caller is to be looked up once more.
    pub(super) recheck: bool,
    pub(super) legs: Vec<Leg>,
    last_rang: Option<String>,
    /// Set when the call is over and only waits for its lookup, to be recorded with its customer.
    pub(super) ended: Option<EndedCall>,
}

/// One agent's part in a call.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) extension: String,
    pub(super) state: LegState,
    pub(super) answered_at: Option<DateTime<Utc>>,
    /// When the ring was heard here, for the measurements.
    pub(super) since: Instant,
    /// The pop-up went out.
    pub(super) pushed: bool,
    /// A page has drawn it.
    pub(super) shown: bool,
}

impl LiveCall {
    fn new(info: CallInfo) -> Self {
        Self {
            info,
            uncertain: false,
            search: Search::Idle,
            generation: 0,
            outdated: false,
            recheck: false,
            legs: Vec::new(),
            last_rang: None,
            ended: None,
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.ended.is_none()
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    pub(super) fn begin_search(&mut self) -> u32 {
        self.generation += 1;
        // Also when an earlier caller's is known: nobody may see that one beside the new caller.
        self.search = Search::Running(Instant::now());
        self.generation
    }

    pub(super) fn search_is_late(&self, now: Instant, timeout: Duration) -> bool {
        matches!(self.search, Search::Running(since) if now.duration_since(since) > timeout)
    }

    fn leg(&mut self, extension: &str) -> &mut Leg {
        let at = match self.legs.iter().position(|leg| leg.extension == extension) {
            Some(at) => at,
            None => {
                self.legs.push(Leg {
                    extension: extension.to_owned(),
                    state: LegState::Ringing,
                    answered_at: None,
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
    pub(super) fn popup_for(&self, agent_code: &str, hub: &Hub) -> Option<String> {
        let Search::Done(profile) = &self.search else { return None };
        let leg =
            self.legs.iter().find(|leg| leg.pushed && hub.agent_of(&leg.extension) == Some(agent_code))?;
        let view = popup::call_json(&self.info, leg.state, leg.answered_at, self.uncertain);
        Some(profile.popup(&view))
    }

    /// The record of the ended call.
    pub(super) fn into_record(self, hub: &Hub) -> Option<CallRecord> {
        let ended = self.ended?;
        let customer_code = match self.search {
            Search::Done(profile) => profile.customer_code.clone(),
            _ => None,
        };
        let extension = ended.answered_by.last().cloned().or(self.last_rang);
        let agent_code = extension.as_deref().and_then(|e| hub.agent_of(e)).map(str::to_owned);
        let call = ended.call;
        Some(CallRecord {
            call_id: call.call_id.to_string(),
            direction: direction_word(call.direction).to_owned(),
            caller_kind: call.caller.kind().to_owned(),
            caller_e164: call.caller.number().map(|n| n.e164().to_owned()),
            called: call.called,
            queue: call.queue,
            customer_code,
            customer_name: None,
            agent_code,
            extension,
            started_at: call.started_at,
            answered_at: ended.answered_at,
            ended_at: Some(ended.ended_at),
            outcome: Some(outcome_word(ended.outcome).to_owned()),
            ring_seconds: Some(i64::from(ended.ring_seconds)),
            talk_seconds: Some(i64::from(ended.talk_seconds)),
            hold_seconds: Some(i64::from(ended.hold_seconds)),
            uncertain: ended.uncertain || self.uncertain,
        })
    }
}

/// Applies one change: keeps the call's state and pushes what it means.
pub(super) fn on_change(bridge: &mut Bridge, change: CallChange) {
    match change {
        CallChange::Ringing { call, extension, at: _, uncertain } => {
            ringing(bridge, call, &extension, uncertain);
        }
        CallChange::Answered { call, extension, at } => answered(bridge, call, &extension, at),
        CallChange::Dismissed { call_id, extension, reason, at } => {
            dismissed(bridge, call_id, &extension, reason, at);
        }
        CallChange::Held { call_id, extension, at } => {
            held(bridge, call_id, &extension, at, LegState::Held, PushKind::CallHeld);
        }
        CallChange::Resumed { call_id, extension, at } => {
            held(bridge, call_id, &extension, at, LegState::Answered, PushKind::CallResumed);
        }
        CallChange::CallerChanged { call } => caller_changed(bridge, call),
        CallChange::Ended(ended) => on_ended(bridge, ended),
    }
}

fn ringing(bridge: &mut Bridge, info: CallInfo, extension: &str, uncertain: bool) {
    let call_id = info.call_id;
    tracing::info!(%call_id, extension, caller = info.caller.kind(), "ringing");
    let call = bridge.calls.entry(call_id).or_insert_with(|| LiveCall::new(info.clone()));
    call.info = info;
    // Whoever has the pop-up already learns that the call is uncertain now.
    call.outdated |= uncertain && !call.uncertain;
    call.uncertain |= uncertain;
    call.last_rang = Some(extension.to_owned());
    call.leg(extension).state = LegState::Ringing;
    search_or_show(bridge, call_id);
}

/// Begins the lookup, once a call; when it has ended already, whoever has no pop-up yet gets it now.
fn search_or_show(bridge: &mut Bridge, call_id: CallId) {
    match bridge.calls.get(&call_id).map(|call| &call.search) {
        Some(Search::Idle) => bridge.search(call_id),
        Some(Search::Done(_)) => bridge.show(call_id),
        Some(Search::Running(_)) | None => {}
    }
}

fn answered(bridge: &mut Bridge, info: CallInfo, extension: &str, at: DateTime<Utc>) {
    let call_id = info.call_id;
    tracing::info!(%call_id, extension, "answered");
    let call = bridge.calls.entry(call_id).or_insert_with(|| LiveCall::new(info.clone()));
    call.info = info;
    let leg = call.leg(extension);
    leg.state = LegState::Answered;
    leg.answered_at = Some(at);
    if leg.pushed {
        let data = format!("{{\"call_id\":\"{call_id}\",\"answered_at\":\"{}\"}}", stamp(at));
        push(bridge, extension, PushKind::CallAnswered, at, &data);
    } else {
        search_or_show(bridge, call_id);
    }
}

fn dismissed(
    bridge: &mut Bridge,
    call_id: CallId,
    extension: &str,
    reason: DismissReason,
    at: DateTime<Utc>,
) {
    let Some(call) = bridge.calls.get_mut(&call_id) else { return };
    let Some(at_leg) = call.legs.iter().position(|leg| leg.extension == extension) else { return };
    let leg = call.legs.swap_remove(at_leg);
    tracing::info!(%call_id, extension, reason = dismiss_word(reason), "dismissed");
    // A ring that stopped before its lookup ended was never seen, so there is nothing to take away.
    if leg.pushed {
        let data = format!("{{\"call_id\":\"{call_id}\",\"reason\":\"{}\"}}", dismiss_word(reason));
        push(bridge, extension, PushKind::CallDismissed, at, &data);
    }
}

fn held(
    bridge: &mut Bridge,
    call_id: CallId,
    extension: &str,
    at: DateTime<Utc>,
    state: LegState,
    kind: PushKind,
) {
    let Some(call) = bridge.calls.get_mut(&call_id) else { return };
    let Some(leg) = call.legs.iter_mut().find(|leg| leg.extension == extension) else { return };
    leg.state = state;
    if leg.pushed {
        push(bridge, extension, kind, at, &format!("{{\"call_id\":\"{call_id}\",\"at\":\"{}\"}}", stamp(at)));
    }
}

fn caller_changed(bridge: &mut Bridge, info: CallInfo) {
    let call_id = info.call_id;
    let Some(call) = bridge.calls.get_mut(&call_id) else { return };
    let same_caller = call.info.caller == info.caller;
    call.info = info;
    call.outdated = true;
    match (same_caller, &call.search) {
        (true, Search::Done(_)) => bridge.show(call_id),
        (true, Search::Running(_)) | (_, Search::Idle) => {}
        (false, _) => bridge.search(call_id),
    }
}

fn on_ended(bridge: &mut Bridge, ended: EndedCall) {
    let call_id = ended.call.call_id;
    let outcome = outcome_word(ended.outcome);
    tracing::info!(%call_id, outcome, uncertain = ended.uncertain, "ended");
    bridge.metrics.calls.get_or_create(&Kind { kind: outcome }).inc();
    let call = bridge.calls.entry(call_id).or_insert_with(|| LiveCall::new(ended.call.clone()));
    let data = format!(
        "{{\"call_id\":\"{call_id}\",\"outcome\":\"{outcome}\",\"ended_at\":\"{}\",\"talk_seconds\":{},\"uncertain\":{}}}",
        stamp(ended.ended_at),
        ended.talk_seconds,
        ended.uncertain,
    );
    let at = ended.ended_at;
    let seen: Vec<String> = call.legs.drain(..).filter(|leg| leg.pushed).map(|leg| leg.extension).collect();
    call.ended = Some(ended);
    for extension in seen {
        push(bridge, &extension, PushKind::CallEnded, at, &data);
    }
    match bridge.calls.get(&call_id).map(|call| &call.search) {
        Some(Search::Done(_)) => bridge.record(call_id),
        // Nobody's phone rang, so nobody was looked up; the record still names the customer.
        Some(Search::Idle) => bridge.search(call_id),
        Some(Search::Running(_)) | None => {}
    }
}

fn push(bridge: &mut Bridge, extension: &str, kind: PushKind, at: DateTime<Utc>, data: &str) {
    if let Some(agent_code) = bridge.hub.agent_of(extension).map(str::to_owned) {
        bridge.hub.push(&agent_code, kind, at, data);
    }
}

/// The word of `docs/protocol.md`.
pub(crate) const fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "internal",
    }
}

/// The word of `docs/protocol.md`.
pub(crate) const fn outcome_word(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::Completed => "completed",
        CallOutcome::Abandoned => "abandoned",
        CallOutcome::NoAnswer => "no_answer",
        CallOutcome::Busy => "busy",
        CallOutcome::Failed => "failed",
        CallOutcome::Unknown => "unknown",
    }
}

/// The word of `docs/protocol.md`.
pub(crate) const fn dismiss_word(reason: DismissReason) -> &'static str {
    match reason {
        DismissReason::AnsweredElsewhere => "answered_elsewhere",
        DismissReason::NoAnswer => "no_answer",
        DismissReason::CallerHungUp => "caller_hung_up",
        DismissReason::Transferred => "transferred",
        DismissReason::Rejected => "rejected",
        DismissReason::Lost => "lost",
    }
}
