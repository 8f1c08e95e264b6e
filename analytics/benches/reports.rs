//! Whole processes of `analytics report` against DuckDB queries written by hand for the same answer
//! (`docs/benchmarks.md#reports`).
//!
//! Both read the same Parquet files and write their rows to nowhere, in turns. Before that the rows of both are counted
//! and a figure of all of them is compared to the last digit. `CHAKUDEN_BENCH_REPORTS` names some of the reports.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench says its figures")]

mod support;

use std::process::Command;

use anyhow::{Context as _, ensure};

use support::{Bench, Run, median, run};

/// A report: its name in the baseline, its arguments, and the figure that is compared.
const REPORTS: &[(&str, &[&str], &str)] = &[
    ("segment", &["segment", "--by", "industry"], "sales_amount"),
    ("customers", &["customers"], "sales_amount"),
    ("products", &["products", "--by", "product,month"], "sales_amount"),
];

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` runs this file too; it has nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let bench = Reports(Bench::prepare()?);
    let only = std::env::var("CHAKUDEN_BENCH_REPORTS").unwrap_or_default();
    let [customers, lines, months] = bench.0.size;
    println!("reports: {customers} customers, {lines} lines, {months} months, {} runs each", bench.0.runs);
    for (name, arguments, figure) in REPORTS {
        if only.is_empty() || only.split(',').any(|named| named == *name) {
            bench.measure(name, arguments, figure)?;
        }
    }
    Ok(())
}

/// The bench.
struct Reports(Bench);

impl Reports {
    fn ours(&self, arguments: &[&str]) -> Vec<String> {
        let store = self.0.company.join("company.db").display().to_string();
        let program = env!("CARGO_BIN_EXE_analytics");
        let words = [program, "--store", &store, "--as-of", "2026-10-31", "--memory-max-mb", "1024"];
        let words = words.iter().chain(&["--format", "json", "report"]).chain(arguments);
        words.map(|word| (*word).to_owned()).collect()
    }

    fn baseline(&self, name: &str) -> anyhow::Result<Vec<String>> {
        let script = self.0.scripts.join("reports_duckdb.py");
        let parts = [self.0.python.as_path(), script.as_path(), &self.0.version()?];
        let mut command: Vec<String> = parts.iter().map(|part| part.display().to_string()).collect();
        command.push(name.to_owned());
        Ok(command)
    }

    /// Compares the results, then measures both.
    fn measure(&self, name: &str, arguments: &[&str], figure: &str) -> anyhow::Result<()> {
        let commands = [self.ours(arguments), self.baseline(name)?];
        let mut results = Vec::new();
        for command in &commands {
            let text = run(Command::new(&command[0]).args(&command[1..]))?;
            let report: serde_json::Value = serde_json::from_str(&text).context(name.to_owned())?;
            let rows = report["rows"].as_array().context("no rows")?.clone();
            let sum: rust_decimal::Decimal = rows
                .iter()
                .filter_map(|row| row[figure].as_str()?.parse::<rust_decimal::Decimal>().ok())
                .sum();
            results.push((rows.len(), sum.normalize()));
        }
        ensure!(results[0] == results[1], "{name}: {results:?}");
        let runs = self.0.in_turns(&commands)?;
        let [ours, theirs] = runs.each_ref().map(|runs| median(runs, |run: &Run| run.0));
        let [memory, their_memory] =
            runs.each_ref().map(|runs| runs.iter().map(|run| run.1).fold(0.0, f64::max));
        println!(
            "report {name}: {} rows, {ours:.2} s and {memory:.0} MiB, by hand {theirs:.2} s and {their_memory:.0} MiB, \
             ratio {:.2}",
            results[0].0,
            ours / theirs
        );
        Ok(())
    }
}
