//! Clients that do what no client should: they are answered or closed, and no other client notices.

use crate::common::{AKAGI, Client, Company, Ended, Running, company, soon, start};
use cti_bridge::config::{Config, Limits};
use futures_util::SinkExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

/// A server with short waits and small limits, and a client that must not notice anything.
async fn world(limits: Limits) -> (Company, Running, Client) {
    let company = company();
    let server = start(&company, &Config { limits, ..Config::default() }, None).await;
    let (bystander, _) = Client::sign_in(server.address, &company.tokens[1]).await;
    (company, server, bystander)
}

async fn unaffected(mut bystander: Client, server: Running) {
    let popup = bystander.ask(json!({"op": "lookup", "number": AKAGI})).await.expect("still served");
    assert_eq!(popup["match"], "one");
    assert_eq!(bystander.pushes, Vec::<serde_json::Value>::new());
    server.stop().await;
    assert_eq!(bystander.end().await, Ended::Closed(1000));
}

#[tokio::test]
async fn three_bad_frames_in_a_row_close_with_4400() {
    let (company, server, bystander) = world(Limits::default()).await;
    let deep_array = "[".repeat(20_000);
    let deep_field = format!(r#"{{"id":1,"op":"ping","x":{}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let deep_number = format!(
        r#"{{"id":1,"op":"lookup","number":{}{}}}"#,
        "{\"a\":".repeat(200),
        "1".to_owned() + &"}".repeat(200)
    );
    for bad in [
        "",
        "nonsense",
        "[]",
        "{\"id\":1",
        "{\"op\":\"ping\"}",
        "{\"id\":true,\"op\":\"ping\"}",
        &deep_array,
        &deep_field,
        &deep_number,
    ] {
        let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
        for _ in 0..3 {
            client.send_text(bad).await;
            let answer = client.frame().await.unwrap();
            assert_eq!(
                (&answer["ok"], &answer["error"]["code"]),
                (&json!(false), &json!("bad_request")),
                "{bad:.40}"
            );
        }
        assert_eq!(client.end().await, Ended::Closed(4400), "{bad:.40}");
    }
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn a_good_frame_resets_the_count_of_bad_ones() {
    let (company, server, bystander) = world(Limits::default()).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    for _ in 0..3 {
        for _ in 0..2 {
            client.send_text("{").await;
            assert_eq!(client.frame().await.unwrap()["error"]["code"], "bad_request");
        }
        client.ask(json!({"op": "ping"})).await.unwrap();
    }
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn binary_frames_are_bad_frames() {
    let (company, server, bystander) = world(Limits::default()).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    for _ in 0..3 {
        client.ws.send(Message::binary(vec![0_u8, 159, 146, 150])).await.unwrap();
    }
    assert_eq!(client.end().await, Ended::Closed(4400));
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn a_frame_over_the_limit_is_refused_and_closed_with_1009() {
    let (company, server, bystander) = world(Limits::default()).await;
    for bytes in [64 * 1024 + 1, 1024 * 1024] {
        let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
        client.send_text(&"x".repeat(bytes)).await;
        assert_eq!(client.frame().await.unwrap()["error"]["code"], "too_large", "{bytes}");
        assert_eq!(client.end().await, Ended::Closed(1009), "{bytes}");
    }
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let padding = " ".repeat(64 * 1024 - 20);
    client.send_text(&format!(r#"{{"id":1,"op":"ping"}}{padding}"#)[..64 * 1024]).await;
    assert_eq!(client.frame().await.unwrap()["ok"], true, "at the limit");
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn a_socket_without_hello_closes_with_4408() {
    let limits = Limits { hello_timeout_ms: 50, ..Limits::default() };
    let (_company, server, bystander) = world(limits).await;
    let mut client = Client::connect(server.address).await;
    assert_eq!(client.end().await, Ended::Closed(4408));
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn bytes_that_are_no_websocket_end_only_their_own_connection() {
    let limits = Limits { http_header_timeout_ms: 100, ..Limits::default() };
    let (company, server, bystander) = world(limits).await;
    for garbage in [
        &b"\x00\xff\xfe garbage \r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nhost: x",
        b"GET /ws HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        let mut answer = Vec::new();
        // Answered or closed, never left open.
        let _ = soon(stream.read_to_end(&mut answer)).await;
    }
    // A header that announces more than ever comes, an unmasked frame, a reserved opcode.
    for half in [&b"\x81\xfe"[..], b"\x81\x05hello", b"\x8f\x80\x00\x00\x00\x00"] {
        let (client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
        let mut stream = client.ws.into_inner();
        stream.write_all(half).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let _ = soon(stream.read_to_end(&mut rest)).await;
    }
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn a_slow_reader_loses_only_its_own_socket() {
    let limits = Limits { agent_queue_max: 4, writes_per_agent_per_second: 0, ..Limits::default() };
    let (company, server, bystander) = world(limits).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let mut slow = Client::over(stream, server.address).await;
    slow.ask(json!({"op": "hello", "token": company.tokens[0]})).await.unwrap();
    // Another socket of the same agent makes pushes for both and reads its own, until the slow one is dropped.
    let (mut busy, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let reason = "遅".repeat(100);
    let mut pushes = 0_u64;
    loop {
        for _ in 0..200 {
            busy.ask(json!({"op": "presence", "state": "away", "reason": reason})).await.unwrap();
            pushes += 1;
        }
        busy.pushes.clear();
        if server.get("/metrics").await.contains("reads too slowly") {
            break;
        }
        assert!(pushes < 200_000, "the slow reader is never dropped");
    }
    let mut seen = 0;
    let ended = loop {
        match slow.frame().await {
            Ok(_) => seen += 1,
            Err(ended) => break ended,
        }
    };
    assert!(seen < pushes, "the slow reader saw everything");
    assert!(matches!(ended, Ended::Closed(4429) | Ended::Cut), "{ended:?}");
    // The agent's other sockets continue.
    busy.ask(json!({"op": "ping"})).await.unwrap();
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn an_agent_cannot_take_all_sockets() {
    let limits = Limits { sockets_per_agent_max: 2, sockets_max: 4, ..Limits::default() };
    let (company, server, bystander) = world(limits).await;
    let (_one, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let (_two, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let mut three = Client::connect(server.address).await;
    let hello = json!({"op": "hello", "token": company.tokens[0]});
    assert_eq!(three.ask(hello).await, Err("busy".to_owned()));
    assert_eq!(three.end().await, Ended::Closed(1013));
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn requests_wait_while_answers_are_not_read() {
    let limits = Limits { agent_requests_max: 2, lookups_per_agent_max: 1_000, ..Limits::default() };
    let (company, server, bystander) = world(limits).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    for id in 0..500 {
        let request = json!({"id": id, "op": "lookup", "number": AKAGI}).to_string();
        client.ws.feed(Message::text(request)).await.unwrap();
    }
    client.ws.flush().await.unwrap();
    let mut answers: Vec<u64> = Vec::new();
    while answers.len() < 500 {
        let answer = client.frame().await.unwrap();
        assert_eq!(answer["ok"], true, "nothing is refused, it only waits: {answer}");
        answers.push(answer["re"].as_u64().unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, (0..500).collect::<Vec<_>>());
    unaffected(bystander, server).await;
}

#[tokio::test]
async fn a_head_of_more_than_16_kib_is_refused() {
    let (_company, server, bystander) = world(Limits::default()).await;
    for (filler, status) in [(15 * 1024, "HTTP/1.1 200 "), (17 * 1024, "HTTP/1.1 431 ")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "GET /livez HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nx-filler: {}\r\n\r\n",
            server.address,
            "x".repeat(filler)
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        soon(stream.read_to_end(&mut answer)).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with(status), "{filler}: {answer}");
    }
    unaffected(bystander, server).await;
}
