//! Channels that are seen for the first time: which call they belong to, and who started it.

use shared::Moment;

use super::graph::CallKey;
use super::tracked_call::TrackedCall;
use super::{CallChange, CallTracker, Caller, ChannelId, ChannelState, Direction, Party, Role};

impl CallTracker {
    pub(super) fn introduce(
        &mut self,
        channel: &ChannelId,
        mut new: NewChannel,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let is_new = self.graph.get(channel).is_none();
        if let Some(live) = self.graph.get(channel) {
            // The list of live channels may know less about a channel than the messages that introduced it.
            new.party = live.party.clone();
        } else {
            let known = self.graph.linked_call(channel);
            let known = known.or_else(|| new.linked.as_ref().and_then(|l| self.graph.linked_call(l)));
            let key = known.unwrap_or_else(|| {
                self.open_call(new.linked.as_ref().unwrap_or(channel), now, new.uncertain)
            });
            self.graph.insert(channel, key, new.party.clone(), new.role, self.epoch);
            self.name(channel, key);
            if let Some(call) = self.calls.get_mut(&key) {
                call.channels_live += 1;
            }
        }
        if let Some(linked) = &new.linked {
            self.link(channel, linked, now, out);
        }
        if new.role == Role::Origin {
            self.introduce_origin(channel, new, out);
            self.has_reached_outside(channel, now, out);
        } else if new.party == Party::Outside && is_new && new.state == ChannelState::Up && !new.uncertain {
            // Nobody called it: the customer's channel goes on under another identity.
            self.goes_on(channel);
        } else if new.party == Party::Outside {
            self.reaches_outside(channel, new.dialled, false, now, out);
        }
        self.announce(channel, out);
    }

    /// A list of live channels may name the trunk that an agent reached before it names the agent.
    fn has_reached_outside(&mut self, channel: &ChannelId, now: Moment, out: &mut Vec<CallChange>) {
        let Some(call) = self.call_mut(channel).filter(|call| call.is_origin(channel)) else { return };
        if call.direction != Direction::Internal {
            return;
        }
        let names = call.names.clone();
        let reached = names.iter().find_map(|name| {
            let live = self.graph.get(name)?;
            let is_called = live.party == Party::Outside && live.role == Role::Destination;
            is_called.then(|| (name.clone(), live.state))
        });
        if let Some((trunk, state)) = reached {
            self.reaches_outside(&trunk, None, false, now, out);
            self.state(&trunk, state, now, out);
        }
    }

    /// The customer has this channel too.
    fn goes_on(&mut self, channel: &ChannelId) {
        let Some(call) = self.call_mut(channel).filter(|call| call.origin.is_some()) else { return };
        if call.direction != Direction::Internal && !call.customers.contains(channel) {
            call.customers.push(channel.clone());
        }
    }

    /// A channel that calls: it started its call, unless another did. After a gap, a trunk is a likelier origin than an
    /// agent's phone, and a phone a likelier one than an internal channel. What agents were told is corrected only if the
    /// call was announced as internal.
    fn introduce_origin(&mut self, channel: &ChannelId, new: NewChannel, out: &mut Vec<CallChange>) {
        // An internal channel calls on behalf of somebody who is yet to appear.
        if new.party == Party::Internal {
            return;
        }
        let Some(call) = self.call_mut(channel) else { return };
        let may_be_wrong = new.uncertain && (!call.is_announced() || call.direction == Direction::Internal);
        let replaces = match &call.origin {
            None => true,
            Some(origin) => may_be_wrong && likelihood(&new.party) > likelihood(&origin.party),
        };
        if replaces {
            call.set_origin(channel, &new.party, new.caller, new.dialled);
            if call.is_announced() && call.caller != Caller::Pending {
                out.push(CallChange::CallerChanged { call: call.info() });
            }
        } else if call.is_origin(channel) {
            if let Some(Caller::Known(caller)) = new.caller {
                self.caller_known(channel, caller, out);
            }
        } else if new.party == Party::Outside {
            self.goes_on(channel);
        }
    }

    /// A new call with the identity of its first channel. An identity is used once: a call that had it is over.
    fn open_call(&mut self, first: &ChannelId, now: Moment, uncertain: bool) -> CallKey {
        let key = self.next_key;
        self.next_key += 1;
        let named = self.ids.id_of(first);
        let id = if self.used.remember(&named) { named } else { self.ids.next_id() };
        self.calls.insert(key, TrackedCall::new(id, now.wall, uncertain));
        key
    }

    /// A call for channels that outlived theirs. Nobody is told of it.
    pub(super) fn open_rest(&mut self, now: Moment) -> CallKey {
        let key = self.next_key;
        self.next_key += 1;
        let id = self.ids.next_id();
        self.calls.insert(key, TrackedCall::new(id, now.wall, false));
        key
    }

    pub(super) fn name(&mut self, name: &ChannelId, key: CallKey) {
        if self.graph.link(name, key)
            && let Some(call) = self.calls.get_mut(&key)
        {
            call.names.push(name.clone());
        }
    }
}

/// How likely a party is to be the caller.
fn likelihood(party: &Party) -> u8 {
    match party {
        Party::Outside => 2,
        Party::Agent { .. } => 1,
        Party::Internal => 0,
    }
}

/// What is reported about a channel, without its identity and state.
pub(super) struct NewChannel {
    pub(super) linked: Option<ChannelId>,
    pub(super) party: Party,
    pub(super) role: Role,
    pub(super) state: ChannelState,
    pub(super) dialled: Option<String>,
    pub(super) caller: Option<Caller>,
    pub(super) uncertain: bool,
}
