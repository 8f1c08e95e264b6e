//! お試し実行: what a run would change, without writing anything (`docs/rank.md#runs`).

use std::path::PathBuf;

use cli_kit::{BadValue, bad_value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::exit::Failure;
use shared::message;
use shared::message::counted;
use shared::rank::RankReason;

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Sheet, table};
use crate::rank::labels;
use crate::rank::prepare::{Prepared, Scene};
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::totals::Depth;
use crate::rank::simulation::drill::Drill;
use crate::rank::simulation::score_sheet::score_sheet;
use crate::rank::simulation::selection::{Scope, Shown, by_code, highest, names, sample};
use crate::rank::simulation::{boundary_view, score_json};
use crate::rank::summary::{self, Summary};

/// Customers without `--all` and `--limit`.
const SAMPLE_MAX: u32 = 500;
/// The most that `--limit` accepts.
const LIMIT_MAX: i64 = 100_000;

/// `analytics rank simulate`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest saved ones, else those of the last run].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// All customers by customer code, instead of the first ones by kana, descending.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Number of customers, the first ones by kana, descending.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=LIMIT_MAX))]
    limit: Option<u32>,
    /// Only the 15 highest totals of the customers who would have this rank after the run; `not-updated` for customers
    /// who are not updated, `none` for those without a rank.
    #[arg(long, value_name = "RANK")]
    drill: Option<String>,
    /// Only customers within that many points of another rank, with what would move them.
    #[arg(long, value_name = "POINTS", conflicts_with = "drill", value_parser = points)]
    near: Option<Decimal>,
}

/// Points with at most two decimal places.
fn points(text: &str) -> Result<Decimal, BadValue> {
    let wrong = || {
        bad_value(message!(
            "0から100000までの点数を、小数2桁以内で指定してください",
            "give points from 0 to 100000 with at most two decimal places",
        ))
    };
    let points: Decimal = text.parse().map_err(|_| wrong())?;
    let in_range = (Decimal::ZERO..=Decimal::from(100_000)).contains(&points);
    if in_range && points.normalize().scale() <= 2 { Ok(points) } else { Err(wrong()) }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    let drill = args.drill.as_deref().map(|rank| Drill::new(rank, &prepared.master)).transpose()?;
    // Programs may read a million scores and want them fast; people get all warnings.
    let is_for_people = context.format.is_for_people();
    let depth = if is_for_people { Depth::Full } else { Depth::Scores };
    let (plan, scene) = prepared.plan(context, depth)?;
    // Who is near a boundary is asked of everybody, unless a limit is given.
    let is_whole = args.all || (args.near.is_some() && args.limit.is_none());
    let limit = args.limit.unwrap_or(SAMPLE_MAX) as usize;
    let mut shown = if is_whole { by_code(&plan) } else { sample(&plan, &scene, limit)? };
    if let Some(points) = args.near {
        let scope = Scope { is_whole, words: scope_of(context, is_whole, shown.len()) };
        let hundredths = (points * Decimal::ONE_HUNDRED).to_u32().unwrap_or(u32::MAX);
        return boundary_view::show(context, &prepared, &plan, &scene, (&shown, &scope), hundredths);
    }
    let population = shown.len();
    if let Some(drill) = &drill {
        shown = highest(shown.into_iter().filter(|(_, scored)| drill.takes(&plan, scored)).collect());
    }
    let parts = Parts { context, prepared: &prepared, plan: &plan, scene: &scene, shown: &shown };
    match context.format {
        Format::Json => {
            context.write_with(|mut out| score_json::write(&mut out, &plan, &shown))?;
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
        _ => {
            let sheet = score_sheet(&prepared, &plan, shown.iter().copied(), None);
            context.emit(&sheet, &serde_json::Value::Null)?;
            notices(context, &plan, &shown);
        }
    }
    Ok(())
}

/// Which customers the figures are about.
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

/// The summary on standard error, for output that programs read.
fn notices(context: &Context, plan: &RankPlan, shown: &Shown<'_>) {
    let summary = Summary::of(shown.iter().copied());
    let changed = summary.with(RankReason::Changed);
    context.notice(&message!(
        "基準日 {as_of} で{scored}件を採点しました。うち{changed}件のランクが変わります",
        "{scored} scored as of {as_of}, {changed} would change",
        as_of = plan.as_of,
        scored = counted(summary.evaluated(), "customer", "customers"),
        changed = changed,
    ));
    for warning in &plan.warnings {
        context.notice(&message!("注意: {warning}", "warning: {warning}", warning = warning.message()));
    }
}

/// A plan as shown to people.
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
        Ok(html::page(context.label(labels::SIMULATION), context, &blocks))
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
        Ok(score_sheet(self.prepared, self.plan, shown.into_iter(), Some((&names, self.context.lang))))
    }
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn points_have_at_most_two_decimal_places() {
        assert!(points("0").is_ok() && points("12.50").is_ok() && points("100000").is_ok());
        assert!(
            points("-1").is_err()
                && points("0.001").is_err()
                && points("100000.01").is_err()
                && points("x").is_err()
        );
    }
}
