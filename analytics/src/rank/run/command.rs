//! `rank run`: one run with everything around it.

use shared::exit::{self, Failure};
use shared::message;

use crate::context::Context;
use crate::rank::data_check::findings;
use crate::rank::run::args::Args;
use crate::rank::run::execute::execute;
use crate::rank::run::metrics_file::Attempt;
use crate::rank::run::outcome::Outcome;
use crate::rank::run::{card_figures, result};

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    args.outputs.check()?;
    findings::check_file(args.errors.as_deref())?;
    let started_at = context.clock.now();
    let ended = run_once(context, args);
    let exit_code = ended.as_ref().map_or_else(Failure::code, |()| exit::OK);
    let noted = args.outputs.write_metrics(context, &Attempt { started_at, exit_code });
    // The failure of the run matters more than that of the metrics file.
    ended.and(noted)
}

fn run_once(context: &Context, args: &Args) -> Result<(), Failure> {
    let today = context.clock.today();
    if context.as_of > today && !args.dry_run && !args.force {
        return Err(Failure::data(message!(
            "基準日 {as_of} は今日({today})より後です。このまま更新すると、それまでの月の更新ができなくなります。\
             それでも実行する場合は --force を付けてください",
            "{as_of} is after today, {today}: the runs of the months until then would be refused as older; give \
             --force to run it all the same",
            as_of = context.as_of,
            today = today,
        )));
    }
    match execute(context, args)? {
        Outcome::Done(done) => {
            if done.run_id.is_some() {
                card_figures::publish(context, &done.prepared.store)?;
            }
            args.outputs.write_report(context, &done)?;
            result::show(context, &done, args)
        }
        Outcome::Skipped(reason) => {
            card_figures::publish_missing(context)?;
            result::skip(context, args, &reason)
        }
        Outcome::Refused(done, reason) => {
            args.outputs.write_report(context, &done)?;
            result::refuse(context, args, &reason)?;
            Err(Failure::new(exit::REFUSED, reason))
        }
    }
}
