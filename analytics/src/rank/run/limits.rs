//! What stops a run before it writes: too many changes at once, and sums that are too large for the store
//! (`docs/rank.md#runs`).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::exit::Failure;
use shared::message;
use shared::message::{Message, counted};
use shared::rank::RankReason;

use crate::output::percent;
use crate::rank::labels;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scorer::AMOUNT_SCALE;
use crate::rank::settings::{RankSettings, Source};

/// A number of changes that is always allowed: few enough to review one by one.
const CHANGES_SEEN_MAX: u64 = 20;
/// The first amount of yen that exceeds 18 digits, four of them after the point.
const YEN_BEYOND: i128 = 100_000_000_000_000;
/// Customers listed in a message.
const LISTED_MAX: usize = 10;

/// Of the customers that have a rank and are updated, how many would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChangeCount {
    /// Customers who change from one rank to another. A first rank is not a change.
    pub(crate) changed: u64,
    /// Customers who have a rank and are updated.
    pub(crate) updated: u64,
}

impl ChangeCount {
    pub(crate) fn of(plan: &RankPlan) -> Self {
        let mut counts = Self { changed: 0, updated: 0 };
        for (_, scored) in plan.customers().filter(|(_, scored)| plan.rank(scored.before).is_some()) {
            counts.changed += u64::from(scored.reason == RankReason::Changed);
            counts.updated += u64::from(scored.reason.is_updated());
        }
        counts
    }

    /// The share that changes; `None` if no customer could.
    pub(crate) fn ratio(self) -> Option<Decimal> {
        crate::output::ratio(self.changed.into(), self.updated.into())
    }

    fn is_within(self, max: Decimal) -> bool {
        // With a ratio of 0, not even a few changes pass.
        let is_seen = self.changed <= CHANGES_SEEN_MAX && !max.is_zero();
        is_seen || Decimal::from(self.changed) <= max * Decimal::from(self.updated)
    }
}

/// Why a run that changes too many ranks may not be written.
pub(crate) fn too_many_changes(settings: &RankSettings, counts: ChangeCount) -> Option<Message> {
    let max = settings.max_change_ratio;
    (!counts.is_within(max)).then(|| {
        message!(
            "ランクのある{updated}件のうち{changed}件({share})のランクが変わります。変更できるのは{allowed}件までです\
             (max_change_ratio = {max})。何も書き込んでいません。analytics rank simulate で内容を確認し、\
             このまま更新する場合は --allow-changes を付けてください",
            "{changed} of {updated} would change ({share}), and max_change_ratio = {max} allows \
             {allowed}; nothing was written. Look at it with: analytics rank simulate; write it all the same with \
             --allow-changes",
            updated = counted(counts.updated, "ranked customer", "ranked customers"),
            changed = counts.changed,
            share = percent(counts.ratio().unwrap_or_default()),
            allowed = (max * Decimal::from(counts.updated)).floor().to_u64().unwrap_or(0),
            max = max,
        )
    })
}

/// Why a run may not be written whose newest record is too old: records that have not been imported count as none, and
/// customers would be demoted for it.
pub(crate) fn too_old(settings: &RankSettings, plan: &RankPlan) -> Option<Message> {
    let max = settings.max_age_days;
    let age = plan.checks.newest.map(|newest| (plan.as_of - newest).num_days());
    if max == 0 || age.is_some_and(|age| age <= i64::from(max)) {
        return None;
    }
    let what = match settings.source {
        Source::Sales => labels::NEWEST_SALE,
        Source::Deals => labels::NEWEST_DEAL,
    };
    Some(match plan.checks.newest {
        Some(newest) => message!(
            "{what}は {newest} で、基準日 {as_of} の{age}日前です(max_age_days = {max})。何も書き込んでいません。\
             新しいデータを取り込むか、このまま更新する場合は --allow-stale を付けてください",
            "{what} is {newest}, {age} before the as-of date {as_of}, and max_age_days = {max}; nothing was written. \
             Import newer records, or write all the same with --allow-stale",
            what = what,
            newest = newest,
            as_of = plan.as_of,
            age = counted(age.unwrap_or(0), "day", "days"),
            max = max,
        ),
        None => message!(
            "基準日 {as_of} までの取引がありません({what}: なし)。何も書き込んでいません。データを取り込むか、このまま更新する場合は \
             --allow-stale を付けてください",
            "there is no record up to the as-of date {as_of} ({what}: none); nothing was written. Import records, or write \
             all the same with --allow-stale",
            what = what,
            as_of = plan.as_of,
        ),
    })
}

/// Refuses sums that are too large for the store, with the codes of the customers.
pub(crate) fn check_sums(plan: &RankPlan) -> Result<(), Failure> {
    let beyond = YEN_BEYOND * 10_i128.pow(AMOUNT_SCALE);
    let mut codes: Vec<&str> = plan
        .customers()
        .filter(|(_, scored)| scored.figures.amount.abs() >= beyond)
        .map(|(code, _)| code)
        .collect();
    if codes.is_empty() {
        return Ok(());
    }
    codes.sort_unstable();
    let listed: Vec<&str> = codes.iter().take(LISTED_MAX).copied().collect();
    Err(Failure::data(message!(
        "金額の合計が15桁以上になる顧客が{n}件あります: {codes}{more}。何も書き込んでいません。\
         analytics validate で売上・案件の金額を確認し、修正してください",
        "the amounts of {n} customer(s) have more than 14 digits before the point: {codes}{more}; nothing was \
         written, correct their records (analytics validate)",
        n = codes.len(),
        codes = listed.join(", "),
        more = if codes.len() > LISTED_MAX { ", …" } else { "" },
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_within(changed: u64, updated: u64, max: &str) -> bool {
        ChangeCount { changed, updated }.is_within(max.parse().unwrap_or_default())
    }

    #[test]
    fn the_ratio_is_inclusive_and_few_changes_are_always_allowed() {
        assert!(is_within(300, 1000, "0.3") && !is_within(301, 1000, "0.3"));
        assert!(is_within(20, 20, "0.3") && !is_within(21, 21, "0.3"));
        assert!(is_within(21, 21, "1") && is_within(0, 0, "0.3"));
        assert!(is_within(0, 10, "0") && !is_within(1, 10, "0"));
        assert!(is_within(33, 100_000, "0.00033") && !is_within(34, 100_000, "0.00033"));
    }
}
