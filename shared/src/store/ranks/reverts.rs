//! Which runs were taken back.

use std::collections::BTreeMap;

use crate::store::StoreError;
use crate::store::driver::Connection;

/// The runs that revert others, each with the run that it reverts. A run refers to earlier ones only.
#[derive(Debug, Default)]
pub(in crate::store) struct Reverts(BTreeMap<i64, i64>);

impl Reverts {
    pub(in crate::store) fn read(db: &Connection) -> Result<Self, StoreError> {
        let sql = "SELECT run_id, reverts FROM rank_run WHERE mode = 'revert' AND reverts IS NOT NULL";
        let pairs = db.all(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self(pairs.into_iter().collect()))
    }

    /// Whether a run is reverted by one that is not reverted itself.
    pub(in crate::store) fn is_taken_back(&self, run_id: i64) -> bool {
        self.0.iter().any(|(by, of)| *of == run_id && !self.is_taken_back(*by))
    }

    /// Whether a run computed ranks that still stand: no revert, and not taken back.
    pub(in crate::store) fn is_in_force(&self, run_id: i64) -> bool {
        !self.0.contains_key(&run_id) && !self.is_taken_back(run_id)
    }

    /// Whether the ranks that a run left are those of a run in force: its own, or, for the revert of a revert, those of the
    /// run that came back.
    pub(in crate::store) fn leaves_change(&self, run_id: i64) -> bool {
        // Every second step of a chain of reverts takes back.
        !self.is_taken_back(run_id) && self.chain(run_id).len() % 2 == 1
    }

    /// A run, the one that it reverts, the one that this reverts, and so on.
    pub(in crate::store) fn chain(&self, run_id: i64) -> Vec<i64> {
        std::iter::successors(Some(run_id), |run| self.0.get(run).copied().filter(|of| of < run)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverting_a_revert_puts_the_run_in_force_again() {
        let of = |pairs: &[(i64, i64)]| Reverts(pairs.iter().copied().collect());
        let once = of(&[(2, 1)]);
        assert!(once.is_taken_back(1) && !once.leaves_change(1) && !once.leaves_change(2));
        assert!(!once.is_in_force(1) && !once.is_in_force(2) && once.is_in_force(3));
        let back = of(&[(2, 1), (3, 2)]);
        assert!(
            back.is_in_force(1) && back.leaves_change(1) && !back.leaves_change(2) && back.leaves_change(3)
        );
        let again = of(&[(2, 1), (3, 2), (4, 1)]);
        assert!(!again.leaves_change(1) && !again.leaves_change(4));
        assert_eq!(back.chain(3), [3, 2, 1]);
    }
}
