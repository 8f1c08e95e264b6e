//! A soak: calls at a steady rate to many agents, some of whom read nothing at all.

use std::time::Duration;

use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::agents::open_all;
use super::child::Serve;
use super::pbx::LoadPbx;
use super::{Board, Load, Resident, Tally, company};

/// How long the last pushes may take after the last call.
const LAST_PUSHES: Duration = Duration::from_secs(20);

/// The result of a soak.
pub(crate) struct Soaked {
    pub(crate) tally: Tally,
    /// The bridge's resident memory: after the sign-ins, then twelve times on the way, then at the end.
    pub(crate) resident: Vec<Resident>,
    /// Sockets of agents who read that did not last.
    pub(crate) broken: u64,
    /// Sockets that the bridge closed: those of agents who read nothing.
    pub(crate) dropped: f64,
    /// Call records that did not reach the store.
    pub(crate) records_lost: f64,
}

/// Runs a soak from an empty company to the last push.
pub(crate) async fn soak(load: Load) -> Soaked {
    let folder = tempfile::tempdir().unwrap();
    let (store, tokens) = company(folder.path(), load.agents);
    let pbx = LoadPbx::start().await;
    let serve = Serve::start(folder.path(), pbx.address, load.agents * 2);
    let (board, stop) = (Board::new(load.calls()), CancellationToken::new());
    let mut pages = open_all(serve.address, &tokens, load, &board, &stop).await;
    let mut resident = vec![serve.resident()];
    let playing = pbx.play(load, &board);
    let mut playing = std::pin::pin!(playing);
    let mut look = interval(load.length / 12);
    look.tick().await;
    loop {
        tokio::select! {
            () = &mut playing => break,
            _ = look.tick() => resident.push(serve.resident()),
        }
    }
    // Missing pushes are counted, not waited for without end.
    let complete = async {
        let mut look = interval(Duration::from_millis(20));
        while !board.is_complete() {
            look.tick().await;
        }
    };
    let begun = Instant::now();
    if timeout(LAST_PUSHES, complete).await.is_err() {
        assert!(begun.elapsed() >= LAST_PUSHES);
    }
    resident.push(serve.resident());
    let broken = board.broken.load(std::sync::atomic::Ordering::Relaxed);
    let dropped = serve.metric("chakuden_sockets_dropped_total").await;
    let records_lost = serve.metric("chakuden_call_records_lost_total").await;
    stop.cancel();
    while pages.join_next().await.is_some() {}
    drop(store);
    Soaked { tally: board.tally(), resident, broken, dropped, records_lost }
}
