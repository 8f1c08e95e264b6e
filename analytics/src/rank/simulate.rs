//! お試し実行: what a run would change, without writing anything (`docs/rank.md#runs`).

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context as _;
use duckdb::arrow::array::{Array, RecordBatch, StringArray};
use shared::kana::kana_sort_key;

use super::labels;
use super::plan::{RankPlan, Scored};
use super::summary::{self, Summary};
use super::totals::Depth;
use super::{Prepared, Scene, json};
use crate::context::{Context, Format};
use crate::output::{Cell, Sheet, SheetColumn, csv, table};
use crate::warehouse::{Warehouse, WarehouseError};

/// Customers of a simulation that is not of all.
const SAMPLE_MAX: usize = 500;
/// Customers that a table lists.
const LISTED_MAX: usize = 15;

/// `analytics rank simulate`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: those of the last run].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// All customers, by customer code, and not only the first 500 by kana, descending.
    #[arg(long)]
    all: bool,
}

/// The customers that are shown: code and score.
type Shown<'a> = Vec<(&'a str, &'a Scored)>;

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    // A program that reads a million scores wants them soon; people, and every run, are told more.
    let depth = if context.format == Format::Table { Depth::Full } else { Depth::Scores };
    let (plan, scene) = prepared.plan(context, depth)?;
    let shown = if args.all { by_code(&plan) } else { sample(&plan, &scene)? };
    match context.format {
        Format::Json => {
            let mut out = std::io::stdout().lock();
            json::write(&mut out, &plan, &shown).context("standard output")?;
            notices(context, &plan, &shown);
        }
        Format::Csv => {
            context.write(&csv::render(
                &customers(&plan, shown.iter().copied(), &HashMap::new()),
                context.lang,
            )?)?;
            notices(context, &plan, &shown);
        }
        Format::Table => context.write(&text(context, &prepared, &plan, &scene, &shown, args.all)?)?,
    }
    Ok(())
}

/// Everybody by code.
fn by_code(plan: &RankPlan) -> Shown<'_> {
    let mut shown: Shown<'_> = plan.customers().collect();
    // The customers' file is in the order of the code, and engines mostly keep it.
    if !shown.is_sorted_by_key(|(code, _)| *code) {
        shown.sort_unstable_by_key(|(code, _)| *code);
    }
    shown
}

/// The summary goes to standard error when standard output is for a program.
fn notices(context: &Context, plan: &RankPlan, shown: &Shown<'_>) {
    let summary = Summary::of(shown.iter().copied());
    let changed = summary.with(super::eligibility::Reason::Changed);
    let line =
        format!("{} customers scored as of {}, {changed} would change", summary.evaluated(), plan.as_of);
    context.notice(&line);
    for warning in &plan.warnings {
        context.notice(&format!("warning: {warning}"));
    }
}

/// The first customers by kana, descending; those without a reading last; of equals, by code, descending.
fn sample<'a>(plan: &'a RankPlan, scene: &Scene) -> anyhow::Result<Shown<'a>> {
    let batches = scene.warehouse.query("SELECT customer_code, name_kana FROM customers")?;
    let mut kana: HashMap<String, String> = HashMap::new();
    for batch in &batches {
        let (codes, readings) = (texts(batch, 0)?, texts(batch, 1)?);
        let keys = codes.iter().zip(readings.iter());
        kana.extend(keys.filter_map(|(code, reading)| {
            Some((code?.to_owned(), reading.map(kana_sort_key).unwrap_or_default()))
        }));
    }
    let key = |code: &str| kana.get(code).map(String::as_str).unwrap_or_default();
    let mut shown: Shown<'a> = plan.customers().collect();
    // The empty key is the smallest text, so descending order puts it last by itself.
    shown.sort_by(|(a, _), (b, _)| key(b).cmp(key(a)).then_with(|| compare_codes(b, a)));
    shown.truncate(SAMPLE_MAX);
    Ok(shown)
}

