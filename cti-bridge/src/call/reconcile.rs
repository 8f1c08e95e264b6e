//! After a lost connection, and at the limits: what is kept, what is closed, what is marked uncertain.

use shared::Moment;
use shared::caller::CallerNumber;

use super::graph::CallKey;
use super::{CallChange, CallTracker, Caller, ChannelId, ChannelState, DismissReason, Party};

impl CallTracker {
    /// Announces what waited for the end of the list of live channels.
    pub(super) fn announce_all(&mut self, out: &mut Vec<CallChange>) {
        self.in_channel_list = false;
        for call in self.calls.values_mut() {
            call.announce(out);
        }
    }

    /// Channels that the list did not name are gone, and their end was not observed.
    pub(super) fn channel_list_end(&mut self, now: Moment, out: &mut Vec<CallChange>) {
        if !self.in_channel_list {
            return;
        }
        for channel in self.graph.unseen_since(self.epoch) {
            self.not_named(&channel, now, out);
        }
        // Agents who left without a visible successor have handed the call over to those who are in it now.
        for call in self.calls.values_mut().filter(|call| call.is_attended()) {
            call.hand_over(now, out);
        }
        self.announce_all(out);
    }

    /// The list of live channels did not name this one.
    fn not_named(&mut self, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        let Some(live) = self.graph.remove(channel) else { return };
        if let Some(call) = self.calls.get_mut(&live.call) {
            call.channels_live = call.channels_live.saturating_sub(1);
        }
        for key in live.calls() {
            self.loses_unseen(key, channel, &live.party, now, out);
        }
    }

    fn loses_unseen(
        &mut self,
        key: CallKey,
        channel: &ChannelId,
        party: &Party,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let Some(call) = self.calls.get_mut(&key) else { return };
        call.uncertain = true;
        call.part_loses(channel, party, now);
        if call.customer_leaves(channel) || call.channels_live == 0 {
            return self.end(key, true, now, out);
        }
        let Some(leg) = call.leg_of(channel) else { return };
        leg.channels.retain(|c| c != channel);
        let is_up = |id: &ChannelId| self.graph.get(id).is_some_and(|live| live.state == ChannelState::Up);
        let rings_anew = leg.answered_at.is_some() && !leg.placed && !leg.channels.iter().any(is_up);
        if leg.channels.is_empty() || rings_anew {
            let (extension, channels) = (leg.extension.clone(), leg.channels.clone());
            call.dismiss(&extension, DismissReason::Lost, now, out);
            // The phone that had the call has left it and rings again: a parked call came back.
            channels.iter().for_each(|id| call.ring(&extension, id, now, true, out));
        }
    }

    /// Numbers that are still being asked about will not be answered: they stay unknown.
    pub(super) fn source_lost(&mut self, out: &mut Vec<CallChange>) {
        for call in self.calls.values_mut() {
            call.uncertain = true;
            if call.caller == Caller::Pending {
                call.caller = Caller::Known(CallerNumber::Unknown);
                if call.is_announced() {
                    out.push(CallChange::CallerChanged { call: call.info() });
                }
            }
        }
        self.announce_all(out);
    }

    /// Closes the oldest calls while there are more than the limits allow.
    pub(super) fn close_excess(&mut self, now: Moment, out: &mut Vec<CallChange>) {
        while self.calls.len() > self.limits.calls_max
            || self.graph.len() > self.limits.channels_max
            || self.graph.links_len() > self.limits.channels_max.saturating_mul(2)
        {
            let Some((&oldest, _)) = self.calls.first_key_value() else { return };
            self.drop_call(oldest, now, out);
        }
    }
}
