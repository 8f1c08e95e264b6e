//! The type of a mirrored column, and its values on their way from the store to Arrow.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use duckdb::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use duckdb::arrow::datatypes::{DataType, TimeUnit};
use rust_decimal::Decimal;
use shared::dataset::ColumnKind;
use shared::message::Label;
use shared::store::ScanRow;

/// Rows in one Arrow batch: large enough to be cheap, small enough that one batch for every month takes a few megabytes.
pub(super) const BATCH_ROWS: usize = 8_192;
/// Digits of a stored decimal: those that fit 64 bits.
const DECIMAL_PRECISION: u8 = 18;
/// Places of a stored decimal.
const DECIMAL_SCALE: i8 = 4;
/// The largest stored decimal, in 1/10000.
const DECIMAL_MAX: u64 = 999_999_999_999_999_999;

const TOO_LARGE: Label =
    Label::new("の整数部が 14 桁を超えています", "has more than 14 digits before the point");
const NOT_A_DATE: Label = Label::new("が日付ではありません", "is not a date");
const NOT_AN_INSTANT: Label = Label::new("が日時ではありません", "is not a date and time");

/// The type of a mirrored column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlType {
    /// Codes, choices and text.
    Varchar,
    /// A civil date.
    Date,
    /// An instant in UTC, microseconds.
    Timestamp,
    /// Money, prices, quantities: exact.
    Decimal,
    /// A whole number.
    Bigint,
    /// Yes or no.
    Boolean,
}

impl SqlType {
    /// The type of a column of the store.
    pub fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Date => Self::Date,
            ColumnKind::Instant => Self::Timestamp,
            ColumnKind::Decimal => Self::Decimal,
            ColumnKind::Integer => Self::Bigint,
            ColumnKind::Flag => Self::Boolean,
            ColumnKind::Code
            | ColumnKind::Text
            | ColumnKind::Phone
            | ColumnKind::Color
            | ColumnKind::Choice(_)
            | ColumnKind::OpenChoice(_) => Self::Varchar,
        }
    }

    /// The type's name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Varchar => "VARCHAR",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
            Self::Decimal => "DECIMAL(18,4)",
            Self::Bigint => "BIGINT",
            Self::Boolean => "BOOLEAN",
        }
    }

    pub(super) fn arrow(self) -> DataType {
        match self {
            Self::Varchar => DataType::Utf8,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Decimal => DataType::Decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
            Self::Bigint => DataType::Int64,
            Self::Boolean => DataType::Boolean,
        }
    }
}

/// Collects the values of one column.
pub(super) enum Values {
    Text(StringBuilder),
    /// With the previous text and its day: consecutive rows often repeat it.
    Date(Date32Builder, (String, i32)),
    Instant(TimestampMicrosecondBuilder),
    /// With the exact sum of all values so far, over all batches.
    Decimal(Decimal128Builder, i128),
    Integer(Int64Builder),
    Flag(BooleanBuilder),
}

impl Values {
    pub(super) fn new(kind: ColumnKind) -> Self {
        match SqlType::of(kind) {
            SqlType::Varchar => Self::Text(StringBuilder::new()),
            SqlType::Date => Self::Date(Date32Builder::new(), (String::new(), 0)),
            SqlType::Timestamp => Self::Instant(TimestampMicrosecondBuilder::new()),
            SqlType::Decimal => {
                let builder = Decimal128Builder::new().with_data_type(SqlType::Decimal.arrow());
                Self::Decimal(builder, 0)
            }
            SqlType::Bigint => Self::Integer(Int64Builder::new()),
            SqlType::Boolean => Self::Flag(BooleanBuilder::new()),
        }
    }

    /// Appends one value; returns the reason when it does not fit.
    pub(super) fn push(&mut self, row: &ScanRow<'_>, column: usize) -> Result<(), Label> {
        match self {
            Self::Text(values) => values.append_option(row.text(column)),
            Self::Date(values, last) => match row.text(column) {
                None => values.append_null(),
                Some(text) => {
                    if text != last.0 {
                        *last = (text.to_owned(), days(text)?);
                    }
                    values.append_value(last.1);
                }
            },
            Self::Instant(values) => values.append_option(row.text(column).map(micros).transpose()?),
            Self::Decimal(values, sum) => {
                let value = row.integer(column);
                if value.is_some_and(|value| value.unsigned_abs() > DECIMAL_MAX) {
                    return Err(TOO_LARGE);
                }
                *sum += i128::from(value.unwrap_or(0));
                values.append_option(value.map(i128::from));
            }
            Self::Integer(values) => values.append_option(row.integer(column)),
            Self::Flag(values) => values.append_option(row.integer(column).map(|flag| flag != 0)),
        }
        Ok(())
    }

    /// The column of one batch. The next builder starts with room for as much text, so that it rarely grows.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(values) => {
                let full = values.finish();
                *values = StringBuilder::with_capacity(BATCH_ROWS, full.values().len());
                Arc::new(full)
            }
            Self::Date(values, _) => Arc::new(values.finish()),
            Self::Instant(values) => Arc::new(values.finish()),
            Self::Decimal(values, _) => Arc::new(values.finish()),
            Self::Integer(values) => Arc::new(values.finish()),
            Self::Flag(values) => Arc::new(values.finish()),
        }
    }

    /// The exact sum of a decimal column so far.
    pub(super) fn sum(&self) -> Option<Decimal> {
        let Self::Decimal(_, sum) = self else { return None };
        let sum = Decimal::try_from_i128_with_scale(*sum, u32::from(DECIMAL_SCALE.unsigned_abs()));
        Some(sum.ok()?.normalize())
    }
}

/// Days from 1970-01-01 to a `YYYY-MM-DD`.
fn days(text: &str) -> Result<i32, Label> {
    let number = |from: usize, to: usize| {
        let digits = text.as_bytes().get(from..to)?;
        digits.iter().try_fold(0_u32, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let date = match (text.len(), number(0, 4), number(5, 7), number(8, 10)) {
        (10, Some(year), Some(month), Some(day)) => {
            i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
        }
        _ => None,
    };
    Ok(date.ok_or(NOT_A_DATE)?.to_epoch_days())
}

/// Microseconds from 1970-01-01 to an RFC 3339 instant.
fn micros(text: &str) -> Result<i64, Label> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| NOT_AN_INSTANT)?;
    Ok(instant.timestamp_micros())
}
