//! From Arrow batches to a Polars frame, with money as exact decimals, and typed access to its columns.

use chrono::{Duration, NaiveDate};
use duckdb::arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Decimal128Array, Int32Array, Int64Array, RecordBatch,
    StringArray,
};
use duckdb::arrow::datatypes::{DataType, Schema};
use polars::prelude::{
    Column, DataFrame, DataType as PolarsType, Int32Chunked, Int128Chunked, IntoSeries, NamedFrom,
    NewChunkedArray, Series,
};
use rust_decimal::Decimal;

use super::WarehouseError;

/// The batches as one frame: DECIMAL stays decimal, DATE stays date, COUNT is an integer.
pub fn frame(schema: &Schema, batches: &[RecordBatch]) -> Result<DataFrame, WarehouseError> {
    let mut columns = Vec::with_capacity(schema.fields().len());
    for (index, field) in schema.fields().iter().enumerate() {
        let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(index).as_ref()).collect();
        columns.push(Column::from(series(field.name(), field.data_type(), &arrays)?));
    }
    let height = batches.iter().map(RecordBatch::num_rows).sum();
    DataFrame::new(height, columns).map_err(shape)
}

fn shape(error: impl std::fmt::Display) -> WarehouseError {
    WarehouseError::Shape(error.to_string())
}

fn series(name: &str, kind: &DataType, arrays: &[&dyn Array]) -> Result<Series, WarehouseError> {
    Ok(match kind {
        DataType::Utf8 => {
            let values: Vec<Option<&str>> =
                each::<StringArray>(arrays).flat_map(|array| array.iter()).collect();
            Series::new(name.into(), values)
        }
        DataType::Int64 => {
            let values: Vec<Option<i64>> =
                each::<Int64Array>(arrays).flat_map(|array| array.iter()).collect();
            Series::new(name.into(), values)
        }
        DataType::Int32 => {
            let values = each::<Int32Array>(arrays).flat_map(|array| array.iter());
            Series::new(name.into(), values.map(|value| value.map(i64::from)).collect::<Vec<_>>())
        }
        DataType::Boolean => {
            let values: Vec<Option<bool>> =
                each::<BooleanArray>(arrays).flat_map(|array| array.iter()).collect();
            Series::new(name.into(), values)
        }
        DataType::Date32 => {
            let values = each::<Date32Array>(arrays).flat_map(|array| array.iter());
            Int32Chunked::from_iter_options(name.into(), values).into_date().into_series()
        }
        DataType::Decimal128(precision, scale) => decimals(name, arrays, *precision, *scale)?,
        other => return Err(shape(format!("{name} is {other}"))),
    })
}

fn each<'a, A: Array + 'static>(arrays: &'a [&'a dyn Array]) -> impl Iterator<Item = &'a A> {
    arrays.iter().filter_map(|array| array.as_any().downcast_ref::<A>())
}

fn decimals(name: &str, arrays: &[&dyn Array], precision: u8, scale: i8) -> Result<Series, WarehouseError> {
    let values = arrays.iter().flat_map(|array| {
        let array: &Decimal128Array = array.as_primitive();
        array.iter()
    });
    let scale = usize::try_from(scale).map_err(|_| shape(format!("{name} has a negative scale")))?;
    let values = Int128Chunked::from_iter_options(name.into(), values);
    Ok(values.into_decimal(usize::from(precision), scale).map_err(shape)?.into_series())
}

/// Typed access to a frame's columns by name.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a>(pub &'a DataFrame);

impl Columns<'_> {
    /// A text column.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>, WarehouseError> {
        let column = self.0.column(name).map_err(shape)?;
        if column.dtype() == &PolarsType::Null {
            return Ok(vec![None; column.len()]);
        }
        Ok(column.str().map_err(shape)?.iter().map(|text| text.map(str::to_owned)).collect())
    }

    /// A column of integers, including SUM over integers, which is a decimal of scale zero.
    pub fn integers(&self, name: &str) -> Result<Vec<Option<i64>>, WarehouseError> {
        let column = self.0.column(name).map_err(shape)?;
        if let Ok(decimals) = column.decimal() {
            let whole = decimals.scale() == 0;
            let values: Option<Vec<Option<i64>>> =
                decimals.physical().iter().map(|value| value.map(i64::try_from).transpose().ok()).collect();
            return values
                .filter(|_| whole)
                .ok_or_else(|| shape(format!("{name} is no whole number of 64 bits")));
        }
        Ok(column.i64().map_err(shape)?.iter().collect())
    }

    /// A column of counts: integers, none negative, none missing.
    pub fn counts(&self, name: &str) -> Result<Vec<u64>, WarehouseError> {
        let wrong = || shape(format!("{name} is no count"));
        self.integers(name)?
            .into_iter()
            .map(|value| value.and_then(|value| u64::try_from(value).ok()).ok_or_else(wrong))
            .collect()
    }

    /// A column of exact decimals, without trailing zeros.
    pub fn decimals(&self, name: &str) -> Result<Vec<Option<Decimal>>, WarehouseError> {
        let column = self.0.column(name).map_err(shape)?;
        let decimals = column.decimal().map_err(shape)?;
        let scale = u32::try_from(decimals.scale()).map_err(shape)?;
        let exact =
            |value: i128| Decimal::try_from_i128_with_scale(value, scale).map(|value| value.normalize());
        decimals.physical().iter().map(|value| value.map(exact).transpose().map_err(shape)).collect()
    }

    /// A column of sums; a missing sum is zero.
    pub fn amounts(&self, name: &str) -> Result<Vec<Decimal>, WarehouseError> {
        Ok(self.decimals(name)?.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// A count of the only row.
    pub fn count(&self, name: &str) -> Result<u64, WarehouseError> {
        self.counts(name)?.first().copied().ok_or_else(|| shape(format!("{name} has no row")))
    }

    /// A sum of the only row.
    pub fn amount(&self, name: &str) -> Result<Decimal, WarehouseError> {
        self.amounts(name)?.first().copied().ok_or_else(|| shape(format!("{name} has no row")))
    }

    /// A column of dates.
    pub fn dates(&self, name: &str) -> Result<Vec<Option<NaiveDate>>, WarehouseError> {
        let column = self.0.column(name).map_err(shape)?;
        let date = |days: i32| NaiveDate::default().checked_add_signed(Duration::days(i64::from(days)));
        Ok(column.date().map_err(shape)?.physical().iter().map(|days| days.and_then(date)).collect())
    }
}
