//! Withheld numbers and customer codes.

use super::Bench;
use crate::ami_support::{apply, tracker};
use crate::esl_support::scenes::{self, NUMBER, caller};
use crate::esl_support::{Leg, config};
use cti_bridge::call::{CallChange, CallSignal};

#[test]
fn a_number_withheld_in_a_queue_stays_withheld() {
    let mut bench = Bench::new();
    bench.take(&scenes::withheld_in_a_queue());
    assert!(!format!("{:?}{:?}", bench.signals, bench.translator).contains("98765432"));
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 201: Withheld → 0120111111 (support@default)",
            "call1 rings 202: Withheld → 0120111111 (support@default)",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 answered by 201",
            "call1 held by 201",
            "call1 ended: Completed by [201] Withheld → 0120111111 (support@default)",
        ]
    );
}

#[test]
fn every_privacy_mark_on_the_callers_leg_withholds_the_number() {
    for (key, value, expected) in [
        ("Caller-Privacy-Hide-Number", "true", "Withheld"),
        ("variable_sip_Privacy", "user;id", "Withheld"),
        ("variable_sip_Privacy", "full", "Withheld"),
        ("variable_sip_Privacy", "user", "Withheld"),
        ("variable_sip_Privacy", "header;user;id", "Withheld"),
        ("Caller-Privacy-Hide-Number", "false", "+81312345678"),
        ("variable_sip_Privacy", "none", "+81312345678"),
        ("Caller-Screen-Bit", "true", "+81312345678"),
        ("Caller-Privacy-Hide-Name", "true", "+81312345678"),
    ] {
        let a = caller().with(key, value);
        let b = Leg::outbound("B", "203", "A");
        let mut bench = Bench::new();
        bench.take(&[a.create(), b.create(), b.progress()]);
        assert_eq!(bench.lines(), [format!("call1 rings 203: {expected} → 0331112222")], "{key}: {value}");
    }
}

#[test]
fn a_later_privacy_mark_removes_the_number() {
    for key in ["Caller-Privacy-Hide-Number", "Other-Leg-Privacy-Hide-Number"] {
        let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
        let mut bench = Bench::new();
        bench.take(&[a.create(), b.create(), b.progress()]);
        let told = bench.take(&[b.with(key, "true").answer()]);
        assert!(
            told.iter()
                .any(|s| matches!(s, CallSignal::CallerKnown { channel, .. } if channel.as_str() == "A"))
        );
        let lines = bench.lines();
        assert_eq!(lines[1], "call1 is from Withheld → 0331112222", "{key}");
        let again = bench.take(&[a.with("Caller-Privacy-Hide-Number", "true").event("CALL_UPDATE")]);
        assert!(again.is_empty(), "it is said once: {again:?}");
    }
}

#[test]
fn privacy_of_an_agents_phone_withholds_no_customer() {
    let c = Leg::inbound("C", "203", "0312345678").with("Caller-Privacy-Hide-Number", "true");
    let m = Leg::outbound("M", "", "C")
        .with("Caller-Destination-Number", NUMBER)
        .with("variable_sip_gateway_name", "carrier")
        .with("Other-Leg-Privacy-Hide-Number", "true");
    let mut bench = Bench::new();
    bench.take(&[
        c.create(),
        m.create(),
        m.progress(),
        m.answer(),
        c.answer(),
        c.bridge("CHANNEL_BRIDGE", &m),
        c.hangup("NORMAL_CLEARING"),
    ]);
    bench.take(&[m.hangup("NORMAL_CLEARING")]);
    assert_eq!(
        bench.lines(),
        [
            "call1 placed by 203: +81312345678 ⇒ 0312345678",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 ⇒ 0312345678",
        ]
    );
}

#[test]
fn a_customer_code_of_an_ivr_is_reported_once_from_any_leg() {
    let a = caller().with("variable_chakuden_customer_code", " C00017 ");
    let b = Leg::outbound("B", "203", "A").with("variable_chakuden_customer_code", "C00017");
    let mut bench = Bench::new();
    let told = bench.take(&[caller().create(), a.answer(), a.event("CALL_UPDATE")]);
    let code = |signal: &&CallSignal| matches!(signal, CallSignal::CustomerCode { .. });
    assert_eq!(
        told.iter().filter(code).collect::<Vec<_>>(),
        [&CallSignal::CustomerCode { channel: "A".into(), customer_code: "C00017".into() }]
    );
    bench.take(&[b.create(), b.progress()]);
    let changes = apply(&mut tracker(), bench.signals.clone());
    let [CallChange::Ringing { call, .. }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(call.customer_code.as_deref(), Some("C00017"));
}

#[test]
fn the_customer_code_variable_is_configurable_and_limited() {
    let mut config = config();
    config.customer_code_variable = "ivr_code".to_owned();
    let longest = "9".repeat(64);
    for (value, is_one) in
        [("C1", true), (&*longest, true), (&*format!("{longest}9"), false), ("a\tb", false), (" ", false)]
    {
        let told = Bench::with(&config).take(&[caller().with("variable_ivr_code", value).create()]);
        let code = told.iter().any(|s| matches!(s, CallSignal::CustomerCode { .. }));
        assert_eq!(code, is_one, "{value:?}");
    }
    let other = Bench::with(&config).take(&[caller().with("variable_chakuden_customer_code", "C1").create()]);
    assert_eq!(other.len(), 1);
}
