//! Cells for programs.

use rust_decimal::Decimal;

use super::Cell;

/// A cell for programs: exact, in UTC, the identifiers of words; nothing for what is unknown.
pub(super) fn exact(cell: &Cell) -> String {
    let exact = |number: &Decimal| number.normalize().to_string();
    match cell {
        Cell::None | Cell::Bar(_) => String::new(),
        Cell::Text(text) | Cell::Word { identifier: text, .. } => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Money(number) | Cell::Number(number) | Cell::Rate(number) => exact(number),
        Cell::Date(date) => date.to_string(),
        Cell::Moment(moment) => moment.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}
