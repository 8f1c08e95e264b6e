//! The command line: raw arguments, the context they make, and which command runs.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};
use serde_json::json;
use shared::label::Lang;
use shared::store::Store;

use crate::context::{Context, Format, default_mirror, language, system_clock};
use crate::exit::{self, Failure};
use crate::mirror::{SyncOutcome, Verification};
use crate::output::{Cell, Sheet, SheetColumn, json_decimal};
use crate::warehouse::WarehouseLimits;
use crate::{labels, report};

/// Customer data analysis: import, columnar mirror, reports, LTV, rank update.
#[derive(Debug, Parser)]
#[command(name = "analytics", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that stand before or after the command.
#[derive(Debug, clap::Args)]
struct Global {
    /// The store's file.
    #[arg(long, global = true, value_name = "FILE", env = "CHAKUDEN_STORE")]
    store: Option<PathBuf>,
    /// The columnar mirror's folder [default: FILE.mirror].
    #[arg(long, global = true, value_name = "DIR", env = "CHAKUDEN_MIRROR")]
    mirror: Option<PathBuf>,
    /// The day as of which figures are computed [default: today in Asia/Tokyo].
    #[arg(long, global = true, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// How results are written.
    #[arg(long, global = true, value_enum, default_value = "table")]
    format: Format,
    /// The language of what people read [default: CHAKUDEN_LANG, else LANG when English, else ja].
    #[arg(long, global = true, value_enum)]
    lang: Option<LangArg>,
    /// Memory that the query engine may use, in MiB; beyond it spills to disk.
    #[arg(long, global = true, value_name = "MIB", default_value_t = 4096, env = "CHAKUDEN_MEMORY_MAX_MB",
          value_parser = clap::value_parser!(u32).range(64..))]
    memory_max_mb: u32,
    /// Threads that the query engine may use; 0 means one for each processor.
    #[arg(long, global = true, value_name = "N", default_value_t = 0, env = "CHAKUDEN_THREADS_MAX")]
    threads_max: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LangArg {
    Ja,
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new, empty store.
    Init,
    /// Bring the columnar mirror up to the store.
    Sync {
        /// Write every file anew.
        #[arg(long)]
        rebuild: bool,
        /// Afterwards compare every month's rows and amounts with the store.
        #[arg(long)]
        verify: bool,
    },
    /// Reports over the sales history.
    Report {
        /// Which report.
        #[command(subcommand)]
        report: report::Command,
    },
}

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match run(cli) {
        Ok(code) => code,
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            exit::exit_code(&error)
        }
    }
}

/// Help and the version are answers; anything else that clap says is a wrong command line.
fn usage(error: &clap::Error) -> ExitCode {
    let answered = !error.use_stderr();
    // A closed pipe is no error of ours.
    let _ = error.print();
    if answered { ExitCode::SUCCESS } else { ExitCode::from(exit::USAGE) }
}

/// One line on standard error.
fn say(text: &str) {
    use std::io::Write;
    let line = text.replace('\n', " ");
    // Nobody may be listening; the exit code says it too.
    let _ = writeln!(std::io::stderr().lock(), "analytics: {line}");
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let context = context(cli.global)?;
    match cli.command {
        Command::Init => init(&context)?,
        Command::Sync { rebuild, verify } => return sync(&context, rebuild, verify),
        Command::Report { report } => report::run(&context, &report)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn context(global: Global) -> anyhow::Result<Context> {
    let store_path = global.store.ok_or_else(|| {
        Failure::error(exit::USAGE, "no store is named; give --store FILE (or set CHAKUDEN_STORE)")
    })?;
    let clock = system_clock();
    let option = global.lang.map(|lang| match lang {
        LangArg::Ja => Lang::Ja,
        LangArg::En => Lang::En,
    });
    let variable = |name: &str| std::env::var(name).ok();
    let lang = language(option, variable("CHAKUDEN_LANG").as_deref(), variable("LANG").as_deref());
    let context = Context {
        mirror_path: global.mirror.unwrap_or_else(|| default_mirror(&store_path)),
        as_of: global.as_of.unwrap_or_else(|| clock.today()),
        format: global.format,
        lang,
        limits: WarehouseLimits { memory_max_mb: global.memory_max_mb, threads_max: global.threads_max },
        ..Context::quiet(&store_path, clock)
    };
    Ok(context.with_terminal())
}

fn init(context: &Context) -> anyhow::Result<()> {
    let store = Store::create(&context.store_path)?;
    // Change numbers of a new store start again: a mirror of what was here before would look newer.
    context.mirror().remove()?;
    let path = store.location().display().to_string();
    let sheet = Sheet { title: format!("{}: {path}", context.label(labels::STORE)), ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "init", "store": path}))
}

