//! Calls that go from one agent to another.

use super::{agent, answers, caller, check, dial_end, enter, gone, hung_up, rings, seen, up};
use cti_bridge::call::{CallSignal, DialResult, Party, Role};

#[test]
fn an_agent_who_left_is_dismissed_at_the_takeover() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            answers("a", "t"),
            vec![gone("a")],
            rings("t", "b", "202"),
            vec![hung_up("t"), dial_end("b", DialResult::Cancelled), gone("b"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 leaves 201: Transferred",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 leaves 202: CallerHungUp",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_picked_up_call_moves_to_the_agent_who_picks_it_up() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            // 202 dials the pick-up code; its channel takes the place of 201's.
            vec![seen("p", "p", agent("202"), Role::Origin), up("p")],
            vec![CallSignal::PartyChanged { channel: "a".into(), party: Party::Internal }],
            vec![CallSignal::Linked { channel: "p".into(), linked: "t".into() }, gone("a")],
            vec![enter("p", "x"), enter("t", "x"), gone("t"), gone("p")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 leaves 201: AnsweredElsewhere",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 answered by 202",
            "call1 ended: Completed by [202] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_call_that_is_fetched_from_the_screen_is_the_same_call_and_those_whom_it_rang_are_told() {
    let redirected = || CallSignal::Redirected { channel: "t".into() };
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            rings("t", "b", "202"),
            vec![redirected(), dial_end("a", DialResult::Cancelled), dial_end("b", DialResult::Cancelled)],
            vec![gone("a"), gone("b")],
            rings("t", "c", "203"),
            // A caller who hangs up afterwards is no picked-up call any more.
            vec![hung_up("t"), dial_end("c", DialResult::Cancelled), gone("c"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 leaves 201: AnsweredElsewhere",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: CallerHungUp",
            "call1 ended: Abandoned by [] +81312345678 → 0331112222",
        ],
    );
    // The caller hangs up on the way.
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            vec![redirected(), hung_up("t"), dial_end("a", DialResult::Cancelled), gone("a"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 leaves 201: CallerHungUp",
            "call1 ended: Abandoned by [] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn an_outbound_call_shows_the_number_dialled_to_an_agent_it_is_transferred_to() {
    check(
        [
            vec![seen("a", "a", agent("201"), Role::Origin)],
            vec![
                seen("t", "a", Party::Outside, Role::Destination),
                CallSignal::DialBegin { source: Some("a".into()), destination: "t".into(), dialled: None },
                up("t"),
                enter("t", "talk"),
                enter("a", "talk"),
                CallSignal::Transferred { by: vec!["a".into()] },
                gone("a"),
            ],
            rings("t", "b", "202"),
            answers("b", "t"),
            vec![gone("b"), gone("t")],
        ],
        &[
            "call1 placed by 201: +81331112222 ⇒ 0331112222",
            "call1 answered by 201",
            "call1 leaves 201: Transferred",
            "call1 rings 202: +81331112222 ⇒ 0331112222",
            "call1 answered by 202",
            "call1 ended: Completed by [201+202] +81331112222 ⇒ 0331112222",
        ],
    );
}

#[test]
fn joining_a_call_whose_agent_left_takes_it_over() {
    check(
        [
            caller("t"),
            rings("t", "a", "203"),
            answers("a", "t"),
            vec![gone("a")],
            // 203 consults 201 in another call. The transfer itself is not observed, only that both calls are one now.
            vec![seen("q", "q", agent("203"), Role::Origin)],
            rings("q", "b", "201"),
            vec![up("b"), enter("q", "consultation"), enter("b", "consultation")],
            vec![gone("q"), CallSignal::Linked { channel: "b".into(), linked: "t".into() }],
            vec![gone("t"), gone("b")],
        ],
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 left by 203",
            "call2 rings 201: Internal(\"203\") ~ 0331112222",
            "call2 answered by 201",
            "call2 leaves 201: Transferred",
            "call2 ended: Completed by [201] Internal(\"203\") ~ 0331112222",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_consultation_that_is_ended_leaves_the_call_unchanged() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            vec![up("a"), enter("a", "x"), enter("t", "x"), CallSignal::Hold { channel: "a".into() }],
            vec![seen("q", "q", agent("201"), Role::Origin)],
            rings("q", "b", "202"),
            vec![up("b"), enter("q", "y"), enter("b", "y"), gone("b"), gone("q")],
            vec![CallSignal::Unhold { channel: "a".into() }, gone("t"), gone("a")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 held by 201",
            "call2 rings 202: Internal(\"201\") ~ 0331112222",
            "call2 answered by 202",
            "call2 ended: Completed by [202] Internal(\"201\") ~ 0331112222",
            "call1 resumed by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

/// An outgoing call to 0331112222 that the customer has answered.
fn outgoing() -> Vec<CallSignal> {
    let dial = |source: &str, destination: &str, number: &str| CallSignal::DialBegin {
        source: Some(source.into()),
        destination: destination.into(),
        dialled: Some(number.to_owned()),
    };
    vec![
        seen("a", "a", agent("201"), Role::Origin),
        seen("t", "a", Party::Outside, Role::Destination),
        dial("a", "t", "0331112222"),
        up("t"),
        enter("t", "talk"),
        enter("a", "talk"),
        // 201 hands the customer on to a mobile.
        CallSignal::Transferred { by: vec!["a".into()] },
        gone("a"),
        seen("m", "a", Party::Outside, Role::Destination),
        dial("t", "m", "07055556666"),
        up("m"),
        enter("t", "on"),
        enter("m", "on"),
    ]
}

#[test]
fn whom_a_customer_is_handed_on_to_is_not_the_customer() {
    check(
        [outgoing(), vec![gone("m"), gone("t")]],
        &[
            "call1 placed by 201: +81331112222 ⇒ 0331112222",
            "call1 answered by 201",
            "call1 leaves 201: Transferred",
            "call1 ended: Completed by [201] +81331112222 ⇒ 0331112222",
        ],
    );
    let mut tracker = crate::ami_support::tracker();
    let _ = crate::ami_support::apply(&mut tracker, outgoing());
    let ended = crate::ami_support::apply(&mut tracker, [gone("t")]);
    assert!(
        matches!(ended[..], [cti_bridge::call::CallChange::Ended(_)]),
        "it ends with the customer: {ended:?}"
    );
}
