//! ランク推移: the customers of each rank at the end of each month, and the changes (`docs/rank.md#after-the-run`).

use shared::rank::RankDirection;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shared::calendar::YearMonth;
use shared::exit::Failure;
use shared::message;
use shared::rank::RankMaster;
use shared::store::{RankMonth, RankMovement};

use crate::context::{Context, Format};
use crate::output::html::{self, Block, Stacks, apportioned};
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::labels;
use crate::rank::prepare::Prepared;

/// Width of the terminal chart in characters.
const CHART_CHARS: u64 = 40;
/// The directions that are counted.
const DIRECTIONS: [RankDirection; 4] =
    [RankDirection::Up, RankDirection::Down, RankDirection::Initial, RankDirection::Cleared];

/// `analytics rank transition`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Number of months, up to that of the as-of date.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
}

/// The months with their ranks and changes.
struct Transition {
    months: Vec<String>,
    /// In the order of the rank master, then unknown ranks, then none (empty).
    ranks: Vec<String>,
    customers: BTreeMap<(String, String), u64>,
    moved: BTreeMap<(String, RankDirection), u64>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let prepared = Prepared::new(context, None)?;
    if !prepared.settings.enabled {
        return disabled(context);
    }
    let last = YearMonth::of(context.as_of);
    let first = last.plus(1 - i32::try_from(args.months).unwrap_or(1));
    let since = first.to_string();
    let mut reader = prepared.store.reader()?;
    let kept = reader.rank_months(&since)?;
    let moved = reader.rank_movements(&since)?;
    let transition = Transition::new(&prepared.master, (first, last), kept, moved);
    let sheet = transition.sheet(context);
    if context.format == Format::Html {
        let blocks = [Block::Stacks(transition.stacks(context)), Block::Sheet(sheet.untitled())];
        return context.write(&html::page(&sheet.title, context, &blocks));
    }
    context.emit(&sheet, &transition.json())
}

/// 利用しない: without the update there is no such report.
fn disabled(context: &Context) -> Result<(), Failure> {
    let reason = message!(
        "ランク設定が enabled = false のため、ランク推移は表示しません。記録されたランクは残っています",
        "the settings have enabled = false, so ranks by month are not shown; the ranks that were stored remain",
    );
    context.notice(&reason);
    if context.format == Format::Json {
        let value = json!({"command": "rank transition", "skipped": reason.text(context.lang)});
        context.write(&format!("{value:#}\n"))?;
    }
    Ok(())
}

impl Transition {
    fn new(
        master: &RankMaster,
        (first, last): (YearMonth, YearMonth),
        kept: Vec<RankMonth>,
        moved: Vec<RankMovement>,
    ) -> Self {
        let in_range = |month: &String| *month <= last.to_string();
        let customers: BTreeMap<(String, String), u64> = kept
            .into_iter()
            .filter(|row| in_range(&row.month))
            .map(|row| ((row.month, row.rank), row.customers))
            .collect();
        let mut by_month: BTreeMap<(String, RankDirection), u64> = BTreeMap::new();
        for row in moved.into_iter().filter(|row| in_range(&row.month)) {
            *by_month.entry((row.month, row.direction)).or_default() += row.changes;
        }
        // Months before the first run are left out; months without a run in between are shown.
        let earliest = customers.keys().map(|(month, _)| month).min().cloned();
        let months = first.through(last).map(|month| month.to_string());
        let months = months.filter(|month| earliest.as_ref().is_some_and(|earliest| month >= earliest));
        let known: BTreeSet<&String> = customers.keys().map(|(_, rank)| rank).collect();
        let mut ranks: Vec<String> = known.into_iter().cloned().collect();
        ranks.sort_by_key(|rank| (rank.is_empty(), master.position(rank).unwrap_or(usize::MAX)));
        Self { months: months.collect(), ranks, customers, moved: by_month }
    }

