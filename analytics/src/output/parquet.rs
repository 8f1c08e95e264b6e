//! A sheet as Parquet: a column for each that has values, exact decimals, dates and moments as such.
//!
//! Written with the low level of the `parquet` crate: a report is one row group of a few columns.

use std::sync::Arc;

use chrono::NaiveDate;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use rust_decimal::Decimal;
use serde_json::Value;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use super::companion::facts;
use super::exact::exact;
use super::{Cell, Report, Sheet, SheetColumn, Unit};

/// Digits of a decimal.
const PRECISION: i32 = 38;
/// Bytes of a decimal.
const DECIMAL_BYTES: i32 = 16;
/// Places of amounts and ratios; more where a value has more.
const MONEY_PLACES: u32 = 4;
const RATE_PLACES: u32 = 6;
/// The name under which the file keeps the report without its rows.
const KEY: &str = "chakuden.report";

/// What a column of the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Decimal(u32),
    Date,
    Moment,
}

/// One column, named and typed.
struct Column {
    name: String,
    kind: Kind,
    cells: Vec<Cell>,
}

/// The bytes of the file. `envelope` is the JSON of the report.
///
/// # Errors
/// A number has more digits than a decimal (exit code 65).
pub fn render(
    sheet: &Sheet,
    report: Option<&Report>,
    lang: Lang,
    envelope: &Value,
) -> Result<Vec<u8>, Failure> {
    let columns = columns(sheet, report, lang);
    written(&columns, envelope).map_err(|error| {
        Failure::data(message!(
            "Parquet を作成できません: {reason}",
            "the Parquet file cannot be made: {reason}",
            reason = error,
        ))
    })
}

fn columns(sheet: &Sheet, report: Option<&Report>, lang: Lang) -> Vec<Column> {
    let names = sheet.identifiers();
    let is_kept = |column: &SheetColumn| !column.terminal_only && !column.drawn;
    let kept: Vec<usize> = (0..sheet.columns.len()).filter(|&at| is_kept(&sheet.columns[at])).collect();
    if kept.is_empty() {
        // A result without a table: what it says, one fact a row.
        let facts = facts(sheet, report, lang);
        let column = |name: &str, text: &dyn Fn(usize) -> String| Column {
            name: name.to_owned(),
            kind: Kind::Text,
            cells: (0..facts.len()).map(|at| Cell::Text(text(at))).collect(),
        };
        return vec![
            column("kind", &|at| facts[at].group.text(lang).to_owned()),
            column("name", &|at| facts[at].name.clone()),
            column("value", &|at| facts[at].value.clone()),
        ];
    }
    let column = |at: usize| {
        let cells: Vec<Cell> =
            sheet.rows.iter().map(|row| row.get(at).cloned().unwrap_or(Cell::None)).collect();
        Column { name: names[at].clone(), kind: kind(&cells, sheet.columns[at].unit), cells }
    };
    kept.into_iter().map(column).collect()
}

/// The kind that holds every cell; that of the unit when all are unknown.
fn kind(cells: &[Cell], unit: Unit) -> Kind {
    let places = |least: u32| {
        let numbers = cells.iter().filter_map(Cell::number);
        numbers.map(|number| number.normalize().scale()).max().unwrap_or_default().max(least)
    };
    let one = |cell: &Cell| match cell {
        Cell::None | Cell::Bar(_) => None,
        Cell::Text(_) | Cell::Word { .. } => Some(Kind::Text),
        Cell::Count(_) | Cell::Integer(_) => Some(Kind::Integer),
        Cell::Money(_) | Cell::Number(_) => Some(Kind::Decimal(places(MONEY_PLACES))),
        Cell::Rate(_) => Some(Kind::Decimal(places(RATE_PLACES))),
        Cell::Date(_) => Some(Kind::Date),
        Cell::Moment(_) => Some(Kind::Moment),
    };
    let mut kinds = cells.iter().filter_map(one);
    let first = kinds.next().unwrap_or(match unit {
        Unit::Text => Kind::Text,
        Unit::Date => Kind::Date,
        Unit::Moment => Kind::Moment,
        Unit::Count => Kind::Integer,
        Unit::Rate => Kind::Decimal(RATE_PLACES),
        Unit::Yen | Unit::Number | Unit::Days | Unit::Hours | Unit::Seconds => Kind::Decimal(MONEY_PLACES),
    });
    // Cells of several kinds have only their text in common.
    if kinds.all(|kind| kind == first) { first } else { Kind::Text }
}

