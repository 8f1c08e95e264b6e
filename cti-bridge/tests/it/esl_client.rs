//! The FreeSWITCH client against a scripted event socket: over real sockets where nothing depends on time, in memory
//! with tokio's paused clock where something does.

use std::io;
use std::sync::Arc;

use crate::ami_support::{check_contract, lines, start, tracker};
use crate::esl_support::{Leg, event, messages, recording};
use cti_bridge::call::{CallChange, CallSignal, CallTracker};
use cti_bridge::source::freeswitch::{self, EslKind, FreeSwitchConfig};
use cti_bridge::source::{Connect, Secret};
use cti_bridge::source::{DialError, QueuePause, SourceError, SourceEvent, SourceRequest};
use shared::message;
use test_support::FixedClock;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// A running client, and a tracker for its signals.
struct Bench {
    events: mpsc::Receiver<SourceEvent>,
    requests: mpsc::Sender<SourceRequest>,
    tracker: CallTracker,
    changes: Vec<CallChange>,
    shutdown: CancellationToken,
}

/// The client's side of in-memory connections.
struct InMemory(mpsc::Sender<DuplexStream>);

impl Connect for InMemory {
    type Stream = DuplexStream;

    async fn connect(&self, _: &str) -> io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        self.0.send(theirs).await.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(ours)
    }
}

fn bench(
    run: impl FnOnce(mpsc::Sender<SourceEvent>, mpsc::Receiver<SourceRequest>, CancellationToken),
) -> Bench {
    let ((out, events), (requests, asked)) = (mpsc::channel(64), mpsc::channel(8));
    let shutdown = CancellationToken::new();
    run(out, asked, shutdown.clone());
    Bench { events, requests, tracker: tracker(), changes: Vec::new(), shutdown }
}

/// Settings with time-outs so long that none expires during a test over real sockets.
fn patient(address: String) -> FreeSwitchConfig {
    let mut config = FreeSwitchConfig::new(address, Secret::new("ClueCon"));
    config.login_timeout_ms = 60_000;
    config.snapshot_timeout_ms = 60_000;
    config.dial_timeout_ms = 60_000;
    (config.reconnect_min_ms, config.reconnect_max_ms) = (1, 10);
    config
}

/// A client and a server over TCP.
async fn over_tcp() -> (Bench, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = patient(listener.local_addr().unwrap().to_string());
    let bench = bench(|out, requests, shutdown| {
        let clock = Arc::new(FixedClock::new(start()));
        tokio::spawn(freeswitch::run(config, clock, out, requests, shutdown));
    });
    (bench, listener)
}

/// A client and the server's sides of its connections, in memory.
fn in_memory() -> (Bench, mpsc::Receiver<DuplexStream>) {
    let (server, streams) = mpsc::channel(1);
    let config = FreeSwitchConfig::new("pbx:8021", Secret::new("ClueCon"));
    let bench = bench(|out, requests, shutdown| {
        let clock = Arc::new(FixedClock::new(start()));
        tokio::spawn(freeswitch::run_over(InMemory(server), config, clock, out, requests, shutdown));
    });
    (bench, streams)
}

