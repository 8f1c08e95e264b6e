//! The thread that turns Arrow batches into Parquet files, while the store is read on another.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use duckdb::Connection;
use duckdb::arrow::datatypes::{DataType, SchemaRef};
use duckdb::arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use rust_decimal::Decimal;
use shared::message;
use shared::message::Message;

use super::{MirrorError, files};
use crate::engine::{EngineLimits, connect, quoted};

/// Rows in a row group when one file is open: DuckDB's own size, which one thread reads.
const GROUP_ROWS: usize = 122_880;
/// Rows buffered in the unfinished row groups of all open files together.
const OPEN_ROWS_MAX: usize = 2_000_000;
/// The smallest row group.
const GROUP_ROWS_MIN: usize = 8_192;

/// What the reading thread sends: for each file `Begin`, any number of `Rows`, `End`; several files may be open.
pub(super) enum Work {
    /// A file with these columns begins; `open` files are open at once.
    Begin { file: usize, path: PathBuf, schema: SchemaRef, open: usize },
    /// Rows of it.
    Rows { file: usize, batch: RecordBatch },
    /// The file ends, and must hold this many rows and these sums.
    End { file: usize, rows: u64, sums: BTreeMap<String, Decimal> },
}

/// A file that is being written.
struct Open {
    path: PathBuf,
    parquet: ArrowWriter<File>,
}

/// Writes files until the sender hangs up; returns the size of each in bytes.
pub(super) fn run(work: &Receiver<Work>, limits: &EngineLimits) -> Result<BTreeMap<usize, u64>, MirrorError> {
    let connection = connect(limits)?;
    let mut sizes = BTreeMap::new();
    let mut open = BTreeMap::new();
    let unknown = || MirrorError::Engine("rows of a file that was not started".to_owned());
    while let Ok(step) = work.recv() {
        match step {
            Work::Begin { file, path, schema, open: at_once } => {
                let parquet = begin(&path, schema, at_once)?;
                open.insert(file, Open { path, parquet });
            }
            Work::Rows { file, batch } => {
                let Open { path, parquet } = open.get_mut(&file).ok_or_else(unknown)?;
                parquet.write(&batch).map_err(broken(path))?;
            }
            Work::End { file, rows, sums } => {
                let Open { path, parquet } = open.remove(&file).ok_or_else(unknown)?;
                parquet.close().map_err(broken(&path))?;
                files::flush(&path)?;
                let bytes = std::fs::metadata(&path).map_err(|error| MirrorError::io(&path, &error))?.len();
                sizes.insert(file, bytes);
                check(&connection, &path, rows, &sums)?;
            }
        }
    }
    Ok(sizes)
}

fn begin(path: &Path, schema: SchemaRef, open: usize) -> Result<ArrowWriter<File>, MirrorError> {
    let file = File::create(path).map_err(|error| MirrorError::io(path, &error))?;
    let group_rows = (OPEN_ROWS_MAX / open.max(1)).clamp(GROUP_ROWS_MIN, GROUP_ROWS);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        // DuckDB skips whole row groups; it would not use the bounds of single pages.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(Some(group_rows));
    for column in schema.fields().iter().filter(|field| *field.data_type() == DataType::Utf8) {
        // Codes are spread over all groups, so that the bounds of a group exclude nothing.
        properties = properties
            .set_column_statistics_enabled(ColumnPath::from(column.name().as_str()), EnabledStatistics::None);
    }
    let options =
        ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
    ArrowWriter::try_new_with_options(file, schema, options).map_err(broken(path))
}

/// The error of a file being written: the system's, or the writer's own.
fn broken(path: &Path) -> impl Fn(ParquetError) -> MirrorError + '_ {
    move |error| {
        let of_system = match &error {
            ParquetError::External(cause) => cause.downcast_ref::<std::io::Error>(),
            _ => None,
        };
        match of_system {
            Some(cause) => MirrorError::io(path, cause),
            None => MirrorError::Engine(format!("{} cannot be written: {error}", path.display())),
        }
    }
}

/// Reads the file back and compares it with what the store returned.
fn check(
    connection: &Connection,
    path: &Path,
    rows: u64,
    sums: &BTreeMap<String, Decimal>,
) -> Result<(), MirrorError> {
    let found = totals(connection, path, sums.keys())?;
    let mismatch = |reason: Message| MirrorError::Mismatch { path: path.to_owned(), reason };
    if found.0 != rows {
        return Err(mismatch(message!(
            "{expected} 行のはずが {found} 行です",
            "{found} rows instead of {expected}",
            expected = rows,
            found = found.0,
        )));
    }
    match found.1.iter().find(|(column, sum)| sums.get(*column) != Some(sum)) {
        Some((column, _)) => Err(mismatch(message!(
            "{column} の合計が異なります",
            "the sum of {column} differs",
            column = column
        ))),
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
            text.parse().map_err(|_| MirrorError::Engine(format!("the sum of {name} is not a number")))?;
        found.insert(name.clone(), sum.normalize());
    }
    Ok((rows, found))
}
