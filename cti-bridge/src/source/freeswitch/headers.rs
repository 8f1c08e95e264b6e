//! What single headers mean.

use super::EslMessage;
use super::dial::DIALLED_VARIABLE;
use crate::call::{ChannelId, DialResult, GoneCause};

/// Longest customer code, in characters. A longer one is a dialplan error.
const CUSTOMER_CODE_CHARS_MAX: usize = 64;

/// A leg's identity under this key.
pub(super) fn id(message: &EslMessage, key: &str) -> Option<ChannelId> {
    message.known(key).map(ChannelId::from)
}

/// The leg on whose behalf a leg exists. Before the two are bridged, a queue's leg to an agent names its caller only in
/// a variable of `mod_callcenter`. `Channel-Call-UUID` changes back and forth, so it cannot be used.
pub(super) fn owner(message: &EslMessage) -> Option<ChannelId> {
    if message.get("Call-Direction") == Some("outbound") {
        let member = id(message, "variable_cc_member_session_uuid");
        let originator = message.get("Other-Type") == Some("originator");
        let originator = originator.then(|| id(message, "Other-Leg-Unique-ID")).flatten();
        return member.or(originator).or_else(|| id(message, "variable_originating_leg_uuid"));
    }
    // The far half of a loopback runs the dialplan on behalf of the near half.
    id(message, "variable_other_loopback_leg_uuid")
}

/// The number that a calling leg has dialled. After its creation the header may hold a transfer's target instead.
pub(super) fn dialled(is_outbound: bool, event: &str, message: &EslMessage) -> Option<String> {
    let number = if is_outbound {
        message.known(&format!("variable_{DIALLED_VARIABLE}"))
    } else if event == "CHANNEL_CREATE" {
        message.known("Caller-Destination-Number")
    } else {
        let keys =
            ["variable_sip_req_user", "variable_sip_to_user", "Caller-RDNIS", "Caller-Destination-Number"];
        keys.into_iter().find_map(|key| message.known(key))
    };
    number.map(str::to_owned)
}

/// Whether click-to-call created this leg: it is an agent's phone that is about to dial.
pub(super) fn is_ordered(message: &EslMessage) -> bool {
    owner(message).is_none() && message.known(&format!("variable_{DIALLED_VARIABLE}")).is_some()
}

/// A customer code as an IVR stored it, if it is one.
pub(super) fn customer_code(value: &str) -> Option<String> {
    let code = value.trim();
    let is_sound = !code.is_empty()
        && code.chars().count() <= CUSTOMER_CODE_CHARS_MAX
        && !code.chars().any(char::is_control);
    is_sound.then(|| code.to_owned())
}

/// Both legs of a bridge and its identity. The pair is the identity, so that a late end of one bridge does not end the
/// next bridge of the same leg.
pub(super) fn bridge_of(message: &EslMessage) -> Option<(ChannelId, ChannelId, ChannelId)> {
    let (a, b) = (id(message, "Bridge-A-Unique-ID")?, id(message, "Bridge-B-Unique-ID")?);
    let bridge = bridge_id(&a, &b);
    Some((a, b, bridge))
}

pub(super) fn bridge_id(a: &ChannelId, b: &ChannelId) -> ChannelId {
    ChannelId::from(format!("{a}|{b}").as_str())
}

/// The result of an attempt to reach a phone that did not answer. `None` for a phone that lost the race: the winner's
/// answer has been reported or will be.
pub(super) fn dial_result(cause: &str) -> Option<DialResult> {
    match gone_cause(cause) {
        GoneCause::AnsweredElsewhere => None,
        GoneCause::NoAnswer => Some(DialResult::NoAnswer),
        GoneCause::Busy => Some(DialResult::Busy),
        GoneCause::Failed => Some(DialResult::Failed),
        GoneCause::Normal => Some(DialResult::Cancelled),
    }
}

/// FreeSWITCH `switch_types.h`, `switch_call_cause_t`.
pub(super) fn gone_cause(cause: &str) -> GoneCause {
    match cause {
        "LOSE_RACE" | "PICKED_OFF" => GoneCause::AnsweredElsewhere,
        "USER_BUSY" | "CALL_REJECTED" => GoneCause::Busy,
        "NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT" | "MEDIA_TIMEOUT" => {
            GoneCause::NoAnswer
        }
        "UNALLOCATED_NUMBER"
        | "NO_ROUTE_TRANSIT_NET"
        | "NO_ROUTE_DESTINATION"
        | "NUMBER_CHANGED"
        | "EXCHANGE_ROUTING_ERROR"
        | "DESTINATION_OUT_OF_ORDER"
        | "INVALID_NUMBER_FORMAT"
        | "INVALID_GATEWAY"
        | "INVALID_URL"
        | "INVALID_PROFILE"
        | "NORMAL_CIRCUIT_CONGESTION"
        | "NETWORK_OUT_OF_ORDER"
        | "NORMAL_TEMPORARY_FAILURE"
        | "SWITCH_CONGESTION"
        | "REQUESTED_CHAN_UNAVAIL"
        | "OUTGOING_CALL_BARRED"
        | "INCOMPATIBLE_DESTINATION"
        | "SERVICE_UNAVAILABLE"
        | "SERVICE_NOT_IMPLEMENTED"
        | "RECOVERY_ON_TIMER_EXPIRE"
        | "SUBSCRIBER_ABSENT"
        | "USER_NOT_REGISTERED"
        | "GATEWAY_DOWN"
        | "CHAN_NOT_IMPLEMENTED"
        | "CRASH" => GoneCause::Failed,
        _ => GoneCause::Normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_read_by_freeswitchs_names() {
        for (cause, gone, result) in [
            ("LOSE_RACE", GoneCause::AnsweredElsewhere, None),
            ("PICKED_OFF", GoneCause::AnsweredElsewhere, None),
            ("NO_ANSWER", GoneCause::NoAnswer, Some(DialResult::NoAnswer)),
            ("USER_BUSY", GoneCause::Busy, Some(DialResult::Busy)),
            ("CALL_REJECTED", GoneCause::Busy, Some(DialResult::Busy)),
            ("USER_NOT_REGISTERED", GoneCause::Failed, Some(DialResult::Failed)),
            ("ORIGINATOR_CANCEL", GoneCause::Normal, Some(DialResult::Cancelled)),
            ("NORMAL_CLEARING", GoneCause::Normal, Some(DialResult::Cancelled)),
            ("", GoneCause::Normal, Some(DialResult::Cancelled)),
        ] {
            assert_eq!((gone_cause(cause), dial_result(cause)), (gone, result), "{cause}");
        }
    }
}
