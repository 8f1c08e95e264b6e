//! One call while it runs.

use chrono::{DateTime, Utc};
use shared::Moment;
use shared::caller::CallerNumber;

use super::leg::Leg;
use super::{CallId, CallInfo, CallOutcome, Caller, ChannelId, DialResult, Direction, EndedCall, Party};

/// A running call and everything needed to announce it.
#[derive(Debug)]
pub(super) struct TrackedCall {
    pub(super) id: CallId,
    pub(super) started_at: DateTime<Utc>,
    /// The channel that started it. Without one, nothing is announced yet.
    pub(super) origin: Option<Origin>,
    pub(super) direction: Direction,
    pub(super) caller: Caller,
    pub(super) called: Option<String>,
    pub(super) queue: Option<String>,
    pub(super) queued_at: Option<DateTime<Utc>>,
    pub(super) customer_code: Option<String>,
    pub(super) legs: Vec<Leg>,
    /// Every identity that leads to this call, live channels or not.
    pub(super) names: Vec<ChannelId>,
    pub(super) channels_live: usize,
    pub(super) first_ring_at: Option<Moment>,
    pub(super) answered_at: Option<Moment>,
    pub(super) answered_by: Vec<String>,
    pub(super) hold_ms: i64,
    pub(super) last_dial: Option<DialResult>,
    /// The caller hung up.
    pub(super) caller_gone: bool,
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
            called: None,
            queue: None,
            queued_at: None,
            customer_code: None,
            legs: Vec::new(),
            names: Vec::new(),
            channels_live: 0,
            first_ring_at: None,
            answered_at: None,
            answered_by: Vec::new(),
            hold_ms: 0,
            last_dial: None,
            caller_gone: false,
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
            called: self.called.clone(),
            queue: self.queue.clone(),
            queued_at: self.queued_at,
            customer_code: self.customer_code.clone(),
            started_at: self.started_at,
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
        self.origin = Some(Origin { channel: channel.clone(), party: party.clone() });
    }

    /// A call that an agent started reaches a trunk: now the other party is the number dialled.
    pub(super) fn goes_outside(&mut self) {
        self.direction = Direction::Outbound;
        let dialled = self
            .called
            .as_deref()
            .map_or(CallerNumber::Unknown, |number| CallerNumber::from_caller_id(number, ""));
        self.caller = Caller::Known(dialled);
    }

    /// Adds the agent who placed this outbound call.
    pub(super) fn place(&mut self, now: Moment, uncertain: bool) {
        let Some(Origin { channel, party: Party::Agent { extension } }) = self.origin.clone() else { return };
        if !self.has_leg(&extension) {
            self.legs.push(Leg { placed: true, ..Leg::new(&extension, &channel, now, uncertain) });
        }
    }

    /// The far end of an outbound call answered.
    pub(super) fn far_end_answers(&mut self, now: Moment) {
        let placed_by = self.origin_extension().map(str::to_owned);
        if let Some(leg) = self.legs.iter_mut().find(|leg| leg.placed) {
            leg.answered_at.get_or_insert(now);
        }
        self.note_answer(placed_by.as_deref(), now);
    }

    pub(super) fn note_answer(&mut self, extension: Option<&str>, now: Moment) {
        self.answered_at.get_or_insert(now);
        if let Some(extension) = extension
            && !self.answered_by.iter().any(|e| e == extension)
        {
            self.answered_by.push(extension.to_owned());
        }
    }

    /// The finished call. `lost` when its end was not observed.
    pub(super) fn ended(&self, now: Moment, lost: bool) -> EndedCall {
        let hold_running: i64 = self.legs.iter().map(|leg| leg.held_ms(now)).sum();
        let hold_ms = self.hold_ms + hold_running;
        let rang_until = self.answered_at.unwrap_or(now);
        let ring_ms = self.first_ring_at.map_or(0, |at| rang_until.milliseconds_since(at));
        let talk_ms = self.answered_at.map_or(0, |at| now.milliseconds_since(at) - hold_ms);
        EndedCall {
            call: self.info(),
            outcome: self.outcome(lost),
            answered_by: self.answered_by.clone(),
            answered_at: self.answered_at.map(|at| at.wall),
            ended_at: now.wall,
            ring_seconds: seconds(ring_ms),
            talk_seconds: seconds(talk_ms),
            hold_seconds: seconds(hold_ms),
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
            Some(DialResult::NoAnswer | DialResult::Answered) | None => CallOutcome::NoAnswer,
        }
    }
}

/// Whole seconds, rounded down.
fn seconds(milliseconds: i64) -> u32 {
    u32::try_from(milliseconds.max(0) / 1_000).unwrap_or(u32::MAX)
}
