//! Call progress: ringing, answer, hold, transfer.

use shared::Moment;

use shared::call::QueueEnd;

use super::leg::Leg;
use super::{
    CallChange, CallTracker, ChannelId, ChannelState, DialResult, Direction, DismissReason, GoneCause, Party,
    Role,
};

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
        dialled: Option<String>,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        if let Some(source) = source {
            self.link(destination, source, now, out);
            if let Some(key) = self.graph.call_of(source) {
                self.belongs_to(destination, key, now, out);
            }
            if let Some(party) = self.graph.get(source).map(|c| c.party.clone())
                && party != Party::Internal
                && let Some(call) = self.call_mut(source).filter(|call| call.origin.is_none())
            {
                call.set_origin(source, &party, None, None);
            }
        }
        let Some(live) = self.graph.get_mut(destination) else { return };
        live.role = Role::Destination;
        let (party, state) = (live.party.clone(), live.state);
        if party == Party::Outside {
            self.reaches_outside(destination, dialled, true, now, out);
            self.announce(destination, out);
        }
        // The phone does not ring yet: it may be busy, or not to be disturbed.
        if state == ChannelState::Ringing {
            self.ring(destination, now, out);
        }
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
            return self.join_again(channel, now, out);
        }
        let party = live.party.clone();
        if let Party::Agent { .. } = party {
            self.ring(channel, now, out);
        }
        if let Some(live) = self.graph.get_mut(channel) {
            live.dial_ended = true;
        }
        let listed = self.in_channel_list;
        let Some(call) = self.call_mut(channel) else { return };
        match (party, call.direction) {
            // A list of live channels does not say who is joined with whom.
            (Party::Agent { .. }, _) if listed => call.answer(channel, now),
            (Party::Agent { .. }, _) => call.lift(channel),
            (Party::Outside, Direction::Outbound) if call.customers.is_empty() => {
                call.customers.push(channel.clone());
                if listed {
                    call.far_end_answers(now);
                }
            }
            (Party::Outside, Direction::Inbound | Direction::Outbound)
                if !call.customers.contains(channel) && !call.outside_taken.contains(channel) =>
            {
                call.outside_taken.push(channel.clone());
            }
            _ => {}
        }
        self.announce(channel, out);
        self.join_again(channel, now, out);
    }

    /// A channel was answered: it may be in a bridge already.
    fn join_again(&mut self, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        if let Some(bridge) = self.graph.bridge_of(channel) {
            self.join(&bridge, now, out);
        }
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
        // A phone that refuses is reported as one that rang out.
        let result = match (result, live.refused) {
            (DialResult::NoAnswer | DialResult::Cancelled, Some(GoneCause::Busy)) => DialResult::Busy,
            (DialResult::NoAnswer | DialResult::Cancelled, Some(GoneCause::Failed)) => DialResult::Failed,
            _ => result,
        };
        let Some(call) = self.call_mut(destination) else { return };
        call.last_dial = Some(result);
        if let Some(extension) = call.leg_loses(destination, now, out) {
            let reason = call.reason_of_dial_end(result);
            call.dismiss(&extension, reason, now, out);
        }
    }

    pub(super) fn hung_up(&mut self, channel: &ChannelId, cause: GoneCause) {
        if let Some(live) = self.graph.get_mut(channel).filter(|live| live.state != ChannelState::Up) {
            live.refused = Some(cause);
        }
        if let Some(call) = self.call_mut(channel).filter(|call| call.is_origin(channel)) {
            call.caller_gone = true;
        }
    }

    pub(super) fn hold(&mut self, channel: &ChannelId, on: bool, now: Moment, out: &mut Vec<CallChange>) {
        for key in self.graph.calls_of(channel) {
            if let Some(call) = self.calls.get_mut(&key) {
                call.hold(channel, on, now, out);
            }
        }
        self.announce(channel, out);
    }

    /// The caller no longer waits. If the caller did not hang up before, the queue let the caller go on.
    pub(super) fn queue_leave(&mut self, channel: &ChannelId, now: Moment) {
        if let Some(call) = self.call_mut(channel) {
            let taken = call.legs.iter().any(Leg::has_taken);
            let end = match (call.caller_gone, taken) {
                (_, true) => QueueEnd::Answered,
                (true, false) => QueueEnd::Abandoned,
                (false, false) => QueueEnd::LeftQueue,
            };
            call.parts.end_wait(end, now);
        }
    }

    /// Two halves of an internal channel are always in one call: in that of the half that was dialled.
    pub(super) fn pair(
        &mut self,
        channel: &ChannelId,
        other: &ChannelId,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        for (one, partner) in [(channel, other), (other, channel)] {
            if let Some(live) = self.graph.get_mut(one) {
                live.partner = Some(partner.clone());
            }
        }
        if let Some(key) = self.graph.call_of(channel) {
            self.belongs_to(other, key, now, out);
        }
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
