//! Times, limits, identities, and signals in any order.

use super::{agent, answers, caller, check, enter, gone, rings};
use crate::ami_support::{apply, check_contract, lines, start, tracker};
use chrono::TimeDelta;
use cti_bridge::call::{
    CallChange, CallId, CallIds, CallSignal, CallTracker, Caller, ChannelId, ChannelState, DialResult,
    EndedCall, GoneCause, Party, Role, TrackerLimits,
};
use proptest::prelude::*;
use shared::caller::CallerNumber;

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
    at(5_999, answers("a", "t"));
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
    let story = [caller("t"), rings("t", "a", "201"), answers("a", "t")];
    let _ = apply(&mut tracker, story.into_iter().flatten());
    let before = start() - TimeDelta::hours(1);
    let mut changes = tracker.apply(before, gone("a"));
    changes.extend(tracker.apply(before, gone("t")));
    let Some(CallChange::Ended(ended)) = changes.last() else { panic!("{changes:?}") };
    assert_eq!((ended.talk_seconds, ended.hold_seconds), (0, 0));
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
fn a_channel_that_ends_before_it_begins_never_rings() {
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
fn a_call_id_round_trips() {
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
            source: Some(source), destination, dialled: None,
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
        1 => channel().prop_map(|channel| CallSignal::HungUp { channel, cause: GoneCause::Busy }),
        1 => channel().prop_map(|channel| CallSignal::SetAside { channel }),
        1 => channel().prop_map(|channel| CallSignal::QueueLeave { channel }),
        1 => channel().prop_map(|channel| CallSignal::QueueJoin { channel, queue: "q".to_owned() }),
        1 => (channel(), channel()).prop_map(|(channel, rang)| CallSignal::PickedUp { channel, rang }),
        1 => channel().prop_map(|channel| CallSignal::Redirected { channel }),
        1 => channel().prop_map(|channel| CallSignal::Recorded { channel, file: "x.wav".to_owned() }),
        1 => (channel(), channel()).prop_map(|(channel, other)| CallSignal::Paired { channel, other }),
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
    fn any_order_of_signals_keeps_the_contract(
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
