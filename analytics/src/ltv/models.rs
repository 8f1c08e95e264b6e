//! What models expect of customers (`docs/ltv.md`). Inside are floating-point numbers, which become decimals where they leave
//! ([`outlook`]).

mod back_test;
pub mod fit;
pub mod histories;
pub mod outlook;
pub mod predict;
pub mod prospects;
mod words;

use shared::exit::Failure;

use crate::context::Context;

/// The commands of the models.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Estimate a model of purchases or of their value, by maximum likelihood.
    Fit(fit::FitArgs),
    /// What each customer is expected to buy: probability that they still do, purchases, value.
    Predict(predict::PredictArgs),
    /// What segments are expected to buy in the next year, after a back-test against simpler methods.
    Report(prospects::ReportArgs),
}

/// Runs one of them.
///
/// # Errors
/// As its own `compute`.
pub(super) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Fit(args) => fit::run(context, args),
        Command::Predict(args) => predict::run(context, args),
        Command::Report(args) => prospects::run(context, args),
    }
}
