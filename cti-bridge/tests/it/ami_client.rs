//! The production client against the simulated PBX and against misbehaving servers.
//!
//! The clock is tokio's paused one: it jumps when every task waits, so no test waits for real. A socket would race
//! with that clock (the kernel delivers bytes a little later), so connections are in memory; `ami_socket.rs` goes
//! over real sockets.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::ami_support::{check_contract, lines, start, tracker};
use cti_bridge::call::{CallChange, CallSignal, CallTracker};
use cti_bridge::simulator::{
    CallScript, CallerPresentation, Ending, SimulatedAgent, Simulator, SimulatorOptions,
};
use cti_bridge::source::ami::{self, AmiConfig};
use cti_bridge::source::{Connect, Secret};
use cti_bridge::source::{QueuePause, SourceError, SourceEvent, SourceRequest};
use shared::label::Lang;
use shared::message::Explain;
use test_support::FixedClock;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Connects in memory; the server's end is sent to the test.
struct InMemory(mpsc::Sender<DuplexStream>);

impl Connect for InMemory {
    type Stream = DuplexStream;

    async fn connect(&self, _: &str) -> io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        self.0.send(theirs).await.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(ours)
    }
}

/// A running client, and a tracker for its signals.
struct Bench {
    events: mpsc::Receiver<SourceEvent>,
    tracker: CallTracker,
    changes: Vec<CallChange>,
    requests: mpsc::Sender<SourceRequest>,
    shutdown: CancellationToken,
}

fn options() -> SimulatorOptions {
    let agents = [("201", "佐藤 花子"), ("202", "鈴木 一郎"), ("203", "高橋 次郎")];
    let agents =
        agents.map(|(extension, name)| SimulatedAgent { extension: extension.into(), name: name.into() });
    SimulatorOptions::new("chakuden", Secret::new("secret"), agents.to_vec())
}

