//! Sources other than a plain Asterisk, through the whole server: a webhook over HTTP, Asterisk over TLS,
//! and both at once.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::common::work::until;
use crate::common::{Client, Company, company, post, soon};
use cti_bridge::config::Config;
use cti_bridge::server::{Parts, Server};
use cti_bridge::simulator::{CallScript, CallerPresentation, Ending, Simulator, SimulatorOptions};
use cti_bridge::source::ami::{self, AmiConfig};
use cti_bridge::source::webhook::{self, WebhookConfig, sign};
use cti_bridge::source::{Connector, Secret, SourceContext, SourceLink};
use serde_json::{Value, json};
use shared::{Clock, SystemClock};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_util::sync::CancellationToken;

pub(crate) const SECRET: &str = "webhook secret";

/// A server with a webhook called `cloud`, and with whatever other source is given.
async fn server(company: &Company, other: Option<SourceLink>) -> (SocketAddr, CancellationToken) {
    let stopping = CancellationToken::new();
    let config = WebhookConfig { secret: Secret::new(SECRET), ..WebhookConfig::default() };
    let context = SourceContext { clock: Arc::new(SystemClock), stopping: stopping.clone() };
    let mut sources = vec![webhook::start("cloud", config, None, &context)];
    sources.extend(other);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let parts = Parts {
        store: company.store.clone(),
        listener,
        sources,
        clock: Arc::new(SystemClock),
        stopping: stopping.clone(),
    };
    let server = Server::start(parts, &Config::default()).unwrap();
    let address = server.address();
    tokio::spawn(server.wait());
    (address, stopping)
}

/// Posts an event, signed now; returns the status and the body.
pub(crate) async fn event(address: SocketAddr, path: &str, event: Value, secret: &str) -> (u16, String) {
    event_in(address, path, &event.to_string(), secret, "").await
}

/// The same with further headers, and a body that may be wrong.
async fn event_in(address: SocketAddr, path: &str, body: &str, secret: &str, headers: &str) -> (u16, String) {
    let time = SystemClock.now().timestamp().to_string();
    let signature = sign(secret, Some(&time), body.as_bytes());
    let headers = format!("x-chakuden-timestamp: {time}\r\nx-chakuden-signature: {signature}\r\n{headers}");
    let (status, _, body) = soon(post(address, path, &headers, body)).await;
    (status, body)
}

fn ring(event_id: &str, number: &str) -> Value {
    json!({"event_id": event_id, "event": "ringing", "call_id": "42", "caller_number": number,
           "called_number": "0120111111", "extension": "201"})
}

#[tokio::test]
async fn a_signed_cloud_event_pops_up_and_an_unsigned_one_is_refused() {
    let company = company();
    let (address, stopping) = server(&company, None).await;
    let (mut agent, _) = Client::sign_in(address, &company.tokens[0]).await;
    let taken = event(address, "/v1/events/cloud", ring("e1", "03-1234-5678"), SECRET).await;
    assert_eq!(taken, (202, "{\"status\":\"taken\"}".to_owned()));
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(popup["customer"]["customer_code"], "C00017");
    let again = event(address, "/v1/events", ring("e1", "03-1234-5678"), SECRET).await;
    assert_eq!(
        again,
        (202, "{\"status\":\"ignored\",\"reason\":\"repeated\"}".to_owned()),
        "the only sender needs no name"
    );
    for (path, body, secret, status) in [
        ("/v1/events/cloud", ring("e2", "1"), "guessed", 401),
        ("/v1/events/other", ring("e3", "1"), SECRET, 404),
        ("/v1/events/cloud", json!({"event": "ringing"}), SECRET, 400),
    ] {
        assert_eq!(event(address, path, body, secret).await.0, status, "{path}");
    }
    let end = json!({"event_id": "e9", "event": "ended", "call_id": "42"});
    assert_eq!(event(address, "/v1/events/cloud", end, SECRET).await.0, 202);
    assert_eq!(until(&mut agent, "call.dismissed").await["reason"], "caller_hung_up");
    stopping.cancel();
}

