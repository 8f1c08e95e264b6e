//! Commands and flags. What is printed on stdout is a contract for other programs (`docs/protocol.md`, README); errors
//! are one line on stderr.

mod agent;
mod audit;
mod lookup;
mod master;
mod output;
pub(crate) mod serve;
mod simulate;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shared::store::Store;

use crate::exit::Failure;
use crate::telemetry::{self, LogFormat};

pub(crate) use agent::add as add_agent;
pub(crate) use output::say;

/// Puts the caller's profile and history on the screen of the agent whose phone rings.
#[derive(Debug, Parser)]
#[command(name = "cti-bridge", version, max_term_width = 100)]
pub struct Cli {
    /// How log lines look; they go to stderr, CHAKUDEN_LOG chooses what is logged.
    #[arg(long, value_enum, default_value_t, global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Connect to the telephone system and serve agents.
    Serve(serve::ServeArgs),
    /// Look up a number or a customer code.
    Lookup(lookup::LookupArgs),
    /// Add, list and revoke agents, their tokens and passwords.
    Agent(agent::AgentArgs),
    /// Print the audit trail: who looked at which customer when, who signed in, what was refused.
    Audit(audit::AuditArgs),
    /// List and change the masters of after-call work.
    Master(master::MasterArgs),
    /// Run a simulated telephone system (an AMI server) for trying things out.
    Simulate(simulate::SimulateArgs),
    /// Serve agents with a simulated telephone system that never stops calling.
    Demo(crate::demo::DemoArgs),
    /// Compute every customer card anew and report those that differ.
    Verify(verify::VerifyArgs),
}

/// Which store.
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// The store's file, made by `analytics init`.
    #[arg(long, env = "CHAKUDEN_STORE", value_name = "FILE")]
    store: PathBuf,
}

impl StoreArgs {
    /// Opens the store.
    ///
    /// # Errors
    /// 66 when it is missing, 65 when it is none, 75 when it is locked.
    pub(crate) fn open(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.store)?)
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

/// Runs the program: parses, works, prints, and gives the exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let log = telemetry::start(cli.log_format);
    let done = run(cli.command);
    drop(log);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.to_string());
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::run(&args),
        Command::Lookup(args) => lookup::run(&args),
        Command::Agent(args) => agent::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Master(args) => master::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Demo(args) => crate::demo::run(&args),
        Command::Verify(args) => verify::run(&args),
    }
}

/// Help and version are an answer, anything else is a wrong command line (64).
fn usage(error: &clap::Error) -> ExitCode {
    // Nothing can be done when stdout or stderr is closed.
    let _ = error.print();
    if error.use_stderr() { Failure::usage("").exit_code() } else { ExitCode::SUCCESS }
}

/// One line on stderr.
fn complain(message: &str) {
    use std::io::Write as _;
    // Nothing can be done when stderr is closed.
    let _ = writeln!(std::io::stderr(), "cti-bridge: {message}");
}
