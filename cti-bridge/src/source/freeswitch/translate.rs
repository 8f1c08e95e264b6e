//! Event-socket messages to call signals, without I/O.
//!
//! **Withheld numbers.** FreeSWITCH prints the number of a caller who withholds it in every event, and in a queue only
//! the caller's own leg says that it is withheld. So who calls is decided from the caller's leg alone, once; a number
//! is taken from no other leg; and when any leg of the call says that the number is withheld, it is from then on.

use std::collections::HashSet;

use super::legs::{Leg, Legs};
use super::reading::{bridge_of, customer_code, dial_result, dialled, gone_cause, id, owner};
use super::{EslMessage, EslParties, FreeSwitchConfig, presentation};
use crate::call::{CallSignal, Caller, ChannelId, ChannelState, GoneCause, Party, Role};
use crate::source::caller;

/// Turns messages of one connection into signals.
#[derive(Debug)]
pub struct EslTranslator {
    pub(super) parties: EslParties,
    pub(super) legs: Legs,
    /// Legs that went while the list of live channels is awaited: the list may be older.
    pub(super) departed: Option<HashSet<ChannelId>>,
    pub(super) channels_max: usize,
    customer_code_header: String,
}

impl EslTranslator {
    /// A translator for one connection, which begins with the list of live channels ([`Self::snapshot`]).
    #[must_use]
    pub fn new(config: &FreeSwitchConfig) -> Self {
        Self {
            parties: EslParties::from(config),
            legs: Legs::new(config.channels_max),
            departed: Some(HashSet::new()),
            channels_max: config.channels_max,
            customer_code_header: format!("variable_{}", config.customer_code_variable),
        }
    }

    /// How many legs are remembered.
    #[must_use]
    pub fn legs_len(&self) -> usize {
        self.legs.len()
    }

    /// Translates an event. Anything else, and events without a meaning here, give nothing.
    pub fn translate(&mut self, message: &EslMessage, out: &mut Vec<CallSignal>) {
        match message.event() {
            Some("CUSTOM") if message.get("Event-Subclass") == Some("callcenter::info") => {
                self.callcenter(message, out);
            }
            Some("CHANNEL_UUID") => self.renamed(message, out),
            Some(event) if event.starts_with("CHANNEL_") || event == "CALL_UPDATE" => {
                self.about_leg(event, message, out);
            }
            _ => {}
        }
    }

    /// An event about one leg.
    fn about_leg(&mut self, event: &str, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let Some(channel) = id(message, "Unique-ID") else { return };
        self.see(&channel, event, message, out);
        match event {
            "CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" => {
                self.state(&channel, ChannelState::Ringing, out);
            }
            "CHANNEL_ANSWER" => self.state(&channel, ChannelState::Up, out),
            "CHANNEL_CALLSTATE" => self.call_state(&channel, message, out),
            "CHANNEL_BRIDGE" => self.bridge(message, out),
            "CHANNEL_UNBRIDGE" => unbridge(message, out),
            "CHANNEL_HOLD" => out.push(CallSignal::Hold { channel }),
            "CHANNEL_UNHOLD" => out.push(CallSignal::Unhold { channel }),
            "CHANNEL_HANGUP" | "CHANNEL_HANGUP_COMPLETE" | "CHANNEL_DESTROY" => {
                self.ending(event, channel, message, out);
            }
            _ => {}
        }
    }

    fn callcenter(&mut self, message: &EslMessage, out: &mut Vec<CallSignal>) {
        if let Some(channel) = id(message, "Unique-ID") {
            self.see(&channel, "CUSTOM", message, out);
        }
        let member = id(message, "CC-Member-Session-UUID");
        match (message.get("CC-Action"), member) {
            (Some("member-queue-start"), Some(channel)) => {
                if let Some(queue) = message.known("CC-Queue") {
                    self.queue(&channel, queue, out);
                }
            }
            // Other reasons are the queue's own: nobody came in time, or the caller pressed a key.
            (Some("member-queue-end"), Some(channel))
                if message.get("CC-Cause") == Some("Cancel")
                    && message.get("CC-Cancel-Reason") == Some("BREAK_OUT") =>
            {
                out.push(CallSignal::QueueAbandon { channel });
            }
            (Some("bridge-agent-start"), _) => {
                if let Some(leg) = id(message, "CC-Agent-UUID") {
                    self.state(&leg, ChannelState::Up, out);
                }
            }
            _ => {}
        }
    }