fn written(columns: &[Column], envelope: &Value) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(field).collect::<Result<Vec<TypePtr>, _>>()?;
    let schema = Type::group_type_builder("report").with_fields(fields).build()?;
    let mut kept = envelope.clone();
    if let Some(object) = kept.as_object_mut() {
        object.remove("rows");
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(vec![KeyValue::new(KEY.to_owned(), kept.to_string())]))
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for column in columns {
        let Some(mut writer) = group.next_column()? else { break };
        column.write(writer.untyped())?;
        writer.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => (Physical::INT64, None),
        Kind::Decimal(places) => {
            let scale = i32::try_from(places).unwrap_or(PRECISION);
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Decimal { scale, precision: PRECISION }))
        }
        Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Moment => (
            Physical::INT64,
            Some(LogicalType::Timestamp { is_adjusted_to_u_t_c: true, unit: TimeUnit::MICROS }),
        ),
    };
    let mut builder = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    if let Kind::Decimal(places) = column.kind {
        let scale = i32::try_from(places).unwrap_or(PRECISION);
        builder = builder.with_length(DECIMAL_BYTES).with_precision(PRECISION).with_scale(scale);
    }
    builder.build().map(Arc::new)
}

impl Column {
    fn write(&self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let is_known = |cell: &&Cell| !matches!(cell, Cell::None | Cell::Bar(_));
        let levels: Vec<i16> = self.cells.iter().map(|cell| i16::from(is_known(&cell))).collect();
        let known = || self.cells.iter().filter(is_known);
        let levels = Some(levels.as_slice());
        match (writer, self.kind) {
            (ColumnWriter::ByteArrayColumnWriter(writer), _) => {
                let texts: Vec<ByteArray> =
                    known().map(|cell| ByteArray::from(exact(cell).into_bytes())).collect();
                writer.write_batch(&texts, levels, None)?;
            }
            (ColumnWriter::Int64ColumnWriter(writer), _) => {
                let numbers = known().map(whole).collect::<Result<Vec<i64>, _>>()?;
                writer.write_batch(&numbers, levels, None)?;
            }
            (ColumnWriter::Int32ColumnWriter(writer), _) => {
                let days: Vec<i32> = known().map(days).collect();
                writer.write_batch(&days, levels, None)?;
            }
            (ColumnWriter::FixedLenByteArrayColumnWriter(writer), Kind::Decimal(places)) => {
                let numbers = known().filter_map(Cell::number).map(|number| scaled(number, places));
                let numbers = numbers.collect::<Result<Vec<FixedLenByteArray>, _>>()?;
                writer.write_batch(&numbers, levels, None)?;
            }
            _ => return Err(ParquetError::General(format!("column {} has no writer", self.name))),
        }
        Ok(())
    }
}

/// A whole number, or a moment in microseconds.
fn whole(cell: &Cell) -> Result<i64, ParquetError> {
    match cell {
        Cell::Count(count) => i64::try_from(*count).map_err(|_| too_large(count)),
        Cell::Integer(integer) => Ok(*integer),
        Cell::Moment(moment) => Ok(moment.timestamp_micros()),
        _ => Ok(0),
    }
}

/// Days since 1970.
fn days(cell: &Cell) -> i32 {
    match cell {
        Cell::Date(date) => i32::try_from((*date - NaiveDate::default()).num_days()).unwrap_or_default(),
        _ => 0,
    }
}

/// A decimal as its digits with so many places.
fn scaled(number: Decimal, places: u32) -> Result<FixedLenByteArray, ParquetError> {
    let number = number.normalize();
    let factor = 10_i128.checked_pow(places.saturating_sub(number.scale()));
    let digits = factor.and_then(|factor| number.mantissa().checked_mul(factor));
    let digits = digits.filter(|digits| digits.unsigned_abs() < 10_u128.pow(PRECISION.unsigned_abs()));
    let digits = digits.ok_or_else(|| too_large(number))?;
    Ok(FixedLenByteArray::from(digits.to_be_bytes().to_vec()))
}

fn too_large(number: impl std::fmt::Display) -> ParquetError {
    ParquetError::General(format!("{number} has too many digits"))
}
