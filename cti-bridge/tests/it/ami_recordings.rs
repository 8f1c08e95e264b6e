//! Every change that agents see, for each recording of a real Asterisk.

use crate::ami_support::{RECORDINGS, lines, recording, settled, signals};
use crate::damage::{Damage, damage, damages, end_all};
use cti_bridge::call::{CallChange, CallSignal};
use cti_bridge::source::ami::PresentationPolicy;
use proptest::prelude::*;

/// Recordings contain no answers about presentation, except the one made for it.
fn policy(name: &str) -> PresentationPolicy {
    if name == "withheld-getvar" { PresentationPolicy::Ask } else { PresentationPolicy::AssumeAllowed }
}

fn replay(name: &str, chunks: &[usize]) -> Vec<CallChange> {
    settled(signals(&recording(name), chunks, policy(name)))
}

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    assert_eq!(lines(&replay(name, &[4096])), expected, "{name}");
}

#[test]
fn ring_all_rings_two_and_the_first_to_answer_gets_the_call() {
    check(
        "ringall-answered",
        &[
            "call1 rings 201: +81312345678 → 0120111111 (support)",
            "call1 rings 202: +81312345678 → 0120111111 (support)",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support)",
        ],
    );
}

#[test]
fn an_abandoned_call_dismisses_every_pop_up_once() {
    check(
        "abandoned",
        &[
            "call1 rings 201: +819012345678 → 0120111111 (support)",
            "call1 rings 202: +819012345678 → 0120111111 (support)",
            "call1 leaves 201: CallerHungUp",
            "call1 leaves 202: CallerHungUp",
            "call1 ended: Abandoned by [] +819012345678 → 0120111111 (support)",
        ],
    );
}

#[test]
fn after_a_phone_rings_out_the_next_one_rings() {
    check(
        "no-answer-then-next",
        &[
            "call1 rings 201: +81312345678 → 0120222222 (sales)",
            "call1 leaves 201: NoAnswer",
            "call1 rings 203: +81312345678 → 0120222222 (sales)",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0120222222 (sales)",
        ],
    );
}

#[test]
fn a_withheld_caller_has_no_number() {
    check(
        "withheld-getvar",
        &[
            "call1 rings 203: Withheld → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] Withheld → 0331112222",
        ],
    );
}

#[test]
fn a_withheld_number_is_in_no_signal_and_in_no_change() {
    let bytes = recording("withheld-getvar");
    let digits = "98765432";
    assert!(String::from_utf8_lossy(&bytes).contains(digits), "the recording has the number");
    for signal in signals(&bytes, &[4096], PresentationPolicy::Ask) {
        let number = match &signal {
            CallSignal::CallerKnown { caller, .. } => caller.number().cloned(),
            _ => None,
        };
        assert!(number.is_none() && !format!("{signal:?}").contains(digits), "{signal:?}");
    }
    for change in replay("withheld-getvar", &[4096]) {
        assert!(!format!("{change:?}").contains(digits), "{change:?}");
    }
    // Debug output masks numbers, which would hide a leak from the search above; this form does not.
    assert!(!lines(&replay("withheld-getvar", &[4096])).join("\n").contains(digits));
}

#[test]
fn a_payphone_is_recognised_by_the_name() {
    check(
        "payphone",
        &[
            "call1 rings 203: Payphone → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] Payphone → 0331112222",
        ],
    );
}

#[test]
fn a_blind_transfer_keeps_one_call() {
    check(
        "blind-transfer",
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
fn an_attended_transfer_moves_the_outside_caller() {
    check(
        "attended-transfer",
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 held by 203",
            "call2 rings 201: Internal(\"203\") ~ 201",
            "call2 answered by 201",
            "call1 resumed by 203",
            "call2 leaves 201: Transferred",
            "call2 ended: Completed by [201] Internal(\"203\") ~ 201",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 leaves 203: Transferred",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_hold_is_reported_and_counted() {
    check(
        "hold",
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 held by 203",
            "call1 resumed by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_running_call_is_shown_once_and_marked() {
    check(
        "snapshot-mid-call",
        &[
            "call1 rings 201: +81312345678 → 0120111111 (support) uncertain",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support) uncertain",
        ],
    );
}

#[test]
fn all_recordings_in_a_row_give_the_same_calls() {
    // Two recordings come from other runs of Asterisk and reuse identities: they need a new connection.
    let names = ["ringall-answered", "abandoned", "no-answer-then-next", "payphone", "blind-transfer"];
    let all = names.iter().flat_map(|name| signals(&recording(name), &[4096], policy(name)));
    let ends = settled(all).into_iter().filter(|change| matches!(change, CallChange::Ended(_))).count();
    assert_eq!(ends, names.len());
}

/// The recording after the banner, message by message, damaged.
fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let (banner, rest) = text.split_once("\r\n").unwrap_or_default();
    let mut messages: Vec<&str> = rest.split_inclusive("\r\n\r\n").collect();
    damage(&mut messages, damages);
    format!("{banner}\r\n{}", messages.concat()).into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cutting_the_bytes_anywhere_changes_nothing(
        which in 0..RECORDINGS.len(),
        chunks in prop::collection::vec(1_usize..3_000, 1..20),
    ) {
        let name = RECORDINGS[which];
        prop_assert_eq!(lines(&replay(name, &chunks)), lines(&replay(name, &[usize::MAX])));
    }

    #[test]
    fn damaged_messages_leave_no_call_behind(
        which in 0..RECORDINGS.len(),
        damages in damages(),
    ) {
        let name = RECORDINGS[which];
        // The recorded answer about presentation is one of the messages: without questions it is ignored.
        let policy = PresentationPolicy::AssumeAllowed;
        let bytes = damaged(&recording(name), &damages);
        let bytes = String::from_utf8_lossy(&bytes).replace("\r\nValue: prohib", "\r\nX: prohib").into_bytes();
        let mut signals = signals(&bytes, &[4096], policy);
        end_all(&mut signals);
        let _ = settled(signals);
    }
}
