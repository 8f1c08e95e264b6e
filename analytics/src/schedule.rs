//! The monthly run: what is owed, what the system's scheduler is told, and what it tells back (`docs/rank.md#schedule`).
//!
//! The scheduler only knocks once a day; whether there is something to do is worked out here, from the logical dates
//! of the schedule and the runs in the store. So a machine that was off, a month that ends early and a run that
//! failed need no rule of their own in systemd or cron.

mod due;
mod file;
mod install;
mod labels;
pub(crate) mod run;
mod units;

use chrono::{NaiveDateTime, NaiveTime};
use serde_json::{Value, json};
use shared::clock::japan_time;

use self::due::{Schedule, State};
use crate::context::Context;
use crate::output::Sheet;
use crate::rank::update::RUNS_READ_MAX;

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
    Run(run::Args),
}

/// Runs a command.
///
/// # Errors
/// No schedule, a run that failed or was refused; also, with a code of their own, that there was nothing to do and
/// that there are warnings.
pub fn run(context: &Context, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Install(args) => install::run(context, args),
        Command::Show => show(context),
        Command::Due => run::due(context),
        Command::Run(args) => run::run(context, args),
    }
}

/// Now on Japan's clocks. On another `--as-of` day than today it is the end of that day, so that one can ask what
/// will be owed then.
fn now(context: &Context) -> NaiveDateTime {
    let now = japan_time(context.clock.now()).naive_local();
    let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(now.time());
    if context.as_of == now.date() { now } else { context.as_of.and_time(end) }
}

/// What the schedule and the store's runs say.
fn state(context: &Context, schedule: &Schedule) -> anyhow::Result<State> {
    let runs = context.store()?.reader()?.rank_runs(RUNS_READ_MAX)?;
    Ok(due::state(schedule, now(context), &runs))
}

fn show(context: &Context) -> anyhow::Result<()> {
    let schedule = file::load(context)?;
    let state = state(context, &schedule)?;
    let path = file::path(context).display().to_string();
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

/// The state for people.
fn lines(context: &Context, state: &State) -> Vec<(String, String)> {
    let none = || context.label(crate::labels::NO_FILTER).to_owned();
    let dates = |dates: &[chrono::NaiveDate]| match dates {
        [] => none(),
        dates => dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let last = state.last.as_ref();
    let line = |label, value: String| (context.label(label).to_owned(), value);
    vec![
        line(labels::LAST, last.map_or_else(none, |(run, as_of)| format!("{as_of} ({run})"))),
        line(labels::OWED, dates(state.owed.as_slice())),
        line(labels::MISSED, dates(&state.missed)),
        line(labels::OVERTAKEN, dates(&state.overtaken)),
        line(labels::NEXT, state.next.format("%Y-%m-%d %H:%M").to_string()),
    ]
}

/// The state for programs.
fn state_json(state: &State) -> Value {
    json!({
        "last": state.last.as_ref().map(|(run_id, as_of)| json!({"run_id": run_id, "as_of": as_of})),
        "owed": state.owed, "missed": state.missed, "overtaken": state.overtaken,
        "next": state.next.format("%Y-%m-%dT%H:%M:%S+09:00").to_string(),
    })
}
