//! The call tracker in situations that no recording contains.

use crate::ami_support::{apply, check_contract, lines, start, tracker};
use chrono::TimeDelta;
use cti_bridge::call::{
    CallChange, CallId, CallIds, CallSignal, CallTracker, Caller, ChannelId, ChannelState, DialResult,
    EndedCall, GoneCause, Party, Role, TrackerLimits,
};
use proptest::prelude::*;
use shared::caller::CallerNumber;

fn number(text: &str) -> CallerNumber {
    CallerNumber::from_caller_id(text, "")
}

fn seen(channel: &str, linked: &str, party: Party, role: Role) -> CallSignal {
    CallSignal::ChannelSeen {
        channel: channel.into(),
        linked: Some(linked.into()),
        party,
        role,
        state: ChannelState::Idle,
        dialled: (role == Role::Origin).then(|| "0331112222".to_owned()),
        caller: None,
        uncertain: false,
    }
}

/// A caller from outside whose number is known.
fn caller(channel: &str) -> Vec<CallSignal> {
    vec![
        seen(channel, channel, Party::Outside, Role::Origin),
        CallSignal::CallerKnown { channel: channel.into(), caller: number("0312345678") },
    ]
}

/// A caller from outside whose number is being asked about.
fn pending(channel: &str) -> CallSignal {
    let mut signal = seen(channel, channel, Party::Outside, Role::Origin);
    if let CallSignal::ChannelSeen { caller, .. } = &mut signal {
        *caller = Some(Caller::Pending);
    }
    signal
}

fn agent(extension: &str) -> Party {
    Party::Agent { extension: extension.to_owned() }
}

/// A phone rings on behalf of a channel.
fn rings(source: &str, channel: &str, extension: &str) -> Vec<CallSignal> {
    vec![
        seen(channel, source, agent(extension), Role::Destination),
        CallSignal::DialBegin { source: Some(source.into()), destination: channel.into() },
    ]
}

fn state(channel: &str, state: ChannelState) -> CallSignal {
    CallSignal::State { channel: channel.into(), state }
}

fn up(channel: &str) -> CallSignal {
    state(channel, ChannelState::Up)
}

fn dial_end(channel: &str, result: DialResult) -> CallSignal {
    CallSignal::DialEnd { destination: channel.into(), result }
}

fn enter(channel: &str, bridge: &str) -> CallSignal {
    CallSignal::BridgeEnter { channel: channel.into(), bridge: bridge.into() }
}

fn hung_up(channel: &str) -> CallSignal {
    CallSignal::HungUp { channel: channel.into() }
}

fn gone(channel: &str) -> CallSignal {
    CallSignal::Gone { channel: channel.into(), cause: GoneCause::Normal }
}

/// The changes that signals cause; they must leave nothing behind.
#[track_caller]
fn check(story: impl IntoIterator<Item = Vec<CallSignal>>, expected: &[&str]) {
    let mut tracker = tracker();
    let changes = apply(&mut tracker, story.into_iter().flatten());
    check_contract(&changes);
    assert_eq!(lines(&changes), expected);
    assert_eq!((tracker.size().calls, tracker.size().channels), (0, 0));
}

