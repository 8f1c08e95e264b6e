//! Legs that are seen for the first time, and the fields of its leg that every event has.

use super::headers::{customer_code, dialled, is_ordered, owner};
use super::legs::Leg;
use super::{EslMessage, EslTranslator, caller_id};
use crate::call::{CallSignal, Caller, ChannelId, ChannelState, Party, Role};
use crate::source::caller;

impl EslTranslator {
    /// Introduces a leg that is new, and reads the fields that every event has.
    pub(super) fn observe(
        &mut self,
        channel: &ChannelId,
        event: &str,
        message: &EslMessage,
        out: &mut Vec<CallSignal>,
    ) {
        if self.legs.get(channel).is_none() {
            if message.get("Answer-State") == Some("hangup") || event == "CHANNEL_DESTROY" {
                // It ends and was never introduced: nothing to report.
                return;
            }
            let is_outbound = message.get("Call-Direction") == Some("outbound");
            if is_outbound && is_ordered(message) && message.get("Answer-State") != Some("answered") {
                // Click-to-call: until the agent's own phone is answered, there is no call.
                return;
            }
            if event == "CHANNEL_CALLSTATE" && is_outbound && owner(message).is_none() {
                // This event has no variables, so it does not say for which caller a queue rings this phone. The next does.
                return;
            }
            self.introduce(channel, event, message, out);
        }
        self.find_owner(channel, message, out);
        self.apply_privacy(channel, message, out);
        if let Some(queue) = message.known("variable_cc_queue") {
            self.queue(channel, queue, out);
        }
        let code = message.known(&self.customer_code_header).and_then(customer_code);
        if let Some(code) = code {
            self.customer_code(channel, &code, out);
        }
    }

    /// Reports a leg for the first time.
    fn introduce(
        &mut self,
        channel: &ChannelId,
        event: &str,
        message: &EslMessage,
        out: &mut Vec<CallSignal>,
    ) {
        let is_outbound = message.get("Call-Direction") == Some("outbound");
        let party = self.parties.of(message);
        let owner = owner(message);
        // An agent's leg that FreeSWITCH creates on its own starts its call: click-to-call. An outside party's does not:
        // FreeSWITCH calls the customer first.
        let role = match (is_outbound, &owner, &party) {
            (true, Some(_), _) | (true, None, Party::Internal | Party::Outside) => Role::Destination,
            _ => Role::Origin,
        };
        let by_pbx = is_outbound && owner.is_none() && party == Party::Outside;
        let mut leg = Leg::new(role, party.clone(), is_outbound, owner.clone());
        let (mut caller, mut name) = (None, None);
        if leg.calls_in() {
            let (who, has_number) = caller_id::caller_of(message, &self.numbers);
            leg.is_withheld = caller_id::hides(message);
            leg.has_number = has_number;
            name = caller::name_beside(&who, Some(caller_id::name_of(message)));
            caller = Some(Caller::Known(who));
        }
        let to_trunk = (is_outbound && party == Party::Outside)
            .then(|| message.known("Caller-Destination-Number").map(|number| self.numbers.dialled(number)))
            .flatten();
        leg.state = if message.get("Answer-State") == Some("answered") && event != "CHANNEL_CREATE" {
            ChannelState::Up
        } else {
            ChannelState::Idle
        };
        let state = leg.state;
        self.legs.insert(channel, leg);
        out.push(CallSignal::ChannelSeen {
            channel: channel.clone(),
            linked: owner,
            party,
            role,
            state,
            dialled: match role {
                Role::Origin => {
                    dialled(is_outbound, event, message).map(|number| self.numbers.dialled(&number))
                }
                Role::Destination => to_trunk.clone(),
            },
            caller,
            uncertain: event != "CHANNEL_CREATE" && !(is_outbound && is_ordered(message)),
        });
        out.extend(name.map(|name| CallSignal::CallerNamed { channel: channel.clone(), name }));
        if by_pbx {
            let destination = channel.clone();
            out.push(CallSignal::DialBegin { source: None, destination, dialled: to_trunk });
        }
    }

    /// A leg whose caller was not known at first.
    fn find_owner(&mut self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let Some(leg) = self.legs.get_mut(channel).filter(|leg| leg.owner.is_none()) else { return };
        if let Some(owner) = owner(message) {
            leg.owner = Some(owner.clone());
            out.push(CallSignal::Linked { channel: channel.clone(), linked: owner });
        }
    }

    /// Withholds the caller's number from now on, if this event says so about any leg of the call.
    fn apply_privacy(&mut self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        if !caller_id::hides(message) && !caller_id::hides_other(message) {
            return;
        }
        let Some(leg) = self.legs.get(channel) else { return };
        let caller = if leg.calls_in() { Some(channel.clone()) } else { leg.owner.clone() };
        if let Some(caller) = caller.filter(|_| leg.calls_in() || leg.is_outbound) {
            self.withhold(&caller, out);
        }
    }
}
