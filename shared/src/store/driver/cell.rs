//! Values of SQL statements and what they are in Rust.
//!
//! | Rust | stored as |
//! |---|---|
//! | `NaiveDate` | text `YYYY-MM-DD` |
//! | `DateTime<Utc>` | text, RFC 3339 in UTC with milliseconds: fixed width, so that text order is time order |
//! | `Decimal` | text; an integer is read as 1/10000 |
//! | labelled enums | text, their identifier |
//! | `bool` | 1 or 0 |

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::label::{Labelled, Open};
use crate::message::Label;
use crate::money::from_scaled;
use crate::value::Value;

/// A value on its way into or out of the database.
pub(in crate::store) enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
}

/// What a statement's parameter can be.
pub(in crate::store) trait Bind {
    /// The value as it is stored.
    fn cell(&self) -> Cell<'_>;
}

/// What a column of a row can be read as.
pub(in crate::store) trait Read: Sized {
    /// Reads the value, or returns what it should have been.
    fn read(cell: Cell<'_>) -> Result<Self, Label>;
}

/// The parameters of a statement, in order.
macro_rules! bind {
    ($($value:expr),* $(,)?) => { &[$(&$value as &dyn $crate::store::driver::Bind),*] };
}
pub(in crate::store) use bind;

/// The parameters of a statement whose number is known only when it runs.
pub(in crate::store) fn binds<'a, T: Bind + 'a>(
    values: impl IntoIterator<Item = &'a T>,
) -> Vec<&'a dyn Bind> {
    values.into_iter().map(|value| value as &dyn Bind).collect()
}

const TEXT: Label = Label::new("文字列ではありません", "not text");
const INTEGER: Label = Label::new("整数ではありません", "not an integer");
const COUNT: Label = Label::new("件数ではありません", "not a count");
const DATE: Label = Label::new("日付ではありません", "not a date");
const INSTANT: Label = Label::new("日時ではありません", "not a date and time");
const DECIMAL: Label = Label::new("数値ではありません", "not a decimal");
const WORD: Label = Label::new("定義されていない区分です", "not a known code");

impl Bind for &str {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(self))
    }
}

impl Bind for String {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(self))
    }
}

impl Bind for &String {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(self))
    }
}

impl Bind for i64 {
    fn cell(&self) -> Cell<'_> {
        Cell::Integer(*self)
    }
}

impl Bind for u32 {
    fn cell(&self) -> Cell<'_> {
        Cell::Integer(i64::from(*self))
    }
}

impl Bind for u64 {
    fn cell(&self) -> Cell<'_> {
        Cell::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Bind for usize {
    fn cell(&self) -> Cell<'_> {
        Cell::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Bind for bool {
    fn cell(&self) -> Cell<'_> {
        Cell::Integer(i64::from(*self))
    }
}

impl Bind for NaiveDate {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Owned(self.to_string()))
    }
}

impl Bind for DateTime<Utc> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Owned(instant_text(*self)))
    }
}

impl Bind for Decimal {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Owned(self.to_string()))
    }
}

impl Bind for Value {
    fn cell(&self) -> Cell<'_> {
        match self {
            Value::Null => Cell::Null,
            Value::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Value::Integer(number) => Cell::Integer(*number),
        }
    }
}

impl Bind for &Value {
    fn cell(&self) -> Cell<'_> {
        (**self).cell()
    }
}

impl<T: Labelled> Bind for T {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(self.identifier()))
    }
}

impl<T: Labelled> Bind for Open<T> {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(self.as_str()))
    }
}

impl<T: Bind> Bind for Option<T> {
    fn cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, Bind::cell)
    }
}

/// An instant as it is stored.
pub(in crate::store) fn instant_text(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

impl Read for String {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        match cell {
            Cell::Text(text) => Ok(text.into_owned()),
            _ => Err(TEXT),
        }
    }
}

impl Read for i64 {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        match cell {
            Cell::Integer(number) => Ok(number),
            _ => Err(INTEGER),
        }
    }
}

impl Read for u64 {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        i64::read(cell)?.try_into().map_err(|_| COUNT)
    }
}

impl Read for u32 {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        i64::read(cell)?.try_into().map_err(|_| COUNT)
    }
}

impl Read for bool {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        Ok(i64::read(cell)? != 0)
    }
}

impl Read for NaiveDate {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        let Cell::Text(text) = cell else { return Err(DATE) };
        // An instant's text begins with its date.
        NaiveDate::parse_from_str(text.get(..10).unwrap_or(&text), "%Y-%m-%d").map_err(|_| DATE)
    }
}

impl Read for DateTime<Utc> {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        let Cell::Text(text) = cell else { return Err(INSTANT) };
        DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()).map_err(|_| INSTANT)
    }
}

impl Read for Decimal {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        match cell {
            Cell::Integer(scaled) => Ok(from_scaled(scaled)),
            Cell::Text(text) => text.parse().map_err(|_| DECIMAL),
            Cell::Null => Err(DECIMAL),
        }
    }
}

impl Read for Value {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        Ok(match cell {
            Cell::Null => Value::Null,
            Cell::Text(text) => Value::Text(text.into_owned()),
            Cell::Integer(number) => Value::Integer(number),
        })
    }
}

impl<T: Labelled> Read for T {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        let Cell::Text(text) = cell else { return Err(TEXT) };
        T::from_identifier(&text).ok_or(WORD)
    }
}

impl<T: Labelled> Read for Open<T> {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        String::read(cell).map(Self::from)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(cell: Cell<'_>) -> Result<Self, Label> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::read(cell).map(Some),
        }
    }
}
