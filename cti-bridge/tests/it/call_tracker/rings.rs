//! Phones that ring, and how calls end that nobody answered.

use super::{answers, caller, check, dial_end, enter, gone, rings, seen, up};
use crate::ami_support::{apply, lines, tracker};
use cti_bridge::call::{CallSignal, DialResult, Party, Role};

#[test]
fn a_phone_that_rejects_is_dismissed_and_if_all_reject_the_outcome_is_busy() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            rings("t", "b", "202"),
            vec![dial_end("a", DialResult::Busy), dial_end("b", DialResult::Busy)],
            vec![gone("a"), gone("b"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 leaves 201: Rejected",
            "call1 leaves 202: Rejected",
            "call1 ended: Busy by [] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn the_outcome_of_an_unanswered_call_is_that_of_the_last_attempt() {
    for (result, outcome) in [
        (DialResult::NoAnswer, "NoAnswer"),
        (DialResult::Busy, "Busy"),
        (DialResult::Failed, "Failed"),
        (DialResult::Cancelled, "Abandoned"),
    ] {
        let mut tracker = tracker();
        let story = [caller("t"), rings("t", "a", "201"), vec![dial_end("a", result), gone("a"), gone("t")]];
        let ended = lines(&apply(&mut tracker, story.into_iter().flatten())).pop().unwrap();
        assert_eq!(ended, format!("call1 ended: {outcome} by [] +81312345678 → 0331112222"));
    }
}

#[test]
fn the_same_phone_may_ring_again() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            vec![dial_end("a", DialResult::NoAnswer), dial_end("a", DialResult::Cancelled), gone("a")],
            rings("t", "b", "201"),
            answers("b", "t"),
            vec![gone("t"), gone("b")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 leaves 201: NoAnswer",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn two_phones_of_one_extension_are_one_pop_up() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            rings("t", "b", "201"),
            vec![dial_end("a", DialResult::Busy)],
            answers("b", "t"),
            vec![gone("a"), gone("b"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_phone_behind_internal_channels_rings_for_the_outside_caller() {
    check(
        [
            caller("t"),
            vec![
                seen("l1", "t", Party::Internal, Role::Destination),
                seen("l2", "t", Party::Internal, Role::Destination),
                CallSignal::DialBegin { source: Some("t".into()), destination: "l1".into(), dialled: None },
            ],
            rings("l2", "a", "201"),
            vec![up("a"), up("l1"), enter("a", "x"), enter("l2", "x"), enter("l1", "y"), enter("t", "y")],
            vec![gone("a"), gone("l1"), gone("l2"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}
