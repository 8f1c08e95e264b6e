//! The distribution of ranks now and after, and what stands around it, for people and for programs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::calendar::sub_months;
use shared::rank::RankMaster;

use crate::context::Context;
use crate::labels::Label;
use crate::output::html::{Bars, Block};
use crate::output::{Cell, Sheet, SheetColumn, table};
use crate::rank::labels;
use crate::rank::scoring::eligibility::Reason;
use crate::rank::scoring::plan::{RankId, RankPlan, Scored};
use crate::rank::settings::{RankSettings, Warning, hundredths};

/// Characters of the settings' hash that people see.
const HASH_SHOWN: usize = 12;

/// Some customers of a plan, counted.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Customers from the current rank to the rank after.
    pub(crate) transitions: BTreeMap<(RankId, RankId), u64>,
    reasons: BTreeMap<&'static str, u64>,
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
            *summary.reasons.entry(scored.reason.as_str()).or_default() += 1;
            if !matches!(scored.reason, Reason::Changed | Reason::Unchanged) {
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
    pub(crate) fn with(&self, reason: Reason) -> u64 {
        self.reasons.get(reason.as_str()).copied().unwrap_or(0)
    }

    /// Customers that are not updated because of their current rank.
    pub(crate) fn not_target(&self) -> u64 {
        self.with(Reason::NotTargetRank) + self.with(Reason::Unranked) + self.with(Reason::UnknownRank)
    }

    /// Ranks with the customers that have them now and after: the master's order, then unknown ones, then none.
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
        let reasons: serde_json::Map<String, Value> = Reason::ALL
            .iter()
            .map(|reason| (reason.as_str().to_owned(), json!(self.with(*reason))))
            .collect();
        json!({"evaluated": self.evaluated(), "reasons": reasons, "ranks": ranks, "transitions": transitions})
    }
}

/// What everything that is shown of a plan begins with.
pub(crate) fn header(context: &Context, plan: &RankPlan, settings: &RankSettings) -> Vec<(String, String)> {
    facts(context, settings, plan.as_of)
}

/// What everything begins with that is computed by these settings as of a day.
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

/// The distribution now and after, with bars, the transitions, and the reasons.
pub(crate) fn render(
    context: &Context,
    title: Label,
    header: Vec<(String, String)>,
    summary: &Summary,
    plan: &RankPlan,
    master: &RankMaster,
) -> String {
    let mut text = table::render(&distribution(context, title, header, summary, plan, master), context);
    text.push_str(&table::render(&matrix(context, summary, plan, master), context));
    text.push_str(&table::render(&transitions(context, summary, plan, master), context));
    text
}

/// The same for a page: bars, the table of their numbers, the matrix, the moves, the reasons, the warnings.
pub(crate) fn blocks(
    context: &Context,
    header: Vec<(String, String)>,
    summary: &Summary,
    plan: &RankPlan,
    master: &RankMaster,
) -> Vec<Block> {
    let none = context.label(labels::NO_RANK);
    let rows = summary.ranks(plan, master).into_iter();
    let bars = Bars {
        title: context.label(labels::DISTRIBUTION).to_owned(),
        series: [labels::BAR_NOW, labels::BAR_AFTER].map(|label| context.label(label).to_owned()).to_vec(),
        rows: rows.map(|row| (row.rank.unwrap_or(none).to_owned(), vec![row.now, row.after])).collect(),
    };
    let mut numbers = distribution(context, labels::SIMULATION, Vec::new(), summary, plan, master).untitled();
    // The bars stand above it.
    numbers.columns.truncate(5);
    vec![
        Block::Facts(header),
        Block::Bars(bars),
        Block::Sheet(numbers),
        Block::Sheet(matrix(context, summary, plan, master)),
        Block::Sheet(transitions(context, summary, plan, master)),
    ]
}