impl Bench {
    async fn up(&mut self) {
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

    /// Applies signals until one matches.
    async fn until(&mut self, is_it: impl Fn(&CallSignal) -> bool) {
        loop {
            match self.events.recv().await.unwrap() {
                SourceEvent::Signals { signals, .. } => {
                    let found = signals.iter().any(&is_it);
                    self.apply(signals);
                    if found {
                        return;
                    }
                }
                SourceEvent::Up => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn until_listed(&mut self) {
        self.until(|signal| matches!(signal, CallSignal::ChannelListEnd)).await;
    }

    fn lines(&self) -> Vec<String> {
        check_contract(&self.changes);
        lines(&self.changes)
    }

    async fn dial(&self, extension: &str, number: &str) -> oneshot::Receiver<Result<(), DialError>> {
        let (reply, outcome) = oneshot::channel();
        let (extension, number) = (extension.to_owned(), number.to_owned());
        self.requests.send(SourceRequest::Dial { extension, number, reply }).await.unwrap();
        outcome
    }
}

/// The server's side of one connection.
struct Peer<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next command, without its end.
    async fn command(&mut self) -> String {
        let mut command = String::new();
        while !command.ends_with("\n\n") {
            assert_ne!(self.0.read_line(&mut command).await.unwrap(), 0, "the client hung up");
        }
        command.trim_end().to_owned()
    }

    async fn reply(&mut self, text: &str) {
        self.write(format!("Content-Type: command/reply\nReply-Text: {text}\n\n")).await;
    }

    async fn api(&mut self, body: &str) {
        self.write(format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len())).await;
    }

    /// Signs the client in, up to its request for the list of channels.
    async fn sign_in(&mut self) {
        self.write("Content-Type: auth/request\n\n").await;
        assert_eq!(self.command().await, "auth ClueCon");
        self.reply("+OK accepted").await;
        let subscription = self.command().await;
        assert!(subscription.starts_with("event plain CHANNEL_CREATE "), "{subscription}");
        assert!(subscription.ends_with(" CUSTOM callcenter::info"), "{subscription}");
        self.reply("+OK event listener enabled plain").await;
        assert_eq!(self.command().await, "api show channels as json");
    }

    /// Signs the client in; no channel is live.
    async fn sign_in_idle(&mut self) {
        self.sign_in().await;
        self.api("{\"row_count\": 0}").await;
    }

    /// Answers this many questions about channels.
    async fn answer_questions(&mut self, count: usize, answer: impl Fn(&str) -> &'static str) {
        for _ in 0..count {
            let command = self.command().await;
            let question = command.strip_prefix("api uuid_getvar ").unwrap_or_else(|| panic!("{command}"));
            self.api(answer(question)).await;
        }
    }
}

async fn accepted(listener: &TcpListener) -> Peer<TcpStream> {
    Peer::new(listener.accept().await.unwrap().0)
}

/// A call that rings at 203.
fn ringing() -> Vec<u8> {
    let (a, b) = (Leg::inbound("A", "0312345678", "0331112222"), Leg::outbound("B", "203", "A"));
    [a.create(), b.create(), b.progress()].concat()
}

const RINGING: &str = "call1 rings 203: +81312345678 → 0331112222";

const ROWS: &str = r#"{"row_count":2,"rows":[
    {"uuid":"A","direction":"inbound","cid_num":"0312345678","cid_name":"x","dest":"0331112222",
     "initial_dest":"0331112222","callstate":"RINGING","call_uuid":"A"},
    {"uuid":"B","direction":"outbound","cid_num":"0312345678","dest":"203","initial_dest":"203",
     "presence_id":"203@pbx","callstate":"RINGING","call_uuid":"A"}]}"#;

/// A refusal with FreeSWITCH's own reason.
fn refused(reason: &str) -> DialError {
    DialError::Refused(message!("{reason}", "{reason}", reason = reason))
}

fn about_rows(question: &str) -> &'static str {
    if question.ends_with("privacy_hide_number") { "false" } else { "_undef_" }
}

#[tokio::test]
async fn a_call_rings_and_ends_over_tcp() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.up().await;
    bench.until_listed().await;
    peer.write(ringing()).await;
    peer.write(Leg::outbound("B", "203", "A").hangup("ORIGINATOR_CANCEL")).await;
    peer.write(Leg::inbound("A", "0312345678", "0331112222").hangup("ORIGINATOR_CANCEL")).await;
    bench.until(|s| matches!(s, CallSignal::Gone { channel, .. } if channel.as_str() == "A")).await;
    let end = "call1 ended: Abandoned by [] +81312345678 → 0331112222";
    assert_eq!(bench.lines(), [RINGING, "call1 leaves 203: CallerHungUp", end]);
    bench.shutdown.cancel();
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
    bench.up().await;
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

#[tokio::test]
async fn after_a_reconnect_old_calls_do_not_pop_up_again() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.up().await;
    bench.until_listed().await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    peer.write("Content-Type: text/disconnect-notice\nContent-Length: 4\n\nbye\n").await;
    assert!(bench.down_reason().await.contains("closed the connection"));

    // The same call keeps ringing, and its end is observed.
    let mut peer = accepted(&listener).await;
    peer.sign_in().await;
    bench.up().await;
    peer.api(ROWS).await;
    peer.answer_questions(4, about_rows).await;
    bench.until_listed().await;
    assert_eq!(bench.lines(), [RINGING], "nothing pops up again");
    peer.write(Leg::outbound("B", "203", "A").answer()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    assert_eq!(bench.lines(), [RINGING, "call1 answered by 203"]);
}

