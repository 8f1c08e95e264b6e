//! AMI messages to call signals, without I/O.

use std::collections::HashMap;

use super::headers::{DESTINATION, SELF, customer_code, dial_result, dialled_number, gone_cause, id, state};
use super::known_channel::KnownChannel;
use super::{AmiMessage, Parties, PresentationPolicy, PresentationQuestion};
use crate::call::{CallSignal, ChannelId, ChannelState};
use crate::source::channel_memory::ChannelMemory;
use crate::source::{LineNumbers, recording};

use shared::text::printable;

/// The variable in which `MixMonitor` names its file.
const RECORDING_VARIABLE: &str = "MIXMONITOR_FILENAME";

/// Click-to-call channels that are remembered.
const EXPECTED_MAX: usize = 1_000;

/// Turns messages of one connection into signals.
#[derive(Debug)]
pub struct AmiTranslator {
    pub(super) parties: Parties,
    pub(super) policy: PresentationPolicy,
    pub(super) numbers: LineNumbers,
    pub(super) channels: ChannelMemory<KnownChannel>,
    pub(super) channels_max: usize,
    /// Tells questions about one channel apart.
    pub(super) next_serial: u64,
    customer_code_variable: String,
    /// The bridges of the list of live channels, with the `Linkedid` that each was listed with first.
    pub(super) listed_bridges: HashMap<String, String>,
    /// Agents' channels that click-to-call will create, with the number that they will dial.
    pub(super) expected: HashMap<ChannelId, String>,
}

impl AmiTranslator {
    /// A translator for one connection; it remembers at most `channels_max` channels.
    #[must_use]
    pub fn new(parties: Parties, policy: PresentationPolicy, channels_max: usize) -> Self {
        Self {
            parties,
            policy,
            numbers: LineNumbers::default(),
            channels: ChannelMemory::new(channels_max),
            channels_max,
            next_serial: 0,
            customer_code_variable: "CHAKUDEN_CUSTOMER_CODE".to_owned(),
            listed_bridges: HashMap::new(),
            expected: HashMap::new(),
        }
    }

    /// With how the PBX writes numbers.
    #[must_use]
    pub fn with_numbers(mut self, numbers: LineNumbers) -> Self {
        self.numbers = numbers;
        self
    }

    /// With the channel variable in which an IVR stores the customer code that the caller entered.
    #[must_use]
    pub fn with_customer_code_variable(mut self, variable: &str) -> Self {
        variable.clone_into(&mut self.customer_code_variable);
        self
    }

    /// This channel will appear: an agent's phone that click-to-call has told to dial this number. It is the calling side,
    /// although it rings first.
    pub fn expect_dial(&mut self, channel: ChannelId, number: String) {
        // Channels that never appeared must not be kept for ever.
        if self.expected.len() >= EXPECTED_MAX {
            self.expected.clear();
        }
        self.expected.insert(channel, number);
    }

    /// Translates an event. Answers, and events that say nothing about calls, are ignored.
    pub fn translate(
        &mut self,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<PresentationQuestion>,
    ) {
        let Some(event) = message.event() else { return };
        match event {
            "DialBegin" => self.dial_begin(message, out, questions),
            "DialState" => dial_state(message, out),
            "LocalBridge" => {
                if let (Some(channel), Some(other)) =
                    (id(message, "LocalOneUniqueid"), id(message, "LocalTwoUniqueid"))
                {
                    out.push(CallSignal::Paired { channel, other });
                }
            }
            "Pickup" => {
                self.introduce(&SELF, "Pickup", message, out, questions);
                if let (Some(channel), Some(rang)) = (id(message, SELF.id), id(message, "TargetUniqueid")) {
                    out.push(CallSignal::PickedUp { channel, rang });
                }
            }
            "DialEnd" => self.dial_end(message, out, questions),
            "BlindTransfer" => transferred(message, &["TransfererUniqueid"], out),
            "AttendedTransfer" => {
                transferred(message, &["OrigTransfererUniqueid", "SecondTransfererUniqueid"], out);
            }
            "VarSet" if message.get("Variable") == Some(RECORDING_VARIABLE) => {
                let file = message.known("Value").and_then(recording::file_name);
                if let (Some(file), Some(channel)) = (file, id(message, SELF.id)) {
                    out.push(CallSignal::Recorded { channel, file });
                }
            }
            "VarSet" | "UserEvent" => {
                let code = customer_code(event, message, &self.customer_code_variable);
                if let (Some(customer_code), Some(channel)) = (code, id(message, SELF.id)) {
                    out.push(CallSignal::CustomerCode { channel, customer_code });
                }
            }
            "CoreShowChannelsComplete" => self.listed_bridges.clear(),
            "Newchannel" | "Newstate" | "NewConnectedLine" | "NewCallerid" | "Rename" | "QueueCallerJoin"
            | "QueueCallerLeave" | "QueueCallerAbandon" | "BridgeEnter" | "BridgeLeave" | "Hold"
            | "Unhold" | "HangupRequest" | "Hangup" | "CoreShowChannel" => {
                self.about_one(event, message, out, questions);
            }
            _ => {}
        }
    }