/// Ranks now by ranks after.
fn matrix(context: &Context, summary: &Summary, plan: &RankPlan, master: &RankMaster) -> Sheet {
    let none = context.label(labels::NO_RANK);
    let ranks: Vec<Option<&str>> = summary.ranks(plan, master).iter().map(|row| row.rank).collect();
    let names = ranks.iter().map(|rank| rank.unwrap_or(none));
    let counts: BTreeMap<(Option<&str>, Option<&str>), u64> =
        summary.transitions.iter().map(|((from, to), n)| ((plan.rank(*from), plan.rank(*to)), *n)).collect();
    let row = |from: &Option<&str>| {
        let cells = ranks.iter().map(|to| match counts.get(&(*from, *to)) {
            Some(n) => Cell::Count(*n),
            None => Cell::None,
        });
        std::iter::once(Cell::Text(from.unwrap_or(none).to_owned())).chain(cells).collect()
    };
    let columns = std::iter::once(SheetColumn::new(labels::NOW)).chain(names.map(SheetColumn::named));
    Sheet {
        title: context.label(labels::MATRIX).to_owned(),
        columns: if ranks.is_empty() { Vec::new() } else { columns.collect() },
        rows: ranks.iter().map(row).collect(),
        ..Sheet::default()
    }
}

fn distribution(
    context: &Context,
    title: Label,
    header: Vec<(String, String)>,
    summary: &Summary,
    plan: &RankPlan,
    master: &RankMaster,
) -> Sheet {
    let all = Decimal::from(summary.evaluated().max(1));
    let ranks = summary.ranks(plan, master);
    let row = |row: &RankCount<'_>| {
        vec![
            Cell::Text(row.rank.unwrap_or(context.label(labels::NO_RANK)).to_owned()),
            Cell::Count(row.now),
            Cell::Count(row.after),
            Cell::Integer(row.after.cast_signed() - row.now.cast_signed()),
            Cell::Count(row.kept),
            Cell::Bar(Decimal::from(row.now) / all),
            Cell::Bar(Decimal::from(row.after) / all),
        ]
    };
    let columns = [labels::RANK, labels::NOW, labels::AFTER, labels::CHANGE, labels::NOT_UPDATED];
    let columns = columns.map(SheetColumn::new);
    let bars = [labels::BAR_NOW, labels::BAR_AFTER].map(SheetColumn::new);
    let evaluated = Cell::Count(summary.evaluated());
    Sheet {
        title: context.label(title).to_owned(),
        header,
        columns: columns.into_iter().chain(bars).collect(),
        rows: ranks.iter().map(row).collect(),
        total: Some(vec![
            Cell::Text(context.label(crate::labels::TOTAL).to_owned()),
            evaluated.clone(),
            evaluated,
            Cell::Integer(0),
            Cell::Count(ranks.iter().map(|row| row.kept).sum()),
        ]),
        footer: Vec::new(),
    }
}

fn transitions(context: &Context, summary: &Summary, plan: &RankPlan, master: &RankMaster) -> Sheet {
    let name = |id: RankId| Cell::Text(plan.rank(id).unwrap_or(context.label(labels::NO_RANK)).to_owned());
    let moved = summary.transitions.iter().filter(|((from, to), _)| from != to);
    let rows = moved.map(|((from, to), n)| {
        let direction = master.direction(plan.rank(*from), plan.rank(*to));
        let direction = context.label(labels::direction(direction.as_str())).to_owned();
        vec![name(*from), name(*to), Cell::Text(direction), Cell::Count(*n)]
    });
    let reasons = Reason::ALL.iter().filter(|reason| summary.with(**reason) > 0);
    let reasons = reasons
        .map(|reason| (context.label(labels::reason(*reason)).to_owned(), summary.with(*reason).to_string()));
    let warnings = plan.warnings.iter().map(|warning| {
        (context.label(labels::WARNINGS).to_owned(), warning.message().text(context.lang).to_owned())
    });
    let columns = [labels::RANK_FROM, labels::RANK_TO, labels::DIRECTION, labels::CUSTOMERS];
    let rows: Vec<_> = rows.collect();
    Sheet {
        title: context.label(labels::MOVED).to_owned(),
        columns: if rows.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows,
        footer: reasons.chain(warnings).collect(),
        ..Sheet::default()
    }
}

/// Warnings as JSON.
pub(crate) fn warnings_json(context: &Context, warnings: &[Warning]) -> Value {
    let warnings = warnings.iter().map(|warning| {
        let reason = warning.reason.text(context.lang);
        json!({"code": warning.code, "path": warning.path, "value": warning.value, "reason": reason})
    });
    Value::Array(warnings.collect())
}
