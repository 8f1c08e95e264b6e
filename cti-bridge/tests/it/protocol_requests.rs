//! The protocol's requests, over real sockets.

use crate::common::{AKAGI, Client, Ended, LEAD_NUMBER, MEMO, SHARED_NUMBER, company, http, start};
use cti_bridge::config::Config;
use serde_json::{Value, json};

#[tokio::test]
async fn hello_names_the_agent_and_the_stream() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let (_client, data) = Client::sign_in(server.address, &company.tokens[0]).await;
    let agent = json!({"agent_code": "A201", "agent_name": "Agent 201", "extension": "201", "role": "agent"});
    assert_eq!(data["agent"], agent);
    assert_eq!(data["seq"], 0);
    assert_eq!(data["resumed"], false);
    assert_eq!(data["presence"], "ready");
    assert_eq!(data["calls"], json!([]));
    assert_eq!(data["epoch"].as_str().map(str::len), Some(16));
    server.stop().await;
}

#[tokio::test]
async fn a_lookup_answers_one_many_none_or_a_lead() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;

    let one = client.ask(json!({"op": "lookup", "number": "０３（１２３４）５６７８"})).await.unwrap();
    assert_eq!(one["call"], Value::Null);
    assert_eq!(one["match"], "one");
    assert_eq!(one["candidates"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["customer"]["customer_code"], "C00017");
    assert_eq!(one["matched_contact"]["person_name"], "担当");
    assert_eq!(one["memo"], MEMO);

    let many = client.ask(json!({"op": "lookup", "number": SHARED_NUMBER})).await.unwrap();
    assert_eq!(many["match"], "many");
    assert_eq!(many["candidates"].as_array().map(Vec::len), Some(2));
    assert_eq!(many["customer"], Value::Null);

    let none = client.ask(json!({"op": "lookup", "number": "03-9999-9999"})).await.unwrap();
    assert_eq!((&none["match"], &none["candidates"]), (&json!("none"), &json!([])));

    let lead = client.ask(json!({"op": "lookup", "number": LEAD_NUMBER})).await.unwrap();
    assert_eq!(lead["match"], "one");
    assert_eq!(lead["candidates"][0]["kind"], "lead");
    assert_eq!(lead["customer"], Value::Null);

    let by_code = client.ask(json!({"op": "lookup", "customer_code": "C00018"})).await.unwrap();
    assert_eq!(by_code["candidates"][0]["customer_name"], "髙橋商店");
    assert_eq!(by_code["customer"]["customer_name"], "髙橋商店");
    server.stop().await;
}

#[tokio::test]
async fn every_pop_up_has_the_same_fields() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let fields = |popup: &Value| {
        let mut names: Vec<String> = popup.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let one = client.ask(json!({"op": "lookup", "number": AKAGI})).await.unwrap();
    let none = client.ask(json!({"op": "lookup", "number": "03-9999-9999"})).await.unwrap();
    assert_eq!(fields(&one), fields(&none));
    assert_eq!(fields(&one["open"]), fields(&none["open"]));
    server.stop().await;
}

