//! Scored customers as a table.

use std::collections::HashMap;

use shared::label::Lang;

use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::labels;
use crate::rank::prepare::Prepared;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;

/// Customers with everything that led to their rank: with names and labels for people, else with identifiers.
pub(crate) fn score_sheet<'a>(
    prepared: &Prepared,
    plan: &RankPlan,
    shown: impl Iterator<Item = (&'a str, &'a Scored)>,
    people: Option<(&HashMap<String, String>, Lang)>,
) -> Sheet {
    let source = prepared.settings.source;
    let points = |points: Option<u8>| points.map_or(Cell::None, |points| Cell::Count(u64::from(points)));
    let row = |(code, scored): (&str, &Scored)| {
        let exact = scored.exact();
        let mut row = vec![Cell::Text(code.to_owned())];
        row.extend(people.map(|(names, _)| Cell::text(names.get(code).map(String::as_str))));
        row.extend([
            Cell::date(exact.latest_date),
            scored.months_within.map_or(Cell::None, |months| Cell::Count(u64::from(months))),
            exact.count.map_or(Cell::None, Cell::Number),
            Cell::money(exact.amount),
            points(scored.points.recency),
            points(scored.points.count),
            points(scored.points.amount),
            Cell::Number(exact.total),
            Cell::text(plan.rank(scored.before)),
            Cell::text(plan.rank(scored.after)),
            Cell::Text(match people {
                Some((_, lang)) => scored.reason.label(lang).to_owned(),
                None => scored.reason.as_str().to_owned(),
            }),
        ]);
        row
    };
    let mut columns = vec![SheetColumn::new(labels::CODE)];
    if people.is_some() {
        columns.push(SheetColumn::new(labels::NAME));
    }
    columns.extend(
        [
            labels::latest(source),
            labels::MONTHS,
            labels::count(source),
            labels::amount(source),
            labels::POINTS_RECENCY,
            labels::POINTS_COUNT,
            labels::POINTS_AMOUNT,
            labels::TOTAL,
            labels::NOW,
            labels::AFTER,
            labels::REASON,
        ]
        .map(SheetColumn::new),
    );
    Sheet { columns, rows: shown.map(row).collect(), ..Sheet::default() }
}
