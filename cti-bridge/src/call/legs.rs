//! The agents' parts in a call: ringing, answering, holding, leaving.

use shared::Moment;
use shared::call::{PartEnd, QueueEnd};

use super::leg::Leg;
use super::part::Who;
use super::tracked_call::TrackedCall;
use super::{CallChange, ChannelId, DialResult, Direction, DismissReason, GoneCause};

impl TrackedCall {
    pub(super) fn leg_of(&mut self, channel: &ChannelId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.channels.contains(channel))
    }

    pub(super) fn has_leg(&self, extension: &str) -> bool {
        self.legs.iter().any(|leg| leg.extension == extension)
    }

    /// This agent's phone rings. An agent who had the call before and left has thereby handed it over.
    pub(super) fn ring(
        &mut self,
        extension: &str,
        channel: &ChannelId,
        now: Moment,
        uncertain: bool,
        out: &mut Vec<CallChange>,
    ) {
        self.hand_over(now, out);
        // Phones that stop ringing from now on have another reason.
        self.redirected &= self.legs.iter().any(|leg| leg.extension == extension);
        self.first_ring_at.get_or_insert(now);
        if self.direction == Direction::Internal
            && let Some(caller) = self.origin_extension().map(str::to_owned)
        {
            self.parts.begin(Who::Phone(&caller), true, now);
        }
        self.parts.begin(Who::Phone(extension), false, now);
        match self.legs.iter_mut().find(|leg| leg.extension == extension) {
            Some(leg) if leg.channels.contains(channel) => {}
            Some(leg) => leg.channels.push(channel.clone()),
            None => self.legs.push(Leg::new(extension, channel, now, uncertain)),
        }
    }

    /// Dismisses the pop-up of agents who had the call and left, when it continues with somebody else.
    pub(super) fn hand_over(&mut self, now: Moment, out: &mut Vec<CallChange>) {
        let left: Vec<String> =
            self.legs.iter().filter(|leg| leg.has_left()).map(|leg| leg.extension.clone()).collect();
        for extension in left {
            self.dismiss(&extension, DismissReason::Transferred, now, out);
        }
    }

    /// Whether an agent is in the call now.
    pub(super) fn is_attended(&self) -> bool {
        self.legs.iter().any(|leg| !leg.has_left())
    }

    /// The handset of this phone was lifted. Nobody is answered yet.
    pub(super) fn lift(&mut self, channel: &ChannelId) {
        if let Some(leg) = self.leg_of(channel) {
            leg.lifted = true;
        }
    }

    /// The agent on this channel is joined with the other party.
    pub(super) fn answer(&mut self, channel: &ChannelId, now: Moment) {
        self.parts.end_wait(QueueEnd::Answered, now);
        let Some(leg) = self.leg_of(channel) else { return };
        if leg.answered_at.is_some() {
            return;
        }
        leg.answered_at = Some(now);
        let extension = leg.extension.clone();
        self.parts.answer(Who::Phone(&extension), now);
        self.note_answer(Some(&extension), now);
    }

    /// Agents who were joined no longer are: the caller waits elsewhere.
    pub(super) fn all_leave(&mut self, now: Moment, out: &mut Vec<CallChange>) {
        for at in 0..self.legs.len() {
            if self.legs[at].answered_at.is_some() {
                self.leave(at, now, out);
            }
        }
    }

    /// An agent who was joined no longer is.
    pub(super) fn leave(&mut self, at: usize, now: Moment, out: &mut Vec<CallChange>) {
        let (id, leg) = (self.id, &mut self.legs[at]);
        leg.held_since = None;
        leg.hold_announced = false;
        if std::mem::replace(&mut leg.left, true) {
            return;
        }
        self.parts.end(Who::Phone(&leg.extension), PartEnd::Left, now);
        if leg.answer_announced {
            out.push(CallChange::Left { call_id: id, extension: leg.extension.clone(), at: now.wall });
        }
    }

    /// Announces what has not been announced yet, if announcing is allowed.
    pub(super) fn announce(&mut self, out: &mut Vec<CallChange>) {
        if !self.may_announce() || !self.legs.iter().any(Leg::has_news) {
            return;
        }
        let call = self.info();
        for leg in &mut self.legs {
            if !leg.ringing_announced {
                leg.ringing_announced = true;
                out.push(leg.announcement(&call));
            }
            leg.announce_answer(&call, out);
            if let Some(at) = leg.held_since.map(|at| at.wall)
                && !leg.hold_announced
            {
                leg.hold_announced = true;
                out.push(CallChange::Held { call_id: call.call_id, extension: leg.extension.clone(), at });
            }
        }
    }

    /// Announces the answer of agents whose ringing was announced: a list of live channels may have held it back.
    pub(super) fn announce_answers(&mut self, out: &mut Vec<CallChange>) {
        let call = self.info();
        self.legs
            .iter_mut()
            .filter(|leg| leg.ringing_announced)
            .for_each(|leg| leg.announce_answer(&call, out));
    }

    /// Removes an agent from the call, and dismisses the pop-up if there is one.
    pub(super) fn dismiss(
        &mut self,
        extension: &str,
        reason: DismissReason,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let Some(position) = self.legs.iter().position(|leg| leg.extension == extension) else { return };
        let leg = self.legs.remove(position);
        self.parts.end(Who::Phone(extension), reason.part_end(), now);
        self.ring_ended_at = Some(now);
        if leg.ringing_announced {
            out.push(CallChange::Dismissed {
                call_id: self.id,
                extension: leg.extension,
                reason,
                at: now.wall,
            });
        }
    }

    /// One of an agent's channels no longer rings or has ended. Returns the extension if it was the last channel of a phone
    /// that was still ringing.
    pub(super) fn leg_loses(
        &mut self,
        channel: &ChannelId,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) -> Option<String> {
        let at = self.legs.iter().position(|leg| leg.channels.contains(channel))?;
        let leg = &mut self.legs[at];
        leg.channels.retain(|c| c != channel);
        if !leg.channels.is_empty() {
            return None;
        }
        // An agent who placed the call keeps the pop-up to the end, answered or not.
        if leg.answered_at.is_none() && !leg.placed {
            return Some(leg.extension.clone());
        }
        self.leave(at, now, out);
        None
    }

    /// Why a phone stopped ringing, when it was cancelled and nothing says by whom.
    pub(super) fn called_off(&self) -> DismissReason {
        let is_taken = self.legs.iter().any(Leg::has_taken) || !self.outside_taken.is_empty();
        if is_taken || (self.redirected && !self.caller_gone) {
            DismissReason::AnsweredElsewhere
        } else {
            DismissReason::CallerHungUp
        }
    }

    pub(super) fn reason_of_dial_end(&self, result: DialResult) -> DismissReason {
        match result {
            DialResult::NoAnswer => DismissReason::NoAnswer,
            DialResult::Busy | DialResult::Failed => DismissReason::Rejected,
            DialResult::Forwarded => DismissReason::Transferred,
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

    /// Begins or ends a hold; repeating it changes nothing. [`Self::announce`] announces the beginning.
    pub(super) fn hold(&mut self, channel: &ChannelId, on: bool, now: Moment, out: &mut Vec<CallChange>) {
        let id = self.id;
        let leg = self.leg_of(channel).filter(|leg| leg.answered_at.is_some() && !leg.has_left());
        let Some(leg) = leg else { return };
        if leg.held_since.is_some() == on {
            return;
        }
        leg.held_since = on.then_some(now);
        let extension = leg.extension.clone();
        let resumed = !on && std::mem::take(&mut leg.hold_announced);
        self.parts.hold(Who::Phone(&extension), on, now);
        if resumed {
            out.push(CallChange::Resumed { call_id: id, extension, at: now.wall });
        }
    }
}
