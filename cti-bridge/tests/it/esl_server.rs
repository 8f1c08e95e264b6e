//! Recorded FreeSWITCH calls through the whole server: real bytes in over TCP, real sockets out to the agents.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::common::log::Log;
use crate::common::{Client, Company, Running, company, soon};
use crate::esl_support::recording;
use cti_bridge::config::Config;
use cti_bridge::source::freeswitch::{self, FreeSwitchConfig};
use cti_bridge::source::{Secret, SourceChannels, SourceEvent, Tcp};
use serde_json::Value;
use shared::SystemClock;
use test_support::files_below;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A FreeSWITCH that plays a recording, a server that reads it, and signed-in agents.
struct World {
    company: Company,
    server: Running,
    freeswitch: TcpStream,
    /// The events of the recording that were not played yet, each with its wire headers.
    events: std::vec::IntoIter<Vec<u8>>,
    agents: Vec<Client>,
    source_stops: CancellationToken,
    frames: Vec<Value>,
}

impl World {
    /// Connects everything, with the agents of these extensions.
    async fn of(name: &str, extensions: &[usize]) -> Self {
        let company = company();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (events_tx, events) = mpsc::channel(64);
        let server = crate::common::start(&company, &Config::default(), Some(events)).await;
        let mut agents = Vec::new();
        for extension in extensions {
            let (client, hello) = Client::sign_in(server.address, &company.tokens[extension - 201]).await;
            assert_eq!(hello["source_up"], false);
            agents.push(client);
        }
        let source_stops = CancellationToken::new();
        connect(listener.local_addr().unwrap(), events_tx, &source_stops);
        let freeswitch = signed_in(listener).await;
        let events = events_of(&recording(name)).into_iter();
        let mut world =
            Self { company, server, freeswitch, events, agents, source_stops, frames: Vec::new() };
        for at in 0..extensions.len() {
            assert_eq!(world.push(at, "source.state").await["up"], true);
        }
        world
    }

    /// Plays until this many events of this name have been played.
    async fn play(&mut self, name: &str, mut times: usize) {
        let header = format!("Event-Name: {name}\n");
        while times > 0 {
            let event = self.events.next().unwrap();
            let is_it = event.windows(header.len()).any(|window| window == header.as_bytes());
            times -= usize::from(is_it);
            self.freeswitch.write_all(&event).await.unwrap();
        }
    }

    async fn play_all(&mut self) {
        for event in self.events.by_ref() {
            self.freeswitch.write_all(&event).await.unwrap();
        }
    }

    /// The data of the next push to an agent, which must be of this kind.
    async fn push(&mut self, at: usize, kind: &str) -> Value {
        let frame = self.agents[at].push(kind).await;
        self.frames.push(frame.clone());
        frame["data"].clone()
    }

    async fn stop(self) -> (Company, Vec<Value>) {
        self.source_stops.cancel();
        self.server.stop().await;
        (self.company, self.frames)
    }
}

fn connect(address: SocketAddr, events: mpsc::Sender<SourceEvent>, stops: &CancellationToken) {
    let config = FreeSwitchConfig::new(address.to_string(), Secret::new("ClueCon"));
    let (clock, requests) = (Arc::new(SystemClock), mpsc::channel(1).1);
    let channels = SourceChannels { clock, events, requests, stopping: stops.clone() };
    tokio::spawn(freeswitch::run_over(Tcp, config, channels));
}

