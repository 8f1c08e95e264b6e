//! One agent's part in a call: from the first ring of the phone to the pop-up's end.

use chrono::{DateTime, Utc};

use super::live::{LiveCall, milliseconds};
use super::{CallChange, CallInfo, ChannelId, DialResult, DismissReason, GoneCause};

/// An agent's part in a call.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) extension: String,
    /// The agent's live channels in this call: more than one if several phones share an extension.
    pub(super) channels: Vec<ChannelId>,
    pub(super) rang_at: DateTime<Utc>,
    pub(super) answered_at: Option<DateTime<Utc>>,
    pub(super) held_since: Option<DateTime<Utc>>,
    pub(super) ringing_told: bool,
    pub(super) answer_told: bool,
    pub(super) hold_told: bool,
    pub(super) uncertain: bool,
    /// The agent called out, so nothing rang.
    pub(super) placed: bool,
}

impl Leg {
    pub(super) fn new(extension: &str, channel: &ChannelId, now: DateTime<Utc>, uncertain: bool) -> Self {
        Self {
            extension: extension.to_owned(),
            channels: vec![channel.clone()],
            rang_at: now,
            answered_at: None,
            held_since: None,
            ringing_told: false,
            answer_told: false,
            hold_told: false,
            uncertain,
            placed: false,
        }
    }

    /// Milliseconds of the hold that runs now.
    pub(super) fn held_ms(&self, now: DateTime<Utc>) -> i64 {
        self.held_since.map_or(0, |since| milliseconds(since, now))
    }

    fn tell_answer(&mut self, call: &CallInfo, out: &mut Vec<CallChange>) {
        if let Some(at) = self.answered_at
            && !std::mem::replace(&mut self.answer_told, true)
        {
            out.push(CallChange::Answered { call: call.clone(), extension: self.extension.clone(), at });
        }
    }

    /// Whether something was not told yet.
    fn has_news(&self) -> bool {
        !self.ringing_told
            || (self.answered_at.is_some() && !self.answer_told)
            || (self.held_since.is_some() && !self.hold_told)
    }

    fn announcement(&self, call: &CallInfo) -> CallChange {
        let (call, extension) = (call.clone(), self.extension.clone());
        let (at, uncertain) = (self.rang_at, self.uncertain);
        if self.placed {
            CallChange::Placed { call, extension, at, uncertain }
        } else {
            CallChange::Ringing { call, extension, at, uncertain }
        }
    }

    /// The agent has left, but nobody else has taken over: the pop-up stays until the call ends or goes on.
    fn has_left(&self) -> bool {
        self.channels.is_empty()
    }
}

