//! The list of live channels, and the questions about it.

use super::{Peer, RINGING, accepted, in_memory, over_tcp, ringing};
use crate::esl_support::scenes::caller;
use crate::esl_support::{Leg, messages, recording};
use cti_bridge::call::CallSignal;
use cti_bridge::source::freeswitch::EslKind;

const ROWS: &str = r#"{"row_count":2,"rows":[
    {"uuid":"A","direction":"inbound","cid_num":"0312345678","cid_name":"x","dest":"0331112222",
     "initial_dest":"0331112222","callstate":"RINGING","call_uuid":"A"},
    {"uuid":"B","direction":"outbound","cid_num":"0312345678","dest":"203","initial_dest":"203",
     "presence_id":"203@pbx","callstate":"RINGING","call_uuid":"A"}]}"#;

fn about_rows(question: &str) -> &'static str {
    if question.ends_with("privacy_hide_number") { "false" } else { "_undef_" }
}

#[tokio::test]
async fn after_a_reconnect_old_calls_do_not_pop_up_again() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    peer.write("Content-Type: text/disconnect-notice\nContent-Length: 4\n\nbye\n").await;
    assert!(bench.down_reason().await.contains("closed the connection"));

    // The same call keeps ringing, and its end is observed.
    let mut peer = accepted(&listener).await;
    peer.sign_in().await;
    bench.until_up().await;
    peer.api(ROWS).await;
    peer.answer_questions(5, about_rows).await;
    bench.until_listed().await;
    assert_eq!(bench.lines(), [RINGING], "nothing pops up again");
    let phone = Leg::outbound("B", "203", "A");
    peer.write(phone.answer()).await;
    peer.write(caller().bridge("CHANNEL_BRIDGE", &phone)).await;
    bench.until(|s| matches!(s, CallSignal::BridgeEnter { .. })).await;
    assert_eq!(bench.lines(), [RINGING, "call1 answered by 203"]);
}

#[tokio::test]
async fn a_call_that_vanished_with_the_connection_is_closed_as_lost() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    drop(peer);
    bench.down_reason().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    let end = "call1 ended: Unknown by [] +81312345678 → 0331112222 uncertain";
    assert_eq!(bench.lines(), [RINGING, "call1 leaves 203: Lost", end]);
}

#[tokio::test]
async fn a_call_that_begins_during_the_list_is_kept() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in().await;
    bench.until_up().await;
    // FreeSWITCH's table of channels lags behind its events.
    peer.write(ringing()).await;
    peer.api("{\"row_count\": 0}").await;
    bench.until_listed().await;
    assert_eq!(bench.lines(), [format!("{RINGING} uncertain")]);
}

#[tokio::test]
async fn a_recorded_call_found_running_is_asked_about_before_it_is_shown() {
    let bytes = recording("snapshot-mid-call");
    let list =
        messages(&bytes, &[usize::MAX]).into_iter().find(|m| m.kind() == EslKind::ApiResponse).unwrap();
    let events = bytes
        .windows(30)
        .position(|w| w.starts_with(b"Content-Length: ") && w[16..].starts_with(b"9"))
        .unwrap();
    for (withheld, privacy, who) in [
        ("false", "_undef_", "+81312345678"),
        ("false", "none", "+81312345678"),
        ("false", "full", "Withheld"),
        ("true", "_undef_", "Withheld"),
        ("_undef_", "_undef_", "Unknown"),
        ("_undef_", "user;id", "Withheld"),
    ] {
        let (mut bench, listener) = over_tcp().await;
        let mut peer = accepted(&listener).await;
        peer.sign_in().await;
        bench.until_up().await;
        peer.api(list.body()).await;
        peer.answer_questions(5, |question| match question.split_once(' ').unwrap().1 {
            "privacy_hide_number" => withheld,
            "sip_Privacy" => privacy,
            "cc_queue" => "support@default",
            _ => "_undef_",
        })
        .await;
        bench.until_listed().await;
        let rings = format!("call1 rings 201: {who} → 0120111111 (support@default) uncertain");
        assert_eq!(bench.lines(), [&*rings, "call1 answered by 201"]);
        peer.write(&bytes[events..]).await;
        assert!(
            bench.down_reason().await.contains("closed the connection"),
            "the recording ends with good-bye"
        );
        let end = format!("call1 ended: Completed by [201] {who} → 0120111111 (support@default) uncertain");
        assert_eq!(bench.lines(), [&*rings, "call1 answered by 201", &end]);
    }
}

#[tokio::test]
async fn a_refused_list_hides_no_new_call() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in().await;
    bench.until_up().await;
    peer.api("-ERR show Command not found!\n").await;
    bench.until(|s| matches!(s, CallSignal::ChannelListAborted)).await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    assert_eq!(bench.lines(), [RINGING]);
}

#[tokio::test(start_paused = true)]
async fn listed_callers_are_unknown_until_a_late_answer() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.until_up().await;
    let asked_at = tokio::time::Instant::now();
    peer.api(ROWS).await;
    bench.until_listed().await;
    assert_eq!(asked_at.elapsed().as_millis(), 3_000, "snapshot_timeout_ms");
    assert_eq!(bench.lines(), ["call1 rings 203: Unknown → 0331112222 uncertain"]);
    peer.answer_questions(
        5,
        |question| {
            if question.ends_with("privacy_hide_number") { "true" } else { "_undef_" }
        },
    )
    .await;
    bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
    assert_eq!(bench.lines()[1..], ["call1 is from Withheld → 0331112222"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_comes_closes_no_call() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.until_up().await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::ChannelListAborted)).await;
    assert_eq!(bench.lines(), [&*format!("{RINGING} uncertain")]);
    // The list arrives after all and is ignored.
    peer.api(ROWS).await;
    let phone = Leg::outbound("B", "203", "A");
    peer.write(phone.answer()).await;
    peer.write(caller().bridge("CHANNEL_BRIDGE", &phone)).await;
    bench.until(|s| matches!(s, CallSignal::BridgeEnter { .. })).await;
    assert_eq!(bench.lines(), [&*format!("{RINGING} uncertain"), "call1 answered by 203"]);
}

#[tokio::test(start_paused = true)]
async fn questions_are_asked_a_few_at_a_time() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.until_up().await;
    let row = |n: usize| {
        format!(
            "{{\"uuid\":\"A{n}\",\"direction\":\"inbound\",\"cid_num\":\"0312345678\",\"call_uuid\":\"A{n}\"}}"
        )
    };
    let rows: Vec<_> = (0..100).map(row).collect();
    peer.api(&format!("{{\"row_count\":100,\"rows\":[{}]}}", rows.join(","))).await;
    let mut asked = Vec::new();
    for _ in 0..64 {
        asked.push(peer.command().await);
    }
    let more = tokio::time::timeout(std::time::Duration::from_millis(1), peer.command()).await;
    assert!(more.is_err(), "questions_max");
    for _ in 0..64 {
        peer.api("_undef_").await;
    }
    peer.answer_questions(400 - 64, |_| "_undef_").await;
    bench.until_listed().await;
}
