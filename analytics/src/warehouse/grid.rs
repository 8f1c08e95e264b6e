//! A frame of small results with exact decimals: what queries return and what shapes make of it.

use std::collections::HashMap;

use chrono::NaiveDate;
use polars::prelude::{
    Column, DataFrame, DataType, IdxCa, Int128Chunked, IntoSeries, NamedFrom, NewChunkedArray, Series,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::WarehouseError;
use super::frame::Columns;

/// Digits of a decimal column.
const PRECISION: usize = 38;

/// A Polars frame whose numbers are exact decimals. Dates count as days since 1970-01-01 where numbers are asked for.
#[derive(Debug, Clone)]
pub struct Grid(DataFrame);

impl Grid {
    /// The grid of a frame.
    pub fn of(frame: DataFrame) -> Self {
        Self(frame)
    }

    /// A grid of so many rows without columns.
    pub fn of_height(rows: usize) -> Self {
        Self(DataFrame::empty_with_height(rows))
    }

    /// The frame.
    pub fn frame(&self) -> &DataFrame {
        &self.0
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.0.height()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.column(name).is_ok()
    }

    /// A column of texts.
    ///
    /// # Errors
    /// There is no such column, or it is not text.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>, WarehouseError> {
        Columns(&self.0).texts(name)
    }

    /// A column of numbers, whatever their type.
    ///
    /// # Errors
    /// There is no such column, or it has no numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<Decimal>>, WarehouseError> {
        let columns = Columns(&self.0);
        let column = self.0.column(name).map_err(shape)?;
        match column.dtype() {
            DataType::Decimal(..) => columns.decimals(name),
            DataType::Date => Ok(columns.dates(name)?.into_iter().map(|date| date.map(days)).collect()),
            DataType::Null => Ok(vec![None; column.len()]),
            _ => Ok(columns.integers(name)?.into_iter().map(|number| number.map(Decimal::from)).collect()),
        }
    }

    /// A count of the only row.
    ///
    /// # Errors
    /// There is no such column, or no row.
    pub fn count(&self, name: &str) -> Result<u64, WarehouseError> {
        Columns(&self.0).count(name)
    }

    /// The grid with a column of texts, in place of one of the same name.
    ///
    /// # Errors
    /// The column has another height.
    pub fn with_texts(self, name: &str, values: Vec<Option<String>>) -> Result<Self, WarehouseError> {
        self.with(Series::new(name.into(), values))
    }

    /// The grid with a column of numbers, in place of one of the same name.
    ///
    /// # Errors
    /// The column has another height, or a number has too many digits.
    pub fn with_numbers(self, name: &str, values: &[Option<Decimal>]) -> Result<Self, WarehouseError> {
        let scale = values.iter().flatten().map(Decimal::scale).max().unwrap_or_default();
        let digits = |value: &Option<Decimal>| {
            let Some(value) = value else { return Ok(None) };
            let mantissa = value.mantissa().checked_mul(10_i128.pow(scale - value.scale()));
            mantissa.map(Some).ok_or_else(|| WarehouseError::Shape(format!("{name} has too many digits")))
        };
        let digits: Vec<Option<i128>> = values.iter().map(digits).collect::<Result<_, _>>()?;
        let column = Int128Chunked::from_iter_options(name.into(), digits.into_iter());
        let scale = usize::try_from(scale).map_err(shape)?;
        self.with(column.into_decimal(PRECISION, scale).map_err(shape)?.into_series())
    }

    /// The grid with a column of another grid, row by row where the keys are equal; empty where the other has no such row.
    ///
    /// # Errors
    /// A column is missing.
    pub fn with_column_of(self, other: &Self, keys: &[String], name: &str) -> Result<Self, WarehouseError> {
        let found = other.places(keys)?;
        let values = other.numbers(name)?;
        let own = self.keys(keys)?;
        let column: Vec<Option<Decimal>> =
            own.iter().map(|key| found.get(key).and_then(|&at| values[at])).collect();
        self.with_numbers(name, &column)
    }

    /// The grid with one row for each value of the keys, and a column ([`Self::pivot_column`]) for each of `values` of
    /// another column, filled with a number of its row.
    ///
    /// # Errors
    /// A column is missing.
    pub fn pivoted(
        &self,
        keys: &[String],
        across: &str,
        number: &str,
        values: &[Option<String>],
    ) -> Result<Self, WarehouseError> {
        let mut firsts: Vec<usize> = Vec::new();
        let mut rows: HashMap<Vec<Option<String>>, usize> = HashMap::new();
        let own = self.keys(keys)?;
        for (at, key) in own.iter().enumerate() {
            if !rows.contains_key(key) {
                rows.insert(key.clone(), firsts.len());
                firsts.push(at);
            }
        }
        let at_value: HashMap<&Option<String>, usize> =
            values.iter().enumerate().map(|(at, value)| (value, at)).collect();
        let mut columns = vec![vec![None; firsts.len()]; values.len()];
        let (across, numbers) = (self.texts(across)?, self.numbers(number)?);
        for (at, key) in own.iter().enumerate() {
            if let (Some(column), Some(&row)) = (at_value.get(&across[at]), rows.get(key)) {
                columns[*column][row] = numbers[at];
            }
        }
        let taken = self.taken(&firsts)?;
        let mut out = Self::of_height(firsts.len());
        for name in keys {
            out = out.with_texts(name, taken.texts(name)?)?;
        }
        for (at, column) in columns.iter().enumerate() {
            out = out.with_numbers(&Self::pivot_column(at), column)?;
        }
        Ok(out)
    }

    /// The name of a column of [`Self::pivoted`].
    pub fn pivot_column(at: usize) -> String {
        format!("value_{at}")
    }

    /// The grid with the sum of a column up to and with each row, from zero for each value of the keys. Rows without a
    /// number keep the sum; before the first number there is none.
    ///
    /// # Errors
    /// A column is missing.
    pub fn with_cumulated(self, keys: &[String], of: &str, name: &str) -> Result<Self, WarehouseError> {
        let (own, numbers) = (self.keys(keys)?, self.numbers(of)?);
        let mut sums: HashMap<Vec<Option<String>>, Option<Decimal>> = HashMap::new();
        let mut column = Vec::with_capacity(numbers.len());
        for (key, number) in own.into_iter().zip(numbers) {
            let sum = sums.entry(key).or_default();
            if let Some(number) = number {
                *sum = Some(sum.unwrap_or_default() + number);
            }
            column.push(*sum);
        }
        self.with_numbers(name, &column)
    }

    /// The rows' keys.
    ///
    /// # Errors
    /// A column is missing.
    pub fn keys(&self, keys: &[String]) -> Result<Vec<Vec<Option<String>>>, WarehouseError> {
        let columns: Vec<Vec<Option<String>>> =
            keys.iter().map(|name| self.texts(name)).collect::<Result<_, _>>()?;
        Ok((0..self.height()).map(|at| columns.iter().map(|column| column[at].clone()).collect()).collect())
    }

    /// The place of each key.
    ///
    /// # Errors
    /// A column is missing.
    pub fn places(&self, keys: &[String]) -> Result<HashMap<Vec<Option<String>>, usize>, WarehouseError> {
        Ok(self.keys(keys)?.into_iter().enumerate().map(|(at, key)| (key, at)).collect())
    }

    /// These rows in this order.
    ///
    /// # Errors
    /// There is no such row.
    pub fn taken(&self, rows: &[usize]) -> Result<Self, WarehouseError> {
        let rows: Vec<u32> =
            rows.iter().map(|row| u32::try_from(*row).map_err(shape)).collect::<Result<_, _>>()?;
        let rows = IdxCa::from_vec("rows".into(), rows);
        self.0.take(&rows).map(Self).map_err(shape)
    }

    fn with(self, series: Series) -> Result<Self, WarehouseError> {
        let mut frame = self.0;
        frame.with_column(Column::from(series)).map_err(shape)?;
        Ok(Self(frame))
    }
}