#[tokio::test]
async fn an_event_from_a_page_of_another_site_is_refused_although_it_is_signed() {
    let company = company();
    let (address, stopping) = server(&company, None).await;
    let own = format!("origin: http://{address}\r\n");
    for (path, headers, status) in [
        ("/v1/events/cloud", "", 202),
        ("/v1/events/cloud", own.as_str(), 202),
        ("/v1/events/cloud", "origin: https://evil.example\r\n", 403),
        ("/v1/events", "origin: https://evil.example\r\n", 403),
        ("/v1/events/cloud", "sec-fetch-site: cross-site\r\n", 403),
        ("/v1/events/other", "origin: https://evil.example\r\n", 403),
    ] {
        let body = ring(&format!("{path} {headers}"), "03-1234-5678").to_string();
        assert_eq!(event_in(address, path, &body, SECRET, headers).await.0, status, "{path} {headers}");
    }
    stopping.cancel();
}

#[tokio::test]
async fn a_refused_event_is_explained_in_the_senders_language() {
    let company = company();
    let (address, stopping) = server(&company, None).await;
    let long = "x".repeat(65_537);
    for (path, body, secret, status, ja, en) in [
        ("/v1/events/cloud", "{}", "guessed", 401, "署名がない", "the signature is missing"),
        ("/v1/events/other", "{}", SECRET, 404, "Webhook はありません", "there is no webhook"),
        ("/v1/events/cloud", "{", SECRET, 400, "JSON ではありません", "not JSON"),
        ("/v1/events/cloud", "{}", SECRET, 400, "`event` がありません", "`event` is missing"),
        ("/v1/events/cloud", &long, SECRET, 413, "65536 バイトを超えて", "is over 65536 bytes"),
    ] {
        for (language, said) in [("accept-language: ja\r\n", ja), ("accept-language: en\r\n", en), ("", en)] {
            let (answered, answer) = event_in(address, path, body, secret, language).await;
            assert_eq!(answered, status, "{answer}");
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.contains(said), "{message}");
        }
    }
    stopping.cancel();
}

/// An Asterisk that speaks TLS only, with a certificate that signs itself.
async fn encrypted(folder: &std::path::Path, stopping: &CancellationToken) -> (Simulator, AmiConfig) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let ca = folder.join("pbx.pem");
    std::fs::write(&ca, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let simulator = Simulator::new(SimulatorOptions::new("t", Secret::new("s"), Vec::new()), &SystemClock);
    let (attending, stop) = (simulator.clone(), stopping.clone());
    tokio::spawn(async move {
        while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
            let (acceptor, attending) = (acceptor.clone(), attending.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    attending.attend(stream).await;
                }
            });
        }
    });
    let mut config = AmiConfig::new(address, "t", Secret::new("s"));
    config.connector = Some(Connector::new(Some(&ca)).unwrap());
    (simulator, config)
}

#[tokio::test]
async fn an_asterisk_over_tls_and_a_webhook_ring_side_by_side() {
    let company = company();
    // The extension of the second system is another phone until the agent has it too.
    company.store.write(|tx| tx.add_phone("A201", "hq/201")).unwrap();
    let stopping = CancellationToken::new();
    let (simulator, config) = encrypted(company.folder.path(), &stopping).await;
    let context = SourceContext { clock: Arc::new(SystemClock), stopping: stopping.clone() };
    let asterisk = ami::start("hq", config, &context);
    let (address, serving) = server(&company, Some(asterisk)).await;
    let (mut agent, welcome) = Client::sign_in(address, &company.tokens[0]).await;
    assert_eq!(welcome["sources"].as_array().unwrap().len(), 2);
    if welcome["source_up"] == false {
        while until(&mut agent, "source.state").await["up"] == false {}
    }
    let script = CallScript {
        caller_number: "0312345678".to_owned(),
        caller_name: String::new(),
        presentation: CallerPresentation::Allowed,
        did: "0331112222".to_owned(),
        queue: None,
        ring: vec!["201".to_owned()],
        ring_ms: 600_000,
        ending: Ending::Abandon,
    };
    tokio::spawn(async move { simulator.place(&script).await });
    let first = until(&mut agent, "call.ringing").await;
    assert_eq!(event(address, "/v1/events", ring("e1", "090-1234-5678"), SECRET).await.0, 202);
    let second = until(&mut agent, "call.ringing").await;
    let names = [&first, &second].map(|popup| popup["customer"]["customer_name"].clone());
    assert_eq!(
        names,
        [json!("株式会社赤木電機"), json!("髙橋商店")],
        "the second does not replace the first"
    );
    let (_other, welcome) = Client::sign_in(address, &company.tokens[0]).await;
    assert_eq!(welcome["calls"].as_array().unwrap().len(), 2);
    stopping.cancel();
    serving.cancel();
}
