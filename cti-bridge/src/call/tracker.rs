//! Signals in, changes out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use shared::caller::CallerNumber;

use super::graph::{CallKey, Graph, Recent};
use super::live::LiveCall;
use super::seen::Seen;
use super::{
    BridgeId, CallChange, CallId, CallIds, CallInfo, CallSignal, Caller, ChannelId, Direction, DismissReason,
    GoneCause, Party,
};

/// Identities of calls that are not given again: those of the last day of a large call centre.
const IDS_MAX: usize = 100_000;

/// What a tracker keeps at most. Beyond that the oldest call is closed as uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackerLimits {
    /// Live calls.
    pub calls_max: usize,
    /// Live channels of all calls.
    pub channels_max: usize,
    /// Channels that are gone but remembered, so that a late message does not revive them.
    pub gone_max: usize,
}

impl Default for TrackerLimits {
    fn default() -> Self {
        Self { calls_max: 5_000, channels_max: 20_000, gone_max: 20_000 }
    }
}

/// Follows all calls of one telephone system. Pure: the same signals at the same times give the same changes.
#[derive(Debug)]
pub struct CallTracker {
    pub(super) limits: TrackerLimits,
    pub(super) ids: CallIds,
    /// Identities that were given to calls.
    pub(super) used: Recent<CallId>,
    pub(super) graph: Graph,
    pub(super) calls: BTreeMap<CallKey, LiveCall>,
    pub(super) next_key: CallKey,
    /// Numbers the snapshots; a channel is alive if the latest one saw it.
    pub(super) epoch: u64,
    pub(super) in_snapshot: bool,
}

impl CallTracker {
    /// A tracker that follows no call yet.
    #[must_use]
    pub fn new(limits: TrackerLimits, ids: CallIds) -> Self {
        Self {
            limits,
            ids,
            used: Recent::new(IDS_MAX),
            graph: Graph::new(limits.gone_max),
            calls: BTreeMap::new(),
            next_key: 0,
            epoch: 0,
            in_snapshot: false,
        }
    }

    /// The calls that live now, oldest first.
    pub fn live_calls(&self) -> impl Iterator<Item = CallInfo> {
        self.calls.values().map(LiveCall::info)
    }

    /// How many calls live now.
    #[must_use]
    pub fn calls_len(&self) -> usize {
        self.calls.len()
    }

    /// How many channels live now.
    #[must_use]
    pub fn channels_len(&self) -> usize {
        self.graph.len()
    }

    /// How many identities lead to a live call: its channels, and those that they named as linked.
    #[must_use]
    pub fn links_len(&self) -> usize {
        self.graph.links_len()
    }

    /// How many channels are remembered as gone.
    #[must_use]
    pub fn gone_len(&self) -> usize {
        self.graph.gone_len()
    }

    /// The call of this channel while it comes in, who calls is known, and nobody has been told of it yet. Never one
    /// that was found already running.
    #[must_use]
    pub fn coming_in(&self, channel: &ChannelId) -> Option<CallInfo> {
        let call = self.calls.get(&self.graph.call_of(channel)?)?;
        let found_running = self.in_snapshot || call.uncertain;
        let comes_in =
            call.direction == Direction::Inbound && call.may_tell() && !call.is_told() && !found_running;
        comes_in.then(|| call.info())
    }

