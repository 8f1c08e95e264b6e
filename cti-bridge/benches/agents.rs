//! From ring to frame with many agents, against a bare relay; and the memory of agents who only wait.
//!
//! `cargo bench -p cti-bridge --bench agents`. `CHAKUDEN_BENCH_AGENTS` (1,000), `CHAKUDEN_BENCH_CALLS` a second (100),
//! `CHAKUDEN_BENCH_SECONDS` (10) a round, `CHAKUDEN_BENCH_ROUNDS` (3) and `CHAKUDEN_BENCH_IDLE` (10,000) change it.
//! The bridge is a process of its own with a store on disk; the relay runs on threads of its own and has nothing to
//! look up.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench ends at the first error")]

mod load;

use std::time::Duration;

use load::agents::open_all;
use load::child::Serve;
use load::pbx::LoadPbx;
use load::relay::Relay;
use load::{Board, Load, Tally, company};
use tokio_util::sync::CancellationToken;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    // `cargo test --benches` runs benches too; they are built there, not measured.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let load = Load {
        agents: usize::try_from(setting("CHAKUDEN_BENCH_AGENTS", 1_000)).unwrap(),
        stuck_every: 0,
        calls_per_second: u32::try_from(setting("CHAKUDEN_BENCH_CALLS", 100)).unwrap(),
        length: Duration::from_secs(setting("CHAKUDEN_BENCH_SECONDS", 10)),
        ring: Duration::from_secs(1),
        talk: Duration::from_secs(2),
    };
    runtime.block_on(ring_to_frame(load));
    let most = usize::try_from(setting("CHAKUDEN_BENCH_IDLE", 10_000)).unwrap();
    for agents in [1_000, most] {
        runtime.block_on(idle(agents));
    }
}

/// The best round of each: what else the machine does makes rounds worse, never better.
async fn ring_to_frame(load: Load) {
    let folder = tempfile::tempdir().unwrap();
    let (_store, tokens) = company(folder.path(), load.agents);
    let pbx = LoadPbx::start().await;
    let serve = Serve::start(folder.path(), pbx.address, load.agents);
    let (warm, bytes) =
        through_bridge(Load { length: Duration::from_secs(2), ..load }, &serve, &pbx, &tokens).await;
    assert_eq!((warm.lost, warm.doubled), (0, 0), "{warm:?}");
    let (mut bridge, mut relay): (Vec<Tally>, Vec<Tally>) = (Vec::new(), Vec::new());
    for _ in 0..setting("CHAKUDEN_BENCH_ROUNDS", 3) {
        relay.push(through_relay(load, bytes).await);
        bridge.push(through_bridge(load, &serve, &pbx, &tokens).await.0);
    }
    println!("{} agents, {} calls/s, pop-ups of {bytes} bytes", load.agents, load.calls_per_second);
    println!("{:<34} {:>8} {:>8} {:>8} {:>8} {:>8}", "", "pop-ups", "p50 µs", "p99 µs", "most µs", "ratio");
    let best = |rounds: &[Tally]| rounds.iter().min_by_key(|tally| tally.p99_us).unwrap().clone();
    let (relay, bridge) = (best(&relay), best(&bridge));
    for (name, tally) in [("bare relay", &relay), ("ring to frame", &bridge)] {
        assert_eq!((tally.lost, tally.doubled), (0, 0), "{name}: {tally:?}");
        let ratio = f64::from(tally.p99_us) / f64::from(relay.p99_us);
        println!(
            "{name:<34} {:>8} {:>8} {:>8} {:>8} {ratio:>8.2}",
            tally.expected, tally.p50_us, tally.p99_us, tally.max_us
        );
    }
}

async fn through_bridge(load: Load, serve: &Serve, pbx: &LoadPbx, tokens: &[String]) -> (Tally, usize) {
    let (board, stop) = (Board::new(load.calls()), CancellationToken::new());
    let mut pages = open_all(serve.address, tokens, load, &board, &stop).await;
    pbx.play(load, &board).await;
    finish(&board).await;
    stop.cancel();
    while pages.join_next().await.is_some() {}
    (board.tally(), board.popup_bytes_mean())
}

async fn through_relay(load: Load, popup_bytes: usize) -> Tally {
    let relay = Relay::start(load.agents);
    let (board, stop) = (Board::new(load.calls()), CancellationToken::new());
    let tokens: Vec<String> = (0..load.agents).map(|agent| agent.to_string()).collect();
    let mut pages = open_all(relay.agents, &tokens, load, &board, &stop).await;
    relay.play(load, &board, popup_bytes).await;
    finish(&board).await;
    stop.cancel();
    while pages.join_next().await.is_some() {}
    // A runtime is not dropped within another.
    std::thread::spawn(move || drop(relay)).join().unwrap();
    board.tally()
}

/// The last pushes are on their way.
async fn finish(board: &Board) {
    let mut look = tokio::time::interval(Duration::from_millis(10));
    let complete = async {
        while !board.is_complete() {
            look.tick().await;
        }
    };
    // What is missing then is counted as lost.
    let _ = tokio::time::timeout(Duration::from_secs(10), complete).await;
}

/// Memory of the bridge per idle signed-in agent.
async fn idle(agents: usize) {
    let files_max = open_files_max();
    if files_max < agents + 128 {
        println!("idle agents {agents}: not possible, a process may open {files_max} files here (ulimit -n)");
        return;
    }
    let load = Load {
        agents,
        stuck_every: 0,
        calls_per_second: 1,
        length: Duration::ZERO,
        ring: Duration::ZERO,
        talk: Duration::ZERO,
    };
    let folder = tempfile::tempdir().unwrap();
    let (_store, tokens) = company(folder.path(), agents);
    let pbx = LoadPbx::start().await;
    let serve = Serve::start(folder.path(), pbx.address, agents);
    let before = serve.resident().own;
    let (board, stop) = (Board::new(0), CancellationToken::new());
    let mut pages = open_all(serve.address, &tokens, load, &board, &stop).await;
    let after = serve.resident().own;
    let kib = |bytes: u64| bytes as f64 / 1024.0;
    println!(
        "idle agents {agents:>6}: {:>8.0} MiB with all, {:>6.0} MiB before, {:>6.1} KiB each",
        kib(after) / 1024.0,
        kib(before) / 1024.0,
        kib(after.saturating_sub(before)) / agents as f64
    );
    stop.cancel();
    while pages.join_next().await.is_some() {}
}

/// How many files this process, and so the bridge that it starts, may have open.
fn open_files_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(1_024)
}
