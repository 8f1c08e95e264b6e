//! What single headers mean.

use super::AmiMessage;
use crate::call::{ChannelId, ChannelState, DialResult, GoneCause, Role};

use shared::text::printable;

/// Longest customer code, in characters.
const CUSTOMER_CODE_CHARS_MAX: usize = 64;

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

/// The headers of the channel that an event is about.
pub(super) const SELF: Keys = Keys {
    channel: "Channel",
    state: "ChannelState",
    number: "CallerIDNum",
    name: "CallerIDName",
    exten: "Exten",
    id: "Uniqueid",
    linked: "Linkedid",
};
/// The headers of the channel that is being called.
pub(super) const DESTINATION: Keys = Keys {
    channel: "DestChannel",
    state: "DestChannelState",
    number: "DestCallerIDNum",
    name: "DestCallerIDName",
    exten: "DestExten",
    id: "DestUniqueid",
    linked: "DestLinkedid",
};

/// A channel's identity under this key.
pub(super) fn id(message: &AmiMessage, key: &str) -> Option<ChannelId> {
    message.known(key).map(ChannelId::from)
}

/// Whether a channel calls or is called. A channel that calls is the first of its call (`Linkedid` is its own) or appears
/// in state `Ring`. The list of live channels marks called channels as `(Outgoing Line)`, but not before they ring: a
/// channel in which no application runs yet is judged like a new one.
pub(super) fn role(keys: &Keys, event: &str, message: &AmiMessage) -> Role {
    let state = message.get(keys.state);
    // A new channel that is down is about to be called, also when it is the first of its call (Originate).
    let is_down = event == "Newchannel" && state == Some("0");
    let begins = state == Some("4") || message.get(keys.id) == message.get(keys.linked) && !is_down;
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
pub(super) fn state(message: &AmiMessage, key: &str) -> ChannelState {
    match message.get(key) {
        Some("5") => ChannelState::Ringing,
        Some("6") => ChannelState::Up,
        _ => ChannelState::Idle,
    }
}

/// Asterisk `causes.h` (ITU-T Q.850).
pub(super) fn gone_cause(message: &AmiMessage) -> GoneCause {
    match message.get("Cause").and_then(|cause| cause.parse::<u16>().ok()) {
        Some(26) => GoneCause::AnsweredElsewhere,
        Some(17 | 21) => GoneCause::Busy,
        Some(18 | 19) => GoneCause::NoAnswer,
        Some(1 | 3 | 20 | 27 | 34 | 38 | 42 | 58) => GoneCause::Failed,
        _ => GoneCause::Normal,
    }
}

/// The number that went to the trunk, read from what was dialled: `NUMBER@TRUNK`, `TRUNK/NUMBER`, `TRUNK/sip:NUMBER@HOST`.
pub(super) fn dialled_number(message: &AmiMessage) -> Option<String> {
    let dialled = message.known("DialString")?;
    let is_number = |part: &&str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        digits >= 2 && part.bytes().all(|b| b.is_ascii_digit() || b"+*#-(). ;=".contains(&b))
    };
    let parts =
        dialled.split(['/', '@']).map(|part| part.trim_start_matches("sip:").trim_start_matches("tel:"));
    parts.filter(is_number).max_by_key(|part| part.len()).map(str::to_owned)
}

/// How an attempt to reach a phone ended.
pub(super) fn dial_result(message: &AmiMessage) -> DialResult {
    if message.known("Forward").is_some() {
        return DialResult::Forwarded;
    }
    match message.get("DialStatus").unwrap_or_default() {
        "ANSWER" => DialResult::Answered,
        "NOANSWER" => DialResult::NoAnswer,
        "BUSY" | "DONTCALL" | "TORTURE" => DialResult::Busy,
        "CONGESTION" | "CHANUNAVAIL" | "INVALIDARGS" => DialResult::Failed,
        _ => DialResult::Cancelled,
    }
}

/// Whether this is the variable, or the variable as it is set to be inherited by the channels that this one calls
/// (`__NAME`; `_NAME` by the next ones only).
fn is_variable(name: &str, variable: &str) -> bool {
    let inherited = name.strip_prefix('_').map(|name| name.strip_prefix('_').unwrap_or(name));
    name == variable || inherited == Some(variable)
}

/// The customer code that the caller entered, if the event carries one: the dialplan set our variable, or sent
/// `UserEvent(ChakudenCustomerCode,CustomerCode: …)`.
pub(super) fn customer_code(event: &str, message: &AmiMessage, variable: &str) -> Option<String> {
    let code = match event {
        "VarSet" if message.get("Variable").is_some_and(|name| is_variable(name, variable)) => {
            message.known("Value")
        }
        "UserEvent" if message.get("UserEvent") == Some("ChakudenCustomerCode") => {
            message.known("CustomerCode")
        }
        _ => None,
    }?;
    let code = code.trim();
    (1..=CUSTOMER_CODE_CHARS_MAX).contains(&code.chars().count()).then(|| printable(code).into_owned())
}
