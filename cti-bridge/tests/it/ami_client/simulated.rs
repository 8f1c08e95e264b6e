//! Calls of the simulated PBX, as the client follows them.

use std::time::Duration;

use super::{client_of, options, with_simulator};
use crate::ami_support::start;
use cti_bridge::call::CallSignal;
use cti_bridge::simulator::{CallScript, CallerPresentation, Ending, Simulator};
use cti_bridge::source::{SourceError, SourceEvent};
use shared::label::Lang;
use shared::message::Explain;
use test_support::FixedClock;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;

fn script(queue: Option<&str>, ring: &[&str], ending: Ending) -> CallScript {
    CallScript {
        caller_number: "0312345678".into(),
        caller_name: String::new(),
        presentation: CallerPresentation::Allowed,
        did: if queue.is_some() { "0120111111" } else { "0331112222" }.into(),
        queue: queue.map(str::to_owned),
        ring: ring.iter().map(|e| (*e).to_owned()).collect(),
        ring_ms: 2_500,
        ending,
    }
}

async fn played(script: &CallScript, calls: usize) -> Vec<String> {
    let (mut bench, simulator) = with_simulator().await;
    let (lines, ()) = tokio::join!(bench.until_ended(calls), simulator.place(script));
    assert_eq!((bench.tracker.size().calls, bench.tracker.size().channels), (0, 0));
    lines
}

