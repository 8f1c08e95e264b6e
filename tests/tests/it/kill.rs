//! Programs killed at every stage of their work: what was acknowledged is kept; anything else is complete or absent.

use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use crate::support::{killed_at, kills, sales, sales_rows, store_kib};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use test_support::{Company, Process, add_agent, program};
use tokio_tungstenite::tungstenite::Message;

/// How often each program is killed, unless told otherwise.
const KILLS: u64 = 20;

/// Longer than any of the simulated calls; only a broken bridge takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_killed_import_is_all_or_nothing_and_can_be_repeated() {
    const ROWS: usize = 4_000;
    let company = Company::new();
    let batch_file = |batch: u64| sales(&company, "sales.csv", &format!("B{batch}-"), 0..ROWS);
    company.analytics_ok(&["import", &batch_file(0)]);
    let mut kept = ROWS as u64;
    let kills = kills(KILLS);
    for batch in 1..=kills {
        let file = batch_file(batch);
        let limit = store_kib(&company) * batch / kills;
        let acknowledged = killed_at(limit, &company.analytics(&["import", &file]));
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

#[test]
fn a_killed_long_import_is_known_and_importing_again_finishes_it() {
    const ROWS: usize = 110_000;
    let company = Company::new();
    company.analytics_ok(&["import", &company.file("customers.csv", "customer_code,customer_name\nC1,一\n")]);
    let kills = kills(KILLS).min(4);
    let (mut kept, mut broken_off) = (0, 0);
    for batch in 1..=kills {
        let file = sales(&company, "sales.csv", &format!("B{batch}-"), 0..ROWS);
        // A slice is about 10 MiB of the log.
        let limit = store_kib(&company) + 4_096 * batch;
        let acknowledged = killed_at(limit, &company.analytics(&["import", &file]));
        let (found, complete) = (sales_rows(&company), kept + ROWS as u64);
        let unfinished = company.store().reader().unwrap().unfinished_imports().unwrap();
        assert!(!acknowledged || (found == complete && unfinished.is_empty()), "batch {batch}");
        // Rows are there if and only if the import is noted, or complete.
        assert_eq!(found > kept && found < complete, !unfinished.is_empty(), "batch {batch}: {found}");
        company.verify_cards();
        if !unfinished.is_empty() {
            broken_off += 1;
            let output = company.analytics(&["sync", "--verify"]).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.contains("has not come to its end"), "{said}");
            let settings = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/rank.toml");
            let run = ["rank", "run", "--settings", settings.to_str().unwrap()];
            assert_eq!(company.analytics(&run).output().unwrap().status.code(), Some(75));
        }
        let again = company.analytics_json(&["import", &file]);
        let counts = &again["files"][0];
        assert_eq!((&counts["new"], &counts["unchanged"]), (&json!(complete - found), &json!(found - kept)));
        assert_eq!(company.store().reader().unwrap().unfinished_imports().unwrap(), []);
        kept = complete;
    }
    assert!(broken_off > 0, "no import was broken off in the middle");
    company.analytics_ok(&["sync", "--verify"]);
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

/// Signs in and asks for today's calls after every push, until the bridge says that it has kept another call; reads
/// some `more` frames then. All calls that it said it had kept are added to `kept`.
async fn hear_of_a_call(address: SocketAddr, token: &str, more: u64, kept: &mut BTreeSet<String>) {
    let request = tokio_tungstenite::tungstenite::client::ClientRequestBuilder::new(
        format!("ws://{address}/ws").parse().unwrap(),
    )
    .with_sub_protocol("chakuden.v1");
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = json!({"id": 0, "op": "hello", "token": token}).to_string();
    socket.send(Message::text(hello)).await.unwrap();
    let (before, mut id, mut after) = (kept.len(), 0, 0);
    while after < more || kept.len() == before {
        let message = socket.next().await.expect("the bridge is running").unwrap();
        after += u64::from(kept.len() > before);
        let Ok(frame) = serde_json::from_slice::<Json>(&message.into_data()) else { continue };
        for call in frame["data"]["calls"].as_array().into_iter().flatten() {
            // A live pop-up has its id inside `call`; a stored call has it at the top.
            kept.extend(call["call_id"].as_str().map(str::to_owned));
        }
        if frame["ev"].is_string() || id == 0 {
            id += 1;
            let ask = json!({"id": id, "op": "calls", "limit": 200}).to_string();
            socket.send(Message::text(ask)).await.unwrap();
        }
    }
}

#[test]
fn a_killed_bridge_keeps_every_acknowledged_call() {
    let company = Company::new();
    let [token, ..] = ["201", "202", "203"]
        .map(|extension| add_agent(&company.store(), &format!("A{extension}"), Some(extension), "agent"));
    let mut command = program("cti-bridge");
    command.args(["simulate", "--listen", "127.0.0.1:0", "--user", "test", "--pace-ms", "20"]);
    let (_simulator, pbx) = start(command);
    let pbx = pbx.to_string();

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut acknowledged = BTreeSet::new();
    for kill in 0..kills(KILLS) {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--ami", &pbx, "--ami-user", "test"];
        let (bridge, address) = start(company.bridge(&serve));
        let heard = hear_of_a_call(address, &token, kill % 6, &mut acknowledged);
        let heard = runtime.block_on(async { tokio::time::timeout(PATIENCE, heard).await });
        heard.expect("the bridge keeps a call");
        bridge.kill();
    }
    let start = chrono::DateTime::UNIX_EPOCH;
    let kept = company.store().reader().unwrap().calls_of_agent("A201", start, 100_000).unwrap();
    let kept: HashSet<&str> = kept.iter().map(|call| call.call_id.as_str()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !kept.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    company.verify_cards();
}

#[test]
fn an_agent_whose_token_was_printed_survives_a_kill() {
    let company = Company::new();
    for number in 0..kills(KILLS) {
        let (code, extension) = (format!("K{number}"), format!("{}", 300 + number));
        let arguments =
            ["agent", "add", "--code", &code, "--name", "x", "--extension", &extension, "--role", "agent"];
        // One page of the store's log more each time.
        let acknowledged = killed_at(4 * number, &company.bridge(&arguments));
        let agents = company.store().reader().unwrap().agents().unwrap();
        assert!(!acknowledged || agents.iter().any(|agent| agent.agent_code == code));
    }
}
