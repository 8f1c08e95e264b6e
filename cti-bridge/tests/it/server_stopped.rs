//! A stop or a kill while another program holds the store loses no call that has ended.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::common::work::{id_of, until};
use crate::common::{AKAGI, Client, Company, company, soon};
use crate::server_restarted::{Lock, serve};
use crate::server_sources::{SECRET, event};
use serde_json::json;

/// Calls that end while the store is held.
const CALLS: usize = 5;

/// Longer than the last writes may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn journal(company: &Company) -> PathBuf {
    let mut path = company.path().into_os_string();
    path.push("-unwritten.jsonl");
    path.into()
}

/// The agent takes this many calls to their end, with after-call work; returns their ids.
async fn calls(address: SocketAddr, agent: &mut Client) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..CALLS {
        for (step, kind) in ["ringing", "answered", "ended"].into_iter().enumerate() {
            let body = json!({"event_id": format!("e-{n}-{step}"), "event": kind, "call_id": n.to_string(),
                "caller_number": AKAGI, "called_number": "0120111111", "extension": "201"});
            assert_eq!(event(address, "/v1/events/cloud", body, SECRET).await.0, 202);
            if kind == "ringing" {
                ids.push(id_of(&until(agent, "call.ringing").await).as_str().unwrap().to_owned());
            }
        }
        until(agent, "call.ended").await;
        // The answer comes when after-call work has ended.
        agent.ask(json!({"op": "presence", "state": "ready"})).await.unwrap();
    }
    ids
}

/// Calls and after-call work in the journal; what agents set is there too.
fn lines(company: &Company) -> usize {
    let text = std::fs::read_to_string(journal(company)).unwrap_or_default();
    text.lines().filter(|line| !line.starts_with("{\"presence\"")).count()
}

/// A new start has every call and its after-call work in the store before it serves, and the journal is gone.
fn everything_is_taken_in(company: &Company, ids: &[String]) {
    let serving = serve(company);
    serving.listening();
    let mut reader = company.store.reader().unwrap();
    for id in ids {
        let call = reader.call(id).unwrap().unwrap_or_else(|| panic!("{id} is lost"));
        assert!(
            call.ended_at.is_some() && call.answered_at.is_some() && call.acw_seconds.is_some(),
            "{call:?}"
        );
        assert_eq!(call.customer_code.as_deref(), Some("C00017"));
    }
    assert!(!journal(company).exists());
    serving.kill();
}

#[tokio::test]
async fn calls_that_ended_while_the_store_was_held_survive_a_stop() {
    let company = company();
    let mut serving = serve(&company);
    let address = serving.listening();
    let (mut agent, _) = Client::sign_in(address, &company.tokens[0]).await;
    let lock = Lock::take(&company);
    let ids = calls(address, &mut agent).await;
    serving.signal("-TERM");
    assert!(serving.ended_within(PATIENCE).is_some_and(|status| status.success()));
    assert_eq!(lines(&company), 2 * CALLS, "each call, and its after-call work");
    let mode = std::fs::metadata(journal(&company)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds numbers");
    drop(lock);
    everything_is_taken_in(&company, &ids);
}

#[tokio::test]
async fn calls_that_ended_while_the_store_was_held_survive_a_kill() {
    let company = company();
    let serving = serve(&company);
    let address = serving.listening();
    let (mut agent, _) = Client::sign_in(address, &company.tokens[0]).await;
    let lock = Lock::take(&company);
    let ids = calls(address, &mut agent).await;
    soon(async {
        while lines(&company) < 2 * CALLS {
            tokio::task::yield_now().await;
        }
    })
    .await;
    serving.kill();
    drop(lock);
    everything_is_taken_in(&company, &ids);
    // Taken in again, nothing changes: the bridge may be killed between the write and the end of the journal.
    let taken = company.store.reader().unwrap().call(&ids[0]).unwrap();
    let line = format!("{{\"call\":{}}}\n", serde_json::to_string(&taken).unwrap());
    std::fs::write(journal(&company), line).unwrap();
    everything_is_taken_in(&company, &ids);
    assert_eq!(company.store.reader().unwrap().call(&ids[0]).unwrap(), taken);
}
