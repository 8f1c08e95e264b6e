//! AMI messages to call signals, without I/O.

use std::collections::{HashMap, VecDeque};

use crate::call::{CallSignal, ChannelId, ChannelState, DialResult, GoneCause, Party, Role};

use super::identify::Known;
use super::{AmiMessage, Parties, PresentationAsk, PresentationPolicy};

/// Orders to call that are remembered.
const EXPECTED_MAX: usize = 1_000;
/// The longest customer code. Characters.
const CODE_CHARS_MAX: usize = 64;

/// Turns messages of one connection into signals.
#[derive(Debug)]
pub struct AmiTranslator {
    parties: Parties,
    pub(super) policy: PresentationPolicy,
    pub(super) channels: HashMap<ChannelId, Known>,
    order: VecDeque<ChannelId>,
    pub(super) channels_max: usize,
    pub(super) next_serial: u64,
    /// The variable into which an IVR puts a customer code.
    customer_code_variable: String,
    /// The bridges of the list of live channels, with the call that each was listed with first.
    pub(super) listed_bridges: HashMap<String, String>,
    /// Agents' channels that we ordered, with the number that they are to reach.
    expected: HashMap<ChannelId, String>,
}

/// The names of the headers that describe a channel.
pub(super) struct Keys {
    pub(super) channel: &'static str,
    pub(super) state: &'static str,
    pub(super) number: &'static str,
    pub(super) name: &'static str,
    pub(super) exten: &'static str,
    pub(super) id: &'static str,
    pub(super) linked: &'static str,
}

pub(super) const SELF: Keys = Keys {
    channel: "Channel",
    state: "ChannelState",
    number: "CallerIDNum",
    name: "CallerIDName",
    exten: "Exten",
    id: "Uniqueid",
    linked: "Linkedid",
};
const DESTINATION: Keys = Keys {
    channel: "DestChannel",
    state: "DestChannelState",
    number: "DestCallerIDNum",
    name: "DestCallerIDName",
    exten: "DestExten",
    id: "DestUniqueid",
    linked: "DestLinkedid",
};

impl AmiTranslator {
    /// A translator for one connection; it remembers at most `channels_max` channels.
    #[must_use]
    pub fn new(parties: Parties, policy: PresentationPolicy, channels_max: usize) -> Self {
        let (channels, order) = (HashMap::new(), VecDeque::new());
        Self {
            parties,
            policy,
            channels,
            order,
            channels_max,
            next_serial: 0,
            customer_code_variable: "CHAKUDEN_CUSTOMER_CODE".to_owned(),
            listed_bridges: HashMap::new(),
            expected: HashMap::new(),
        }
    }

    /// With the variable into which an IVR puts the customer code that the caller typed.
    #[must_use]
    pub fn with_customer_code_variable(mut self, variable: &str) -> Self {
        variable.clone_into(&mut self.customer_code_variable);
        self
    }

    /// This channel will come: an agent's phone that we ordered to call this number. It calls, though it rings first.
    pub fn expect_dial(&mut self, channel: ChannelId, number: String) {
        // An order that never came must not be kept for ever.
        if self.expected.len() >= EXPECTED_MAX {
            self.expected.clear();
        }
        self.expected.insert(channel, number);
    }

    /// Translates an event. Answers and events without a meaning here give nothing.
    pub fn translate(
        &mut self,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        asks: &mut Vec<PresentationAsk>,
    ) {
        let Some(event) = message.event() else { return };
        match event {
            "DialBegin" => self.dial_begin(message, out, asks),
            "DialEnd" => self.dial_end(message, out, asks),
            "BlindTransfer" => transferred(message, &["TransfererUniqueid"], out),
            "AttendedTransfer" => {
                transferred(message, &["OrigTransfererUniqueid", "SecondTransfererUniqueid"], out);
            }
            "VarSet" | "UserEvent" => self.customer_code(event, message, out),
            "CoreShowChannelsComplete" => self.listed_bridges.clear(),
            "Newchannel" | "Newstate" | "NewConnectedLine" | "NewCallerid" | "Rename" | "QueueCallerJoin"
            | "QueueCallerAbandon" | "BridgeEnter" | "BridgeLeave" | "Hold" | "Unhold" | "HangupRequest"
            | "Hangup" | "CoreShowChannel" => self.about_one(event, message, out, asks),
            _ => {}
        }
    }

