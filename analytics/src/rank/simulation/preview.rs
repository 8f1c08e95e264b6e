//! お試し採点: how the settings score the customers with the latest records of their own (`docs/rank.md#runs`).

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message;
use shared::message::Label;

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn, json_decimal, json_decimal_or_null};
use crate::rank::labels;
use crate::rank::prepare::{Prepared, Scene};
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;
use crate::rank::scoring::totals::Depth;
use crate::rank::scoring::weighted_points::terms;
use crate::rank::settings::Source;
use crate::rank::summary;
use crate::warehouse::{Columns, Literal, render};

/// Customers that are shown at most.
const PREVIEW_MAX: usize = 15;

/// `analytics rank preview`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest saved ones, else those of the last run].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// A customer and the latest date of its own records.
struct Own {
    customer_code: String,
    customer_name: String,
    latest: NaiveDate,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let prepared = Prepared::new(context, args.settings.as_deref())?;
    let (plan, scene) = prepared.plan(context, Depth::Scores)?;
    let chosen = chosen(context, &scene, prepared.settings.source)?;
    let wanted: HashMap<&str, ()> = chosen.iter().map(|own| (own.customer_code.as_str(), ())).collect();
    let scores: HashMap<&str, &Scored> =
        plan.customers().filter(|(code, _)| wanted.contains_key(code)).collect();
    let shown: Vec<(&Own, &Scored)> =
        chosen.iter().filter_map(|own| Some((own, *scores.get(own.customer_code.as_str())?))).collect();
    context.emit(&sheet(context, &prepared, &plan, &shown), &as_json(&prepared, &plan, &shown))
}

/// The customers with the latest records of their own, the latest first; for equal dates by code, descending.
fn chosen(context: &Context, scene: &Scene, source: Source) -> Result<Vec<Own>, Failure> {
    let (records, dated, counts) = match source {
        Source::Sales => {
            let counts = format!("sold_on <= {}", Literal::Date(context.as_of).sql());
            ("counted_sales", "sold_on", Literal::Rendered(counts))
        }
        Source::Deals => ("deals", "expected_on", Literal::Fragment("expected_on IS NOT NULL")),
    };
    let values = [
        ("records", Literal::Fragment(records)),
        ("dated", Literal::Fragment(dated)),
        ("counts", counts),
        ("limit", Literal::Integer(PREVIEW_MAX as i64)),
    ];
    let sql = render(include_str!("../../../sql/rank_preview.sql"), &values)?;
    let frame = scene.warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let codes = columns.texts("customer_code")?.into_iter();
    let rows = codes.zip(columns.texts("customer_name")?).zip(columns.dates("own_latest")?);
    let mut chosen: Vec<Own> = rows
        .filter_map(|((code, name), latest)| {
            Some(Own { customer_code: code?, customer_name: name.unwrap_or_default(), latest: latest? })
        })
        .collect();
    chosen.sort_by(|a, b| {
        let code = || shared::ids::compare_codes(&b.customer_code, &a.customer_code);
        b.latest.cmp(&a.latest).then_with(code)
    });
    chosen.truncate(PREVIEW_MAX);
    Ok(chosen)
}

fn own_latest(source: Source) -> Label {
    match source {
        Source::Sales => labels::RECENT_SALE,
        Source::Deals => labels::RECENT_DEAL,
    }
}

fn sheet(context: &Context, prepared: &Prepared, plan: &RankPlan, shown: &[(&Own, &Scored)]) -> Sheet {
    let source = prepared.settings.source;
    let row = |(own, scored): &(&Own, &Scored)| {
        let exact = scored.exact();
        let [recency, count, amount] = terms(&prepared.settings, &scored.points);
        vec![
            Cell::Text(own.customer_code.clone()),
            Cell::Text(own.customer_name.clone()),
            Cell::Date(own.latest),
            Cell::date(exact.latest_date),
            exact.count.map_or(Cell::None, Cell::Number),
            Cell::money(exact.amount),
            recency.cell(),
            count.cell(),
            amount.cell(),
            Cell::Number(exact.total),
            Cell::text(plan.rank(scored.before)),
            Cell::text(plan.rank(scored.after)),
            Cell::Text(context.label(scored.reason.labels()).to_owned()),
        ]
    };
    let columns = [
        labels::CODE,
        labels::NAME,
        own_latest(source),
        labels::latest(source),
        labels::count(source),
        labels::amount(source),
        labels::TERM_RECENCY,
        labels::TERM_COUNT,
        labels::TERM_AMOUNT,
        labels::TOTAL,
        labels::NOW,
        labels::AFTER,
        labels::REASON,
    ];
    let mut header = summary::header(context, plan, &prepared.settings);
    let scope = message!(
        "メイン顧客としての記録が新しい順に{n}件",
        "the {n} with the latest record of their own",
        n = shown.len(),
    );
    header.push((context.label(labels::SCOPE).to_owned(), scope.text(context.lang).to_owned()));
    Sheet {
        title: context.label(labels::PREVIEW).to_owned(),
        header,
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: shown.iter().map(row).collect(),
        footer: vec![(context.label(labels::NOTHING_WRITTEN).to_owned(), String::new())],
        ..Sheet::default()
    }
}

fn as_json(prepared: &Prepared, plan: &RankPlan, shown: &[(&Own, &Scored)]) -> Value {
    let customers: Vec<Value> = shown
        .iter()
        .map(|(own, scored)| {
            let exact = scored.exact();
            let terms = terms(&prepared.settings, &scored.points);
            let terms: serde_json::Map<String, Value> =
                terms.iter().map(|term| (term.kind.to_owned(), term.json())).collect();
            json!({
                "customer_code": own.customer_code, "customer_name": own.customer_name,
                "own_latest": own.latest.to_string(),
                "latest_date": exact.latest_date.map(|day| day.to_string()), "months_within": scored.months_within,
                "count": json_decimal_or_null(exact.count), "amount": json_decimal_or_null(exact.amount),
                "terms": terms, "total": json_decimal(exact.total),
                "rank_before": plan.rank(scored.before), "rank_after": plan.rank(scored.after),
                "reason": scored.reason.as_str(),
            })
        })
        .collect();
    json!({
        "command": "rank preview", "as_of": plan.as_of.to_string(), "settings_hash": plan.settings_hash,
        "source": prepared.settings.source.as_str(), "customers": customers,
    })
}
