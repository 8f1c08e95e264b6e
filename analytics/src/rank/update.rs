//! 定期更新 and 保存して実行: scoring everybody and writing the new ranks (`docs/rank.md#runs`).

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::calendar::YearMonth;
use shared::rank::RankMaster;
use shared::store::{RankRun, RankScore, Reader, Store};

use super::eligibility::Reason;
use super::labels;
use super::plan::{RankPlan, Scored};
use super::settings::Source;
use super::summary::{self, Summary};
use super::totals::Depth;
use super::{Prepared, Scene};
use crate::context::{Context, Format};
use crate::exit::{self, Failure};
use crate::metrics;
use crate::mirror::Manifest;

/// Times that a run is computed again because somebody wrote meanwhile.
const ATTEMPTS_MAX: usize = 3;
/// Runs that are looked through for one of the same month.
const RUNS_READ_MAX: usize = 10_000;

/// `analytics rank run`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest that were saved, else those of the last run].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// 保存して実行: a manual run, at any time and as often as wanted, whose settings become the newest saved
    /// version. Without it this is the scheduled run, once a month.
    #[arg(long)]
    save: bool,
    /// Also when the month has its scheduled run, when a later one is committed, or when `enabled = false`.
    #[arg(long)]
    force: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    fn trigger(&self) -> &'static str {
        if self.save { "manual" } else { "scheduled" }
    }
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let started_at = context.clock.now();
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    if let Some(reason) = skipped(context, args, &prepared)? {
        return skip(context, args, &reason);
    }
    for _ in 0..ATTEMPTS_MAX {
        let (plan, scene) = prepared.plan(context, Depth::Full)?;
        let summary = Summary::of(plan.customers());
        if args.dry_run {
            return show(context, &prepared, &plan, &summary, None, args);
        }
        match publish(context, args, &prepared, &plan, &summary, &scene, started_at)? {
            Published::Done(run_id) => {
                refresh(context, &prepared.store)?;
                return show(context, &prepared, &plan, &summary, Some(run_id), args);
            }
            Published::Skipped(reason) => return skip(context, args, &reason),
            Published::Behind => {}
        }
    }
    Err(Failure::error(
        exit::LOCKED,
        "the data kept changing while the run was computed; nothing was written, run again",
    ))
}

/// What became of a plan.
enum Published {
    Done(i64),
    /// Another run came first.
    Skipped(String),
    /// Somebody wrote since the plan's data was read.
    Behind,
}

/// What stops a transaction.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Store(#[from] shared::store::StoreError),
    #[error("{0}")]
    Skipped(String),
    #[error("the data changed")]
    Behind,
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Writes the plan in one transaction. Inside it nobody else can write, so that what was true of the data and
/// of the runs before is asked again there: two runs at once cannot both be kept.
fn publish(
    context: &Context,
    args: &Args,
    prepared: &Prepared,
    plan: &RankPlan,
    summary: &Summary,
    scene: &Scene,
    started_at: DateTime<Utc>,
) -> anyhow::Result<Published> {
    let mut run = record(context, args, prepared, plan, summary, started_at);
    let config = super::config::record(context, &prepared.settings, None);
    if let Some((code, _)) = plan.customers().find(|(_, scored)| scored.exact().amount.is_none()) {
        return Err(Failure::error(
            exit::DATA,
            format!("the amount of customer {code} is too large to keep"),
        ));
    }
    let mut reader = prepared.store.reader()?;
    let done = prepared.store.write(|tx| {
        if let Some(reason) = skipped_by(&mut reader, context, args)? {
            return Err(Stopped::Skipped(reason));
        }
        if is_behind(&mut reader, &scene.manifest, prepared.settings.source)? {
            return Err(Stopped::Behind);
        }
        if args.save {
            run.config_version = Some(super::config::save_with_run(tx, &mut reader, &config)?);
        }
        let mut scores = plan.customers().map(|(code, scored)| score(code, scored, plan, &prepared.master));
        Ok(tx.publish_rank_run(&run, &mut scores)?)
    });
    match done {
        Ok(run_id) => Ok(Published::Done(run_id)),
        Err(Stopped::Skipped(reason)) => Ok(Published::Skipped(reason)),
        Err(Stopped::Behind) => Ok(Published::Behind),
        Err(Stopped::Store(error)) => Err(error.into()),
        Err(Stopped::Other(error)) => Err(error),
    }
}

/// Whether the data that is scored changed since the mirror's version.
fn is_behind(reader: &mut Reader, manifest: &Manifest, source: Source) -> Result<bool, Stopped> {
    let scored = ["customers", source.as_str()];
    let changes = reader.dataset_changes()?;
    Ok(changes.iter().filter(|change| scored.contains(&change.dataset.as_str())).any(|change| {
        let dataset = manifest.datasets.get(&change.dataset);
        let file = dataset.and_then(|dataset| dataset.files.get(&change.month));
        file.is_none_or(|file| file.change_no < change.change_no)
    }))
}

/// Why there is nothing to do, if so; an as-of date before the last run's is an error.
fn skipped(context: &Context, args: &Args, prepared: &Prepared) -> anyhow::Result<Option<String>> {
    if args.dry_run || args.force {
        return Ok(None);
    }
    if !prepared.settings.enabled {
        return Ok(Some(
            "the settings say enabled = false; run with --force to do it all the same".to_owned(),
        ));
    }
    match skipped_by(&mut prepared.store.reader()?, context, args) {
        Ok(reason) => Ok(reason),
        Err(Stopped::Other(error)) => Err(error),
        Err(error) => Err(error.into()),
    }
}

