//! Which channels exist, which call each belongs to, and which hear each other. Knows nothing about agents' screens.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use super::{BridgeId, ChannelId, ChannelState, GoneCause, Party, Role};

/// A call's key in the tracker. Keys increase, so the smallest is the oldest call.
pub(super) type CallKey = u64;

/// A live channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) call: CallKey,
    pub(super) party: Party,
    pub(super) role: Role,
    pub(super) state: ChannelState,
    bridge: Option<BridgeId>,
    /// Other calls in which this agent's phone takes part: several callers in one conference.
    pub(super) also_in: Vec<CallKey>,
    /// The other half of an internal channel.
    pub(super) partner: Option<ChannelId>,
    /// The attempt to reach this phone is over: a late or repeated `DialBegin` must not ring it again.
    pub(super) dial_ended: bool,
    /// Why the phone refused, before the attempt ends.
    pub(super) refused: Option<GoneCause>,
    /// The last list of live channels during which it was seen.
    pub(super) epoch: u64,
}

impl Channel {
    pub(super) fn calls(&self) -> Vec<CallKey> {
        std::iter::once(self.call).chain(self.also_in.iter().copied()).collect()
    }
}

/// All live channels.
#[derive(Debug)]
pub(super) struct Graph {
    channels: HashMap<ChannelId, Channel>,
    /// Every identity that leads to a call: channels, and identities that channels named as linked.
    links: HashMap<ChannelId, CallKey>,
    bridges: HashMap<BridgeId, Vec<ChannelId>>,
    gone: Recent<ChannelId>,
}

impl Graph {
    pub(super) fn new(gone_max: usize) -> Self {
        Self {
            channels: HashMap::new(),
            links: HashMap::new(),
            bridges: HashMap::new(),
            gone: Recent::new(gone_max),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.channels.len()
    }

    pub(super) fn links_len(&self) -> usize {
        self.links.len()
    }

    pub(super) fn gone_len(&self) -> usize {
        self.gone.order.len()
    }

    pub(super) fn get(&self, channel: &ChannelId) -> Option<&Channel> {
        self.channels.get(channel)
    }

    pub(super) fn get_mut(&mut self, channel: &ChannelId) -> Option<&mut Channel> {
        self.channels.get_mut(channel)
    }

    pub(super) fn call_of(&self, channel: &ChannelId) -> Option<CallKey> {
        self.channels.get(channel).map(|c| c.call)
    }

    /// The call that an identity leads to, whether it is a live channel or not.
    pub(super) fn linked_call(&self, name: &ChannelId) -> Option<CallKey> {
        self.links.get(name).copied()
    }

    /// Whether this channel has ended: reports about it are stale.
    pub(super) fn is_gone(&self, channel: &ChannelId) -> bool {
        self.gone.has(channel)
    }

    pub(super) fn insert(&mut self, id: &ChannelId, call: CallKey, party: Party, role: Role, epoch: u64) {
        let state = ChannelState::Idle;
        let (also_in, partner, bridge, dial_ended, refused) = (Vec::new(), None, None, false, None);
        let channel =
            Channel { call, party, role, state, bridge, also_in, partner, dial_ended, refused, epoch };
        self.channels.insert(id.clone(), channel);
    }

    /// Makes an identity lead to a call. Returns whether it is new.
    pub(super) fn link(&mut self, name: &ChannelId, call: CallKey) -> bool {
        self.links.insert(name.clone(), call).is_none()
    }

    /// Moves identities from one call to another.
    pub(super) fn move_to(&mut self, names: &[ChannelId], call: CallKey) {
        for name in names {
            if let Some(link) = self.links.get_mut(name) {
                *link = call;
            }
            if let Some(channel) = self.channels.get_mut(name) {
                channel.call = call;
                channel.also_in.retain(|also| *also != call);
            }
        }
    }

    /// Channels that took part in one call as guests take part in another now, or in none.
    pub(super) fn move_guests(
        &mut self,
        guests: &[ChannelId],
        from: CallKey,
        to: impl Into<Option<CallKey>>,
    ) {
        let to = to.into();
        for guest in guests {
            let Some(channel) = self.channels.get_mut(guest) else { continue };
            channel.also_in.retain(|also| *also != from && Some(*also) != to);
            channel.also_in.extend(to.filter(|to| *to != channel.call));
        }
    }

    /// All calls of a channel, its own first.
    pub(super) fn calls_of(&self, channel: &ChannelId) -> Vec<CallKey> {
        self.channels.get(channel).map_or_else(Vec::new, Channel::calls)
    }

    /// Removes a live channel and remembers that it has ended.
    pub(super) fn remove(&mut self, id: &ChannelId) -> Option<Channel> {
        self.leave(id);
        let channel = self.channels.remove(id)?;
        self.gone.remember(id);
        Some(channel)
    }

    /// Remembers the end of a channel that was never live here.
    pub(super) fn remember_gone(&mut self, id: &ChannelId) {
        self.gone.remember(id);
    }

    /// Forgets everything that led to a call that is over.
    pub(super) fn forget(&mut self, names: &[ChannelId]) {
        for name in names {
            self.remove(name);
            self.links.remove(name);
        }
    }

    /// Forgets the identities that led to a call that is over and are no live channels. Returns those that are.
    pub(super) fn forget_ended(&mut self, names: Vec<ChannelId>) -> Vec<ChannelId> {
        let (live, ended): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| self.channels.contains_key(name));
        for name in &ended {
            self.links.remove(name);
        }
        live
    }