    /// An event about one channel.
    fn about_one(
        &mut self,
        event: &str,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        asks: &mut Vec<PresentationAsk>,
    ) {
        let Some(channel) = id(message, SELF.id) else { return };
        if event != "Hangup" {
            self.see(&SELF, event, message, out, asks);
        }
        match event {
            "Newstate" => {
                self.named(channel.as_str(), message.known(SELF.channel), out);
                out.push(CallSignal::State { channel, state: state(message, SELF.state) });
            }
            "NewCallerid" => self.number_changed(&channel, message, asks),
            "Rename" => self.named(channel.as_str(), message.known("Newname"), out),
            "QueueCallerJoin" => {
                if let Some(queue) = message.known("Queue") {
                    out.push(CallSignal::QueueJoin { channel, queue: queue.to_owned() });
                }
            }
            "QueueCallerAbandon" => out.push(CallSignal::QueueAbandon { channel }),
            // In a holding bridge (parking) channels do not hear each other.
            "BridgeEnter" if message.get("BridgeTechnology") != Some("holding_bridge") => {
                self.named(channel.as_str(), message.known(SELF.channel), out);
                if let Some(bridge) = id(message, "BridgeUniqueid") {
                    out.push(CallSignal::BridgeEnter { channel, bridge });
                }
            }
            "BridgeLeave" => {
                if let Some(bridge) = id(message, "BridgeUniqueid") {
                    out.push(CallSignal::BridgeLeave { channel, bridge });
                }
            }
            "Hold" => out.push(CallSignal::Hold { channel }),
            "Unhold" => out.push(CallSignal::Unhold { channel }),
            "HangupRequest" => out.push(CallSignal::HungUp { channel }),
            "Hangup" => {
                self.channels.remove(&channel);
                self.expected.remove(&channel);
                out.push(CallSignal::Gone { cause: cause(message), channel });
            }
            "CoreShowChannel" => self.snapshot_entry(&channel, message, out),
            _ => {}
        }
    }

    /// The caller typed a customer code: the dialplan set our variable, or sent
    /// `UserEvent(ChakudenCustomerCode,CustomerCode: …)`.
    fn customer_code(&self, event: &str, message: &AmiMessage, out: &mut Vec<CallSignal>) {
        let code = match event {
            "VarSet" if message.get("Variable") == Some(self.customer_code_variable.as_str()) => {
                message.known("Value")
            }
            "UserEvent" if message.get("UserEvent") == Some("ChakudenCustomerCode") => {
                message.known("CustomerCode")
            }
            _ => None,
        };
        let code = code.map(str::trim).filter(|code| (1..=CODE_CHARS_MAX).contains(&code.chars().count()));
        if let (Some(code), Some(channel)) = (code, id(message, SELF.id)) {
            out.push(CallSignal::CustomerCode { channel, customer_code: code.to_owned() });
        }
    }

    fn dial_begin(
        &mut self,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        asks: &mut Vec<PresentationAsk>,
    ) {
        // Without a source when the telephone system itself calls (Originate).
        let source = id(message, SELF.id);
        if source.is_some() {
            self.see(&SELF, "DialBegin", message, out, asks);
        }
        self.see(&DESTINATION, "DialBegin", message, out, asks);
        // The phone of an agent who asked for a call rings first, but it is the agent who calls.
        let ordered = |id: &ChannelId| source.is_none() && self.expected.contains_key(id);
        if let Some(destination) = id(message, DESTINATION.id).filter(|id| !ordered(id)) {
            out.push(CallSignal::DialBegin { source, destination });
        }
    }

    fn dial_end(&mut self, message: &AmiMessage, out: &mut Vec<CallSignal>, asks: &mut Vec<PresentationAsk>) {
        self.see(&DESTINATION, "DialEnd", message, out, asks);
        let Some(destination) = id(message, DESTINATION.id) else { return };
        self.named(destination.as_str(), message.known(DESTINATION.channel), out);
        let result = match message.get("DialStatus").unwrap_or_default() {
            "ANSWER" => DialResult::Answered,
            "NOANSWER" => DialResult::NoAnswer,
            "BUSY" | "DONTCALL" | "TORTURE" => DialResult::Busy,
            "CONGESTION" | "CHANUNAVAIL" | "INVALIDARGS" => DialResult::Failed,
            _ => DialResult::Cancelled,
        };
        out.push(CallSignal::DialEnd { destination, result });
    }

