//! Settings that are allowed but probably not what was meant (`docs/rank.md#errors`).

use shared::rank::RankMaster;

use super::settings::{Problem, RELATED_SLOTS, RankSettings};

/// Every warning, in the order of the file; then those of the source that is not chosen.
pub(super) fn lint(settings: &RankSettings, master: &RankMaster) -> Vec<Problem> {
    let mut found = Vec::new();
    lint_targets(settings, master, &mut found);
    lint_source(settings, &mut found);
    if let Some(swapped) = settings.swapped() {
        let mut others = Vec::new();
        lint_source(&swapped, &mut others);
        let at = format!("rank.{}.", swapped.source.as_str());
        found.extend(others.into_iter().map(|problem| {
            let path = problem.path.replacen("rank.", &at, 1);
            Problem { path, ..problem }
        }));
    }
    found
}

/// What each source has for itself.
fn lint_source(settings: &RankSettings, found: &mut Vec<Problem>) {
    lint_recency(settings, found);
    if settings.rates.related.len() > RELATED_SLOTS {
        found.push(warning(
            "RANK_RATE_SLOTS",
            "rank.rates.related".to_owned(),
            settings.rates.related.len().to_string(),
            format!("a record names at most {RELATED_SLOTS} related customers; further rates are never used"),
        ));
    }
    lint_points(settings, found);
}

fn warning(code: &'static str, path: String, value: String, reason: String) -> Problem {
    Problem { code, path, value, reason }
}

fn lint_targets(settings: &RankSettings, master: &RankMaster, found: &mut Vec<Problem>) {
    for (i, rank) in settings.update_target_ranks.iter().enumerate() {
        let path = format!("rank.update_target_ranks[{i}]");
        if master.position(rank).is_none() {
            let reason = "the rank master does not know it; its customers stay as they are".to_owned();
            found.push(warning("RANK_TARGET_UNKNOWN", path, rank.clone(), reason));
        } else if !settings.points.iter().any(|row| row.rank == *rank) {
            let reason = "no row of rank.points leads to this rank: customers leave it and never come back";
            found.push(warning("RANK_TARGET_NOT_IN_POINTS", path, rank.clone(), reason.to_owned()));
        }
    }
}

fn lint_recency(settings: &RankSettings, found: &mut Vec<Problem>) {
    let Some(recency) = &settings.recency else { return };
    let period = settings.period_months;
    if let Some(months) = recency.rows.iter().find(|months| **months > period) {
        found.push(warning(
            "RANK_RECENCY_BEYOND_PERIOD",
            "rank.criteria(recency).within_months".to_owned(),
            months.to_string(),
            format!("records older than period_months = {period} are not read, so this row means the period"),
        ));
    }
}

fn lint_points(settings: &RankSettings, found: &mut Vec<Problem>) {
    for (i, row) in settings.points.iter().enumerate() {
        let path = format!("rank.points[{i}]");
        let earlier = &settings.points[..i];
        if let Some(upper) = earlier.iter().find(|upper| upper.min == row.min) {
            let reason =
                format!("rank {} above has the same min and wins; this row never matches", upper.rank);
            found.push(warning("RANK_EQUAL_MIN", path.clone(), row.min.to_string(), reason));
        } else if earlier.last().is_some_and(|upper| upper.min < row.min) {
            let reason =
                "rows are matched from the highest min down, not in the order of the file".to_owned();
            found.push(warning("RANK_POINTS_UNSORTED", path.clone(), row.min.to_string(), reason));
        }
        if u64::from(row.min) * 100 > u64::from(settings.total_max()) {
            let reason = format!(
                "no customer can reach it: the highest total is {}",
                super::settings::hundredths(settings.total_max())
            );
            found.push(warning("RANK_UNREACHABLE", path.clone(), row.min.to_string(), reason));
        }
        if !settings.update_target_ranks.contains(&row.rank) {
            let reason = "it is not in update_target_ranks: a customer that reaches it stays there for good";
            found.push(warning("RANK_FREEZES", path, row.rank.clone(), reason.to_owned()));
        }
    }
}
