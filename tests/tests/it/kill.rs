//! `kill -9` at random moments: what was acknowledged is kept; anything else is complete or absent.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use crate::support::{killed_after, kills, sales, sales_rows};
use futures_util::{SinkExt, StreamExt};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value as Json, json};
use test_support::{Company, Process, add_agent, program};
use tokio_tungstenite::tungstenite::Message;

/// How often each program is killed, unless told otherwise.
const KILLS: usize = 20;

#[test]
fn an_import_that_is_killed_is_in_whole_or_not_at_all_and_can_be_repeated() {
    const ROWS: usize = 4_000;
    let company = Company::new();
    let mut random = StdRng::seed_from_u64(7);
    let started = std::time::Instant::now();
    let batch_file = |batch: usize| sales(&company, "sales.csv", &format!("B{batch}-"), 0..ROWS);
    company.analytics_ok(&["import", &batch_file(0)]);
    let whole = started.elapsed();
    let mut kept = ROWS as u64;
    for batch in 1..=kills(KILLS) {
        let file = batch_file(batch);
        let moment = whole.mul_f64(random.random_range(0.0..1.2));
        let acknowledged = killed_after(moment, company.analytics(&["import", &file]));
        let found = sales_rows(&company);
        let complete = kept + ROWS as u64;
        assert!(
            found == complete || (!acknowledged && found == kept),
            "batch {batch}: {found} rows after {kept}"
        );
        if found != complete {
            let again = company.analytics_json(&["import", &file]);
            assert_eq!(again["files"][0]["new"], ROWS);
        }
        kept = complete;
    }
    company.verify_cards();
}

/// A program that listens, with the secret of the simulated PBX.
fn start(mut command: Command) -> (Process, SocketAddr) {
    let process = Process::start({
        command.env("CHAKUDEN_AMI_SECRET", "secret");
        command
    });
    let address = process.listening();
    (process, address)
}

/// Signs in and asks for today's calls after every push until the time is up; returns the ids of the calls that the
/// bridge said it had kept.
async fn calls_that_were_shown(address: SocketAddr, token: &str, time: Duration) -> Vec<String> {
    let mut kept = Vec::new();
    let listen = async {
        let request = tokio_tungstenite::tungstenite::client::ClientRequestBuilder::new(
            format!("ws://{address}/ws").parse().unwrap(),
        )
        .with_sub_protocol("chakuden.v1");
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let hello = json!({"id": 0, "op": "hello", "token": token}).to_string();
        socket.send(Message::text(hello)).await.unwrap();
        let mut id = 0;
        while let Some(Ok(message)) = socket.next().await {
            let Ok(text) = message.to_text() else { continue };
            let Ok(frame) = serde_json::from_str::<Json>(text) else { continue };
            for call in frame["data"]["calls"].as_array().into_iter().flatten() {
                // A live pop-up has its id inside `call`; a stored call has it at the top.
                kept.extend(call["call_id"].as_str().map(str::to_owned));
            }
            if frame["ev"].is_string() || id == 0 {
                id += 1;
                let ask = json!({"id": id, "op": "calls", "limit": 200}).to_string();
                if socket.send(Message::text(ask)).await.is_err() {
                    break;
                }
            }
        }
    };
    // The bridge is killed when the time is up, whatever it is doing.
    let _ = tokio::time::timeout(time, listen).await;
    kept
}

#[test]
fn a_bridge_that_is_killed_keeps_every_call_that_it_showed_as_kept() {
    let company = Company::new();
    let [token, ..] = ["201", "202", "203"]
        .map(|extension| add_agent(&company.store(), &format!("A{extension}"), Some(extension), "agent"));
    let mut command = program("cti-bridge");
    command.args(["simulate", "--listen", "127.0.0.1:0", "--user", "test", "--pace-ms", "20"]);
    let (_simulator, pbx) = start(command);
    let pbx = pbx.to_string();

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut random = StdRng::seed_from_u64(13);
    let mut acknowledged: Vec<String> = Vec::new();
    for _ in 0..kills(KILLS) {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--ami", &pbx, "--ami-user", "test"];
        let (bridge, address) = start(company.bridge(&serve));
        let time = Duration::from_millis(random.random_range(20..400));
        acknowledged.extend(runtime.block_on(calls_that_were_shown(address, &token, time)));
        bridge.kill();
    }
    acknowledged.sort();
    acknowledged.dedup();
    assert!(acknowledged.len() > 10, "too few calls to prove anything: {}", acknowledged.len());
    let start = chrono::DateTime::UNIX_EPOCH;
    let kept = company.store().reader().unwrap().calls_of_agent("A201", start, 100_000).unwrap();
    let kept: std::collections::HashSet<&str> = kept.iter().map(|call| call.call_id.as_str()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !kept.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    company.verify_cards();
}

#[test]
fn an_agent_whose_token_was_printed_exists_after_a_kill() {
    let company = Company::new();
    let mut random = StdRng::seed_from_u64(17);
    for number in 0..kills(KILLS) {
        let (code, extension) = (format!("K{number}"), format!("{}", 300 + number));
        let arguments =
            ["agent", "add", "--code", &code, "--name", "x", "--extension", &extension, "--role", "agent"];
        let moment = Duration::from_micros(random.random_range(0..30_000));
        let acknowledged = killed_after(moment, company.bridge(&arguments));
        let agents = company.store().reader().unwrap().agents().unwrap();
        assert!(!acknowledged || agents.iter().any(|agent| agent.agent_code == code));
    }
}
