//! Computing a run and writing it.

use chrono::{DateTime, Utc};
use shared::store::Store;

use crate::context::Context;
use crate::exit::{self, Failure};
use crate::rank::data_check::findings;
use crate::rank::prepare::Prepared;
use crate::rank::run::args::Args;
use crate::rank::run::limits::{self, ChangeCount};
use crate::rank::run::outcome::{Done, Outcome};
use crate::rank::run::precedence::nothing_to_do;
use crate::rank::run::publish::{Published, publish};
use crate::rank::scoring::totals::Depth;
use crate::rank::settings::Problem;
use crate::rank::summary::Summary;

/// Times that a run is computed again because somebody wrote meanwhile.
const ATTEMPTS_MAX: usize = 3;

/// Computes a run and writes it, again when somebody wrote meanwhile. The figures of the pop-up are the caller's.
pub(crate) fn execute(context: &Context, args: &Args) -> anyhow::Result<Outcome> {
    let started_at = context.clock.now();
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    if let Some(reason) = nothing_to_do(context, args, &prepared)? {
        return Ok(Outcome::Skipped(reason));
    }
    for _ in 0..ATTEMPTS_MAX {
        let (mut plan, scene) = prepared.plan(context, Depth::Full)?;
        plan.warnings.extend(clock_went_back(&prepared.store, started_at)?);
        let (summary, change_count) = (Summary::of(plan.customers()), ChangeCount::of(&plan));
        if let Some(path) = &args.errors {
            findings::write_for_run(&prepared, &scene, path, context)?;
        }
        limits::check_sums(&plan)?;
        let refused =
            limits::too_many_changes(&prepared.settings, change_count).filter(|_| !args.allow_changes);
        if args.dry_run {
            let done = Done { prepared, plan, summary, change_count, run_id: None, refused };
            return Ok(Outcome::Done(Box::new(done)));
        }
        if refused.is_some() {
            let done = Done { prepared, plan, summary, change_count, run_id: None, refused };
            return Ok(Outcome::Refused(Box::new(done)));
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
