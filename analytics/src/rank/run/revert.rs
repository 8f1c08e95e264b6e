//! Taking a run back (`docs/rank.md#after-the-run`): whoever still has the rank that the run gave gets the one from
//! before.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::rank::{RankDirection, RankMaster};
use shared::store::{RankRevert, RankRun, Reader, Store, StoreError};

use crate::context::{Context, Format};
use crate::exit::{self, Failure};
use crate::labels::Label;
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, csv, table};
use crate::quality::confirmed;
use crate::rank::labels;
use crate::rank::run::in_force::{RUNS_READ_MAX, reverted_by};

/// Customers that people are shown, and programs.
const SHOWN_MAX: (usize, usize) = (100, 10_000);
/// The direction of a change that leaves no rank, which no master can order.
const CLEARED: &str = "cleared";

/// `analytics rank revert`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The run that is taken back.
    #[arg(value_name = "RUN")]
    run: i64,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
}

/// What taking a run back does to whom.
struct Plan {
    restored: Vec<RankRevert>,
    /// Whose rank is another one by now, or who is gone.
    left: Vec<RankRevert>,
}

/// What stops the transaction.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Nothing(String),
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let started_at = context.clock.now();
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    let run = reader.rank_run(args.run)?.ok_or_else(|| {
        let message = format!("the store has no rank run {}; see: analytics rank runs", args.run);
        Failure::error(exit::NO_INPUT, message)
    })?;
    if let Some(reason) = taken_back(&mut reader, run.run_id)? {
        return nothing(context, args, &reason);
    }
    let plan = Plan::read(&mut reader, run.run_id)?;
    if plan.restored.is_empty() && !args.dry_run {
        context.notice(&format!("run {} left no rank that is still its own; nothing was done", run.run_id));
        return show(context, &master, &run, &plan, None, args);
    }
    if args.dry_run {
        return show(context, &master, &run, &plan, None, args);
    }
    let n = plan.restored.len();
    let what = format!("run {} of {} would be taken back for {n} customers", run.run_id, run.as_of);
    if !confirmed(context, args.yes, &what)? {
        return nothing(context, args, "nothing was written");
    }
    match publish(context, &store, &master, &run, started_at) {
        Ok((run_id, plan)) => {
            crate::metrics::refresh_cards(context, &store)?;
            let saved = reader.rank_config(None)?;
            if let Some(saved) = saved.filter(|saved| Some(saved.version) == run.config_version) {
                context.notice(&format!(
                    "the saved settings (version {}) are still those of the run that was taken back, and the next run uses \
                     them: save others with: analytics rank config save FILE",
                    saved.version
                ));
            }
            show(context, &master, &run, &plan, Some(run_id), args)
        }
        Err(Stopped::Nothing(reason)) => nothing(context, args, &reason),
        Err(Stopped::Store(error)) => Err(error.into()),
    }
}

/// Why there is nothing to take back: another run did so, and that one was not taken back itself.
fn taken_back(reader: &mut Reader, run_id: i64) -> Result<Option<String>, StoreError> {
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    Ok(reverted_by(&runs, run_id)
        .map(|by| format!("run {run_id} was taken back by run {by}; nothing was done")))
}

/// Writes it in one transaction. Inside it nobody else can write, so the ranks are read again there.
fn publish(
    context: &Context,
    store: &Store,
    master: &RankMaster,
    run: &RankRun,
    started_at: DateTime<Utc>,
) -> Result<(i64, Plan), Stopped> {
    let mut reader = store.reader()?;
    store.write(|tx| {
        if let Some(reason) = taken_back(&mut reader, run.run_id)? {
            return Err(Stopped::Nothing(reason));
        }
        let plan = Plan::read(&mut reader, run.run_id)?;
        let record = record(context, &reader.rank_runs(RUNS_READ_MAX)?, run, &plan, started_at);
        let mut changes = plan.restored.iter().map(|revert| (revert, direction(master, revert)));
        let run_id = tx.publish_rank_revert(&record, &mut changes)?;
        Ok((run_id, plan))
    })
}

/// The run as it is kept. Its day is that of the last run: it changes the ranks as they are now, and stands in
/// nobody's way. The settings in force are those of the run before the one that is taken back.
fn record(
    context: &Context,
    runs: &[RankRun],
    run: &RankRun,
    plan: &Plan,
    started_at: DateTime<Utc>,
) -> RankRun {
    let before = runs.iter().find(|other| other.run_id < run.run_id).unwrap_or(run);
    RankRun {
        run_id: 0,
        as_of: runs.iter().map(|run| run.as_of).max().unwrap_or(run.as_of),
        trigger: "manual".to_owned(),
        mode: "revert".to_owned(),
        reverts: Some(run.run_id),
        config_hash: before.config_hash.clone(),
        config: before.config.clone(),
        config_version: before.config_version,
        started_at,
        finished_at: context.clock.now(),
        evaluated: (plan.restored.len() + plan.left.len()) as u64,
        changed: plan.restored.len() as u64,
        excluded: 0,
        not_target: 0,
        warnings: plan.left.len() as u64,
    }
}

/// Where going back leads.
fn direction(master: &RankMaster, revert: &RankRevert) -> &'static str {
    if revert.rank_before.is_none() {
        return CLEARED;
    }
    match master.direction(revert.rank_after.as_deref(), revert.rank_before.as_deref()) {
        // The same rank is no change, and a run has no such change.
        RankDirection::Same => RankDirection::Initial.as_str(),
        other => other.as_str(),
    }
}

