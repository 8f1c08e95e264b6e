//! Signing in, losing the connection and coming back, time-outs.

use super::{Peer, RINGING, accepted, in_memory, over_tcp, ringing};
use crate::esl_support::{Leg, event};
use cti_bridge::call::CallSignal;
use cti_bridge::source::{SourceError, SourceEvent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_call_rings_and_ends_over_tcp() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    peer.write(ringing()).await;
    peer.write(Leg::outbound("B", "203", "A").hangup("ORIGINATOR_CANCEL")).await;
    peer.write(Leg::inbound("A", "0312345678", "0331112222").hangup("ORIGINATOR_CANCEL")).await;
    bench.until(|s| matches!(s, CallSignal::Gone { channel, .. } if channel.as_str() == "A")).await;
    let end = "call1 ended: Abandoned by [] +81312345678 → 0331112222";
    assert_eq!(bench.lines(), [RINGING, "call1 leaves 203: CallerHungUp", end]);
    bench.stopping.cancel();
    while bench.events.recv().await.is_some() {}
}

#[tokio::test]
async fn a_wrong_password_is_fatal_and_not_repeated() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.write("Content-Type: auth/request\n\n").await;
    peer.command().await;
    peer.reply("-ERR invalid").await;
    let event = bench.events.recv().await;
    let Some(SourceEvent::Fatal(error)) = event else { panic!("{event:?}") };
    assert!(matches!(error, SourceError::SignInRefused { .. }));
    let text = error.to_string();
    assert!(text.contains("-ERR invalid") && text.contains("event_socket.conf.xml"), "{text}");
    assert!(!text.contains("ClueCon"), "{text}");
    assert!(bench.events.recv().await.is_none(), "the client has ended");
}

#[tokio::test]
async fn an_address_that_is_not_accepted_is_named_and_retried() {
    let (mut bench, listener) = over_tcp().await;
    let notice = "Access Denied, go away.\n";
    let rejection =
        format!("Content-Type: text/rude-rejection\nContent-Length: {}\n\n{notice}", notice.len());
    accepted(&listener).await.write(rejection).await;
    assert!(bench.down_reason().await.contains("apply-inbound-acl"));
    let mut peer = accepted(&listener).await;
    peer.write("Content-Type: auth/request\n\n").await;
    peer.command().await;
    peer.reply("+OK accepted").await;
    peer.command().await;
    peer.reply("-ERR permission denied").await;
    assert!(bench.down_reason().await.contains("refused the subscription: -ERR permission denied"));
    accepted(&listener).await.sign_in_idle().await;
    bench.until_up().await;
}

#[tokio::test]
async fn bytes_of_another_protocol_are_named_and_the_client_reconnects() {
    let (mut bench, listener) = over_tcp().await;
    let greeting = b"Content-Type: auth/request\n\n".to_vec();
    let oversized = [greeting, vec![b'x'; 8 * 1024 * 1024]].concat();
    let huge = b"Content-Type: api/response\nContent-Length: 99999999999\n\n".to_vec();
    for (bytes, reason) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "not a FreeSWITCH event socket"),
        (b"Asterisk Call Manager/9.0.0\r\n".to_vec(), "not a FreeSWITCH event socket"),
        (oversized, "line_bytes_max"),
        (huge, "body_bytes_max"),
        (Vec::new(), "closed the connection"),
    ] {
        let (mut stream, _) = listener.accept().await.unwrap();
        let writing = tokio::spawn(async move {
            // The client disconnects before it has read everything.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
        let told = bench.down_reason().await;
        assert!(told.contains(reason), "{told}");
        writing.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_freeswitch_is_pinged_and_then_dropped() {
    let (mut bench, mut streams) = in_memory();
    // A server that never sends its greeting.
    let _mute = streams.recv().await.unwrap();
    assert!(bench.down_reason().await.contains("login_timeout_ms"));
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    let heard_at = tokio::time::Instant::now();
    peer.write(event("HEARTBEAT", &[])).await;
    assert_eq!(peer.command().await, "api echo chakuden");
    assert_eq!(heard_at.elapsed().as_millis(), 30_000, "ping_interval_ms after the heartbeat");
    peer.api("chakuden").await;
    assert_eq!(peer.command().await, "api echo chakuden", "an answered question is followed by another");
    assert!(bench.down_reason().await.contains("ping_interval_ms"));
}

#[tokio::test(start_paused = true)]
async fn a_freeswitch_that_answers_no_command_is_dropped_although_it_sends_events() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.until_up().await;
    for _ in 0..4 {
        tokio::time::advance(std::time::Duration::from_millis(7_600)).await;
        peer.write(event("HEARTBEAT", &[])).await;
        tokio::task::yield_now().await;
    }
    assert!(bench.down_reason().await.contains("command_timeout_ms"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_retried_and_shutdown_ends_the_client() {
    let (mut bench, streams) = in_memory();
    drop(streams);
    for _ in 0..5 {
        let told = bench.down_reason().await;
        assert!(told.contains("pbx:8021: cannot connect"), "{told}");
    }
    bench.stopping.cancel();
    while bench.events.recv().await.is_some() {}
}
