//! One customer in all runs, and the list of runs (`docs/rank.md#after-the-run`).

use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message;
use shared::rank::RankRunMode;
use shared::store::{RankEdit, RankHistoryEntry, RankRun};

use crate::context::{Context, Format};
use crate::output::html::{self, Block, Lines};
use crate::output::{Cell, Sheet, SheetColumn, json_decimal};
use crate::rank::labels;

/// `analytics rank history`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The customer's code.
    #[arg(value_name = "CODE")]
    customer_code: String,
    /// Number of runs, the last ones.
    #[arg(long, value_name = "N", default_value_t = 36, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

/// `analytics rank runs`.
#[derive(Debug, Clone, clap::Args)]
pub struct RunsArgs {
    /// Number of runs, the last ones.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

/// Shows a customer's totals, points and ranks in each run, the oldest first.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let code = args.customer_code.trim();
    let mut reader = context.store()?.reader()?;
    let mut entries = reader.rank_history(code, args.limit as usize)?;
    entries.reverse();
    let mut edits = reader.rank_edits(code, args.limit as usize)?;
    edits.reverse();
    if entries.is_empty() && edits.is_empty() {
        return Err(Failure::data(message!(
            "得意先コード {code} のランク更新の記録はありません。コードを確認するか、analytics rank runs で実行の一覧を確認してください",
            "no rank run has a customer {code}; check the code, or see: analytics rank runs",
            code = code,
        )));
    }
    let sheet = sheet(context, code, &entries, &edits);
    if context.format == Format::Html {
        let points =
            entries.iter().filter_map(|entry| Some((entry.as_of.to_string(), entry.score.as_ref()?.total)));
        let total = context.label(labels::TOTAL).to_owned();
        let lines = Lines { title: total.clone(), unit: total, points: points.collect(), top: Decimal::ZERO };
        let blocks = [Block::Lines(lines), Block::Sheet(sheet.untitled())];
        return context.write(&html::page(&sheet.title, context, &blocks));
    }
    let entries: Vec<Value> = entries.iter().map(entry_json).collect();
    context.emit(
        &sheet,
        &json!({"command": "rank history", "customer_code": code, "runs": entries, "edits": edits}),
    )
}

