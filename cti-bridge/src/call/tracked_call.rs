//! One call while it runs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use shared::Moment;
use shared::call::{PartEnd, QueueEnd};
use shared::caller::CallerNumber;
use shared::phone::PhoneNumber;

use super::leg::Leg;
use super::part::{Parts, Who, seconds};
use super::{
    CallId, CallInfo, CallOutcome, Caller, ChannelId, DialResult, Direction, EndedCall, GoneCause, Party,
};

/// Recordings of a call that are kept.
const RECORDINGS_MAX: usize = 20;

/// A running call and everything needed to announce it.
#[derive(Debug)]
pub(super) struct TrackedCall {
    pub(super) id: CallId,
    pub(super) started_at: DateTime<Utc>,
    /// The channel that started it. Without one, nothing is announced yet.
    pub(super) origin: Option<Origin>,
    pub(super) direction: Direction,
    pub(super) caller: Caller,
    pub(super) caller_name: Option<String>,
    pub(super) called: Option<String>,
    pub(super) queue: Option<String>,
    pub(super) queued_at: Option<DateTime<Utc>>,
    pub(super) customer_code: Option<String>,
    pub(super) legs: Vec<Leg>,
    /// Every identity that leads to this call, live channels or not.
    pub(super) names: Vec<ChannelId>,
    pub(super) channels_live: usize,
    /// Agents' channels of other calls that take part: several callers in one conference.
    pub(super) guests: Vec<ChannelId>,
    pub(super) first_ring_at: Option<Moment>,
    pub(super) answered_at: Option<Moment>,
    pub(super) answered_by: Vec<String>,
    /// The customer's live channels: the conversation ends with the last of them. None in an internal call.
    pub(super) customers: Vec<ChannelId>,
    /// Outside parties whom we called into the call and who have lifted: a mobile in a ring group.
    pub(super) outside_taken: Vec<ChannelId>,
    pub(super) parts: Parts,
    /// When a phone stopped ringing last.
    pub(super) ring_ended_at: Option<Moment>,
    pub(super) last_dial: Option<DialResult>,
    /// The caller hung up.
    pub(super) caller_gone: bool,
    /// The caller is on the way to the phone of an agent who picks the call up from the screen.
    pub(super) redirected: bool,
    /// The files into which it is or was recorded.
    pub(super) recordings: Vec<String>,
    /// Why the caller's channel ended.
    pub(super) origin_cause: Option<GoneCause>,
    pub(super) uncertain: bool,
}

/// The channel that started a call.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) channel: ChannelId,
    pub(super) party: Party,
}

impl TrackedCall {
    pub(super) fn new(id: CallId, started_at: DateTime<Utc>, uncertain: bool) -> Self {
        Self {
            id,
            started_at,
            origin: None,
            direction: Direction::Internal,
            caller: Caller::Known(CallerNumber::Unknown),
            caller_name: None,
            called: None,
            queue: None,
            queued_at: None,
            customer_code: None,
            legs: Vec::new(),
            names: Vec::new(),
            channels_live: 0,
            guests: Vec::new(),
            first_ring_at: None,
            answered_at: None,
            answered_by: Vec::new(),
            customers: Vec::new(),
            outside_taken: Vec::new(),
            parts: Parts::default(),
            ring_ended_at: None,
            last_dial: None,
            caller_gone: false,
            redirected: false,
            recordings: Vec::new(),
            origin_cause: None,
            uncertain,
        }
    }

    /// What is known. While the number is being asked about, the caller is unknown.
    pub(super) fn info(&self) -> CallInfo {
        CallInfo {
            call_id: self.id,
            direction: self.direction,
            caller: match &self.caller {
                Caller::Known(caller) => caller.clone(),
                Caller::Pending => CallerNumber::Unknown,
            },
            caller_name: self.caller_name.clone(),
            called: self.called.clone(),
            queue: self.queue.clone(),
            queued_at: self.queued_at,
            customer_code: self.customer_code.clone(),
            started_at: self.started_at,
        }
    }

    /// The call is recorded into this file.
    pub(super) fn recorded(&mut self, file: String) {
        if self.recordings.len() < RECORDINGS_MAX && !self.recordings.contains(&file) {
            self.recordings.push(file);
        }
    }

    /// Whether agents may be told: the call has an origin, and the caller has been settled.
    pub(super) fn may_announce(&self) -> bool {
        self.origin.is_some() && self.caller != Caller::Pending
    }

    pub(super) fn is_announced(&self) -> bool {
        self.legs.iter().any(|leg| leg.ringing_announced)
    }