    /// Moves a channel into a bridge.
    pub(super) fn enter(&mut self, id: &ChannelId, bridge: &BridgeId) {
        self.leave(id);
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.bridge = Some(bridge.clone());
        self.bridges.entry(bridge.clone()).or_default().push(id.clone());
    }

    /// Removes a channel from its bridge.
    pub(super) fn leave(&mut self, id: &ChannelId) {
        let Some(bridge) = self.channels.get_mut(id).and_then(|c| c.bridge.take()) else { return };
        if let Some(members) = self.bridges.get_mut(&bridge) {
            members.retain(|m| m != id);
            if members.is_empty() {
                self.bridges.remove(&bridge);
            }
        }
    }

    /// Whether the channel is in this bridge.
    pub(super) fn is_in(&self, id: &ChannelId, bridge: &BridgeId) -> bool {
        self.channels.get(id).is_some_and(|c| c.bridge.as_ref() == Some(bridge))
    }

    /// The channels in a bridge, in the order of entering.
    pub(super) fn members(&self, bridge: &BridgeId) -> Vec<ChannelId> {
        self.bridges.get(bridge).cloned().unwrap_or_default()
    }

    /// The bridge that a channel is in.
    pub(super) fn bridge_of(&self, id: &ChannelId) -> Option<BridgeId> {
        self.channels.get(id).and_then(|channel| channel.bridge.clone())
    }

    /// Everybody who hears this bridge, in the order of entering. Internal channels carry sound between the bridges of
    /// their call.
    pub(super) fn hearing(&self, bridge: &BridgeId) -> Vec<ChannelId> {
        let mut members = self.members(bridge);
        let through = |member: &ChannelId| {
            let channel = self.channels.get(member).filter(|channel| channel.party == Party::Internal)?;
            Some(channel.call)
        };
        let calls: Vec<CallKey> = members.iter().filter_map(through).collect();
        if calls.is_empty() {
            return members;
        }
        let mut others: Vec<_> = self.bridges.iter().filter(|(id, _)| *id != bridge).collect();
        others.sort();
        for (_, there) in others {
            if there.iter().filter_map(through).any(|call| calls.contains(&call)) {
                members.extend(there.iter().cloned());
            }
        }
        members
    }

    /// Live channels that were not seen during this list of live channels, in a fixed order.
    pub(super) fn unseen_since(&self, epoch: u64) -> Vec<ChannelId> {
        let mut unseen: Vec<_> =
            self.channels.iter().filter(|(_, c)| c.epoch != epoch).map(|(id, _)| id.clone()).collect();
        unseen.sort();
        unseen
    }
}

/// The most recent values, up to a limit.
#[derive(Debug)]
pub(super) struct Recent<T> {
    max: usize,
    order: VecDeque<T>,
    set: HashSet<T>,
}

impl<T: Clone + Eq + Hash> Recent<T> {
    pub(super) fn new(max: usize) -> Self {
        Self { max, order: VecDeque::new(), set: HashSet::new() }
    }

    pub(super) fn has(&self, one: &T) -> bool {
        self.set.contains(one)
    }

    /// Returns whether it is new.
    pub(super) fn remember(&mut self, one: &T) -> bool {
        let is_new = self.set.insert(one.clone());
        if is_new {
            self.order.push_back(one.clone());
        }
        while self.order.len() > self.max {
            if let Some(oldest) = self.order.pop_front() {
                self.set.remove(&oldest);
            }
        }
        is_new
    }
}
