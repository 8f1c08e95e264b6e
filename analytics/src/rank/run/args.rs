//! The options of `analytics rank run` and `analytics schedule run`.

use shared::rank::RankTrigger;
use std::path::PathBuf;

use crate::rank::run::output_files::OutputFiles;

/// `analytics schedule run`, and `analytics rank run --due`.
#[derive(Debug, Clone, clap::Args)]
pub struct DueArgs {
    /// Write even if more customers would change than `max_change_ratio` allows.
    #[arg(long)]
    pub(crate) allow_changes: bool,
    /// Write even if the newest record is older than `max_age_days` allows.
    #[arg(long)]
    pub(crate) allow_stale: bool,
    /// Run what is owed even if `enabled = false` or an import is unfinished.
    #[arg(long)]
    pub(crate) force: bool,
    /// The settings [default: the newest saved ones, else those of the last run].
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// When nothing is owed, end with 0 and say nothing: for cron, which mails what is said.
    #[arg(long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) outputs: OutputFiles,
}

/// `analytics rank run`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest saved ones, else those of the last run].
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Save and run: a manual run, at any time and as often as wanted, whose settings become the newest saved
    /// version. Without it this is the scheduled run, once a month.
    #[arg(long)]
    pub(crate) save: bool,
    /// Run even if the month already has its scheduled run, a later run is committed, `enabled = false`, or an import is
    /// unfinished.
    #[arg(long)]
    pub(crate) force: bool,
    /// Write even if more customers would change than `max_change_ratio` allows.
    #[arg(long)]
    pub(crate) allow_changes: bool,
    /// Write even if the newest record is older than `max_age_days` allows.
    #[arg(long)]
    pub(crate) allow_stale: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Run what the schedule owes, as of its logical date (like `analytics schedule run`).
    #[arg(long, conflicts_with_all = ["save", "dry_run"])]
    pub(crate) due: bool,
    /// With --due: when nothing is owed, end with 0 and say nothing.
    #[arg(long, requires = "due")]
    pub(crate) quiet: bool,
    /// Whether the schedule owes this run: what another run has done meanwhile is not done again, not even by force.
    #[arg(skip)]
    pub(crate) owed: bool,
    /// Write every problem of records and customers to this CSV file.
    #[arg(long, value_name = "FILE", conflicts_with = "due")]
    pub(crate) errors: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) outputs: OutputFiles,
}

impl Args {
    /// The run of one date that a schedule owes.
    pub(crate) fn scheduled(due: &DueArgs) -> Self {
        Self {
            settings: due.settings.clone(),
            save: false,
            force: due.force,
            allow_changes: due.allow_changes,
            allow_stale: due.allow_stale,
            dry_run: false,
            due: false,
            owed: true,
            quiet: false,
            errors: None,
            outputs: OutputFiles::default(),
        }
    }

    /// The options of `--due`.
    pub(crate) fn due(&self) -> Option<DueArgs> {
        let Self { settings, allow_changes, allow_stale, force, quiet, outputs, due, .. } = self.clone();
        due.then_some(DueArgs { allow_changes, allow_stale, force, settings, quiet, outputs })
    }

    pub(crate) fn trigger(&self) -> RankTrigger {
        if self.save { RankTrigger::Manual } else { RankTrigger::Scheduled }
    }
}
