//! Calls for a long time to many agents, of whom one in ten reads nothing at all.
//!
//! `cargo bench -p cti-bridge --bench soak`. `CHAKUDEN_SOAK_AGENTS` (2,000), `CHAKUDEN_SOAK_CALLS` a second (100) and
//! `CHAKUDEN_SOAK_SECONDS` (1,800) change it. The bridge is a process of its own; the PBX and the agents
//! are this one.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

mod load;

use std::sync::atomic::Ordering;
use std::time::Duration;

use load::{Load, NOT_PLACED, Resident};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    // `cargo test --benches` runs benches too; they are built there, not measured.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let load = Load {
        agents: usize::try_from(setting("CHAKUDEN_SOAK_AGENTS", 2_000)).unwrap_or(usize::MAX),
        stuck_every: 10,
        calls_per_second: u32::try_from(setting("CHAKUDEN_SOAK_CALLS", 100)).unwrap_or(u32::MAX),
        length: Duration::from_secs(setting("CHAKUDEN_SOAK_SECONDS", 1_800)),
        ring: Duration::from_secs(1),
        talk: Duration::from_secs(5),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else { return };
    let soaked = runtime.block_on(load::soak::soak(load));
    let tally = &soaked.tally;
    println!(
        "soak: {} agents, one in {} reads nothing, {} calls/s, {} s",
        load.agents,
        load.stuck_every,
        load.calls_per_second,
        load.length.as_secs()
    );
    println!(
        "calls {}, pop-ups {}, not placed {}",
        tally.calls,
        tally.expected,
        NOT_PLACED.load(Ordering::Relaxed)
    );
    println!("pop-ups lost {}, doubled {}, stayed {}", tally.lost, tally.doubled, tally.stayed);
    println!("ring to frame: p50 {} µs, p99 {} µs, most {} µs", tally.p50_us, tally.p99_us, tally.max_us);
    println!("sockets of readers broken {}, sockets dropped {}", soaked.broken, soaked.dropped);
    println!("call records lost {}", soaked.records_lost);
    let mib = |of: fn(&Resident) -> u64| {
        let all =
            soaked.resident.iter().map(|resident| format!("{:.0}", of(resident) as f64 / (1 << 20) as f64));
        all.collect::<Vec<_>>().join(" ")
    };
    println!("memory of the bridge on the way, MiB: {}", mib(|resident| resident.own));
    println!("pages of the store that it reads through a mapping, MiB: {}", mib(|resident| resident.mapped));
}
