//! Values that several parts of the settings share.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::settings_reader::{Table, Value};

/// Entries of a list.
pub(crate) const ENTRIES_MAX: usize = 100;

/// A number from 0 to 100 with at most two decimal places, in hundredths.
pub(crate) fn hundredths(value: &Value<'_>) -> Option<u32> {
    // Two places at most, so a hundred times it is whole.
    (value.decimal(100, 2)? * Decimal::ONE_HUNDRED).to_u32()
}

/// A flag that is on unless it is switched off.
pub(crate) fn flag(table: &Table<'_>, key: &str) -> bool {
    table.get(key).and_then(|value| value.flag()).unwrap_or(true)
}
