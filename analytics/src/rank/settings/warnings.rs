//! Settings that are allowed but probably not what was meant (`docs/rank.md#errors`).

use shared::message;
use shared::message::Message;
use shared::rank::RankMaster;

use crate::rank::settings::model::{
    AmountBasis, RELATED_SLOTS, RankSettings, Source, SourceSettings, Threshold, hundredths,
};
use crate::rank::settings::problem::Warning;

impl RankSettings {
    /// What is allowed but probably not meant: in the order of the file, then that of the source that is not chosen.
    #[must_use]
    pub fn warnings(&self, master: &RankMaster) -> Vec<Warning> {
        let mut found = Vec::new();
        warn_of_targets(self, master, &mut found);
        if self.amount_basis == AmountBasis::TaxIncluded && self.source == Source::Deals {
            let reason = message!(
                "案件には税率がないため、登録された金額に税を加えずに集計します",
                "deals have no tax rate, so their amounts count as they are, without tax",
            );
            found.push(warning(
                "RANK_DEALS_HAVE_NO_TAX",
                "rank.amount_basis".to_owned(),
                &"tax_included",
                reason,
            ));
        }
        warn_of_source(&self.chosen, &self.update_target_ranks, "rank", &mut found);
        if let Some(other) = &self.other {
            let at = format!("rank.{}", self.source.other().as_str());
            warn_of_source(other, &self.update_target_ranks, &at, &mut found);
        }
        found
    }
}

/// What each source has for itself; `at` is its table.
fn warn_of_source(source: &SourceSettings, targets: &[String], at: &str, found: &mut Vec<Warning>) {
    warn_of_recency(source, at, found);
    warn_of_rates(source, at, found);
    warn_of_points(source, targets, at, found);
}

fn warning(code: &'static str, path: String, value: &impl ToString, reason: Message) -> Warning {
    Warning { code, path, value: value.to_string(), reason }
}

fn warn_of_targets(settings: &RankSettings, master: &RankMaster, found: &mut Vec<Warning>) {
    for (i, rank) in settings.update_target_ranks.iter().enumerate() {
        let path = format!("rank.update_target_ranks[{i}]");
        if master.position(rank).is_none() {
            let reason = message!(
                "ランクマスターにないランクです。このランクの顧客は更新されません",
                "the rank master does not have this rank; its customers are not updated",
            );
            found.push(warning("RANK_TARGET_UNKNOWN", path, rank, reason));
        } else if !settings.chosen.points.iter().any(|row| row.rank == *rank) {
            let reason = message!(
                "rank.points にないランクです。このランクから外れた顧客は戻れません",
                "rank.points does not lead to this rank: customers leave it and never come back",
            );
            found.push(warning("RANK_TARGET_NOT_IN_POINTS", path, rank, reason));
        }
    }
}

fn warn_of_recency(source: &SourceSettings, at: &str, found: &mut Vec<Warning>) {
    let Some(recency) = source.criteria.enabled_recency() else { return };
    let period = source.period_months;
    if let Some(months) = recency.rows.iter().find(|months| **months > period) {
        let reason = message!(
            "集計期間(period_months = {period})より前の記録は集計されません。この行は{period}ヶ月以内と同じ意味になります",
            "records before the period (period_months = {period}) are not read, so this row means the whole period",
            period = period,
        );
        let path = format!("{at}.criteria(recency).within_months");
        found.push(warning("RANK_RECENCY_BEYOND_PERIOD", path, months, reason));
    }
}

fn warn_of_rates(source: &SourceSettings, at: &str, found: &mut Vec<Warning>) {
    let rates = source.rates.related.len();
    if rates > RELATED_SLOTS {
        let reason = message!(
            "伝票・案件に書ける関連顧客は{slots}件までです。それより後の掛率は使われません",
            "a record names at most {slots} related customers; further rates are never used",
            slots = RELATED_SLOTS,
        );
        found.push(warning("RANK_RATE_SLOTS", format!("{at}.rates.related"), &rates, reason));
    }
}

fn warn_of_points(source: &SourceSettings, targets: &[String], at: &str, found: &mut Vec<Warning>) {
    let total_max = source.total_max();
    for (i, row) in source.points.iter().enumerate() {
        let path = format!("{at}.points[{i}]");
        found.extend(order_warning(&source.points[..i], row, &path));
        if u64::from(row.min) * 100 > u64::from(total_max) {
            let reason = message!(
                "最高点は{total}点なので、このランクになる顧客はありません",
                "no customer can reach it: the highest total is {total}",
                total = hundredths(total_max),
            );
            found.push(warning("RANK_UNREACHABLE", path.clone(), &row.min, reason));
        }
        if !targets.contains(&row.rank) {
            let reason = message!(
                "update_target_ranks にないランクです。このランクになった顧客は、その後更新されません",
                "it is not in update_target_ranks: a customer that reaches it is never updated again",
            );
            found.push(warning("RANK_FREEZES", path, &row.rank, reason));
        }
    }
}

/// A row that is not below the rows above it.
fn order_warning(above: &[Threshold], row: &Threshold, path: &str) -> Option<Warning> {
    if let Some(upper) = above.iter().find(|upper| upper.min == row.min) {
        let reason = message!(
            "上にあるランク {rank} と min が同じなので、この行は使われません",
            "rank {rank} above has the same min, so this row is never used",
            rank = upper.rank,
        );
        return Some(warning("RANK_EQUAL_MIN", path.to_owned(), &row.min, reason));
    }
    above.last().is_some_and(|upper| upper.min < row.min).then(|| {
        let reason = message!(
            "判定は書いた順ではなく、min の大きい順に行われます",
            "rows are tried from the highest min down, not in the order of the file",
        );
        warning("RANK_POINTS_UNSORTED", path.to_owned(), &row.min, reason)
    })
}
