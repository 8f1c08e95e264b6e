//! Scenes: whole calls that were not recorded, as FreeSWITCH's source code describes them.

use super::{Leg, event};

/// The number of the scenes' outside caller.
pub(crate) const NUMBER: &str = "0312345678";

/// The leg of an outside caller.
pub(crate) fn caller() -> Leg {
    Leg::inbound("A", NUMBER, "0331112222")
}

/// A call from outside that 203 has answered.
pub(crate) fn answered_by_203() -> (Leg, Leg, Vec<Vec<u8>>) {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let events =
        vec![a.create(), b.create(), b.progress(), b.answer(), a.answer(), a.bridge("CHANNEL_BRIDGE", &b)];
    (a, b, events)
}

/// 203 puts the caller on hold and takes them off hold.
pub(crate) fn hold_and_unhold() -> Vec<Vec<u8>> {
    let (a, b, mut events) = answered_by_203();
    events.extend([b.event("CHANNEL_HOLD"), b.event("CHANNEL_UNHOLD")]);
    events.extend([a.hangup("NORMAL_CLEARING"), b.hangup("NORMAL_CLEARING")]);
    events
}

/// 203 puts the caller on hold, consults 201 and hands the call over.
pub(crate) fn attended_transfer() -> Vec<Vec<u8>> {
    let (a, b, mut events) = answered_by_203();
    let (c, d) = question_to_201();
    events.extend([b.event("CHANNEL_HOLD"), c.create(), d.create(), d.progress(), d.answer(), c.answer()]);
    events.extend([
        c.bridge("CHANNEL_BRIDGE", &d),
        c.with("variable_endpoint_disposition", "ATTENDED_TRANSFER").hangup("NORMAL_CLEARING"),
        b.with("variable_transfer_to", "att:D").hangup("NORMAL_CLEARING"),
        a.bridge("CHANNEL_BRIDGE", &d),
        a.hangup("NORMAL_CLEARING"),
        d.hangup("NORMAL_CLEARING"),
    ]);
    events
}

/// The same, where no leg says why it hangs up.
pub(crate) fn attended_transfer_without_variables() -> Vec<Vec<u8>> {
    let (a, b, mut events) = answered_by_203();
    let (c, d) = question_to_201();
    events.extend([c.create(), d.create(), d.progress(), d.answer(), c.bridge("CHANNEL_BRIDGE", &d)]);
    events.extend([
        c.hangup("NORMAL_CLEARING"),
        b.hangup("NORMAL_CLEARING"),
        d.bridge("CHANNEL_BRIDGE", &a),
        a.hangup("NORMAL_CLEARING"),
        d.hangup("NORMAL_CLEARING"),
    ]);
    events
}

/// 203 transfers the caller to a space of the parking lot (`valet_park`).
fn parked_by_203() -> (Leg, Vec<Vec<u8>>) {
    let (a, b, mut events) = answered_by_203();
    let parked = a.with("Caller-Destination-Number", "6001").with("Answer-State", "answered");
    events.extend([
        b.with("variable_transfer_to", "blind:A").hangup("NORMAL_CLEARING"),
        parked.bridge("CHANNEL_UNBRIDGE", &b),
        parked.event("CALL_UPDATE"),
    ]);
    (parked, events)
}

/// 203 parks the caller; 201 dials the space. `uuid_bridge` joins the two, and 201's leg is answered by that.
pub(crate) fn parked_and_taken_by_another() -> Vec<Vec<u8>> {
    let (a, mut events) = parked_by_203();
    let p = Leg::inbound("P", "201", "6001");
    events.extend([
        p.create(),
        p.joined_before_answer(&a),
        p.answer(),
        a.hangup("NORMAL_CLEARING"),
        p.hangup("NORMAL_CLEARING"),
    ]);
    events
}

/// The parked call is not retrieved: after a while the lot transfers it back to 203.
pub(crate) fn parked_and_timed_out() -> Vec<Vec<u8>> {
    let (a, mut events) = parked_by_203();
    let back = Leg::outbound("B2", "203", "A");
    events.extend([
        back.create(),
        back.progress(),
        back.answer(),
        a.bridge("CHANNEL_BRIDGE", &back),
        a.hangup("NORMAL_CLEARING"),
        back.hangup("NORMAL_CLEARING"),
    ]);
    events
}

/// 201 rings and 202 picks the call up.
pub(crate) fn picked_up() -> Vec<Vec<u8>> {
    let (a, b, p) = (caller(), Leg::outbound("B", "201", "A"), Leg::inbound("P", "202", "*8"));
    vec![
        a.create(),
        b.create(),
        b.progress(),
        p.create(),
        p.answer(),
        a.bridge("CHANNEL_BRIDGE", &p),
        b.hangup("PICKED_OFF"),
        a.hangup("NORMAL_CLEARING"),
        p.hangup("NORMAL_CLEARING"),
    ]
}

fn question_to_201() -> (Leg, Leg) {
    (Leg::inbound("C", "203", "201"), Leg::outbound("D", "201", "C"))
}

/// A caller who withholds the number waits in a queue that rings 201 and 202; 201 answers and holds.
pub(crate) fn withheld_in_a_queue() -> Vec<Vec<u8>> {
    let a = Leg::inbound("A", "0398765432", "0120111111")
        .with("Caller-Caller-ID-Name", "Anonymous")
        .with("Caller-Privacy-Hide-Number", "true")
        .with("variable_sip_Privacy", "id");
    let (b, c) = (Leg::queued("B", "201", "A"), Leg::queued("C", "202", "A"));
    let offering = event(
        "CUSTOM",
        &[
            ("Event-Subclass", "callcenter::info"),
            ("CC-Action", "agent-offering"),
            ("CC-Member-Session-UUID", "A"),
            ("CC-Member-CID-Number", "0398765432"),
        ],
    );
    vec![
        a.create(),
        a.answer(),
        offering,
        b.create(),
        c.create(),
        b.progress(),
        c.progress(),
        b.answer(),
        c.hangup("LOSE_RACE"),
        a.bridge("CHANNEL_BRIDGE", &b),
        b.event("CALL_UPDATE"),
        b.event("CHANNEL_HOLD"),
        a.hangup("NORMAL_CLEARING"),
        b.hangup("NORMAL_CLEARING"),
    ]
}
