//! Commands and flags. What is printed on stdout is read by other programs too (`docs/protocol.md`, README); errors are
//! one line on stderr.

mod agent;
mod audit;
mod demo;
mod doctor;
mod events;
mod help;
mod lookup;
mod master;
mod output;
mod process;
mod prune;
mod serve;
mod simulate;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cli_kit::LangArg;
use shared::exit::Failure;
use shared::label::Lang;
use shared::store::Store;

use crate::telemetry::{self, LogFormat};

/// Shows the caller's profile and history on the screen of the agent whose phone rings.
#[derive(Debug, Parser)]
#[command(name = "cti-bridge", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    lang: LangArg,
    /// Format of log lines, which go to stderr; CHAKUDEN_LOG chooses what is logged.
    #[arg(long, value_enum, default_value_t, global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Connect to PBXs and serve agents.
    Serve(serve::ServeArgs),
    /// Sign in to every PBX and say what must be set up otherwise.
    Doctor(doctor::DoctorArgs),
    /// Look up a telephone number or a customer code.
    Lookup(lookup::LookupArgs),
    /// Add, list and revoke agents, their tokens and passwords.
    Agent(agent::AgentArgs),
    /// Print the audit log: who looked at which customer and when, sign-ins, and refusals.
    Audit(audit::AuditArgs),
    /// List and change the codes of after-call work and the reasons for being away.
    Master(master::MasterArgs),
    /// List the events that other systems were not told of, and try them again.
    Events(events::EventsArgs),
    /// Run a simulated PBX (an AMI server) to try things out.
    Simulate(simulate::SimulateArgs),
    /// Serve agents with a simulated PBX that keeps calling.
    Demo(demo::DemoArgs),
    /// Remove what is older than the settings keep it; without --yes it is only counted.
    Prune(prune::PruneArgs),
    /// Recompute every customer card and report those that differ.
    Verify(verify::VerifyArgs),
}

/// Which store.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// The store's file, created by `analytics init`.
    #[arg(long, env = "CHAKUDEN_STORE", value_name = "FILE")]
    store: PathBuf,
}

impl StoreArgs {
    /// Opens the store.
    ///
    /// # Errors
    /// 66 when it is missing, 65 when it is no store, 75 when it is locked.
    fn open(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.store)?)
    }

    /// Opens the store for somebody whose writes are noted.
    ///
    /// # Errors
    /// As [`StoreArgs::open`].
    fn open_for(&self, actor: &str) -> Result<Store, Failure> {
        Ok(self.open()?.acting_as(actor))
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// Runs the program: parses, works, prints, and returns the exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (cli, lang) = match cli_kit::parse::<Cli>(args, &help::JAPANESE) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let log = telemetry::start(cli.log_format);
    let done = run(cli.command, lang);
    drop(log);
    done.map_or_else(|failure| cli_kit::report("cti-bridge", &failure, lang), |()| ExitCode::SUCCESS)
}

fn run(command: Command, lang: Lang) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::run(&args, lang),
        Command::Doctor(args) => doctor::run(&args, lang),
        Command::Lookup(args) => lookup::run(&args, lang),
        Command::Agent(args) => agent::run(&args, lang),
        Command::Audit(args) => audit::run(&args, lang),
        Command::Master(args) => master::run(&args, lang),
        Command::Events(args) => events::run(&args, lang),
        Command::Simulate(args) => simulate::run(&args),
        Command::Demo(args) => demo::run(&args, lang),
        Command::Prune(args) => prune::run(&args, lang),
        Command::Verify(args) => verify::run(&args, lang),
    }
}
