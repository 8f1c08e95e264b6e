//! The figures of the pop-up after a run.

use shared::exit::Failure;
use shared::message;
use shared::store::Store;

use crate::context::Context;
use crate::metrics;
use crate::rank::prepare::fresh_warehouse;
use crate::rank::run::in_force::{RUNS_READ_MAX, in_force};

/// Publishes the figures of the last run if it was stopped after its commit: then they are older than the ranks, or
/// missing for some customers.
pub(crate) fn publish_missing(context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    let Some(last) = runs.iter().find(|run| in_force(&runs, run)) else { return Ok(()) };
    let (rows, customers, oldest) = reader.metrics_published()?;
    if rows >= customers.min(last.evaluated) && oldest.is_none_or(|oldest| oldest >= last.as_of) {
        return Ok(());
    }
    context.notice(&message!(
        "ポップアップに表示する指標が実行番号 {run_id} のものではないため、更新します",
        "the figures of the pop-up are not those of run {run_id}; updating them now",
        run_id = last.run_id,
    ));
    let at = Context { as_of: last.as_of, ..context.clone() };
    fresh_warehouse(&at, &store)?;
    metrics::publish(&at).map(drop)
}

/// Publishes the figures of the run's day. A forced run of an earlier day leaves newer figures as they are.
pub(crate) fn publish(context: &Context, store: &Store) -> Result<(), Failure> {
    let runs = store.reader()?.rank_runs(RUNS_READ_MAX)?;
    if runs.iter().any(|run| in_force(&runs, run) && run.as_of > context.as_of) {
        return Ok(());
    }
    metrics::publish(context).map(drop)
}
