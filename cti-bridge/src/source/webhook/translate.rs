//! Events to call signals, without I/O. A cloud PBX reports less than a channel-level interface: that the other phones stop
//! ringing when one answers, and that the end of a call ends all its channels, is added here.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use chrono::{DateTime, Utc};

use super::{EventKind, WebhookEvent};
use crate::call::{
    CallSignal, Caller, ChannelId, ChannelState, DialResult, Direction, GoneCause, Party, Role,
};

/// Most phones of one call; further ones are skipped.
const PHONES_MAX: usize = 200;

/// What happened to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was translated.
    Translated,
    /// An event with this id was translated before.
    Duplicate,
}

/// Turns the events of one sender into signals.
#[derive(Debug)]
pub struct WebhookTranslator {
    calls: HashMap<String, Call>,
    /// Calls by the time of their latest event.
    by_age: BTreeMap<(DateTime<Utc>, String), ()>,
    event_ids: HashSet<String>,
    event_id_order: VecDeque<String>,
    calls_max: usize,
    event_ids_max: usize,
}

#[derive(Debug)]
struct Call {
    latest_at: DateTime<Utc>,
    /// Extensions whose phones take part, and whether each has answered.
    phones: BTreeMap<String, bool>,
}

impl WebhookTranslator {
    /// A translator that knows no call yet.
    #[must_use]
    pub fn new(calls_max: usize, event_ids_max: usize) -> Self {
        Self {
            calls: HashMap::new(),
            by_age: BTreeMap::new(),
            event_ids: HashSet::new(),
            event_id_order: VecDeque::new(),
            calls_max: calls_max.max(1),
            event_ids_max: event_ids_max.max(1),
        }
    }

    /// How many calls and event ids are remembered.
    #[must_use]
    pub fn remembered(&self) -> (usize, usize) {
        (self.calls.len(), self.event_ids.len())
    }

    /// Translates an event.
    pub fn translate(
        &mut self,
        event: &WebhookEvent,
        now: DateTime<Utc>,
        out: &mut Vec<CallSignal>,
    ) -> Outcome {
        if !self.remember_event(&event.event_id) {
            return Outcome::Duplicate;
        }
        if event.kind == EventKind::Ended {
            self.ended(event, out);
            return Outcome::Translated;
        }
        self.touch(&event.call_id, now, out);
        self.introduce_far_end(event, out);
        match (&event.extension, event.kind) {
            (Some(extension), kind) => self.phone(event, extension, kind, out),
            (None, EventKind::Answered) => self.answered_without_extension(event, out),
            (None, _) => {}
        }
        if event.kind == EventKind::Transferred {
            self.transferred(event, out);
        }
        Outcome::Translated
    }

    /// Closes calls without an event since this time.
    pub fn close_idle(&mut self, since: DateTime<Utc>) -> Vec<CallSignal> {
        let mut out = Vec::new();
        while let Some((key, ())) = self.by_age.first_key_value()
            && key.0 < since
        {
            let call_id = key.1.clone();
            self.close(&call_id, &mut out);
        }
        out
    }

    fn remember_event(&mut self, event_id: &str) -> bool {
        if !self.event_ids.insert(event_id.to_owned()) {
            return false;
        }
        self.event_id_order.push_back(event_id.to_owned());
        while self.event_id_order.len() > self.event_ids_max {
            if let Some(oldest) = self.event_id_order.pop_front() {
                self.event_ids.remove(&oldest);
            }
        }
        true
    }

    fn touch(&mut self, call_id: &str, now: DateTime<Utc>, out: &mut Vec<CallSignal>) {
        let call = self
            .calls
            .entry(call_id.to_owned())
            .or_insert_with(|| Call { latest_at: now, phones: BTreeMap::new() });
        self.by_age.remove(&(call.latest_at, call_id.to_owned()));
        call.latest_at = now;
        self.by_age.insert((now, call_id.to_owned()), ());
        while self.calls.len() > self.calls_max
            && let Some((key, ())) = self.by_age.first_key_value()
        {
            let oldest = key.1.clone();
            self.close(&oldest, out);
        }
    }

