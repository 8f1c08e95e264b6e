//! `quarantine`: rows that an import refused, to be looked at, corrected and imported again
//! (`docs/data-quality.md#quarantine`).

mod export;
mod row_form;

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};
use shared::dataset;
use shared::exit::Failure;
use shared::message;
use shared::message::counted;
use shared::store::{AuditAction, AuditEntry, QuarantineBatch, QuarantinedRow, Reader, StoreError};

use super::{confirmed, declined, labels};
use crate::context::Context;
use crate::labels::{DATASET, FILE, REFUSED};
use crate::output::{Cell, Sheet, SheetColumn};

/// Rows of a batch that are listed at most; an export has all of them.
const LISTED_MAX: usize = 10_000;

/// What to do with refused rows.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// The imports that refused rows, or the rows that one of them refused.
    List {
        /// The rows of this batch.
        #[arg(long, value_name = "N")]
        batch: Option<i64>,
    },
    /// Write refused rows under their file's own header, to be corrected and imported again.
    Export {
        /// The rows of this batch [default: of every batch with open rows].
        #[arg(long, value_name = "N")]
        batch: Option<i64>,
        /// The file, or a folder for one file per batch.
        #[arg(long, value_name = "FILE|DIR")]
        out: PathBuf,
    },
    /// Delete the refused rows of a batch.
    Clear {
        /// The batch.
        #[arg(long, value_name = "N")]
        batch: i64,
        /// Do it without asking, even when rows are still open.
        #[arg(long)]
        yes: bool,
    },
    /// Forget imports that were broken off and whose files will not be imported again.
    Forget {
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
}

/// Runs one of the commands.
///
/// # Errors
/// An error of the store, no such batch, or a file that cannot be written.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::List { batch: None } => list(context),
        Command::List { batch: Some(batch) } => list_rows(context, *batch),
        Command::Export { batch, out } => export::export(context, *batch, out),
        Command::Clear { batch, yes } => clear(context, *batch, *yes),
        Command::Forget { yes } => forget(context, *yes),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let batches = context.store()?.reader()?.quarantine_batches()?;
    let row = |batch: &QuarantineBatch| {
        vec![
            Cell::Text(batch.batch_id.to_string()),
            Cell::Moment(batch.at),
            Cell::dataset(&batch.dataset, context.lang),
            Cell::Text(batch.file.clone()),
            Cell::Count(batch.rows),
            Cell::Count(batch.open),
        ]
    };
    let columns = [labels::BATCH, labels::AT, DATASET, FILE, REFUSED, labels::OPEN];
    let sheet = Sheet {
        title: context.label(labels::QUARANTINE).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: batches.iter().map(row).collect(),
        ..Sheet::default()
    };
    context.emit(&sheet, &json!({"command": "quarantine list", "batches": batches}))
}

fn list_rows(context: &Context, batch_id: i64) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let batch = find(&mut reader, batch_id)?;
    let mut rows = Vec::new();
    reader.quarantined(batch_id, &mut |row| {
        rows.push(row);
        if rows.len() < LISTED_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let cells = |row: &QuarantinedRow| {
        vec![
            Cell::Text(row.row.line.to_string()),
            row.row
                .column
                .as_deref()
                .map_or(Cell::None, |name| Cell::Text(column_label(context, &batch, name))),
            Cell::Text(row.row.code.clone()),
            Cell::Text(row.row.message.text(context.lang).to_owned()),
            row.resolved_by.map_or(Cell::None, |by| Cell::Text(by.to_string())),
            Cell::Text(row.row.raw.clone()),
        ]
    };
    let columns =
        [labels::LINE, labels::COLUMN, labels::CODE, labels::MESSAGE, labels::SETTLED_BY, labels::RAW];
    let sheet = Sheet {
        title: format!("{} {batch_id}: {}", context.label(labels::BATCH), batch.file),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: rows.iter().map(cells).collect(),
        ..Sheet::default()
    };
    let rows: Vec<Value> = rows.iter().map(|row| row_json(context, row)).collect();
    context.emit(&sheet, &json!({"command": "quarantine list", "batch": batch, "rows": rows}))
}

/// A quarantined row as JSON, with its reason in the language of the run.
fn row_json(context: &Context, row: &QuarantinedRow) -> Value {
    let refused = &row.row;
    json!({
        "batch_id": row.batch_id,
        "line": refused.line,
        "column": refused.column,
        "code": refused.code,
        "message": refused.message.text(context.lang),
        "raw": refused.raw,
        "resolved_by": row.resolved_by,
    })
}

/// What people call a refused column.
fn column_label(context: &Context, batch: &QuarantineBatch, name: &str) -> String {
    let column = dataset::by_name(&batch.dataset).and_then(|dataset| dataset.column(name));
    column.map_or(name, |column| column.label.text(context.lang)).to_owned()
}

pub(super) fn find(reader: &mut Reader, batch_id: i64) -> Result<QuarantineBatch, Failure> {
    let found = reader.quarantine_batches()?.into_iter().find(|batch| batch.batch_id == batch_id);
    found.ok_or_else(|| {
        Failure::data(message!(
            "バッチ {batch} に取込エラーの行はありません。analytics quarantine list で番号を確認してください",
            "batch {batch} has no refused rows; list those that have some with: analytics quarantine list",
            batch = batch_id,
        ))
    })
}

fn clear(context: &Context, batch_id: i64, yes: bool) -> Result<(), Failure> {
    let store = context.store()?;
    let batch = find(&mut store.reader()?, batch_id)?;
    if batch.open > 0 {
        let what = message!(
            "未訂正の {rows} 行を含めて削除します",
            "{rows} still open would be deleted",
            rows = counted(batch.open, "row that is", "rows that are"),
        );
        if !confirmed(context, yes, &what)? {
            return Err(declined());
        }
    }
    let cleared = store.write(|tx| -> Result<u64, StoreError> {
        tx.audit(&AuditEntry {
            at: context.clock.now(),
            actor: tx.actor().to_owned(),
            action: AuditAction::QuarantineClear.into(),
            subject: Some(batch_id.to_string()),
            detail: Some(format!("{} rows, {} of them open", batch.rows, batch.open)),
        })?;
        tx.clear_quarantine(batch_id)
    })?;
    let line = (context.label(labels::FORGOTTEN).to_owned(), cleared.to_string());
    let sheet = Sheet { header: vec![line], ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "quarantine clear", "batch": batch_id, "rows": cleared}))
}

fn forget(context: &Context, yes: bool) -> Result<(), Failure> {
    let store = context.store()?;
    let imports = store.reader()?.unfinished_imports()?;
    let what = message!(
        "終わっていない取込 {count} 件の記録を削除します。登録済みの行はそのまま残ります",
        "{count} unfinished imports would be forgotten; the rows that they brought in stay",
        count = imports.len(),
    );
    if !imports.is_empty() && !confirmed(context, yes, &what)? {
        return Err(declined());
    }
    let forgotten = store.write(|tx| -> Result<u64, StoreError> {
        for import in &imports {
            tx.audit(&AuditEntry {
                at: context.clock.now(),
                actor: tx.actor().to_owned(),
                action: AuditAction::ImportForget.into(),
                subject: Some(import.dataset.clone()),
                detail: Some(import.file.clone()),
            })?;
        }
        tx.forget_unfinished_imports()
    })?;
    let line = (context.label(labels::FORGOTTEN_IMPORTS).to_owned(), forgotten.to_string());
    let sheet = Sheet { header: vec![line], ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "quarantine forget", "imports": forgotten}))
}
