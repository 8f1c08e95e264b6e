//! What other systems are told of calls: into the outbox, from where `sender` posts it, and to those who listen over a
//! WebSocket.

mod sender;

use chrono::{DateTime, Utc};
use shared::call::CallDirection;
use shared::store::{CallEffects, CallRecord, StoreError, Transaction};

use super::Bridge;
use super::active_call::Leg;
use super::write::{Change, Rules};
use crate::call::CallId;
use crate::events_out::{CallEvent, EventField, EventKind};
use crate::hub::push::Push;
use crate::permission::Permission;
use crate::popup::LegState;
pub(crate) use sender::Sender;

/// The event for an agent's first pop-up of a call. An outgoing call is announced when the other party answers.
pub(super) fn begun(leg: &Leg) -> Option<EventKind> {
    match leg.state {
        LegState::Ringing => Some(EventKind::Ringing),
        LegState::Answered | LegState::Held => Some(EventKind::Answered),
        LegState::Dialing => None,
    }
}

impl Bridge {
    /// Tells what happened to a running call on an agent's phone.
    pub(super) fn tell_others(
        &mut self,
        kind: EventKind,
        call_id: CallId,
        extension: &str,
        at: DateTime<Utc>,
    ) {
        let Some(call) = self.calls.get(&call_id) else { return };
        let source = self.sources.get(call.source).map(|source| source.name.clone());
        let answered_at =
            call.legs.iter().find(|leg| leg.extension == extension).and_then(|leg| leg.answered_at);
        let record = CallRecord {
            extension: Some(extension.to_owned()),
            agent_code: self.hub.agent_of(extension).map(str::to_owned),
            answered_at,
            customer_name: call.customer_name().map(str::to_owned),
            ..call.record_so_far(&self.hub, source)
        };
        let event = CallEvent::of(kind, at, record);
        self.tell_listeners(&event);
        self.recorder.event(event);
    }

    /// Pushes an event to those who listen.
    pub(super) fn tell_listeners(&mut self, event: &CallEvent) {
        for looks_up in [true, false] {
            let customer = looks_up.then_some(EventField::Customer);
            let seen = event.only(&customer.into_iter().chain([EventField::Number]).collect());
            self.hub.push_seen(Permission::CallsListen, looks_up, event.timestamp, &Push::CallEvent(&seen));
        }
    }
}

/// Puts the end of a call into the outbox, in the transaction that records it.
pub(super) fn ended(
    tx: &mut Transaction<'_>,
    call: &CallRecord,
    effects: &CallEffects,
    rules: &Rules,
) -> Result<Vec<CallEvent>, StoreError> {
    let Some(ended_at) = call.ended_at else { return Ok(Vec::new()) };
    // What agents have said counts more than what the loop knows.
    let Some(stored) = tx.call(&call.call_id)? else { return Ok(Vec::new()) };
    let is_missed = call.direction == CallDirection::Inbound
        && stored.answered_at.is_none()
        && !effects.missed.is_empty();
    let kinds = [Some(EventKind::Ended), is_missed.then_some(EventKind::Missed)];
    let events = kinds.into_iter().flatten().map(|kind| CallEvent::of(kind, ended_at, stored.clone()));
    send(tx, events.collect(), rules)
}

/// Puts after-call work that is done into the outbox, in the transaction that keeps it.
pub(super) fn wrapped_up(
    tx: &mut Transaction<'_>,
    changes: &[Change],
    rules: &Rules,
) -> Result<Vec<CallEvent>, StoreError> {
    let mut events = Vec::new();
    for change in changes {
        if let Change::WrappedUp { call_id, .. } = change
            && let Some(call) = tx.call(call_id)?
        {
            events.push(CallEvent::of(EventKind::Wrapup, call.wrapped_at.unwrap_or(rules.now), call));
        }
    }
    send(tx, events, rules)
}

fn send(
    tx: &mut Transaction<'_>,
    events: Vec<CallEvent>,
    rules: &Rules,
) -> Result<Vec<CallEvent>, StoreError> {
    for event in &events {
        rules.events.send(tx, event, rules.now)?;
    }
    Ok(events)
}