fn sheet(context: &Context, code: &str, entries: &[RankHistoryEntry], edits: &[RankEdit]) -> Sheet {
    let highest =
        entries.iter().filter_map(|entry| Some(entry.score.as_ref()?.total)).max().unwrap_or_default();
    let points = |points: Option<u32>| points.map_or(Cell::None, |points| Cell::Count(points.into()));
    let row = |entry: &RankHistoryEntry| {
        let score = entry.score.as_ref();
        let change = entry.change.as_ref();
        let none = || context.label(labels::NO_RANK).to_owned();
        let name = |rank: Option<&str>| {
            Cell::Text(rank.filter(|rank| !rank.is_empty()).map_or_else(none, str::to_owned))
        };
        // A revert has changes and no scores.
        let (before, after) = match (score, change) {
            (_, Some((from, to, _))) => (name(from.as_deref()), name(Some(to))),
            (Some(score), None) => (name(score.rank_before.as_deref()), name(score.rank_after.as_deref())),
            (None, None) => (Cell::None, Cell::None),
        };
        let direction = change.map(|(_, _, direction)| context.label(labels::direction(*direction)));
        vec![
            Cell::Integer(entry.run_id),
            Cell::Date(entry.as_of),
            Cell::Text(mode(context, entry.mode, entry.reverts)),
            Cell::date(score.and_then(|score| score.latest_date)),
            score.map_or(Cell::None, |score| Cell::Number(score.count)),
            score.map_or(Cell::None, |score| Cell::Money(score.amount)),
            points(score.and_then(|score| score.points_recency)),
            points(score.and_then(|score| score.points_count)),
            points(score.and_then(|score| score.points_amount)),
            score.map_or(Cell::None, |score| Cell::Number(score.total)),
            before,
            after,
            Cell::text(direction),
            Cell::text(entry.config_changed.then(|| context.label(labels::CAUSED))),
            Cell::text(entry.actor.as_deref()),
            score.map_or(Cell::None, |score| Cell::Bar(score.total.checked_div(highest).unwrap_or_default())),
        ]
    };
    let columns = [
        labels::RUN_ID,
        crate::labels::AS_OF,
        labels::MODE,
        labels::LATEST,
        labels::COUNT,
        labels::AMOUNT,
        labels::POINTS_RECENCY,
        labels::POINTS_COUNT,
        labels::POINTS_AMOUNT,
        labels::TOTAL,
        labels::RANK_FROM,
        labels::RANK_TO,
        labels::DIRECTION,
        labels::CAUSE,
        crate::labels::ACTOR,
    ];
    // Runs and edits in the order of time.
    let runs = entries.iter().map(|entry| (entry.finished_at, row(entry)));
    let mut rows: Vec<_> =
        runs.chain(edits.iter().map(|edit| (edit.edited_at, edit_row(context, edit)))).collect();
    rows.sort_by_key(|(at, _)| *at);
    let bar = SheetColumn::drawn(labels::TOTAL_BAR);
    Sheet {
        title: format!("{}: {code}", context.label(labels::HISTORY)),
        columns: columns.map(SheetColumn::new).into_iter().chain([bar]).collect(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        ..Sheet::default()
    }
}

/// A rank that was edited by hand has no score.
fn edit_row(context: &Context, edit: &RankEdit) -> Vec<Cell> {
    let name = |rank: &Option<String>| {
        Cell::Text(rank.clone().unwrap_or_else(|| context.label(labels::NO_RANK).to_owned()))
    };
    let mut row =
        vec![Cell::None, Cell::Date(edit.edited_on), Cell::Text(context.label(labels::EDITED).to_owned())];
    row.extend(std::iter::repeat_n(Cell::None, 7));
    row.extend([
        name(&edit.rank_from),
        name(&edit.rank_to),
        Cell::Text(context.label(labels::direction(edit.direction)).to_owned()),
        Cell::None,
        Cell::Text(edit.actor.clone()),
        Cell::None,
    ]);
    row
}

/// What kind of run it was.
fn mode(context: &Context, mode: RankRunMode, reverts: Option<i64>) -> String {
    match (mode, reverts) {
        (RankRunMode::Revert, Some(of)) => {
            message!("{of} の取り消し", "reverts {of}", of = of).text(context.lang).to_owned()
        }
        _ => context.label(labels::MODE_RUN).to_owned(),
    }
}

fn entry_json(entry: &RankHistoryEntry) -> Value {
    let change = entry.change.as_ref().map(|(from, to, direction)| {
        json!({"rank_from": from, "rank_to": Some(to).filter(|to| !to.is_empty()), "direction": direction,
            "config_changed": entry.config_changed})
    });
    let score = entry.score.as_ref().map(|score| {
        json!({
            "latest_date": score.latest_date.map(|day| day.to_string()), "months_within": score.months_within,
            "count": json_decimal(score.count), "amount": json_decimal(score.amount),
            "points": {"recency": score.points_recency, "count": score.points_count, "amount": score.points_amount},
            "total": json_decimal(score.total), "rank_before": score.rank_before, "rank_after": score.rank_after,
            "reason": score.reason,
        })
    });
    json!({
        "run_id": entry.run_id, "as_of": entry.as_of.to_string(), "trigger": entry.trigger, "mode": entry.mode,
        "reverts": entry.reverts, "actor": entry.actor, "settings_hash": entry.config_hash, "score": score, "change": change,
    })
}

/// Lists the last runs, the newest first.
pub(crate) fn runs(context: &Context, args: &RunsArgs) -> Result<(), Failure> {
    let runs = context.store()?.reader()?.rank_runs(args.limit as usize)?;
    let row = |run: &RankRun| {
        vec![
            Cell::Integer(run.run_id),
            Cell::Date(run.as_of),
            Cell::word(run.trigger.label(context.lang), run.trigger.as_str()),
            Cell::Text(mode(context, run.mode, run.reverts)),
            run.config_version.map_or(Cell::None, Cell::Integer),
            Cell::Count(run.evaluated),
            Cell::Count(run.changed),
            Cell::Count(run.excluded),
            Cell::Count(run.not_target),
            Cell::Count(run.warnings),
            Cell::text(run.actor.as_deref()),
        ]
    };
    let columns = [
        labels::RUN_ID,
        crate::labels::AS_OF,
        labels::TRIGGER,
        labels::MODE,
        labels::SETTINGS,
        labels::EVALUATED,
        crate::labels::CHANGED,
        labels::EXCLUDED_COUNT,
        labels::NOT_TARGET,
        labels::WARNINGS,
        crate::labels::ACTOR,
    ];
    let sheet = Sheet {
        title: context.label(labels::RUNS).to_owned(),
        columns: if runs.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows: runs.iter().map(row).collect(),
        ..Sheet::default()
    };
    let runs: Vec<Value> = runs
        .iter()
        .map(|run| {
            json!({
                "run_id": run.run_id, "as_of": run.as_of.to_string(), "trigger": run.trigger, "mode": run.mode,
                "reverts": run.reverts, "config_version": run.config_version, "settings_hash": run.config_hash,
                "started_at": run.started_at, "finished_at": run.finished_at, "evaluated": run.evaluated,
                "changed": run.changed, "excluded": run.excluded, "not_target": run.not_target,
                "warnings": run.warnings, "actor": run.actor,
            })
        })
        .collect();
    context.emit(&sheet, &json!({"command": "rank runs", "runs": runs}))
}
