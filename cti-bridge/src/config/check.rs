//! Checks of single values, and what is said when one is out of its range.

use std::fmt::Display;
use std::ops::RangeInclusive;

use shared::message;
use shared::message::Message;

/// Refuses a value of `[table]` below `least`.
pub(super) fn at_least<T: Copy + PartialOrd + Display>(
    table: &str,
    key: &str,
    value: T,
    least: T,
) -> Result<(), Message> {
    if value >= least {
        return Ok(());
    }
    Err(message!(
        "[{table}] の {key} = {value} は使えません。{least} 以上にしてください",
        "{table}.{key} is {value}; it must be at least {least}",
        table = table,
        key = key,
        value = value,
        least = least,
    ))
}

/// Refuses a value of `[table]` outside `range`.
pub(super) fn between<T: Copy + PartialOrd + Display>(
    table: &str,
    key: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), Message> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(message!(
        "[{table}] の {key} = {value} は使えません。{low} から {high} までにしてください",
        "{table}.{key} is {value}; it must be from {low} to {high}",
        table = table,
        key = key,
        value = value,
        low = range.start(),
        high = range.end(),
    ))
}
