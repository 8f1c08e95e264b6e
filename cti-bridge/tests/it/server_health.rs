//! `/healthz` knows whether the bridge can write; `/livez` does not care.

use crate::common::{Company, Running, company, http, soon, start};
use crate::server_restarted::Lock;
use cti_bridge::config::Config;
use serde_json::Value;

fn config(more: &str) -> Config {
    let text = format!("[limits]\nstore_check_ms = 1\nstore_retry_ms = 5\nagents_refresh_ms = 20\n{more}");
    Config::parse(&text).unwrap()
}

async fn started(company: &Company, more: &str) -> Running {
    start(company, &config(more), None).await
}

/// Waits until the bridge answers with this status for this reason; returns what it says. On a busy machine a read may
/// take too long, which is a reason of its own.
async fn until(server: &Running, status: u16, reason: impl Fn(&Value) -> bool) -> Value {
    soon(async {
        loop {
            let (answered, body) = http(server.address, "/healthz", "").await;
            let said: Value = serde_json::from_str(&body).unwrap();
            if answered == status && reason(&said) {
                return said;
            }
        }
    })
    .await
}

/// Nothing was written for two seconds.
fn is_old(said: &Value) -> bool {
    said["store_write_age_seconds"].as_u64().is_some_and(|age| age >= 2)
}

/// The value of a metric.
async fn metric(server: &Running, name: &str) -> u64 {
    let text = server.get("/metrics").await;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("chakuden_{name} ")));
    line.unwrap_or_else(|| panic!("{name} is missing")).parse().unwrap()
}

#[tokio::test]
async fn a_bridge_that_cannot_write_is_not_ready_but_alive_and_recovers() {
    let company = company();
    let server = started(&company, "store_write_age_max_seconds = 2\n").await;
    let ready = until(&server, 200, |said| said["writes_waiting"] == 0).await;
    let both = (&ready["store_readable"], &ready["store_writable"]);
    assert_eq!(both, (&Value::Bool(true), &Value::Bool(true)));
    assert!(ready["disk_free_bytes"].as_u64().is_some_and(|free| free > 0), "{ready}");
    let lock = Lock::take(&company);
    let failing = until(&server, 503, is_old).await;
    assert_eq!(failing["store"], "failing");
    assert!(metric(&server, "store_write_age_seconds").await >= 2);
    assert_eq!(http(server.address, "/livez", "").await.0, 200);
    soon(async { while metric(&server, "store_writable").await == 1 {} }).await;
    drop(lock);
    until(&server, 200, |_| true).await;
    soon(async { while metric(&server, "store_writable").await == 0 {} }).await;
    assert!(metric(&server, "disk_free_bytes").await > 0);
    server.stop().await;
}

#[tokio::test]
async fn a_bridge_without_room_beside_its_store_is_not_ready() {
    let company = company();
    let server = started(&company, "disk_free_min_mib = 1073741824\n").await;
    let failing = until(&server, 503, |said| said["store_readable"] == true).await;
    assert_eq!(failing["store_writable"], true, "it writes as long as it can");
    server.stop().await;
}
