//! Whose ranks a revert changes, and how.

use shared::rank::{RankDirection, RankMaster};
use shared::store::{RankRevert, Reader, StoreError};

/// Whose ranks a revert changes.
pub(crate) struct RevertPlan {
    pub(crate) restored: Vec<RankRevert>,
    /// Customers who have another rank by now, or are gone.
    pub(crate) left: Vec<RankRevert>,
}

/// The direction of the way back.
pub(crate) fn direction(master: &RankMaster, revert: &RankRevert) -> RankDirection {
    if revert.rank_before.is_none() {
        return RankDirection::Cleared;
    }
    match master.direction(revert.rank_after.as_deref(), revert.rank_before.as_deref()) {
        // The same rank is no change, and a run has no such change.
        RankDirection::Same => RankDirection::Initial,
        other => other,
    }
}

impl RevertPlan {
    /// Reads the ranks as they are now.
    pub(crate) fn read(reader: &mut Reader, run_id: i64) -> Result<Self, StoreError> {
        let reverts = reader.rank_reverts(run_id)?;
        let (restored, left) = reverts.into_iter().partition(RankRevert::is_as_the_run_left_it);
        Ok(Self { restored, left })
    }
}
