//! What the benches of `analytics` share: the company, a Python with the baselines' engines, and measured runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The engines of the baselines, from PyPI.
const PACKAGES: [&str; 2] = ["duckdb==1.5.6", "polars==2.1.0"];

/// The program, the baselines and the company, ready to run.
pub(crate) struct Bench {
    pub(crate) scripts: PathBuf,
    pub(crate) python: PathBuf,
    pub(crate) company: PathBuf,
    pub(crate) size: [u64; 3],
    pub(crate) runs: usize,
}

/// One run: seconds, and peak memory in MiB.
#[derive(Clone, Copy)]
pub(crate) struct Run(pub(crate) f64, pub(crate) f64);

fn number(name: &str, default: u64) -> anyhow::Result<u64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name}={text} is no whole number")),
        Err(_) => Ok(default),
    }
}

pub(crate) fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Bench {
    /// Makes the company, once.
    pub(crate) fn prepare() -> anyhow::Result<Self> {
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
    pub(crate) fn version(&self) -> anyhow::Result<PathBuf> {
        let mirror = self.company.join("company.db.mirror");
        let current = std::fs::read_to_string(mirror.join("current"))?;
        Ok(mirror.join(current.trim()))
    }

    /// Runs the commands in turns, so that whatever else the machine does falls on all of them.
    pub(crate) fn in_turns<const N: usize>(
        &self,
        commands: &[Vec<String>; N],
    ) -> anyhow::Result<[Vec<Run>; N]> {
        let mut runs: [Vec<Run>; N] = std::array::from_fn(|_| Vec::new());
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
}

/// The median of a figure.
pub(crate) fn median(runs: &[Run], figure: impl Fn(&Run) -> f64) -> f64 {
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
