//! The call tracker: signals in, changes out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::Moment;
use shared::phone::PhoneNumber;

use super::graph::{CallKey, Graph, Recent};
use super::introduce::NewChannel;
use super::tracked_call::TrackedCall;
use super::{CallChange, CallId, CallIds, CallInfo, CallSignal, ChannelId, ChannelState, Direction};

/// Used call identities that are remembered: those of a day of a large call centre.
const IDS_MAX: usize = 100_000;

/// What a tracker keeps at most. Beyond that the oldest call is closed as uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackerLimits {
    /// Live calls.
    pub calls_max: usize,
    /// Live channels of all calls.
    pub channels_max: usize,
    /// Ended channels that are remembered, so that a late message does not revive them.
    pub gone_max: usize,
}

impl Default for TrackerLimits {
    fn default() -> Self {
        Self { calls_max: 5_000, channels_max: 20_000, gone_max: 20_000 }
    }
}

/// How much a tracker keeps, to be held against its [`TrackerLimits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackerSize {
    /// Live calls.
    pub calls: usize,
    /// Live channels.
    pub channels: usize,
    /// Identities that lead to a live call: its channels, and those that they are linked to.
    pub links: usize,
    /// Ended channels that are remembered.
    pub gone: usize,
}

/// Follows all calls of one PBX. Pure: the same signals at the same times give the same changes.
#[derive(Debug)]
pub struct CallTracker {
    pub(super) limits: TrackerLimits,
    pub(super) ids: CallIds,
    /// The company's own numbers: whoever dials one calls no customer.
    pub(super) own_numbers: Arc<BTreeSet<PhoneNumber>>,
    /// Identities that calls have or had.
    pub(super) used: Recent<CallId>,
    pub(super) graph: Graph,
    pub(super) calls: BTreeMap<CallKey, TrackedCall>,
    pub(super) next_key: CallKey,
    /// Counts the lists of live channels; a channel is alive if the latest list named it.
    pub(super) epoch: u64,
    pub(super) in_channel_list: bool,
}

impl CallTracker {
    /// A tracker that follows no call yet.
    #[must_use]
    pub fn new(limits: TrackerLimits, ids: CallIds) -> Self {
        Self {
            limits,
            ids,
            own_numbers: Arc::default(),
            used: Recent::new(IDS_MAX),
            graph: Graph::new(limits.gone_max),
            calls: BTreeMap::new(),
            next_key: 0,
            epoch: 0,
            in_channel_list: false,
        }
    }

    /// With the company's own numbers, which are never a customer's.
    #[must_use]
    pub fn with_own_numbers(self, own_numbers: BTreeSet<PhoneNumber>) -> Self {
        Self { own_numbers: Arc::new(own_numbers), ..self }
    }

    /// What is kept now.
    #[must_use]
    pub fn size(&self) -> TrackerSize {
        TrackerSize {
            calls: self.calls.len(),
            channels: self.graph.len(),
            links: self.graph.links_len(),
            gone: self.graph.gone_len(),
        }
    }

    /// The inbound call of this channel, while its caller is known and it has not been announced yet. Never a call that was
    /// found running.
    #[must_use]
    pub fn coming_in(&self, channel: &ChannelId) -> Option<CallInfo> {
        let call = self.calls.get(&self.graph.call_of(channel)?)?;
        let found_running = self.in_channel_list || call.uncertain;
        let comes_in = call.direction == Direction::Inbound
            && call.may_announce()
            && !call.is_announced()
            && !found_running;
        comes_in.then(|| call.info())
    }

    /// The channel of this extension in a call: of several phones the one that was lifted.
    #[must_use]
    pub fn phone_in(&self, call_id: CallId, extension: &str) -> Option<&ChannelId> {
        let call = self.calls.values().find(|call| call.id == call_id)?;
        let leg = call.legs.iter().find(|leg| leg.extension == extension)?;
        let is_up = |id: &&ChannelId| self.graph.get(id).is_some_and(|live| live.state == ChannelState::Up);
        leg.channels.iter().find(is_up).or(leg.channels.first())
    }

