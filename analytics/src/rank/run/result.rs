//! The result of a run for people and for programs.

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message::Message;
use shared::rank::RankReason;

use crate::context::{Context, Format};
use crate::output::{Cell, Sheet, SheetColumn, json_decimal_or_null};
use crate::rank::run::args::Args;
use crate::rank::run::outcome::Done;
use crate::rank::run::report_page;
use crate::rank::{labels, summary};

/// Reports that there was nothing to do.
pub(crate) fn skip(context: &Context, args: &Args, reason: &Message) -> Result<(), Failure> {
    context.notice(reason);
    not_done(context, args, "skipped", reason)
}

/// Reports a refused run to programs; people read the failure.
pub(crate) fn refuse(context: &Context, args: &Args, reason: &Message) -> Result<(), Failure> {
    not_done(context, args, "refused", reason)
}

fn not_done(context: &Context, args: &Args, what: &str, reason: &Message) -> Result<(), Failure> {
    if context.format == Format::Json {
        let mut value = json!({
            "command": "rank run", "run_id": null, "skipped": null, "refused": null,
            "as_of": context.as_of.to_string(), "trigger": args.trigger(),
        });
        value[what] = json!(reason.text(context.lang));
        context.write(&format!("{value:#}\n"))?;
    }
    Ok(())
}

/// Shows a run.
pub(crate) fn show(context: &Context, done: &Done, args: &Args) -> Result<(), Failure> {
    if let Some(reason) = &done.refused {
        context.notice(reason);
    }
    match context.format {
        Format::Json => return context.write(&format!("{:#}\n", as_json(context, done, args)?)),
        Format::Html => return context.write(&report_page::page(context, done)?),
        Format::Table => {}
        _ => return context.emit(&line(done, args), &Value::Null),
    }
    let mut header = summary::header(context, &done.plan, &done.prepared.settings);
    let line = |label: crate::labels::Label, value: String| (context.label(label).to_owned(), value);
    header.push(line(labels::TRIGGER, args.trigger().to_string()));
    header.extend(done.run_id.map(|run_id| line(labels::RUN_ID, run_id.to_string())));
    let title = if done.run_id.is_some() { labels::RUN } else { labels::DRY_RUN };
    let master = &done.prepared.master;
    context.write(&summary::render(context, title, header, &done.summary, &done.plan, master))
}

/// The run as one row.
fn line(done: &Done, args: &Args) -> Sheet {
    let summary = &done.summary;
    let columns = [
        labels::RUN_ID,
        crate::labels::AS_OF,
        labels::TRIGGER,
        crate::labels::CUSTOMERS,
        crate::labels::CHANGED,
        labels::NOT_UPDATED,
        labels::WARNINGS,
    ];
    let kept = summary.with(RankReason::Excluded) + summary.not_target();
    Sheet {
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: vec![vec![
            done.run_id.map_or(Cell::None, Cell::Integer),
            Cell::Date(done.plan.as_of),
            Cell::Text(args.trigger().to_string()),
            Cell::Count(summary.evaluated()),
            Cell::Count(done.changed()),
            Cell::Count(kept),
            Cell::Count(done.warnings()),
        ]],
        ..Sheet::default()
    }
}

fn as_json(context: &Context, done: &Done, args: &Args) -> Result<Value, Failure> {
    let Done { prepared, plan, summary, change_count, run_id, refused } = done;
    let mut reader = prepared.store.reader()?;
    let changes = run_id.map(|run_id| reader.rank_change_counts(run_id)).transpose()?;
    let version = run_id.map(|_| reader.last_rank_run()).transpose()?.flatten();
    let version = version.filter(|run| Some(run.run_id) == *run_id).and_then(|run| run.config_version);
    let unknown: Vec<_> = plan
        .unknown
        .iter()
        .map(|unknown| json!({"customer_code": unknown.customer_code, "records": unknown.records}))
        .collect();
    Ok(json!({
        "command": "rank run",
        "run_id": run_id,
        "dry_run": args.dry_run,
        "skipped": null,
        "refused": refused.as_ref().map(|reason| reason.text(context.lang)),
        "as_of": plan.as_of.to_string(),
        "trigger": args.trigger(),
        "settings_hash": plan.settings_hash,
        "config_version": version,
        "directions": changes,
        "source": prepared.settings.source.as_str(),
        "evaluated": summary.evaluated(),
        "changed": summary.with(RankReason::Changed),
        "changed_ratio": json_decimal_or_null(change_count.ratio()),
        "excluded": summary.with(RankReason::Excluded),
        "not_target": summary.not_target(),
        "future_ignored": plan.checks.future_ignored,
        "unknown_customers": {"count": plan.unknown_customers, "listed": unknown},
        "distribution": summary.json(plan, &prepared.master),
        "warnings": summary::warnings_json(context, &plan.warnings),
    }))
}
