//! Whose rank a run may change, and why not (`docs/rank.md#eligibility`).

use shared::rank::{RankMaster, RankReason};

use crate::rank::settings::RankSettings;

/// Why a customer with this rank keeps it regardless of the total; `None` if the customer is updated. The order of the
/// checks is part of the rule.
#[must_use]
pub fn ineligible(
    settings: &RankSettings,
    master: &RankMaster,
    is_excluded: bool,
    current: Option<&str>,
) -> Option<RankReason> {
    if is_excluded {
        return Some(RankReason::Excluded);
    }
    let Some(current) = current else {
        return (!settings.unranked_is_target).then_some(RankReason::Unranked);
    };
    if !settings.update_target_ranks.iter().any(|target| target == current) {
        return Some(RankReason::NotTargetRank);
    }
    master.position(current).is_none().then_some(RankReason::UnknownRank)
}