fn sync(context: &Context, rebuild: bool, verify: bool) -> anyhow::Result<ExitCode> {
    let store = context.store()?;
    let mirror = context.mirror();
    let progress = context.progress(labels::SYNCING, None);
    let outcome = mirror.sync(&store, &context.limits, rebuild, &|rows| progress.advance(rows))?;
    progress.finish();
    if let Some(reason) = &outcome.rebuilt {
        context.notice(&format!("the mirror was rebuilt: {reason}"));
    }
    let verification = if verify { Some(mirror.verify(&store, &context.limits)?) } else { None };
    context.emit(
        &sync_sheet(context, &outcome, verification.as_ref()),
        &sync_json(&outcome, verification.as_ref()),
    )?;
    match verification.is_some_and(|found| !found.different.is_empty()) {
        true => Err(Failure::error(
            exit::DATA,
            "the mirror differs from the store; run: analytics --store FILE sync --rebuild",
        )),
        false => Ok(ExitCode::SUCCESS),
    }
}

fn sync_sheet(context: &Context, outcome: &SyncOutcome, verification: Option<&Verification>) -> Sheet {
    let line = |label: labels::Label, value: String| (context.label(label).to_owned(), value);
    let mut footer = vec![
        line(labels::FILES_WRITTEN, outcome.written.len().to_string()),
        line(labels::FILES_LINKED, outcome.linked.to_string()),
    ];
    if let Some(found) = verification {
        footer.push(line(
            labels::CONTROL,
            format!("{} / {} {}", found.checked, context.label(labels::DIFFERENCE), found.different.len()),
        ));
    }
    let row = |file: &crate::mirror::SyncedFile| {
        vec![Cell::Text(file.dataset.to_owned()), Cell::Text(file.month.clone()), Cell::Count(file.rows)]
    };
    let columns = [labels::DATASET, labels::MONTH, labels::ROWS].map(SheetColumn::new);
    Sheet {
        title: format!(
            "{} {} {}",
            context.label(labels::SYNC),
            context.label(labels::VERSION),
            outcome.version
        ),
        columns: if outcome.written.is_empty() { Vec::new() } else { columns.to_vec() },
        rows: outcome.written.iter().filter(|file| file.rows > 0).map(row).collect(),
        footer,
        ..Sheet::default()
    }
}

fn sync_json(outcome: &SyncOutcome, verification: Option<&Verification>) -> serde_json::Value {
    let file = |file: &crate::mirror::SyncedFile| json!({"dataset": file.dataset, "month": (!file.month.is_empty()).then_some(&file.month), "rows": file.rows});
    let verified = verification.map(|found| {
        let different = found.different.iter().map(|difference| {
            json!({
                "dataset": difference.dataset, "month": difference.month,
                "store": {"rows": difference.store.0, "amount": json_decimal(difference.store.1)},
                "mirror": {"rows": difference.mirror.0, "amount": json_decimal(difference.mirror.1)},
            })
        });
        json!({"checked": found.checked, "different": different.collect::<Vec<_>>()})
    });
    json!({
        "command": "sync",
        "version": outcome.version,
        "change_no": outcome.change_no,
        "written": outcome.written.iter().map(file).collect::<Vec<_>>(),
        "linked": outcome.linked,
        "rebuilt": outcome.rebuilt,
        "verified": verified,
    })
}