    /// An event about one channel.
    fn about_one(
        &mut self,
        event: &str,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<PresentationQuestion>,
    ) {
        let Some(channel) = id(message, SELF.id) else { return };
        if event != "Hangup" {
            self.introduce(&SELF, event, message, out, questions);
        }
        match event {
            "Newstate" => {
                self.named(channel.as_str(), message.known(SELF.channel), out);
                out.push(CallSignal::State { channel, state: state(message, SELF.state) });
            }
            "NewCallerid" => self.number_changed(&channel, message, questions),
            "Rename" => self.named(channel.as_str(), message.known("Newname"), out),
            "QueueCallerJoin" => {
                if let Some(queue) = message.known("Queue") {
                    out.push(CallSignal::QueueJoin { channel, queue: printable(queue).into_owned() });
                }
            }
            // `QueueCallerAbandon` also comes at the queue's time-out: whether the caller gave up is in `HangupRequest`.
            "QueueCallerLeave" | "QueueCallerAbandon" => out.push(CallSignal::QueueLeave { channel }),
            // In a holding bridge (parking, agents between calls) channels do not hear each other.
            "BridgeEnter" if message.get("BridgeTechnology") == Some("holding_bridge") => {
                out.push(CallSignal::SetAside { channel });
            }
            "BridgeEnter" => {
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
            "HangupRequest" => out.push(CallSignal::HungUp { cause: gone_cause(message), channel }),
            "Hangup" => {
                self.known_at_the_end(&channel, message, out);
                self.channels.remove(&channel);
                self.expected.remove(&channel);
                out.push(CallSignal::Gone { cause: gone_cause(message), channel });
            }
            "CoreShowChannel" => self.listed(&channel, message, out),
            _ => {}
        }
    }

    fn dial_begin(
        &mut self,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<PresentationQuestion>,
    ) {
        // There is no source when Asterisk itself calls (Originate).
        let source = id(message, SELF.id);
        if source.is_some() {
            self.introduce(&SELF, "DialBegin", message, out, questions);
        }
        self.introduce(&DESTINATION, "DialBegin", message, out, questions);
        // The phone of an agent who uses click-to-call rings first, but is the calling side.
        let ordered = |id: &ChannelId| source.is_none() && self.expected.contains_key(id);
        if let Some(destination) = id(message, DESTINATION.id).filter(|id| !ordered(id)) {
            let dialled = dialled_number(message).map(|number| self.numbers.dialled(&number));
            out.push(CallSignal::DialBegin { source, destination, dialled });
        }
    }

    fn dial_end(
        &mut self,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<PresentationQuestion>,
    ) {
        self.introduce(&DESTINATION, "DialEnd", message, out, questions);
        let Some(destination) = id(message, DESTINATION.id) else { return };
        self.named(destination.as_str(), message.known(DESTINATION.channel), out);
        out.push(CallSignal::DialEnd { destination, result: dial_result(message) });
    }
}

/// A phone that only sends early media (183) changes no channel's state, but it rings.
fn dial_state(message: &AmiMessage, out: &mut Vec<CallSignal>) {
    let rings = matches!(message.get("DialStatus"), Some("RINGING" | "PROGRESS"));
    if let Some(channel) = id(message, DESTINATION.id).filter(|_| rings) {
        out.push(CallSignal::State { channel, state: ChannelState::Ringing });
    }
}

fn transferred(message: &AmiMessage, keys: &[&str], out: &mut Vec<CallSignal>) {
    if message.get("Result") == Some("Success") {
        out.push(CallSignal::Transferred { by: keys.iter().filter_map(|key| id(message, key)).collect() });
    }
}