impl Plan {
    fn read(reader: &mut Reader, run_id: i64) -> Result<Self, StoreError> {
        let reverts = reader.rank_reverts(run_id)?;
        let (restored, left) = reverts.into_iter().partition(RankRevert::is_as_the_run_left_it);
        Ok(Self { restored, left })
    }
}

fn nothing(context: &Context, args: &Args, reason: &str) -> anyhow::Result<()> {
    context.notice(reason);
    if context.format == Format::Json {
        let value = json!({"command": "rank revert", "reverts": args.run, "run_id": null, "skipped": reason});
        context.write(&format!("{value:#}\n"))?;
    }
    Ok(())
}

fn show(
    context: &Context,
    master: &RankMaster,
    run: &RankRun,
    plan: &Plan,
    run_id: Option<i64>,
    args: &Args,
) -> anyhow::Result<()> {
    let (for_people, for_programs) = SHOWN_MAX;
    let text = match context.format {
        Format::Json => format!("{:#}\n", as_json(master, run, plan, run_id, args, for_programs)),
        Format::Csv => csv::render(&restored(context, master, run, plan, run_id, usize::MAX), context.lang)?,
        Format::Table => {
            let sheets =
                [restored(context, master, run, plan, run_id, for_people), left(context, plan, for_people)];
            sheets.iter().map(|sheet| table::render(sheet, context)).collect()
        }
        Format::Html => {
            let sheet = restored(context, master, run, plan, run_id, for_people);
            let blocks = [Block::Sheet(sheet.untitled()), Block::Sheet(left(context, plan, for_people))];
            html::page(&sheet.title, context.lang, &blocks)
        }
    };
    Ok(context.write(&text)?)
}

fn restored(
    context: &Context,
    master: &RankMaster,
    run: &RankRun,
    plan: &Plan,
    run_id: Option<i64>,
    max: usize,
) -> Sheet {
    let line = |label: Label, value: String| (context.label(label).to_owned(), value);
    let none = context.label(labels::NO_RANK);
    let rank = |rank: &Option<String>| Cell::Text(rank.clone().unwrap_or_else(|| none.to_owned()));
    let row = |revert: &RankRevert| {
        vec![
            Cell::Text(revert.customer_code.clone()),
            Cell::text(revert.customer_name.as_deref()),
            rank(&revert.rank_after),
            rank(&revert.rank_before),
            Cell::Text(context.label(labels::direction(direction(master, revert))).to_owned()),
        ]
    };
    let columns = [labels::CODE, labels::NAME, labels::RANK_FROM, labels::RANK_TO, labels::DIRECTION];
    let mut header = vec![
        line(labels::REVERTS, run.run_id.to_string()),
        line(crate::labels::AS_OF, run.as_of.to_string()),
    ];
    header.extend(run_id.map(|run_id| line(labels::RUN_ID, run_id.to_string())));
    header.extend(run_id.is_none().then(|| line(labels::NOTHING_WRITTEN, String::new())));
    Sheet {
        title: context.label(labels::REVERT).to_owned(),
        header,
        columns: if plan.restored.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows: plan.restored.iter().take(max).map(row).collect(),
        footer: vec![
            line(labels::RESTORED, plan.restored.len().to_string()),
            line(labels::LEFT, plan.left.len().to_string()),
        ],
        ..Sheet::default()
    }
}

/// Whose rank is not the run's any more, and what it is.
fn left(context: &Context, plan: &Plan, max: usize) -> Sheet {
    if plan.left.is_empty() {
        return Sheet::default();
    }
    let row = |revert: &RankRevert| {
        vec![
            Cell::Text(revert.customer_code.clone()),
            Cell::text(revert.customer_name.as_deref()),
            Cell::text(revert.rank_after.as_deref()),
            Cell::text(revert.rank_now.as_deref()),
        ]
    };
    let columns = [labels::CODE, labels::NAME, labels::RANK_OF_RUN, labels::NOW];
    Sheet {
        title: context.label(labels::LEFT).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: plan.left.iter().take(max).map(row).collect(),
        ..Sheet::default()
    }
}

fn as_json(
    master: &RankMaster,
    run: &RankRun,
    plan: &Plan,
    run_id: Option<i64>,
    args: &Args,
    max: usize,
) -> Value {
    let restored: Vec<Value> = plan
        .restored
        .iter()
        .take(max)
        .map(|revert| {
            json!({"customer_code": revert.customer_code, "rank_from": revert.rank_after,
                "rank_to": revert.rank_before, "direction": direction(master, revert)})
        })
        .collect();
    let left: Vec<Value> = plan
        .left
        .iter()
        .take(max)
        .map(|revert| {
            json!({"customer_code": revert.customer_code, "rank_of_run": revert.rank_after,
                "rank_now": revert.rank_now, "is_gone": revert.customer_name.is_none()})
        })
        .collect();
    json!({
        "command": "rank revert", "reverts": run.run_id, "run_id": run_id, "dry_run": args.dry_run, "skipped": null,
        "restored": plan.restored.len(), "left": plan.left.len(), "customers": restored, "left_customers": left,
    })
}
