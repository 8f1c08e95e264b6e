//! ランク変更の一覧: the rank changes of a run or of a month (`docs/rank.md#after-the-run`).

use serde_json::json;
use shared::calendar::YearMonth;
use shared::exit::Failure;
use shared::message;
use shared::message::{Label, Message};
use shared::rank::RankDirection;
use shared::store::{RankChange, RankRun, Reader};

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn, json_decimal};
use crate::rank::labels;
use crate::rank::run::in_force::{RUNS_READ_MAX, missing_run};

/// `analytics rank changes`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The run [default: the last one that changed a rank].
    #[arg(long, value_name = "ID", conflicts_with = "month")]
    run: Option<i64>,
    /// All runs of a month.
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<YearMonth>,
    /// Only promotions.
    #[arg(long, conflicts_with = "worsened")]
    improved: bool,
    /// Only demotions.
    #[arg(long)]
    worsened: bool,
    /// Only customers of these representatives; `unknown` for customers without one.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    owner: Vec<String>,
    /// Only changes made by changed settings: the total is that of the previous run.
    #[arg(long)]
    by_settings: bool,
}

impl Args {
    fn takes(&self, change: &RankChange) -> bool {
        let direction = match (self.improved, self.worsened) {
            (true, _) => change.direction == RankDirection::Up,
            (_, true) => change.direction == RankDirection::Down,
            _ => true,
        };
        direction && self.is_of_owner(change) && (change.config_changed || !self.by_settings)
    }

    fn is_of_owner(&self, change: &RankChange) -> bool {
        let is = |owner: &String| match &change.account_owner {
            Some(found) => found == owner.trim(),
            None => matches!(owner.trim(), "不明" | "unknown"),
        };
        self.owner.is_empty() || self.owner.iter().any(is)
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let mut reader = context.store()?.reader()?;
    let runs = named(&mut reader, args)?;
    let mut changes = Vec::new();
    for run in &runs {
        changes.extend(reader.rank_changes(run.run_id)?);
    }
    let shown: Vec<&RankChange> = changes.iter().filter(|change| args.takes(change)).collect();
    context.emit(&sheet(context, args, &runs, &changes, &shown), &as_json(args, &runs, &shown))
}

/// The selected runs, the oldest first.
fn named(reader: &mut Reader, args: &Args) -> Result<Vec<RankRun>, Failure> {
    let mut runs = reader.rank_runs(RUNS_READ_MAX)?;
    let missing = |what: Message| {
        Failure::no_input(message!(
            "{what}はありません。analytics rank run --save でランクを更新してから実行してください",
            "the store does not have {what}; make one with: analytics rank run --save",
            what = what,
        ))
    };
    if let Some(month) = args.month {
        runs.retain(|run| YearMonth::of(run.as_of) == month);
        runs.reverse();
        return if runs.is_empty() {
            Err(missing(message!("{month} のランク更新", "a rank run of {month}", month = month)))
        } else {
            Ok(runs)
        };
    }
    let found = match args.run {
        Some(run_id) => runs.into_iter().find(|run| run.run_id == run_id),
        None => {
            let with_changes = runs.iter().position(|run| run.changed > 0).unwrap_or(0);
            runs.into_iter().nth(with_changes)
        }
    };
    let failure = || match args.run {
        Some(run_id) => missing_run(run_id),
        None => missing(message!("ランク更新の記録", "any rank run yet")),
    };
    Ok(vec![found.ok_or_else(failure)?])
}

fn sheet(
    context: &Context,
    args: &Args,
    runs: &[RankRun],
    all: &[RankChange],
    shown: &[&RankChange],
) -> Sheet {
    let line = |label: Label, value: String| (context.label(label).to_owned(), value);
    let of_owners: Vec<&RankChange> = all.iter().filter(|change| args.is_of_owner(change)).collect();
    let count = |direction: RankDirection| {
        of_owners.iter().filter(|change| change.direction == direction).count().to_string()
    };
    let none = context.label(labels::NO_RANK);
    let row = |change: &&RankChange| {
        let rank_to = if change.rank_to.is_empty() { none } else { &change.rank_to };
        vec![
            Cell::Integer(change.run_id),
            Cell::Text(change.customer_code.clone()),
            Cell::Text(change.customer_name.clone()),
            Cell::text(change.account_owner.as_deref()),
            Cell::Text(change.rank_from.clone().unwrap_or_else(|| none.to_owned())),
            Cell::Text(rank_to.to_owned()),
            Cell::Text(context.label(labels::direction(change.direction)).to_owned()),
            Cell::Number(change.total),
            Cell::text(change.config_changed.then(|| context.label(labels::CAUSED))),
        ]
    };
    let columns = [
        labels::RUN_ID,
        labels::CODE,
        labels::NAME,
        labels::OWNER,
        labels::RANK_FROM,
        labels::RANK_TO,
        labels::DIRECTION,
        labels::TOTAL,
        labels::CAUSE,
    ];
    let ids: Vec<String> = runs.iter().map(|run| run.run_id.to_string()).collect();
    let mut header = vec![line(labels::RUN_ID, ids.join(", "))];
    header.push(match (args.month, runs.first()) {
        (Some(month), _) => line(crate::labels::MONTH, month.to_string()),
        (None, run) => line(crate::labels::AS_OF, run.map_or(String::new(), |run| run.as_of.to_string())),
    });
    if !args.owner.is_empty() {
        header.push(line(labels::OWNER, args.owner.join(", ")));
    }
    let by_settings = of_owners.iter().filter(|change| change.config_changed).count();
    Sheet {
        title: context.label(labels::CHANGES).to_owned(),
        header,
        columns: if shown.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows: shown.iter().map(row).collect(),
        footer: vec![
            line(labels::IMPROVED, count(RankDirection::Up)),
            line(labels::WORSENED, count(RankDirection::Down)),
            line(labels::INITIAL, count(RankDirection::Initial)),
            line(labels::CAUSED, by_settings.to_string()),
        ],
        ..Sheet::default()
    }
}

fn as_json(args: &Args, runs: &[RankRun], shown: &[&RankChange]) -> serde_json::Value {
    let changes: Vec<_> = shown
        .iter()
        .map(|change| {
            json!({
                "run_id": change.run_id,
                "customer_code": change.customer_code, "customer_name": change.customer_name,
                "account_owner": change.account_owner,
                "rank_from": change.rank_from, "rank_to": Some(&change.rank_to).filter(|rank| !rank.is_empty()),
                "direction": change.direction, "total": json_decimal(change.total),
                "config_changed": change.config_changed,
            })
        })
        .collect();
    let run = runs.first().filter(|_| args.month.is_none());
    json!({
        "run_id": run.map(|run| run.run_id), "as_of": run.map(|run| run.as_of.to_string()),
        "trigger": run.map(|run| &run.trigger), "month": args.month.map(|month| month.to_string()),
        "runs": runs.iter().map(|run| run.run_id).collect::<Vec<_>>(), "changes": changes,
    })
}
