//! Events to call signals, without I/O. A cloud telephone system tells less than a channel-level interface: that the
//! other phones stop ringing when one answers, and that a call's end takes everything with it, is added here.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use chrono::{DateTime, Utc};

use super::{EventKind, WebhookEvent};
use crate::call::{
    CallSignal, Caller, ChannelId, ChannelState, DialResult, Direction, GoneCause, Party, Role,
};

/// Phones of one call at most; further ones are passed over.
const PHONES_MAX: usize = 200;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was translated.
    Translated,
    /// An event with this id came before.
    Known,
}

/// Turns the events of one sender into signals.
#[derive(Debug)]
pub struct WebhookTranslator {
    calls: HashMap<String, Call>,
    /// Calls by when they were heard of last.
    by_age: BTreeMap<(DateTime<Utc>, String), ()>,
    seen: HashSet<String>,
    seen_order: VecDeque<String>,
    calls_max: usize,
    event_ids_max: usize,
}

#[derive(Debug)]
struct Call {
    heard_at: DateTime<Utc>,
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
            seen: HashSet::new(),
            seen_order: VecDeque::new(),
            calls_max: calls_max.max(1),
            event_ids_max: event_ids_max.max(1),
        }
    }

    /// How many calls and event ids are remembered.
    #[must_use]
    pub fn remembered(&self) -> (usize, usize) {
        (self.calls.len(), self.seen.len())
    }

    /// Translates an event.
    pub fn translate(
        &mut self,
        event: &WebhookEvent,
        now: DateTime<Utc>,
        out: &mut Vec<CallSignal>,
    ) -> Outcome {
        if !self.remember_event(&event.event_id) {
            return Outcome::Known;
        }
        if event.kind == EventKind::Ended {
            self.ended(event, out);
            return Outcome::Translated;
        }
        self.hear(&event.call_id, now, out);
        self.see_far_end(event, out);
        match (&event.extension, event.kind) {
            (Some(extension), kind) => self.phone(event, extension, kind, out),
            (None, EventKind::Answered) => self.answered_by_nobody_known(event, out),
            (None, _) => {}
        }
        if event.kind == EventKind::Transferred {
            self.transferred(event, out);
        }
        Outcome::Translated
    }

    /// Closes calls of which nothing was heard since.
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
        if !self.seen.insert(event_id.to_owned()) {
            return false;
        }
        self.seen_order.push_back(event_id.to_owned());
        while self.seen_order.len() > self.event_ids_max {
            if let Some(oldest) = self.seen_order.pop_front() {
                self.seen.remove(&oldest);
            }
        }
        true
    }

    fn hear(&mut self, call_id: &str, now: DateTime<Utc>, out: &mut Vec<CallSignal>) {
        let call = self
            .calls
            .entry(call_id.to_owned())
            .or_insert_with(|| Call { heard_at: now, phones: BTreeMap::new() });
        self.by_age.remove(&(call.heard_at, call_id.to_owned()));
        call.heard_at = now;
        self.by_age.insert((now, call_id.to_owned()), ());
        while self.calls.len() > self.calls_max
            && let Some((key, ())) = self.by_age.first_key_value()
        {
            let oldest = key.1.clone();
            self.close(&oldest, out);
        }
    }

    /// The line to the outside, or, of an internal call, whoever calls.
    fn see_far_end(&self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        let channel = far_end(&event.call_id);
        let (role, caller) = match event.direction {
            Direction::Inbound => (Role::Origin, Some(Caller::Known(event.caller.clone()))),
            Direction::Outbound => (Role::Destination, None),
            Direction::Internal => return,
        };
        if event.direction == Direction::Outbound
            && let Some(extension) = &event.extension
        {
            // Who calls out comes first: the call is theirs.
            out.push(seen(phone(&event.call_id, extension), agent(extension), Role::Origin, event, None));
        }
        out.push(seen(channel.clone(), Party::Outside, role, event, caller));
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
            EventKind::Ringing => begin(event, extension, out),
            EventKind::Answered if event.direction == Direction::Outbound => {
                *answered = true;
                out.push(up(far_end(&event.call_id)));
            }
            EventKind::Answered => {
                *answered = true;
                begin(event, extension, out);
                out.push(up(channel));
                others_stop(call, &event.call_id, extension, out);
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

    /// Somebody answered, and the sender does not say who: if only one phone rings it is that one.
    fn answered_by_nobody_known(&mut self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        if event.direction == Direction::Outbound {
            return out.push(up(far_end(&event.call_id)));
        }
        let Some(call) = self.calls.get_mut(&event.call_id) else { return };
        let ringing: Vec<String> =
            call.phones.iter().filter(|(_, answered)| !**answered).map(|(e, _)| e.clone()).collect();
        if let [only] = ringing.as_slice() {
            call.phones.insert(only.clone(), true);
            out.push(up(phone(&event.call_id, only)));
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
            // Whoever had it gave it away.
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
        begin(event, to, out);
        out.extend(by.into_iter().map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
    }

    fn ended(&mut self, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
        if !self.calls.contains_key(&event.call_id) {
            return;
        }
        let answered = self.calls.get(&event.call_id).is_some_and(|call| call.phones.values().any(|a| *a));
        if event.caller_hung_up || !answered {
            out.push(CallSignal::HungUp { channel: far_end(&event.call_id) });
        }
        self.close(&event.call_id, out);
    }

    fn close(&mut self, call_id: &str, out: &mut Vec<CallSignal>) {
        let Some(call) = self.calls.remove(call_id) else { return };
        self.by_age.remove(&(call.heard_at, call_id.to_owned()));
        let phones = call.phones.keys().map(|extension| phone(call_id, extension));
        let channels = phones.chain([far_end(call_id)]);
        out.extend(channels.map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
    }
}

/// A phone of ours begins to ring for this call.
fn begin(event: &WebhookEvent, extension: &str, out: &mut Vec<CallSignal>) {
    let channel = phone(&event.call_id, extension);
    out.push(seen(channel.clone(), agent(extension), Role::Destination, event, None));
    out.push(CallSignal::DialBegin { source: Some(far_end(&event.call_id)), destination: channel });
}

/// One answered: the others stop.
fn others_stop(call: &mut Call, call_id: &str, extension: &str, out: &mut Vec<CallSignal>) {
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

fn seen(
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
