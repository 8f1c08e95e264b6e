//! The production client and the simulated PBX over real sockets, in real time. Only the waits that a
//! test is about are short, and nothing depends on the speed of the machine.

use std::sync::Arc;

use crate::ami_support::{check_contract, lines, start, tracker};
use cti_bridge::call::{CallChange, CallTracker};
use cti_bridge::simulator::{
    CallScript, CallerPresentation, Ending, SimulatedAgent, SimulatorOptions, run_simulator,
};
use cti_bridge::source::ami::{self, AmiConfig};
use cti_bridge::source::{Secret, SourceContext, SourceEvent};
use shared::label::Lang;
use test_support::FixedClock;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn client(address: String, secret: &str, shutdown: &CancellationToken) -> mpsc::Receiver<SourceEvent> {
    let mut config = AmiConfig::new(address, "chakuden", Secret::new(secret));
    (config.login_timeout_ms, config.getvar_timeout_ms) = (60_000, 60_000);
    (config.reconnect_min_ms, config.reconnect_max_ms) = (1, 10);
    let clock = Arc::new(FixedClock::new(start()));
    ami::start("pbx", config, &SourceContext { clock, stopping: shutdown.clone() }).events
}

/// Starts a simulator that plays this call over and over.
async fn simulator(script: CallScript, shutdown: &CancellationToken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let agents = vec![SimulatedAgent { extension: "201".into(), name: "佐藤 花子".into() }];
    let mut options = SimulatorOptions::new("chakuden", Secret::new("secret"), agents);
    options.call_interval_ms = 1;
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        let calls = std::iter::repeat(script);
        run_simulator(listener, options, &FixedClock::new(start()), calls, shutdown).await;
    });
    address
}

fn long_call() -> CallScript {
    CallScript {
        caller_number: "0312345678".into(),
        caller_name: String::new(),
        presentation: CallerPresentation::Allowed,
        did: "0331112222".into(),
        queue: None,
        ring: vec!["201".into()],
        ring_ms: 1,
        // Longer than any test, so that no assertion depends on when it ends.
        ending: Ending::Answer { by: "201".into(), talk_ms: 3_600_000, hold_ms: None },
    }
}

async fn changes_until(
    events: &mut mpsc::Receiver<SourceEvent>,
    tracker: &mut CallTracker,
    is_it: impl Fn(&CallChange) -> bool,
) -> Vec<CallChange> {
    let mut changes = Vec::new();
    while !changes.iter().any(&is_it) {
        match events.recv().await.unwrap() {
            SourceEvent::Signals { signals, .. } => {
                changes.extend(signals.into_iter().flat_map(|signal| tracker.apply(start(), signal)));
            }
            SourceEvent::Up | SourceEvent::Checked(_) => {}
            other => panic!("{other:?}"),
        }
    }
    check_contract(&changes);
    changes
}

#[tokio::test]
async fn a_call_rings_and_is_answered_over_tcp() {
    let shutdown = CancellationToken::new();
    let address = simulator(long_call(), &shutdown).await;
    let mut events = client(address, "secret", &shutdown);
    let is_answer = |change: &CallChange| matches!(change, CallChange::Answered { .. });
    let changes = changes_until(&mut events, &mut tracker(), is_answer).await;
    let lines = lines(&changes);
    assert!(lines[0].starts_with("call1 rings 201: +81312345678 → 0331112222"), "{lines:?}");
    assert_eq!(lines[1], "call1 answered by 201");
    shutdown.cancel();
    while events.recv().await.is_some() {}
}

#[tokio::test]
async fn bytes_of_another_protocol_are_named_and_the_client_reconnects() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shutdown = CancellationToken::new();
    let mut events = client(listener.local_addr().unwrap().to_string(), "secret", &shutdown);
    let mut oversized = b"Asterisk Call Manager/9.0.0\r\n".to_vec();
    oversized.extend(vec![b'x'; 8 * 1024 * 1024]);
    for (bytes, reason) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "not an Asterisk manager interface"),
        (oversized, "line_bytes_max"),
        (Vec::new(), "closed the connection"),
    ] {
        let (mut stream, _) = listener.accept().await.unwrap();
        let writing = tokio::spawn(async move {
            // The client disconnects before it has read everything.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        });
        let Some(SourceEvent::Down { reason: told }) = events.recv().await else { panic!("expected Down") };
        let told = told.text(Lang::En);
        assert!(told.contains(reason), "{told}");
        writing.await.unwrap();
    }
    shutdown.cancel();
}
