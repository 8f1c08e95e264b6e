//! `schedule due` and `schedule run`: what is owed, and doing it.

use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message;
use shared::message::{Explain, counted};

use crate::context::Context;
use crate::metrics;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::run::execute::execute;
use crate::rank::run::metrics_file::Attempt;
use crate::rank::run::outcome::Outcome;
use crate::rank::run::{Args, DueArgs, card_figures};
use crate::schedule::due_dates::State;
use crate::schedule::run_end::{End, nothing};
use crate::schedule::state_view::{lines, state, state_json};
use crate::schedule::{labels, schedule_file};

/// A completed run.
struct Made {
    as_of: NaiveDate,
    run_id: Option<i64>,
    changed: u64,
    warnings: u64,
}

/// Shows what is owed.
pub(crate) fn due(context: &Context) -> Result<(), Failure> {
    let state = state(context, &schedule_file::load(context)?)?;
    let mut value = state_json(&state);
    value["command"] = json!("schedule due");
    let header = lines(context, &state);
    let title = context.label(labels::SCHEDULE).to_owned();
    context.emit(&Sheet { title, header, ..Sheet::default() }, &value)?;
    match state.to_run().first() {
        Some(_) => Ok(()),
        None => End::Nothing(nothing(&state)).result(),
    }
}

/// Runs what is owed.
pub(crate) fn run(context: &Context, args: &DueArgs) -> Result<(), Failure> {
    let started_at = context.clock.now();
    args.outputs.check()?;
    let mut made = Vec::new();
    let ended = attempt(context, args, &mut made);
    let code = ended.as_ref().map_or_else(Failure::code, |(_, end)| end.code());
    let attempt = Attempt { started_at, exit_code: code };
    let noted = args.outputs.write_metrics(context, &attempt);
    match ended {
        Ok((state, End::Nothing(_))) if args.quiet && state.to_run().is_empty() => noted,
        Ok((before, end)) => {
            tell(context, &before, &made, &end)?;
            noted?;
            end.result()
        }
        Err(error) => {
            let value = json!({
                "command": "schedule run", "result": "failed", "exit_code": code, "error": error.message().text(context.lang),
                "runs": made_json(&made),
            });
            if context.format == crate::context::Format::Json {
                context.write(&format!("{value:#}\n"))?;
            }
            Err(error)
        }
    }
}

fn attempt(context: &Context, args: &DueArgs, made: &mut Vec<Made>) -> Result<(State, End), Failure> {
    let schedule = schedule_file::load(context)?;
    let before = state(context, &schedule)?;
    // In order; a month that is refused stays owed, and no newer one runs before it.
    let dates = before.to_run();
    if dates.is_empty() {
        card_figures::publish_missing(context)?;
        let reason = nothing(&before);
        return Ok((before, End::Nothing(reason)));
    }
    let mut end = None;
    for as_of in dates {
        let at = Context { as_of, ..context.clone() };
        match execute(&at, &Args::scheduled(args))? {
            Outcome::Done(done) => {
                args.outputs.write_report(&at, &done)?;
                let (changed, warnings) = (done.changed(), done.warnings());
                made.push(Made { as_of, run_id: done.run_id, changed, warnings });
            }
            Outcome::Refused(done, reason) => {
                args.outputs.write_report(&at, &done)?;
                let reason =
                    message!("{as_of}: {reason}", "{as_of}: {reason}", as_of = as_of, reason = reason);
                end = Some(End::Refused(reason));
                break;
            }
            Outcome::Skipped(reason) => {
                end = Some(End::Nothing(reason));
                break;
            }
        }
    }
    if !made.is_empty() {
        // The figures of the pop-up are as of today, whatever the as-of date of the run.
        metrics::publish(context)?;
    }
    let after = state(context, &schedule)?;
    let end = end.unwrap_or_else(|| warned(made, &after));
    Ok((after, end))
}

fn warned(made: &[Made], after: &State) -> End {
    let warnings: u64 = made.iter().map(|made| made.warnings).sum();
    let (missed, overtaken) = (after.missed.len(), after.overtaken.len());
    if warnings == 0 && missed + overtaken == 0 {
        return End::Done;
    }
    End::Warned(message!(
        "更新しました。注意{warnings}件、未実行の月{missed}件、後の更新があり実行できない月{overtaken}件",
        "done; {warnings}, {missed} missed, {overtaken} overtaken by a later run",
        warnings = counted(warnings, "warning", "warnings"),
        missed = counted(missed, "month", "months"),
        overtaken = counted(overtaken, "month", "months"),
    ))
}

fn tell(context: &Context, state: &State, made: &[Made], end: &End) -> Result<(), Failure> {
    let row = |made: &Made| {
        vec![
            Cell::Date(made.as_of),
            made.run_id.map_or(Cell::None, |run_id| Cell::Text(run_id.to_string())),
            Cell::Count(made.changed),
            Cell::Count(made.warnings),
        ]
    };
    let columns = [labels::AS_OF, labels::RUN_ID, labels::CHANGED, labels::WARNINGS].map(SheetColumn::new);
    let mut footer = vec![(context.label(labels::RESULT).to_owned(), end.name().to_owned())];
    footer.extend(lines(context, state));
    let sheet = Sheet {
        title: context.label(labels::RUN).to_owned(),
        columns: if made.is_empty() { Vec::new() } else { columns.to_vec() },
        rows: made.iter().map(row).collect(),
        footer,
        ..Sheet::default()
    };
    let mut value = state_json(state);
    value["command"] = json!("schedule run");
    value["result"] = json!(end.name());
    value["exit_code"] = json!(end.code());
    value["reason"] = json!(end.reason().map(|reason| reason.text(context.lang)));
    value["runs"] = made_json(made);
    context.emit(&sheet, &value)
}

fn made_json(made: &[Made]) -> Value {
    made.iter()
        .map(|made| {
            json!({
                "as_of": made.as_of, "run_id": made.run_id, "changed": made.changed, "warnings": made.warnings,
            })
        })
        .collect()
}
