//! `store`: backups of the store, going back to one, and the check of its file.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use shared::exit::Failure;
use shared::message;
use shared::store::{AuditAction, AuditEntry, FileCheck, Store, StoreError};

use crate::context::Context;
use crate::labels;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::quality::{confirmed, declined};

/// What belongs to the file itself, or is made anew: endings of names beside it.
const OF_THE_FILE: [&str; 7] = ["", "-wal", "-shm", "-lock", "-bridge", "-turn", ".mirror"];

/// What to do with the store's file.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Write the store into a new file while others use it.
    Backup {
        /// The new file.
        #[arg(value_name = "BACKUP")]
        file: PathBuf,
    },
    /// Replace the store, which nobody may have open, by a backup. The file that was there is kept beside it.
    Restore {
        /// The backup.
        #[arg(value_name = "BACKUP")]
        file: PathBuf,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Read the whole file and check that it is undamaged; exit code 65 when it is not.
    Check,
}

/// Runs one of the commands.
///
/// # Errors
/// An error of the store or of the backup; the person did not agree; the file is damaged.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Backup { file } => back_up(context, file),
        Command::Restore { file, yes } => restore(context, file, *yes),
        Command::Check => check(context),
    }
}

fn back_up(context: &Context, file: &Path) -> Result<(), Failure> {
    let store = context.store()?;
    audit(context, &store, AuditAction::StoreBackup)?;
    let made = store.back_up(file)?;
    let (path, left_out) = (file.display().to_string(), left_out(context, file));
    let header = vec![
        (context.label(labels::BACKUP).to_owned(), path.clone()),
        (context.label(labels::BYTES).to_owned(), made.bytes.to_string()),
        (context.label(labels::STORE_ID).to_owned(), made.store_id.clone()),
    ];
    let rest =
        (!left_out.is_empty()).then(|| (context.label(labels::LEFT_OUT).to_owned(), left_out.join(", ")));
    let header = header.into_iter().chain(rest).collect();
    let json = json!({
        "command": "store backup", "backup": path, "bytes": made.bytes, "store_id": made.store_id, "left_out": left_out,
    });
    context.emit(&Sheet { header, ..Sheet::default() }, &json)
}

/// What lies beside the store and is not in its file: the audit log, what waits to be written, the schedule.
fn left_out(context: &Context, backup: &Path) -> Vec<String> {
    let store = &context.store_path;
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = store.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|beside| beside.strip_prefix(&name).is_some_and(|ending| !OF_THE_FILE.contains(&ending)))
        .filter(|beside| !beside.starts_with(&format!("{name}-before-")))
        .filter(|beside| ![backup, &context.mirror_path].iter().any(|own| own.ends_with(beside)))
        .collect();
    found.sort();
    found
}

fn restore(context: &Context, file: &Path, yes: bool) -> Result<(), Failure> {
    let question = message!(
        "{store} を {file} の内容に戻します(今のファイルは別の名前で残ります)",
        "{store} would be replaced by {file}; the file that is there now would be kept under another name",
        store = context.store_path.display(),
        file = file.display(),
    );
    let is_there = context.store_path.symlink_metadata().is_ok();
    if is_there && !confirmed(context, yes, &question)? {
        return Err(declined());
    }
    let done = Store::restore(&context.store_path, file, context.clock.now())?;
    // The change numbers of a backup are older: the mirror would look newer.
    context.mirror().remove()?;
    audit(context, &context.store()?, AuditAction::StoreRestore)?;
    let store = context.store_path.display().to_string();
    let kept = done.kept.map(|kept| kept.display().to_string());
    let mut header = vec![
        (context.label(labels::STORE).to_owned(), store.clone()),
        (context.label(labels::STORE_ID).to_owned(), done.store_id.clone()),
    ];
    header.extend(kept.clone().map(|kept| (context.label(labels::FILE_BEFORE).to_owned(), kept)));
    let json = json!({"command": "store restore", "store": store, "store_id": done.store_id, "kept": kept});
    context.emit(&Sheet { header, ..Sheet::default() }, &json)
}

fn check(context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let found = store.reader()?.check_whole_file()?;
    let store_id = store.store_id()?;
    let json = json!({
        "command": "store check", "store_id": store_id, "problems": found.problems,
        "broken_references": found.references.iter().map(|(table, rows)| json!({"table": table, "rows": rows}))
            .collect::<Vec<_>>(),
    });
    context.emit(&check_sheet(context, &found, store_id), &json)?;
    if let Some(problem) = found.problems.first() {
        let (path, found) = (context.store_path.clone(), problem.clone());
        return Err(StoreError::Damaged { path, found }.into());
    }
    match found.references.is_empty() {
        true => Ok(()),
        false => Err(Failure::data(message!(
            "存在しない行を参照している行があります。analytics validate で確認してください",
            "rows refer to rows that are not there; see: analytics validate",
        ))),
    }
}

fn check_sheet(context: &Context, found: &FileCheck, store_id: String) -> Sheet {
    let references = found.references.iter().map(|(table, rows)| format!("{table}: {rows}"));
    let all = found.problems.iter().cloned().chain(references);
    let rows: Vec<Vec<Cell>> = all.map(|problem| vec![Cell::Text(problem)]).collect();
    let mut header = vec![(context.label(labels::STORE_ID).to_owned(), store_id)];
    if rows.is_empty() {
        header.push((context.label(labels::CONTROL).to_owned(), context.label(labels::UNDAMAGED).to_owned()));
    }
    let columns = if rows.is_empty() { Vec::new() } else { vec![SheetColumn::new(labels::PROBLEM)] };
    Sheet { header, columns, rows, ..Sheet::default() }
}

fn audit(context: &Context, store: &Store, action: AuditAction) -> Result<(), StoreError> {
    store.write(|tx| {
        tx.audit(&AuditEntry {
            at: context.clock.now(),
            actor: tx.actor().to_owned(),
            action: action.into(),
            subject: None,
            detail: None,
        })
    })
}