    /// Takes note of a leg, and of what its event says beyond the event's own meaning.
    fn see(&mut self, channel: &ChannelId, event: &str, message: &EslMessage, out: &mut Vec<CallSignal>) {
        if self.legs.get(channel).is_none() {
            if message.get("Answer-State") == Some("hangup") || event == "CHANNEL_DESTROY" {
                // It is going and was never told of: nothing to tell.
                return;
            }
            let is_outbound = message.get("Call-Direction") == Some("outbound");
            if event == "CHANNEL_CALLSTATE" && is_outbound && owner(message).is_none() {
                // The event has no variables, so it does not say for whom a queue rings this phone: the next one does.
                return;
            }
            self.introduce(channel, event, message, out);
        }
        self.find_owner(channel, message, out);
        self.heed_privacy(channel, message, out);
        if let Some(queue) = message.known("variable_cc_queue") {
            self.queue(channel, queue, out);
        }
        let code = message.known(&self.customer_code_header).and_then(customer_code);
        if let Some(code) = code {
            self.customer_code(channel, &code, out);
        }
    }

    /// Tells of a leg for the first time.
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
        // A leg that FreeSWITCH makes on nobody's behalf begins its call: somebody had it dialled.
        let role = match (is_outbound, &owner, &party) {
            (true, Some(_), _) | (true, None, Party::Internal) => Role::Destination,
            _ => Role::Origin,
        };
        let mut leg = Leg::new(role, party.clone(), is_outbound, owner.clone());
        let mut caller = None;
        if leg.calls_in() {
            let (who, has_number) = presentation::caller_of(message);
            leg.is_withheld = presentation::hides(message);
            leg.has_number = has_number;
            caller = Some(Caller::Known(who));
        } else if role == Role::Origin && party == Party::Outside {
            let number = message.get("Caller-Destination-Number").unwrap_or_default();
            caller = Some(Caller::Known(caller::shown(number, None)));
        }
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
            dialled: (role == Role::Origin).then(|| dialled(is_outbound, event, message)).flatten(),
            caller,
            uncertain: event != "CHANNEL_CREATE",
        });
    }

    /// A leg whose caller was not known at first.
    fn find_owner(&mut self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let Some(leg) = self.legs.get_mut(channel).filter(|leg| leg.owner.is_none()) else { return };
        if let Some(owner) = owner(message) {
            leg.owner = Some(owner.clone());
            out.push(CallSignal::Linked { channel: channel.clone(), linked: owner });
        }
    }

    /// Withholds a caller's number from now on, if this event says so of any leg of the call.
    fn heed_privacy(&mut self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        if !presentation::hides(message) && !presentation::hides_other(message) {
            return;
        }
        let Some(leg) = self.legs.get(channel) else { return };
        let caller = if leg.calls_in() { Some(channel.clone()) } else { leg.owner.clone() };
        if let Some(caller) = caller.filter(|_| leg.calls_in() || leg.is_outbound) {
            self.withhold(&caller, out);
        }
    }

    pub(super) fn withhold(&mut self, channel: &ChannelId, out: &mut Vec<CallSignal>) {
        let Some(leg) = self.legs.get_mut(channel).filter(|leg| leg.calls_in()) else { return };
        let asked = leg.asked.take();
        if std::mem::replace(&mut leg.is_withheld, true) {
            return;
        }
        if std::mem::take(&mut leg.has_number) {
            let caller = caller::withheld(asked.as_ref().map(|asked| asked.name.as_str()));
            out.push(CallSignal::CallerKnown { channel: channel.clone(), caller });
        }
    }

    pub(super) fn queue(&mut self, channel: &ChannelId, queue: &str, out: &mut Vec<CallSignal>) {
        let Some(leg) = self.legs.get_mut(channel).filter(|leg| leg.queue.as_deref() != Some(queue)) else {
            return;
        };
        leg.queue = Some(queue.to_owned());
        out.push(CallSignal::QueueJoin { channel: channel.clone(), queue: queue.to_owned() });
    }

    pub(super) fn customer_code(&mut self, channel: &ChannelId, code: &str, out: &mut Vec<CallSignal>) {
        let known = self.legs.get_mut(channel);
        let Some(leg) = known.filter(|leg| leg.customer_code.as_deref() != Some(code)) else { return };
        leg.customer_code = Some(code.to_owned());
        let customer_code = code.to_owned();
        out.push(CallSignal::CustomerCode { channel: channel.clone(), customer_code });
    }

    /// A leg gets on, never back: the state of a leg that is transferred goes to ringing and back by itself.
    pub(super) fn state(&mut self, channel: &ChannelId, state: ChannelState, out: &mut Vec<CallSignal>) {
        let Some(leg) = self.legs.get_mut(channel) else { return };
        let is_news = match state {
            ChannelState::Idle => false,
            ChannelState::Ringing => leg.state == ChannelState::Idle && leg.is_outbound,
            ChannelState::Up => leg.state != ChannelState::Up,
        };
        if is_news {
            leg.state = state;
            out.push(CallSignal::State { channel: channel.clone(), state });
        }
    }

    /// `CHANNEL_CALLSTATE` says of a leg that FreeSWITCH made what other events say too. Of a leg that came in it says
    /// what the dialplan does with it.
    fn call_state(&mut self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        if self.legs.get(channel).is_none_or(|leg| !leg.is_outbound) {
            return;
        }
        match message.get("Channel-Call-State") {
            Some("RINGING" | "EARLY") => self.state(channel, ChannelState::Ringing, out),
            Some("ACTIVE") => self.state(channel, ChannelState::Up, out),
            _ => {}
        }
    }

    /// Two legs hear each other. After an attended transfer this is the only sign of who has whom.
    fn bridge(&mut self, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let Some((a, b, bridge)) = bridge_of(message) else { return };
        for (caller, other) in [(&a, &b), (&b, &a)] {
            if self.legs.get(caller).is_some_and(Leg::calls_in)
                && let Some(leg) = self.legs.get_mut(other).filter(|leg| leg.is_outbound)
            {
                leg.owner = Some(caller.clone());
            }
        }
        out.push(CallSignal::BridgeEnter { channel: a, bridge: bridge.clone() });
        out.push(CallSignal::BridgeEnter { channel: b, bridge });
    }

    /// A leg hangs up. A leg that FreeSWITCH made has done its part then; a leg that came in is gone when FreeSWITCH is
    /// through with it, because only then it is known who hung up.
    fn ending(&mut self, event: &str, channel: ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let cause = message.get("Hangup-Cause").unwrap_or_default();
        let Some(leg) = self.legs.get(&channel).cloned() else {
            // Its end may be told before its beginning, or it was forgotten here and is not yet elsewhere.
            if event != "CHANNEL_HANGUP" {
                out.push(CallSignal::Gone { cause: gone_cause(cause), channel: channel.clone() });
            }
            self.depart(channel);
            return;
        };
        self.transferred(&channel, message, out);
        if !leg.is_outbound {
            let hung_up = message.get("variable_sip_hangup_disposition").unwrap_or_default();
            if hung_up.starts_with("recv_") || cause == "ORIGINATOR_CANCEL" {
                out.push(CallSignal::HungUp { channel: channel.clone() });
            }
            if event == "CHANNEL_HANGUP" {
                return;
            }
        } else if leg.state != ChannelState::Up
            && let Some(result) = dial_result(cause)
        {
            out.push(CallSignal::DialEnd { destination: channel.clone(), result });
        }
        self.legs.remove(&channel);
        out.push(CallSignal::Gone { cause: gone_cause(cause), channel: channel.clone() });
        self.depart(channel);
    }

    /// Remembers a leg that went while a list is awaited.
    fn depart(&mut self, channel: ChannelId) {
        if let Some(departed) = self.departed.as_mut().filter(|d| d.len() < self.channels_max) {
            departed.insert(channel);
        }
    }

    /// A leg that hangs up because it gave its call away.
    fn transferred(&self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let to = message.get("variable_transfer_to").unwrap_or_default();
        let disposition = message.get("variable_endpoint_disposition").unwrap_or_default();
        // Attended: the call goes to the leg that was asked, which exists already.
        let asked = to.strip_prefix("att:").filter(|leg| !leg.is_empty()).map(ChannelId::from);
        if let Some(linked) = asked.as_ref().filter(|asked| self.legs.get(asked).is_some()) {
            out.push(CallSignal::Linked { channel: channel.clone(), linked: linked.clone() });
        }
        let is_blind = to.starts_with("blind:") || disposition == "BLIND_TRANSFER";
        if is_blind || asked.is_some() {
            out.push(CallSignal::Transferred { by: vec![channel.clone()] });
        }
    }

    /// A leg goes on under another identity.
    fn renamed(&mut self, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let (Some(old), Some(new)) = (id(message, "Old-Unique-ID"), id(message, "Unique-ID")) else { return };
        let Some(leg) = self.legs.remove(&old) else { return };
        out.push(CallSignal::ChannelSeen {
            channel: new.clone(),
            linked: Some(old.clone()),
            party: leg.party.clone(),
            role: leg.role,
            state: leg.state,
            dialled: None,
            caller: None,
            uncertain: false,
        });
        out.push(CallSignal::Gone { channel: old, cause: GoneCause::Normal });
        self.legs.insert(&new, leg);
    }
}

fn unbridge(message: &EslMessage, out: &mut Vec<CallSignal>) {
    if let Some((a, b, bridge)) = bridge_of(message) {
        out.push(CallSignal::BridgeLeave { channel: a, bridge: bridge.clone() });
        out.push(CallSignal::BridgeLeave { channel: b, bridge });
    }
}
