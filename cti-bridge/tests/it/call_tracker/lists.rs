//! Lists of live channels after a lost connection.

use super::{agent, answers, caller, check, gone, number, pending, rings, seen, up};
use crate::ami_support::{apply, check_contract, lines, tracker};
use cti_bridge::call::{CallSignal, Caller, Party, Role};

#[test]
fn a_phone_that_left_unseen_can_ring_again() {
    let mut tracker = tracker();
    let mut changes =
        apply(&mut tracker, [caller("t"), rings("t", "a", "201"), answers("a", "t")].into_iter().flatten());
    // The call was parked and came back while the connection was down.
    let mut story = vec![CallSignal::SourceLost, CallSignal::ChannelListBegin];
    story.extend(caller("t"));
    story.extend(rings("t", "b", "201"));
    story.push(CallSignal::ChannelListEnd);
    changes.extend(apply(&mut tracker, story));
    changes.extend(apply(&mut tracker, [answers("b", "t"), vec![gone("t"), gone("b")]].concat()));
    check_contract(&changes);
    assert_eq!(
        lines(&changes)[2..5],
        [
            "call1 leaves 201: Lost",
            "call1 rings 201: +81312345678 → 0331112222 uncertain",
            "call1 answered by 201",
        ]
    );
}

#[test]
fn a_snapshot_closes_only_calls_that_are_gone() {
    let mut tracker = tracker();
    let story =
        [caller("t1"), rings("t1", "a1", "201"), caller("t2"), rings("t2", "a2", "202"), answers("a2", "t2")];
    let before = apply(&mut tracker, story.into_iter().flatten());
    assert_eq!(before.len(), 3);
    let mut story = vec![CallSignal::SourceLost, CallSignal::ChannelListBegin];
    story.extend(caller("t2"));
    story.extend([seen("a2", "t2", agent("202"), Role::Destination), up("a2"), CallSignal::ChannelListEnd]);
    let mut changes = before;
    changes.extend(apply(&mut tracker, story));
    changes.extend(apply(&mut tracker, [gone("t2"), gone("a2")]));
    check_contract(&changes);
    assert_eq!(
        lines(&changes),
        [
            "call1 rings 201: +81312345678 → 0331112222",
            "call2 rings 202: +81312345678 → 0331112222",
            "call2 answered by 202",
            "call1 leaves 201: Lost",
            "call1 ended: Unknown by [] +81312345678 → 0331112222 uncertain",
            "call2 ended: Completed by [202] +81312345678 → 0331112222 uncertain",
        ]
    );
}