/// Codes of digits by their number, all others by their bytes.
fn compare_codes(a: &str, b: &str) -> Ordering {
    let is_number = |code: &str| !code.is_empty() && code.bytes().all(|c| c.is_ascii_digit());
    if !(is_number(a) && is_number(b)) {
        return a.cmp(b);
    }
    let (short_a, short_b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    (short_a.len(), short_a, a).cmp(&(short_b.len(), short_b, b))
}

fn texts(batch: &RecordBatch, column: usize) -> Result<&StringArray, WarehouseError> {
    let found = batch.columns().get(column).and_then(|column| column.as_any().downcast_ref());
    found.ok_or_else(|| WarehouseError::Shape(format!("column {column} is no text")))
}

fn text(
    context: &Context,
    prepared: &Prepared,
    plan: &RankPlan,
    scene: &Scene,
    shown: &Shown<'_>,
    is_whole: bool,
) -> anyhow::Result<String> {
    let mut header = summary::header(context, plan, &prepared.settings);
    let scope = if is_whole { labels::WHOLE } else { labels::SAMPLE };
    let scope = context.label(scope).replace("{n}", &shown.len().to_string());
    header.push((context.label(labels::SCOPE).to_owned(), scope));
    let counted = Summary::of(shown.iter().copied());
    let mut out = summary::render(context, labels::SIMULATION, header, &counted, plan, &prepared.master);
    let mut top: Shown<'_> = shown.clone();
    top.sort_by(|(a, one), (b, two)| {
        Reverse(one.total).cmp(&Reverse(two.total)).then_with(|| compare_codes(b, a))
    });
    top.truncate(LISTED_MAX);
    let names = names(&scene.warehouse, &top)?;
    let mut sheet = customers(plan, top.into_iter(), &names);
    sheet.title = context.label(labels::TOP).to_owned();
    out.push_str(&table::render(&sheet, context));
    Ok(out)
}

/// Names of a few customers.
fn names(warehouse: &Warehouse, shown: &Shown<'_>) -> Result<HashMap<String, String>, WarehouseError> {
    let codes = crate::warehouse::Literal::Texts(shown.iter().map(|(code, _)| (*code).to_owned()).collect());
    let sql = "SELECT customer_code, customer_name FROM customers WHERE customer_code IN {codes}";
    let batches = warehouse.query(&crate::warehouse::render(sql, &[("codes", codes)])?)?;
    let mut names = HashMap::new();
    for batch in &batches {
        let rows = texts(batch, 0)?.iter().zip(texts(batch, 1)?.iter());
        names.extend(rows.filter_map(|(code, name)| Some((code?.to_owned(), name?.to_owned()))));
    }
    Ok(names)
}

/// Customers with everything that led to their rank.
fn customers<'a>(
    plan: &RankPlan,
    shown: impl Iterator<Item = (&'a str, &'a Scored)>,
    names: &HashMap<String, String>,
) -> Sheet {
    let points = |points: Option<u8>| points.map_or(Cell::None, |points| Cell::Count(u64::from(points)));
    let row = |(code, scored): (&str, &Scored)| {
        let exact = scored.exact();
        let mut row = vec![Cell::Text(code.to_owned())];
        row.extend(names.get(code).map(|name| Cell::Text(name.clone())));
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
            Cell::Text(scored.reason.as_str().to_owned()),
        ]);
        row
    };
    let mut columns = vec![SheetColumn::new(labels::CODE)];
    if !names.is_empty() {
        columns.push(SheetColumn::new(labels::NAME));
    }
    columns.extend(
        [
            labels::LATEST,
            labels::MONTHS,
            labels::COUNT,
            labels::AMOUNT,
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
    use super::compare_codes;
    use std::cmp::Ordering;

    #[test]
    fn codes_of_digits_compare_as_numbers() {
        assert_eq!(compare_codes("9", "10"), Ordering::Less);
        assert_eq!(compare_codes("0010", "9"), Ordering::Greater);
        assert_eq!(compare_codes("C9", "C10"), Ordering::Greater);
        assert_eq!(compare_codes("10", "010"), Ordering::Greater);
        assert_eq!(compare_codes("123456789012345678901234567890", "9"), Ordering::Greater);
    }
}
