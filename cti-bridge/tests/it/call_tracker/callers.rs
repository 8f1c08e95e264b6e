//! Callers: when they become known, and what is announced of them.

use super::{answers, caller, check, dial_end, gone, hung_up, number, pending, rings};
use crate::ami_support::{apply, lines, start, tracker};
use chrono::TimeDelta;
use cti_bridge::call::{CallChange, CallSignal, CallTracker, DialResult};
use shared::caller::CallerNumber;

#[test]
fn nothing_is_announced_until_the_caller_is_known() {
    let mut tracker = tracker();
    let mut story = vec![pending("t")];
    story.extend(rings("t", "a", "201"));
    story.extend(answers("a", "t"));
    story.push(CallSignal::Hold { channel: "a".into() });
    assert_eq!(apply(&mut tracker, story), []);
    let known = CallSignal::CallerKnown { channel: "t".into(), caller: CallerNumber::Withheld };
    let told = apply(&mut tracker, [known]);
    assert_eq!(
        lines(&told),
        ["call1 rings 201: Withheld → 0331112222", "call1 answered by 201", "call1 held by 201"]
    );
    // The times are the phone's, not those of the answer about the number.
    let CallChange::Ringing { at, .. } = &told[0] else { panic!("{told:?}") };
    assert_eq!(*at, start() + TimeDelta::milliseconds(300));
}

#[test]
fn a_pop_up_that_was_never_shown_is_not_dismissed() {
    check(
        [
            vec![pending("t")],
            rings("t", "a", "201"),
            vec![dial_end("a", DialResult::NoAnswer), gone("a"), hung_up("t"), gone("t")],
        ],
        &["call1 ended: Abandoned by [] Unknown → 0331112222"],
    );
}

#[test]
fn a_lost_connection_makes_a_pending_caller_unknown() {
    let mut tracker = tracker();
    let mut story = vec![pending("t")];
    story.extend(rings("t", "a", "201"));
    story.push(CallSignal::SourceLost);
    assert_eq!(lines(&apply(&mut tracker, story)), ["call1 rings 201: Unknown → 0331112222"]);
    let known = CallSignal::CallerKnown { channel: "t".into(), caller: number("0312345678") };
    assert_eq!(lines(&apply(&mut tracker, [known])), ["call1 is from +81312345678 → 0331112222"]);
    let unknown = CallSignal::CallerKnown { channel: "t".into(), caller: CallerNumber::Unknown };
    assert_eq!(apply(&mut tracker, [unknown]), [], "not knowing again is no news");
}

/// Otherwise the first second after a reconnect would look up everybody who waits in a queue.
#[test]
fn running_calls_are_not_announced_as_coming_in() {
    let mut tracker = tracker();
    let names = |tracker: &CallTracker, channel: &str| tracker.coming_in(&channel.into()).is_some();
    let _ = apply(&mut tracker, caller("t1"));
    assert!(names(&tracker, "t1"));
    let _ = apply(&mut tracker, [CallSignal::SourceLost, CallSignal::ChannelListBegin]);
    let _ = apply(&mut tracker, [caller("t1"), caller("t2")].concat());
    assert!(!names(&tracker, "t1") && !names(&tracker, "t2"), "while the list comes in");
    let _ = apply(&mut tracker, [CallSignal::ChannelListEnd]);
    assert!(!names(&tracker, "t1"), "it was found running");
    let _ = apply(&mut tracker, caller("t3"));
    assert!(names(&tracker, "t3"));
    let _ = apply(&mut tracker, rings("t3", "a", "201"));
    assert!(!names(&tracker, "t3"), "a phone rings already");
}
