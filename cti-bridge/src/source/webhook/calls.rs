//! What is remembered of one sender's calls: those that run, and those that ended lately.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use shared::Moment;

use crate::call::ChannelId;

/// Most phones of one call; further ones are skipped.
const PHONES_MAX: usize = 200;

/// One running call.
#[derive(Debug)]
pub(super) struct Call {
    /// How often the identity was used before.
    generation: u32,
    /// When an event arrived last.
    arrived_at: DateTime<Utc>,
    /// When that event happened.
    pub(super) heard: Moment,
    /// When a phone answered last.
    pub(super) answered_at: Option<DateTime<Utc>>,
    pub(super) phones: BTreeMap<String, Phone>,
}

/// A phone in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phone {
    pub(super) state: PhoneState,
    /// How often it was in this call before: a phone may ring twice, and each time is a channel of its own.
    attempt: u32,
    /// When it was last put on hold or taken off hold.
    pub(super) held_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PhoneState {
    Ringing,
    /// It calls out.
    Dialling,
    Answered,
    /// It has left the call.
    Left,
    /// That it stopped ringing was told before that it rang.
    Overtaken,
}

impl Phone {
    pub(super) fn is_live(self) -> bool {
        matches!(self.state, PhoneState::Ringing | PhoneState::Dialling | PhoneState::Answered)
    }
}

impl Call {
    /// The channel of the other party.
    pub(super) fn far_end(&self, call_id: &str) -> ChannelId {
        ChannelId::from(self.name(call_id).as_str())
    }

    fn name(&self, call_id: &str) -> String {
        match self.generation {
            0 => call_id.to_owned(),
            n => format!("{call_id}#{n}"),
        }
    }

    /// The channel of a phone as it takes part now.
    pub(super) fn phone(&self, call_id: &str, extension: &str) -> ChannelId {
        let name = self.name(call_id);
        let channel = match self.phones.get(extension).map_or(0, |phone| phone.attempt) {
            0 => format!("{name}/{extension}"),
            n => format!("{name}/{extension}~{n}"),
        };
        ChannelId::from(channel.as_str())
    }

    /// This phone takes part from now on: it rings, or it `answers`. `None`: it does not, since there are too many, or
    /// since it stopped ringing already.
    pub(super) fn join(&mut self, extension: &str, answers: bool) -> Option<&mut Phone> {
        let fresh = Phone { state: PhoneState::Ringing, attempt: 0, held_at: None };
        if !self.phones.contains_key(extension) {
            if self.phones.len() >= PHONES_MAX {
                return None;
            }
            self.phones.insert(extension.to_owned(), fresh);
        }
        let phone = self.phones.get_mut(extension)?;
        if phone.state == PhoneState::Overtaken && !answers {
            phone.state = PhoneState::Left;
            return None;
        }
        if !phone.is_live() {
            *phone = Phone { attempt: phone.attempt + 1, ..fresh };
        }
        Some(phone)
    }

    /// This phone left the call. Returns whether it took part.
    pub(super) fn leave(&mut self, extension: &str) -> bool {
        let is_full = self.phones.len() >= PHONES_MAX;
        match self.phones.get_mut(extension) {
            Some(phone) => {
                let was_live = phone.is_live();
                phone.state = PhoneState::Left;
                was_live
            }
            None if is_full => false,
            None => {
                let overtaken = Phone { state: PhoneState::Overtaken, attempt: 0, held_at: None };
                self.phones.insert(extension.to_owned(), overtaken);
                false
            }
        }
    }

    /// The extensions in this state, in a fixed order.
    pub(super) fn in_state(&self, state: PhoneState) -> Vec<String> {
        let of_state = self.phones.iter().filter(|(_, phone)| phone.state == state);
        of_state.map(|(extension, _)| extension.clone()).collect()
    }

    /// All live channels, the other party's last.
    pub(super) fn channels(&self, call_id: &str) -> Vec<ChannelId> {
        let live = self.phones.iter().filter(|(_, phone)| phone.is_live());
        let phones = live.map(|(extension, _)| self.phone(call_id, extension));
        phones.chain([self.far_end(call_id)]).collect()
    }
}

