//! The whole process `analytics rank simulate --all` against the faster of one hand-written DuckDB query and one
//! Polars script that do the same (`docs/benchmarks.md#rank`).
//!
//! All three read the same Parquet files, score every customer and write one object a customer to nowhere. They
//! are run in turns, so that whatever else the machine does falls on all of them; before that, their results are
//! compared to the last digit.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench says its figures")]

mod support;

use std::path::Path;
use std::process::Command;

use anyhow::ensure;

use support::{Bench, Run, median, run};

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` runs this file too; it has nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let bench = Ranks(Bench::prepare()?);
    bench.compare()?;
    bench.print(&bench.measure()?);
    Ok(())
}

/// The bench.
struct Ranks(Bench);

impl Ranks {
    fn ours(&self) -> Vec<String> {
        let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/rank.toml");
        let (store, settings) = (self.0.company.join("company.db"), settings.display().to_string());
        let store = store.display().to_string();
        let program = env!("CARGO_BIN_EXE_analytics");
        let arguments = [program, "--store", &store, "rank", "simulate", "--all", "--settings", &settings];
        arguments
            .into_iter()
            .chain(["--as-of", "2026-10-31", "--format", "json"])
            .map(str::to_owned)
            .collect()
    }

    fn baseline(&self, script: &str, target: &str) -> anyhow::Result<Vec<String>> {
        let (script, version) = (self.0.scripts.join(script), self.0.version()?);
        let parts = [self.0.python.as_path(), script.as_path(), version.as_path()];
        let mut command: Vec<String> = parts.iter().map(|part| part.display().to_string()).collect();
        command.push(target.to_owned());
        Ok(command)
    }

    /// Whether all three say the same of every customer.
    fn compare(&self) -> anyhow::Result<()> {
        let path = |name: &str| self.0.company.join(name).display().to_string();
        let (ours, duckdb, polars) = (path("ours.json"), path("duckdb.json"), path("polars.json"));
        let command = self.ours();
        let output = std::fs::File::create(&ours)?;
        ensure!(
            Command::new(&command[0]).args(&command[1..]).stdout(output).status()?.success(),
            "ours failed"
        );
        for (script, target) in [("rank_duckdb.py", &duckdb), ("rank_polars.py", &polars)] {
            let command = self.baseline(script, target)?;
            run(Command::new(&command[0]).args(&command[1..]))?;
        }
        let script = self.0.scripts.join("compare.py");
        let same = run(Command::new(&self.0.python).arg(script).args([&ours, &duckdb, &polars]))?;
        eprintln!("the three results agree on {} customers", same.trim());
        for file in [ours, duckdb, polars] {
            std::fs::remove_file(file)?;
        }
        Ok(())
    }

    /// Runs the three in turns.
    fn measure(&self) -> anyhow::Result<[Vec<Run>; 3]> {
        let nowhere = "/dev/null";
        let commands = [
            self.ours(),
            self.baseline("rank_duckdb.py", nowhere)?,
            self.baseline("rank_polars.py", nowhere)?,
        ];
        self.0.in_turns(&commands)
    }

    fn print(&self, runs: &[Vec<Run>; 3]) {
        let [ours, duckdb, polars] = runs.each_ref().map(|runs| median(runs, |run| run.0));
        let memory = runs.each_ref().map(|runs| runs.iter().map(|run| run.1).fold(0.0, f64::max));
        let [customers, lines, months] = self.0.size;
        println!(
            "rank simulate --all: {customers} customers, {lines} lines, {months} months, {} runs each",
            self.0.runs
        );
        for ((name, median), (memory, runs)) in ["analytics", "DuckDB query", "Polars script"]
            .into_iter()
            .zip([ours, duckdb, polars])
            .zip(memory.into_iter().zip(runs))
        {
            let least = runs.iter().map(|run| run.0).fold(f64::INFINITY, f64::min);
            println!("  {name:14} median {median:7.2} s  least {least:7.2} s  peak {memory:6.0} MiB");
        }
        println!("  ratio to the faster baseline: {:.2} (aim: at most 1.25)", ours / duckdb.min(polars));
    }
}
