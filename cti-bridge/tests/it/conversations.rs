//! Conversations that are not one caller and one agent from the first ring to the end: who takes part, who talks with
//! whom, and whose card is on whose screen.

use crate::ami_support::scenes;
use crate::ami_support::{apply, check_contract, lines, signals, tracker};
use cti_bridge::call::{CallChange, CallPart, EndedCall};
use cti_bridge::source::ami::PresentationPolicy;
use shared::call::{PartEnd, PartKind, QueueEnd};

/// The changes of whole calls, which must leave nothing behind.
fn play(events: &[String]) -> Vec<CallChange> {
    let bytes = format!("Asterisk Call Manager/9.0.0\r\n{}", events.concat()).into_bytes();
    let mut tracker = tracker();
    let changes = apply(&mut tracker, signals(&bytes, &[4096], PresentationPolicy::AssumeAllowed));
    check_contract(&changes);
    assert_eq!((tracker.size().calls, tracker.size().channels, tracker.size().links), (0, 0, 0));
    changes
}

fn ended(changes: &[CallChange]) -> Vec<&EndedCall> {
    changes
        .iter()
        .filter_map(|change| match change {
            CallChange::Ended(ended) => Some(ended),
            _ => None,
        })
        .collect()
}

/// Whose part, whether they were joined, and how it ended.
fn parts(ended: &EndedCall) -> Vec<(Option<String>, bool, PartEnd)> {
    let part = |part: &CallPart| (part.extension.clone(), part.answered_at.is_some(), part.end);
    ended.parts.iter().map(part).collect()
}

#[test]
fn an_agent_who_hangs_up_has_left_while_the_caller_stays_for_a_survey() {
    let changes = play(&scenes::caller_stays_for_a_survey());
    assert_eq!(
        lines(&changes),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
    let left = changes.iter().find_map(|change| match change {
        CallChange::Left { at, .. } => Some(*at),
        _ => None,
    });
    let call = ended(&changes)[0];
    assert!(left.unwrap() < call.ended_at, "the agent left before the end");
    assert_eq!(call.parts[0].left_at, left.unwrap());
}

#[test]
fn a_mobile_that_answers_is_another_and_no_agent_of_ours() {
    let changes = play(&scenes::a_mobile_answers());
    assert_eq!(
        lines(&changes),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: AnsweredElsewhere",
            "call1 ended: Completed by [] +81312345678 → 0331112222",
        ]
    );
    let call = ended(&changes)[0];
    assert_eq!(
        parts(call),
        [(Some("203".to_owned()), false, PartEnd::AnsweredElsewhere), (None, true, PartEnd::Left)]
    );
    assert_eq!(call.parts[1].kind, PartKind::Outside);
}

#[test]
fn a_lifted_handset_that_is_never_joined_is_no_answer() {
    let changes = play(&scenes::lifted_but_never_joined());
    assert_eq!(
        lines(&changes),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: Rejected",
            "call1 ended: Abandoned by [] +81312345678 → 0331112222 (support)",
        ]
    );
    let call = ended(&changes)[0];
    assert_eq!((call.answered_at, call.talk_seconds), (None, 0));
    assert_eq!((call.visits[0].queue.as_str(), call.visits[0].end), ("support", QueueEnd::Abandoned));
}

#[test]
fn each_agent_of_a_call_that_goes_into_a_second_queue_has_a_part() {
    let changes = play(&scenes::into_a_second_queue());
    let call = ended(&changes)[0];
    assert_eq!(
        parts(call),
        [(Some("203".to_owned()), true, PartEnd::Transferred), (Some("201".to_owned()), true, PartEnd::Left)]
    );
    assert_eq!(call.answered_by, ["203", "201"]);
    let [visit] = call.visits.as_slice() else { panic!("{:?}", call.visits) };
    assert_eq!((visit.queue.as_str(), visit.end), ("sales", QueueEnd::Answered));
    assert!(call.parts[0].left_at <= visit.joined_at, "who waits does not talk");
}

#[test]
fn a_customer_whom_the_pbx_calls_first_is_an_outbound_call_with_the_number_dialled() {
    assert_eq!(
        lines(&play(&scenes::calls_the_customer_first(false))),
        ["call1 ended: NoAnswer by [] +819012345678 ⇒ 09012345678"]
    );
    assert_eq!(
        lines(&play(&scenes::calls_the_customer_first(true))),
        [
            "call1 rings 203: +819012345678 ⇒ 09012345678 (callback)",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +819012345678 ⇒ 09012345678 (callback)",
        ]
    );
}

#[test]
fn another_programs_click_to_call_shows_the_customer_and_not_the_agent_itself() {
    for by_local in [false, true] {
        assert_eq!(
            lines(&play(&scenes::click_to_call_of_another_program(by_local))),
            [
                "call1 placed by 203: +81312345678 ⇒ 0312345678",
                "call1 answered by 203",
                "call1 ended: Completed by [203] +81312345678 ⇒ 0312345678",
            ],
            "{by_local}"
        );
    }
}

#[test]
fn customers_of_an_agent_who_stays_on_the_line_are_calls_of_their_own() {
    assert_eq!(
        lines(&play(&scenes::agent_logged_in_all_day())),
        [
            "call1 rings 201: +81312345671 → 0120111111 (support)",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345671 → 0120111111 (support)",
            "call2 rings 201: +81312345672 → 0120111111 (support)",
            "call2 answered by 201",
            "call2 ended: Completed by [201] +81312345672 → 0120111111 (support)",
        ]
    );
}

#[test]
fn two_customers_in_one_conference_stay_two_calls_and_the_right_one_rings_a_colleague() {
    assert_eq!(
        lines(&play(&scenes::two_customers_in_one_conference())),
        [
            "call1 rings 201: +81312345671 → 0120111111",
            "call1 answered by 201",
            "call2 rings 201: +81312345672 → 0120111111",
            "call2 answered by 201",
            "call2 leaves 201: Transferred",
            "call2 rings 202: +81312345672 → 0120111111 (support)",
            "call2 answered by 202",
            "call1 ended: Completed by [201] +81312345671 → 0120111111",
            "call2 ended: Completed by [201+202] +81312345672 → 0120111111 (support)",
        ]
    );
}
