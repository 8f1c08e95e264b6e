//! 定期更新 and 保存して実行: scoring everybody and writing the new ranks (`docs/rank.md#runs`).

mod shown;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use shared::calendar::YearMonth;
use shared::rank::RankMaster;
use shared::store::{RankRun, RankScore, Reader, Store};

use super::eligibility::Reason;
use super::guard::{self, Moves};
use super::labels;
use super::outputs::{Attempt, Outputs};
use super::plan::{RankPlan, Scored};
use super::revert::stands;
use super::settings::{Problem, Source};
use super::summary::Summary;
use super::totals::Depth;
use super::{Prepared, Scene};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::metrics;
use crate::mirror::Manifest;

/// Times that a run is computed again because somebody wrote meanwhile.
const ATTEMPTS_MAX: usize = 3;
/// Runs that are looked through for one of the same month.
pub(crate) const RUNS_READ_MAX: usize = 10_000;

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
    /// Also when more customers would change than `max_change_ratio` allows.
    #[arg(long)]
    allow_changes: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Run what the schedule says is owed, as of its own date (as `analytics schedule run` does).
    #[arg(long, conflicts_with_all = ["save", "force", "dry_run"])]
    due: bool,
    /// With --due: also the months that were missed.
    #[arg(long, requires = "due")]
    catch_up: bool,
    /// Write every record and customer that something is wrong with to this CSV file.
    #[arg(long, value_name = "FILE", conflicts_with = "due")]
    errors: Option<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
}

impl Args {
    /// What a schedule runs.
    pub(crate) fn scheduled(args: &crate::schedule::run::Args) -> Self {
        Self {
            settings: args.settings.clone(),
            save: false,
            force: false,
            allow_changes: args.allow_changes,
            dry_run: false,
            due: false,
            catch_up: false,
            errors: None,
            outputs: Outputs::default(),
        }
    }

    fn trigger(&self) -> &'static str {
        if self.save { "manual" } else { "scheduled" }
    }
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    if args.due {
        let Args { settings, allow_changes, catch_up, outputs, .. } = args.clone();
        let due = crate::schedule::run::Args { catch_up, allow_changes, settings, outputs };
        return crate::schedule::run::run(context, &due);
    }
    args.outputs.check()?;
    super::errors::check_file(args.errors.as_deref())?;
    let started_at = context.clock.now();
    let ended = run_once(context, args);
    let exit_code = ended.as_ref().map_or_else(exit::code_of, |()| exit::OK);
    let noted = args.outputs.note(context, &Attempt { started_at, exit_code });
    // A run that failed is the graver news.
    ended.and(noted)
}

fn run_once(context: &Context, args: &Args) -> anyhow::Result<()> {
    let today = context.clock.today();
    if context.as_of > today && !args.dry_run && !args.force {
        return Err(Failure::error(
            exit::DATA,
            format!(
                "{} is after today, {today}: the runs of the months until then would be refused as older; give --force to run it all the same",
                context.as_of
            ),
        ));
    }
    match execute(context, args)? {
        Outcome::Done(done) => {
            if done.run_id.is_some() {
                refresh(context, &done.prepared.store)?;
            }
            args.outputs.report(context, &done)?;
            shown::show(context, &done, args)
        }
        Outcome::Skipped(reason) => {
            finish_last(context)?;
            shown::skip(context, args, &reason)
        }
        Outcome::Refused(done) => {
            args.outputs.report(context, &done)?;
            let reason = done.refused().unwrap_or_default();
            shown::refuse(context, args, reason)?;
            Err(Failure::error(exit::REFUSED, reason))
        }
    }
}

/// What became of a run.
pub(crate) enum Outcome {
    /// It is written, or shown as it would be.
    Done(Box<Done>),
    /// There is nothing to do, and why.
    Skipped(String),
    /// It may not be written.
    Refused(Box<Done>),
}

/// A run that is written; with `--dry-run`, as it would be.
pub(crate) struct Done {
    pub(super) prepared: Prepared,
    pub(super) plan: RankPlan,
    pub(super) summary: Summary,
    pub(super) moves: Moves,
    /// `None` when nothing was written.
    run_id: Option<i64>,
    /// What would stop it, when nothing was written.
    refused: Option<String>,
}

impl Done {
    /// The run's number; `None` when nothing was written.
    pub(crate) fn run_id(&self) -> Option<i64> {
        self.run_id
    }

    /// Why it may not be written.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Customers whose rank it changes.
    pub(crate) fn changed(&self) -> u64 {
        self.summary.with(Reason::Changed)
    }

    /// Warnings about the settings, the data and the clock.
    pub(crate) fn warnings(&self) -> u64 {
        self.plan.warnings.len() as u64
    }
}

