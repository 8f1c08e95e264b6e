//! No log line contains personal data.

use std::sync::Arc;

use crate::common::log::Log;
use crate::common::{AKAGI, Client, MEMO, company, soon, start};
use cti_bridge::config::Config;
use cti_bridge::simulator::{CallScript, CallerPresentation, Ending, Simulator, SimulatorOptions};
use cti_bridge::source::ami::{self, AmiConfig};
use cti_bridge::source::{Secret, SourceContext};
use serde_json::json;
use shared::SystemClock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_whole_call_leaves_nothing_personal_in_the_log() {
    let log = Log::start();

    let company = company();
    let stopping = CancellationToken::new();
    let telephone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = telephone.local_addr().expect("an address").to_string();
    let simulator =
        Simulator::new(SimulatorOptions::new("t", Secret::new("the-ami-secret"), Vec::new()), &SystemClock);
    let (serving, stop) = (simulator.clone(), stopping.clone());
    tokio::spawn(async move { serving.run(telephone, stop).await });
    let asterisk = AmiConfig::new(address, "t", Secret::new("the-ami-secret"));
    let context = SourceContext { clock: Arc::new(SystemClock), stopping: stopping.clone() };
    let source = ami::start("pbx", asterisk, &context);
    let server = start(&company, &Config::default(), Some(source.events)).await;
    let token = &company.tokens[0];
    let (mut client, data) = Client::sign_in(server.address, token).await;
    if data["source_up"] == json!(false) {
        client.push("source.state").await;
    }
    let script = CallScript {
        caller_number: AKAGI.replace('-', ""),
        caller_name: String::new(),
        presentation: CallerPresentation::Allowed,
        did: "0120111111".to_owned(),
        queue: Some("support".to_owned()),
        ring: vec!["201".to_owned()],
        ring_ms: 10,
        ending: Ending::Answer { by: "201".to_owned(), talk_ms: 10, hold_ms: None },
    };
    soon(simulator.place(&script)).await;
    for kind in ["call.ringing", "call.answered", "call.ended"] {
        client.push(kind).await;
    }
    // Requests, valid or not, are not logged either.
    for request in [
        json!({"op": "lookup", "number": AKAGI}),
        json!({"op": "lookup", "number": "090-0000"}),
        json!({"op": "search", "q": "赤木"}),
        json!({"op": "hello", "token": token}),
    ] {
        let _ = client.ask(request).await;
    }
    let mut stranger = Client::connect(server.address).await;
    let _ = stranger.ask(json!({"op": "hello", "token": "guessed-token"})).await;
    stopping.cancel();
    server.stop().await;

    let log = log.text();
    assert!(
        log.contains("ringing") && log.contains("\"extension\":\"201\""),
        "the call is in the log:\n{log}"
    );
    for secret in ["312345678", "1234-5678", "赤木", MEMO, token, "guessed-token", "the-ami-secret"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
