//! Every change that agents see, for recordings of a real Asterisk 22 in which earlier versions of the bridge went wrong.

use crate::ami_support::{lines, recording, settled, signals};
use cti_bridge::source::ami::PresentationPolicy;

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    let changes = settled(signals(&recording(name), &[4096], PresentationPolicy::AssumeAllowed));
    assert_eq!(lines(&changes), expected, "{name}");
}

#[test]
fn a_phone_that_declines_is_busy() {
    check(
        "declined-603",
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: Rejected",
            "call1 ended: Busy by [] +81312345678 → 0331112222",
        ],
    );
    check("busy-at-once", &["call1 ended: Busy by [] +81312345678 → 0331112222"]);
}

#[test]
fn a_phone_that_forwards_does_not_ring() {
    check(
        "forward-302",
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn at_a_pickup_the_phone_that_rang_is_told_that_another_answered() {
    check(
        "pickup-star8",
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: AnsweredElsewhere",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 answered by 202",
            "call1 ended: Completed by [202] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_queue_that_gives_up_is_not_a_caller_who_does() {
    check(
        "queue-timeout",
        &[
            "call1 rings 203: +81668887777 → 0120555555 (solo)",
            "call1 leaves 203: NoAnswer",
            "call1 rings 203: +81668887777 → 0120555555 (solo)",
            "call1 leaves 203: NoAnswer",
            "call1 ended: NoAnswer by [] +81668887777 → 0120555555 (solo)",
        ],
    );
}

#[test]
fn a_phone_that_is_not_to_be_disturbed_never_pops_up() {
    check("queue-dnd-alone", &["call1 ended: Abandoned by [] +81312345678 → 0120555555 (solo)"]);
}

#[test]
fn a_parked_call_moves_to_the_agent_who_retrieves_it_and_the_space_is_no_call() {
    check(
        "park-retrieve",
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_mobile_that_answers_is_no_agent() {
    check(
        "mobile-answers",
        &[
            "call1 rings 201: +81312345678 → 0331112309",
            "call1 leaves 201: AnsweredElsewhere",
            "call1 ended: Completed by [] +81312345678 → 0331112309",
        ],
    );
}

#[test]
fn an_outgoing_call_in_a_list_that_names_the_trunk_first_stays_outgoing() {
    check(
        "list-outgoing-call",
        &[
            "call1 placed by 201: +81455550106 ⇒ 0455550106 uncertain",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81455550106 ⇒ 0455550106 uncertain",
        ],
    );
}
