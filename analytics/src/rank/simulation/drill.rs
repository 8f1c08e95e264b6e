//! `--drill`: the customers of one rank after the run.

use shared::exit::Failure;
use shared::message;
use shared::rank::RankMaster;

use crate::context::Context;
use crate::rank::labels;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;

/// Which customers are shown.
pub(crate) enum Drill {
    Rank(String),
    NotUpdated,
    WithoutRank,
}

impl Drill {
    /// A rank of the master takes precedence over a word.
    pub(crate) fn new(text: &str, master: &RankMaster) -> Result<Self, Failure> {
        let text = text.trim();
        if master.position(text).is_some() {
            return Ok(Self::Rank(text.to_owned()));
        }
        match text {
            "対象外" | "not-updated" => Ok(Self::NotUpdated),
            "なし" | "none" => Ok(Self::WithoutRank),
            _ => Err(Failure::usage(message!(
                "--drill {text}: このランクはありません。{ranks} のいずれか、または 対象外(更新対象外の顧客)、なし(ランクのない顧客)を指定してください",
                "--drill {text}: there is no such rank; give one of {ranks}, or not-updated (対象外), or none (なし)",
                text = text,
                ranks = master.ranks().join(", "),
            ))),
        }
    }

    /// Whether a customer belongs to it.
    pub(crate) fn takes(&self, plan: &RankPlan, scored: &Scored) -> bool {
        match self {
            Self::Rank(rank) => plan.rank(scored.after) == Some(rank),
            Self::NotUpdated => !scored.reason.is_updated(),
            Self::WithoutRank => plan.rank(scored.after).is_none(),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self, context: &Context) -> String {
        match self {
            Self::Rank(rank) => rank.clone(),
            Self::NotUpdated => context.label(labels::OUTSIDE).to_owned(),
            Self::WithoutRank => context.label(labels::NO_RANK).to_owned(),
        }
    }
}
