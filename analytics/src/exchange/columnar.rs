//! Parquet and Arrow files as input of the import.
//!
//! A file can be hostile: what it declares is checked against its size before anything is reserved by it, texts are not
//! copied out of their pages, and what the libraries do not survive is an error of the file.

mod cells;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_ipc::reader::{FileReaderBuilder, read_footer_length};
use duckdb::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use duckdb::arrow::record_batch::RecordBatch;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use shared::import::{COLUMNS_MAX, CellSink, ColumnarTrouble};
use shared::message;
use shared::message::{Label, Message};

use cells::text;

/// Rows that are read at once.
const BATCH_ROWS: usize = 1_024;

/// The longest record batch of an Arrow file: it is read as a whole.
const BLOCK_BYTES_MAX: u64 = 1 << 30;

/// The end of an Arrow file: the length of its footer, and the magic bytes.
const TRAILER: usize = 10;

/// Reads a file into a sink: the names of its columns, then its rows.
pub(super) fn read(path: &Path, sink: &mut CellSink<'_>) -> Result<(), ColumnarTrouble> {
    // The libraries panic on some damaged files.
    catch_unwind(AssertUnwindSafe(|| {
        let mut file = File::open(path).map_err(broken)?;
        let mut head = [0; 4];
        file.read_exact(&mut head).map_err(broken)?;
        if &head == b"PAR1" { parquet_rows(file, sink) } else { arrow_rows(file, sink) }
    }))
    .unwrap_or_else(|_| Err(damaged()))
}

fn broken(error: impl std::fmt::Display) -> ColumnarTrouble {
    ColumnarTrouble::Broken(message!("{error}", "{error}", error = error))
}

fn damaged() -> ColumnarTrouble {
    ColumnarTrouble::Broken(message!("ファイルが壊れています", "the file is damaged"))
}

fn parquet_rows(file: File, sink: &mut CellSink<'_>) -> Result<(), ColumnarTrouble> {
    let bytes = file.metadata().map_err(broken)?.len();
    let declared = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(broken)?;
    check(declared.schema())?;
    let groups = declared.metadata().row_groups();
    for chunk in groups.iter().flat_map(|group| group.columns()) {
        if !matches!(chunk.compression(), Compression::UNCOMPRESSED | Compression::SNAPPY) {
            return Err(ColumnarTrouble::Broken(message!(
                "圧縮方式 {codec} には対応していません(SNAPPY または無圧縮で出力してください)",
                "its compression {codec} is not supported (write it with SNAPPY, or uncompressed)",
                codec = chunk.compression(),
            )));
        }
        if u64::try_from(chunk.compressed_size()).map_or(true, |size| size > bytes) {
            return Err(damaged());
        }
    }
    let options = ArrowReaderOptions::new().with_schema(views(declared.schema()));
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        .and_then(|builder| builder.with_batch_size(BATCH_ROWS).build())
        .map_err(broken)?;
    rows(declared.schema(), reader.map(|batch| batch.map_err(broken)), sink)
}

/// The schema with which texts stay in their pages: a text that a million rows share is not copied a million times.
fn views(schema: &SchemaRef) -> SchemaRef {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => field.as_ref().clone().with_data_type(DataType::Utf8View),
        _ => field.as_ref().clone(),
    };
    let fields: Vec<Field> = schema.fields().iter().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn arrow_rows(mut file: File, sink: &mut CellSink<'_>) -> Result<(), ColumnarTrouble> {
    check_blocks(&mut file)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    let reader = FileReaderBuilder::new().build(file).map_err(broken)?;
    let schema = reader.schema();
    check(&schema)?;
    rows(&schema, reader.map(|batch| batch.map_err(broken)), sink)
}

/// Checks that the blocks which the file names are within it: room is reserved by their lengths.
fn check_blocks(file: &mut File) -> Result<(), ColumnarTrouble> {
    let bytes = file.metadata().map_err(broken)?.len();
    let mut trailer = [0; TRAILER];
    let before = bytes.checked_sub(TRAILER as u64).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(before)).and_then(|_| file.read_exact(&mut trailer)).map_err(broken)?;
    let length = read_footer_length(trailer).map_err(|_| {
        ColumnarTrouble::Broken(message!(
            "Arrow のファイル形式ではありません(ストリーム形式には対応していません)",
            "it is not in the Arrow file format (the stream format is not supported)",
        ))
    })?;
    let start = before.checked_sub(length as u64).ok_or_else(damaged)?;
    let mut footer = vec![0; length];
    file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut footer)).map_err(broken)?;
    let footer = arrow_ipc::root_as_footer(&footer).map_err(|_| damaged())?;
    let blocks = [footer.dictionaries(), footer.recordBatches()];
    for block in blocks.iter().flatten().flatten() {
        let parts = [block.offset(), i64::from(block.metaDataLength()), block.bodyLength()];
        let mut end = 0_u64;
        for part in parts {
            end = u64::try_from(part).ok().and_then(|part| end.checked_add(part)).ok_or_else(damaged)?;
        }
        if end > bytes {
            return Err(damaged());
        }
        if block.bodyLength().unsigned_abs() > BLOCK_BYTES_MAX {
            return Err(ColumnarTrouble::Broken(message!(
                "レコードバッチが {max} GiB を超えています(小さく分けて出力してください)",
                "a record batch is larger than {max} GiB (write smaller ones)",
                max = BLOCK_BYTES_MAX >> 30,
            )));
        }
    }
    Ok(())
}

/// Refuses tables that are too wide and columns that are not one value a row.
fn check(schema: &SchemaRef) -> Result<(), ColumnarTrouble> {
    if schema.fields().len() > COLUMNS_MAX {
        return Err(ColumnarTrouble::Broken(message!(
            "列が{max}個を超えています",
            "it has more than {max} columns",
            max = COLUMNS_MAX,
        )));
    }
    let unusable: Vec<Message> =
        schema.fields().iter().filter(|field| !cells::is_read(field.data_type())).map(column).collect();
    if unusable.is_empty() {
        return Ok(());
    }
    Err(ColumnarTrouble::Broken(message!(
        "1行に1つの値になっていない列、または読み取れない型の列があります: {columns}",
        "some columns are nested, or of a type that is no value of a table: {columns}",
        columns = Message::join(unusable, Label::new("、", ", ")),
    )))
}

fn column(field: &Arc<Field>) -> Message {
    let kind = field.data_type().to_string();
    let kind = kind.split('(').next().unwrap_or_default();
    message!("{name}({kind})", "{name} ({kind})", name = field.name(), kind = kind)
}

fn rows(
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, ColumnarTrouble>>,
    sink: &mut CellSink<'_>,
) -> Result<(), ColumnarTrouble> {
    for (column, field) in (0..).zip(schema.fields()) {
        sink(0, column, field.name())?;
    }
    let mut row = 0_u32;
    for batch in batches {
        let batch = batch?;
        for at in 0..batch.num_rows() {
            row = row.checked_add(1).ok_or_else(damaged)?;
            for (column, array) in (0..).zip(batch.columns()) {
                sink(row, column, &text(array, at))?;
            }
        }
    }
    Ok(())
}
