//! Reports: each is one file with its parameters, its query, its columns and its two forms.

pub mod axis;
pub mod calls;
mod calls_sheet;
pub mod division;
pub mod extension;
pub mod filter;
pub mod period;
pub mod segment;
mod segment_query;
mod segment_sheet;
pub mod segments;

use clap::Subcommand;
use shared::exit::Failure;

use crate::context::Context;

/// The reports.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Sales, margin, customers and averages by segment.
    Segment(segment::Args),
    /// Calls, answers, service level and handling time by queue, half hour, agent and more.
    Calls(calls::Args),
}

/// Runs a report.
///
/// # Errors
/// As the report's own `compute`.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Segment(args) => segment::run(context, args),
        Command::Calls(args) => calls::run(context, args),
    }
}
