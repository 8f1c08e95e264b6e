//! Events to call signals, without I/O. A cloud PBX reports less than a channel-level interface: that the other phones stop
//! ringing when one answers, and that the end of a call ends all its channels, is added here. Events come in another
//! order than they happened, twice, or not at all: `calls.rs` remembers what is needed to tell.

use std::collections::{HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use shared::Moment;

use super::calls::{Call, Calls, PhoneState, Silence};
use super::outcome::{Ignored, Outcome};
use super::{EventKind, WebhookEvent};
use crate::call::{
    CallSignal, Caller, ChannelId, ChannelState, DialResult, Direction, GoneCause, Party, Role,
};
use crate::source::LineNumbers;

/// Events that arrive so long after the end of their call are late ones, unless settings say otherwise.
const LATE_MAX: TimeDelta = TimeDelta::seconds(120);

/// Calls that are given up one by one: each takes a list of all live calls.
const LISTS_MAX: usize = 32;

/// Turns the events of one sender into signals.
#[derive(Debug)]
pub struct WebhookTranslator {
    calls: Calls,
    numbers: LineNumbers,
    event_ids: HashSet<String>,
    event_id_order: VecDeque<String>,
    calls_max: usize,
    event_ids_max: usize,
}

impl WebhookTranslator {
    /// A translator that knows no call yet.
    #[must_use]
    pub fn new(calls_max: usize, event_ids_max: usize) -> Self {
        Self {
            calls: Calls::new(event_ids_max.max(1), LATE_MAX),
            numbers: LineNumbers::default(),
            event_ids: HashSet::new(),
            event_id_order: VecDeque::new(),
            calls_max: calls_max.max(1),
            event_ids_max: event_ids_max.max(1),
        }
    }

    /// With how the sender writes numbers, and how late events may come.
    #[must_use]
    pub fn with(mut self, numbers: LineNumbers, late_max: TimeDelta) -> Self {
        self.numbers = numbers;
        self.calls = Calls::new(self.event_ids_max, late_max);
        self
    }

    /// How many calls and event ids are remembered.
    #[must_use]
    pub fn remembered(&self) -> (usize, usize) {
        (self.calls.running.len(), self.event_ids.len())
    }

    /// Translates an event.
    pub fn translate(
        &mut self,
        event: &WebhookEvent,
        now: impl Into<Moment>,
        out: &mut Vec<CallSignal>,
    ) -> Outcome {
        let now = now.into();
        if !self.remember_event(&event.event_id) {
            return Outcome::Ignored(Ignored::Repeated);
        }
        if self.calls.is_over(&event.call_id, event.at, now.wall) {
            return Outcome::Ignored(Ignored::CallEnded);
        }
        if event.kind == EventKind::Ended {
            self.ended(event, now.wall, out);
            return Outcome::Translated;
        }
        let heard = event.at.map_or(now, Moment::from);
        self.calls.touch(&event.call_id, heard, now.wall);
        self.close_excess(out);
        let Some(call) = self.calls.running.get_mut(&event.call_id) else { return Outcome::Translated };
        if let Some(why) = stale(call, event) {
            return Outcome::Ignored(why);
        }
        if let Some(extension) = &event.extension
            && let Err(why) = admit(call, event, extension)
        {
            return Outcome::Ignored(why);
        }
        introduce_far_end(call, &self.numbers, event, out);
        match (&event.extension, event.kind) {
            (Some(extension), _) => phone(call, &self.numbers, event, extension, out),
            (None, EventKind::Answered) => answered_without_extension(call, event, out),
            (None, _) => {}
        }
        if event.kind == EventKind::Transferred {
            transferred(call, &self.numbers, event, out);
        }
        Outcome::Translated
    }

    /// Gives up a call that was silent for too long, or all such calls if there are many. Their end was not told, so it is
    /// not known when or how they ended: to the tracker they are calls that a list of live calls no longer names, as of
    /// the last event about them.
    pub fn give_up(&mut self, now: DateTime<Utc>, limits: Silence) -> Option<(Moment, Vec<CallSignal>)> {
        let silent = self.calls.silent(now, limits);
        let most = if silent.len() > LISTS_MAX { silent.len() } else { 1 };
        let lost = silent.iter().take(most).filter_map(|call_id| self.calls.lose(call_id));
        let heard = lost.map(|call| call.heard).max_by_key(|heard| heard.wall)?;
        let live = self.calls.running.iter().flat_map(|(call_id, call)| call.channels(call_id));
        let named = live.map(|channel| CallSignal::Linked { channel: channel.clone(), linked: channel });
        let begin = [CallSignal::ChannelListBegin].into_iter();
        Some((heard, begin.chain(named).chain([CallSignal::ChannelListEnd]).collect()))
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

    fn close_excess(&mut self, out: &mut Vec<CallSignal>) {
        while self.calls.running.len() > self.calls_max
            && let Some(oldest) = self.calls.oldest()
        {
            let Some(call) = self.calls.lose(&oldest) else { return };
            close(&call, &oldest, out);
        }
    }

    fn ended(&mut self, event: &WebhookEvent, now: DateTime<Utc>, out: &mut Vec<CallSignal>) {
        let call_id = &event.call_id;
        let Some(call) = self.calls.end(call_id, event.at.unwrap_or(now), now) else { return };
        let answered = call.phones.values().any(|phone| phone.state == PhoneState::Answered);
        if event.caller_hung_up || !answered {
            out.push(CallSignal::HungUp { channel: call.far_end(call_id), cause: GoneCause::Normal });
        }
        close(&call, call_id, out);
    }
}

/// Why an event comes too late, if the time that it names says so.
fn stale(call: &Call, event: &WebhookEvent) -> Option<Ignored> {
    let at = event.at?;
    let phone = event.extension.as_ref().and_then(|extension| call.phones.get(extension));
    let is_before = |latest: Option<DateTime<Utc>>| latest.is_some_and(|latest| at < latest);
    let is_stale = match event.kind {
        EventKind::Ringing => is_before(call.answered_at) && phone.is_none_or(|phone| !phone.is_live()),
        EventKind::Held | EventKind::Resumed => is_before(phone.and_then(|phone| phone.held_at)),
        _ => false,
    };
    is_stale.then_some(Ignored::TooOld)
}

/// Introduces the outside party; an internal call has none.
fn introduce_far_end(call: &Call, numbers: &LineNumbers, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
    let channel = call.far_end(&event.call_id);
    let (role, caller) = match event.direction {
        Direction::Inbound => (Role::Origin, Some(Caller::Known(event.caller_of(numbers)))),
        Direction::Outbound => (Role::Destination, None),
        Direction::Internal => return,
    };
    let new =
        |channel, party, role, caller| introduction(call, numbers, event, (channel, party, role, caller));
    if event.direction == Direction::Outbound
        && let Some(extension) = &event.extension
        && call.phones.get(extension).is_some_and(|phone| phone.is_live())
    {
        // The agent who calls out comes first: the call is theirs.
        let phone = call.phone(&event.call_id, extension);
        out.push(new(phone, agent(extension), Role::Origin, None));
    }
    out.push(new(channel.clone(), Party::Outside, role, caller));
    if let (Role::Origin, Some(name)) = (role, &event.caller_name) {
        out.push(CallSignal::CallerNamed { channel: channel.clone(), name: name.clone() });
    }
    if let Some(queue) = &event.queue {
        out.push(CallSignal::QueueJoin { channel: channel.clone(), queue: queue.clone() });
    }
    if let Some(code) = &event.customer_code {
        out.push(CallSignal::CustomerCode { channel, customer_code: code.clone() });
    }
}

/// Whether an event about a phone counts; remembers what it says about the phone.
fn admit(call: &mut Call, event: &WebhookEvent, extension: &str) -> Result<(), Ignored> {
    let state = call.phones.get(extension).map(|phone| phone.state);
    let has_left = call.phones.get(extension).is_some_and(|phone| !phone.is_live());
    match event.kind {
        // One that has answered did not ring out.
        EventKind::NoAnswer | EventKind::Busy if state == Some(PhoneState::Answered) => {
            return Err(Ignored::TooOld);
        }
        EventKind::NoAnswer | EventKind::Busy | EventKind::Ended => return Ok(()),
        EventKind::Held | EventKind::Resumed | EventKind::Transferred if has_left => {
            return Err(Ignored::PhoneLeft);
        }
        _ => {}
    }
    let phone = call.join(extension, event.kind != EventKind::Ringing).ok_or(Ignored::PhoneLeft)?;
    match event.kind {
        EventKind::Answered => phone.state = PhoneState::Answered,
        EventKind::Ringing | EventKind::Dialing
            if phone.state == PhoneState::Ringing && event.direction == Direction::Outbound =>
        {
            phone.state = PhoneState::Dialling;
        }
        // It had answered before the bridge heard of the call.
        EventKind::Held | EventKind::Resumed | EventKind::Transferred if state.is_none() => {
            phone.state = PhoneState::Answered;
        }
        _ => {}
    }
    if matches!(event.kind, EventKind::Held | EventKind::Resumed) {
        phone.held_at = event.at;
    }
    Ok(())
}

/// An event about one phone, which counts.
fn phone(
    call: &mut Call,
    numbers: &LineNumbers,
    event: &WebhookEvent,
    extension: &str,
    out: &mut Vec<CallSignal>,
) {
    let (call_id, outbound) = (event.call_id.as_str(), event.direction == Direction::Outbound);
    let channel = call.phone(call_id, extension);
    match event.kind {
        // The far end rings.
        EventKind::Ringing if outbound => {}
        EventKind::Ringing => ring(call, numbers, event, extension, out),
        EventKind::Answered if outbound => {
            call.answered_at = event.at.or(call.answered_at);
            out.push(up(call.far_end(call_id)));
            join(call, call_id, [channel], out);
        }
        EventKind::Answered => {
            call.answered_at = event.at.or(call.answered_at);
            ring(call, numbers, event, extension, out);
            out.push(up(channel.clone()));
            join(call, call_id, [channel], out);
            stop_other_phones(call, call_id, out);
        }
        EventKind::Held => out.push(CallSignal::Hold { channel }),
        EventKind::Resumed => out.push(CallSignal::Unhold { channel }),
        EventKind::NoAnswer | EventKind::Busy if call.leave(extension) => {
            let (result, cause) = match event.kind {
                EventKind::Busy => (DialResult::Busy, GoneCause::Busy),
                _ => (DialResult::NoAnswer, GoneCause::NoAnswer),
            };
            out.push(CallSignal::DialEnd { destination: channel.clone(), result });
            out.push(CallSignal::Gone { channel, cause });
        }
        _ => {}
    }
}

/// The call was answered, but the sender does not say by whom. If only one phone rings, it is that one.
fn answered_without_extension(call: &mut Call, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
    let call_id = event.call_id.as_str();
    if event.direction == Direction::Outbound {
        let live = call.phones.iter().filter(|(_, phone)| phone.is_live());
        let phones: Vec<ChannelId> = live.map(|(extension, _)| call.phone(call_id, extension)).collect();
        out.push(up(call.far_end(call_id)));
        return join(call, call_id, phones, out);
    }
    if let [only] = call.in_state(PhoneState::Ringing).as_slice()
        && let Some(phone) = call.phones.get_mut(only)
    {
        phone.state = PhoneState::Answered;
        call.answered_at = event.at.or(call.answered_at);
        let channel = call.phone(call_id, only);
        out.push(up(channel.clone()));
        join(call, call_id, [channel], out);
    }
}

/// These phones and the far end hear each other.
fn join(call: &Call, call_id: &str, phones: impl IntoIterator<Item = ChannelId>, out: &mut Vec<CallSignal>) {
    let bridge = call.far_end(call_id);
    for channel in phones.into_iter().chain([bridge.clone()]) {
        out.push(CallSignal::BridgeEnter { channel, bridge: bridge.clone() });
    }
}

fn transferred(call: &mut Call, numbers: &LineNumbers, event: &WebhookEvent, out: &mut Vec<CallSignal>) {
    let Some(to) = &event.to_extension else { return };
    // Without an extension everybody who had the call transferred it.
    let by = match &event.extension {
        Some(extension) => vec![extension.clone()],
        None => call.in_state(PhoneState::Answered),
    };
    let channels: Vec<ChannelId> = by.iter().map(|extension| call.phone(&event.call_id, extension)).collect();
    for extension in &by {
        call.leave(extension);
    }
    out.push(CallSignal::Transferred { by: channels.clone() });
    if call.join(to, true).is_some() {
        ring(call, numbers, event, to, out);
    }
    out.extend(channels.into_iter().map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
}

fn close(call: &Call, call_id: &str, out: &mut Vec<CallSignal>) {
    let channels = call.channels(call_id).into_iter();
    out.extend(channels.map(|channel| CallSignal::Gone { channel, cause: GoneCause::Normal }));
}

/// An agent's phone starts to ring for this call.
fn ring(
    call: &Call,
    numbers: &LineNumbers,
    event: &WebhookEvent,
    extension: &str,
    out: &mut Vec<CallSignal>,
) {
    let channel = call.phone(&event.call_id, extension);
    let new = (channel.clone(), agent(extension), Role::Destination, None);
    out.push(introduction(call, numbers, event, new));
    let source = Some(call.far_end(&event.call_id));
    out.push(CallSignal::DialBegin { source, destination: channel.clone(), dialled: None });
    out.push(CallSignal::State { channel, state: ChannelState::Ringing });
}

/// One phone answered: the others stop.
fn stop_other_phones(call: &mut Call, call_id: &str, out: &mut Vec<CallSignal>) {
    for other in call.in_state(PhoneState::Ringing) {
        let channel = call.phone(call_id, &other);
        call.leave(&other);
        out.push(CallSignal::Gone { channel, cause: GoneCause::AnsweredElsewhere });
    }
}

fn introduction(
    call: &Call,
    numbers: &LineNumbers,
    event: &WebhookEvent,
    (channel, party, role, caller): (ChannelId, Party, Role, Option<Caller>),
) -> CallSignal {
    let dialled = event.called.as_deref().filter(|_| role == Role::Origin);
    CallSignal::ChannelSeen {
        linked: Some(call.far_end(&event.call_id)),
        channel,
        party,
        role,
        state: ChannelState::Idle,
        dialled: dialled.map(|number| numbers.dialled(number)),
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
