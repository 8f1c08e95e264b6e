//! Who is calling, and who is being called: parties, numbers and customer codes that become known.

use std::sync::Arc;

use shared::Moment;
use shared::caller::CallerNumber;

use super::{CallChange, CallTracker, Caller, ChannelId, Direction, DismissReason, Party};

impl CallTracker {
    pub(super) fn party_changed(
        &mut self,
        channel: &ChannelId,
        party: Party,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let Some(live) = self.graph.get_mut(channel) else { return };
        if live.party == party {
            return;
        }
        live.party = party;
        // The new party has not been called yet.
        live.dial_ended = false;
        let Some(call) = self.call_mut(channel) else { return };
        if let Some(extension) = call.leg_loses(channel, now, out) {
            call.dismiss(&extension, DismissReason::AnsweredElsewhere, now, out);
        }
        self.announce(channel, out);
    }

    pub(super) fn caller_known(
        &mut self,
        channel: &ChannelId,
        caller: CallerNumber,
        out: &mut Vec<CallChange>,
    ) {
        let may_announce = !self.in_channel_list;
        let Some(call) = self.call_mut(channel).filter(|call| call.is_origin(channel)) else { return };
        // The other party of an outbound call is the number dialled, and a colleague who calls is identified by the
        // extension, whatever number the phone shows.
        if call.direction == Direction::Outbound || call.origin_extension().is_some() {
            return;
        }
        // Asked again after a reconnect and not answered: what was known before still applies.
        let is_news = call.caller == Caller::Pending || caller != CallerNumber::Unknown;
        let caller = Caller::Known(caller);
        if call.caller == caller || !is_news {
            return;
        }
        call.caller = caller;
        // The name was the old number's.
        call.caller_name = None;
        if call.is_announced() {
            out.push(CallChange::CallerChanged { call: call.info() });
        }
        if may_announce {
            call.announce(out);
        }
    }

    /// The name that came with the number of whoever called in.
    pub(super) fn caller_named(&mut self, channel: &ChannelId, name: String, out: &mut Vec<CallChange>) {
        let Some(call) = self.call_mut(channel).filter(|call| call.is_origin(channel)) else { return };
        let is_number = matches!(&call.caller, Caller::Known(CallerNumber::Number(_)));
        let calls_in = call.direction == Direction::Inbound && is_number;
        if !calls_in || call.caller_name.as_ref() == Some(&name) {
            return;
        }
        call.caller_name = Some(name);
        if call.is_announced() {
            out.push(CallChange::CallerChanged { call: call.info() });
        }
    }

    pub(super) fn customer_code(&mut self, channel: &ChannelId, code: String, out: &mut Vec<CallChange>) {
        let Some(call) = self.call_mut(channel) else { return };
        if call.customer_code.as_ref() == Some(&code) {
            return;
        }
        call.customer_code = Some(code);
        if call.is_announced() {
            out.push(CallChange::CallerChanged { call: call.info() });
        }
    }

    /// An agent reaches a trunk: a call that was internal until now is outbound. `by_pbx` when nobody is known who calls:
    /// then it is the agent whose phone was lifted first (another program's click-to-call), or the PBX itself.
    pub(super) fn reaches_outside(
        &mut self,
        channel: &ChannelId,
        dialled: Option<String>,
        by_pbx: bool,
        now: Moment,
        out: &mut Vec<CallChange>,
    ) {
        let (in_channel_list, own_numbers) = (self.in_channel_list, Arc::clone(&self.own_numbers));
        let Some(call) = self.call_mut(channel) else { return };
        if call.origin.is_none() && by_pbx {
            let lifted = call.legs.iter().find(|leg| leg.has_taken());
            let lifted = lifted.and_then(|leg| Some((leg.channels.first()?.clone(), leg.extension.clone())));
            let (origin, party) = match lifted {
                Some((phone, extension)) => (phone, Party::Agent { extension }),
                None => (channel.clone(), Party::Internal),
            };
            call.set_origin(&origin, &party, None, None);
        }
        let Some(origin) = &call.origin else { return };
        let is_new = call.direction == Direction::Internal
            && (origin.channel != *channel || origin.party == Party::Internal);
        // Another trunk is tried, or the number that went to the trunk becomes known. Whoever is called once the customer
        // has answered is not the customer.
        let is_better = call.direction == Direction::Outbound
            && call.customers.is_empty()
            && dialled.is_some()
            && dialled != call.called;
        if is_new || is_better {
            call.goes_outside(dialled, &own_numbers);
            if call.is_announced() {
                out.push(CallChange::CallerChanged { call: call.info() });
            }
            call.place(now, call.uncertain || in_channel_list);
        }
    }
}
