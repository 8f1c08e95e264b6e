//! Features of Asterisk that no recording contains: parking, pick-up, optimized `Local` channels, queues
//! that ring one phone after the other. Each test lists every change that agents see. Dialling the space of a
//! parked call or a pick-up code is an internal call of its own until it is joined with the other call.

use crate::ami_support::scenes::{self, Channel};
use crate::ami_support::{apply, check_contract, lines, signals, tracker};
use cti_bridge::call::CallSignal;
use cti_bridge::source::ami::PresentationPolicy;

fn heard(events: &[String]) -> Vec<CallSignal> {
    let bytes = format!("Asterisk Call Manager/9.0.0\r\n{}", events.concat()).into_bytes();
    signals(&bytes, &[4096], PresentationPolicy::AssumeAllowed)
}

/// The changes of a whole call, which must leave nothing behind.
fn play(events: &[String]) -> Vec<String> {
    let mut tracker = tracker();
    let changes = apply(&mut tracker, heard(events));
    check_contract(&changes);
    assert_eq!((tracker.size().calls, tracker.size().channels, tracker.size().links), (0, 0, 0));
    lines(&changes)
}

/// A list of live channels as Asterisk writes it: name, state, identity, the call's identity, application, bridge.
fn listed(rows: &[[&str; 6]]) -> Vec<String> {
    let mut list = vec!["Response: Success\r\nActionID: snap-1\r\nEventList: start\r\n\r\n".to_owned()];
    for [name, state, id, linked, application, bridge] in rows {
        list.push(format!(
            "Event: CoreShowChannel\r\nActionID: snap-1\r\nChannel: {name}\r\nChannelState: {state}\r\n\
             CallerIDNum: {}\r\nUniqueid: {id}\r\nLinkedid: {linked}\r\nApplication: {}\r\n\
             ApplicationData: {}\r\nBridgeId: {bridge}\r\n\r\n",
            if name.contains("trunk") { scenes::NUMBER } else { "" },
            application.split('(').next().unwrap_or_default(),
            application.split_once('(').map(|(_, data)| format!("({data}")).unwrap_or_default(),
        ));
    }
    list.push("Event: CoreShowChannelsComplete\r\nActionID: snap-1\r\n\r\n".to_owned());
    list
}

#[test]
fn taking_a_parked_call_moves_the_card() {
    assert_eq!(
        play(&scenes::parked_and_taken_by_another()),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn the_agent_who_parked_a_call_may_retrieve_it() {
    assert_eq!(
        play(&scenes::parked_and_taken_back()),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn an_untaken_parked_call_rings_back() {
    assert_eq!(
        play(&scenes::parked_and_timed_out()),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_parked_caller_who_gives_up_ends_the_call() {
    assert_eq!(
        play(&scenes::parked_and_given_up())[2..],
        ["call1 leaves 203: Transferred", "call1 ended: Completed by [203] +81312345678 → 0331112222",]
    );
}

#[test]
fn a_call_parked_by_a_key_keeps_its_card_until_it_is_retrieved() {
    assert_eq!(
        play(&scenes::parked_by_a_key_and_taken_by_another()),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_pickup_by_number_or_group_moves_the_call() {
    for exten in ["*8203", "*8"] {
        assert_eq!(
            play(&scenes::picked_up(exten)),
            [
                "call1 rings 203: +81312345678 → 0331112222",
                "call1 leaves 203: AnsweredElsewhere",
                "call1 rings 202: +81312345678 → 0331112222",
                "call1 answered by 202",
                "call1 ended: Completed by [202] +81312345678 → 0331112222",
            ]
        );
    }
}

#[test]
fn a_pickup_by_swapped_channels_moves_the_call() {
    assert_eq!(
        play(&scenes::picked_up_by_a_swap()),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: CallerHungUp",
            "call1 rings 202: +81312345678 → 0331112222",
            "call1 answered by 202",
            "call1 ended: Completed by [202] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_local_channel_between_rings_once_and_may_end_early() {
    assert_eq!(
        play(&scenes::local_channel_taken_out()),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_call_behind_a_local_channel_is_picked_up_like_any_other() {
    assert_eq!(play(&scenes::picked_up_behind_local()), play(&scenes::picked_up("*8203")));
}

#[test]
fn a_linear_queue_shows_the_card_only_where_it_rings() {
    assert_eq!(
        play(&scenes::linear_queue()),
        [
            "call1 rings 201: +81312345678 → 0331112222 (sales)",
            "call1 leaves 201: NoAnswer",
            "call1 rings 202: +81312345678 → 0331112222 (sales)",
            "call1 leaves 202: NoAnswer",
            "call1 rings 201: +81312345678 → 0331112222 (sales)",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0331112222 (sales)",
        ]
    );
}

/// Channels that Asterisk moved from a `Dial` into the parking lot are listed as if they still dialled, all in the one
/// bridge of the lot. In the recorded lists, channels that are really connected share one `Linkedid`.
#[test]
fn two_parked_callers_in_a_list_are_two_calls() {
    let rows = [
        ["PJSIP/trunk-00000001", "6", "1.1", "1.1", "Dial(PJSIP/203)", "lot"],
        ["PJSIP/trunk-00000004", "6", "2.1", "2.1", "Dial(PJSIP/201)", "lot"],
        ["PJSIP/201-00000006", "6", "3.1", "3.1", "Dial(PJSIP/203)", "lot"],
        ["PJSIP/trunk-00000007", "6", "4.1", "4.1", "Dial(PJSIP/202)", "b9"],
        ["PJSIP/202-00000008", "6", "4.2", "4.1", "AppDial(Outgoing Line)", "b9"],
    ];
    let mut tracker = tracker();
    let changes = apply(&mut tracker, heard(&listed(&rows)));
    check_contract(&changes);
    assert_eq!(tracker.size().calls, 4);
    let lines = lines(&changes);
    assert_eq!(lines.len(), 2, "only 202 talks: {lines:?}");
    assert!(lines[0].starts_with("call1 rings 202: +81312345678") && lines[1] == "call1 answered by 202");
}

/// Lists are sorted by name, so the internal channels come before the calling phone.
#[test]
fn a_listed_internal_call_behind_a_local_channel_has_its_caller() {
    let rows = [
        ["Local/201@agents-00000001;1", "5", "1.2", "1.1", "AppDial(Outgoing Line)", ""],
        ["Local/201@agents-00000001;2", "4", "1.3", "1.1", "Dial(PJSIP/201)", ""],
        ["PJSIP/201-00000003", "5", "1.4", "1.1", "AppDial(Outgoing Line)", ""],
        ["PJSIP/203-00000001", "4", "1.1", "1.1", "Dial(Local/201@agents)", ""],
    ];
    let changes = apply(&mut tracker(), heard(&listed(&rows)));
    let [line] = &lines(&changes)[..] else { panic!("{changes:?}") };
    assert!(line.starts_with("call1 rings 201: Internal(\"203\")"), "{line}");
}

/// 203 calls a customer, parks the call and retrieves it.
#[test]
fn an_outgoing_call_that_was_parked_has_its_card_again_when_retrieved() {
    let phone = Channel::calls("PJSIP/203-00000001", "1.1", "203", scenes::NUMBER);
    let line = Channel::made_for(&phone, "PJSIP/trunk-00000002", "1.2");
    assert_eq!(
        play(&scenes::outgoing_parked_and_taken_back(&phone, &line)),
        [
            "call1 placed by 203: +81312345678 ⇒ 0312345678",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 203: +81312345678 ⇒ 0312345678",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 ⇒ 0312345678",
        ]
    );
}
