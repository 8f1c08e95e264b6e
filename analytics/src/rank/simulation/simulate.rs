//! お試し実行: what a run would change, without writing anything (`docs/rank.md#runs`).

use std::collections::HashMap;
use std::path::PathBuf;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, csv, table};
use crate::rank::labels;
use crate::rank::prepare::{Prepared, Scene};
use crate::rank::scoring::eligibility::Reason;
use crate::rank::scoring::plan::{RankPlan, Scored};
use crate::rank::scoring::totals::Depth;
use crate::rank::simulation::selection::{Shown, by_code, highest, names, sample};
use crate::rank::simulation::{boundary_view, score_json};
use crate::rank::summary::{self, Summary};

/// Customers of a simulation that is not of all.
const SAMPLE_MAX: u32 = 500;
/// The most that `--limit` takes; beyond it `--all` is meant.
const LIMIT_MAX: i64 = 100_000;

/// `analytics rank simulate`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest that were saved, else those of the last run].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// All customers, by customer code, and not only the first ones by kana, descending.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// How many of the first customers by kana, descending.
    #[arg(long, value_name = "N", default_value_t = SAMPLE_MAX, value_parser = clap::value_parser!(u32).range(1..=LIMIT_MAX))]
    limit: u32,
    /// Only the 15 highest totals of those who would have this rank after the run; 対象外 (or not-updated): those
    /// who are not updated; なし (or none): those without a rank.
    #[arg(long, value_name = "RANK")]
    drill: Option<String>,
    /// Only the customers whose total is at most so many points from another rank, with what would move them.
    #[arg(long, value_name = "POINTS", conflicts_with = "drill", value_parser = points)]
    near: Option<Decimal>,
}

/// Points with at most two decimal places.
fn points(text: &str) -> Result<Decimal, String> {
    let wrong = || "give points from 0 to 100000 with at most two decimal places".to_owned();
    let points: Decimal = text.parse().map_err(|_| wrong())?;
    let in_range = (Decimal::ZERO..=Decimal::from(100_000)).contains(&points);
    if in_range && points.normalize().scale() <= 2 { Ok(points) } else { Err(wrong()) }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    let drill = args.drill.as_deref().map(|rank| Drill::new(rank, &prepared)).transpose()?;
    // A program that reads a million scores wants them soon; people, and every run, are told more.
    let is_for_people = matches!(context.format, Format::Table | Format::Html);
    let depth = if is_for_people { Depth::Full } else { Depth::Scores };
    let (plan, scene) = prepared.plan(context, depth)?;
    let mut shown = if args.all { by_code(&plan) } else { sample(&plan, &scene, args.limit as usize)? };
    if let Some(points) = args.near {
        let hundredths = (points * Decimal::ONE_HUNDRED).to_u32().unwrap_or(u32::MAX);
        return boundary_view::show(context, &prepared, &plan, &scene, &shown, hundredths);
    }
    let population = shown.len();
    if let Some(drill) = &drill {
        shown = highest(shown.into_iter().filter(|(_, scored)| drill.takes(&plan, scored)).collect());
    }
    let parts = Parts { context, prepared: &prepared, plan: &plan, scene: &scene, shown: &shown };
    match context.format {
        Format::Json => {
            let mut out = std::io::stdout().lock();
            Context::written(score_json::write(&mut out, &plan, &shown))?;
            notices(context, &plan, &shown);
        }
        Format::Csv => {
            let sheet = customers(&prepared, &plan, shown.iter().copied(), None);
            context.write(&csv::render(&sheet, context.lang)?)?;
            notices(context, &plan, &shown);
        }
        Format::Table | Format::Html => match &drill {
            Some(drill) => {
                let sheet = parts.drilled(drill, scope_of(context, args.all, population))?;
                context.emit(&sheet, &serde_json::Value::Null)?;
            }
            None if context.format == Format::Html => context.write(&parts.page(args.all)?)?,
            None => context.write(&parts.text(args.all)?)?,
        },
    }
    Ok(())
}

/// Which customers are wanted.
enum Drill {
    Rank(String),
    NotUpdated,
    WithoutRank,
}

impl Drill {
    /// A rank of the master comes before a word that means something else.
    fn new(text: &str, prepared: &Prepared) -> Result<Self, Failure> {
        let text = text.trim();
        let master = &prepared.master;
        if master.position(text).is_some() {
            return Ok(Self::Rank(text.to_owned()));
        }
        match text {
            "対象外" | "not-updated" => Ok(Self::NotUpdated),
            "なし" | "none" => Ok(Self::WithoutRank),
            _ => Err(Failure::usage(message!(
                "--drill {text}: このランクはありません。{ranks} のいずれか、または 対象外(更新対象外の顧客)、なし(ランクのない顧客)を指定してください",
                "--drill {text}: there is no such rank; give one of {ranks}, or not-updated (対象外), or none (なし)",
                text = text,
                ranks = master.ranks().join(", "),
            ))),
        }
    }

