//! `merge`: two records of one customer become one; it asks first, is logged, and can be undone
//! (`docs/data-quality.md#merging`).

use serde_json::json;
use shared::exit::Failure;
use shared::message;
use shared::message::{Explain, Label, Message};
use shared::store::{
    AuditAction, AuditEntry, MergeEntry, MergeMove, MergeOutcome, MergePlan, Store, StoreError,
};

use super::{confirmed, declined, labels, two_customers};
use crate::context::Context;
use crate::labels::{CUSTOMER_NAME, DATASET, ROWS};
use crate::output::{Cell, Sheet, SheetColumn};

/// The options of `merge`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The customer who stays.
    #[arg(required_unless_present_any = ["undo", "list"], requires = "drop")]
    keep: Option<String>,
    /// The customer who goes: all rows that refer to this code then refer to the other.
    drop: Option<String>,
    /// Fill empty fields of the customer who stays with the other's values.
    #[arg(long, requires = "drop")]
    fill: bool,
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
    /// Restore exactly what a merge changed.
    #[arg(long, value_name = "MERGE_ID", conflicts_with_all = ["keep", "list"])]
    undo: Option<i64>,
    /// List the merges.
    #[arg(long, conflicts_with = "keep")]
    list: bool,
}

/// Merges two customers, undoes a merge, or lists the merges.
///
/// # Errors
/// An error of the store, no confirmation, or a later write to a row that would be restored.
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    match (&args.keep, &args.drop, args.undo) {
        (Some(keep), Some(drop), _) => merge(context, keep, drop, args),
        (_, _, Some(merge_id)) => undo(context, merge_id),
        _ => list(context),
    }
}

fn merge(context: &Context, keep: &str, drop: &str, args: &Args) -> Result<(), Failure> {
    let store = context.store()?;
    two_customers(keep, drop)?;
    if !args.yes {
        let plan = store.reader()?.consistent(|reader| reader.merge_plan(keep, drop))?;
        if !confirmed(context, false, &question(keep, drop, &plan))? {
            return Err(declined());
        }
    }
    let at = context.clock.now();
    let done = store.write(|tx| -> Result<MergeOutcome, StoreError> {
        let done = tx.merge(keep, drop, args.fill, at)?;
        let rows: u64 = done.moves.iter().map(|moved| moved.rows).sum();
        tx.audit(&AuditEntry {
            at,
            actor: tx.actor().to_owned(),
            action: AuditAction::Merge.into(),
            subject: Some(keep.to_owned()),
            detail: Some(format!("merge {}: {drop} into {keep}, {rows} rows moved", done.merge_id)),
        })?;
        Ok(done)
    })?;
    refresh(context, &store);
    let row = |moved: &MergeMove| {
        vec![
            Cell::Text(crate::labels::dataset(&moved.dataset).text(context.lang).to_owned()),
            Cell::Count(moved.rows),
            Cell::Count(moved.removed),
        ]
    };
    let sheet = Sheet {
        title: format!("{} {}: {drop} → {keep}", context.label(labels::MERGE), done.merge_id),
        columns: [DATASET, labels::MOVED, labels::REMOVED].map(SheetColumn::new).to_vec(),
        rows: done.moves.iter().map(row).collect(),
        footer: match done.filled.is_empty() {
            true => Vec::new(),
            false => vec![(context.label(labels::FILLED).to_owned(), done.filled.join(", "))],
        },
        ..Sheet::default()
    };
    let json = json!({
        "command": "merge", "merge_id": done.merge_id, "kept": keep, "dropped": drop,
        "moves": done.moves, "filled": done.filled,
    });
    context.emit(&sheet, &json)
}

/// Cards that are rebuilt at most: those of the two customers, and other stale ones.
const CARDS_MAX: usize = 1_000;

/// Rebuilds the stale cards. The merge is done even if this fails: the next reader rebuilds the card.
fn refresh(context: &Context, store: &Store) {
    if let Err(error) = store.refresh_stale_cards(context.clock.today(), CARDS_MAX) {
        context.notice(&message!(
            "処理は完了しましたが、顧客カードの更新は次の着信まで保留されます({error})",
            "done; the cards are rebuilt when they are next read: {error}",
            error = error.message(),
        ));
    }
}

fn question(keep: &str, drop: &str, plan: &MergePlan) -> Message {
    let moved = |moved: &MergeMove| {
        message!(
            "{dataset} {rows} 件",
            "{dataset} {rows}",
            dataset = crate::labels::dataset(&moved.dataset),
            rows = moved.rows
        )
    };
    message!(
        "{drop} {drop_name} を {keep} {keep_name} に統合します({moves})",
        "{drop} {drop_name} would be merged into {keep} {keep_name} ({moves})",
        drop = drop,
        drop_name = plan.drop_name,
        keep = keep,
        keep_name = plan.keep_name,
        moves = Message::join(plan.moves.iter().map(moved), Label::new("、", ", ")),
    )
}

fn undo(context: &Context, merge_id: i64) -> Result<(), Failure> {
    let store = context.store()?;
    let at = context.clock.now();
    let undone = store.write(|tx| -> Result<MergeEntry, StoreError> {
        let undone = tx.undo_merge(merge_id, at)?;
        tx.audit(&AuditEntry {
            at,
            actor: tx.actor().to_owned(),
            action: AuditAction::MergeUndone.into(),
            subject: Some(undone.kept.clone()),
            detail: Some(format!("merge {merge_id}: {} is there again", undone.dropped)),
        })?;
        Ok(undone)
    })?;
    refresh(context, &store);
    let line = (
        context.label(labels::UNDONE).to_owned(),
        format!("{merge_id} ({} ← {})", undone.dropped, undone.kept),
    );
    let sheet = Sheet { header: vec![line], ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "merge", "undone": undone}))
}

fn list(context: &Context) -> Result<(), Failure> {
    let merges = context.store()?.reader()?.merges()?;
    let actor = |actor: Option<&String>| actor.map_or(Cell::None, |actor| Cell::Text(actor.clone()));
    let row = |entry: &MergeEntry| {
        vec![
            Cell::Text(entry.merge_id.to_string()),
            Cell::Moment(entry.at),
            Cell::Text(entry.kept.clone()),
            Cell::Text(entry.dropped.clone()),
            Cell::Text(entry.dropped_name.clone()),
            Cell::Count(entry.changes),
            actor(entry.actor.as_ref()),
            entry.undone_at.map_or(Cell::None, Cell::Moment),
            actor(entry.undone_by.as_ref()),
        ]
    };
    let columns = [
        labels::MERGE,
        labels::AT,
        labels::KEPT,
        labels::DROPPED,
        CUSTOMER_NAME,
        ROWS,
        labels::MERGED_BY,
        labels::UNDONE,
        labels::UNDONE_BY,
    ];
    let sheet = Sheet {
        title: context.label(labels::MERGES).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: merges.iter().map(row).collect(),
        ..Sheet::default()
    };
    context.emit(&sheet, &json!({"command": "merge", "merges": merges}))
}