/// Signs the client in; no channel is live yet. The client's commands are checked elsewhere.
async fn signed_in(listener: TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let list = "{\"row_count\": 0}";
    let list = format!("Content-Type: api/response\nContent-Length: {}\n\n{list}", list.len());
    for answer in ["Content-Type: auth/request\n\n", "+OK accepted", "+OK enabled", &list] {
        let answer = match answer.strip_prefix("+OK") {
            Some(_) => format!("Content-Type: command/reply\nReply-Text: {answer}\n\n"),
            None => answer.to_owned(),
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
        if answer != list {
            let (mut command, mut byte) = (Vec::new(), [0]);
            while !command.ends_with(b"\n\n") {
                stream.read_exact(&mut byte).await.unwrap();
                command.push(byte[0]);
            }
        }
    }
    stream
}

/// The events of a recording as sent on the wire.
fn events_of(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(2).position(|window| window == b"\n\n").unwrap() + 2;
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let (message, rest) = bytes.split_at(end + length.map_or(0, |length| length.parse().unwrap()));
        if head.contains("text/event-plain") {
            events.push(message.to_vec());
        }
        bytes = rest;
    }
    events
}

#[tokio::test]
async fn a_freeswitch_ring_all_call_shows_on_both_screens_and_stays_on_one() {
    let mut world = World::of("ringall-answered", &[201, 202]).await;
    world.play("CHANNEL_PROGRESS", 2).await;
    for at in [0, 1] {
        let pop_up = world.push(at, "call.ringing").await;
        assert_eq!(pop_up["customer"]["customer_code"], "C00017");
        assert_eq!(pop_up["call"]["queue"], "support@default");
        assert_eq!(pop_up["call"]["called"], "0120111111");
    }
    world.play_all().await;
    world.push(0, "call.answered").await;
    assert_eq!(world.push(0, "call.ended").await["outcome"], "completed");
    assert_eq!(world.push(1, "call.dismissed").await["reason"], "answered_elsewhere");
    world.stop().await;
}

#[tokio::test]
async fn after_a_freeswitch_transfer_the_new_agent_has_the_card() {
    let mut world = World::of("blind-transfer", &[201, 203]).await;
    world.play("CHANNEL_PROGRESS", 1).await;
    let first = world.push(1, "call.ringing").await;
    world.play("CHANNEL_CREATE", 1).await;
    world.push(1, "call.answered").await;
    assert_eq!(world.push(1, "call.dismissed").await["reason"], "transferred");
    world.play("CHANNEL_PROGRESS", 1).await;
    let second = world.push(0, "call.ringing").await;
    assert_eq!(second["call"]["call_id"], first["call"]["call_id"], "it is one call");
    assert_eq!(second["customer"]["customer_code"], "C00017");
    world.play_all().await;
    world.push(0, "call.answered").await;
    world.push(0, "call.ended").await;
    world.stop().await;
}

#[tokio::test]
async fn a_number_withheld_from_freeswitch_is_in_no_frame_no_log_and_no_store() {
    let log = Log::start();

    let mut world = World::of("withheld", &[203]).await;
    world.play("CHANNEL_PROGRESS", 1).await;
    let pop_up = world.push(0, "call.ringing").await;
    assert_eq!(pop_up["call"]["caller"]["kind"], "withheld");
    assert_eq!(pop_up["match"], "unidentified");
    world.play_all().await;
    world.push(0, "call.answered").await;
    world.push(0, "call.ended").await;
    let calls = soon(async {
        loop {
            let calls = world.agents[0].ask(serde_json::json!({"op": "calls"})).await.unwrap();
            if calls["calls"].as_array().is_some_and(|calls| !calls.is_empty()) {
                return calls;
            }
        }
    })
    .await;
    assert_eq!(calls["calls"][0]["caller_kind"], "withheld", "the record is in the store");
    world.frames.push(calls);

    let digits = "98765432";
    let (company, frames) = world.stop().await;
    for frame in frames {
        assert!(!frame.to_string().contains(digits), "{frame}");
    }
    for file in files_below(company.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(digits.len()).any(|window| window == digits.as_bytes());
        assert!(!found, "{}", file.display());
    }
    let lines = log.text();
    assert!(lines.contains("signed in to the PBX") && lines.contains("\"caller\":\"withheld\""));
    assert!(!lines.contains(digits), "{lines}");
}