    pub(super) fn is_origin(&self, channel: &ChannelId) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.channel == *channel)
    }

    /// The extension that started the call, if an agent did.
    pub(super) fn origin_extension(&self) -> Option<&str> {
        match &self.origin.as_ref()?.party {
            Party::Agent { extension } => Some(extension),
            Party::Outside | Party::Internal => None,
        }
    }

    pub(super) fn set_origin(
        &mut self,
        channel: &ChannelId,
        party: &Party,
        caller: Option<Caller>,
        dialled: Option<String>,
    ) {
        self.direction = if *party == Party::Outside { Direction::Inbound } else { Direction::Internal };
        self.caller = match (caller, party) {
            (Some(caller), _) => caller,
            (None, Party::Agent { extension }) => Caller::Known(CallerNumber::Internal(extension.clone())),
            (None, _) => Caller::Known(CallerNumber::Unknown),
        };
        self.called = dialled;
        self.customers.clear();
        if *party == Party::Outside {
            self.customers.push(channel.clone());
        }
        self.origin = Some(Origin { channel: channel.clone(), party: party.clone() });
    }

    /// A call that an agent or the PBX started reaches a trunk: now the other party is the number dialled. The number that
    /// went to the trunk counts before the one that was typed.
    pub(super) fn goes_outside(&mut self, dialled: Option<String>, own_numbers: &BTreeSet<PhoneNumber>) {
        self.direction = Direction::Outbound;
        if dialled.is_some() {
            self.called = dialled;
        }
        let party = |number| CallerNumber::from_caller_id(number, "").or_own_line(own_numbers);
        self.caller = Caller::Known(self.called.as_deref().map_or(CallerNumber::Unknown, party));
    }

    /// Adds the agent who placed this outbound call. If the agent's phone rang first (another program's click-to-call),
    /// nobody was told.
    pub(super) fn place(&mut self, now: Moment, uncertain: bool) {
        let Some(Origin { channel, party: Party::Agent { extension } }) = self.origin.clone() else { return };
        match self.legs.iter_mut().find(|leg| leg.extension == extension) {
            Some(leg) => leg.placed |= !leg.ringing_announced,
            None => {
                self.legs.push(Leg { placed: true, ..Leg::new(&extension, &channel, now, uncertain) });
            }
        }
        self.parts.place(&extension, now);
    }

    /// The agent who placed the call is joined with the customer.
    pub(super) fn far_end_answers(&mut self, now: Moment) {
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.placed) else { return };
        if leg.answered_at.is_none() {
            leg.answered_at = Some(now);
            let extension = leg.extension.clone();
            self.parts.answer(Who::Phone(&extension), now);
            self.note_answer(Some(&extension), now);
        }
    }

    /// Somebody outside whom we called has the call.
    pub(super) fn outside_answers(&mut self, channel: &ChannelId, now: Moment) {
        let who = Who::Outside(channel.as_str());
        self.parts.begin(who, false, now);
        self.parts.answer(who, now);
        self.note_answer(None, now);
    }

    pub(super) fn note_answer(&mut self, extension: Option<&str>, now: Moment) {
        self.answered_at.get_or_insert(now);
        if let Some(extension) = extension
            && !self.answered_by.iter().any(|e| e == extension)
        {
            self.answered_by.push(extension.to_owned());
        }
    }

    /// Whether the call is worth a record: not a feature code that an agent dialled, and nothing that nobody started.
    pub(super) fn is_recorded(&self) -> bool {
        self.origin.is_some() && (self.direction != Direction::Internal || !self.parts.is_empty())
    }

    /// The finished call. `lost` when its end was not observed.
    pub(super) fn ended(&mut self, now: Moment, lost: bool) -> EndedCall {
        let (talk_seconds, hold_seconds) = self.parts.talk_and_hold(now);
        let (part_end, queue_end) = match (lost, self.caller_gone) {
            (true, _) => (PartEnd::Lost, QueueEnd::Lost),
            (false, true) => (PartEnd::Left, QueueEnd::Abandoned),
            (false, false) => (PartEnd::Left, QueueEnd::LeftQueue),
        };
        let (parts, visits) = self.parts.finish(part_end, queue_end, now);
        let rang_until = self.answered_at.or(self.ring_ended_at).unwrap_or(now);
        let ring_ms = self.first_ring_at.map_or(0, |at| rang_until.milliseconds_since(at));
        EndedCall {
            parts,
            visits,
            pbx_call_id: self.origin.as_ref().map(|origin| origin.channel.to_string()),
            recordings: self.recordings.clone(),
            call: self.info(),
            outcome: self.outcome(lost),
            answered_by: self.answered_by.clone(),
            answered_at: self.answered_at.map(|at| at.wall),
            ended_at: now.wall,
            ring_seconds: seconds(ring_ms),
            talk_seconds,
            hold_seconds,
            uncertain: self.uncertain || lost,
        }
    }

    fn outcome(&self, lost: bool) -> CallOutcome {
        if self.answered_at.is_some() {
            return CallOutcome::Completed;
        }
        if lost {
            return CallOutcome::Unknown;
        }
        let gave_up = if self.direction == Direction::Outbound {
            CallOutcome::NoAnswer
        } else {
            CallOutcome::Abandoned
        };
        match self.last_dial {
            _ if self.caller_gone => gave_up,
            Some(DialResult::Busy) => CallOutcome::Busy,
            Some(DialResult::Failed) => CallOutcome::Failed,
            Some(DialResult::Cancelled) => gave_up,
            Some(DialResult::NoAnswer | DialResult::Forwarded | DialResult::Answered) => {
                CallOutcome::NoAnswer
            }
            None if self.origin_cause == Some(GoneCause::Busy) => CallOutcome::Busy,
            None => CallOutcome::NoAnswer,
        }
    }
}
