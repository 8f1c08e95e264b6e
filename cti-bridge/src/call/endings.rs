//! Channels and calls that end.

use shared::Moment;

use shared::call::PartEnd;

use super::graph::CallKey;
use super::part::Who;
use super::tracked_call::TrackedCall;
use super::{CallChange, CallTracker, ChannelId, DismissReason, GoneCause, Party};

impl CallTracker {
    pub(super) fn channel_gone(
        &mut self,
        channel: &ChannelId,
        cause: GoneCause,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let Some(live) = self.graph.remove(channel) else {
            // The end was reported before the beginning: later reports about it are stale.
            self.graph.remember_gone(channel);
            return;
        };
        if let Some(call) = self.calls.get_mut(&live.call) {
            call.channels_live = call.channels_live.saturating_sub(1);
            if call.is_origin(channel) {
                call.origin_cause = Some(cause);
            }
        }
        for key in live.calls() {
            let Some(call) = self.calls.get_mut(&key) else { continue };
            call.part_loses(channel, &live.party, now);
            // The handset was lifted and put down again before anybody was joined.
            let put_down = cause == GoneCause::Normal && call.leg_of(channel).is_some_and(|leg| leg.lifted);
            let cause = if put_down { GoneCause::Busy } else { live.refused.unwrap_or(cause) };
            if let Some(extension) = call.leg_loses(channel, now, out) {
                let reason = call.reason_of_gone(cause);
                call.dismiss(&extension, reason, now, out);
            }
            if call.is_attended() {
                call.hand_over(now, out);
            }
            let is_over = call.customer_leaves(channel);
            if is_over {
                self.end(key, false, now, out);
            } else {
                self.end_if_over(key, now, out);
            }
        }
    }

    /// Ends a call without channels.
    pub(super) fn end_if_over(&mut self, key: CallKey, now: Moment, out: &mut Vec<CallChange>) {
        if self.calls.get(&key).is_some_and(|call| call.channels_live == 0) {
            self.end(key, false, now, out);
        }
    }

    /// Ends a call: dismisses the phones that still ring, then announces the end. A call without an origin is forgotten.
    /// Channels that outlive it (an agent who stays on the line) wait for another.
    pub(super) fn end(&mut self, key: CallKey, lost: bool, now: Moment, out: &mut Vec<CallChange>) {
        let Some(mut call) = self.calls.remove(&key) else { return };
        self.graph.move_guests(&call.guests, key, None);
        self.outlive(std::mem::take(&mut call.names), now);
        Self::close_call(call, lost, now, out);
    }

    /// Ends a call with all its channels.
    pub(super) fn drop_call(&mut self, key: CallKey, now: Moment, out: &mut Vec<CallChange>) {
        let Some(call) = self.calls.remove(&key) else { return };
        self.graph.move_guests(&call.guests, key, None);
        self.graph.forget(&call.names);
        Self::close_call(call, true, now, out);
    }

    /// The channels of an ended call that are live belong to the other call in which they take part, or to one that nobody
    /// started and nobody sees.
    fn outlive(&mut self, names: Vec<ChannelId>, now: Moment) {
        let mut rest = None;
        for channel in self.graph.forget_ended(names) {
            let Some(live) = self.graph.get_mut(&channel) else { continue };
            let key = match live.also_in.pop() {
                Some(key) => key,
                None => *rest.get_or_insert_with(|| self.open_rest(now)),
            };
            self.graph.move_to(std::slice::from_ref(&channel), key);
            if let Some(call) = self.calls.get_mut(&key) {
                call.names.push(channel);
                call.channels_live += 1;
            }
        }
    }

    fn close_call(mut call: TrackedCall, lost: bool, now: Moment, out: &mut Vec<CallChange>) {
        if !lost {
            call.announce_answers(out);
        }
        let shown: Vec<_> =
            call.legs.iter().map(|l| (l.extension.clone(), l.answered_at.is_some() || l.placed)).collect();
        for (extension, answered) in shown {
            if lost || !answered {
                let reason = if lost { DismissReason::Lost } else { call.called_off() };
                call.dismiss(&extension, reason, now, out);
            }
        }
        if call.is_recorded() {
            out.push(CallChange::Ended(call.ended(now, lost)));
        }
    }
}

impl TrackedCall {
    /// A channel of the customer ends. Returns whether it was the last: then the conversation is over.
    pub(super) fn customer_leaves(&mut self, channel: &ChannelId) -> bool {
        let had = self.customers.len();
        self.customers.retain(|customer| customer != channel);
        if self.customers.len() == had {
            return false;
        }
        if let (true, Some(next)) = (self.is_origin(channel), self.customers.first().cloned())
            && let Some(origin) = &mut self.origin
        {
            origin.channel = next;
        }
        self.customers.is_empty()
    }

    /// The part of somebody without a pop-up ends: an outside party, the agent who placed an internal call.
    pub(super) fn part_loses(&mut self, channel: &ChannelId, party: &Party, now: Moment) {
        self.outside_taken.retain(|taken| taken != channel);
        match party {
            Party::Outside => self.parts.end(Who::Outside(channel.as_str()), PartEnd::Left, now),
            Party::Agent { extension } if self.is_origin(channel) && !self.has_leg(extension) => {
                self.parts.end(Who::Phone(extension), PartEnd::Left, now);
            }
            _ => {}
        }
    }
}