/// Computes a run and writes it, again when somebody wrote meanwhile. The figures of the pop-up are the caller's.
pub(crate) fn execute(context: &Context, args: &Args) -> anyhow::Result<Outcome> {
    let started_at = context.clock.now();
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    if let Some(reason) = skipped(context, args, &prepared)? {
        return Ok(Outcome::Skipped(reason));
    }
    for _ in 0..ATTEMPTS_MAX {
        let (mut plan, scene) = prepared.plan(context, Depth::Full)?;
        plan.warnings.extend(clock_went_back(&prepared.store, started_at)?);
        let (summary, moves) = (Summary::of(plan.customers()), Moves::of(&plan));
        if let Some(path) = &args.errors {
            prepared.write_errors(&scene, path, context)?;
        }
        guard::check_sums(&plan)?;
        let refused = guard::too_many_changes(&prepared.settings, moves).filter(|_| !args.allow_changes);
        if args.dry_run {
            let done = Done { prepared, plan, summary, moves, run_id: None, refused };
            return Ok(Outcome::Done(Box::new(done)));
        }
        if refused.is_some() {
            let done = Done { prepared, plan, summary, moves, run_id: None, refused };
            return Ok(Outcome::Refused(Box::new(done)));
        }
        match publish(context, args, &prepared, &plan, &summary, &scene, started_at)? {
            Published::Done(run_id) => {
                let done = Done { prepared, plan, summary, moves, run_id: Some(run_id), refused: None };
                return Ok(Outcome::Done(Box::new(done)));
            }
            Published::Skipped(reason) => return Ok(Outcome::Skipped(reason)),
            Published::Behind => {}
        }
    }
    Err(Failure::error(
        exit::LOCKED,
        "the data kept changing while the run was computed; nothing was written, run again",
    ))
}

/// A warning when the last run began later than this one: then the order of the runs is that of their numbers.
fn clock_went_back(store: &Store, started_at: DateTime<Utc>) -> anyhow::Result<Option<Problem>> {
    let last = store.reader()?.last_rank_run()?;
    Ok(last.filter(|last| last.started_at > started_at).map(|last| Problem {
        code: "RANK_CLOCK_BACK",
        path: "clock".to_owned(),
        value: started_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        reason: format!(
            "run {} began at {}, later than now; check the machine's clock. Runs stand in the order of their numbers",
            last.run_id,
            last.started_at.format("%Y-%m-%dT%H:%M:%SZ")
        ),
    }))
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
        let progress = context.progress(labels::WRITING, Some(summary.evaluated()));
        let scores = plan.customers().map(|(code, scored)| score(code, scored, plan, &prepared.master));
        let run_id = tx.publish_rank_run(&run, &mut scores.inspect(|_| progress.advance(1)))?;
        progress.finish();
        Ok(run_id)
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
    let same_month =
        |run: &&RankRun| run.trigger == "scheduled" && run.mode == "run" && YearMonth::of(run.as_of) == month;
    if !args.save
        && let Some(run) = runs.iter().find(same_month)
    {
        return Ok(Some(format!(
            "{month} has its scheduled run already (run {}); nothing was done",
            run.run_id
        )));
    }
    if let Some(last) = runs.iter().find(|run| stands(&runs, run) && run.as_of > context.as_of) {
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
        // `guard::check_sums` has refused amounts that do not fit.
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

/// Makes up for a run that was stopped between its commit and the publishing: then the figures of the pop-up are older
/// than the ranks, or not there for everybody.
pub(crate) fn finish_last(context: &Context) -> anyhow::Result<()> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    let Some(last) = runs.iter().find(|run| stands(&runs, run)) else { return Ok(()) };
    let (rows, customers, oldest) = reader.metrics_published()?;
    if rows >= customers.min(last.evaluated) && oldest.is_none_or(|oldest| oldest >= last.as_of) {
        return Ok(());
    }
    context.notice(&format!(
        "the figures of the pop-up are not those of run {}; they are published now",
        last.run_id
    ));
    let at = Context { as_of: last.as_of, ..context.clone() };
    super::fresh_warehouse(&at, &store)?;
    metrics::publish(&at).map(drop)
}

/// Brings the pop-up up to date: the figures of the same day, and the cards that became stale. Readers never saw
/// an old card; this only spares them work. A forced run of an earlier day does not bring back its old figures.
fn refresh(context: &Context, store: &Store) -> anyhow::Result<()> {
    let runs = store.reader()?.rank_runs(RUNS_READ_MAX)?;
    if runs.iter().any(|run| stands(&runs, run) && run.as_of > context.as_of) {
        metrics::refresh_cards(context, store)?;
    } else {
        metrics::publish(context)?;
    }
    Ok(())
}