#[tokio::test]
async fn a_call_that_vanished_with_the_connection_is_closed_as_lost() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.up().await;
    bench.until_listed().await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    drop(peer);
    bench.down_reason().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.up().await;
    bench.until_listed().await;
    let end = "call1 ended: Unknown by [] +81312345678 → 0331112222 uncertain";
    assert_eq!(bench.lines(), [RINGING, "call1 leaves 203: Lost", end]);
}

#[tokio::test]
async fn a_call_that_begins_while_the_list_is_made_is_no_ghost() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in().await;
    bench.up().await;
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
    for (withheld, who) in [("false", "+81312345678"), ("true", "Withheld"), ("_undef_", "Unknown")] {
        let (mut bench, listener) = over_tcp().await;
        let mut peer = accepted(&listener).await;
        peer.sign_in().await;
        bench.up().await;
        peer.api(list.body()).await;
        peer.answer_questions(4, |question| match question.split_once(' ').unwrap().1 {
            "privacy_hide_number" => withheld,
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
async fn a_list_that_is_refused_hides_no_new_call() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in().await;
    bench.up().await;
    peer.api("-ERR show Command not found!\n").await;
    bench.until(|s| matches!(s, CallSignal::ChannelListAborted)).await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    assert_eq!(bench.lines(), [RINGING]);
}

/// Reads the client's `originate`; returns the leg's identity.
async fn ordered<S: AsyncRead + AsyncWrite + Unpin>(peer: &mut Peer<S>) -> String {
    let command = peer.command().await;
    let (originate, leg) = command.split_once("\nJob-UUID: ").unwrap();
    assert_eq!(
        originate,
        format!(
            "bgapi originate {{origination_uuid={leg},chakuden_dialled_number=0312345678,originate_timeout=30}}\
             user/201 0312345678 XML default"
        )
    );
    leg.to_owned()
}

fn job(leg: &str, result: &str) -> Vec<u8> {
    let body = format!(
        "Event-Name: BACKGROUND_JOB\nJob-UUID: {leg}\nJob-Command: originate\nContent-Length: {}\n\n{result}",
        result.len()
    );
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn an_order_to_dial_is_done_when_the_phone_rings_and_refused_with_the_cause() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.up().await;
    bench.until_listed().await;

    let outcome = bench.dial("201", "0312345678").await;
    let leg = ordered(&mut peer).await;
    peer.reply(&format!("+OK Job-UUID: {leg}")).await;
    let l = Leg::outbound(&leg, "201", "").with("Other-Type", "");
    peer.write([l.create(), l.progress()].concat()).await;
    assert_eq!(outcome.await.unwrap(), Ok(()));

    let outcome = bench.dial("201", "0312345678").await;
    let leg = ordered(&mut peer).await;
    peer.reply(&format!("+OK Job-UUID: {leg}")).await;
    peer.write(job(&leg, "-ERR USER_NOT_REGISTERED\n")).await;
    assert_eq!(outcome.await.unwrap(), Err(refused("USER_NOT_REGISTERED")));

    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    peer.reply("-ERR permission denied").await;
    assert_eq!(outcome.await.unwrap(), Err(refused("permission denied")));

    // An injection never reaches FreeSWITCH: the next command is the next valid request.
    let refused = bench.dial("201 &hangup", "0312345678").await.await.unwrap();
    assert!(matches!(refused, Err(DialError::Refused(_))));
    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    drop(peer);
    assert_eq!(outcome.await.unwrap(), Err(DialError::Down), "the connection went before an answer");
    bench.down_reason().await;
}

#[tokio::test]
async fn queues_are_told_who_is_away_and_an_order_to_dial_still_gets_its_own_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = patient(listener.local_addr().unwrap().to_string());
    config.queue_agent = "{extension}@pbx.example".to_owned();
    let mut bench = bench(|out, requests, shutdown| {
        let clock = Arc::new(FixedClock::new(start()));
        tokio::spawn(freeswitch::run(config, clock, out, requests, shutdown));
    });
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.up().await;
    bench.until_listed().await;
    let pause =
        |extension: &str, paused| QueuePause { extension: extension.to_owned(), paused, reason: None };
    let pauses = SourceRequest::Pause(vec![pause("201", true), pause("202", false)]);
    bench.requests.send(pauses).await.unwrap();
    let set = "api callcenter_config agent set status";
    assert_eq!(peer.command().await, format!("{set} 201@pbx.example 'On Break'"));
    assert_eq!(peer.command().await, format!("{set} 202@pbx.example 'Available'"));
    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    peer.api("+OK\n").await;
    peer.api("-ERR Agent not found!\n").await;
    peer.reply("-ERR permission denied").await;
    assert_eq!(outcome.await.unwrap(), Err(refused("permission denied")));
}

#[tokio::test(start_paused = true)]
async fn a_dial_request_without_an_answer_times_out() {
    let (mut bench, mut streams) = in_memory();
    let early = bench.dial("201", "0312345678").await;
    let mut peer = Peer::new(streams.recv().await.unwrap());
    assert_eq!(early.await.unwrap(), Err(DialError::Down), "not signed in yet");
    peer.sign_in_idle().await;
    bench.up().await;
    let outcome = bench.dial("201", "0312345678").await;
    let leg = ordered(&mut peer).await;
    peer.reply(&format!("+OK Job-UUID: {leg}")).await;
    let asked_at = tokio::time::Instant::now();
    assert_eq!(outcome.await.unwrap(), Err(DialError::Timeout));
    assert_eq!(asked_at.elapsed().as_millis(), 10_000, "dial_timeout_ms");
}

#[tokio::test(start_paused = true)]
async fn without_answers_about_a_list_the_caller_is_unknown_until_a_late_answer() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.up().await;
    let asked_at = tokio::time::Instant::now();
    peer.api(ROWS).await;
    bench.until_listed().await;
    assert_eq!(asked_at.elapsed().as_millis(), 3_000, "snapshot_timeout_ms");
    assert_eq!(bench.lines(), ["call1 rings 203: Unknown → 0331112222 uncertain"]);
    peer.answer_questions(
        4,
        |question| {
            if question.ends_with("privacy_hide_number") { "true" } else { "_undef_" }
        },
    )
    .await;
    bench.until(|s| matches!(s, CallSignal::CallerKnown { .. })).await;
    assert_eq!(bench.lines()[1..], ["call1 is from Withheld → 0331112222"]);
}

