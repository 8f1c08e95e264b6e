//! The outcome of a run.

use shared::message::Message;
use shared::rank::RankReason;

use crate::rank::prepare::Prepared;
use crate::rank::run::limits::ChangeCount;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::summary::Summary;

/// The outcome of a run.
pub(crate) enum Outcome {
    /// It was written; with `--dry-run`, it is as it would be.
    Done(Box<Done>),
    /// There was nothing to do, and why.
    Skipped(Message),
    /// It may not be written, and why.
    Refused(Box<Done>, Message),
}

/// A computed run.
pub(crate) struct Done {
    pub(crate) prepared: Prepared,
    pub(crate) plan: RankPlan,
    pub(crate) summary: Summary,
    pub(crate) change_count: ChangeCount,
    /// `None` if nothing was written.
    pub(crate) run_id: Option<i64>,
    /// What stopped it, or with `--dry-run` would stop it.
    pub(crate) refused: Option<Message>,
}

impl Done {
    /// Customers whose rank changes.
    pub(crate) fn changed(&self) -> u64 {
        self.summary.with(RankReason::Changed)
    }

    /// Warnings about the settings, the data and the clock.
    pub(crate) fn warnings(&self) -> u64 {
        self.plan.warnings.len() as u64
    }
}