    /// The caller's channel of a call.
    #[must_use]
    pub fn caller_in(&self, call_id: CallId) -> Option<&ChannelId> {
        let call = self.calls.values().find(|call| call.id == call_id)?;
        call.origin.as_ref().map(|origin| &origin.channel)
    }

    /// Applies a signal; returns what it changes, in order.
    #[must_use]
    pub fn apply(&mut self, now: impl Into<Moment>, signal: CallSignal) -> Vec<CallChange> {
        let now = now.into();
        let mut out = Vec::new();
        if let Some(channel) = signal.channel() {
            if self.graph.is_gone(channel) {
                return out;
            }
            if let Some(channel) = self.graph.get_mut(channel) {
                channel.epoch = self.epoch;
            }
        }
        self.dispatch(now, signal, &mut out);
        self.close_excess(now, &mut out);
        out
    }

    fn dispatch(&mut self, now: Moment, signal: CallSignal, out: &mut Vec<CallChange>) {
        match signal {
            CallSignal::ChannelSeen { channel, linked, party, role, state, dialled, caller, uncertain } => {
                let new = NewChannel { linked, party, role, state, dialled, caller, uncertain };
                self.introduce(&channel, new, now, out);
                self.state(&channel, state, now, out);
            }
            CallSignal::PartyChanged { channel, party } => self.party_changed(&channel, party, now, out),
            CallSignal::CallerKnown { channel, caller } => self.caller_known(&channel, caller, out),
            CallSignal::CallerNamed { channel, name } => self.caller_named(&channel, name, out),
            CallSignal::CustomerCode { channel, customer_code } => {
                self.customer_code(&channel, customer_code, out);
            }
            CallSignal::Linked { channel, linked } => {
                self.link(&channel, &linked, now, out);
                self.announce(&channel, out);
            }
            CallSignal::State { channel, state } => self.state(&channel, state, now, out),
            CallSignal::DialBegin { source, destination, dialled } => {
                self.dial_begin(source.as_ref(), &destination, dialled, now, out);
            }
            CallSignal::DialEnd { destination, result } => self.dial_end(&destination, result, now, out),
            CallSignal::QueueJoin { channel, queue } => self.queue_join(&channel, queue, now, out),
            CallSignal::QueueLeave { channel } => self.queue_leave(&channel, now),
            CallSignal::SetAside { channel } => self.set_aside(&channel, now, out),
            CallSignal::PickedUp { channel, rang } => self.picked_up(&channel, &rang, now, out),
            CallSignal::Recorded { channel, file } => {
                if let Some(call) = self.call_mut(&channel) {
                    call.recorded(file);
                }
            }
            CallSignal::Redirected { channel } => {
                if let Some(call) = self.call_mut(&channel) {
                    call.redirected = true;
                }
            }
            CallSignal::Paired { channel, other } => self.pair(&channel, &other, now, out),
            CallSignal::HungUp { channel, cause } => self.hung_up(&channel, cause),
            CallSignal::BridgeEnter { channel, bridge } => self.bridge_enter(&channel, &bridge, now, out),
            CallSignal::BridgeLeave { channel, bridge } => {
                if self.graph.is_in(&channel, &bridge) {
                    self.graph.leave(&channel);
                }
            }
            CallSignal::Transferred { by } => self.transferred(&by, now, out),
            CallSignal::Hold { channel } => self.hold(&channel, true, now, out),
            CallSignal::Unhold { channel } => self.hold(&channel, false, now, out),
            CallSignal::Gone { channel, cause } => self.channel_gone(&channel, cause, now, out),
            CallSignal::ChannelListBegin => {
                self.epoch += 1;
                self.in_channel_list = true;
            }
            CallSignal::ChannelListEnd => self.channel_list_end(now, out),
            CallSignal::ChannelListAborted => self.announce_all(out),
            CallSignal::SourceLost => self.source_lost(out),
        }
    }

    pub(super) fn call_mut(&mut self, channel: &ChannelId) -> Option<&mut TrackedCall> {
        let key = self.graph.call_of(channel)?;
        self.calls.get_mut(&key)
    }

    pub(super) fn announce(&mut self, channel: &ChannelId, out: &mut Vec<CallChange>) {
        if self.in_channel_list {
            return;
        }
        if let Some(call) = self.call_mut(channel) {
            call.announce(out);
        }
    }
}
