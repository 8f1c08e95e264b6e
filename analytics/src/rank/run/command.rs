//! `rank run`: one run with everything around it.

use crate::context::Context;
use crate::exit::{self, Failure};
use crate::rank::data_check::findings;
use crate::rank::run::args::Args;
use crate::rank::run::execute::execute;
use crate::rank::run::metrics_file::Attempt;
use crate::rank::run::outcome::Outcome;
use crate::rank::run::{card_figures, result};

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    args.outputs.check()?;
    findings::check_file(args.errors.as_deref())?;
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
                card_figures::publish(context, &done.prepared.store)?;
            }
            args.outputs.report(context, &done)?;
            result::show(context, &done, args)
        }
        Outcome::Skipped(reason) => {
            card_figures::publish_missing(context)?;
            result::skip(context, args, &reason)
        }
        Outcome::Refused(done) => {
            args.outputs.report(context, &done)?;
            let reason = done.refused().unwrap_or_default();
            result::refuse(context, args, reason)?;
            Err(Failure::error(exit::REFUSED, reason))
        }
    }
}
