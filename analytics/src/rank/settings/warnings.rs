//! Settings that are allowed but probably not what was meant (`docs/rank.md#errors`).

use shared::rank::RankMaster;

use crate::rank::settings::model::{RELATED_SLOTS, RankSettings, SourceSettings, hundredths};
use crate::rank::settings::problem::Problem;

impl RankSettings {
    /// What is allowed but probably not meant: in the order of the file, then that of the source that is not chosen.
    #[must_use]
    pub fn warnings(&self, master: &RankMaster) -> Vec<Problem> {
        let mut found = Vec::new();
        warn_of_targets(self, master, &mut found);
        warn_of_source(&self.chosen, &self.update_target_ranks, "rank", &mut found);
        if let Some(other) = &self.other {
            let at = format!("rank.{}", self.source.other().as_str());
            warn_of_source(other, &self.update_target_ranks, &at, &mut found);
        }
        found
    }
}

/// What each source has for itself; `at` is its table.
fn warn_of_source(source: &SourceSettings, targets: &[String], at: &str, found: &mut Vec<Problem>) {
    warn_of_recency(source, at, found);
    if source.rates.related.len() > RELATED_SLOTS {
        found.push(warning(
            "RANK_RATE_SLOTS",
            format!("{at}.rates.related"),
            source.rates.related.len().to_string(),
            format!("a record names at most {RELATED_SLOTS} related customers; further rates are never used"),
        ));
    }
    warn_of_points(source, targets, at, found);
}

fn warning(code: &'static str, path: String, value: String, reason: String) -> Problem {
    Problem { code, path, value, reason }
}

fn warn_of_targets(settings: &RankSettings, master: &RankMaster, found: &mut Vec<Problem>) {
    for (i, rank) in settings.update_target_ranks.iter().enumerate() {
        let path = format!("rank.update_target_ranks[{i}]");
        if master.position(rank).is_none() {
            let reason = "the rank master does not know it; its customers stay as they are".to_owned();
            found.push(warning("RANK_TARGET_UNKNOWN", path, rank.clone(), reason));
        } else if !settings.chosen.points.iter().any(|row| row.rank == *rank) {
            let reason = "no row of rank.points leads to this rank: customers leave it and never come back";
            found.push(warning("RANK_TARGET_NOT_IN_POINTS", path, rank.clone(), reason.to_owned()));
        }
    }
}

fn warn_of_recency(source: &SourceSettings, at: &str, found: &mut Vec<Problem>) {
    let Some(recency) = source.criteria.enabled_recency() else { return };
    let period = source.period_months;
    if let Some(months) = recency.rows.iter().find(|months| **months > period) {
        found.push(warning(
            "RANK_RECENCY_BEYOND_PERIOD",
            format!("{at}.criteria(recency).within_months"),
            months.to_string(),
            format!("records older than period_months = {period} are not read, so this row means the period"),
        ));
    }
}

fn warn_of_points(source: &SourceSettings, targets: &[String], at: &str, found: &mut Vec<Problem>) {
    let total_max = source.total_max();
    for (i, row) in source.points.iter().enumerate() {
        let path = format!("{at}.points[{i}]");
        let earlier = &source.points[..i];
        if let Some(upper) = earlier.iter().find(|upper| upper.min == row.min) {
            let reason =
                format!("rank {} above has the same min and wins; this row never matches", upper.rank);
            found.push(warning("RANK_EQUAL_MIN", path.clone(), row.min.to_string(), reason));
        } else if earlier.last().is_some_and(|upper| upper.min < row.min) {
            let reason =
                "rows are matched from the highest min down, not in the order of the file".to_owned();
            found.push(warning("RANK_POINTS_UNSORTED", path.clone(), row.min.to_string(), reason));
        }
        if u64::from(row.min) * 100 > u64::from(total_max) {
            let reason = format!("no customer can reach it: the highest total is {}", hundredths(total_max));
            found.push(warning("RANK_UNREACHABLE", path.clone(), row.min.to_string(), reason));
        }
        if !targets.contains(&row.rank) {
            let reason = "it is not in update_target_ranks: a customer that reaches it stays there for good";
            found.push(warning("RANK_FREEZES", path, row.rank.clone(), reason.to_owned()));
        }
    }
}
