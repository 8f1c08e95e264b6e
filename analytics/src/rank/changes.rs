//! ランク変更の一覧: the rank changes of a run (`docs/rank.md#runs`).

use serde_json::json;
use shared::store::{RankChange, RankRun, Reader};

use super::labels;
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Cell, Sheet, SheetColumn, json_decimal};

/// Runs that are looked through for the one that is named.
const RUNS_READ_MAX: usize = 10_000;

/// `analytics rank changes`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The run [default: the last one that changed a rank].
    #[arg(long, value_name = "ID")]
    run: Option<i64>,
    /// 改善: only changes to a better rank.
    #[arg(long, conflicts_with = "worsened")]
    improved: bool,
    /// 悪化: only changes to a worse rank.
    #[arg(long)]
    worsened: bool,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<()> {
    let mut reader = context.store()?.reader()?;
    let run = named(&mut reader, args.run)?;
    let changes = reader.rank_changes(run.run_id)?;
    let wanted = |change: &&RankChange| match (args.improved, args.worsened) {
        (true, _) => change.direction == "up",
        (_, true) => change.direction == "down",
        _ => true,
    };
    let shown: Vec<&RankChange> = changes.iter().filter(wanted).collect();
    context.emit(&sheet(context, &run, &changes, &shown), &as_json(&run, &shown))
}

fn named(reader: &mut Reader, run_id: Option<i64>) -> anyhow::Result<RankRun> {
    let runs = reader.rank_runs(RUNS_READ_MAX)?;
    let found = match run_id {
        Some(run_id) => runs.into_iter().find(|run| run.run_id == run_id),
        None => {
            let with_changes = runs.iter().position(|run| run.changed > 0).unwrap_or(0);
            runs.into_iter().nth(with_changes)
        }
    };
    found.ok_or_else(|| {
        let which = run_id.map_or("any rank run yet".to_owned(), |run_id| format!("a rank run {run_id}"));
        Failure::error(
            exit::NO_INPUT,
            format!("the store does not have {which}; make one with: analytics rank run --save"),
        )
    })
}

fn sheet(context: &Context, run: &RankRun, all: &[RankChange], shown: &[&RankChange]) -> Sheet {
    let line = |label: crate::labels::Label, value: String| (context.label(label).to_owned(), value);
    let count =
        |direction: &str| all.iter().filter(|change| change.direction == direction).count().to_string();
    let none = context.label(labels::NO_RANK);
    let row = |change: &&RankChange| {
        vec![
            Cell::Text(change.customer_code.clone()),
            Cell::Text(change.customer_name.clone()),
            Cell::Text(change.rank_from.clone().unwrap_or_else(|| none.to_owned())),
            Cell::Text(change.rank_to.clone()),
            Cell::Text(context.label(labels::direction(&change.direction)).to_owned()),
            Cell::Number(change.total),
        ]
    };
    let columns =
        [labels::CODE, labels::NAME, labels::RANK_FROM, labels::RANK_TO, labels::DIRECTION, labels::TOTAL];
    Sheet {
        title: context.label(labels::CHANGES).to_owned(),
        header: vec![
            line(labels::RUN_ID, run.run_id.to_string()),
            line(crate::labels::AS_OF, run.as_of.to_string()),
        ],
        columns: if shown.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows: shown.iter().map(row).collect(),
        footer: vec![
            line(labels::IMPROVED, count("up")),
            line(labels::WORSENED, count("down")),
            line(labels::INITIAL, count("initial")),
        ],
        ..Sheet::default()
    }
}

fn as_json(run: &RankRun, shown: &[&RankChange]) -> serde_json::Value {
    let changes: Vec<_> = shown
        .iter()
        .map(|change| {
            json!({
                "customer_code": change.customer_code, "customer_name": change.customer_name,
                "rank_from": change.rank_from, "rank_to": change.rank_to, "direction": change.direction,
                "total": json_decimal(change.total),
            })
        })
        .collect();
    json!({"run_id": run.run_id, "as_of": run.as_of.to_string(), "trigger": run.trigger, "changes": changes})
}
