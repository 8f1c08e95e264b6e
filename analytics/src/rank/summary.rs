//! The distribution of ranks now and after, for people and for programs.

mod tables;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::calendar::sub_months;
use shared::rank::{RankMaster, RankReason};

pub(crate) use crate::rank::summary::tables::{blocks, render};

use crate::context::Context;
use crate::labels::Label;
use crate::rank::labels;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::{RankId, Scored};
use crate::rank::settings::{RankSettings, Warning, hundredths};

/// Characters of the settings' hash that are shown.
const HASH_SHOWN: usize = 12;

/// Counts of some customers of a plan.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Customers by current rank and rank after.
    pub(crate) transitions: BTreeMap<(RankId, RankId), u64>,
    reasons: BTreeMap<RankReason, u64>,
    /// Customers that are not updated, by the rank that they keep.
    kept: BTreeMap<RankId, u64>,
}

/// A rank with its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RankCount<'p> {
    pub(crate) rank: Option<&'p str>,
    pub(crate) now: u64,
    pub(crate) after: u64,
    /// Of both: customers that are not updated.
    pub(crate) kept: u64,
}

impl Summary {
    /// Counts these customers.
    pub(crate) fn of<'a>(customers: impl Iterator<Item = (&'a str, &'a Scored)>) -> Self {
        let mut summary = Self::default();
        for (_, scored) in customers {
            *summary.transitions.entry((scored.before, scored.after)).or_default() += 1;
            *summary.reasons.entry(scored.reason).or_default() += 1;
            if !scored.reason.is_updated() {
                *summary.kept.entry(scored.before).or_default() += 1;
            }
        }
        summary
    }

    /// Customers counted.
    pub(crate) fn evaluated(&self) -> u64 {
        self.transitions.values().sum()
    }

    /// Customers with this reason.
    pub(crate) fn with(&self, reason: RankReason) -> u64 {
        self.reasons.get(&reason).copied().unwrap_or(0)
    }

    /// Customers that are not updated because of their current rank.
    pub(crate) fn not_target(&self) -> u64 {
        self.with(RankReason::NotTargetRank)
            + self.with(RankReason::Unranked)
            + self.with(RankReason::UnknownRank)
    }

    /// Ranks with their customers now and after, in the order of the rank master; then unknown ranks, then none.
    pub(crate) fn ranks<'p>(&self, plan: &'p RankPlan, master: &RankMaster) -> Vec<RankCount<'p>> {
        let mut counts: BTreeMap<RankId, (u64, u64)> = BTreeMap::new();
        for ((before, after), n) in &self.transitions {
            counts.entry(*before).or_default().0 += n;
            counts.entry(*after).or_default().1 += n;
        }
        let mut rows: Vec<_> = counts
            .iter()
            .map(|(id, (now, after))| {
                let kept = self.kept.get(id).copied().unwrap_or(0);
                RankCount { rank: plan.rank(*id), now: *now, after: *after, kept }
            })
            .collect();
        rows.sort_by_key(|row| {
            let position = row.rank.and_then(|rank| master.position(rank)).unwrap_or(usize::MAX);
            (row.rank.is_none(), position, row.rank)
        });
        rows
    }

    /// The distribution as JSON.
    pub(crate) fn json(&self, plan: &RankPlan, master: &RankMaster) -> Value {
        let ranks = self.ranks(plan, master);
        let ranks: Vec<_> = ranks
            .iter()
            .map(|row| json!({"rank": row.rank, "now": row.now, "after": row.after, "not_updated": row.kept}))
            .collect();
        let transitions: Vec<_> = self
            .transitions
            .iter()
            .map(|((from, to), n)| json!({"from": plan.rank(*from), "to": plan.rank(*to), "customers": n}))
            .collect();
        let reasons: serde_json::Map<String, Value> = RankReason::ALL
            .iter()
            .map(|reason| (reason.as_str().to_owned(), json!(self.with(*reason))))
            .collect();
        json!({"evaluated": self.evaluated(), "reasons": reasons, "ranks": ranks, "transitions": transitions})
    }
}

/// The header lines of a plan.
pub(crate) fn header(context: &Context, plan: &RankPlan, settings: &RankSettings) -> Vec<(String, String)> {
    facts(context, settings, plan.as_of)
}

/// The header lines of anything computed with these settings as of a day.
pub(crate) fn facts(context: &Context, settings: &RankSettings, as_of: NaiveDate) -> Vec<(String, String)> {
    let line = |label: Label, value: String| (context.label(label).to_owned(), value);
    let from =
        sub_months(as_of, settings.chosen.period_months).map(|day| day.to_string()).unwrap_or_default();
    let hash: String = settings.hash().chars().take(HASH_SHOWN).collect();
    vec![
        line(crate::labels::AS_OF, as_of.to_string()),
        line(labels::PERIOD, format!("{from} – {as_of}")),
        line(labels::SOURCE, context.label(labels::source(settings.source)).to_owned()),
        line(labels::SETTINGS, hash),
        line(labels::TOTAL_MAX, hundredths(settings.chosen.total_max())),
    ]
}

/// Warnings as JSON.
pub(crate) fn warnings_json(context: &Context, warnings: &[Warning]) -> Value {
    let warnings = warnings.iter().map(|warning| {
        let reason = warning.reason.text(context.lang);
        json!({"code": warning.code, "path": warning.path, "value": warning.value, "reason": reason})
    });
    Value::Array(warnings.collect())
}