    /// Introduces the outside party; an internal call has none.
    fn introduce_far_end(&self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        let channel = far_end(&event.call_id);
        let (role, caller) = match event.direction {
            Direction::Inbound => (Role::Origin, Some(Caller::Known(event.caller.clone()))),
            Direction::Outbound => (Role::Destination, None),
            Direction::Internal => return,
        };
        if event.direction == Direction::Outbound
            && let Some(extension) = &event.extension
        {
            // The agent who calls out comes first: the call is theirs.
            out.push(introduction(
                phone(&event.call_id, extension),
                agent(extension),
                Role::Origin,
                event,
                None,
            ));
        }
        out.push(introduction(channel.clone(), Party::Outside, role, event, caller));
        if let Some(queue) = &event.queue {
            out.push(CallSignal::QueueJoin { channel: channel.clone(), queue: queue.clone() });
        }
        if let Some(code) = &event.customer_code {
            out.push(CallSignal::CustomerCode { channel, customer_code: code.clone() });
        }
    }

    fn phone(&mut self, event: &WebhookEvent, extension: &str, kind: EventKind, out: &mut Vec<CallSignal>) {
        let Some(call) = self.calls.get_mut(&event.call_id) else { return };
        if call.phones.len() >= PHONES_MAX && !call.phones.contains_key(extension) {
            return;
        }
        let channel = phone(&event.call_id, extension);
        let answered = call.phones.entry(extension.to_owned()).or_insert(false);
        match kind {
            EventKind::Ringing => ring(event, extension, out),
            EventKind::Answered if event.direction == Direction::Outbound => {
                *answered = true;
                out.push(up(far_end(&event.call_id)));
                join(&event.call_id, [channel], out);
            }
            EventKind::Answered => {
                *answered = true;
                ring(event, extension, out);
                out.push(up(channel.clone()));
                join(&event.call_id, [channel], out);
                stop_other_phones(call, &event.call_id, extension, out);
            }
            EventKind::Held => out.push(CallSignal::Hold { channel }),
            EventKind::Resumed => out.push(CallSignal::Unhold { channel }),
            EventKind::NoAnswer | EventKind::Busy => {
                let result = if kind == EventKind::Busy { DialResult::Busy } else { DialResult::NoAnswer };
                call.phones.remove(extension);
                out.push(CallSignal::DialEnd { destination: channel.clone(), result });
                let cause = if kind == EventKind::Busy { GoneCause::Busy } else { GoneCause::NoAnswer };
                out.push(CallSignal::Gone { channel, cause });
            }
            EventKind::Dialing | EventKind::Transferred | EventKind::Ended => {}
        }
    }

    /// The call was answered, but the sender does not say by whom. If only one phone rings, it is that one.
    fn answered_without_extension(&mut self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        if event.direction == Direction::Outbound {
            let phones = self.calls.get(&event.call_id).into_iter().flat_map(|call| call.phones.keys());
            out.push(up(far_end(&event.call_id)));
            return join(&event.call_id, phones.map(|extension| phone(&event.call_id, extension)), out);
        }
        let Some(call) = self.calls.get_mut(&event.call_id) else { return };
        let ringing: Vec<String> =
            call.phones.iter().filter(|(_, answered)| !**answered).map(|(e, _)| e.clone()).collect();
        if let [only] = ringing.as_slice() {
            call.phones.insert(only.clone(), true);
            out.push(up(phone(&event.call_id, only)));
            join(&event.call_id, [phone(&event.call_id, only)], out);
        }
    }

