//! Channels and calls that end.

use shared::Moment;

use super::graph::CallKey;
use super::{CallChange, CallTracker, ChannelId, DismissReason, GoneCause};

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
        let Some(call) = self.calls.get_mut(&live.call) else { return };
        call.channels_live = call.channels_live.saturating_sub(1);
        if let Some(extension) = call.leg_loses(channel, now) {
            let reason = call.reason_of_gone(cause);
            call.dismiss(&extension, reason, now, out);
        }
        if call.is_attended() {
            call.hand_over(now, out);
        }
        if call.channels_live == 0 {
            self.end(live.call, false, now, out);
        }
    }

    /// Ends a call: dismisses the phones that still ring, then announces the end. A call without an origin is forgotten.
    pub(super) fn end(&mut self, key: CallKey, lost: bool, now: Moment, out: &mut Vec<CallChange>) {
        let Some(mut call) = self.calls.remove(&key) else { return };
        self.graph.forget(&call.names);
        let ended = call.ended(now, lost);
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
        if call.origin.is_some() {
            out.push(CallChange::Ended(ended));
        }
    }
}
