//! Computing a run and writing it.

use chrono::{DateTime, Utc};
use shared::clock::japan_time;
use shared::exit::Failure;
use shared::message;
use shared::store::Store;

use crate::context::Context;
use crate::rank::data_check::findings;
use crate::rank::prepare::Prepared;
use crate::rank::run::args::Args;
use crate::rank::run::limits::{self, ChangeCount};
use crate::rank::run::outcome::{Done, Outcome};
use crate::rank::run::precedence::{check_imports, nothing_to_do};
use crate::rank::run::publish::{Published, publish};
use crate::rank::scoring::totals::Depth;
use crate::rank::settings::Warning;
use crate::rank::summary::Summary;

/// Attempts to compute a run while others keep writing.
const ATTEMPTS_MAX: usize = 3;

/// Computes a run and writes it; starts again if the data changed in between. The caller publishes the figures of the
/// pop-up.
pub(crate) fn execute(context: &Context, args: &Args) -> Result<Outcome, Failure> {
    let started_at = context.clock.now();
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    if let Some(reason) = nothing_to_do(context, args, &prepared)? {
        return Ok(Outcome::Skipped(reason));
    }
    for _ in 0..ATTEMPTS_MAX {
        check_imports(&mut prepared.store.reader()?, args)?;
        let (mut plan, scene) = prepared.plan(context, Depth::Full)?;
        plan.warnings.extend(clock_warning(&prepared.store, started_at)?);
        let (summary, change_count) = (Summary::of(plan.customers()), ChangeCount::of(&plan));
        if let Some(path) = &args.errors {
            findings::write_for_run(&prepared, &scene, path, context)?;
        }
        limits::check_sums(&plan)?;
        let refused =
            limits::too_old(&prepared.settings, &plan).filter(|_| !args.allow_stale).or_else(|| {
                limits::too_many_changes(&prepared.settings, change_count).filter(|_| !args.allow_changes)
            });
        if args.dry_run || refused.is_some() {
            let reason = refused.clone().filter(|_| !args.dry_run);
            let done = Box::new(Done { prepared, plan, summary, change_count, run_id: None, refused });
            return Ok(match reason {
                Some(reason) => Outcome::Refused(done, reason),
                None => Outcome::Done(done),
            });
        }
        match publish(context, args, &prepared, &plan, &summary, &scene, started_at)? {
            Published::Done(run_id) => {
                let done =
                    Done { prepared, plan, summary, change_count, run_id: Some(run_id), refused: None };
                return Ok(Outcome::Done(Box::new(done)));
            }
            Published::Skipped(reason) => return Ok(Outcome::Skipped(reason)),
            Published::Behind => {}
        }
    }
    Err(Failure::locked(message!(
        "計算中にデータの変更が続いたため中止しました。何も書き込んでいません。もう一度実行してください",
        "the data kept changing while the run was being computed; nothing was written; try again",
    )))
}

/// A warning if the last run started later than this one; runs are ordered by number.
fn clock_warning(store: &Store, started_at: DateTime<Utc>) -> Result<Option<Warning>, Failure> {
    let last = store.reader()?.last_rank_run()?;
    Ok(last.filter(|last| last.started_at > started_at).map(|last| Warning {
        code: "RANK_CLOCK_BACK",
        path: "clock".to_owned(),
        value: started_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        reason: message!(
            "前回の実行(番号 {run_id}、{at})が現在時刻より後になっています。コンピューターの時計を確認してください。実行の順序は番号順です",
            "run {run_id} started at {at}, later than now; check the machine's clock. Runs are ordered by number",
            run_id = last.run_id,
            at = japan_time(last.started_at).format("%Y-%m-%d %H:%M:%S"),
        ),
    }))
}