#[test]
fn an_answer_in_a_snapshot_is_reported_before_the_end() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            vec![CallSignal::ChannelListBegin],
            answers("a", "t"),
            vec![gone("a"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_pickup_while_disconnected_moves_the_pop_up() {
    let mut tracker = tracker();
    let mut changes =
        apply(&mut tracker, [caller("t"), rings("t", "a", "203"), answers("a", "t")].into_iter().flatten());
    let mut story = vec![CallSignal::SourceLost, CallSignal::ChannelListBegin];
    story.extend(caller("t"));
    story.push(CallSignal::PartyChanged { channel: "a".into(), party: agent("202") });
    story.push(seen("a", "t", agent("202"), Role::Destination));
    story.extend(answers("a", "t"));
    story.push(CallSignal::ChannelListEnd);
    changes.extend(apply(&mut tracker, story));
    check_contract(&changes);
    assert_eq!(
        lines(&changes)[2..],
        [
            "call1 leaves 203: Transferred",
            "call1 rings 202: +81312345678 → 0331112222 uncertain",
            "call1 answered by 202",
        ]
    );
}

/// The list named a trunk, and the connection ended before it was known whether the number may be shown.
#[test]
fn a_caller_who_cannot_be_asked_about_is_shown_as_unknown() {
    let mut tracker = tracker();
    let story = [vec![seen("c", "c", agent("203"), Role::Origin)], rings("c", "d", "202")];
    let _ = apply(&mut tracker, story.into_iter().flatten());
    let mut line = pending("t");
    if let CallSignal::ChannelSeen { linked, uncertain, .. } = &mut line {
        (*linked, *uncertain) = (Some("c".into()), true);
    }
    assert_eq!(apply(&mut tracker, [CallSignal::ChannelListBegin, line]), [], "it is being asked");
    let changes = apply(&mut tracker, [CallSignal::SourceLost]);
    assert_eq!(lines(&changes), ["call1 is from Unknown → 0331112222"]);
}

/// FreeSWITCH's list does not tell the party of a leg over a gateway.
#[test]
fn a_list_with_less_detail_keeps_the_agent() {
    let mut tracker = tracker();
    let mut changes =
        apply(&mut tracker, [caller("t"), rings("t", "a", "201"), answers("a", "t")].into_iter().flatten());
    let mut story = vec![CallSignal::SourceLost, CallSignal::ChannelListBegin];
    story.extend(caller("t"));
    story.extend([seen("a", "t", Party::Outside, Role::Destination), up("a"), CallSignal::ChannelListEnd]);
    changes.extend(apply(&mut tracker, story));
    changes.extend(apply(&mut tracker, [CallSignal::Hold { channel: "a".into() }, gone("t"), gone("a")]));
    check_contract(&changes);
    assert_eq!(
        lines(&changes)[2..],
        ["call1 held by 201", "call1 ended: Completed by [201] +81312345678 → 0331112222 uncertain"]
    );
}

/// The internal caller of an announced call looks like a trunk in the list, because its phone shows the
/// company's main number.
#[test]
fn a_listed_internal_call_stays_internal() {
    let mut tracker = tracker();
    let mut changes = apply(&mut tracker, {
        let mut story = vec![seen("c", "c", agent("203"), Role::Origin)];
        story.extend(rings("c", "d", "202"));
        story
    });
    let mut again = seen("c", "c", Party::Outside, Role::Origin);
    if let CallSignal::ChannelSeen { caller, uncertain, .. } = &mut again {
        (*caller, *uncertain) = (Some(Caller::Pending), true);
    }
    let story = [CallSignal::ChannelListBegin, again, seen("d", "c", agent("202"), Role::Destination)];
    changes.extend(apply(&mut tracker, story));
    let known = CallSignal::CallerKnown { channel: "c".into(), caller: number("0331112222") };
    changes.extend(apply(&mut tracker, [CallSignal::ChannelListEnd, known]));
    check_contract(&changes);
    assert_eq!(lines(&changes).len(), 1, "it rings and nothing else: {:?}", lines(&changes));
}

/// The messages about the caller were lost; the call seemed to start inside the PBX.
#[test]
fn a_list_may_reveal_the_outside_caller() {
    let mut tracker = tracker();
    let story = [vec![seen("l", "t", Party::Internal, Role::Origin)], rings("l", "a", "203")];
    let mut changes = apply(&mut tracker, story.into_iter().flatten());
    let mut story = caller("t");
    if let CallSignal::ChannelSeen { caller, uncertain, .. } = &mut story[0] {
        (*caller, *uncertain) = (Some(Caller::Pending), true);
    }
    story.insert(0, CallSignal::ChannelListBegin);
    story.extend([
        seen("l", "t", Party::Internal, Role::Origin),
        seen("a", "t", agent("203"), Role::Destination),
    ]);
    story.push(CallSignal::ChannelListEnd);
    changes.extend(apply(&mut tracker, story));
    check_contract(&changes);
    assert_eq!(
        lines(&changes),
        ["call1 rings 203: +81312345678 → 0331112222"],
        "an internal channel calls nobody"
    );
}

#[test]
fn an_incomplete_snapshot_closes_nothing() {
    let mut tracker = tracker();
    let story = [caller("t"), rings("t", "a", "201")];
    let _ = apply(&mut tracker, story.into_iter().flatten());
    let story = [CallSignal::ChannelListBegin, CallSignal::ChannelListAborted, CallSignal::ChannelListEnd];
    assert_eq!(apply(&mut tracker, story), []);
    assert_eq!(tracker.size().calls, 1);
}
