//! The whole process `analytics rank simulate --all` against the faster of one hand-written DuckDB query and one
//! Polars script that do the same (`docs/benchmarks.md#rank`).
//!
//! All three read the same Parquet files, score every customer and write one object a customer to nowhere. They
//! are run in turns, so that whatever else the machine does falls on all of them; before that, their results are
//! compared to the last digit.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench says its figures")]

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

/// The engines of the baselines, from PyPI.
const PACKAGES: [&str; 2] = ["duckdb==1.5.6", "polars==2.1.0"];

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` runs this file too; it has nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let bench = Bench::prepare()?;
    bench.compare()?;
    bench.print(&bench.measure()?);
    Ok(())
}

/// The program, the baselines and the company, ready to run.
struct Bench {
    scripts: PathBuf,
    python: PathBuf,
    company: PathBuf,
    size: [u64; 3],
    runs: usize,
}

/// One run: seconds, and peak memory in MiB.
#[derive(Clone, Copy)]
struct Run(f64, f64);

fn number(name: &str, default: u64) -> anyhow::Result<u64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name}={text} is no whole number")),
        Err(_) => Ok(default),
    }
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Bench {
    fn prepare() -> anyhow::Result<Self> {
        let folder = match std::env::var_os("CHAKUDEN_BENCH_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => {
                let home = std::env::var("HOME").context("neither CHAKUDEN_BENCH_DIR nor HOME is set")?;
                let cache = std::env::var("XDG_CACHE_HOME").unwrap_or_else(|_| format!("{home}/.cache"));
                PathBuf::from(cache).join("chakuden/bench")
            }
        };
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/baseline");
        let size = [
            number("CHAKUDEN_BENCH_CUSTOMERS", 1_000_000)?,
            number("CHAKUDEN_BENCH_LINES", 20_000_000)?,
            number("CHAKUDEN_BENCH_MONTHS", 36)?,
        ];
        let runs = usize::try_from(number("CHAKUDEN_BENCH_RUNS", 5)?)?.max(1);
        let through_import = number("CHAKUDEN_BENCH_IMPORT", 0)? == 1;
        let python = python(&folder)?;
        let kind = if through_import { "-imported" } else { "" };
        // Its mirror is of no use to a program with other columns.
        let columns: usize = shared::dataset::DATASETS.iter().map(|dataset| dataset.columns.len()).sum();
        let company = folder.join(format!("rank-{}-{}-{}-{columns}{kind}", size[0], size[1], size[2]));
        if !company.join("ready").exists() {
            eprintln!("making the company {} (once)", company.display());
            if company.exists() {
                std::fs::remove_dir_all(&company)?;
            }
            let mut command = Command::new(&python);
            command.arg(scripts.join("rank_data.py")).arg(env!("CARGO_BIN_EXE_analytics")).arg(&company);
            command.args(size.map(|n| n.to_string())).args(through_import.then_some("import"));
            run(&mut command)?;
        }
        Ok(Self { scripts, python, company, size, runs })
    }

    /// The folder of the mirror's newest version.
    fn version(&self) -> anyhow::Result<PathBuf> {
        let mirror = self.company.join("company.db.mirror");
        let current = std::fs::read_to_string(mirror.join("current"))?;
        Ok(mirror.join(current.trim()))
    }

    fn ours(&self) -> Vec<String> {
        let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/rank.toml");
        let (store, settings) = (self.company.join("company.db"), settings.display().to_string());
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
        let (script, version) = (self.scripts.join(script), self.version()?);
        let parts = [self.python.as_path(), script.as_path(), version.as_path()];
        let mut command: Vec<String> = parts.iter().map(|part| part.display().to_string()).collect();
        command.push(target.to_owned());
        Ok(command)
    }

    /// Whether all three say the same of every customer.
    fn compare(&self) -> anyhow::Result<()> {
        let path = |name: &str| self.company.join(name).display().to_string();
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
        let script = self.scripts.join("compare.py");
        let same = run(Command::new(&self.python).arg(script).args([&ours, &duckdb, &polars]))?;
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
        let mut runs: [Vec<Run>; 3] = Default::default();
        for _ in 0..self.runs {
            for (command, runs) in commands.iter().zip(&mut runs) {
                let measured =
                    run(Command::new(&self.python).arg(self.scripts.join("measure.py")).args(command))?;
                let (seconds, kilobytes) =
                    measured.trim().split_once(' ').context("measure.py said nothing")?;
                runs.push(Run(seconds.parse()?, kilobytes.parse::<f64>()? / 1024.0));
            }
        }
        Ok(runs)
    }

    fn print(&self, runs: &[Vec<Run>; 3]) {
        let [ours, duckdb, polars] = runs.each_ref().map(|runs| median(runs, |run| run.0));
        let memory = runs.each_ref().map(|runs| runs.iter().map(|run| run.1).fold(0.0, f64::max));
        let [customers, lines, months] = self.size;
        println!(
            "rank simulate --all: {customers} customers, {lines} lines, {months} months, {} runs each",
            self.runs
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

fn median(runs: &[Run], figure: impl Fn(&Run) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// A Python with the baselines' engines.
fn python(folder: &Path) -> anyhow::Result<PathBuf> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        std::fs::create_dir_all(folder)?;
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    let check = format!(
        "import duckdb, polars; assert (duckdb.__version__, polars.__version__) == ({:?}, {:?})",
        PACKAGES[0].rsplit('=').next().unwrap_or_default(),
        PACKAGES[1].rsplit('=').next().unwrap_or_default()
    );
    if run(Command::new(&python).args(["-c", &check])).is_err() {
        run(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(PACKAGES))?;
    }
    Ok(python)
}
