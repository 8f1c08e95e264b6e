//! A channel is seen: whose call it belongs to, and who began that.

use chrono::{DateTime, Utc};

use super::graph::CallKey;
use super::live::LiveCall;
use super::{CallChange, CallTracker, Caller, ChannelId, Direction, Party, Role};

impl CallTracker {
    pub(super) fn channel_seen(
        &mut self,
        channel: &ChannelId,
        mut seen: Seen,
        now: DateTime<Utc>,
        out: &mut Vec<CallChange>,
    ) {
        if let Some(live) = self.graph.get(channel) {
            // A list may know less of a channel than the messages that introduced it.
            seen.party = live.party.clone();
        } else {
            let known = self.graph.linked_call(channel);
            let known = known.or_else(|| seen.linked.as_ref().and_then(|l| self.graph.linked_call(l)));
            let key = known.unwrap_or_else(|| {
                self.open_call(seen.linked.as_ref().unwrap_or(channel), now, seen.uncertain)
            });
            self.graph.insert(channel, key, seen.party.clone(), seen.role, self.epoch);
            self.name(channel, key);
            if let Some(call) = self.calls.get_mut(&key) {
                call.channels_live += 1;
            }
        }
        if let Some(linked) = &seen.linked {
            self.link(channel, linked, now, out);
        }
        if seen.role == Role::Origin {
            self.origin_seen(channel, seen, out);
        } else if seen.party == Party::Outside {
            self.reaches_outside(channel, now, out);
        }
        self.tell(channel, out);
    }

    /// A channel that calls: it began its call, unless another did. After a gap in what was seen, a line from
    /// outside is the likelier beginning than one of our phones, and a phone than plumbing. What agents were told is put
    /// right only where the call was said to be between us.
    fn origin_seen(&mut self, channel: &ChannelId, seen: Seen, out: &mut Vec<CallChange>) {
        let Some(call) = self.call_mut(channel) else { return };
        let may_be_wrong = seen.uncertain && (!call.is_told() || call.direction == Direction::Internal);
        let replaces = match &call.origin {
            None => true,
            Some(origin) => may_be_wrong && likelihood(&seen.party) > likelihood(&origin.party),
        };
        if replaces {
            call.set_origin(channel, &seen.party, seen.caller, seen.dialled);
            if call.is_told() && call.caller != Caller::Pending {
                out.push(CallChange::CallerChanged { call: call.info() });
            }
        } else if call.is_origin(channel)
            && let Some(Caller::Known(caller)) = seen.caller
        {
            self.caller_known(channel, caller, out);
        }
    }

    /// A new call, with the identity that its first channel gives it. An identity is used once: what was told about
    /// another call is over.
    fn open_call(&mut self, first: &ChannelId, now: DateTime<Utc>, uncertain: bool) -> CallKey {
        let key = self.next_key;
        self.next_key += 1;
        let named = self.ids.id_of(first);
        let id = if self.used.remember(&named) { named } else { self.ids.next_id() };
        self.calls.insert(key, LiveCall::new(id, now, uncertain));
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

/// How likely a party is the one who calls.
fn likelihood(party: &Party) -> u8 {
    match party {
        Party::Outside => 2,
        Party::Agent { .. } => 1,
        Party::Internal => 0,
    }
}

/// What was told about a channel, without its identity and state.
pub(super) struct Seen {
    pub(super) linked: Option<ChannelId>,
    pub(super) party: Party,
    pub(super) role: Role,
    pub(super) dialled: Option<String>,
    pub(super) caller: Option<Caller>,
    pub(super) uncertain: bool,
}