/// How long a call may be silent.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    /// While a phone rings and nobody has answered.
    pub ringing: TimeDelta,
    /// Otherwise.
    pub talking: TimeDelta,
}

/// A call that is over.
#[derive(Debug, Clone, Copy)]
struct Ended {
    generation: u32,
    /// Since when events about it are late ones; `None` when its end was never told.
    told: Option<Told>,
}

#[derive(Debug, Clone, Copy)]
struct Told {
    arrived_at: DateTime<Utc>,
    at: DateTime<Utc>,
}

/// All calls of one sender.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) running: HashMap<String, Call>,
    by_age: BTreeSet<(DateTime<Utc>, String)>,
    ended: HashMap<String, Ended>,
    ended_order: VecDeque<String>,
    ended_max: usize,
    late_max: TimeDelta,
}

impl Calls {
    /// Remembers at most `ended_max` calls that are over. Events that arrive within `late_max` after the end of their call
    /// are late events of it.
    pub(super) fn new(ended_max: usize, late_max: TimeDelta) -> Self {
        Self {
            running: HashMap::new(),
            by_age: BTreeSet::new(),
            ended: HashMap::new(),
            ended_order: VecDeque::new(),
            ended_max,
            late_max,
        }
    }

    /// Whether an event that happened and arrived then is about a call that is over.
    pub(super) fn is_over(&self, call_id: &str, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let told = self.ended.get(call_id).and_then(|ended| ended.told);
        !self.running.contains_key(call_id)
            && told.is_some_and(|told| {
                now - told.arrived_at <= self.late_max || at.is_some_and(|at| at <= told.at)
            })
    }

    /// The call that an event is about; a new one if there is none, or if its identity is used again.
    pub(super) fn touch(&mut self, call_id: &str, heard: Moment, now: DateTime<Utc>) -> &mut Call {
        let generation = self.ended.get(call_id).map_or(0, |ended| ended.generation + 1);
        let call = self.running.entry(call_id.to_owned()).or_insert_with(|| Call {
            generation,
            arrived_at: now,
            heard,
            answered_at: None,
            phones: BTreeMap::new(),
        });
        self.by_age.remove(&(call.arrived_at, call_id.to_owned()));
        (call.arrived_at, call.heard) = (now, heard);
        self.by_age.insert((now, call_id.to_owned()));
        call
    }

    /// The call without an event for the longest time.
    pub(super) fn oldest(&self) -> Option<String> {
        self.by_age.first().map(|(_, call_id)| call_id.clone())
    }

    /// A call is over; its end was told.
    pub(super) fn end(&mut self, call_id: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Call> {
        self.remove(call_id, Some(Told { arrived_at: now, at }))
    }

    /// A call is given up.
    pub(super) fn lose(&mut self, call_id: &str) -> Option<Call> {
        self.remove(call_id, None)
    }

    fn remove(&mut self, call_id: &str, told: Option<Told>) -> Option<Call> {
        let call = self.running.remove(call_id);
        if let Some(call) = &call {
            self.by_age.remove(&(call.arrived_at, call_id.to_owned()));
        }
        let before = self.ended.get(call_id).map(|ended| ended.generation);
        let generation = call.as_ref().map(|call| call.generation).or(before).unwrap_or(0);
        if self.ended.insert(call_id.to_owned(), Ended { generation, told }).is_none() {
            self.ended_order.push_back(call_id.to_owned());
        }
        while self.ended_order.len() > self.ended_max {
            if let Some(oldest) = self.ended_order.pop_front() {
                self.ended.remove(&oldest);
            }
        }
        call
    }

    /// The calls that were silent for too long, the longest first.
    pub(super) fn silent(&self, now: DateTime<Utc>, limits: Silence) -> Vec<String> {
        let rings = |call: &Call| {
            call.phones.values().any(|phone| phone.state == PhoneState::Ringing)
                && !call.phones.values().any(|phone| phone.state == PhoneState::Answered)
        };
        let is_silent = |call: &Call| {
            let limit = if rings(call) { limits.ringing.min(limits.talking) } else { limits.talking };
            now - call.arrived_at > limit
        };
        let by_age = self.by_age.iter().filter(|(_, id)| self.running.get(id).is_some_and(is_silent));
        by_age.map(|(_, call_id)| call_id.clone()).collect()
    }
}