#[tokio::test(start_paused = true)]
async fn a_missing_list_is_given_up_and_closes_no_call() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.up().await;
    peer.write(ringing()).await;
    bench.until(|s| matches!(s, CallSignal::ChannelListAborted)).await;
    assert_eq!(bench.lines(), [&*format!("{RINGING} uncertain")]);
    // The list arrives after all and is ignored.
    peer.api(ROWS).await;
    peer.write(Leg::outbound("B", "203", "A").answer()).await;
    bench.until(|s| matches!(s, CallSignal::State { .. })).await;
    assert_eq!(bench.lines(), [&*format!("{RINGING} uncertain"), "call1 answered by 203"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_freeswitch_is_pinged_and_then_dropped() {
    let (mut bench, mut streams) = in_memory();
    // A server that never sends its greeting.
    let _mute = streams.recv().await.unwrap();
    assert!(bench.down_reason().await.contains("login_timeout_ms"));
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in_idle().await;
    bench.up().await;
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
    bench.up().await;
    for _ in 0..4 {
        tokio::time::advance(std::time::Duration::from_millis(7_600)).await;
        peer.write(event("HEARTBEAT", &[])).await;
        tokio::task::yield_now().await;
    }
    assert!(bench.down_reason().await.contains("command_timeout_ms"));
}

#[tokio::test(start_paused = true)]
async fn many_questions_are_asked_a_few_at_a_time() {
    let (mut bench, mut streams) = in_memory();
    let mut peer = Peer::new(streams.recv().await.unwrap());
    peer.sign_in().await;
    bench.up().await;
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
    peer.answer_questions(300 - 64, |_| "_undef_").await;
    bench.until_listed().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_retried_and_shutdown_ends_the_client() {
    let (mut bench, streams) = in_memory();
    drop(streams);
    for _ in 0..5 {
        let told = bench.down_reason().await;
        assert!(told.contains("pbx:8021: cannot connect"), "{told}");
    }
    bench.shutdown.cancel();
    while bench.events.recv().await.is_some() {}
}
