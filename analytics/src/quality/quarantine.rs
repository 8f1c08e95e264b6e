//! `quarantine`: rows that an import refused, to be looked at, corrected and imported again
//! (`docs/data-quality.md#quarantine`).

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};
use shared::dataset;
use shared::exit::Failure;
use shared::import::RAW_CHARS_MAX;
use shared::message;
use shared::store::{AuditEntry, QuarantineBatch, QuarantinedRow, Reader, StoreError};
use shared::text::may_be_formula;

use super::{confirmed, declined, labels};
use crate::context::Context;
use crate::labels::{DATASET, EXPORTED, FILE, REFUSED, ROWS};
use crate::output::file::write_whole;
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
}

/// Runs one of the commands.
///
/// # Errors
/// An error of the store, no such batch, or a file that cannot be written.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::List { batch: None } => list(context),
        Command::List { batch: Some(batch) } => list_rows(context, *batch),
        Command::Export { batch, out } => export(context, *batch, out),
        Command::Clear { batch, yes } => clear(context, *batch, *yes),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let batches = context.store()?.reader()?.quarantine_batches()?;
    let row = |batch: &QuarantineBatch| {
        vec![
            Cell::Text(batch.batch_id.to_string()),
            Cell::Text(batch.at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            Cell::Text(batch.dataset.clone()),
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

/// What was exported of one batch.
struct Written {
    batch_id: i64,
    dataset: String,
    file: PathBuf,
    rows: u64,
    /// Rows that are not stored in full and have to be corrected in the original file.
    left_out: u64,
}

fn export(context: &Context, batch: Option<i64>, out: &Path) -> Result<(), Failure> {
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
            "{rows} rows are not stored in full (too long, or not text) and were left out; correct them in the original file",
            rows = left_out,
        ));
    }
    let row = |written: &Written| {
        vec![
            Cell::Text(written.batch_id.to_string()),
            Cell::Text(written.dataset.clone()),
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
    // A byte order mark lets a spreadsheet open the file as it is.
    let mut text = format!("\u{FEFF}{header}\r\n");
    let form = Form::of(batch, header);
    reader.quarantined(batch.batch_id, &mut |row| {
        if row.resolved_by.is_none() {
            if is_whole(&row.row.raw) {
                text.push_str(&form.safe(&row.row.raw));
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

/// The form in which a batch's rows are written.
struct Form {
    delimiter: u8,
    /// The number of cells in a workbook's row, whose empty cells at the end are not stored.
    columns: Option<usize>,
}

impl Form {
    fn of(batch: &QuarantineBatch, header: &str) -> Self {
        let file = batch.file.to_lowercase();
        let is_sheet = file.contains(".xlsx#") || file.contains(".xlsm#");
        let many = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
        // max_by_key returns the last of equals: the comma.
        let delimiter = [b';', b'\t', b','].into_iter().max_by_key(many).unwrap_or(b',');
        let cells = |line: &str| cells(line, delimiter).map(|cells| cells.len());
        Self { delimiter, columns: header.lines().last().and_then(cells).filter(|_| is_sheet) }
    }

    /// The row in a form that no spreadsheet runs and that an import reads as the same. A row with unbalanced quotes
    /// stays unchanged: its text is what has to be corrected.
    fn safe(&self, raw: &str) -> String {
        let Some(mut cells) = cells(raw, self.delimiter) else { return raw.to_owned() };
        let missing = self.columns.map_or(0, |columns| columns.saturating_sub(cells.len()));
        cells.resize(cells.len() + missing, String::new());
        if missing == 0 && !cells.iter().any(|cell| runs(cell)) {
            return raw.to_owned();
        }
        let guarded = cells.iter().map(|cell| if runs(cell) { format!("'{cell}") } else { cell.clone() });
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(Vec::new());
        let written = writer.write_record(guarded).ok().and_then(|()| writer.into_inner().ok());
        let text = written.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map_or_else(|| raw.to_owned(), |text| text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// The cells of a row; `None` when the text is not one row.
fn cells(raw: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(raw.as_bytes());
    let mut records = reader.records();
    let record = records.next()?.ok()?;
    let quotes = raw.bytes().filter(|byte| *byte == b'"').count();
    (records.next().is_none() && quotes.is_multiple_of(2)).then(|| record.iter().map(str::to_owned).collect())
}

/// Whether a spreadsheet would run the cell as a formula; a signed number is not one.
fn runs(cell: &str) -> bool {
    let is_figure = |c: char| c.is_ascii_digit() || "+-,. ()%¥".contains(c);
    may_be_formula(cell) && !cell.chars().all(is_figure)
}

/// Whether a row is stored in full: not cut, not damaged, not left out because of a secret.
fn is_whole(raw: &str) -> bool {
    let cut = raw.ends_with('…') && raw.chars().count() > RAW_CHARS_MAX;
    !cut && !raw.is_empty() && !raw.contains('\u{FFFD}')
}

fn clear(context: &Context, batch_id: i64, yes: bool) -> Result<(), Failure> {
    let store = context.store()?;
    let batch = find(&mut store.reader()?, batch_id)?;
    if batch.open > 0 {
        let what = message!(
            "未訂正の {rows} 行を含めて削除します",
            "{rows} rows that are still open would be deleted",
            rows = batch.open,
        );
        if !confirmed(context, yes, &what)? {
            return Err(declined());
        }
    }
    let cleared = store.write(|tx| -> Result<u64, StoreError> {
        tx.audit(&AuditEntry {
            at: context.clock.now(),
            actor: "analytics".to_owned(),
            action: "quarantine_clear".to_owned(),
            subject: Some(batch_id.to_string()),
            detail: Some(format!("{} rows, {} of them open", batch.rows, batch.open)),
        })?;
        tx.clear_quarantine(batch_id)
    })?;
    let line = (context.label(labels::FORGOTTEN).to_owned(), cleared.to_string());
    let sheet = Sheet { header: vec![line], ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "quarantine clear", "batch": batch_id, "rows": cleared}))
}
