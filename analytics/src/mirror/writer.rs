//! The thread that turns Arrow batches into Parquet files, while the store is read on another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use duckdb::Connection;
use duckdb::arrow::record_batch::RecordBatch;
use rust_decimal::Decimal;

use super::{MirrorError, files};
use crate::warehouse::{WarehouseLimits, connect, quoted};

/// The table that holds one file's rows until it is written.
const STAGE: &str = "stage";

/// What the reading side sends, file after file: `Begin`, any number of `Rows`, `End`.
pub(super) enum Work {
    /// A file with these columns (name, SQL type) follows.
    Begin { path: PathBuf, columns: Vec<(String, String)> },
    /// Rows of it.
    Rows(RecordBatch),
    /// It ends, and must hold this.
    End { rows: u64, sums: BTreeMap<String, Decimal> },
}

/// Writes the files that come in until the sender goes away; gives their sizes in order.
pub(super) fn run(
    work: &Receiver<Work>,
    limits: &WarehouseLimits,
    spill_folder: &Path,
) -> Result<Vec<u64>, MirrorError> {
    let connection = connect(limits, Some(spill_folder))?;
    let mut sizes = Vec::new();
    let mut open = None;
    while let Ok(step) = work.recv() {
        match step {
            Work::Begin { path, columns } => {
                stage(&connection, &columns)?;
                open = Some(path);
            }
            Work::Rows(batch) => connection.appender(STAGE)?.append_record_batch(batch)?,
            Work::End { rows, sums } => {
                let path = open.take().ok_or_else(|| MirrorError::Engine("no file is open".to_owned()))?;
                sizes.push(write(&connection, &path)?);
                check(&connection, &path, rows, &sums)?;
            }
        }
    }
    Ok(sizes)
}

fn stage(connection: &Connection, columns: &[(String, String)]) -> Result<(), MirrorError> {
    let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
    connection.execute_batch(&format!("CREATE OR REPLACE TABLE {STAGE} ({})", columns.join(", ")))?;
    Ok(())
}

fn write(connection: &Connection, path: &Path) -> Result<u64, MirrorError> {
    let target = quoted(&path.to_string_lossy());
    connection.execute_batch(&format!(
        "COPY {STAGE} TO {target} (FORMAT parquet, COMPRESSION zstd); DROP TABLE {STAGE}"
    ))?;
    files::flush(path)?;
    Ok(std::fs::metadata(path).map_err(|error| MirrorError::io(path, &error))?.len())
}

/// Reads the file back: what it holds must be what the store gave.
fn check(
    connection: &Connection,
    path: &Path,
    rows: u64,
    sums: &BTreeMap<String, Decimal>,
) -> Result<(), MirrorError> {
    let found = totals(connection, path, sums.keys())?;
    let mismatch = |reason: String| MirrorError::Mismatch { path: path.to_owned(), reason };
    if found.0 != rows {
        return Err(mismatch(format!("{} rows instead of {rows}", found.0)));
    }
    match found.1.iter().find(|(column, sum)| sums.get(*column) != Some(sum)) {
        Some((column, _)) => Err(mismatch(format!("the sum of {column} differs"))),
        None => Ok(()),
    }
}

/// Number of rows and exact sums of columns of a Parquet file.
pub(super) fn totals<'a>(
    connection: &Connection,
    path: &Path,
    columns: impl Iterator<Item = &'a String>,
) -> Result<(u64, BTreeMap<String, Decimal>), MirrorError> {
    let columns: Vec<&String> = columns.collect();
    let sums: String =
        columns.iter().map(|name| format!(", CAST(COALESCE(SUM(\"{name}\"), 0) AS VARCHAR)")).collect();
    let sql = format!("SELECT COUNT(*){sums} FROM read_parquet({})", quoted(&path.to_string_lossy()));
    let (rows, texts) = connection.query_row(&sql, [], |row| {
        let texts: Result<Vec<String>, _> = (1..=columns.len()).map(|index| row.get(index)).collect();
        Ok((row.get::<_, u64>(0)?, texts?))
    })?;
    let mut found = BTreeMap::new();
    for (name, text) in columns.into_iter().zip(texts) {
        let sum: Decimal =
            text.parse().map_err(|_| MirrorError::Engine(format!("the sum of {name} is no number")))?;
        found.insert(name.clone(), sum.normalize());
    }
    Ok((rows, found))
}