    fn takes(&self, plan: &RankPlan, scored: &Scored) -> bool {
        match self {
            Self::Rank(rank) => plan.rank(scored.after) == Some(rank),
            Self::NotUpdated => !matches!(scored.reason, Reason::Changed | Reason::Unchanged),
            Self::WithoutRank => plan.rank(scored.after).is_none(),
        }
    }

    fn name(&self, context: &Context) -> String {
        match self {
            Self::Rank(rank) => rank.clone(),
            Self::NotUpdated => context.label(labels::OUTSIDE).to_owned(),
            Self::WithoutRank => context.label(labels::NO_RANK).to_owned(),
        }
    }
}

/// Whom the figures are about: everybody, or so many by kana.
fn scope_of(context: &Context, is_whole: bool, customers: usize) -> String {
    if is_whole {
        return context.label(labels::WHOLE).to_owned();
    }
    let sample = message!(
        "フリガナ降順の先頭{n}件(標本であり全体ではありません)",
        "first {n} by kana, descending (a sample, not the population)",
        n = customers,
    );
    sample.text(context.lang).to_owned()
}

/// The summary goes to standard error when standard output is for a program.
fn notices(context: &Context, plan: &RankPlan, shown: &Shown<'_>) {
    let summary = Summary::of(shown.iter().copied());
    let changed = summary.with(Reason::Changed);
    context.notice(&message!(
        "基準日 {as_of} で{scored}件を採点しました。うち{changed}件のランクが変わります",
        "{scored} customers scored as of {as_of}, {changed} would change",
        as_of = plan.as_of,
        scored = summary.evaluated(),
        changed = changed,
    ));
    for warning in &plan.warnings {
        context.notice(&message!("注意: {warning}", "warning: {warning}", warning = warning.message()));
    }
}

/// What people are shown of a plan.
struct Parts<'a> {
    context: &'a Context,
    prepared: &'a Prepared,
    plan: &'a RankPlan,
    scene: &'a Scene,
    shown: &'a Shown<'a>,
}

impl Parts<'_> {
    fn header(&self, is_whole: bool) -> Vec<(String, String)> {
        let mut header = summary::header(self.context, self.plan, &self.prepared.settings);
        header.push((self.context.label(labels::SCOPE).to_owned(), self.scope(is_whole)));
        header
    }

    fn scope(&self, is_whole: bool) -> String {
        scope_of(self.context, is_whole, self.shown.len())
    }

    fn text(&self, is_whole: bool) -> Result<String, Failure> {
        let counted = Summary::of(self.shown.iter().copied());
        let header = self.header(is_whole);
        let master = &self.prepared.master;
        let mut out = summary::render(self.context, labels::SIMULATION, header, &counted, self.plan, master);
        out.push_str(&table::render(&self.top()?, self.context));
        Ok(out)
    }

    fn page(&self, is_whole: bool) -> Result<String, Failure> {
        let counted = Summary::of(self.shown.iter().copied());
        let (context, header) = (self.context, self.header(is_whole));
        let note =
            if is_whole { context.label(labels::NOTHING_WRITTEN).to_owned() } else { self.scope(is_whole) };
        let mut blocks = vec![Block::Note(note)];
        blocks.extend(summary::blocks(context, header, &counted, self.plan, &self.prepared.master));
        blocks.push(Block::Sheet(self.top()?));
        Ok(html::page(context.label(labels::SIMULATION), context.lang, &blocks))
    }

    fn top(&self) -> Result<Sheet, Failure> {
        let mut sheet = self.listed(highest(self.shown.clone()))?;
        sheet.title = self.context.label(labels::TOP).to_owned();
        Ok(sheet)
    }

    fn drilled(&self, drill: &Drill, scope: String) -> Result<Sheet, Failure> {
        let mut sheet = self.listed(self.shown.clone())?;
        sheet.title = self.context.label(labels::DRILL).to_owned();
        sheet.header = summary::header(self.context, self.plan, &self.prepared.settings);
        sheet.header.push((self.context.label(labels::SCOPE).to_owned(), scope));
        sheet.header.push((self.context.label(labels::DRILLED).to_owned(), drill.name(self.context)));
        Ok(sheet)
    }

    fn listed(&self, shown: Shown<'_>) -> Result<Sheet, Failure> {
        let names = names(&self.scene.warehouse, shown.iter().map(|(code, _)| *code))?;
        Ok(customers(self.prepared, self.plan, shown.into_iter(), Some((&names, self.context.lang))))
    }
}

/// Customers with everything that led to their rank: for people with names and words, else with identifiers.
fn customers<'a>(
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
                Some((_, lang)) => labels::reason(scored.reason).text(lang).to_owned(),
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

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn points_have_two_places_at_most() {
        assert!(points("0").is_ok() && points("12.50").is_ok() && points("100000").is_ok());
        assert!(
            points("-1").is_err()
                && points("0.001").is_err()
                && points("100000.01").is_err()
                && points("x").is_err()
        );
    }
}
