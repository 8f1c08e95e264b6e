//! Call progress: how each change affects the agents' pop-ups, and what is pushed.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Bridge;
use super::active_call::{ActiveCall, Leg, Search};
use crate::call::{CallChange, CallId, CallInfo, Direction, DismissReason, EndedCall};
use crate::events_out::EventKind;
use crate::hub::push::{CallAnswered, CallDismissed, CallEnded, CallMoment, Push};
use crate::metrics::Kind;
use crate::popup::{LegState, Line};
use crate::protocol::Stamp;

/// Applies one change: keeps the call's state and pushes it to the agents.
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
        CallChange::Left { call_id, extension, at: _ } => left(bridge, call_id, &extension),
        CallChange::Held { call_id, extension, at } => {
            let push = Push::CallHeld(CallMoment { call_id, at: Stamp(at) });
            held(bridge, call_id, &extension, at, LegState::Held, &push);
        }
        CallChange::Resumed { call_id, extension, at } => {
            let push = Push::CallResumed(CallMoment { call_id, at: Stamp(at) });
            held(bridge, call_id, &extension, at, LegState::Answered, &push);
        }
        CallChange::CallerChanged { call } => caller_changed(bridge, call),
        CallChange::Ended(ended) => on_ended(bridge, source, ended),
    }
}

/// The call, which may be new.
fn active<'b>(bridge: &'b mut Bridge, info: &CallInfo, source: usize) -> &'b mut ActiveCall {
    let controls = bridge.sources.get(source).map(|source| source.controls.clone()).unwrap_or_default();
    bridge.calls.entry(info.call_id).or_insert_with(|| ActiveCall::new(info.clone(), source, controls))
}

/// The company's line that an incoming call came in on, if the number called is known and is that of a line.
fn line_of(bridge: &Bridge, info: &CallInfo) -> Option<Arc<Line>> {
    let called = info.called.as_deref().filter(|_| info.direction == Direction::Inbound)?;
    bridge.lines.of(called)
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
    tracing::info!(%call_id, extension, caller = info.caller.kind().as_str(), "{what}");
    let agent_code = bridge.hub.agent_of(extension).map(str::to_owned);
    let line = line_of(bridge, &info);
    let call = active(bridge, &info, source);
    call.is_now(info, line);
    // Agents who have the pop-up already learn that the call is uncertain now.
    call.outdated |= uncertain && !call.uncertain;
    call.uncertain |= uncertain;
    call.last_rang = Some(extension.to_owned());
    call.leg(extension).state = state;
    call.joined_by(agent_code.as_deref());
    search_or_show(bridge, call_id);
}

/// Begins the lookup, once a call. When it has ended already, agents without a pop-up get it now.
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
    let agent_code = bridge.hub.agent_of(extension).map(str::to_owned);
    let line = line_of(bridge, &info);
    let call = active(bridge, &info, source);
    call.is_now(info, line);
    let leg = call.leg(extension);
    leg.state = LegState::Answered;
    leg.answered_at = Some(at);
    let pushed = leg.pushed;
    call.joined_by(agent_code.as_deref());
    bridge.presence_on_call(extension, call_id, at);
    if pushed {
        let answered = CallAnswered { call_id, answered_at: Stamp(at) };
        push(bridge, extension, at, &Push::CallAnswered(answered));
        bridge.tell_others(EventKind::Answered, call_id, extension, at);
    } else {
        search_or_show(bridge, call_id);
    }
}

/// The agent no longer talks; the pop-up stays.
fn left(bridge: &mut Bridge, call_id: CallId, extension: &str) {
    let Some(call) = bridge.calls.get_mut(&call_id) else { return };
    let Some(leg) = call.legs.iter_mut().find(|leg| leg.extension == extension) else { return };
    leg.left = true;
    let direction = call.info.direction;
    tracing::info!(%call_id, extension, "left");
    bridge.presence_off_call(extension, call_id, direction);
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
    tracing::info!(%call_id, extension, reason = reason.word(), "dismissed");
    // A ring that stopped before its lookup ended was never seen, so there is nothing to take away.
    if leg.pushed {
        push(bridge, extension, at, &Push::CallDismissed(CallDismissed { call_id, reason }));
    }
    if leg.talks() {
        bridge.presence_off_call(extension, call_id, direction);
    }
}

fn held(
    bridge: &mut Bridge,
    call_id: CallId,
    extension: &str,
    at: DateTime<Utc>,
    state: LegState,
    push: &Push<'_>,
) {
    let Some(call) = bridge.calls.get_mut(&call_id) else { return };
    let Some(leg) = call.legs.iter_mut().find(|leg| leg.extension == extension) else { return };
    leg.state = state;
    if leg.pushed {
        self::push(bridge, extension, at, push);
    }
}

fn caller_changed(bridge: &mut Bridge, info: CallInfo) {
    let call_id = info.call_id;
    let line = line_of(bridge, &info);
    let Some(call) = bridge.calls.get_mut(&call_id) else { return };
    let same_caller = call.info.caller == info.caller && call.info.customer_code == info.customer_code;
    call.is_now(info, line);
    call.outdated = true;
    match (same_caller, &call.search) {
        (true, Search::Done(_)) => bridge.show(call_id),
        (true, Search::Running(_)) | (_, Search::Idle) => {}
        (false, _) => bridge.search(call_id),
    }
}

fn on_ended(bridge: &mut Bridge, source: usize, ended: EndedCall) {
    let call_id = ended.call.call_id;
    let outcome = ended.outcome.as_str();
    tracing::info!(%call_id, outcome, uncertain = ended.uncertain, "ended");
    bridge.metrics.calls.get_or_create(&Kind { kind: outcome }).inc();
    let call = active(bridge, &ended.call, source);
    let push_ended = Push::CallEnded(CallEnded {
        call_id,
        outcome: ended.outcome,
        ended_at: Stamp(ended.ended_at),
        talk_seconds: ended.talk_seconds,
        uncertain: ended.uncertain,
    });
    let at = ended.ended_at;
    let direction = ended.call.direction;
    let legs: Vec<Leg> = call.legs.drain(..).collect();
    call.ended = Some(ended);
    for leg in legs {
        if leg.pushed {
            push(bridge, &leg.extension, at, &push_ended);
        }
        if leg.talks() {
            bridge.presence_off_call(&leg.extension, call_id, direction);
        }
    }
    match bridge.calls.get(&call_id).map(|call| &call.search) {
        Some(Search::Done(_)) => bridge.record(call_id),
        // No phone rang, so the caller was not looked up; the record still names the customer.
        Some(Search::Idle) => bridge.search(call_id),
        Some(Search::Running(_)) | None => {}
    }
}

fn push(bridge: &mut Bridge, extension: &str, at: DateTime<Utc>, push: &Push<'_>) {
    if let Some(agent_code) = bridge.hub.agent_of(extension).map(str::to_owned) {
        bridge.hub.push(&agent_code, at, push);
    }
}