impl LiveCall {
    pub(super) fn leg_of(&mut self, channel: &ChannelId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.channels.contains(channel))
    }

    pub(super) fn has_leg(&self, extension: &str) -> bool {
        self.legs.iter().any(|leg| leg.extension == extension)
    }

    /// This agent's phone rings. Whoever had the call before and left has thereby handed it on.
    pub(super) fn ring(
        &mut self,
        extension: &str,
        channel: &ChannelId,
        now: DateTime<Utc>,
        uncertain: bool,
        out: &mut Vec<CallChange>,
    ) {
        self.hand_on(now, out);
        self.first_ring_at.get_or_insert(now);
        match self.legs.iter_mut().find(|leg| leg.extension == extension) {
            Some(leg) if leg.channels.contains(channel) => {}
            Some(leg) => leg.channels.push(channel.clone()),
            None => self.legs.push(Leg::new(extension, channel, now, uncertain)),
        }
    }

    /// Takes the pop-up from agents who had the call and left, when it goes on with somebody else.
    pub(super) fn hand_on(&mut self, now: DateTime<Utc>, out: &mut Vec<CallChange>) {
        let left: Vec<String> =
            self.legs.iter().filter(|leg| leg.has_left()).map(|leg| leg.extension.clone()).collect();
        for extension in left {
            self.dismiss(&extension, DismissReason::Transferred, now, out);
        }
    }

    /// Whether an agent has or hears the call now.
    pub(super) fn is_attended(&self) -> bool {
        self.legs.iter().any(|leg| !leg.has_left())
    }

    /// The agent on this channel has the call now.
    pub(super) fn answer(&mut self, channel: &ChannelId, now: DateTime<Utc>) {
        let Some(leg) = self.leg_of(channel) else { return };
        if leg.answered_at.is_some() {
            return;
        }
        leg.answered_at = Some(now);
        let extension = leg.extension.clone();
        self.note_answer(Some(&extension), now);
    }

    /// Tells what has not been told yet, if anything may be told.
    pub(super) fn tell(&mut self, out: &mut Vec<CallChange>) {
        if !self.may_tell() || !self.legs.iter().any(Leg::has_news) {
            return;
        }
        let call = self.info();
        for leg in &mut self.legs {
            if !leg.ringing_told {
                leg.ringing_told = true;
                out.push(leg.announcement(&call));
            }
            leg.tell_answer(&call, out);
            if let Some(at) = leg.held_since
                && !leg.hold_told
            {
                leg.hold_told = true;
                out.push(CallChange::Held { call_id: call.call_id, extension: leg.extension.clone(), at });
            }
        }
    }

    /// Tells agents whose phone was told to ring that they answered: a snapshot may have held that back until the end.
    pub(super) fn tell_answers(&mut self, out: &mut Vec<CallChange>) {
        let call = self.info();
        self.legs.iter_mut().filter(|leg| leg.ringing_told).for_each(|leg| leg.tell_answer(&call, out));
    }

    /// Takes the pop-up from an agent's screen, if it is there.
    pub(super) fn dismiss(
        &mut self,
        extension: &str,
        reason: DismissReason,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        let Some(position) = self.legs.iter().position(|leg| leg.extension == extension) else { return };
        let leg = self.legs.remove(position);
        self.hold_ms += leg.held_ms(now);
        if leg.ringing_told {
            out.push(CallChange::Dismissed { call_id: self.id, extension: leg.extension, reason, at: now });
        }
    }

    /// One of an agent's channels no longer rings or is gone. Gives the extension if that was the last one of a
    /// phone that still rang.
    pub(super) fn leg_loses(&mut self, channel: &ChannelId, now: DateTime<Utc>) -> Option<String> {
        let leg = self.leg_of(channel)?;
        leg.channels.retain(|c| c != channel);
        if !leg.channels.is_empty() {
            return None;
        }
        // Who called out sees the call to its end, answered or not.
        if leg.answered_at.is_none() && !leg.placed {
            return Some(leg.extension.clone());
        }
        let held_ms = leg.held_ms(now);
        leg.held_since = None;
        self.hold_ms += held_ms;
        None
    }

    /// Why a phone stopped ringing, when it was called off and nothing says by whom.
    pub(super) fn called_off(&self) -> DismissReason {
        let is_taken = self.legs.iter().any(|leg| leg.answered_at.is_some() && !leg.has_left());
        if is_taken { DismissReason::AnsweredElsewhere } else { DismissReason::CallerHungUp }
    }

    pub(super) fn reason_of_dial_end(&self, result: DialResult) -> DismissReason {
        match result {
            DialResult::NoAnswer => DismissReason::NoAnswer,
            DialResult::Busy | DialResult::Failed => DismissReason::Rejected,
            DialResult::Cancelled | DialResult::Answered => self.called_off(),
        }
    }

    pub(super) fn reason_of_gone(&self, cause: GoneCause) -> DismissReason {
        match cause {
            GoneCause::AnsweredElsewhere => DismissReason::AnsweredElsewhere,
            GoneCause::NoAnswer => DismissReason::NoAnswer,
            GoneCause::Busy | GoneCause::Failed => DismissReason::Rejected,
            GoneCause::Normal => self.called_off(),
        }
    }

    /// Begins or ends a hold; telling it twice changes nothing. [`Self::tell`] tells the beginning.
    pub(super) fn hold(
        &mut self,
        channel: &ChannelId,
        on: bool,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        let id = self.id;
        let Some(leg) = self.leg_of(channel).filter(|leg| leg.answered_at.is_some()) else { return };
        if leg.held_since.is_some() == on {
            return;
        }
        let held_ms = leg.held_ms(now);
        leg.held_since = on.then_some(now);
        let extension = leg.extension.clone();
        let resumed = !on && std::mem::take(&mut leg.hold_told);
        self.hold_ms += held_ms;
        if resumed {
            out.push(CallChange::Resumed { call_id: id, extension, at: now });
        }
    }
}
