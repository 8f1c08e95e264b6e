//! Attacks on the bridge's memory and places by clients that have not signed in, over real connections.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;

use crate::common::{Client, Ended, Running, company, http, soon, start};
use cti_bridge::config::{Config, Limits};
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// More than the kernel keeps of a connection that nobody reads, in both directions.
const KEPT_MAX: usize = 64 << 20;

fn with(limits: Limits) -> Config {
    Config { limits, ..Config::default() }
}

/// A connection that takes in little.
async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    socket.connect(address).await.unwrap()
}

/// Writes the same bytes again and again until the bridge ends the connection.
async fn flood(stream: &mut TcpStream, bytes: &[u8]) {
    let block = bytes.repeat(64 * 1024 / bytes.len() + 1);
    let mut written = 0;
    while soon(stream.write_all(&block)).await.is_ok() {
        written += block.len();
        assert!(written < KEPT_MAX, "the bridge takes in everything although nobody reads its answers");
    }
}

/// Opens a socket as the client of a proxy.
async fn forwarded(address: SocketAddr, client: &str) -> Client {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", client.parse().unwrap());
    let stream = TcpStream::connect(address).await.unwrap();
    Client::of(soon(tokio_tungstenite::client_async(request, stream)).await.unwrap().0)
}

async fn counted(server: &Running, line: &str) {
    soon(async {
        while !server.get("/metrics").await.lines().any(|known| known.starts_with(line)) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn pongs_to_a_client_that_never_reads_are_not_kept() {
    let company = company();
    let limits = Limits { write_timeout_ms: 100, hello_timeout_ms: 3_600_000, ..Limits::default() };
    let server = start(&company, &with(limits), None).await;
    let ping = [&[0x89, 0x80 + 125, 0, 0, 0, 0][..], &[7; 125]].concat();
    let mut before = Client::over(narrow(server.address).await, server.address).await;
    let mut after = Client::over(narrow(server.address).await, server.address).await;
    after.ask(json!({"op": "hello", "token": company.tokens[0]})).await.unwrap();
    for client in [&mut before, &mut after] {
        flood(client.ws.get_mut(), &ping).await;
    }
    counted(&server, "chakuden_sockets_dropped_total{kind=\"reads too slowly; reconnect and resume\"} 2")
        .await;
    // Pings of a client that reads are answered as before.
    let (mut other, _) = Client::sign_in(server.address, &company.tokens[1]).await;
    futures_util::SinkExt::send(&mut other.ws, Message::Ping(vec![1, 2, 3].into())).await.unwrap();
    let pong = soon(other.ws.next()).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong(vec![1, 2, 3].into()));
    server.stop().await;
}

#[tokio::test]
async fn answers_to_a_client_that_never_reads_are_not_kept() {
    let company = company();
    let server = start(&company, &with(Limits { write_timeout_ms: 100, ..Limits::default() }), None).await;
    for path in ["/", "/metrics", "/nothing"] {
        let mut stream = narrow(server.address).await;
        flood(&mut stream, format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address).as_bytes())
            .await;
    }
    counted(&server, "chakuden_connections_refused_total{kind=\"write_timeout_ms\"} 3").await;
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let company = company();
    let server = start(&company, &with(Limits { http_body_timeout_ms: 50, ..Limits::default() }), None).await;
    for sent in ["", "{", "{\"agent_code\": \"A201\", \"pass"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = "POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n";
        stream.write_all(format!("{head}{sent}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        soon(stream.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("too long to arrive"), "{answer}");
    }
    counted(&server, "chakuden_connections_refused_total{kind=\"http_body_timeout_ms\"} 3").await;
    server.stop().await;
}

/// A connection from this machine, as another address of it: of 127.0.0.0/8 all are.
async fn connect_from(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

/// Whether the bridge has closed the connection without an answer.
async fn is_closed(mut stream: TcpStream) -> bool {
    let sent = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let mut answer = String::new();
    let read = soon(stream.read_to_string(&mut answer)).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 200"), "{answer}");
    sent.is_err() || read.is_err() || answer.is_empty()
}

#[tokio::test]
async fn unfinished_requests_of_one_address_leave_the_others_their_places() {
    let company = company();
    let limits = Limits {
        connections_max: 64,
        sockets_max: 16,
        connections_per_address_max: 8,
        http_body_timeout_ms: 3_600_000,
        ..Limits::default()
    };
    let server = start(&company, &with(limits), None).await;
    let mut attack = Vec::new();
    for _ in 0..200 {
        let mut stream = connect_from("127.0.0.2", server.address).await;
        let head = "POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n";
        // Beyond its share the connection is closed at once.
        let _ = stream.write_all(head.as_bytes()).await;
        attack.push(stream);
    }
    assert!(is_closed(connect_from("127.0.0.2", server.address).await).await);
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    assert!(client.ask(json!({"op": "ping"})).await.is_ok());
    counted(&server, "chakuden_connections_refused_total{kind=\"connections_per_address_max\"} 193").await;
    drop(attack);
    soon(async { while is_closed(connect_from("127.0.0.2", server.address).await).await {} }).await;
    server.stop().await;
}

/// Asks for a WebSocket: the status.
async fn upgrade(stream: &mut TcpStream, headers: &str) -> String {
    let request = format!(
        "GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(stream.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()[9..12].to_owned()
}

#[tokio::test]
async fn sockets_without_hello_leave_the_agents_their_places() {
    let company = company();
    let limits = Limits {
        sockets_max: 2,
        sockets_waiting_per_address_max: 4,
        hello_timeout_ms: 3_600_000,
        ..Limits::default()
    };
    let server = start(&company, &with(limits), None).await;
    let mut attack = Vec::new();
    for n in 0..10 {
        let mut stream = connect_from("127.0.0.2", server.address).await;
        let expected = if n < 4 { "101" } else { "429" };
        assert_eq!(upgrade(&mut stream, "").await, expected, "{n}");
        attack.push(stream);
    }
    let (mut one, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let (_two, _) = Client::sign_in(server.address, &company.tokens[1]).await;
    assert!(one.ask(json!({"op": "ping"})).await.is_ok());
    // Now the agents' places are taken, by agents.
    let mut third = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(upgrade(&mut third, "").await, "503");
    counted(&server, "chakuden_connections_refused_total{kind=\"sockets_waiting_per_address_max\"} 6").await;
    counted(&server, "chakuden_connections_refused_total{kind=\"sockets_max\"} 1").await;
    server.stop().await;
}

#[tokio::test]
async fn a_socket_that_was_open_when_the_last_place_went_is_told_so() {
    let company = company();
    let server = start(&company, &with(Limits { sockets_max: 1, ..Limits::default() }), None).await;
    let mut late = Client::connect(server.address).await;
    let (_first, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let hello = json!({"op": "hello", "token": company.tokens[1]});
    assert_eq!(late.ask(hello).await, Err("busy".to_owned()));
    assert_eq!(late.end().await, Ended::Closed(1013));
    server.stop().await;
}

#[tokio::test]
async fn agents_of_one_office_do_not_count_against_its_share() {
    let company = company();
    let limits = Limits {
        connections_per_address_max: 2,
        sockets_waiting_per_address_max: 1,
        sockets_per_agent_max: 100,
        ..Limits::default()
    };
    let server = start(&company, &with(limits), None).await;
    let mut office = Vec::new();
    for _ in 0..20 {
        office.push(Client::sign_in(server.address, &company.tokens[0]).await.0);
    }
    assert!(office[0].ask(json!({"op": "ping"})).await.is_ok());
    server.stop().await;
}

#[tokio::test]
async fn a_proxys_clients_have_shares_of_their_own() {
    let company = company();
    let mut config = with(Limits {
        connections_per_address_max: 3,
        sockets_waiting_per_address_max: 2,
        hello_timeout_ms: 3_600_000,
        ..Limits::default()
    });
    config.trusted_proxies = Config::parse("trusted_proxies = [\"127.0.0.1\"]").unwrap().trusted_proxies;
    let server = start(&company, &config, None).await;
    let mut held = Vec::new();
    for (client, status) in [
        ("198.51.100.7", "101"),
        ("198.51.100.7", "101"),
        ("198.51.100.7", "429"),
        ("203.0.113.1, 198.51.100.7", "429"),
        ("203.0.113.9", "101"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        assert_eq!(upgrade(&mut stream, &format!("x-forwarded-for: {client}\r\n")).await, status, "{client}");
        held.push(stream);
    }
    // Two sockets and one request are the whole share.
    let body = "{";
    let attacker = "x-forwarded-for: 198.51.100.7\r\n";
    let mut unfinished = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n{attacker}\r\n{body}"
    );
    unfinished.write_all(head.as_bytes()).await.unwrap();
    soon(async { while http(server.address, "/healthz", attacker).await.0 != 429 {} }).await;
    assert_eq!(http(server.address, "/healthz", "x-forwarded-for: 203.0.113.9\r\n").await.0, 200);
    // A socket whose agent signs in no longer counts.
    for _ in 0..5 {
        let mut client = forwarded(server.address, "192.0.2.1").await;
        client.ask(json!({"op": "hello", "token": company.tokens[0]})).await.unwrap();
        held.push(client.ws.into_inner());
    }
    server.stop().await;
}

#[tokio::test]
async fn requests_that_can_be_read_in_two_ways_are_refused() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    for (request, status) in [
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "200"),
        ("GET /healthz HTTP/1.0\r\n\r\n", "200"),
        ("GET http://x/healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "200"),
        ("GET http://y/healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nhost: x\r\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nhost: y\r\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.0\r\nhost: x\r\nhost: y\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\norigin: a\r\norigin: b\r\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\nhost: x\r\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\nconnection: close\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\n\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\n", "400"),
        ("\nGET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "400"),
        ("POST /v1/sign-out HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx", "400"),
        (
            "POST /v1/sign-out HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "400",
        ),
    ] {
        let answer = crate::common::http_raw(server.address, request).await;
        assert_eq!(answer.get(9..12), Some(status), "{request:?}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_second_request_on_a_connection_is_checked_too() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let second = "GET /healthz HTTP/1.1\nhost: x\r\nconnection: close\r\n\r\n";
    for (first, statuses) in [
        ("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", &["200", "400"][..]),
        ("POST /v1/sign-out HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na\nb", &["401", "400"]),
        // Nothing is read after these.
        ("POST /v1/sign-out HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", &["401"]),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nupgrade: else\r\n\r\n", &["200"]),
    ] {
        let answer = crate::common::http_raw(server.address, &format!("{first}{second}")).await;
        let found: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
        assert_eq!(found, statuses, "{first:?}: {answer}");
    }
    server.stop().await;
}

#[test]
fn too_few_open_files_are_said_at_the_start_in_both_languages() {
    let company = company();
    for (lang, open_files, words) in [
        ("ja", "300", &["300", "2176", "ulimit -n 2176", "LimitNOFILE=2176", "同時に開けるファイル"][..]),
        ("en", "300", &["300", "2176", "ulimit -n 2176", "LimitNOFILE=2176", "may be open at a time"]),
    ] {
        let mut shell = test_support::command("sh");
        let serve =
            format!("ulimit -n {open_files} && exec \"$0\" serve --config \"$1\" --listen 127.0.0.1:0");
        let settings = company.folder.path().join("bridge.toml");
        std::fs::write(&settings, "[limits]\nlookup_threads = 8\n").unwrap();
        shell.args(["-c", &serve, env!("CARGO_BIN_EXE_cti-bridge")]).arg(&settings);
        shell.env("CHAKUDEN_STORE", company.path()).env("CHAKUDEN_LANG", lang).env("CHAKUDEN_LOG", "off");
        let mut child = shell.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines().next().unwrap().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(said.starts_with("cti-bridge: ") && words.iter().all(|word| said.contains(word)), "{said}");
    }
}

#[tokio::test]
async fn a_socket_that_guesses_tokens_is_closed_and_a_refused_one_is_told_when_to_come_back() {
    let company = company();
    let mut config = Config::parse("trusted_proxies = [\"127.0.0.1\"]").unwrap();
    config.sign_in.failures_per_address_max = 1;
    config.limits.sockets_waiting_per_address_max = 1;
    let server = start(&company, &config, None).await;
    for (expected, code) in [("unauthorized", 4401), ("rate_limited", 1013), ("rate_limited", 1013)] {
        let mut client = forwarded(server.address, "203.0.113.9").await;
        let hello = json!({"op": "hello", "token": "wrong"});
        assert_eq!(client.ask(hello).await, Err(expected.to_owned()));
        assert_eq!(client.end().await, Ended::Closed(code));
    }
    let _waiting = forwarded(server.address, "203.0.113.8").await;
    let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", "203.0.113.8".parse().unwrap());
    let stream = TcpStream::connect(server.address).await.unwrap();
    let refused = soon(tokio_tungstenite::client_async(request, stream)).await;
    let Err(tokio_tungstenite::tungstenite::Error::Http(answer)) = refused else { panic!("not refused") };
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    server.stop().await;
}
