//! The command line: which command runs, with which arguments.

mod global;
mod help;
mod settings;
mod shell;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use shared::exit::Failure;
use shared::label::Lang;

use crate::context::Context;
use crate::{commands, exchange, ltv, pack, quality, query, rank, report, sample, schedule};
use global::{Global, MoneyArgs, TextArgs};
use help::HELP;
use settings::Settings;

/// Customer data analysis: import, reports, LTV and the customer rank update.
#[derive(Debug, Parser)]
#[command(name = "analytics", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a new, empty store.
    Init,
    /// What is in the store, how fresh it is, and what to do next.
    Status,
    /// Print the completion of commands and options for a shell.
    Completion {
        /// The shell.
        #[arg(value_enum)]
        shell: shell::Shell,
    },
    /// Write a manual page for every command into a folder.
    Man {
        /// The folder.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Back up the store, restore it, check its file.
    Store {
        /// What to do.
        #[command(subcommand)]
        store: commands::store::Command,
    },
    /// Bring the mirror, which reports read, up to date with the store.
    Sync(commands::SyncArgs),
    /// Write the files of a made-up company; the same options give the same files.
    Sample(sample::SampleArgs),
    /// Import files into the store; the data set follows from a file's name or header.
    Import(exchange::ImportArgs),
    /// Export data sets as files.
    Export(exchange::ExportArgs),
    /// Check for rows that contradict each other; exit code 65 when there are errors.
    Validate {
        #[command(flatten)]
        text: TextArgs,
        #[command(flatten)]
        args: quality::validate::Args,
    },
    /// List likely duplicate customers with the reasons; nothing is merged.
    Dedupe {
        #[command(flatten)]
        text: TextArgs,
        #[command(flatten)]
        args: quality::dedupe::Args,
    },
    /// Merge two records of one customer, or undo a merge.
    Merge(quality::merge::Args),
    /// Rows that an import refused: list, export, delete.
    Quarantine {
        /// What to do.
        #[command(subcommand)]
        quarantine: quality::quarantine::Command,
    },
    /// Reports over the sales history.
    Report {
        #[command(flatten)]
        text: TextArgs,
        #[command(flatten)]
        money: MoneyArgs,
        #[command(flatten)]
        args: Box<report::ReportArgs>,
    },
    /// The reports of a monthly meeting in one workbook or page: --out FILE.xlsx or FILE.html.
    Pack {
        #[command(flatten)]
        money: MoneyArgs,
        #[command(flatten)]
        args: pack::Args,
    },
    /// SQL of your own over the tables and views that reports use.
    Query {
        #[command(flatten)]
        text: TextArgs,
        #[command(flatten)]
        args: query::Args,
    },
    /// Lifetime value: historical gross profit by customer or segment.
    Ltv {
        #[command(flatten)]
        text: TextArgs,
        #[command(flatten)]
        args: Box<ltv::Args>,
    },
    /// Write each customer's figures for the pop-up into the store.
    Publish,
    /// The customer rank update.
    Rank {
        #[command(flatten)]
        text: TextArgs,
        #[command(flatten)]
        money: MoneyArgs,
        /// What to do.
        #[command(subcommand)]
        rank: rank::Command,
    },
    /// The schedule of the monthly rank update.
    Schedule {
        /// What to do.
        #[command(subcommand)]
        schedule: schedule::Command,
    },
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let settings = Settings::load();
    // Help does not depend on settings, and mistakes in them are reported when a command runs.
    let configured = settings.as_ref().ok().and_then(|settings| settings.language);
    let parsed = cli_kit::parse_configured::<Cli>(std::env::args_os(), &HELP, configured);
    let (cli, lang) = match parsed {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    match settings.and_then(|settings| run(cli, lang, settings)) {
        Ok(code) => code,
        Err(failure) => cli_kit::report("analytics", &failure, lang),
    }
}

impl Command {
    /// Whether it reads or writes a store.
    fn needs_store(&self) -> bool {
        match self {
            Self::Sample(_) | Self::Completion { .. } | Self::Man { .. } => false,
            Self::Import(args) => args.describes().is_none(),
            Self::Report { args, .. } => !args.is_list(),
            _ => true,
        }
    }

    /// How CSV is written.
    fn text(&self) -> TextArgs {
        match self {
            Self::Validate { text, .. }
            | Self::Dedupe { text, .. }
            | Self::Report { text, .. }
            | Self::Query { text, .. }
            | Self::Ltv { text, .. }
            | Self::Rank { text, .. } => *text,
            _ => TextArgs::default(),
        }
    }

    /// How amounts are shown.
    fn money(&self) -> MoneyArgs {
        match self {
            Self::Report { money, .. } | Self::Pack { money, .. } | Self::Rank { money, .. } => *money,
            _ => MoneyArgs::default(),
        }
    }

    /// Whether its own `--out` says where its files go.
    fn has_own_out(&self) -> bool {
        matches!(
            self,
            Self::Sample(_)
                | Self::Export(_)
                | Self::Quarantine { quarantine: quality::quarantine::Command::Export { .. } }
        )
    }
}

fn run(cli: Cli, lang: Lang, settings: Settings) -> Result<ExitCode, Failure> {
    let Cli { mut global, command } = cli;
    if command.has_own_out() {
        global.out = None;
    }
    let context = global.context(lang, command.needs_store(), (command.text(), command.money()), settings)?;
    let done = execute(&context, command);
    // What was found is written also when a command ends with a failure, as `validate` does.
    let written = context.finish();
    done.and_then(|code| written.map(|()| code))
}

fn execute(context: &Context, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Sample(args) => exchange::sample(context, &args)?,
        Command::Init => commands::init(context)?,
        Command::Completion { shell } => {
            shell::completion(context, HELP.apply(Cli::command(), context.lang), shell)?;
        }
        Command::Man { folder } => {
            shell::manual(context, HELP.apply(Cli::command(), context.lang), &folder)?;
        }
        Command::Status => commands::status::status(context)?,
        Command::Store { store } => commands::store::run(context, &store)?,
        Command::Sync(args) => return commands::sync(context, &args),
        Command::Import(args) => return exchange::import(context, &args),
        Command::Export(args) => exchange::export(context, &args)?,
        Command::Validate { args, .. } => return quality::validate::run(context, &args),
        Command::Dedupe { args, .. } => quality::dedupe::run(context, &args)?,
        Command::Merge(args) => quality::merge::run(context, &args)?,
        Command::Quarantine { quarantine } => quality::quarantine::run(context, &quarantine)?,
        Command::Report { args, .. } => report::run(context, &args)?,
        Command::Pack { args, .. } => pack::run(context, &args)?,
        Command::Query { args, .. } => query::run(context, &args)?,
        Command::Ltv { args, .. } => ltv::run(context, &args)?,
        Command::Publish => commands::publish(context)?,
        Command::Rank { rank, .. } => match rank.due() {
            Some(due) => schedule::run_due(context, &due)?,
            None => rank::run(context, &rank)?,
        },
        Command::Schedule { schedule } => schedule::run(context, &schedule)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_help_text_is_in_both_languages() {
        let gaps = HELP.gaps(&Cli::command());
        assert!(gaps.is_empty(), "{}", gaps.join("\n"));
    }
}
