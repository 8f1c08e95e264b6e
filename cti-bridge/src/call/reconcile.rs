//! After a gap, and at the limits: what is kept, what is closed, what is marked uncertain.

use chrono::{DateTime, Utc};
use shared::caller::CallerNumber;

use super::{CallChange, CallTracker, Caller, ChannelId, ChannelState, DismissReason};

impl CallTracker {
    /// Tells what waited for the end of a list.
    pub(super) fn tell_all(&mut self, out: &mut Vec<CallChange>) {
        self.in_snapshot = false;
        for call in self.calls.values_mut() {
            call.tell(out);
        }
    }

    /// What the list did not name is gone, and nobody saw how.
    pub(super) fn snapshot_end(&mut self, now: DateTime<Utc>, out: &mut Vec<CallChange>) {
        if !self.in_snapshot {
            return;
        }
        for channel in self.graph.unseen_since(self.epoch) {
            self.not_named(&channel, now, out);
        }
        // Who left while nobody was seen to take over has handed the call on to whoever has it now.
        for call in self.calls.values_mut().filter(|call| call.is_attended()) {
            call.hand_on(now, out);
        }
        self.tell_all(out);
    }

    /// The list of live channels did not name this one.
    fn not_named(&mut self, channel: &ChannelId, now: DateTime<Utc>, out: &mut Vec<CallChange>) {
        let Some(live) = self.graph.remove(channel) else { return };
        let Some(call) = self.calls.get_mut(&live.call) else { return };
        call.uncertain = true;
        call.channels_live = call.channels_live.saturating_sub(1);
        if call.channels_live == 0 {
            return self.end(live.call, true, now, out);
        }
        let Some(leg) = call.leg_of(channel) else { return };
        leg.channels.retain(|c| c != channel);
        let is_up = |id: &ChannelId| self.graph.get(id).is_some_and(|live| live.state == ChannelState::Up);
        let rings_anew = leg.answered_at.is_some() && !leg.placed && !leg.channels.iter().any(is_up);
        if leg.channels.is_empty() || rings_anew {
            let (extension, channels) = (leg.extension.clone(), leg.channels.clone());
            call.dismiss(&extension, DismissReason::Lost, now, out);
            // The phone that had the call left it, and rings anew: a parked call came back.
            channels.iter().for_each(|id| call.ring(&extension, id, now, true, out));
        }
    }

    /// Nobody will answer for the numbers still being asked about: they stay unknown.
    pub(super) fn source_lost(&mut self, out: &mut Vec<CallChange>) {
        for call in self.calls.values_mut() {
            call.uncertain = true;
            if call.caller == Caller::Pending {
                call.caller = Caller::Known(CallerNumber::Unknown);
                if call.is_told() {
                    out.push(CallChange::CallerChanged { call: call.info() });
                }
            }
        }
        self.tell_all(out);
    }

    /// Closes the oldest calls while there is more than the limits allow.
    pub(super) fn close_excess(&mut self, now: DateTime<Utc>, out: &mut Vec<CallChange>) {
        while self.calls.len() > self.limits.calls_max
            || self.graph.len() > self.limits.channels_max
            || self.graph.links_len() > self.limits.channels_max.saturating_mul(2)
        {
            let Some((&oldest, _)) = self.calls.first_key_value() else { return };
            self.end(oldest, true, now, out);
        }
    }
}
