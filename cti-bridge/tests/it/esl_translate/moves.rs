//! Holding, transfers, picking up, parking.

use super::Bench;
use crate::esl_support::Leg;
use crate::esl_support::scenes::{self, answered_by_203};
use cti_bridge::call::CallSignal;

#[test]
fn an_attended_transfer_gives_the_outside_caller_to_the_consulted_agent() {
    let mut bench = Bench::new();
    bench.take(&scenes::attended_transfer());
    let lines = bench.lines();
    assert_eq!(
        lines[..5],
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 held by 203",
            "call2 rings 201: Internal(\"203\") ~ 201",
            "call2 answered by 201",
        ],
        "the question is no outside caller"
    );
    assert_eq!(
        lines[5..],
        [
            "call2 leaves 201: Transferred",
            "call2 ended: Completed by [201] Internal(\"203\") ~ 201",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 leaves 203: Transferred",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn an_attended_transfer_is_recognised_by_the_bridge_alone() {
    let mut bench = Bench::new();
    bench.take(&scenes::attended_transfer_without_variables());
    let lines = bench.lines();
    assert_eq!(
        lines[lines.len() - 5..],
        [
            "call2 ended: Completed by [201] Internal(\"203\") ~ 201",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_hold_is_reported_and_ended() {
    let mut bench = Bench::new();
    bench.take(&scenes::hold_and_unhold());
    assert_eq!(
        bench.lines()[2..],
        [
            "call1 held by 203",
            "call1 resumed by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_late_end_of_the_first_bridge_does_not_end_the_second() {
    let (a, b, events) = answered_by_203();
    let d = Leg::outbound("D", "201", "A");
    let mut bench = Bench::new();
    bench.take(&events);
    let b_goes = b.with("variable_transfer_to", "blind:A").hangup("NORMAL_CLEARING");
    bench.take(&[b_goes, d.create(), d.progress(), d.answer(), a.bridge("CHANNEL_BRIDGE", &d)]);
    let late = bench.take(&[a.bridge("CHANNEL_UNBRIDGE", &b)]);
    let bridge =
        |s: &CallSignal| matches!(s, CallSignal::BridgeLeave { bridge, .. } if bridge.as_str() == "A|B");
    assert!(late.iter().all(bridge) && late.len() == 2, "{late:?}");
    assert_eq!(bench.lines().last().unwrap(), "call1 answered by 201");
}

#[test]
fn a_pickup_moves_the_call() {
    let mut bench = Bench::new();
    bench.take(&scenes::picked_up());
    let lines = bench.lines();
    assert_eq!(lines[0], "call1 rings 201: +81312345678 → 0331112222");
    assert!(lines.contains(&"call1 answered by 202".to_owned()), "{lines:?}");
    assert!(lines.contains(&"call1 leaves 201: AnsweredElsewhere".to_owned()), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "call1 ended: Completed by [202] +81312345678 → 0331112222");
}

#[test]
fn taking_a_parked_call_moves_it() {
    let mut bench = Bench::new();
    bench.take(&scenes::parked_and_taken_by_another());
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn an_untaken_parked_call_comes_back() {
    let mut bench = Bench::new();
    bench.take(&scenes::parked_and_timed_out());
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}
