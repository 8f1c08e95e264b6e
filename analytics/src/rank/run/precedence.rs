//! Whether earlier runs and the settings allow a run.

use shared::calendar::YearMonth;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;
use shared::rank::{RankRunMode, RankTrigger};
use shared::store::{RankRun, Reader, StoreError};

use crate::context::{Context, unfinished};
use crate::rank::prepare::Prepared;
use crate::rank::run::args::Args;
use crate::rank::run::in_force::{RUNS_READ_MAX, in_force};

/// What stops a transaction.
pub(crate) enum Stopped {
    /// It failed.
    Failed(Failure),
    /// There is nothing to do.
    Skipped(Message),
    /// The data has changed since the plan was computed.
    Behind,
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Why there is nothing to do, if so.
///
/// # Errors
/// The as-of date is before that of a run in force.
pub(crate) fn nothing_to_do(
    context: &Context,
    args: &Args,
    prepared: &Prepared,
) -> Result<Option<Message>, Failure> {
    if args.dry_run || args.force {
        return Ok(None);
    }
    if !prepared.settings.enabled {
        return Ok(Some(message!(
            "ランク設定が enabled = false のため更新しません。更新する場合は --force を付けてください",
            "the settings have enabled = false, so nothing was done; give --force to run it all the same",
        )));
    }
    skipped_by(&mut prepared.store.reader()?, context, args)
}

/// Fails while the store has only a part of a file: ranks would follow from half of a month. A run that writes nothing, or
/// is forced, goes on.
///
/// # Errors
/// An import is running or was broken off (exit code 75).
pub(crate) fn check_imports(reader: &mut Reader, args: &Args) -> Result<(), Failure> {
    let imports = reader.unfinished_imports()?;
    let Some(import) = imports.first().filter(|_| !args.force && !args.dry_run) else { return Ok(()) };
    Err(Failure::locked(message!(
        "{import}。一部の行だけではランクを更新しません(取り込み直さない場合は analytics quarantine forget、それでも更新する場合は \
         --force)",
        "{import}; ranks are not updated from a part of a file (if it will not be imported again: analytics quarantine \
         forget; to run it all the same: --force)",
        import = unfinished(import),
    )))
}

/// Why earlier runs leave nothing to do. Force does not repeat what a schedule owes once.
///
/// # Errors
/// As [`nothing_to_do`].
pub(crate) fn skipped_by(
    reader: &mut Reader,
    context: &Context,
    args: &Args,
) -> Result<Option<Message>, Failure> {
    if args.force && !args.owed {
        return Ok(None);
    }
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    let month = YearMonth::of(context.as_of);
    let same_month = |run: &&RankRun| {
        run.trigger == RankTrigger::Scheduled
            && run.mode == RankRunMode::Run
            && YearMonth::of(run.as_of) == month
    };
    if !args.save
        && let Some(run) = runs.iter().find(same_month)
    {
        return Ok(Some(message!(
            "{month} の定期更新は実行済みです(実行番号 {run_id})。何もしていません",
            "the scheduled run of {month} is done already (run {run_id}); nothing was done",
            month = month,
            run_id = run.run_id,
        )));
    }
    match runs.iter().find(|run| in_force(&runs, run) && run.as_of > context.as_of) {
        None => Ok(None),
        Some(last) => Err(Failure::data(message!(
            "実行番号 {run_id} の基準日 {last} は {as_of} より後です。古い日付で更新すると新しいランクが上書きされます。\
             それでも実行する場合は --force を付けてください",
            "run {run_id} is as of {last}, later than {as_of}; an older run would overwrite newer ranks, give --force \
             to do so",
            run_id = last.run_id,
            last = last.as_of,
            as_of = context.as_of,
        ))),
    }
}