/// A date as a number.
pub(crate) fn days(date: NaiveDate) -> Decimal {
    Decimal::from(date.to_epoch_days())
}

/// The date of a number.
pub(crate) fn date(days: Decimal) -> Option<NaiveDate> {
    days.to_i32().and_then(NaiveDate::from_epoch_days)
}

fn shape(error: impl std::fmt::Display) -> WarehouseError {
    WarehouseError::Shape(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Option<Decimal> {
        Some(text.parse().unwrap())
    }

    fn named(names: &[&str]) -> Grid {
        let names: Vec<Option<String>> = names.iter().map(|name| Some((*name).to_owned())).collect();
        Grid::of(DataFrame::empty_with_height(names.len())).with_texts("key_0", names).unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        let numbers = [dec("1.2345"), None, dec("-3")];
        let grid = named(&["a", "b", "c"]).with_numbers("n", &numbers).unwrap();
        assert_eq!(grid.numbers("n").unwrap(), numbers);
        let taken = grid.taken(&[2, 0]).unwrap();
        assert_eq!(taken.numbers("n").unwrap(), [dec("-3"), dec("1.2345")]);
    }

    #[test]
    fn a_column_goes_across_by_the_value_of_another() {
        let text = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
        let grid = named(&["b", "a", "b"]).with_texts("key_1", text(&["x", "y", "y"])).unwrap();
        let grid = grid.with_numbers("n", &[dec("1"), dec("2"), dec("3")]).unwrap();
        let values = [Some("y".to_owned()), None, Some("x".to_owned())];
        let pivoted = grid.pivoted(&["key_0".to_owned()], "key_1", "n", &values).unwrap();
        assert_eq!(pivoted.texts("key_0").unwrap(), text(&["b", "a"]));
        assert_eq!(pivoted.numbers("value_0").unwrap(), [dec("3"), dec("2")]);
        assert_eq!(pivoted.numbers("value_1").unwrap(), [None, None]);
        assert_eq!(pivoted.numbers("value_2").unwrap(), [dec("1"), None]);
    }

    #[test]
    fn sums_run_on_within_their_key() {
        let grid =
            named(&["a", "b", "a", "b"]).with_numbers("n", &[dec("1"), None, dec("2.5"), dec("4")]).unwrap();
        let grid = grid.with_cumulated(&["key_0".to_owned()], "n", "sum").unwrap();
        assert_eq!(grid.numbers("sum").unwrap(), [dec("1"), None, dec("3.5"), dec("4")]);
    }

    #[test]
    fn a_column_is_joined_by_key() {
        let keys = ["key_0".to_owned()];
        let other = named(&["b", "x"]).with_numbers("n", &[dec("2"), dec("9")]).unwrap();
        let grid = named(&["a", "b"]).with_column_of(&other, &keys, "n").unwrap();
        assert_eq!(grid.numbers("n").unwrap(), [None, dec("2")]);
    }
}
