//! The customer rank update: every customer's latest date, count and amount are turned into points, the points
//! into a total, and the total into a rank (`docs/rank.md`).
//!
//! In order of the flow: [`settings`] are read, [`scoring`] turns records into a plan, `simulation` shows the plan, `run`
//! writes it, and `views` show past runs. `prepare` opens what the commands share.

mod data_check;
mod exclusion;
mod labels;
mod master;
mod prepare;
pub(crate) mod run;
mod saved_settings;
pub mod scoring;
pub mod settings;
mod simulation;
mod summary;
pub mod views;

use clap::Subcommand;
use shared::exit::Failure;

use crate::context::Context;
use crate::rank::data_check::check;
use crate::rank::run::{DueArgs, revert};
use crate::rank::simulation::{preview, simulate};
use crate::rank::views::{changes, explain, export, history, transition};

pub use crate::rank::prepare::plan;

/// The commands of the rank update.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Trial scoring: the points of at most 15 customers with the latest records. Writes nothing.
    Preview(preview::Args),
    /// Score customers and show what a run would change. Writes nothing.
    Simulate(simulate::Args),
    /// Score all customers and write the new ranks in one transaction.
    Run(run::Args),
    /// Everything that led to one customer's rank: records, points, weights and thresholds.
    Explain(explain::Args),
    /// Check customers, ranks and records before ranks are updated.
    Check(check::Args),
    /// The number of customers of each rank at the end of each month, and the moves between ranks.
    Transition(transition::Args),
    /// One customer's total, points and rank in every run.
    History(history::Args),
    /// List the runs, the newest first.
    Runs(history::RunsArgs),
    /// Revert a run: customers who still have the rank that it gave get their previous rank back.
    Revert(revert::Args),
    /// Write runs, scores, changes, months and saved settings as CSV files.
    Export(export::Args),
    /// The rank changes of a run or a month, with their totals.
    Changes(changes::Args),
    /// The settings: show, check, save and compare versions.
    Config {
        /// What to do.
        #[command(subcommand)]
        config: saved_settings::Command,
    },
    /// The company's own ranks and their order.
    Master {
        /// What to do.
        #[command(subcommand)]
        master: master::Command,
    },
    /// Exclude customers from the rank update.
    Exclude(exclusion::Args),
    /// Include customers in the rank update again.
    Include(exclusion::Args),
}

impl Command {
    /// `rank run --due`, which is up to the schedule.
    pub(crate) fn due(&self) -> Option<DueArgs> {
        match self {
            Self::Run(args) => args.due(),
            _ => None,
        }
    }
}

/// Runs a command, except for one that is due.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Preview(args) => preview::run(context, args),
        Command::Simulate(args) => simulate::run(context, args),
        Command::Run(args) => run::run(context, args),
        Command::Check(args) => check::run(context, args),
        Command::Transition(args) => transition::run(context, args),
        Command::History(args) => history::run(context, args),
        Command::Runs(args) => history::runs(context, args),
        Command::Revert(args) => revert::run(context, args),
        Command::Export(args) => export::run(context, args),
        Command::Explain(args) => explain::run(context, args),
        Command::Changes(args) => changes::run(context, args),
        Command::Config { config } => saved_settings::run(context, config),
        Command::Master { master } => master::run(context, master),
        Command::Exclude(args) => exclusion::run(context, args, true),
        Command::Include(args) => exclusion::run(context, args, false),
    }
}
