//! Event-socket messages to call signals, without I/O.
//!
//! **Withheld numbers.** FreeSWITCH prints the number of a caller who withholds it in every event, and in a queue only
//! the caller's own leg says that it is withheld. So the caller is read from the caller's own leg, once, and a number is
//! never taken from another leg. As soon as any leg of the call says that the number is withheld, it is withheld.

use std::collections::HashSet;

use super::headers::{bridge_of, id};
use super::legs::{Leg, Legs};
use super::{EslMessage, EslParties, FreeSwitchConfig, templates};
use crate::call::{CallSignal, ChannelId, ChannelState, GoneCause};
use crate::source::{LineNumbers, caller, recording};

use shared::text::printable;

/// Turns messages of one connection into signals.
#[derive(Debug)]
pub struct EslTranslator {
    pub(super) parties: EslParties,
    pub(super) numbers: LineNumbers,
    pub(super) legs: Legs,
    /// Legs that ended while the list of live channels is awaited: the list may be older.
    pub(super) departed: Option<HashSet<ChannelId>>,
    pub(super) channels_max: usize,
    pub(super) customer_code_header: String,
}

impl EslTranslator {
    /// A translator for one connection, which begins with the list of live channels ([`Self::channel_list`]).
    #[must_use]
    pub fn new(config: &FreeSwitchConfig) -> Self {
        Self {
            parties: EslParties::from(config),
            numbers: config.numbers.clone().and_prefix(templates::outside_prefix(&config.dial_destination)),
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

    /// Translates an event. Other messages, and events that say nothing about calls, are ignored.
    pub fn translate(&mut self, message: &EslMessage, out: &mut Vec<CallSignal>) {
        match message.event() {
            Some("CUSTOM") if message.get("Event-Subclass") == Some("callcenter::info") => {
                self.callcenter(message, out);
            }
            Some("CHANNEL_UUID") => self.renamed(message, out),
            Some("RECORD_START") => recorded(message, out),
            Some(event) if event.starts_with("CHANNEL_") || event == "CALL_UPDATE" => {
                self.about_leg(event, message, out);
            }
            _ => {}
        }
    }

    /// An event about one leg.
    fn about_leg(&mut self, event: &str, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let Some(channel) = id(message, "Unique-ID") else { return };
        self.observe(&channel, event, message, out);
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
            self.observe(&channel, "CUSTOM", message, out);
        }
        let member = id(message, "CC-Member-Session-UUID");
        match (message.get("CC-Action"), member) {
            (Some("member-queue-start"), Some(channel)) => {
                if let Some(queue) = message.known("CC-Queue") {
                    self.queue(&channel, queue, out);
                }
            }
            // Other reasons are the queue's: nobody answered in time, or the caller pressed a key.
            (Some("member-queue-end"), Some(channel))
                if message.get("CC-Cause") == Some("Cancel")
                    && message.get("CC-Cancel-Reason") == Some("BREAK_OUT") =>
            {
                out.push(CallSignal::HungUp { channel: channel.clone(), cause: GoneCause::Normal });
                out.push(CallSignal::QueueLeave { channel });
            }
            (Some("member-queue-end"), Some(channel)) => out.push(CallSignal::QueueLeave { channel }),
            (Some("bridge-agent-start"), _) => {
                if let Some(leg) = id(message, "CC-Agent-UUID") {
                    self.state(&leg, ChannelState::Up, out);
                }
            }
            _ => {}
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
        out.push(CallSignal::QueueJoin { channel: channel.clone(), queue: printable(queue).into_owned() });
    }

    pub(super) fn customer_code(&mut self, channel: &ChannelId, code: &str, out: &mut Vec<CallSignal>) {
        let known = self.legs.get_mut(channel);
        let Some(leg) = known.filter(|leg| leg.customer_code.as_deref() != Some(code)) else { return };
        leg.customer_code = Some(code.to_owned());
        let customer_code = printable(code).into_owned();
        out.push(CallSignal::CustomerCode { channel: channel.clone(), customer_code });
    }

    /// A leg's state only advances: FreeSWITCH reports a transferred leg as ringing again.
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

    /// For an outbound leg `CHANNEL_CALLSTATE` repeats what other events say. For an incoming leg it only says what the
    /// dialplan does with it.
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

    /// Two legs hear each other. After an attended transfer this is the only event that says who talks to whom.
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
}

fn unbridge(message: &EslMessage, out: &mut Vec<CallSignal>) {
    if let Some((a, b, bridge)) = bridge_of(message) {
        out.push(CallSignal::BridgeLeave { channel: a, bridge: bridge.clone() });
        out.push(CallSignal::BridgeLeave { channel: b, bridge });
    }
}

/// A leg is being recorded.
fn recorded(message: &EslMessage, out: &mut Vec<CallSignal>) {
    let file = message.known("Record-File-Path").and_then(recording::file_name);
    if let (Some(file), Some(channel)) = (file, id(message, "Unique-ID")) {
        out.push(CallSignal::Recorded { channel, file });
    }
}
