//! The monthly run: what is owed, what the system's scheduler is told, and what it tells back (`docs/rank.md#schedule`).
//!
//! The scheduler only knocks once a day; whether there is something to do is worked out here, from the logical dates
//! of the schedule and the runs in the store. So a machine that was off, a month that ends early and a run that
//! failed need no rule of their own in systemd or cron.

mod due_dates;
mod install;
mod labels;
mod run;
mod run_end;
mod schedule_file;
mod scheduler_units;
mod state_view;

use serde_json::json;
use shared::exit::Failure;

use crate::context::Context;
use crate::output::Sheet;
use crate::rank::run::DueArgs;
use crate::schedule::state_view::{lines, state, state_json};

/// `analytics schedule …`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Say on which day the rank update runs, and write the systemd units and the cron line for it.
    Install(install::Args),
    /// What is scheduled, what ran last and what comes next.
    Show,
    /// Which runs are owed; 4 when none is.
    Due,
    /// Do what is owed: sync, rank run, figures for the pop-up. 4 when nothing is, 5 when there are warnings.
    Run(DueArgs),
}

/// Runs what is owed: `rank run --due`.
///
/// # Errors
/// As [`run`] of the same command.
pub(crate) fn run_due(context: &Context, args: &DueArgs) -> Result<(), Failure> {
    run::run(context, args)
}

/// Runs a command.
///
/// # Errors
/// No schedule, a run that failed or was refused; also, with a code of their own, that there was nothing to do and
/// that there are warnings.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Install(args) => install::run(context, args),
        Command::Show => show(context),
        Command::Due => run::due(context),
        Command::Run(args) => run::run(context, args),
    }
}

fn show(context: &Context) -> Result<(), Failure> {
    let schedule = schedule_file::load(context)?;
    let state = state(context, &schedule)?;
    let path = schedule_file::path(context).display().to_string();
    let mut header = vec![
        (context.label(labels::FILE).to_owned(), path.clone()),
        (context.label(labels::DAY).to_owned(), schedule.day.to_string()),
        (context.label(labels::TIME).to_owned(), format!("{} Asia/Tokyo", schedule.time.format("%H:%M"))),
        (context.label(labels::SINCE).to_owned(), schedule.since.to_string()),
    ];
    header.extend(lines(context, &state));
    let title = context.label(labels::SCHEDULE).to_owned();
    let mut value = state_json(&state);
    value["command"] = json!("schedule show");
    value["file"] = json!(path);
    value["schedule"] = json!({
        "day": schedule.day, "time": schedule.time.format("%H:%M").to_string(), "timezone": "Asia/Tokyo",
        "since": schedule.since,
    });
    context.emit(&Sheet { title, header, ..Sheet::default() }, &value)
}