#[tokio::test(start_paused = true)]
async fn an_answered_queue_call() {
    let ending = Ending::Answer { by: "201".into(), talk_ms: 3_000, hold_ms: Some(1_000) };
    assert_eq!(
        played(&script(Some("support"), &["201", "202"], ending), 1).await,
        [
            "call1 rings 201: +81312345678 → 0120111111 (support)",
            "call1 rings 202: +81312345678 → 0120111111 (support)",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 answered by 201",
            "call1 held by 201",
            "call1 resumed by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support)",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_call_in_a_queue_and_a_direct_one() {
    for (queue, called) in [(Some("support"), "0120111111 (support)"), (None, "0331112222")] {
        assert_eq!(
            played(&script(queue, &["201", "202"], Ending::Abandon), 1).await,
            [
                format!("call1 rings 201: +81312345678 → {called}"),
                format!("call1 rings 202: +81312345678 → {called}"),
                "call1 leaves 201: CallerHungUp".to_owned(),
                "call1 leaves 202: CallerHungUp".to_owned(),
                format!("call1 ended: Abandoned by [] +81312345678 → {called}"),
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_call_rings_the_next_phone() {
    let ending = Ending::NoAnswerThenNext { next: "203".into(), talk_ms: 2_000 };
    assert_eq!(
        played(&script(Some("sales"), &["201"], ending), 1).await,
        [
            "call1 rings 201: +81312345678 → 0120111111 (sales)",
            "call1 leaves 201: NoAnswer",
            "call1 rings 203: +81312345678 → 0120111111 (sales)",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0120111111 (sales)",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_blind_transfer() {
    let ending = Ending::BlindTransfer { by: "203".into(), to: "201".into(), talk_ms: 2_000 };
    assert_eq!(
        played(&script(None, &["203"], ending), 1).await,
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

#[tokio::test(start_paused = true)]
async fn an_attended_transfer() {
    let ending = Ending::AttendedTransfer { by: "203".into(), to: "201".into(), talk_ms: 2_000 };
    assert_eq!(
        played(&script(None, &["203"], ending), 2).await,
        [
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
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn withheld_and_payphone_callers() {
    let ending = Ending::Answer { by: "203".into(), talk_ms: 1_000, hold_ms: None };
    let mut withheld = script(None, &["203"], ending);
    withheld.presentation = CallerPresentation::Withheld;
    let mut payphone = withheld.clone();
    payphone.caller_number = "anonymous".into();
    payphone.caller_name = "Coin line/payphone".into();
    for (script, kind) in [(withheld, "Withheld"), (payphone, "Payphone")] {
        let lines = played(&script, 1).await;
        assert_eq!(lines[0], format!("call1 rings 203: {kind} → 0331112222"));
        assert!(!lines.join("\n").contains("12345678"));
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_placed_at_the_set_pace_once_a_client_is_there() {
    let simulator = Simulator::new(options(), &FixedClock::new(start()));
    let calls = vec![script(None, &["203"], Ending::Abandon); 3];
    let place = simulator.clone();
    let placing = tokio::spawn(async move {
        place.place_all(calls.into_iter(), &CancellationToken::new()).await;
    });
    tokio::time::advance(Duration::from_secs(60)).await;
    let began = tokio::time::Instant::now();
    let mut bench = client_of(&simulator, "secret");
    bench.until_ended(3).await;
    // The third starts two intervals of 4 s after the first and rings for 2.5 s.
    assert_eq!(began.elapsed().as_millis(), 10_500);
    placing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn several_clients_receive_the_same_events() {
    let (mut first, simulator) = with_simulator().await;
    let mut second = client_of(&simulator, "secret");
    second.until_up().await;
    let ending = Ending::Answer { by: "203".into(), talk_ms: 1_000, hold_ms: None };
    let script = script(None, &["203"], ending);
    let (a, b, ()) = tokio::join!(first.until_ended(1), second.until_ended(1), simulator.place(&script));
    assert_eq!(a, b);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_fatal() {
    let (_bench, simulator) = with_simulator().await;
    let mut wrong = client_of(&simulator, "wrong");
    let event = wrong.events.recv().await;
    let Some(SourceEvent::Fatal(error)) = event else { panic!("{event:?}") };
    let SourceError::SignInRefused { address, .. } = &error;
    assert_eq!(address, "pbx:5038");
    assert!(error.message().text(Lang::Ja).contains("「chakuden」"), "{error:?}");
    assert!(
        error.to_string().contains("check the secret") && !error.to_string().contains("wrong"),
        "{error}"
    );
    assert!(wrong.events.recv().await.is_none(), "the client has ended");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_outlives_the_connection_is_kept() {
    let (mut bench, simulator) = with_simulator().await;
    let ending = Ending::Answer { by: "203".into(), talk_ms: 60_000, hold_ms: None };
    let script = script(None, &["203"], ending);
    let watch = async {
        bench.until(|s| matches!(s, CallSignal::BridgeEnter { .. })).await;
        simulator.disconnect_clients();
        assert!(bench.down_reason().await.contains("closed the connection"));
        bench.until_ended(1).await
    };
    let (lines, ()) = tokio::join!(watch, simulator.place(&script));
    assert_eq!(
        lines,
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222 uncertain",
        ],
        "one pop-up, and the gap is marked"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_vanished_with_the_connection_is_closed_as_lost() {
    let (mut bench, simulator) = with_simulator().await;
    let script = script(None, &["203"], Ending::Abandon);
    let watch = async {
        bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
        simulator.disconnect_clients();
        simulator.forget_channels();
        bench.until_ended(1).await
    };
    let (lines, ()) = tokio::join!(watch, simulator.place(&script));
    assert_eq!(
        lines,
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 leaves 203: Lost",
            "call1 ended: Unknown by [] +81312345678 → 0331112222 uncertain",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_started_while_disconnected_is_found() {
    let (mut bench, simulator) = with_simulator().await;
    simulator.disconnect_clients();
    let ending = Ending::Answer { by: "201".into(), talk_ms: 9_000, hold_ms: None };
    let script = script(Some("support"), &["201", "202"], ending);
    let (lines, ()) = tokio::join!(bench.until_ended(1), simulator.place(&script));
    assert_eq!(
        lines,
        [
            "call1 rings 201: +81312345678 → 0120111111 (support) uncertain",
            "call1 rings 202: +81312345678 → 0120111111 (support) uncertain",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support) uncertain",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_the_client() {
    let (mut bench, _simulator) = with_simulator().await;
    bench.stopping.cancel();
    while bench.events.recv().await.is_some() {}
}

#[tokio::test(start_paused = true)]
async fn the_simulator_refuses_what_it_does_not_know() {
    let simulator = Simulator::new(options(), &FixedClock::new(start()));
    let (ours, theirs) = tokio::io::duplex(1_024);
    tokio::spawn(async move { simulator.attend(theirs).await });
    let mut stream = BufReader::new(ours);
    let mut banner = String::new();
    stream.read_line(&mut banner).await.unwrap();
    assert_eq!(banner, "Asterisk Call Manager/13.0.0\r\n");
    stream
        .write_all(b"Action: Ping\r\nActionID: a\r\n\r\nAction: Logoff\r\nActionID: b\r\n\r\n")
        .await
        .unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert_eq!(
        rest,
        "Response: Error\r\nActionID: a\r\nMessage: Permission denied\r\n\r\n\
         Response: Goodbye\r\nActionID: b\r\nMessage: Thanks for all the fish.\r\n\r\n"
    );
}