#[tokio::test]
async fn search_history_calls_and_ping_answer() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let found = client.ask(json!({"op": "search", "q": "浜田", "limit": 50})).await.unwrap();
    assert_eq!(found["customers"].as_array().map(Vec::len), Some(2));
    let history = client.ask(json!({"op": "history", "customer_code": "C00017"})).await.unwrap();
    assert_eq!(history, json!({"entries": [], "more": false}));
    let calls = client.ask(json!({"op": "calls"})).await.unwrap();
    assert_eq!(calls, json!({"calls": []}));
    let pong = client.ask(json!({"op": "ping"})).await.unwrap();
    assert!(pong["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(client.ask(json!({"op": "call.shown", "call_id": "c-0000000000000000"})).await, Ok(json!({})));
    assert_eq!(client.ask(json!({"op": "ack", "seq": 0})).await, Ok(json!({})));
    server.stop().await;
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let mut stranger = Client::connect(server.address).await;
    assert_eq!(stranger.ask(json!({"op": "ping"})).await, Err("hello_required".to_owned()));
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    for (request, code) in [
        (json!({"op": "lookup", "number": "12"}), "invalid_number"),
        (json!({"op": "lookup", "customer_code": "nobody"}), "not_found"),
        (json!({"op": "lookup"}), "bad_request"),
        (json!({"op": "lookup", "number": AKAGI, "customer_code": "C00017"}), "bad_request"),
        (json!({"op": "lookup", "number": 312_345_678}), "bad_request"),
        (json!({"op": "search", "q": " "}), "bad_request"),
        (json!({"op": "search", "q": "a", "limit": 51}), "bad_request"),
        (json!({"op": "history", "customer_code": "C00017", "before": "yesterday"}), "bad_request"),
        (json!({"op": "calls", "limit": 0}), "bad_request"),
        (json!({"op": "presence", "state": "asleep"}), "bad_request"),
        (json!({"op": "dance"}), "unknown_op"),
        (json!({"op": "hello", "token": company.tokens[0]}), "bad_request"),
    ] {
        assert_eq!(client.ask(request.clone()).await, Err(code.to_owned()), "{request}");
    }
    assert_eq!(client.ask(json!({"op": "ping"})).await.map(|_| ()), Ok(()), "still served");
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_or_revoked_token_closes_with_4401() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let mut client = Client::connect(server.address).await;
    assert_eq!(client.ask(json!({"op": "hello", "token": "guess"})).await, Err("unauthorized".to_owned()));
    assert_eq!(client.end().await, Ended::Closed(4401));
    // Revoked while connected: noticed without a new hello.
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let now = shared::Clock::now(&shared::SystemClock);
    assert!(company.store.write(|tx| tx.revoke_agent("A201", now)).unwrap());
    assert_eq!(client.end().await, Ended::Closed(4401));
    server.stop().await;
}

#[tokio::test]
async fn presence_reaches_every_socket_of_the_agent_with_the_same_number() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let (mut one, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let (mut two, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let away = json!({"op": "presence", "state": "away", "reason": "昼食 \"12:00\""});
    assert_eq!(one.ask(away).await.unwrap(), json!({"presence": "away"}));
    let (a, b) = (one.push("presence.changed").await, two.push("presence.changed").await);
    assert_eq!(a, b);
    assert_eq!(a["seq"], 1);
    assert_eq!((&a["data"]["presence"], &a["data"]["reason"]), (&json!("away"), &json!("昼食 \"12:00\"")));
    let (_three, data) = Client::sign_in(server.address, &company.tokens[0]).await;
    assert_eq!((&data["presence"], &data["seq"]), (&json!("away"), &json!(1)));
    server.stop().await;
}

#[tokio::test]
async fn a_client_resumes_where_it_stopped() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let (mut first, data) = Client::sign_in(server.address, &company.tokens[0]).await;
    for state in ["away", "ready", "away"] {
        first.ask(json!({"op": "presence", "state": state})).await.unwrap();
    }
    drop(first);
    let resume = |epoch: &Value, seq: u64| json!({"op": "hello", "token": company.tokens[0], "resume": {"epoch": epoch, "seq": seq}});
    let mut again = Client::connect(server.address).await;
    let answer = again.ask(resume(&data["epoch"], 1)).await.unwrap();
    assert_eq!((&answer["resumed"], &answer["seq"]), (&json!(true), &json!(3)));
    assert_eq!(again.push("presence.changed").await["seq"], 2);
    assert_eq!(again.push("presence.changed").await["seq"], 3);
    // Another epoch, or a number that was never reached: the snapshot is all there is.
    for (epoch, seq) in [(json!("0000000000000000"), 1), (data["epoch"].clone(), 99)] {
        let mut other = Client::connect(server.address).await;
        assert_eq!(other.ask(resume(&epoch, seq)).await.unwrap()["resumed"], false);
    }
    server.stop().await;
}

#[tokio::test]
async fn lookups_work_over_http() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let auth = format!("authorization: Bearer {}\r\n", company.tokens[0]);
    let path = "/v1/customers/lookup";
    let (status, body) = http(server.address, &format!("{path}?number=%2B81312345678"), &auth).await;
    let popup: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &popup["customer"]["customer_code"]), (200, &json!("C00017")));
    for (query, headers, status, code) in [
        ("?number=1", auth.as_str(), 400, "invalid_number"),
        ("", auth.as_str(), 400, "bad_request"),
        ("?customer_code=nobody", auth.as_str(), 404, "not_found"),
        ("?customer_code=C00017", "", 401, "unauthorized"),
        ("?customer_code=C00017", "authorization: Bearer guess\r\n", 401, "unauthorized"),
    ] {
        let (got, body) = http(server.address, &format!("{path}{query}"), headers).await;
        let error: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((got, error["error"]["code"].as_str()), (status, Some(code)), "{query}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_page_health_and_metrics_are_served_safely() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let host = server.address;
    let page = crate::common::http_raw(
        host,
        &format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
    )
    .await;
    let page = page.to_ascii_lowercase();
    for header in
        ["frame-ancestors 'none'", "x-content-type-options: nosniff", "etag: ", "text/html", "no-cache"]
    {
        assert!(page.contains(header), "{header}");
    }
    let health: Value = serde_json::from_str(&server.get("/healthz").await).unwrap();
    assert_eq!(
        (&health["status"], &health["source"], &health["store"]),
        (&json!("ok"), &json!("none"), &json!("ok"))
    );
    assert_eq!(http(host, "/livez", "").await, (200, "{\"status\":\"ok\"}".to_owned()));
    assert!(server.get("/metrics").await.contains("chakuden_lookup_seconds_bucket"));
    assert_eq!(http(host, "/nothing.js", "").await.0, 404);
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_is_no_websocket_is_refused_in_the_clients_language() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let upgrade = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n";
    let key = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (headers, status, ja, en) in [
        (String::new(), 426, "WebSocket だけを使えます", "speaks WebSocket"),
        (upgrade.replace("13", "8"), 426, "バージョンは 13 だけ", "version 13"),
        (upgrade.to_owned(), 400, "sec-websocket-key がありません", "sec-websocket-key is missing"),
        (format!("{upgrade}{key}origin: https://evil.example\r\n"), 403, "許可されていません", "not allowed"),
        (format!("{upgrade}{key}sec-websocket-protocol: x\r\n"), 400, "chakuden.v1 だけ", "chakuden.v1"),
    ] {
        for (language, said) in [("accept-language: ja\r\n", ja), ("", en)] {
            let (answered, body) = http(server.address, "/ws", &format!("{headers}{language}")).await;
            assert_eq!(answered, status, "{body}");
            assert!(body.contains(said), "{body}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_of_other_sites_may_not_connect() {
    let company = company();
    let config = Config { allowed_origins: vec!["https://crm.example.com".to_owned()], ..Config::default() };
    let server = start(&company, &config, None).await;
    let host = server.address;
    let own = format!("http://{host}");
    for (origin, status) in
        [("https://evil.example.com", 403), ("null", 403), ("https://crm.example.com", 101), (&own, 101)]
    {
        let head = format!(
            "GET /ws HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        crate::common::soon(stream.read_exact(&mut answer)).await.unwrap();
        assert_eq!(&answer, format!("HTTP/1.1 {status}").as_bytes(), "{origin}");
    }
    server.stop().await;
}