    fn transferred(&mut self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        let Some(to) = &event.to_extension else { return };
        let Some(call) = self.calls.get_mut(&event.call_id) else { return };
        let by: Vec<ChannelId> = match &event.extension {
            Some(extension) => {
                call.phones.remove(extension);
                vec![phone(&event.call_id, extension)]
            }
            // Everybody who had the call transferred it.
            None => {
                let had: Vec<String> =
                    call.phones.iter().filter(|(_, answered)| **answered).map(|(e, _)| e.clone()).collect();
                had.iter().for_each(|extension| {
                    call.phones.remove(extension);
                });
                had.iter().map(|extension| phone(&event.call_id, extension)).collect()
            }
        };
        call.phones.entry(to.clone()).or_insert(false);
        out.push(CallSignal::Transferred { by: by.clone() });
        ring(event, to, out);
        out.extend(by.into_iter().map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
    }

    fn ended(&mut self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        if !self.calls.contains_key(&event.call_id) {
            return;
        }
        let answered = self.calls.get(&event.call_id).is_some_and(|call| call.phones.values().any(|a| *a));
        if event.caller_hung_up || !answered {
            out.push(CallSignal::HungUp { channel: far_end(&event.call_id), cause: GoneCause::Normal });
        }
        self.close(&event.call_id, out);
    }

    fn close(&mut self, call_id: &str, out: &mut Vec<CallSignal>) {
        let Some(call) = self.calls.remove(call_id) else { return };
        self.by_age.remove(&(call.latest_at, call_id.to_owned()));
        let phones = call.phones.keys().map(|extension| phone(call_id, extension));
        let channels = phones.chain([far_end(call_id)]);
        out.extend(channels.map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
    }
}

/// An agent's phone starts to ring for this call.
fn ring(event: &WebhookEvent, extension: &str, out: &mut Vec<CallSignal>) {
    let channel = phone(&event.call_id, extension);
    out.push(introduction(channel.clone(), agent(extension), Role::Destination, event, None));
    let source = Some(far_end(&event.call_id));
    out.push(CallSignal::DialBegin { source, destination: channel.clone(), dialled: None });
    out.push(CallSignal::State { channel, state: ChannelState::Ringing });
}

/// These phones and the far end hear each other.
fn join(call_id: &str, phones: impl IntoIterator<Item = ChannelId>, out: &mut Vec<CallSignal>) {
    for channel in phones.into_iter().chain([far_end(call_id)]) {
        out.push(CallSignal::BridgeEnter { channel, bridge: far_end(call_id) });
    }
}

/// One phone answered: the others stop.
fn stop_other_phones(call: &mut Call, call_id: &str, extension: &str, out: &mut Vec<CallSignal>) {
    let ringing: Vec<String> = call
        .phones
        .iter()
        .filter(|(other, answered)| other.as_str() != extension && !**answered)
        .map(|(other, _)| other.clone())
        .collect();
    for other in ringing {
        call.phones.remove(&other);
        out.push(CallSignal::Gone { channel: phone(call_id, &other), cause: GoneCause::AnsweredElsewhere });
    }
}

fn introduction(
    channel: ChannelId,
    party: Party,
    role: Role,
    event: &WebhookEvent,
    caller: Option<Caller>,
) -> CallSignal {
    CallSignal::ChannelSeen {
        linked: Some(far_end(&event.call_id)),
        channel,
        party,
        role,
        state: ChannelState::Idle,
        dialled: event.called.clone().filter(|_| role == Role::Origin),
        caller,
        uncertain: false,
    }
}

fn up(channel: ChannelId) -> CallSignal {
    CallSignal::State { channel, state: ChannelState::Up }
}

fn agent(extension: &str) -> Party {
    Party::Agent { extension: extension.to_owned() }
}

fn far_end(call_id: &str) -> ChannelId {
    ChannelId::from(call_id)
}

fn phone(call_id: &str, extension: &str) -> ChannelId {
    ChannelId::from(format!("{call_id}/{extension}").as_str())
}
