//! Reverting a run (`docs/rank.md#after-the-run`): customers who still have its rank get their previous one back.

use chrono::{DateTime, Utc};
use serde_json::json;
use shared::exit::Failure;
use shared::message;
use shared::message::{Message, counted};
use shared::rank::RankMaster;
use shared::rank::{RankRunMode, RankTrigger};
use shared::store::{RankRun, Reader, Store, StoreError};

use crate::context::{Context, Format};
use crate::quality::confirmed;
use crate::rank::run::in_force::{RUNS_READ_MAX, missing_run, reverted_by};
use crate::rank::run::revert_plan::{RevertPlan, direction};
use crate::rank::run::revert_view::show;

/// `analytics rank revert`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The run to revert.
    #[arg(value_name = "RUN")]
    run: i64,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

/// What stops the transaction.
enum Stopped {
    /// It failed.
    Failed(StoreError),
    /// There is nothing to revert.
    Nothing(Message),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let started_at = context.clock.now();
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    let run = reader.rank_run(args.run)?.ok_or_else(|| missing_run(args.run))?;
    if let Some(reason) = already_reverted(&mut reader, run.run_id)? {
        return nothing(context, args, &reason);
    }
    let plan = RevertPlan::read(&mut reader, run.run_id)?;
    if plan.restored.is_empty() && !args.dry_run {
        context.notice(&message!(
            "実行番号 {run_id} で付いたランクのままの顧客はありません。何もしていません",
            "no customer still has the rank of run {run_id}; nothing was done",
            run_id = run.run_id,
        ));
        return show(context, &master, &run, &plan, None, args.dry_run);
    }
    if args.dry_run {
        return show(context, &master, &run, &plan, None, args.dry_run);
    }
    let what = message!(
        "実行番号 {run_id}(基準日 {as_of})を取り消し、{n}件の顧客のランクを元に戻します",
        "run {run_id} as of {as_of} will be reverted for {n}",
        run_id = run.run_id,
        as_of = run.as_of,
        n = counted(plan.restored.len(), "customer", "customers"),
    );
    if !confirmed(context, args.yes, &what)? {
        let reason = message!("中止しました。何も書き込んでいません", "cancelled; nothing was written");
        return nothing(context, args, &reason);
    }
    match publish(context, &store, &master, &run, started_at) {
        Ok((run_id, plan)) => {
            warn_of_settings(context, &mut reader, &run)?;
            show(context, &master, &run, &plan, Some(run_id), args.dry_run)
        }
        Err(Stopped::Nothing(reason)) => nothing(context, args, &reason),
        Err(Stopped::Failed(error)) => Err(error.into()),
    }
}

/// The next run uses the saved settings, also when they are those of the reverted run.
fn warn_of_settings(context: &Context, reader: &mut Reader, run: &RankRun) -> Result<(), Failure> {
    let saved = reader.rank_config(None)?.filter(|saved| Some(saved.version) == run.config_version);
    if let Some(saved) = saved {
        context.notice(&message!(
            "保存済みの設定(版{version})は取り消した実行のもので、次回の更新でも使われます。別の設定にする場合は \
             analytics rank config save FILE で保存してください",
            "the saved settings (version {version}) are those of the reverted run, and the next run uses them; save \
             others with: analytics rank config save FILE",
            version = saved.version,
        ));
    }
    Ok(())
}

/// Why there is nothing to revert: another run has reverted this one and is in force.
fn already_reverted(reader: &mut Reader, run_id: i64) -> Result<Option<Message>, StoreError> {
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    Ok(reverted_by(&runs, run_id).map(|by| {
        message!(
            "実行番号 {run_id} は実行番号 {by} で取り消し済みです。何もしていません",
            "run {run_id} was reverted by run {by}; nothing was done",
            run_id = run_id,
            by = by,
        )
    }))
}

/// Writes the revert in one transaction. Other writers wait for it, so the ranks are read again there.
fn publish(
    context: &Context,
    store: &Store,
    master: &RankMaster,
    run: &RankRun,
    started_at: DateTime<Utc>,
) -> Result<(i64, RevertPlan), Stopped> {
    let mut reader = store.reader()?;
    store.write(|tx| {
        if let Some(reason) = already_reverted(&mut reader, run.run_id)? {
            return Err(Stopped::Nothing(reason));
        }
        let plan = RevertPlan::read(&mut reader, run.run_id)?;
        let record = record(context, &reader.rank_runs(RUNS_READ_MAX)?, run, &plan, started_at);
        let mut changes = plan.restored.iter().map(|revert| (revert, direction(master, revert)));
        let run_id = tx.publish_rank_revert(&record, &mut changes)?;
        Ok((run_id, plan))
    })
}

/// The run as it is stored. Its day is that of the last run, because it changes the ranks as they are now and must not
/// block later runs. The settings in force are those of the run before the reverted one.
fn record(
    context: &Context,
    runs: &[RankRun],
    run: &RankRun,
    plan: &RevertPlan,
    started_at: DateTime<Utc>,
) -> RankRun {
    let before = runs.iter().find(|other| other.run_id < run.run_id).unwrap_or(run);
    RankRun {
        run_id: 0,
        as_of: runs.iter().map(|run| run.as_of).max().unwrap_or(run.as_of),
        trigger: RankTrigger::Manual,
        mode: RankRunMode::Revert,
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
        actor: None,
    }
}

fn nothing(context: &Context, args: &Args, reason: &Message) -> Result<(), Failure> {
    context.notice(reason);
    if context.format == Format::Json {
        let value = json!({"command": "rank revert", "reverts": args.run, "run_id": null, "skipped": reason.text(context.lang)});
        context.write(&format!("{value:#}\n"))?;
    }
    Ok(())
}
