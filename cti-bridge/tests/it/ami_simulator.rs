//! The simulated PBX writes what the recorded Asterisk wrote: the same headers in the same order, and
//! for each scenario the same events.

use std::collections::{BTreeMap, BTreeSet};

use crate::ami_support::{RECORDINGS, recording, start};
use cti_bridge::simulator::{
    CallScript, CallerPresentation, Ending, SimulatedAgent, Simulator, SimulatorOptions,
};
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{AmiDecoder, AmiLimits, AmiMessage};
use md5::{Digest, Md5};
use test_support::FixedClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Events that the simulator omits: they say nothing about calls.
const LEFT_OUT: [&str; 4] = ["VarSet", "Newexten", "DeviceStateChange", "QueueMemberStatus"];

fn messages(bytes: &[u8]) -> Vec<AmiMessage> {
    let mut decoder = AmiDecoder::new(AmiLimits::default());
    decoder.push(bytes);
    std::iter::from_fn(|| decoder.next_message().unwrap()).collect()
}

fn keys(message: &AmiMessage) -> Vec<String> {
    message.headers().map(|(key, _)| key.to_owned()).collect()
}

async fn send(stream: &mut DuplexStream, action: &str) {
    stream.write_all(format!("{}\r\n\r\n", action.replace('|', "\r\n")).as_bytes()).await.unwrap();
}