    fn count(&self, month: &str, rank: &str) -> u64 {
        self.customers.get(&(month.to_owned(), rank.to_owned())).copied().unwrap_or(0)
    }

    fn moves(&self, month: &str, direction: RankDirection) -> u64 {
        self.moved.get(&(month.to_owned(), direction)).copied().unwrap_or(0)
    }

    fn has_run(&self, month: &str) -> bool {
        self.customers.keys().any(|(kept, _)| kept == month)
    }

    fn name<'a>(&'a self, context: &Context, rank: &'a str) -> &'a str {
        if rank.is_empty() { context.label(labels::NO_RANK) } else { rank }
    }

    fn sheet(&self, context: &Context) -> Sheet {
        let row = |month: &String| {
            let mut row = vec![Cell::Text(month.clone())];
            if !self.has_run(month) {
                row.extend(std::iter::repeat_n(Cell::None, self.ranks.len() + 1 + DIRECTIONS.len() + 1));
                return row;
            }
            let counts: Vec<u64> = self.ranks.iter().map(|rank| self.count(month, rank)).collect();
            row.extend(counts.iter().map(|n| Cell::Count(*n)));
            row.push(Cell::Count(counts.iter().sum()));
            row.extend(DIRECTIONS.map(|direction| Cell::Count(self.moves(month, direction))));
            row.push(Cell::Text(self.chart(&counts)));
            row
        };
        let mut columns = vec![SheetColumn::new(crate::labels::MONTH)];
        columns.extend(self.ranks.iter().map(|rank| SheetColumn::named(self.name(context, rank))));
        columns.push(SheetColumn::new(crate::labels::TOTAL));
        columns.extend(DIRECTIONS.map(|direction| SheetColumn::new(labels::direction(direction))));
        columns.push(SheetColumn::terminal_only(labels::DISTRIBUTION));
        Sheet {
            title: context.label(labels::TRANSITION).to_owned(),
            columns: if self.months.is_empty() { Vec::new() } else { columns },
            rows: self.months.iter().map(row).collect(),
            footer: if self.months.is_empty() {
                vec![(context.label(labels::NO_RUNS).to_owned(), String::new())]
            } else {
                Vec::new()
            },
            ..Sheet::default()
        }
    }

    /// The shares as first letters of the ranks: `SSAAABBBBCC`. Each rank that somebody has is there.
    fn chart(&self, counts: &[u64]) -> String {
        let lengths = apportioned(counts, CHART_CHARS, 1);
        let letters = self.ranks.iter().zip(lengths).map(|(rank, length)| {
            let letter = rank.chars().next().unwrap_or('·');
            std::iter::repeat_n(letter, usize::try_from(length).unwrap_or(0))
        });
        letters.flatten().collect()
    }

    fn stacks(&self, context: &Context) -> Stacks {
        Stacks {
            title: context.label(labels::TRANSITION).to_owned(),
            parts: self.ranks.iter().map(|rank| self.name(context, rank).to_owned()).collect(),
            rows: self
                .months
                .iter()
                .map(|month| (month.clone(), self.ranks.iter().map(|rank| self.count(month, rank)).collect()))
                .collect(),
        }
    }

    fn json(&self) -> Value {
        let months: Vec<Value> = self
            .months
            .iter()
            .map(|month| {
                let ranks: Vec<Value> = self
                    .ranks
                    .iter()
                    .map(|rank| {
                        let name = Some(rank).filter(|rank| !rank.is_empty());
                        json!({"rank": name, "customers": self.count(month, rank)})
                    })
                    .collect();
                let moves: serde_json::Map<String, Value> = DIRECTIONS
                    .iter()
                    .map(|direction| (direction.to_string(), json!(self.moves(month, *direction))))
                    .collect();
                let ranks = if self.has_run(month) { json!(ranks) } else { Value::Null };
                json!({"month": month, "ranks": ranks, "changes": moves})
            })
            .collect();
        json!({"command": "rank transition", "skipped": null, "months": months})
    }
}
