//! Everything that can happen to the bridge and its store, at random and at once (docs/security.md#chaos): kills, locks,
//! a full disk, a store that is moved, deleted or copied over, killed imports, hostile clients. Meanwhile agents who behave
//! write, and remember what was acknowledged. At the end all of it is in the store, once.
//!
//! `CHAOS_MINUTES` (30) says how long; `--seed N` repeats the order of deeds.

#![expect(clippy::print_stdout, reason = "it prints what it does")]

#[path = "../agent/mod.rs"]
mod agent;
mod attack;
mod chance;
mod deed;
mod honest;
mod tally;
mod world;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chance::Chance;
use deed::Deeds;
use honest::Honest;
use world::World;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs this file too; there is nothing to test.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let seed = match arguments.iter().skip_while(|argument| *argument != "--seed").nth(1) {
        Some(seed) => seed.parse().with_context(|| format!("{seed} is no seed"))?,
        None => u64::from(std::process::id()),
    };
    let minutes = std::env::var("CHAOS_MINUTES").unwrap_or_else(|_| "30".to_owned());
    let minutes: f64 = minutes.parse().with_context(|| format!("{minutes} is no number of minutes"))?;
    println!("chaos: seed {seed}, {minutes} minutes");

    let world = Arc::new(World::new()?);
    let runtime = tokio::runtime::Runtime::new()?;
    let honest = runtime.block_on(async { Honest::begin(&world) });
    let mut deeds = Deeds::new(world.clone(), runtime.handle().clone());
    let (mut chance, end) = (Chance(seed), Instant::now() + Duration::from_secs_f64(minutes * 60.0));
    // Each deed once, so that a short run has all of them; then by chance.
    let mut first = deeds.all();
    chance.shuffle(&mut first);
    while Instant::now() < end {
        let deed = first.pop().unwrap_or_else(|| chance.one_of(&deeds.all()));
        deeds.do_one(deed, &mut chance)?;
        std::thread::park_timeout(Duration::from_millis(chance.below(1_500)));
    }
    deeds.finish()?;
    let acknowledged = runtime.block_on(honest.end())?;
    let fine = tally::report(&world, &deeds, &acknowledged)?;
    println!(
        "chaos: seed {seed}: {}",
        if fine { "nothing lost, nothing twice, nobody refused" } else { "FAILED" }
    );
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