/// Signs in, plays a call (and lists channels in the middle of it); returns everything that a client received.
async fn play(script: &CallScript) -> Vec<u8> {
    let agents = [("201", "佐藤 花子"), ("202", "鈴木 一郎"), ("203", "高橋 次郎")];
    let agents =
        agents.map(|(extension, name)| SimulatedAgent { extension: extension.into(), name: name.into() });
    let options = SimulatorOptions::new("chakuden", Secret::new("secret"), agents.to_vec());
    let simulator = Simulator::new(options, &FixedClock::new(start()));
    let (mut ours, theirs) = tokio::io::duplex(1024 * 1024);
    let server = simulator.clone();
    let serving = tokio::spawn(async move { server.attend(theirs).await });

    let mut bytes = Vec::new();
    send(&mut ours, "Action: Challenge|AuthType: MD5").await;
    while !bytes.ends_with(b"\r\n\r\n") {
        ours.read_buf(&mut bytes).await.unwrap();
    }
    let challenge = messages(&bytes)[0].get("Challenge").unwrap().to_owned();
    let key: String =
        Md5::digest(format!("{challenge}secret")).iter().map(|byte| format!("{byte:02x}")).collect();
    send(&mut ours, &format!("Action: Login|ActionID: 1|AuthType: MD5|Username: chakuden|Key: {key}")).await;
    while !bytes.ends_with(b"Fully Booted\r\n\r\n") {
        ours.read_buf(&mut bytes).await.unwrap();
    }
    let listing = async {
        // The clock is paused: this is the moment just after the phones started to ring, not a wait.
        let ringing = tokio::time::Instant::now() + std::time::Duration::from_millis(script.ring_ms + 1);
        tokio::time::sleep_until(ringing).await;
        send(&mut ours, "Action: CoreShowChannels|ActionID: snap-1").await;
    };
    tokio::join!(listing, simulator.place(script));
    send(&mut ours, "Action: Logoff").await;
    ours.read_to_end(&mut bytes).await.unwrap();
    serving.await.unwrap();
    bytes
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

/// A script for each recording that it plays.
fn scenarios() -> Vec<(&'static str, CallScript)> {
    let answer = |by: &str, hold_ms| Ending::Answer { by: by.into(), talk_ms: 3_000, hold_ms };
    let (by, to, talk_ms) = ("203".to_owned(), "201".to_owned(), 2_000);
    let next = Ending::NoAnswerThenNext { next: "203".into(), talk_ms };
    let mut payphone = script(None, &["203"], answer("203", None));
    (payphone.caller_number, payphone.caller_name) = ("anonymous".into(), "Coin line/payphone".into());
    vec![
        ("ringall-answered", script(Some("support"), &["201", "202"], answer("201", None))),
        ("abandoned", script(Some("support"), &["201", "202"], Ending::Abandon)),
        ("no-answer-then-next", script(Some("sales"), &["201"], next)),
        ("payphone", payphone),
        ("hold", script(None, &["203"], answer("203", Some(2_000)))),
        (
            "blind-transfer",
            script(None, &["203"], Ending::BlindTransfer { by: by.clone(), to: to.clone(), talk_ms }),
        ),
        ("attended-transfer", script(None, &["203"], Ending::AttendedTransfer { by, to, talk_ms })),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_message_has_the_headers_of_a_recorded_one() {
    let mut recorded: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    for message in RECORDINGS.iter().flat_map(|name| messages(&recording(name))) {
        if let Some(event) = message.event() {
            recorded.entry(event.to_owned()).or_default().insert(keys(&message));
        }
    }
    let mut compared = BTreeSet::new();
    for (name, script) in scenarios() {
        for message in messages(&play(&script).await) {
            let Some(event) = message.event() else { continue };
            let shapes = recorded.get(event).unwrap_or_else(|| panic!("{name}: {event} was never recorded"));
            assert!(
                shapes.contains(&keys(&message)),
                "{name}: {event} has other headers: {:?}",
                keys(&message)
            );
            compared.insert(event.to_owned());
        }
    }
    let missing: Vec<_> = recorded.keys().filter(|event| !compared.contains(*event)).collect();
    assert_eq!(
        missing,
        [
            "DeviceStateChange",
            "Newexten",
            "QueueMember",
            "QueueMemberStatus",
            "QueueParams",
            "QueueStatusComplete",
            "VarSet"
        ],
        "every other kind of message is simulated"
    );
}

/// The events of a stream that describe a call's progress, each with its peer. Omitted is what Asterisk's
/// threads emit in varying order (ringing states, connected-line updates), and what only queue statistics need.
fn course(bytes: &[u8]) -> Vec<String> {
    let racing = ["NewConnectedLine", "DialState", "SoftHangupRequest", "FullyBooted", "AgentComplete"];
    let peer = |channel: &str| {
        let name = channel.split('/').nth(1).unwrap_or_default();
        name.split('-').next().unwrap_or_default().to_owned()
    };
    let mut out = Vec::new();
    for message in messages(bytes) {
        let Some(event) = message.event() else { continue };
        if racing.contains(&event) || LEFT_OUT.contains(&event) || event.starts_with("CoreShow") {
            continue;
        }
        let channel = message.get("DestChannel").or(message.get("Channel")).unwrap_or_default();
        let detail = message.get("DialStatus").or(message.get("ChannelStateDesc")).unwrap_or_default();
        match event {
            "Newstate" if detail != "Up" => {}
            "Newstate" | "DialEnd" => out.push(format!("{event} {} {detail}", peer(channel))),
            _ => out.push(format!("{event} {}", peer(channel))),
        }
    }
    out
}

/// Sorts each run of events that end a call: the order in which the two sides end differs from call to call.
fn with_ends_sorted(mut course: Vec<String>) -> Vec<String> {
    let ends = ["Hangup ", "BridgeLeave", "BridgeDestroy", "NewConnectedLine"];
    let is_end = |line: &String| ends.iter().any(|end| line.starts_with(end));
    for run in course.chunk_by_mut(|a, b| is_end(a) && is_end(b)) {
        if run.len() > 1 {
            run.sort();
        }
    }
    course
}

#[tokio::test(start_paused = true)]
async fn every_scenario_has_the_events_of_its_recording_in_their_order() {
    for (name, script) in scenarios() {
        let simulated = with_ends_sorted(course(&play(&script).await));
        let recorded = with_ends_sorted(course(&recording(name)));
        assert_eq!(simulated, recorded, "{name}");
    }
}
