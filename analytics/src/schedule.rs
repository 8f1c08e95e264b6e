//! The monthly run: what is owed, and the units of the system's scheduler (`docs/rank.md#schedule`).
//!
//! The scheduler only starts this program once a day. Whether there is something to do follows from the logical dates of
//! the schedule and the runs in the store. So systemd and cron need no rules for machines that were off, short months or
//! failed runs.

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
    /// Set the day of the rank update, and write its systemd units and cron line.
    Install(install::Args),
    /// Show the schedule, the last run and the next one.
    Show,
    /// Show the runs that are owed; exit code 4 if there are none.
    Due,
    /// Run what is owed: sync, rank run, figures for the pop-up. Exit code 4 if nothing is owed, 5 with warnings.
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
/// There is no schedule, or a run failed or was refused. With codes of their own: nothing to do, and warnings.
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
        (
            context.label(labels::CLOSING_DAY).to_owned(),
            schedule
                .closing_day
                .map_or_else(|| context.label(labels::DAY_OF_RUN).to_owned(), |day| day.to_string()),
        ),
        (context.label(labels::TIME).to_owned(), format!("{} Asia/Tokyo", schedule.time.format("%H:%M"))),
        (context.label(labels::SINCE).to_owned(), schedule.since.to_string()),
    ];
    header.extend(lines(context, &state));
    let title = context.label(labels::SCHEDULE).to_owned();
    let mut value = state_json(&state);
    value["command"] = json!("schedule show");
    value["file"] = json!(path);
    value["schedule"] = json!({
        "day": schedule.day, "closing_day": schedule.closing_day, "time": schedule.time.format("%H:%M").to_string(), "timezone": "Asia/Tokyo",
        "since": schedule.since,
    });
    context.emit(&Sheet { title, header, ..Sheet::default() }, &value)
}
