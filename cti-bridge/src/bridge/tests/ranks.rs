//! Ranks that change while calls are live.

use super::*;
use crate::bridge::input::LastRun;

/// The run as stored.
fn run(run_id: i64) -> LastRun {
    Some((run_id, "2026-10-31".parse().unwrap()))
}

#[tokio::test]
async fn a_rank_run_is_announced_and_changed_pop_ups_are_pushed_again() {
    let mut desk = Desk::new();
    let call = akagi();
    // A run stored before the start is not news.
    desk.bridge.on_ranks(run(1));
    desk.ring(&call, "201");
    desk.finish_lookup().await;
    assert_eq!(desk.seen(0), ["call.ringing one ringing"]);
    assert_eq!(desk.seen(1), [""; 0]);

    // A run that did not change this customer.
    desk.bridge.on_ranks(run(2));
    desk.finish_refresh().await;
    assert_eq!(
        (desk.seen(0), desk.seen(1)),
        (vec!["rank.updated".to_owned()], vec!["rank.updated".to_owned()])
    );

    put(&desk.store, &dataset::CUSTOMERS, &[("customer_code", "C1"), ("rank", "A")]);
    desk.bridge.on_ranks(run(3));
    desk.finish_refresh().await;
    assert_eq!(desk.seen(0), ["rank.updated", "call.updated one ringing"]);
    assert_eq!(desk.seen(1), ["rank.updated"]);
    // The same run is no news, and who comes now sees the new rank.
    desk.bridge.on_ranks(run(3));
    assert_eq!(desk.seen(0), [""; 0]);
    let snapshot = desk.join("201");
    assert_eq!(snapshot["calls"][0]["customer"]["rank"], "A");
}

#[tokio::test]
async fn a_lookup_during_a_rank_change_is_repeated() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.bridge.on_ranks(None);
    desk.ring(&call, "201");
    // The answer is on its way and may be from before the run.
    let early = desk.found().await;
    put(&desk.store, &dataset::CUSTOMERS, &[("customer_code", "C1"), ("rank", "B")]);
    desk.bridge.on_ranks(run(1));
    desk.bridge.on_found(early);
    desk.finish_refresh().await;
    assert_eq!(desk.seen(0), ["rank.updated", "call.ringing one ringing", "call.updated one ringing"]);
}