#[test]
fn nothing_is_announced_until_the_caller_is_known() {
    let mut tracker = tracker();
    let mut story = vec![pending("t")];
    story.extend(rings("t", "a", "201"));
    story.extend([up("a"), CallSignal::Hold { channel: "a".into() }]);
    assert_eq!(apply(&mut tracker, story), []);
    let known = CallSignal::CallerKnown { channel: "t".into(), caller: CallerNumber::Withheld };
    let told = apply(&mut tracker, [known]);
    assert_eq!(
        lines(&told),
        ["call1 rings 201: Withheld → 0331112222", "call1 answered by 201", "call1 held by 201"]
    );
    // The times are the phone's, not those of the answer about the number.
    let CallChange::Ringing { at, .. } = &told[0] else { panic!("{told:?}") };
    assert_eq!(*at, start() + TimeDelta::milliseconds(200));
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
fn a_lost_connection_settles_a_pending_caller_as_unknown() {
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
            vec![up("b"), gone("t"), gone("b")],
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
            vec![dial_end("a", DialResult::Busy), up("b"), gone("a"), gone("b"), gone("t")],
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
                CallSignal::DialBegin { source: Some("t".into()), destination: "l1".into() },
            ],
            rings("l2", "a", "201"),
            vec![up("a"), up("l1"), gone("a"), gone("l1"), gone("l2"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn an_agent_who_left_is_dismissed_when_another_takes_over() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            vec![up("a"), gone("a")],
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
            "call2 ended: NoAnswer by [] Internal(\"202\") ~ 0331112222",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 answered by 202",
            "call1 ended: Completed by [202] +81312345678 → 0331112222",
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
                CallSignal::DialBegin { source: Some("a".into()), destination: "t".into() },
                up("t"),
                CallSignal::Transferred { by: vec!["a".into()] },
                gone("a"),
            ],
            rings("t", "b", "202"),
            vec![up("b"), gone("b"), gone("t")],
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
fn a_call_that_joins_one_whose_agent_has_left_takes_it_over_at_once() {
    check(
        [
            caller("t"),
            rings("t", "a", "203"),
            vec![up("a"), gone("a")],
            // 203 consults 201 in another call. The transfer itself is not observed, only that both calls are one now.
            vec![seen("q", "q", agent("203"), Role::Origin)],
            rings("q", "b", "201"),
            vec![up("b"), gone("q"), CallSignal::Linked { channel: "b".into(), linked: "t".into() }],
            vec![gone("t"), gone("b")],
        ],
        &[
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
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
fn asking_a_colleague_and_going_back_leaves_the_call_alone() {
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

#[test]
fn times_are_counted_in_whole_seconds_and_talk_excludes_hold() {
    let mut tracker = tracker();
    let mut changes = Vec::new();
    let mut at = |milliseconds: i64, signals: Vec<CallSignal>| {
        for signal in signals {
            changes.extend(tracker.apply(start() + TimeDelta::milliseconds(milliseconds), signal));
        }
    };
    at(0, caller("t"));
    at(1_000, rings("t", "a", "201"));
    at(5_999, vec![up("a")]);
    at(10_000, vec![CallSignal::Hold { channel: "a".into() }]);
    at(12_500, vec![CallSignal::Unhold { channel: "a".into() }]);
    at(20_000, vec![CallSignal::Hold { channel: "a".into() }]);
    at(21_000, vec![gone("a"), gone("t")]);
    let Some(CallChange::Ended(EndedCall { ring_seconds, talk_seconds, hold_seconds, answered_at, .. })) =
        changes.last()
    else {
        panic!("{changes:?}")
    };
    // 4.999 s ringing; 15.001 s from answer to end, of which 2.5 s + 1 s on hold.
    assert_eq!((*ring_seconds, *talk_seconds, *hold_seconds), (4, 11, 3));
    assert_eq!(*answered_at, Some(start() + TimeDelta::milliseconds(5_999)));
}

#[test]
fn a_clock_set_back_gives_no_negative_times() {
    let mut tracker = tracker();
    let story = [caller("t"), rings("t", "a", "201"), vec![up("a")]];
    let _ = apply(&mut tracker, story.into_iter().flatten());
    let before = start() - TimeDelta::hours(1);
    let mut changes = tracker.apply(before, gone("a"));
    changes.extend(tracker.apply(before, gone("t")));
    let Some(CallChange::Ended(ended)) = changes.last() else { panic!("{changes:?}") };
    assert_eq!((ended.talk_seconds, ended.hold_seconds), (0, 0));
}

#[test]
fn a_phone_that_left_its_call_unseen_and_rings_for_it_anew_rings() {
    let mut tracker = tracker();
    let mut changes =
        apply(&mut tracker, [caller("t"), rings("t", "a", "201"), vec![up("a")]].into_iter().flatten());
    // The call was parked and came back while the connection was down.
    let mut story = vec![CallSignal::SourceLost, CallSignal::ChannelListBegin];
    story.extend(caller("t"));
    story.extend(rings("t", "b", "201"));
    story.push(CallSignal::ChannelListEnd);
    changes.extend(apply(&mut tracker, story));
    changes.extend(apply(&mut tracker, [up("b"), gone("t"), gone("b")]));
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
fn a_snapshot_closes_ghosts_and_keeps_the_rest() {
    let mut tracker = tracker();
    let story =
        [caller("t1"), rings("t1", "a1", "201"), caller("t2"), rings("t2", "a2", "202"), vec![up("a2")]];
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
fn an_answer_within_a_snapshot_is_told_before_the_end() {
    check(
        [
            caller("t"),
            rings("t", "a", "201"),
            vec![CallSignal::ChannelListBegin, up("a"), gone("a"), gone("t")],
        ],
        &[
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222",
        ],
    );
}

#[test]
fn a_call_that_was_picked_up_while_nobody_looked_is_on_the_screen_of_who_has_it() {
    let mut tracker = tracker();
    let mut changes =
        apply(&mut tracker, [caller("t"), rings("t", "a", "203"), vec![up("a")]].into_iter().flatten());
    let mut story = vec![CallSignal::SourceLost, CallSignal::ChannelListBegin];
    story.extend(caller("t"));
    story.push(CallSignal::PartyChanged { channel: "a".into(), party: agent("202") });
    story.extend([seen("a", "t", agent("202"), Role::Destination), up("a"), CallSignal::ChannelListEnd]);
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
fn who_was_taken_for_a_colleague_and_cannot_be_asked_about_is_shown_as_unknown() {
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
fn a_list_that_knows_less_of_a_phone_takes_it_from_nobody() {
    let mut tracker = tracker();
    let mut changes =
        apply(&mut tracker, [caller("t"), rings("t", "a", "201"), vec![up("a")]].into_iter().flatten());
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
fn a_list_makes_no_customer_of_a_colleague_who_calls() {
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
fn who_stands_behind_the_telephone_system_is_shown_when_a_list_names_them() {
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
        ["call1 rings 203: Unknown ~ 0331112222", "call1 is from +81312345678 → 0331112222"]
    );
}

/// Otherwise the first second after a reconnect would look up everybody who waits in a queue.
#[test]
fn only_who_calls_from_now_on_is_named_before_a_phone_rings() {
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

#[test]
fn a_broken_snapshot_closes_nothing() {
    let mut tracker = tracker();
    let story = [caller("t"), rings("t", "a", "201")];
    let _ = apply(&mut tracker, story.into_iter().flatten());
    let story = [CallSignal::ChannelListBegin, CallSignal::ChannelListAborted, CallSignal::ChannelListEnd];
    assert_eq!(apply(&mut tracker, story), []);
    assert_eq!(tracker.size().calls, 1);
}

#[test]
fn late_messages_do_not_revive_a_channel() {
    let mut tracker = tracker();
    let story: Vec<_> = [caller("t"), rings("t", "a", "201"), vec![gone("a"), gone("t")]].concat();
    let first = apply(&mut tracker, story.clone());
    assert_eq!(first.len(), 3);
    assert_eq!(apply(&mut tracker, story), [], "the whole story again");
    assert_eq!(tracker.size().channels, 0);
}

#[test]
fn a_channel_whose_end_arrives_before_its_beginning_rings_nobody() {
    let story = [caller("t"), vec![gone("a")], rings("t", "a", "201"), vec![gone("t")]];
    check(story, &["call1 ended: NoAnswer by [] +81312345678 → 0331112222"]);
}

#[test]
fn beyond_its_limits_the_oldest_call_is_closed_as_lost() {
    let limits = TrackerLimits { calls_max: 2, channels_max: 100, gone_max: 10 };
    let mut tracker = CallTracker::new(limits, CallIds::seeded(1));
    let story = [caller("t1"), rings("t1", "a", "201"), caller("t2"), caller("t3")];
    let changes = apply(&mut tracker, story.into_iter().flatten());
    assert_eq!(
        lines(&changes),
        [
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 leaves 201: Lost",
            "call1 ended: Unknown by [] +81312345678 → 0331112222 uncertain",
        ]
    );
    assert_eq!((tracker.size().calls, tracker.size().channels), (2, 2));
}

#[test]
fn a_call_id_is_written_and_read_the_same() {
    let mut ids = CallIds::seeded(7);
    let (first, second) = (ids.next_id(), ids.next_id());
    assert_ne!(first, second);
    assert_eq!(first.to_string().len(), 18);
    assert_eq!(first.to_string().parse(), Ok(first));
    let json = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<CallId>(&json).unwrap(), first);
    for wrong in ["", "c-", "c-123", "x-0000000000000000", "c-000000000000000G", "c-00000000000000AB"] {
        assert!(wrong.parse::<CallId>().is_err(), "{wrong}");
    }
}

/// Any signal about a few channels, so that they interact.
fn any_signal() -> impl Strategy<Value = CallSignal> {
    let channel = || (0..6_u8).prop_map(|n| ChannelId::from(format!("c{n}").as_str()));
    let party = prop_oneof![Just(Party::Outside), Just(Party::Internal), "20[1-3]".prop_map(|e| agent(&e))];
    let role = prop_oneof![Just(Role::Origin), Just(Role::Destination)];
    let any_state =
        prop_oneof![Just(ChannelState::Idle), Just(ChannelState::Ringing), Just(ChannelState::Up)];
    let result = prop_oneof![
        Just(DialResult::Answered),
        Just(DialResult::NoAnswer),
        Just(DialResult::Busy),
        Just(DialResult::Cancelled)
    ];
    prop_oneof![
        4 => (channel(), channel(), party.clone(), role, any_state.clone(), any::<bool>()).prop_map(
            |(channel, linked, party, role, state, ask)| CallSignal::ChannelSeen {
                caller: (role == Role::Origin && ask).then_some(Caller::Pending),
                channel, linked: Some(linked), party, role, state, dialled: None, uncertain: false,
            }
        ),
        2 => (channel(), any_state).prop_map(|(channel, state)| CallSignal::State { channel, state }),
        2 => (channel(), channel()).prop_map(|(source, destination)| CallSignal::DialBegin {
            source: Some(source), destination,
        }),
        2 => (channel(), result).prop_map(|(destination, result)| CallSignal::DialEnd { destination, result }),
        2 => (channel(), 0..2_u8).prop_map(|(channel, b)| enter(channel.as_str(), &format!("b{b}"))),
        1 => (channel(), 0..2_u8).prop_map(|(channel, b)| CallSignal::BridgeLeave {
            channel, bridge: format!("b{b}").as_str().into(),
        }),
        1 => (channel(), party).prop_map(|(channel, party)| CallSignal::PartyChanged { channel, party }),
        1 => channel().prop_map(|channel| CallSignal::CallerKnown { channel, caller: CallerNumber::Withheld }),
        1 => (channel(), channel()).prop_map(|(channel, linked)| CallSignal::Linked { channel, linked }),
        1 => prop::collection::vec(channel(), 0..3).prop_map(|by| CallSignal::Transferred { by }),
        1 => channel().prop_map(|channel| CallSignal::Hold { channel }),
        1 => channel().prop_map(|channel| CallSignal::Unhold { channel }),
        1 => channel().prop_map(|channel| CallSignal::HungUp { channel }),
        1 => channel().prop_map(|channel| gone(channel.as_str())),
        1 => prop_oneof![
            Just(CallSignal::ChannelListBegin),
            Just(CallSignal::ChannelListEnd),
            Just(CallSignal::ChannelListAborted),
            Just(CallSignal::SourceLost),
        ],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_signals_breaks_the_contract(
        signals in prop::collection::vec(any_signal(), 0..60),
        calls_max in 1_usize..4,
    ) {
        // No ended channel is remembered, so that identities are reused.
        let limits = TrackerLimits { calls_max, channels_max: 5, gone_max: 0 };
        let mut tracker = CallTracker::new(limits, CallIds::seeded(1));
        let mut changes = apply(&mut tracker, signals);
        prop_assert!(tracker.size().calls <= calls_max && tracker.size().channels <= 5);
        changes.extend(apply(&mut tracker, [CallSignal::ChannelListBegin, CallSignal::ChannelListEnd]));
        check_contract(&changes);
        prop_assert_eq!((tracker.size().calls, tracker.size().channels), (0, 0));
    }
}
