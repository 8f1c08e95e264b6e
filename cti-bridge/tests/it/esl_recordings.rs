//! Every change that agents see, for each recording of a real FreeSWITCH.

use crate::ami_support::{apply, lines, settled, tracker};
use crate::damage::{damage, damages, end_all};
use crate::esl_support::{RECORDINGS, messages, recording, signals};
use cti_bridge::call::{CallChange, CallSignal, Caller};
use proptest::prelude::*;
use shared::caller::CallerNumber;

/// The digits of the number that the recorded caller withholds.
const WITHHELD_DIGITS: &str = "98765432";

fn replay(name: &str, chunks: &[usize]) -> Vec<CallChange> {
    settled(signals(&messages(&recording(name), chunks), false))
}

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    assert_eq!(lines(&replay(name, &[4096])), expected, "{name}");
}

#[test]
fn ring_all_leaves_no_ghost_pop_up() {
    check(
        "ringall-answered",
        &[
            "call1 rings 202: +81312345678 → 0120111111 (support@default)",
            "call1 rings 201: +81312345678 → 0120111111 (support@default)",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support@default)",
        ],
    );
}

#[test]
fn a_call_abandoned_in_the_queue_dismisses_every_pop_up_once() {
    check(
        "abandoned",
        &[
            "call1 rings 202: +819012345678 → 0120111111 (support@default)",
            "call1 rings 201: +819012345678 → 0120111111 (support@default)",
            "call1 leaves 202: CallerHungUp",
            "call1 leaves 201: CallerHungUp",
            "call1 ended: Abandoned by [] +819012345678 → 0120111111 (support@default)",
        ],
    );
}

#[test]
fn after_a_phone_rings_out_the_next_one_rings() {
    check(
        "no-answer-then-next",
        &[
            "call1 rings 201: +81312345678 → 0120222222 (sales@default)",
            "call1 leaves 201: NoAnswer",
            "call1 rings 203: +81312345678 → 0120222222 (sales@default)",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0120222222 (sales@default)",
        ],
    );
}

#[test]
fn a_direct_call_rings_one() {
    check(
        "direct-answered",
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_withheld_caller_has_no_number() {
    check(
        "withheld",
        &[
            "call1 rings 203: Withheld → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] Withheld → 0331112222",
        ],
    );
}

#[test]
fn a_payphone_is_recognised_by_the_callers_leg() {
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
fn after_a_transfer_the_card_shows_the_right_party() {
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
fn a_running_call_is_shown_once_and_marked() {
    check(
        "snapshot-mid-call",
        &[
            "call1 rings 201: +81312345678 → 0120111111 (support@default) uncertain",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support@default) uncertain",
        ],
    );
}

#[test]
fn a_withheld_number_leaves_the_translator_nowhere() {
    let bytes = recording("withheld");
    let told = String::from_utf8_lossy(&bytes).matches(WITHHELD_DIGITS).count();
    assert!(told > 100, "the recording has the number {told} times");
    let messages = messages(&bytes, &[4096]);
    for message in &messages {
        assert!(!format!("{message:?}").contains(WITHHELD_DIGITS), "{message:?}");
    }
    check_hidden(&signals(&messages, false));
    let changes = replay("withheld", &[4096]);
    assert!(!format!("{changes:?}").contains(WITHHELD_DIGITS));
    // Debug output masks numbers, which would hide a leak from the search above; this form does not.
    assert!(!lines(&changes).join("\n").contains(WITHHELD_DIGITS));
}

/// No signal contains the digits, nor any caller's number at all.
#[track_caller]
fn check_hidden(signals: &[CallSignal]) {
    for signal in signals {
        assert!(!format!("{signal:?}").contains(WITHHELD_DIGITS), "{signal:?}");
        let caller = match signal {
            CallSignal::CallerKnown { caller, .. }
            | CallSignal::ChannelSeen { caller: Some(Caller::Known(caller)), .. } => caller,
            _ => continue,
        };
        assert!(!matches!(caller, CallerNumber::Number(_)), "{signal:?}");
    }
}

#[test]
fn a_number_from_a_list_is_not_shown_when_the_answer_says_withheld() {
    let name = "snapshot-mid-call";
    let bytes = String::from_utf8(recording(name)).unwrap().replace("0312345678", "0398765432").into_bytes();
    let signals = signals(&messages(&bytes, &[4096]), true);
    check_hidden(&signals);
    let changes = apply(&mut tracker(), signals);
    let lines = lines(&changes);
    assert_eq!(lines[0], "call1 rings 201: Withheld → 0120111111 (support@default) uncertain");
}

#[test]
fn all_recordings_in_a_row_are_as_many_calls() {
    let names = RECORDINGS.iter().filter(|name| **name != "snapshot-mid-call");
    let all = names.flat_map(|name| signals(&messages(&recording(name), &[4096]), false));
    let ends = settled(all).into_iter().filter(|change| matches!(change, CallChange::Ended(_))).count();
    assert_eq!(ends, RECORDINGS.len() - 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_messages_leave_no_call_and_show_no_withheld_number(
        which in 0..RECORDINGS.len(),
        damages in damages(),
    ) {
        let name = RECORDINGS[which];
        let mut messages = messages(&recording(name), &[usize::MAX]);
        damage(&mut messages, &damages);
        let mut signals = crate::esl_support::signals_of_a_part(&messages);
        if name == "withheld" {
            check_hidden(&signals);
        }
        end_all(&mut signals);
        let _ = settled(signals);
    }
}
