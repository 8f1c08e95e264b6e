//! Two calls become one: attended transfer, pick-up, a consultation that becomes the call.

use shared::Moment;
use shared::call::{PartEnd, QueueEnd};

use super::graph::CallKey;
use super::part::Who;
use super::tracked_call::TrackedCall;
use super::{CallChange, CallTracker, ChannelId, Direction, DismissReason};

impl CallTracker {
    /// These two identities belong to one call. The second may be an identity that is not known.
    pub(super) fn link(
        &mut self,
        channel: &ChannelId,
        other: &ChannelId,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let Some(key) = self.graph.call_of(channel) else { return };
        match self.graph.linked_call(other) {
            None => self.name(other, key),
            Some(other_key) if other_key == key => {}
            Some(other_key) => self.merge(key, other_key, now, out),
        }
    }

    /// Two customers never become one call, even if they hear each other in a conference.
    fn are_apart(&self, a: CallKey, b: CallKey) -> bool {
        [a, b].iter().all(|key| self.calls.get(key).is_some_and(|call| !call.customers.is_empty()))
    }

    fn merge(&mut self, a: CallKey, b: CallKey, now: Moment, out: &mut Vec<CallChange>) {
        if self.are_apart(a, b) {
            return;
        }
        let (Some(call_a), Some(call_b)) = (self.calls.get(&a), self.calls.get(&b)) else { return };
        let keep = if (weight(call_a), a) < (weight(call_b), b) { a } else { b };
        let absorb = if keep == a { b } else { a };
        let Some(absorbed) = self.calls.remove(&absorb) else { return };
        self.graph.move_to(&absorbed.names, keep);
        self.graph.move_guests(&absorbed.guests, absorb, keep);
        if let Some(call) = self.calls.get_mut(&keep) {
            call.absorb(absorbed, now, out);
        }
    }

    /// A channel belongs to the call that dials it, whatever it was linked to before. Its other half goes with it.
    pub(super) fn belongs_to(
        &mut self,
        channel: &ChannelId,
        key: CallKey,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let partner = self.graph.get(channel).and_then(|live| live.partner.clone());
        for one in std::iter::once(channel.clone()).chain(partner) {
            let Some(was) = self.graph.call_of(&one).filter(|was| *was != key) else { continue };
            if let Some(call) = self.calls.get_mut(&was) {
                if let Some(extension) = call.leg_loses(&one, now, out) {
                    call.dismiss(&extension, DismissReason::Transferred, now, out);
                }
                call.names.retain(|name| *name != one);
                call.channels_live = call.channels_live.saturating_sub(1);
            }
            self.graph.move_to(std::slice::from_ref(&one), key);
            if let Some(call) = self.calls.get_mut(&key) {
                call.names.push(one);
                call.channels_live += 1;
            }
            self.end_if_over(was, now, out);
        }
    }
}

/// Which of two calls survives: the one with the smaller weight. An inbound call before one that an agent started, both
/// before one without an origin.
fn weight(call: &TrackedCall) -> u8 {
    match (&call.origin, call.direction) {
        (None, _) => 3,
        (Some(_), Direction::Inbound) => 0,
        (Some(_), Direction::Outbound) => 1,
        (Some(_), Direction::Internal) => 2,
    }
}

impl TrackedCall {
    /// Takes over another call's channels and agents. Their pop-ups of that call are dismissed; they get this call's. What
    /// they did in the other call stays in its record, if it has one.
    fn absorb(&mut self, mut other: TrackedCall, now: Moment, out: &mut Vec<CallChange>) {
        for leg in &mut other.legs {
            if std::mem::take(&mut leg.ringing_announced) {
                out.push(CallChange::Dismissed {
                    call_id: other.id,
                    extension: leg.extension.clone(),
                    reason: DismissReason::Transferred,
                    at: now.wall,
                });
            }
            leg.answer_announced = false;
            leg.hold_announced = false;
            leg.placed &= self.direction == Direction::Outbound;
        }
        if other.is_recorded() {
            let (parts, visits) = other.parts.finish(PartEnd::Transferred, QueueEnd::LeftQueue, now);
            let ended = other.ended(now, false);
            out.push(CallChange::Ended(super::EndedCall { parts, visits, ..ended }));
        } else if other.origin.is_none() {
            self.started_at = self.started_at.min(other.started_at);
        }
        other.recordings.drain(..).for_each(|file| self.recorded(file));
        self.parts.absorb(std::mem::take(&mut other.parts));
        self.names.append(&mut other.names);
        self.customers.append(&mut other.customers);
        self.outside_taken.append(&mut other.outside_taken);
        self.guests.append(&mut other.guests);
        self.channels_live += other.channels_live;
        self.uncertain |= other.uncertain;
        self.queue = self.queue.take().or(other.queue);
        self.queued_at = self.queued_at.or(other.queued_at);
        self.customer_code = self.customer_code.take().or(other.customer_code);
        for leg in other.legs {
            self.first_ring_at.get_or_insert(leg.rang_at);
            if !leg.has_left() {
                self.parts.begin(Who::Phone(&leg.extension), leg.placed, now);
            }
            if let Some(answered_at) = leg.answered_at {
                if !leg.has_left() {
                    self.parts.answer(Who::Phone(&leg.extension), now);
                }
                self.note_answer(Some(&leg.extension), answered_at);
            }
            match self.legs.iter_mut().find(|own| own.extension == leg.extension) {
                Some(own) => {
                    own.channels.extend(leg.channels);
                    own.lifted |= leg.lifted;
                    own.answered_at = own.answered_at.or(leg.answered_at);
                }
                None => self.legs.push(leg),
            }
        }
        if self.is_attended() {
            self.hand_over(now, out);
        }
    }
}
