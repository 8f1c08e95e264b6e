//! Which runs are in force.

use shared::exit::Failure;
use shared::message;
use shared::rank::RankRunMode;
use shared::store::RankRun;

/// Runs that are read to find one.
pub(crate) const RUNS_READ_MAX: usize = 10_000;

/// The run that reverted this one, unless it was itself reverted. Runs refer to earlier ones only, so this ends.
pub(crate) fn reverted_by(runs: &[RankRun], run_id: i64) -> Option<i64> {
    let mut reverts = runs.iter().filter(|run| run.reverts == Some(run_id) && run.run_id > run_id);
    reverts.find(|by| reverted_by(runs, by.run_id).is_none()).map(|by| by.run_id)
}

/// Whether a run is in force: it is not a revert, and it was not reverted.
pub(crate) fn in_force(runs: &[RankRun], run: &RankRun) -> bool {
    run.mode == RankRunMode::Run && reverted_by(runs, run.run_id).is_none()
}

/// The failure of a command that names a missing run.
pub(crate) fn missing_run(run_id: i64) -> Failure {
    Failure::no_input(message!(
        "実行番号 {run_id} はありません。analytics rank runs で番号を確認してください",
        "the store has no rank run {run_id}; see: analytics rank runs",
        run_id = run_id,
    ))
}