/// What the runs before have to say about this one.
fn skipped_by(reader: &mut Reader, context: &Context, args: &Args) -> Result<Option<String>, Stopped> {
    if args.force {
        return Ok(None);
    }
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    let month = YearMonth::of(context.as_of);
    let same_month = |run: &&RankRun| run.trigger == "scheduled" && YearMonth::of(run.as_of) == month;
    if !args.save
        && let Some(run) = runs.iter().find(same_month)
    {
        return Ok(Some(format!(
            "{month} has its scheduled run already (run {}); nothing was done",
            run.run_id
        )));
    }
    if let Some(last) = runs.iter().find(|run| run.as_of > context.as_of) {
        return Err(Failure::error(
            exit::DATA,
            format!(
                "run {} is of {}, later than {}; an older run would overwrite newer ranks, give --force to do so",
                last.run_id, last.as_of, context.as_of
            ),
        )
        .into());
    }
    Ok(None)
}

/// The run as it is kept.
fn record(
    context: &Context,
    args: &Args,
    prepared: &Prepared,
    plan: &RankPlan,
    summary: &Summary,
    started_at: DateTime<Utc>,
) -> RankRun {
    RankRun {
        run_id: 0,
        as_of: plan.as_of,
        trigger: args.trigger().to_owned(),
        config_hash: plan.settings_hash.clone(),
        config: prepared.settings.to_toml(),
        config_version: prepared.config_version,
        mode: "run".to_owned(),
        reverts: None,
        started_at,
        finished_at: context.clock.now(),
        evaluated: summary.evaluated(),
        changed: summary.with(Reason::Changed),
        excluded: summary.with(Reason::Excluded),
        not_target: summary.not_target(),
        warnings: plan.warnings.len() as u64,
    }
}

fn score(code: &str, scored: &Scored, plan: &RankPlan, master: &RankMaster) -> RankScore {
    let (before, after) = (plan.rank(scored.before), plan.rank(scored.after));
    let exact = scored.exact();
    let is_changed = scored.reason == Reason::Changed;
    RankScore {
        customer_code: code.to_owned(),
        latest_date: exact.latest_date,
        months_within: scored.months_within,
        count: exact.count.unwrap_or_default(),
        // `publish` has refused amounts that do not fit.
        amount: exact.amount.unwrap_or_default(),
        points_recency: scored.points.recency.map(u32::from),
        points_count: scored.points.count.map(u32::from),
        points_amount: scored.points.amount.map(u32::from),
        total: exact.total,
        rank_before: before.map(str::to_owned),
        rank_after: after.map(str::to_owned),
        reason: scored.reason.as_str().to_owned(),
        direction: is_changed.then(|| master.direction(before, after).as_str().to_owned()),
    }
}

/// Brings the pop-up up to date: the figures of the same day, and the cards that became stale. Readers never saw
/// an old card; this only spares them work. A forced run of an earlier day does not bring back its old figures.
fn refresh(context: &Context, store: &Store) -> anyhow::Result<()> {
    let runs = store.reader()?.rank_runs(RUNS_READ_MAX)?;
    if runs.iter().any(|run| run.as_of > context.as_of) {
        metrics::refresh_cards(context, store)?;
    } else {
        metrics::publish(context)?;
    }
    Ok(())
}

fn skip(context: &Context, args: &Args, reason: &str) -> anyhow::Result<()> {
    context.notice(reason);
    if context.format == Format::Json {
        let value = json!({
            "command": "rank run", "skipped": reason, "as_of": context.as_of.to_string(), "trigger": args.trigger(),
        });
        context.write(&format!("{value:#}\n"))?;
    }
    Ok(())
}

fn show(
    context: &Context,
    prepared: &Prepared,
    plan: &RankPlan,
    summary: &Summary,
    run_id: Option<i64>,
    args: &Args,
) -> anyhow::Result<()> {
    if context.format == Format::Json {
        return context.write(&format!("{:#}\n", as_json(prepared, plan, summary, run_id, args)));
    }
    let mut header = summary::header(context, plan, &prepared.settings);
    let line = |label: crate::labels::Label, value: String| (context.label(label).to_owned(), value);
    header.push(line(labels::TRIGGER, args.trigger().to_owned()));
    header.extend(run_id.map(|run_id| line(labels::RUN_ID, run_id.to_string())));
    let title = if run_id.is_some() { labels::RUN } else { labels::DRY_RUN };
    context.write(&summary::render(context, title, header, summary, plan, &prepared.master))
}

fn as_json(
    prepared: &Prepared,
    plan: &RankPlan,
    summary: &Summary,
    run_id: Option<i64>,
    args: &Args,
) -> Value {
    let unknown: Vec<_> = plan
        .unknown
        .iter()
        .map(|unknown| json!({"customer_code": unknown.customer_code, "records": unknown.records}))
        .collect();
    json!({
        "command": "rank run",
        "run_id": run_id,
        "dry_run": args.dry_run,
        "skipped": null,
        "as_of": plan.as_of.to_string(),
        "trigger": args.trigger(),
        "settings_hash": plan.settings_hash,
        "source": prepared.settings.source.as_str(),
        "evaluated": summary.evaluated(),
        "changed": summary.with(Reason::Changed),
        "excluded": summary.with(Reason::Excluded),
        "not_target": summary.not_target(),
        "future_ignored": plan.checks.future_ignored,
        "unknown_customers": {"count": plan.unknown_customers, "listed": unknown},
        "distribution": summary.json(plan, &prepared.master),
        "warnings": summary::warnings_json(plan),
    })
}
