//! Legs: who they are, when they begin and how they end.

use super::Bench;
use crate::esl_support::scenes::{NUMBER, caller};
use crate::esl_support::{Leg, config, event};
use cti_bridge::call::{CallSignal, Party, Role};

#[test]
fn a_phone_that_is_busy_shows_no_pop_up() {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let mut bench = Bench::new();
    bench.take(&[a.create(), b.create(), b.hangup("USER_BUSY"), a.hangup("USER_BUSY")]);
    assert_eq!(bench.lines(), ["call1 ended: Busy by [] +81312345678 → 0331112222"]);
}

#[test]
fn the_party_that_hung_up_decides_between_abandoned_and_unanswered() {
    for (cause, disposition, expected) in [
        ("ORIGINATOR_CANCEL", "recv_cancel", "Abandoned"),
        ("NORMAL_CLEARING", "recv_bye", "Abandoned"),
        ("NORMAL_CLEARING", "send_bye", "NoAnswer"),
        ("NO_ANSWER", "send_refuse", "NoAnswer"),
    ] {
        let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
        let mut bench = Bench::new();
        bench.take(&[a.create(), b.create(), b.progress(), b.hangup("NO_ANSWER")]);
        bench.take(&[a.with("variable_sip_hangup_disposition", disposition).hangup(cause)]);
        let end = bench.lines().pop().unwrap();
        assert!(end.starts_with(&format!("call1 ended: {expected} ")), "{cause} {disposition}: {end}");
    }
}

#[test]
fn click_to_call_is_an_outbound_call_of_the_agent() {
    let l =
        Leg::outbound("L", "201", "").with("Other-Type", "").with("variable_chakuden_dialled_number", NUMBER);
    let m = Leg::outbound("M", "", "L")
        .with("Caller-Destination-Number", NUMBER)
        .with("variable_sip_gateway_name", "carrier");
    let mut bench = Bench::new();
    let rings = bench.take(&[l.create(), l.progress()]);
    let is_nothing = |signal: &CallSignal| !matches!(signal, CallSignal::ChannelSeen { .. });
    assert!(rings.iter().all(is_nothing), "there is no call until the agent's phone is answered: {rings:?}");
    let seen = bench.take(&[l.answer()]);
    let [CallSignal::ChannelSeen { party, role: Role::Origin, dialled, .. }] = &seen[..] else {
        panic!("{seen:?}")
    };
    assert_eq!((party, dialled.as_deref()), (&Party::Agent { extension: "201".into() }, Some(NUMBER)));
    bench.take(&[m.create(), m.progress(), m.answer(), l.bridge("CHANNEL_BRIDGE", &m)]);
    bench.take(&[m.hangup("NORMAL_CLEARING"), l.hangup("NORMAL_CLEARING")]);
    assert_eq!(
        bench.lines(),
        [
            "call1 placed by 201: +81312345678 ⇒ 0312345678",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 ⇒ 0312345678",
        ]
    );
}

#[test]
fn a_dialler_call_shows_the_number_it_called() {
    let m = Leg::outbound("M", "", "")
        .with("Other-Type", "")
        .with("Caller-Destination-Number", "09012345678")
        .with("variable_sip_gateway_name", "carrier");
    let b = Leg::outbound("B", "203", "M");
    let mut bench = Bench::new();
    bench.take(&[m.create(), m.progress(), m.answer(), b.create(), b.progress()]);
    assert_eq!(bench.lines(), ["call1 rings 203: +819012345678 ⇒ 09012345678"]);
}

#[test]
fn the_same_extension_of_another_domain_is_another_phone() {
    let in_domain = |domain: &str, id: &str| {
        Leg::outbound(id, "201", "A")
            .with("variable_dialed_domain", domain)
            .with("Channel-Presence-ID", &format!("201@{domain}"))
    };
    let rings = |bench: &mut Bench, domain: &str, id: &str| {
        let leg = in_domain(domain, id);
        bench.take(&[leg.create(), leg.progress()]);
    };
    // The first domain that is seen is the agents' own.
    let mut bench = Bench::new();
    bench.take(&[caller().create()]);
    rings(&mut bench, "pbx.example", "B");
    rings(&mut bench, "other.example", "C");
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 rings 201@other.example: +81312345678 → 0331112222",
        ]
    );
    // Named in the settings, it does not matter which is seen first.
    let mut config = config();
    config.domains = vec!["pbx.example".to_owned()];
    let mut bench = Bench::with(&config);
    bench.take(&[caller().create()]);
    rings(&mut bench, "other.example", "C");
    rings(&mut bench, "PBX.example", "B");
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 201@other.example: +81312345678 → 0331112222",
            "call1 rings 201: +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_leg_that_gets_another_identity_keeps_ringing() {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let renamed = event("CHANNEL_UUID", &[("Unique-ID", "B2"), ("Old-Unique-ID", "B")]);
    let b2 = Leg::outbound("B2", "203", "A");
    let mut bench = Bench::new();
    bench.take(&[
        a.create(),
        b.create(),
        b.progress(),
        renamed,
        b2.answer(),
        a.bridge("CHANNEL_BRIDGE", &b2),
    ]);
    assert_eq!(bench.lines(), ["call1 rings 203: +81312345678 → 0331112222", "call1 answered by 203"]);
}

