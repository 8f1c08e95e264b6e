//! `quarantine export`: the open rows of a batch under their file's own header.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message;
use shared::message::counted;
use shared::store::{QuarantineBatch, Reader};

use super::find;
use super::row_form::{RowForm, is_whole};
use crate::context::Context;
use crate::labels::{DATASET, EXPORTED, FILE, ROWS};
use crate::output::file::write_whole;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::quality::labels;

/// What was exported of one batch.
struct Written {
    batch_id: i64,
    dataset: String,
    file: PathBuf,
    rows: u64,
    /// Rows that are not stored in full and have to be corrected in the original file.
    left_out: u64,
}

/// Writes the open rows of a batch, or of every batch that has some.
pub(super) fn export(context: &Context, batch: Option<i64>, out: &Path) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let batches = match batch {
        Some(batch) => vec![find(&mut reader, batch)?],
        None => reader.quarantine_batches()?.into_iter().filter(|batch| batch.open > 0).collect(),
    };
    if batches.len() > 1 && !out.is_dir() {
        return Err(Failure::usage(message!(
            "未解決の行があるバッチが {batches} 件あります。--batch で番号を1つ指定するか、--out に既存のフォルダーを指定してください",
            "{batches} batches have open rows; name one with --batch, or an existing folder with --out",
            batches = batches.len(),
        )));
    }
    let mut written = Vec::new();
    for batch in batches {
        written.push(export_batch(&mut reader, &batch, out)?);
    }
    let left_out: u64 = written.iter().map(|written| written.left_out).sum();
    if left_out > 0 {
        context.notice(&message!(
            "{rows} 行は全体が保存されていないため書き出していません(長すぎるか、文字として読めません)。元のファイルで訂正してください",
            "left out: {rows} not stored in full (too long, or not text); correct the original file",
            rows = counted(left_out, "row", "rows"),
        ));
    }
    let row = |written: &Written| {
        vec![
            Cell::Text(written.batch_id.to_string()),
            Cell::dataset(&written.dataset, context.lang),
            Cell::Count(written.rows),
            Cell::Text(written.file.display().to_string()),
        ]
    };
    let sheet = Sheet {
        title: context.label(EXPORTED).to_owned(),
        columns: [labels::BATCH, DATASET, ROWS, FILE].map(SheetColumn::new).to_vec(),
        rows: written.iter().map(row).collect(),
        ..Sheet::default()
    };
    let files = written.iter().map(|written| {
        json!({
            "batch_id": written.batch_id, "dataset": written.dataset, "file": written.file,
            "rows": written.rows, "left_out": written.left_out,
        })
    });
    let files: Vec<Value> = files.collect();
    context.emit(&sheet, &json!({"command": "quarantine export", "files": files}))
}

fn export_batch(reader: &mut Reader, batch: &QuarantineBatch, out: &Path) -> Result<Written, Failure> {
    let Some(header) = &batch.header else {
        return Err(Failure::data(message!(
            "バッチ {batch} は見出し行が保存されていない古い取込です。{file} を訂正して取り込み直してください",
            "batch {batch} was imported before headers were stored; correct {file} and import it again",
            batch = batch.batch_id,
            file = batch.file,
        )));
    };
    let file = match out.is_dir() {
        true => out.join(format!("{}-batch{}.csv", batch.dataset, batch.batch_id)),
        false => out.to_owned(),
    };
    let mut written =
        Written { batch_id: batch.batch_id, dataset: batch.dataset.clone(), file, rows: 0, left_out: 0 };
    let form = RowForm::of(batch, header);
    // A byte order mark lets a spreadsheet open the file as it is.
    let mut text = format!("\u{FEFF}{header}{}\r\n", form.number_header());
    reader.quarantined(batch.batch_id, &mut |row| {
        if row.resolved_by.is_none() {
            if is_whole(&row.row.raw) {
                text.push_str(&form.safe(&row.row.raw));
                text.push_str(&form.number(row.row_key.as_deref()));
                text.push_str("\r\n");
                written.rows += 1;
            } else {
                written.left_out += 1;
            }
        }
        ControlFlow::Continue(())
    })?;
    write_whole(&written.file, &text)?;
    Ok(written)
}
