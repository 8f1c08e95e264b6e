//! Whose rank a run may change, and why not (`docs/rank.md#eligibility`).

use shared::rank::RankMaster;

use crate::rank::settings::RankSettings;

/// What a run does with a customer, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The rank changes.
    Changed,
    /// The customer already has the rank of the total.
    Unchanged,
    /// The customer is excluded from the automatic update.
    Excluded,
    /// The current rank is not a target of the update.
    NotTargetRank,
    /// The customer has no rank and such customers are not updated.
    Unranked,
    /// The current rank is not in the rank master.
    UnknownRank,
}

impl Reason {
    /// Every reason, in display order.
    pub const ALL: [Self; 6] = [
        Self::Changed,
        Self::Unchanged,
        Self::Excluded,
        Self::NotTargetRank,
        Self::Unranked,
        Self::UnknownRank,
    ];

    /// The identifier in files and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Excluded => "excluded",
            Self::NotTargetRank => "not_target_rank",
            Self::Unranked => "unranked",
            Self::UnknownRank => "unknown_rank",
        }
    }
}

/// Why a customer with this rank keeps it regardless of the total; `None` if the customer is updated. The order of the
/// checks is part of the rule.
#[must_use]
pub fn ineligible(
    settings: &RankSettings,
    master: &RankMaster,
    is_excluded: bool,
    current: Option<&str>,
) -> Option<Reason> {
    if is_excluded {
        return Some(Reason::Excluded);
    }
    let Some(current) = current else {
        return (!settings.unranked_is_target).then_some(Reason::Unranked);
    };
    if !settings.update_target_ranks.iter().any(|target| target == current) {
        return Some(Reason::NotTargetRank);
    }
    master.position(current).is_none().then_some(Reason::UnknownRank)
}
