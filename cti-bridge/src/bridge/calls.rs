//! Every change of a call: what becomes of its agents' pop-ups, and what is pushed.

use chrono::{DateTime, Utc};

use super::Bridge;
use super::live::{Leg, LiveCall, Search};
use crate::agent::protocol::{PushKind, stamp};
use crate::call::{CallChange, CallId, CallInfo, CallOutcome, Direction, DismissReason, EndedCall};
use crate::metrics::Kind;
use crate::popup::LegState;

/// Applies one change: keeps the call's state and pushes what it means.
pub(super) fn on_change(bridge: &mut Bridge, source: usize, change: CallChange) {
    match change {
        CallChange::Ringing { call, extension, at: _, uncertain } => {
            begins(bridge, source, call, &extension, LegState::Ringing, uncertain);
        }
        CallChange::Placed { call, extension, at: _, uncertain } => {
            begins(bridge, source, call, &extension, LegState::Dialing, uncertain);
        }
        CallChange::Answered { call, extension, at } => answered(bridge, source, call, &extension, at),
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
        CallChange::Ended(ended) => on_ended(bridge, source, ended),
    }
}

/// An agent's phone rings, or an agent calls out.
fn begins(
    bridge: &mut Bridge,
    source: usize,
    info: CallInfo,
    extension: &str,
    state: LegState,
    uncertain: bool,
) {
    let call_id = info.call_id;
    let what = if state == LegState::Ringing { "ringing" } else { "dialing" };
    tracing::info!(%call_id, extension, caller = info.caller.kind(), "{what}");
    let call = bridge.calls.entry(call_id).or_insert_with(|| LiveCall::new(info.clone(), source));
    call.info = info;
    // Whoever has the pop-up already learns that the call is uncertain now.
    call.outdated |= uncertain && !call.uncertain;
    call.uncertain |= uncertain;
    call.last_rang = Some(extension.to_owned());
    call.leg(extension).state = state;
    if bridge.hub.agent_of(extension).is_some() {
        bridge.phones_seen.insert(extension.to_owned(), source);
    }
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

fn answered(bridge: &mut Bridge, source: usize, info: CallInfo, extension: &str, at: DateTime<Utc>) {
    let call_id = info.call_id;
    tracing::info!(%call_id, extension, "answered");
    let call = bridge.calls.entry(call_id).or_insert_with(|| LiveCall::new(info.clone(), source));
    call.info = info;
    let leg = call.leg(extension);
    leg.state = LegState::Answered;
    leg.answered_at = Some(at);
    let pushed = leg.pushed;
    bridge.presence_on_call(extension, call_id, at);
    if pushed {
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
    let direction = call.info.direction;
    tracing::info!(%call_id, extension, reason = dismiss_word(reason), "dismissed");
    // A ring that stopped before its lookup ended was never seen, so there is nothing to take away.
    if leg.pushed {
        let data = format!("{{\"call_id\":\"{call_id}\",\"reason\":\"{}\"}}", dismiss_word(reason));
        push(bridge, extension, PushKind::CallDismissed, at, &data);
    }
    if leg.answered_at.is_some() {
        bridge.presence_off_call(extension, call_id, direction);
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
    let same_caller = call.info.caller == info.caller && call.info.customer_code == info.customer_code;
    call.info = info;
    call.outdated = true;
    match (same_caller, &call.search) {
        (true, Search::Done(_)) => bridge.show(call_id),
        (true, Search::Running(_)) | (_, Search::Idle) => {}
        (false, _) => bridge.search(call_id),
    }
}

fn on_ended(bridge: &mut Bridge, source: usize, ended: EndedCall) {
    let call_id = ended.call.call_id;
    let outcome = outcome_word(ended.outcome);
    tracing::info!(%call_id, outcome, uncertain = ended.uncertain, "ended");
    bridge.metrics.calls.get_or_create(&Kind { kind: outcome }).inc();
    let call = bridge.calls.entry(call_id).or_insert_with(|| LiveCall::new(ended.call.clone(), source));
    let data = format!(
        "{{\"call_id\":\"{call_id}\",\"outcome\":\"{outcome}\",\"ended_at\":\"{}\",\"talk_seconds\":{},\"uncertain\":{}}}",
        stamp(ended.ended_at),
        ended.talk_seconds,
        ended.uncertain,
    );
    let at = ended.ended_at;
    let direction = ended.call.direction;
    let legs: Vec<Leg> = call.legs.drain(..).collect();
    call.ended = Some(ended);
    for leg in legs {
        if leg.pushed {
            push(bridge, &leg.extension, PushKind::CallEnded, at, &data);
        }
        if leg.answered_at.is_some() {
            bridge.presence_off_call(&leg.extension, call_id, direction);
        }
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