    /// Takes note of a channel: tells it when it is new, and its link when that changed.
    fn see(
        &mut self,
        keys: &Keys,
        event: &str,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        asks: &mut Vec<PresentationAsk>,
    ) {
        let Some(name) = message.known(keys.id) else { return };
        let linked = message.known(keys.linked);
        if let Some(known) = self.channels.get_mut(name)
            && event != "CoreShowChannel"
        {
            if let Some(linked) = linked
                && known.linked.as_ref().map(ChannelId::as_str) != Some(linked)
            {
                known.linked = Some(linked.into());
                out.push(CallSignal::Linked { channel: name.into(), linked: linked.into() });
            }
            return;
        }
        let (channel, linked) = (ChannelId::from(name), linked.map(ChannelId::from));
        let party = self.parties.of(message.get(keys.channel).unwrap_or_default());
        let ordered = self.expected.get(&channel).cloned();
        let role = if ordered.is_some() { Role::Origin } else { role(keys, event, message) };
        let calls_in = role == Role::Origin && party == Party::Outside;
        self.remember(&channel, message.get(keys.channel), linked.clone(), calls_in);
        let caller = calls_in.then(|| self.identify(&channel, keys, message, asks));
        let dialled = message.known(keys.exten).filter(|e| role == Role::Origin && !matches!(*e, "s" | "h"));
        if event == "CoreShowChannel" {
            // Of a channel that was known it says who has it now: a call may have been picked up while nobody looked.
            out.push(CallSignal::PartyChanged { channel: channel.clone(), party: party.clone() });
        }
        out.push(CallSignal::ChannelSeen {
            linked,
            party,
            role,
            state: state(message, keys.state),
            dialled: ordered.or_else(|| dialled.map(str::to_owned)),
            caller,
            uncertain: event != "Newchannel",
            channel,
        });
    }

    fn remember(
        &mut self,
        channel: &ChannelId,
        name: Option<&str>,
        linked: Option<ChannelId>,
        calls_in: bool,
    ) {
        if self.channels.insert(channel.clone(), Known::new(name, linked, calls_in)).is_none() {
            self.order.push_back(channel.clone());
        }
        // The order also names channels that are gone: forget those first, then the oldest that live.
        while self.channels.len() > self.channels_max
            || self.order.len() > self.channels_max.saturating_mul(2)
        {
            let Some(oldest) = self.order.pop_front() else { return };
            self.channels.remove(&oldest);
        }
    }

    /// A channel has this name now, and perhaps another party: a picked-up call goes on under the identity of the phone
    /// that rang. `…<MASQ>` is a step in between; the final name follows. Looked at where a call gets on, so that it
    /// counts although the message of the renaming never came.
    fn named(&mut self, channel: &str, name: Option<&str>, out: &mut Vec<CallSignal>) {
        let Some(name) = name.filter(|name| !name.contains("<MASQ>")) else { return };
        if let Some(known) = self.channels.get_mut(channel)
            && known.name.as_deref() != Some(name)
        {
            known.name = Some(name.into());
            out.push(CallSignal::PartyChanged { channel: channel.into(), party: self.parties.of(name) });
        }
    }
}

fn transferred(message: &AmiMessage, keys: &[&str], out: &mut Vec<CallSignal>) {
    if message.get("Result") == Some("Success") {
        out.push(CallSignal::Transferred { by: keys.iter().filter_map(|key| id(message, key)).collect() });
    }
}

fn id(message: &AmiMessage, key: &str) -> Option<ChannelId> {
    message.known(key).map(ChannelId::from)
}

/// Whether a channel calls or is called. A channel that calls is its call's first (`Linkedid` is its own) or comes
/// up as `Ring`. The list of live channels marks the called ones as `(Outgoing Line)`, but not before they ring: a
/// channel in which nothing runs yet is judged like a new one.
fn role(keys: &Keys, event: &str, message: &AmiMessage) -> Role {
    let begins = message.get(keys.state) == Some("4") || message.get(keys.id) == message.get(keys.linked);
    let calls = match event {
        "CoreShowChannel" if message.known("Application").is_some() => {
            message.get("ApplicationData") != Some("(Outgoing Line)")
        }
        _ if keys.id == DESTINATION.id => false,
        _ => begins,
    };
    if calls { Role::Origin } else { Role::Destination }
}

/// Asterisk `channelstate.h`: 5 is ringing, 6 is up.
fn state(message: &AmiMessage, key: &str) -> ChannelState {
    match message.get(key) {
        Some("5") => ChannelState::Ringing,
        Some("6") => ChannelState::Up,
        _ => ChannelState::Idle,
    }
}

/// Asterisk `causes.h` (ITU-T Q.850).
fn cause(message: &AmiMessage) -> GoneCause {
    match message.get("Cause").and_then(|cause| cause.parse::<u16>().ok()) {
        Some(26) => GoneCause::AnsweredElsewhere,
        Some(17 | 21) => GoneCause::Busy,
        Some(18 | 19) => GoneCause::NoAnswer,
        Some(1 | 3 | 20 | 27 | 34 | 38 | 42 | 58) => GoneCause::Failed,
        _ => GoneCause::Normal,
    }
}
