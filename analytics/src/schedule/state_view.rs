//! The runs due now, for people and for programs.

use chrono::{NaiveDateTime, NaiveTime};
use serde_json::{Value, json};
use shared::clock::japan_time;
use shared::exit::Failure;

use crate::context::Context;
use crate::rank::run::in_force::RUNS_READ_MAX;
use crate::schedule::due_dates::{self, Schedule, State};
use crate::schedule::labels;

/// The current time in Japan. With `--as-of` on another day it is the end of that day, to ask what will be owed then.
fn now(context: &Context) -> NaiveDateTime {
    let now = japan_time(context.clock.now()).naive_local();
    let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(now.time());
    if context.as_of == now.date() { now } else { context.as_of.and_time(end) }
}

/// The state of the schedule, from the runs in the store.
pub(crate) fn state(context: &Context, schedule: &Schedule) -> Result<State, Failure> {
    let runs = context.store()?.reader()?.rank_runs(RUNS_READ_MAX)?;
    Ok(due_dates::state(schedule, now(context), &runs))
}

/// The state for people.
pub(crate) fn lines(context: &Context, state: &State) -> Vec<(String, String)> {
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
pub(crate) fn state_json(state: &State) -> Value {
    json!({
        "last": state.last.as_ref().map(|(run_id, as_of)| json!({"run_id": run_id, "as_of": as_of})),
        "owed": state.owed, "missed": state.missed, "overtaken": state.overtaken,
        "next": state.next.format("%Y-%m-%dT%H:%M:%S+09:00").to_string(),
    })
}
