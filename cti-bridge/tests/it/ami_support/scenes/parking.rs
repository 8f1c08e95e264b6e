//! Calls that are parked.

use super::{Channel, answered_by_203, blind_transfer, both_go, message};

/// 203 transfers the caller to the extension of the parking lot, and hangs up when the space was read out.
fn parked_by_203() -> (Channel, Vec<String>) {
    let (caller, phone, mut events) = answered_by_203();
    events.extend([
        blind_transfer(&phone, &caller, "700"),
        caller.leaves("b1", "simple_bridge"),
        caller.enters("lot", "holding_bridge"),
        parking("ParkedCall", &caller, &[]),
        phone.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
    ]);
    (caller, events)
}

/// An event of the parking lot. It also names the agent who retrieves a call.
fn parking(event: &str, parked: &Channel, taken_by: &[&Channel]) -> String {
    let taken_by = taken_by.iter().map(|channel| channel.headers("Retriever", 6));
    let headers: String = std::iter::once(parked.headers("Parkee", 6)).chain(taken_by).collect();
    let rest = [
        ("ParkerDialString", "PJSIP/203"),
        ("Parkinglot", "default"),
        ("ParkingSpace", "701"),
        ("ParkingTimeout", "45"),
        ("ParkingDuration", "0"),
    ];
    message(event, &headers, &rest)
}

/// Dialling the space of a parked call retrieves it.
fn taken(caller: &Channel, by: &Channel, bridge: &str) -> Vec<String> {
    let joined = by.linked_to(caller);
    vec![
        by.new_channel(4),
        by.runs("ParkedCall", "default,701"),
        by.state(6),
        caller.leaves("lot", "holding_bridge"),
        parking("UnParkedCall", caller, &[by]),
        caller.enters(bridge, "simple_bridge"),
        joined.enters(bridge, "simple_bridge"),
    ]
}

/// 203 parks the caller; 201 dials the space and has the call.
pub(crate) fn parked_and_taken_by_another() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    let other = Channel::calls("PJSIP/201-00000003", "2.1", "201", "701");
    events.extend(taken(&caller, &other, "b2"));
    events.extend(both_go(&caller, &other, "b2"));
    events
}

/// 203 parks the caller and dials the space itself.
pub(crate) fn parked_and_taken_back() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    let again = Channel::calls("PJSIP/203-00000003", "2.1", "203", "701");
    events.extend(taken(&caller, &again, "b2"));
    events.extend(both_go(&caller, &again, "b2"));
    events
}

/// The parked call is not retrieved: after a while it rings back at 203, who parked it.
pub(crate) fn parked_and_timed_out() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    let back = Channel::made_for(&caller, "PJSIP/203-00000004", "1.4");
    events.extend([
        caller.leaves("lot", "holding_bridge"),
        parking("ParkedCallTimeOut", &caller, &[]),
        caller.runs("Dial", "PJSIP/203,30,t"),
        back.new_channel(0),
        caller.dials(&back),
        back.state(5),
        back.state(6),
        caller.dialled(&back, "ANSWER"),
        back.enters("b3", "simple_bridge"),
        caller.enters("b3", "simple_bridge"),
    ]);
    events.extend(both_go(&caller, &back, "b3"));
    events
}

/// The parked caller hangs up.
pub(crate) fn parked_and_given_up() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    events.extend([
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.leaves("lot", "holding_bridge"),
        parking("ParkedCallGiveUp", &caller, &[]),
        caller.hangs_up("16"),
    ]);
    events
}

/// 203 parks the caller with a key during the call: no event reports a transfer.
pub(crate) fn parked_by_a_key_and_taken_by_another() -> Vec<String> {
    let events = parked_and_taken_by_another();
    events.into_iter().filter(|message| !message.starts_with("Event: BlindTransfer")).collect()
}

/// An agent calls an outside number, parks the call and dials the space.
pub(crate) fn outgoing_parked_and_taken_back(phone: &Channel, line: &Channel) -> Vec<String> {
    let mut events = vec![
        phone.new_channel(4),
        phone.runs("Dial", "PJSIP/0312345678@trunk"),
        line.new_channel(0),
        phone.dials(line),
        line.state(5),
        line.state(6),
        phone.dialled(line, "ANSWER"),
        phone.state(6),
        line.enters("b1", "simple_bridge"),
        phone.enters("b1", "simple_bridge"),
        blind_transfer(phone, line, "700"),
        line.leaves("b1", "simple_bridge"),
        line.enters("lot", "holding_bridge"),
        parking("ParkedCall", line, &[]),
        phone.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
    ];
    let again = Channel::calls("PJSIP/203-00000003", "2.1", "203", "701");
    events.extend(taken(line, &again, "b2"));
    events.extend(both_go(line, &again, "b2"));
    events
}
