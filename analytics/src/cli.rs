//! The command line: raw arguments, the context they make, and which command runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};
use shared::address::AreaMap;
use shared::exit::{self, Failure};
use shared::label::Lang;
use shared::message;
use shared::message::Explain;

use crate::context::{Context, Format, default_mirror, system_clock};
use crate::warehouse::WarehouseLimits;
use crate::{commands, exchange, ltv, quality, rank, report, sample, schedule};

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
    /// A TOML file with sales areas and their prefectures: "東海" = ["静岡県", "愛知県"].
    #[arg(long, global = true, value_name = "FILE", env = "CHAKUDEN_AREAS")]
    areas: Option<PathBuf>,
    /// Memory that the query engine may use, in MiB; beyond it spills to disk.
    #[arg(long, global = true, value_name = "MIB", default_value_t = 4096, env = "CHAKUDEN_MEMORY_MAX_MB",
          value_parser = clap::value_parser!(u32).range(64..))]
    memory_max_mb: u32,
    /// Threads that the query engine may use; 0 means one for each processor.
    #[arg(long, global = true, value_name = "N", default_value_t = 0, env = "CHAKUDEN_THREADS_MAX")]
    threads_max: u16,
}

impl Global {
    fn language(&self) -> Lang {
        let option = self.lang.map(|lang| match lang {
            LangArg::Ja => Lang::Ja,
            LangArg::En => Lang::En,
        });
        let variable = |name: &str| std::env::var(name).ok();
        Lang::choose(option, variable("CHAKUDEN_LANG").as_deref(), variable("LANG").as_deref())
    }
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
    /// Write the files of a made-up company, the same for the same options.
    Sample(sample::SampleArgs),
    /// Take files into the store; the data set is known by a file's name or header.
    Import(exchange::ImportArgs),
    /// Write data sets as native CSV files.
    Export(exchange::ExportArgs),
    /// Look for rows that contradict each other; 65 when there are any.
    Validate(quality::validate::Args),
    /// List customers who are likely to be one, with the reasons; nothing is merged.
    Dedupe(quality::dedupe::Args),
    /// Make two records of one customer one, or undo that.
    Merge(quality::merge::Args),
    /// Rows that an import refused: list, export, clear.
    Quarantine {
        /// What to do.
        #[command(subcommand)]
        quarantine: quality::quarantine::Command,
    },
    /// Reports over the sales history.
    Report {
        /// Which report.
        #[command(subcommand)]
        report: report::Command,
    },
    /// Lifetime value: historical gross profit by customer or segment.
    Ltv(ltv::Args),
    /// Publish each customer's figures for the pop-up into the store.
    Publish,
    /// The customer rank update.
    Rank {
        /// What to do.
        #[command(subcommand)]
        rank: rank::Command,
    },
    /// The monthly rank update: when it runs, whether it is owed, and running it.
    Schedule {
        /// What to do.
        #[command(subcommand)]
        schedule: schedule::Command,
    },
}

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let lang = cli.global.language();
    match run(cli, lang) {
        Ok(code) => code,
        Err(failure) => {
            say(failure.message().text(lang));
            ExitCode::from(failure.code())
        }
    }
}

/// Help and the version succeed; anything else from clap is a wrong command line.
fn usage(error: &clap::Error) -> ExitCode {
    let answered = !error.use_stderr();
    // A closed pipe is not an error.
    let _ = error.print();
    if answered { ExitCode::SUCCESS } else { ExitCode::from(exit::USAGE) }
}

/// One line on standard error.
fn say(text: &str) {
    use std::io::Write;
    let line = text.replace('\n', " ");
    // Standard error may be closed; the exit code tells as well.
    let _ = writeln!(std::io::stderr().lock(), "analytics: {}", shared::text::printable(&line));
}

fn run(cli: Cli, lang: Lang) -> Result<ExitCode, Failure> {
    let storeless = match &cli.command {
        Command::Sample(_) => true,
        Command::Import(args) => args.describes().is_some(),
        _ => false,
    };
    let context = context(cli.global, lang, !storeless)?;
    match cli.command {
        Command::Sample(args) => exchange::sample(&context, &args)?,
        Command::Init => commands::init(&context)?,
        Command::Sync { rebuild, verify } => return commands::sync(&context, rebuild, verify),
        Command::Import(args) => return exchange::import(&context, &args),
        Command::Export(args) => exchange::export(&context, &args)?,
        Command::Validate(args) => return quality::validate::run(&context, &args),
        Command::Dedupe(args) => quality::dedupe::run(&context, &args)?,
        Command::Merge(args) => quality::merge::run(&context, &args)?,
        Command::Quarantine { quarantine } => quality::quarantine::run(&context, &quarantine)?,
        Command::Report { report } => report::run(&context, &report)?,
        Command::Ltv(args) => ltv::run(&context, &args)?,
        Command::Publish => commands::publish(&context)?,
        Command::Rank { rank } => match rank.due() {
            Some(due) => schedule::run_due(&context, &due)?,
            None => rank::run(&context, &rank)?,
        },
        Command::Schedule { schedule } => schedule::run(&context, &schedule)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn context(global: Global, lang: Lang, needs_store: bool) -> Result<Context, Failure> {
    if needs_store && global.store.is_none() {
        return Err(Failure::usage(message!(
            "元データが指定されていません。--store FILE を付けてください(環境変数 CHAKUDEN_STORE でも指定できます)",
            "no store is named; give --store FILE (or set CHAKUDEN_STORE)",
        )));
    }
    let store_path = global.store.unwrap_or_default();
    let clock = system_clock();
    let context = Context {
        mirror_path: global.mirror.unwrap_or_else(|| default_mirror(&store_path)),
        as_of: global.as_of.unwrap_or_else(|| clock.today()),
        format: global.format,
        lang,
        areas: global.areas.as_deref().map(areas).transpose()?.unwrap_or_default(),
        limits: WarehouseLimits { memory_max_mb: global.memory_max_mb, threads_max: global.threads_max },
        ..Context::quiet(&store_path, clock)
    };
    Ok(context.with_terminal())
}

/// Reads a company's own areas; prefectures that it does not list keep the default.
fn areas(file: &Path) -> Result<AreaMap, Failure> {
    let wrong = |reason: String| {
        Failure::config(message!(
            "エリアの設定ファイル {file} を読み取れません: {reason}",
            "the areas file {file} cannot be read: {reason}",
            file = file.display(),
            reason = reason,
        ))
    };
    let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::no_input(message!(
            "エリアの設定ファイル {file} がありません。--areas に正しいファイルを指定してください",
            "there is no {file}; name the file with the areas",
            file = file.display(),
        )),
        _ => wrong(error.to_string()),
    })?;
    let groups: BTreeMap<String, Vec<String>> =
        toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
    let groups = groups.iter().map(|(area, names)| (area.as_str(), names.iter().map(String::as_str)));
    AreaMap::from_groups(groups).map_err(|error| wrong(error.to_string()))
}
