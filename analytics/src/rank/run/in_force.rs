//! Which runs' ranks hold.

use shared::store::RankRun;

/// Runs that are looked through.
pub(crate) const RUNS_READ_MAX: usize = 10_000;

/// The run that takes this one back and holds. Runs refer to earlier ones only, so this ends.
pub(crate) fn reverted_by(runs: &[RankRun], run_id: i64) -> Option<i64> {
    let mut takers = runs.iter().filter(|run| run.reverts == Some(run_id) && run.run_id > run_id);
    takers.find(|taker| reverted_by(runs, taker.run_id).is_none()).map(|taker| taker.run_id)
}

/// Whether a run's ranks hold: it is none that takes another back, and it was not taken back.
pub(crate) fn in_force(runs: &[RankRun], run: &RankRun) -> bool {
    run.mode == "run" && reverted_by(runs, run.run_id).is_none()
}
