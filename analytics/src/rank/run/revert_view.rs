//! A reverted run for people and for programs.

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message::Label;
use shared::rank::RankMaster;
use shared::store::{RankRevert, RankRun};

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, table};
use crate::rank::labels;
use crate::rank::run::revert_plan::{RevertPlan, direction};

/// Customers shown to people, and to programs.
const SHOWN_MAX: (usize, usize) = (100, 10_000);

/// Shows what a revert does, or would do.
pub(crate) fn show(
    context: &Context,
    master: &RankMaster,
    run: &RankRun,
    plan: &RevertPlan,
    run_id: Option<i64>,
    dry_run: bool,
) -> Result<(), Failure> {
    let (for_people, for_programs) = SHOWN_MAX;
    let text = match context.format {
        Format::Json => format!("{:#}\n", as_json(master, run, plan, run_id, dry_run, for_programs)),
        Format::Table => {
            let sheets =
                [restored(context, master, run, plan, run_id, for_people), left(context, plan, for_people)];
            sheets.iter().map(|sheet| table::render(sheet, context)).collect()
        }
        Format::Html => {
            let sheet = restored(context, master, run, plan, run_id, for_people);
            let blocks = [Block::Sheet(sheet.untitled()), Block::Sheet(left(context, plan, for_people))];
            html::page(&sheet.title, context, &blocks)
        }
        _ => {
            let sheet = restored(context, master, run, plan, run_id, usize::MAX);
            return context.emit(&sheet, &Value::Null);
        }
    };
    context.write(&text)
}

fn restored(
    context: &Context,
    master: &RankMaster,
    run: &RankRun,
    plan: &RevertPlan,
    run_id: Option<i64>,
    max: usize,
) -> Sheet {
    let line = |label: Label, value: String| (context.label(label).to_owned(), value);
    let none = context.label(labels::NO_RANK);
    let rank = |rank: &Option<String>| Cell::Text(rank.clone().unwrap_or_else(|| none.to_owned()));
    let row = |revert: &RankRevert| {
        vec![
            Cell::Text(revert.customer_code.clone()),
            Cell::text(revert.customer_name.as_deref()),
            rank(&revert.rank_after),
            rank(&revert.rank_before),
            Cell::Text(context.label(labels::direction(direction(master, revert))).to_owned()),
        ]
    };
    let columns = [labels::CODE, labels::NAME, labels::RANK_FROM, labels::RANK_TO, labels::DIRECTION];
    let mut header = vec![
        line(labels::REVERTS, run.run_id.to_string()),
        line(crate::labels::AS_OF, run.as_of.to_string()),
    ];
    header.extend(run_id.map(|run_id| line(labels::RUN_ID, run_id.to_string())));
    header.extend(run_id.is_none().then(|| line(labels::NOTHING_WRITTEN, String::new())));
    Sheet {
        title: context.label(labels::REVERT).to_owned(),
        header,
        columns: if plan.restored.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows: plan.restored.iter().take(max).map(row).collect(),
        footer: vec![
            line(labels::RESTORED, plan.restored.len().to_string()),
            line(labels::LEFT, plan.left.len().to_string()),
        ],
        ..Sheet::default()
    }
}

/// Customers whose rank is no longer that of the run.
fn left(context: &Context, plan: &RevertPlan, max: usize) -> Sheet {
    if plan.left.is_empty() {
        return Sheet::default();
    }
    let row = |revert: &RankRevert| {
        vec![
            Cell::Text(revert.customer_code.clone()),
            Cell::text(revert.customer_name.as_deref()),
            Cell::text(revert.rank_after.as_deref()),
            Cell::text(revert.rank_now.as_deref()),
        ]
    };
    let columns = [labels::CODE, labels::NAME, labels::RANK_OF_RUN, labels::NOW];
    Sheet {
        title: context.label(labels::LEFT).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: plan.left.iter().take(max).map(row).collect(),
        ..Sheet::default()
    }
}

fn as_json(
    master: &RankMaster,
    run: &RankRun,
    plan: &RevertPlan,
    run_id: Option<i64>,
    dry_run: bool,
    max: usize,
) -> Value {
    let restored: Vec<Value> = plan
        .restored
        .iter()
        .take(max)
        .map(|revert| {
            json!({"customer_code": revert.customer_code, "rank_from": revert.rank_after,
                "rank_to": revert.rank_before, "direction": direction(master, revert)})
        })
        .collect();
    let left: Vec<Value> = plan
        .left
        .iter()
        .take(max)
        .map(|revert| {
            json!({"customer_code": revert.customer_code, "rank_of_run": revert.rank_after,
                "rank_now": revert.rank_now, "is_gone": revert.customer_name.is_none()})
        })
        .collect();
    json!({
        "command": "rank revert", "reverts": run.run_id, "run_id": run_id, "dry_run": dry_run, "skipped": null,
        "restored": plan.restored.len(), "left": plan.left.len(), "customers": restored, "left_customers": left,
    })
}