impl Bench {
    fn connect(server: mpsc::Sender<DuplexStream>, secret: &str) -> Self {
        let (out, events) = mpsc::channel(64);
        let shutdown = CancellationToken::new();
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new(secret));
        config.queue_interface = "PJSIP/{extension}".to_owned();
        let clock = Arc::new(FixedClock::new(start()));
        let (requests, asked) = mpsc::channel(1);
        tokio::spawn(ami::run_over(InMemory(server), config, clock, out, asked, shutdown.clone()));
        Self { events, tracker: tracker(), changes: Vec::new(), requests, shutdown }
    }

    /// A client of this simulator.
    fn of(simulator: &Simulator, secret: &str) -> Self {
        let (server, mut streams) = mpsc::channel(1);
        let simulator = simulator.clone();
        tokio::spawn(async move {
            while let Some(stream) = streams.recv().await {
                simulator.attend(stream).await;
            }
        });
        Self::connect(server, secret)
    }

    async fn with_simulator() -> (Self, Simulator) {
        let simulator = Simulator::new(options(), &FixedClock::new(start()));
        let mut bench = Self::of(&simulator, "secret");
        bench.until_up().await;
        bench.until(|signal| matches!(signal, CallSignal::ChannelListEnd)).await;
        (bench, simulator)
    }

    async fn until_up(&mut self) {
        loop {
            match self.events.recv().await.unwrap() {
                SourceEvent::Up => return,
                SourceEvent::Down { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn down_reason(&mut self) -> String {
        loop {
            match self.events.recv().await.unwrap() {
                SourceEvent::Down { reason } => return reason,
                SourceEvent::Signals { signals, .. } => self.apply(signals),
                SourceEvent::Up => {}
                SourceEvent::Fatal(error) => panic!("{error}"),
            }
        }
    }

    fn apply(&mut self, signals: Vec<CallSignal>) {
        assert!(!signals.is_empty());
        for signal in signals {
            self.changes.extend(self.tracker.apply(start(), signal));
        }
    }

    /// Applies signals until a batch contains one that matches.
    async fn until(&mut self, is_it: impl Fn(&CallSignal) -> bool) {
        for _ in 0..1_000 {
            match self.events.recv().await.unwrap() {
                SourceEvent::Signals { signals, .. } => {
                    let found = signals.iter().any(&is_it);
                    self.apply(signals);
                    if found {
                        return;
                    }
                }
                SourceEvent::Up | SourceEvent::Down { .. } => {}
                SourceEvent::Fatal(error) => panic!("{error}"),
            }
        }
        panic!("what is waited for does not come");
    }

    /// Applies signals until this many calls have ended; returns all changes so far.
    async fn until_ended(&mut self, calls: usize) -> Vec<String> {
        while self.changes.iter().filter(|c| matches!(c, CallChange::Ended(_))).count() < calls {
            self.until(|_| true).await;
        }
        check_contract(&self.changes);
        lines(&self.changes)
    }
}

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
    let (mut bench, simulator) = Bench::with_simulator().await;
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
            "call1 answered by 201",
            "call1 leaves 202: AnsweredElsewhere",
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
async fn no_answer_then_the_next() {
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
    let mut bench = Bench::of(&simulator, "secret");
    bench.until_ended(3).await;
    // The third starts two intervals of 4 s after the first and rings for 2.5 s.
    assert_eq!(began.elapsed().as_millis(), 10_500);
    placing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn several_clients_receive_the_same_events() {
    let (mut first, simulator) = Bench::with_simulator().await;
    let mut second = Bench::of(&simulator, "secret");
    second.until_up().await;
    let ending = Ending::Answer { by: "203".into(), talk_ms: 1_000, hold_ms: None };
    let script = script(None, &["203"], ending);
    let (a, b, ()) = tokio::join!(first.until_ended(1), second.until_ended(1), simulator.place(&script));
    assert_eq!(a, b);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_fatal() {
    let (_bench, simulator) = Bench::with_simulator().await;
    let mut wrong = Bench::of(&simulator, "wrong");
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
    let (mut bench, simulator) = Bench::with_simulator().await;
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
    let (mut bench, simulator) = Bench::with_simulator().await;
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
    let (mut bench, simulator) = Bench::with_simulator().await;
    simulator.disconnect_clients();
    let ending = Ending::Answer { by: "201".into(), talk_ms: 9_000, hold_ms: None };
    let script = script(Some("support"), &["201", "202"], ending);
    let (lines, ()) = tokio::join!(bench.until_ended(1), simulator.place(&script));
    assert_eq!(
        lines,
        [
            "call1 rings 201: +81312345678 → 0120111111 (support) uncertain",
            "call1 rings 202: +81312345678 → 0120111111 (support) uncertain",
            "call1 answered by 201",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support) uncertain",
        ]
    );
}

/// A scripted server: signs a client in, then follows the test's script.
struct Fake(mpsc::Receiver<DuplexStream>);

impl Fake {
    fn with_bench() -> (Self, Bench) {
        let (server, streams) = mpsc::channel(1);
        (Self(streams), Bench::connect(server, "secret"))
    }

    async fn accept(&mut self) -> BufReader<DuplexStream> {
        BufReader::new(self.0.recv().await.unwrap())
    }

    /// Signs the client in and refuses to list channels.
    async fn signed_in(&mut self) -> BufReader<DuplexStream> {
        let mut stream = self.accept().await;
        stream.write_all(b"Asterisk Call Manager/9.0.0\r\n").await.unwrap();
        let answers = ["Success\r\nChallenge: 1", "Success"].into_iter().chain(std::iter::repeat("Error"));
        for answer in answers {
            let id = action_id(&mut stream).await;
            stream
                .write_all(format!("Response: {answer}\r\nActionID: {id}\r\n\r\n").as_bytes())
                .await
                .unwrap();
            // Filters come before the list of channels.
            if id == "snap-1" {
                break;
            }
        }
        stream
    }
}

/// Reads one action.
async fn action(stream: &mut BufReader<DuplexStream>) -> String {
    let mut text = String::new();
    while stream.read_line(&mut text).await.unwrap() > 2 {}
    text
}

/// Reads one action; returns its id.
async fn action_id(stream: &mut BufReader<DuplexStream>) -> String {
    let text = action(stream).await;
    text.lines().find_map(|line| line.strip_prefix("ActionID: ")).unwrap_or_default().to_owned()
}

const NEW_CHANNEL: &str = "Event: Newchannel\r\nChannel: PJSIP/trunk-00000001\r\nChannelState: 4\r\n\
    CallerIDNum: 0398765432\r\nExten: 0331112222\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n\
    Event: DialBegin\r\nChannel: PJSIP/trunk-00000001\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\
    DestChannel: PJSIP/203-00000002\r\nDestUniqueid: 1.2\r\nDestLinkedid: 1.1\r\n\r\n";

#[tokio::test]
async fn queues_are_told_who_is_away() {
    let (mut fake, mut bench) = Fake::with_bench();
    let mut stream = fake.signed_in().await;
    bench.until_up().await;
    let pause = QueuePause { extension: "203".to_owned(), paused: true, reason: Some("lunch".to_owned()) };
    bench.requests.send(SourceRequest::Pause(vec![pause])).await.unwrap();
    assert_eq!(
        action(&mut stream).await,
        "Action: QueuePause\r\nActionID: pause-1\r\nInterface: PJSIP/203\r\nPaused: true\r\nReason: lunch\r\n\r\n"
    );
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_about_the_number_the_caller_stays_unknown() {
    let (mut fake, mut bench) = Fake::with_bench();
    let mut stream = fake.signed_in().await;
    stream.write_all(NEW_CHANNEL.as_bytes()).await.unwrap();
    let asked_at = tokio::time::Instant::now();
    bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
    assert_eq!(asked_at.elapsed().as_millis(), 500, "getvar_timeout_ms");
    assert_eq!(lines(&bench.changes), ["call1 rings 203: Unknown → 0331112222"]);
    // A late answer still counts.
    let id = action_id(&mut stream).await;
    let answer = format!("Response: Success\r\nActionID: {id}\r\nValue: prohib\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
    bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
    assert_eq!(lines(&bench.changes)[1..], ["call1 is from Withheld → 0331112222"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_or_nonsense_about_the_number_leaves_the_caller_unknown() {
    for answer in ["Error\r\nMessage: No such channel", "Success\r\nValue: perhaps", "Success"] {
        let (mut fake, mut bench) = Fake::with_bench();
        let mut stream = fake.signed_in().await;
        stream.write_all(NEW_CHANNEL.as_bytes()).await.unwrap();
        let id = action_id(&mut stream).await;
        stream.write_all(format!("Response: {answer}\r\nActionID: {id}\r\n\r\n").as_bytes()).await.unwrap();
        bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
        assert_eq!(lines(&bench.changes), ["call1 rings 203: Unknown → 0331112222"], "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn invalid_bytes_are_named_and_the_client_reconnects() {
    let (mut fake, mut bench) = Fake::with_bench();
    let long_line = vec![b'x'; 65 * 1024];
    let long_message = "Event: X\r\nKey: value\r\n".repeat(13_000).into_bytes();
    let many_lines = "k: v\r\n".repeat(2_001).into_bytes();
    for (bytes, reason) in [
        (long_line, "line_bytes_max"),
        (many_lines, "message_lines_max"),
        (long_message, "message_lines_max"),
    ] {
        let mut stream = fake.signed_in().await;
        // The client may disconnect before it has read everything.
        let _ = stream.write_all(&bytes).await;
        let told = bench.down_reason().await;
        assert!(told.contains(reason), "{told}");
    }
    // Half a message, then the end of the connection.
    let mut stream = fake.signed_in().await;
    stream.write_all(b"Event: Newchannel\r\nChan").await.unwrap();
    drop(stream);
    let told = bench.down_reason().await;
    assert!(told.contains("closed the connection"), "{told}");
    // Another encoding garbles a name, but does not end the connection.
    let mut stream = fake.signed_in().await;
    let name = b"Event: Newstate\r\nCallerIDName: \x8d\x82\x8b\xb4\r\nUniqueid: 7.7\r\n\r\n";
    stream.write_all(name).await.unwrap();
    bench.until(|s| s.channel().is_some_and(|c| c.as_str() == "7.7")).await;
}

#[tokio::test(start_paused = true)]
async fn another_protocol_is_recognized_at_its_first_bytes() {
    let (mut fake, mut bench) = Fake::with_bench();
    for garbage in [&b"SSH-2.0-OpenSSH_9.2\r\n"[..], b"\x16\x03\x01\x02\x00", b"Asterisk Call Managex"] {
        let mut stream = fake.accept().await;
        stream.write_all(garbage).await.unwrap();
        let told = bench.down_reason().await;
        assert!(told.contains("not an Asterisk manager interface"), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_pbx_is_pinged_and_then_dropped() {
    let (mut fake, mut bench) = Fake::with_bench();
    // A server that never sends its greeting.
    let _mute = fake.accept().await;
    assert!(bench.down_reason().await.contains("login_timeout_ms"));
    let mut stream = fake.signed_in().await;
    assert_eq!(action_id(&mut stream).await, "ping-1");
    stream.write_all(b"Response: Success\r\nActionID: ping-1\r\nPing: Pong\r\n\r\n").await.unwrap();
    assert_eq!(action_id(&mut stream).await, "ping-1", "an answered ping is followed by another");
    let told = bench.down_reason().await;
    assert!(told.contains("ping_interval_ms"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_retried() {
    let (fake, mut bench) = Fake::with_bench();
    drop(fake);
    for _ in 0..5 {
        let told = bench.down_reason().await;
        assert!(told.contains("pbx:5038: cannot connect"), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_the_client() {
    let (mut bench, _simulator) = Bench::with_simulator().await;
    bench.shutdown.cancel();
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
