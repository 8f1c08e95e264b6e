//! Who hears whom. A call is answered when somebody is joined with the other party: a lifted handset is not enough.

use shared::Moment;

use super::graph::CallKey;
use super::part::Who;
use super::tracked_call::TrackedCall;
use super::{BridgeId, CallChange, CallTracker, ChannelId, ChannelState, Direction, Party, Role};

impl CallTracker {
    pub(super) fn bridge_enter(
        &mut self,
        channel: &ChannelId,
        bridge: &BridgeId,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        self.graph.enter(channel, bridge);
        for other in self.graph.members(bridge) {
            if other != *channel {
                self.link(channel, &other, now, out);
            }
        }
        self.join(bridge, now, out);
    }

    /// Those who hear this bridge talk with each other, if they are at least two. An agent who hears several customers
    /// takes part in the call of each.
    pub(super) fn join(&mut self, bridge: &BridgeId, now: Moment, out: &mut Vec<CallChange>) {
        let party = |id: &ChannelId| self.graph.get(id).map(|channel| (channel.party.clone(), channel.call));
        let hearing = self.graph.hearing(bridge);
        let people: Vec<(ChannelId, Party, CallKey)> = hearing
            .into_iter()
            .filter_map(|id| party(&id).map(|(party, call)| (id, party, call)))
            .filter(|(_, party, _)| *party != Party::Internal)
            .collect();
        if people.len() < 2 {
            return;
        }
        let mut keys: Vec<CallKey> = people.iter().map(|(_, _, call)| *call).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let Some(call) = self.calls.get(&key) else { continue };
            let customer_hears = people.iter().any(|(id, _, _)| call.customers.contains(id));
            for (channel, party, own) in &people {
                match party {
                    Party::Agent { extension } if *own == key || customer_hears => {
                        self.agent_joins(key, channel, extension, customer_hears, now, out);
                    }
                    Party::Outside if *own == key => self.outside_joins(key, channel, now, out),
                    _ => {}
                }
            }
            if !self.in_channel_list
                && let Some(call) = self.calls.get_mut(&key)
            {
                call.announce(out);
            }
        }
    }

    /// Agents who are joined without having rung (a pick-up, a consultation that became the call) take part like those
    /// who rang. The agent who placed the call shows no second pop-up, as long as it is on the phone that placed it.
    fn agent_joins(
        &mut self,
        key: CallKey,
        channel: &ChannelId,
        extension: &str,
        customer_hears: bool,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let is_up = self.graph.get(channel).is_some_and(|live| live.state == ChannelState::Up);
        let Some(call) = self.calls.get_mut(&key) else { return };
        if call.origin_extension() == Some(extension) && !call.is_retrieving(channel) {
            if customer_hears {
                call.far_end_answers(now);
            } else if call.direction == Direction::Internal {
                call.parts.answer(Who::Phone(extension), now);
            }
            return;
        }
        if !is_up && !call.has_leg(extension) {
            return;
        }
        let uncertain = call.uncertain;
        call.ring(extension, channel, now, uncertain, out);
        call.answer(channel, now);
        if let Some(live) = self.graph.get_mut(channel)
            && live.call != key
            && !live.also_in.contains(&key)
        {
            live.also_in.push(key);
            call.guests.push(channel.clone());
        }
    }

    /// Somebody outside whom we called: the mobile of a ring group, the target of a transfer. Not the customer.
    fn outside_joins(&mut self, key: CallKey, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        let is_called = self.graph.get(channel).is_some_and(|live| live.role == Role::Destination);
        let Some(call) = self.calls.get_mut(&key) else { return };
        if !is_called || call.customers.contains(channel) || call.origin.is_none() {
            return;
        }
        if !call.outside_taken.contains(channel) {
            call.outside_taken.push(channel.clone());
        }
        call.outside_answers(channel, now);
        call.hand_over(now, out);
    }

    /// A channel waits alone: agents who talked with this caller do not any more, or this agent with any caller.
    pub(super) fn set_aside(&mut self, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        self.graph.leave(channel);
        for key in self.graph.calls_of(channel) {
            let Some(call) = self.calls.get_mut(&key) else { continue };
            if call.customers.contains(channel) {
                call.all_leave(now, out);
            } else if let Some(at) = call.legs.iter().position(|leg| leg.channels.contains(channel))
                && call.legs[at].answered_at.is_some()
            {
                call.leave(at, now, out);
            }
        }
        // Agents between calls take part in none of those in which they did.
        if let Some(live) = self.graph.get_mut(channel) {
            live.also_in.clear();
        }
    }

    /// The caller waits in a queue. Agents who talked before and do not hear the caller now have left.
    pub(super) fn queue_join(
        &mut self,
        channel: &ChannelId,
        queue: String,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let alone = self.graph.bridge_of(channel).is_none();
        let observed = !self.in_channel_list;
        let Some(call) = self.call_mut(channel) else { return };
        call.queued_at.get_or_insert(now.wall);
        call.parts.wait(&queue, now);
        call.queue = Some(queue);
        if observed && alone && call.customers.contains(channel) {
            call.all_leave(now, out);
        }
    }

    /// An agent takes over a call that rings another phone.
    pub(super) fn picked_up(
        &mut self,
        channel: &ChannelId,
        rang: &ChannelId,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        // Where Asterisk swaps the two channels, the phone that rang is the one that is dialled in the other's place.
        if self.graph.get(channel).is_none_or(|live| live.role != Role::Origin) {
            return;
        }
        self.link(channel, rang, now, out);
        let (Some(key), Some(live)) = (self.graph.call_of(rang), self.graph.get_mut(channel)) else { return };
        if live.call != key {
            return;
        }
        live.role = Role::Destination;
        let Party::Agent { extension } = live.party.clone() else { return };
        let Some(call) = self.calls.get_mut(&key) else { return };
        let uncertain = call.uncertain;
        call.ring(&extension, channel, now, uncertain, out);
        call.lift(channel);
        if let Some(extension) = call.leg_loses(rang, now, out) {
            call.dismiss(&extension, super::DismissReason::AnsweredElsewhere, now, out);
        }
        self.announce(channel, out);
    }
}

impl TrackedCall {
    /// Whether this is another channel of the agent who placed the outgoing call: a parked call is retrieved by dialling
    /// its space.
    fn is_retrieving(&self, channel: &ChannelId) -> bool {
        self.direction == Direction::Outbound
            && !self.is_origin(channel)
            && !self.legs.iter().any(|leg| leg.placed && !leg.has_left())
    }
}
