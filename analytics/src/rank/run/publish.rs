//! Writing a computed run in one transaction.

use chrono::{DateTime, Utc};
use shared::exit::Failure;
use shared::message::Message;
use shared::rank::{RankMaster, RankReason, RankRunMode};
use shared::store::{RankRun, RankScore, Reader, StoreError};

use crate::context::Context;
use crate::mirror::Manifest;
use crate::rank::labels;
use crate::rank::prepare::{Prepared, Scene};
use crate::rank::run::args::Args;
use crate::rank::run::precedence::{Stopped, check_imports, skipped_by};
use crate::rank::saved_settings::versions;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;
use crate::rank::settings::Source;
use crate::rank::summary::Summary;

/// The outcome of writing a plan.
pub(crate) enum Published {
    Done(i64),
    /// Another run was written first.
    Skipped(Message),
    /// The data has changed since the plan was computed.
    Behind,
}

/// Writes the plan in one transaction. Other writers wait for it, so the data and the earlier runs are checked again
/// there: of two simultaneous runs only one is written.
pub(crate) fn publish(
    context: &Context,
    args: &Args,
    prepared: &Prepared,
    plan: &RankPlan,
    summary: &Summary,
    scene: &Scene,
    started_at: DateTime<Utc>,
) -> Result<Published, Failure> {
    let mut run = record(context, args, prepared, plan, summary, started_at);
    let draft = versions::draft(context, &prepared.settings, None);
    let mut reader = prepared.store.reader()?;
    let done = prepared.store.write(|tx| {
        if let Some(reason) = skipped_by(&mut reader, context, args).map_err(Stopped::Failed)? {
            return Err(Stopped::Skipped(reason));
        }
        check_imports(&mut reader, args).map_err(Stopped::Failed)?;
        if is_behind(&mut reader, &scene.manifest, prepared.settings.source)? {
            return Err(Stopped::Behind);
        }
        if args.save {
            run.config_version = Some(versions::save_with_run(tx, &mut reader, &draft)?);
        } else if reader.rank_config(None)?.is_none() {
            // Without saved settings those of the last run are in use.
            tx.set_rank_targets(&draft.targets)?;
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
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

/// Whether scored data has changed since this version of the mirror.
fn is_behind(reader: &mut Reader, manifest: &Manifest, source: Source) -> Result<bool, StoreError> {
    let scored = ["customers", source.as_str()];
    let changes = reader.dataset_changes()?;
    Ok(changes.iter().filter(|change| scored.contains(&change.dataset.as_str())).any(|change| {
        let dataset = manifest.datasets.get(&change.dataset);
        let file = dataset.and_then(|dataset| dataset.files.get(&change.month));
        file.is_none_or(|file| file.change_no < change.change_no)
    }))
}

/// The run as it is stored.
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
        trigger: args.trigger(),
        config_hash: plan.settings_hash.clone(),
        config: prepared.settings.to_toml(),
        config_version: prepared.config_version,
        mode: RankRunMode::Run,
        reverts: None,
        started_at,
        finished_at: context.clock.now(),
        evaluated: summary.evaluated(),
        changed: summary.with(RankReason::Changed),
        excluded: summary.with(RankReason::Excluded),
        not_target: summary.not_target(),
        warnings: plan.warnings.len() as u64,
        actor: None,
    }
}

fn score(code: &str, scored: &Scored, plan: &RankPlan, master: &RankMaster) -> RankScore {
    let (before, after) = (plan.rank(scored.before), plan.rank(scored.after));
    let exact = scored.exact();
    let is_changed = scored.reason == RankReason::Changed;
    RankScore {
        customer_code: code.to_owned(),
        latest_date: exact.latest_date,
        months_within: scored.months_within,
        count: exact.count.unwrap_or_default(),
        // `limits::check_sums` has refused amounts that do not fit.
        amount: exact.amount.unwrap_or_default(),
        points_recency: scored.points.recency.map(u32::from),
        points_count: scored.points.count.map(u32::from),
        points_amount: scored.points.amount.map(u32::from),
        total: exact.total,
        rank_before: before.map(str::to_owned),
        rank_after: after.map(str::to_owned),
        reason: scored.reason,
        direction: is_changed.then(|| master.direction(before, after)),
    }
}
