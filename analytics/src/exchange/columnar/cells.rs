//! One value of a column as the text of a cell, exactly.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};
use duckdb::arrow::array::{Array, ArrayRef, AsArray as _};
use duckdb::arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use shared::import::shown_number;

/// Whether a column has one value a row that is a text, a number, a day, a time or yes and no.
pub(super) fn is_read(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => {
            matches!(values.as_ref(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        }
        DataType::Null
        | DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..) => true,
        other => other.is_numeric(),
    }
}

/// Calls a macro for the native value of a column at a row.
macro_rules! value {
    ($array:ident, $at:ident, $kind:ty) => {
        $array.as_primitive::<$kind>().value($at)
    };
}

/// The text of a value; empty when there is none.
pub(super) fn text(array: &ArrayRef, at: usize) -> Cow<'_, str> {
    if array.is_null(at) {
        return "".into();
    }
    match array.data_type() {
        DataType::Null => "".into(),
        DataType::Utf8 => array.as_string::<i32>().value(at).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(at).into(),
        DataType::Utf8View => array.as_string_view().value(at).into(),
        DataType::Dictionary(keys, _) => dictionary(array, keys, at),
        DataType::Boolean => if array.as_boolean().value(at) { "1" } else { "0" }.into(),
        DataType::Int8 => value!(array, at, Int8Type).to_string().into(),
        DataType::Int16 => value!(array, at, Int16Type).to_string().into(),
        DataType::Int32 => value!(array, at, Int32Type).to_string().into(),
        DataType::Int64 => value!(array, at, Int64Type).to_string().into(),
        DataType::UInt8 => value!(array, at, UInt8Type).to_string().into(),
        DataType::UInt16 => value!(array, at, UInt16Type).to_string().into(),
        DataType::UInt32 => value!(array, at, UInt32Type).to_string().into(),
        DataType::UInt64 => value!(array, at, UInt64Type).to_string().into(),
        DataType::Decimal32(..) => array.as_primitive::<Decimal32Type>().value_as_string(at).into(),
        DataType::Decimal64(..) => array.as_primitive::<Decimal64Type>().value_as_string(at).into(),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(at).into(),
        DataType::Decimal256(..) => array.as_primitive::<Decimal256Type>().value_as_string(at).into(),
        // The shortest text that is this number; of the longer ones the digits that a spreadsheet shows.
        DataType::Float16 => value!(array, at, Float16Type).to_string().into(),
        DataType::Float32 => value!(array, at, Float32Type).to_string().into(),
        DataType::Float64 => shown_number(value!(array, at, Float64Type)).into(),
        DataType::Date32 => day(i64::from(value!(array, at, Date32Type))).into(),
        DataType::Date64 => {
            day(value!(array, at, Date64Type).div_euclid(TimeDelta::days(1).num_milliseconds())).into()
        }
        DataType::Time32(TimeUnit::Second) => time(value!(array, at, Time32SecondType).into(), 1).into(),
        DataType::Time32(_) => time(value!(array, at, Time32MillisecondType).into(), 1_000).into(),
        DataType::Time64(TimeUnit::Microsecond) => {
            time(value!(array, at, Time64MicrosecondType), 1_000_000).into()
        }
        DataType::Time64(_) => time(value!(array, at, Time64NanosecondType), 1_000_000_000).into(),
        DataType::Timestamp(unit, zone) => moment(array, at, *unit, zone.is_some()).into(),
        other => other.to_string().into(),
    }
}

/// The text that a key of a dictionary stands for.
fn dictionary<'a>(array: &'a ArrayRef, keys: &DataType, at: usize) -> Cow<'a, str> {
    macro_rules! meant {
        ($kind:ty) => {{
            let array = array.as_dictionary::<$kind>();
            (array.values(), array.key(at))
        }};
    }
    let (values, key) = match keys {
        DataType::Int8 => meant!(Int8Type),
        DataType::Int16 => meant!(Int16Type),
        DataType::Int32 => meant!(Int32Type),
        DataType::Int64 => meant!(Int64Type),
        DataType::UInt8 => meant!(UInt8Type),
        DataType::UInt16 => meant!(UInt16Type),
        DataType::UInt32 => meant!(UInt32Type),
        _ => meant!(UInt64Type),
    };
    key.map_or(Cow::Borrowed(""), |key| text(values, key))
}

/// A day by its distance from 1970-01-01; the number itself beyond the calendar, which is refused as a date.
fn day(days: i64) -> String {
    let seconds = days.checked_mul(86_400).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    seconds.map_or_else(|| days.to_string(), |at| at.date_naive().to_string())
}

/// A time of day.
fn time(value: i64, a_second: i64) -> String {
    let (seconds, part) = (value.div_euclid(a_second), value.rem_euclid(a_second));
    let nanos = u32::try_from(part * (1_000_000_000 / a_second)).unwrap_or_default();
    let time = u32::try_from(seconds)
        .ok()
        .and_then(|seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos));
    time.map_or_else(|| value.to_string(), |time| time.format("%H:%M:%S%.f").to_string())
}

/// A moment: in UTC when the column has a time zone (values are in UTC then), else the civil time as it is.
fn moment(array: &ArrayRef, at: usize, unit: TimeUnit, has_zone: bool) -> String {
    let (value, a_second) = match unit {
        TimeUnit::Second => (value!(array, at, TimestampSecondType), 1),
        TimeUnit::Millisecond => (value!(array, at, TimestampMillisecondType), 1_000),
        TimeUnit::Microsecond => (value!(array, at, TimestampMicrosecondType), 1_000_000),
        TimeUnit::Nanosecond => (value!(array, at, TimestampNanosecondType), 1_000_000_000),
    };
    let (seconds, part) = (value.div_euclid(a_second), value.rem_euclid(a_second));
    let nanos = u32::try_from(part * (1_000_000_000 / a_second)).unwrap_or_default();
    let Some(moment) = DateTime::<Utc>::from_timestamp(seconds, nanos) else { return value.to_string() };
    if has_zone {
        return moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    }
    let civil: NaiveDateTime = moment.naive_utc();
    civil.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}
