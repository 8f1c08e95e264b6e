//! Call progress: ringing, answer, hold, transfer.

use shared::Moment;

use super::{CallChange, CallTracker, ChannelId, ChannelState, DialResult, DismissReason, Party, Role};

impl CallTracker {
    pub(super) fn state(
        &mut self,
        channel: &ChannelId,
        state: ChannelState,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let Some(live) = self.graph.get_mut(channel) else { return };
        live.state = state;
        match state {
            ChannelState::Idle => {}
            ChannelState::Ringing => self.ring(channel, now, out),
            ChannelState::Up => self.answered(channel, now, out),
        }
    }

    pub(super) fn dial_begin(
        &mut self,
        source: Option<&ChannelId>,
        destination: &ChannelId,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        if let Some(source) = source {
            self.link(destination, source, now, out);
            if let Some(party) = self.graph.get(source).map(|c| c.party.clone())
                && let Some(call) = self.call_mut(source).filter(|call| call.origin.is_none())
            {
                call.set_origin(source, &party, None, None);
            }
        }
        let Some(live) = self.graph.get_mut(destination) else { return };
        live.role = Role::Destination;
        let (party, state) = (live.party.clone(), live.state);
        if party == Party::Outside {
            self.reaches_outside(destination, now, out);
            self.announce(destination, out);
        }
        self.ring(destination, now, out);
        if state == ChannelState::Up {
            self.answered(destination, now, out);
        }
    }

    /// An agent's phone rings, if this is a called channel.
    pub(super) fn ring(&mut self, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        let Some(live) = self.graph.get(channel) else { return };
        let Party::Agent { extension } = live.party.clone() else { return };
        if live.dial_ended || live.role == Role::Origin {
            return;
        }
        let in_channel_list = self.in_channel_list;
        let Some(call) = self.call_mut(channel) else { return };
        let uncertain = call.uncertain || in_channel_list;
        call.ring(&extension, channel, now, uncertain, out);
        self.announce(channel, out);
    }

    pub(super) fn answered(&mut self, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        let Some(live) = self.graph.get(channel) else { return };
        if live.role == Role::Origin {
            // An agent who picks up a call by dialling may be bridged with it a moment earlier.
            let members = self.graph.members_with(channel);
            return self.take_part(&members, now, out);
        }
        let party = live.party.clone();
        if let Party::Agent { .. } = party {
            self.ring(channel, now, out);
        }
        if let Some(live) = self.graph.get_mut(channel) {
            live.dial_ended = true;
        }
        let Some(call) = self.call_mut(channel) else { return };
        match party {
            Party::Agent { .. } => call.answer(channel, now),
            Party::Outside => call.far_end_answers(now),
            Party::Internal => {}
        }
        self.announce(channel, out);
    }

    pub(super) fn dial_end(
        &mut self,
        destination: &ChannelId,
        result: DialResult,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        if result == DialResult::Answered {
            return self.answered(destination, now, out);
        }
        let Some(live) = self.graph.get_mut(destination) else { return };
        if std::mem::replace(&mut live.dial_ended, true) {
            return;
        }
        let Some(call) = self.call_mut(destination) else { return };
        call.last_dial = Some(result);
        if let Some(extension) = call.leg_loses(destination, now) {
            let reason = call.reason_of_dial_end(result);
            call.dismiss(&extension, reason, now, out);
        }
    }

    pub(super) fn hung_up(&mut self, channel: &ChannelId) {
        if let Some(call) = self.call_mut(channel).filter(|call| call.is_origin(channel)) {
            call.caller_gone = true;
        }
    }

    pub(super) fn hold(&mut self, channel: &ChannelId, on: bool, now: Moment, out: &mut Vec<CallChange>) {
        if let Some(call) = self.call_mut(channel) {
            call.hold(channel, on, now, out);
        }
        self.announce(channel, out);
    }

    pub(super) fn transferred(&mut self, by: &[ChannelId], now: Moment, out: &mut Vec<CallChange>) {
        if let [first, rest @ ..] = by {
            for other in rest {
                self.link(first, other, now, out);
            }
        }
        for channel in by {
            let Some(call) = self.call_mut(channel) else { continue };
            if let Some(extension) = call.leg_of(channel).map(|leg| leg.extension.clone()) {
                call.dismiss(&extension, DismissReason::Transferred, now, out);
            }
        }
        if let Some(first) = by.first() {
            self.announce(first, out);
        }
    }
}
