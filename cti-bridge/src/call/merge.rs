//! Two calls become one: attended transfer, conference, pick-up.

use shared::Moment;

use super::graph::CallKey;
use super::tracked_call::TrackedCall;
use super::{CallChange, CallTracker, ChannelId, ChannelState, Direction, DismissReason, Party};

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

    fn merge(&mut self, a: CallKey, b: CallKey, now: Moment, out: &mut Vec<CallChange>) {
        let (Some(call_a), Some(call_b)) = (self.calls.get(&a), self.calls.get(&b)) else { return };
        let keep = if (weight(call_a), a) < (weight(call_b), b) { a } else { b };
        let absorb = if keep == a { b } else { a };
        let Some(absorbed) = self.calls.remove(&absorb) else { return };
        self.graph.move_to(&absorbed.names, keep);
        if let Some(call) = self.calls.get_mut(&keep) {
            call.absorb(absorbed, now, out);
        }
    }

    /// Agents who are bridged without having rung (a pick-up, a consultation that became the call) take part like those
    /// who rang. The agent who placed the call does not, as long as it is on the phone that placed it: that one shows no
    /// pop-up.
    pub(super) fn take_part(&mut self, members: &[ChannelId], now: Moment, out: &mut Vec<CallChange>) {
        let people = members
            .iter()
            .filter(|m| self.graph.get(m).is_some_and(|channel| channel.party != Party::Internal))
            .count();
        if people < 2 {
            return;
        }
        for member in members {
            let Some(channel) = self.graph.get(member) else { continue };
            let Party::Agent { extension } = channel.party.clone() else { continue };
            let is_up = channel.state == ChannelState::Up;
            let Some(call) = self.call_mut(member) else { continue };
            if call.origin_extension() == Some(&extension) && !call.is_retrieving(member) {
                continue;
            }
            if is_up || call.has_leg(&extension) {
                let uncertain = call.uncertain;
                call.ring(&extension, member, now, uncertain, out);
                call.answer(member, now);
            }
        }
        if let Some(first) = members.first() {
            self.announce(first, out);
        }
    }
}

impl TrackedCall {
    /// Whether this is another channel of the agent who placed the outgoing call: a parked call is retrieved by dialling
    /// its space.
    fn is_retrieving(&self, channel: &ChannelId) -> bool {
        self.direction == Direction::Outbound
            && !self.is_origin(channel)
            && !self.legs.iter().any(|leg| leg.placed)
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
    /// Takes over another call's channels and agents. Their pop-ups of that call are dismissed; they get this call's.
    fn absorb(&mut self, mut other: TrackedCall, now: Moment, out: &mut Vec<CallChange>) {
        let ended = other.ended(now, false);
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
        if other.origin.is_some() {
            out.push(CallChange::Ended(ended));
        } else {
            self.started_at = self.started_at.min(other.started_at);
        }
        self.names.append(&mut other.names);
        self.channels_live += other.channels_live;
        self.uncertain |= other.uncertain;
        self.queue = self.queue.take().or(other.queue);
        self.queued_at = self.queued_at.or(other.queued_at);
        self.customer_code = self.customer_code.take().or(other.customer_code);
        for leg in other.legs {
            self.first_ring_at.get_or_insert(leg.rang_at);
            if let Some(answered_at) = leg.answered_at {
                self.note_answer(Some(&leg.extension), answered_at);
            }
            match self.legs.iter_mut().find(|own| own.extension == leg.extension) {
                Some(own) => {
                    own.channels.extend(leg.channels);
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
