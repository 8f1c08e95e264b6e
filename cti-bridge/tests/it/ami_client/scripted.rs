//! The client against a server that follows the script of a test: questions, orders, and everything that goes wrong.

use super::connect;
use crate::client_bench::Bench;
use cti_bridge::call::CallSignal;
use cti_bridge::source::{Destination, Order, OrderError, QueuePause, SourceRequest};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc;

/// A scripted server: signs a client in, then follows the test's script.
struct Fake(mpsc::Receiver<DuplexStream>);

impl Fake {
    fn with_bench() -> (Self, Bench) {
        let (server, streams) = mpsc::channel(1);
        (Self(streams), connect(server, "secret"))
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
    DestChannel: PJSIP/203-00000002\r\nDestUniqueid: 1.2\r\nDestLinkedid: 1.1\r\n\r\n\
    Event: Newstate\r\nChannel: PJSIP/203-00000002\r\nChannelState: 5\r\nUniqueid: 1.2\r\nLinkedid: 1.1\r\n\r\n";

#[tokio::test]
async fn queues_are_told_who_is_away() {
    let (mut fake, mut bench) = Fake::with_bench();
    let mut stream = fake.signed_in().await;
    bench.until_up().await;
    let pause = QueuePause { extension: "203".to_owned(), paused: true, reason: Some("lunch".to_owned()) };
    bench.requests.send(SourceRequest::Pause(vec![pause])).await.unwrap();
    assert_eq!(
        action(&mut stream).await,
        "Action: QueuePause\r\nActionID: pause-203\r\nInterface: PJSIP/203\r\nPaused: true\r\nReason: lunch\r\n\r\n"
    );
}

#[tokio::test]
async fn a_call_is_transferred_and_hung_up_by_the_name_of_the_agents_channel() {
    let (mut fake, mut bench) = Fake::with_bench();
    let mut stream = fake.signed_in().await;
    bench.until_up().await;
    stream.write_all(NEW_CHANNEL.as_bytes()).await.unwrap();
    // The question whether the number may be shown: by then the channels are known.
    assert!(action(&mut stream).await.starts_with("Action: Getvar"));
    let to = Destination::Extension("202".to_owned());
    let done = bench.order(Order::Transfer { phone: "1.2".into(), to }).await;
    assert_eq!(
        action(&mut stream).await,
        "Action: BlindTransfer\r\nActionID: order-1\r\nChannel: PJSIP/203-00000002\r\nContext: internal\r\n\
         Exten: 202\r\n\r\n"
    );
    stream
        .write_all(b"Response: Error\r\nActionID: order-1\r\nMessage: Transfer failed\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(done.await.unwrap().unwrap_err().to_string(), "the PBX refused: Transfer failed");
    let done = bench.order(Order::Hangup { phone: "1.2".into() }).await;
    assert_eq!(
        action(&mut stream).await,
        "Action: Hangup\r\nActionID: order-2\r\nChannel: PJSIP/203-00000002\r\nCause: 16\r\n\r\n"
    );
    stream.write_all(b"Response: Success\r\nActionID: order-2\r\n\r\n").await.unwrap();
    assert_eq!(done.await.unwrap(), Ok(()));
    let done = bench.order(Order::Hangup { phone: "9.9".into() }).await;
    assert_eq!(done.await.unwrap(), Err(OrderError::Gone));
    let done = bench.order(Order::Hangup { phone: "1.2".into() }).await;
    drop(stream);
    assert_eq!(done.await.unwrap(), Err(OrderError::Down), "the connection went before an answer");
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_about_the_number_the_caller_stays_unknown() {
    let (mut fake, mut bench) = Fake::with_bench();
    let mut stream = fake.signed_in().await;
    stream.write_all(NEW_CHANNEL.as_bytes()).await.unwrap();
    let asked_at = tokio::time::Instant::now();
    bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
    assert_eq!(asked_at.elapsed().as_millis(), 500, "getvar_timeout_ms");
    assert_eq!(bench.lines(), ["call1 rings 203: Unknown → 0331112222"]);
    // A late answer still counts.
    let id = action_id(&mut stream).await;
    let answer = format!("Response: Success\r\nActionID: {id}\r\nValue: prohib\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
    bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
    assert_eq!(bench.lines()[1..], ["call1 is from Withheld → 0331112222"]);
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
        assert_eq!(bench.lines(), ["call1 rings 203: Unknown → 0331112222"], "{answer}");
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
