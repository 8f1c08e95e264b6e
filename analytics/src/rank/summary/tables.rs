//! The distribution of ranks, the matrix and the moves, as tables and charts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use shared::message::Label;
use shared::rank::{RankMaster, RankReason};

use crate::context::Context;
use crate::output::html::{Bars, Block};
use crate::output::{Cell, Sheet, SheetColumn, table};
use crate::rank::labels;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::RankId;
use crate::rank::summary::{RankCount, Summary};

/// The distribution now and after, with bars, the matrix, the changes and the reasons.
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

/// The same for a page: bars, the table of their numbers, the matrix, the changes, the reasons, the warnings.
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
    // The bars are shown above it.
    numbers.columns.truncate(5);
    vec![
        Block::Facts(header),
        Block::Bars(bars),
        Block::Sheet(numbers),
        Block::Sheet(matrix(context, summary, plan, master)),
        Block::Sheet(transitions(context, summary, plan, master)),
    ]
}

/// Current ranks by ranks after.
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
        let direction = context.label(labels::direction(direction)).to_owned();
        vec![name(*from), name(*to), Cell::Text(direction), Cell::Count(*n)]
    });
    let reasons = RankReason::ALL.iter().filter(|reason| summary.with(**reason) > 0);
    let reasons =
        reasons.map(|reason| (context.label(reason.labels()).to_owned(), summary.with(*reason).to_string()));
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