#[test]
fn internal_legs_in_between_ring_a_phone_once() {
    let a = caller();
    let near = Leg::outbound("N", "", "A").with("Channel-Name", "loopback/201-a");
    let far = Leg::inbound("F", NUMBER, "201")
        .with("Channel-Name", "loopback/201-b")
        .with("variable_other_loopback_leg_uuid", "N");
    let b = Leg::outbound("B", "201", "F");
    let mut bench = Bench::new();
    bench.take(&[
        a.create(),
        near.create(),
        far.create(),
        b.create(),
        near.progress(),
        b.progress(),
        b.answer(),
        far.bridge("CHANNEL_BRIDGE", &b),
        a.bridge("CHANNEL_BRIDGE", &near),
    ]);
    assert_eq!(bench.lines(), ["call1 rings 201: +81312345678 → 0331112222", "call1 answered by 201"]);
}

#[test]
fn memory_is_bounded_and_a_forgotten_leg_still_ends() {
    let mut config = config();
    config.channels_max = 3;
    let mut bench = Bench::with(&config);
    for n in 0..50 {
        bench.take(&[Leg::inbound(&format!("A{n}"), NUMBER, "0331112222").create()]);
    }
    assert_eq!(bench.translator.legs_len(), 3);
    let end = bench.take(&[Leg::inbound("A0", NUMBER, "0331112222").hangup("NORMAL_CLEARING")]);
    assert!(!end.is_empty() && end.iter().all(|s| matches!(s, CallSignal::Gone { .. })), "{end:?}");
}

#[test]
fn a_leg_first_seen_by_its_call_state_is_not_a_caller() {
    let (a, b) = (Leg::inbound("A", NUMBER, "0120111111"), Leg::queued("B", "201", "A"));
    // For a queue's phone this event has no variables.
    let bare =
        Leg::outbound("B", "", "").with("Other-Type", "").with("Channel-Presence-ID", "201@pbx.example");
    let mut bench = Bench::new();
    bench.take(&[a.create(), bare.with("Channel-Call-State", "RINGING").event("CHANNEL_CALLSTATE")]);
    bench.take(&[b.answer(), a.bridge("CHANNEL_BRIDGE", &b)]);
    assert_eq!(bench.lines(), ["call1 rings 201: +81312345678 → 0120111111", "call1 answered by 201"]);
}

#[test]
fn a_leg_that_ends_before_it_begins_never_rings() {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let mut bench = Bench::new();
    bench.take(&[a.create(), b.hangup("NO_ANSWER"), b.create(), b.progress(), a.hangup("NORMAL_CLEARING")]);
    assert_eq!(bench.lines(), ["call1 ended: NoAnswer by [] +81312345678 → 0331112222"]);
}

#[test]
fn a_caller_seen_late_is_marked_and_keeps_the_first_dialled_number() {
    let a = caller().with("Caller-Destination-Number", "201").with("variable_sip_req_user", "0331112222");
    let mut bench = Bench::new();
    let told = bench.take(&[a.with("Answer-State", "answered").event("CALL_UPDATE")]);
    let [CallSignal::ChannelSeen { dialled, uncertain: true, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(dialled.as_deref(), Some("0331112222"));
}

#[test]
fn click_to_call_to_a_phone_that_refuses_is_no_call() {
    let l =
        Leg::outbound("L", "201", "").with("Other-Type", "").with("variable_chakuden_dialled_number", NUMBER);
    let mut bench = Bench::new();
    bench.take(&[l.create(), l.progress(), l.hangup("USER_BUSY")]);
    assert_eq!(bench.lines(), [""; 0]);
}
