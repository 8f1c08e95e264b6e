//! What earlier runs and the settings have to say about a run.

use shared::calendar::YearMonth;
use shared::store::{RankRun, Reader};

use crate::context::Context;
use crate::exit::{self, Failure};
use crate::rank::prepare::Prepared;
use crate::rank::run::args::Args;
use crate::rank::run::in_force::{RUNS_READ_MAX, in_force};

/// What stops a transaction.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error(transparent)]
    Store(#[from] shared::store::StoreError),
    #[error("{0}")]
    Skipped(String),
    #[error("the data changed")]
    Behind,
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Why there is nothing to do, if so; an as-of date before the last run's is an error.
pub(crate) fn nothing_to_do(
    context: &Context,
    args: &Args,
    prepared: &Prepared,
) -> anyhow::Result<Option<String>> {
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
pub(crate) fn skipped_by(
    reader: &mut Reader,
    context: &Context,
    args: &Args,
) -> Result<Option<String>, Stopped> {
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
    if let Some(last) = runs.iter().find(|run| in_force(&runs, run) && run.as_of > context.as_of) {
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