    /// Applies one signal and gives what it changes, in order.
    #[must_use]
    pub fn apply(&mut self, now: DateTime<Utc>, signal: CallSignal) -> Vec<CallChange> {
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

    fn dispatch(&mut self, now: DateTime<Utc>, signal: CallSignal, out: &mut Vec<CallChange>) {
        match signal {
            CallSignal::ChannelSeen { channel, linked, party, role, state, dialled, caller, uncertain } => {
                let seen = Seen { linked, party, role, dialled, caller, uncertain };
                self.channel_seen(&channel, seen, now, out);
                self.state(&channel, state, now, out);
            }
            CallSignal::PartyChanged { channel, party } => self.party_changed(&channel, party, now, out),
            CallSignal::CallerKnown { channel, caller } => self.caller_known(&channel, caller, out),
            CallSignal::CustomerCode { channel, customer_code } => {
                self.customer_code(&channel, customer_code, out);
            }
            CallSignal::Linked { channel, linked } => {
                self.link(&channel, &linked, now, out);
                self.tell(&channel, out);
            }
            CallSignal::State { channel, state } => self.state(&channel, state, now, out),
            CallSignal::DialBegin { source, destination } => {
                self.dial_begin(source.as_ref(), &destination, now, out);
            }
            CallSignal::DialEnd { destination, result } => self.dial_end(&destination, result, now, out),
            CallSignal::QueueJoin { channel, queue } => {
                if let Some(call) = self.call_mut(&channel) {
                    call.queue = Some(queue);
                    call.queued_at.get_or_insert(now);
                }
            }
            CallSignal::QueueAbandon { channel } | CallSignal::HungUp { channel } => self.hung_up(&channel),
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
            CallSignal::SnapshotBegin => {
                self.epoch += 1;
                self.in_snapshot = true;
            }
            CallSignal::SnapshotEnd => self.snapshot_end(now, out),
            CallSignal::SnapshotAborted => self.tell_all(out),
            CallSignal::SourceLost => self.source_lost(out),
        }
    }

    pub(super) fn call_mut(&mut self, channel: &ChannelId) -> Option<&mut LiveCall> {
        let key = self.graph.call_of(channel)?;
        self.calls.get_mut(&key)
    }

    fn party_changed(
        &mut self,
        channel: &ChannelId,
        party: Party,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        let Some(live) = self.graph.get_mut(channel) else { return };
        if live.party == party {
            return;
        }
        live.party = party;
        // Nobody has called the new party yet.
        live.dial_ended = false;
        let Some(call) = self.call_mut(channel) else { return };
        if let Some(extension) = call.leg_loses(channel, now) {
            call.dismiss(&extension, DismissReason::AnsweredElsewhere, now, out);
        }
        self.tell(channel, out);
    }

    pub(super) fn caller_known(
        &mut self,
        channel: &ChannelId,
        caller: CallerNumber,
        out: &mut Vec<CallChange>,
    ) {
        let may_tell = !self.in_snapshot;
        let Some(call) = self.call_mut(channel).filter(|call| call.is_origin(channel)) else { return };
        // For a call that one of us placed the other end is who was dialled, not who dials; and a colleague who calls is
        // known by the extension, whatever number the phone shows.
        if call.direction == Direction::Outbound || call.origin_extension().is_some() {
            return;
        }
        // Asked again after a reconnect and not answered: what was known before still holds.
        let is_news = call.caller == Caller::Pending || caller != CallerNumber::Unknown;
        let caller = Caller::Known(caller);
        if call.caller == caller || !is_news {
            return;
        }
        call.caller = caller;
        if call.is_told() {
            out.push(CallChange::CallerChanged { call: call.info() });
        }
        if may_tell {
            call.tell(out);
        }
    }

    fn customer_code(&mut self, channel: &ChannelId, code: String, out: &mut Vec<CallChange>) {
        let Some(call) = self.call_mut(channel) else { return };
        if call.customer_code.as_ref() == Some(&code) {
            return;
        }
        call.customer_code = Some(code);
        if call.is_told() {
            out.push(CallChange::CallerChanged { call: call.info() });
        }
    }

    /// One of us reaches a line to the outside: if the call was ours alone until now, it is outbound.
    pub(super) fn reaches_outside(
        &mut self,
        channel: &ChannelId,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        let in_snapshot = self.in_snapshot;
        let Some(call) = self.call_mut(channel) else { return };
        if call.direction == Direction::Internal && call.origin.is_some() && !call.is_origin(channel) {
            call.goes_outside();
            if call.is_told() {
                out.push(CallChange::CallerChanged { call: call.info() });
            }
            call.place(now, call.uncertain || in_snapshot);
        }
    }

    fn channel_gone(
        &mut self,
        channel: &ChannelId,
        cause: GoneCause,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        let Some(live) = self.graph.remove(channel) else {
            // Its end was told before its beginning: what is told about it later comes too late.
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
            call.hand_on(now, out);
        }
        if call.channels_live == 0 {
            self.end(live.call, false, now, out);
        }
    }

    /// Closes a call: takes down what still rings, then tells the end. A call that never began is forgotten.
    pub(super) fn end(&mut self, key: CallKey, lost: bool, now: DateTime<Utc>, out: &mut Vec<CallChange>) {
        let Some(mut call) = self.calls.remove(&key) else { return };
        self.graph.forget(&call.names);
        let ended = call.ended(now, lost);
        if !lost {
            call.tell_answers(out);
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

    pub(super) fn tell(&mut self, channel: &ChannelId, out: &mut Vec<CallChange>) {
        if self.in_snapshot {
            return;
        }
        if let Some(call) = self.call_mut(channel) {
            call.tell(out);
        }
    }

    fn bridge_enter(
        &mut self,
        channel: &ChannelId,
        bridge: &BridgeId,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        self.graph.enter(channel, bridge);
        let members = self.graph.members(bridge);
        if let Some(first) = members.first().filter(|first| *first != channel) {
            self.link(channel, first, now, out);
        }
        self.take_part(&members, now, out);
    }
}
