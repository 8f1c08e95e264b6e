//! How people read the cells of a column: amounts in one unit, numbers with the same places in all rows.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::clock::japan_time;
use shared::text::printable;

use super::money::MoneyStyle;
use super::{Cell, Sheet, grouped, percent};

/// Length of a full bar.
const BAR_LENGTH: u32 = 20;

/// How the cells of one column are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    money: MoneyStyle,
    /// Places of plain numbers: those of the most exact one.
    places: u32,
}

impl Writing {
    /// The writing of a sheet's column.
    pub(super) fn of(sheet: &Sheet, column: usize, money: MoneyStyle) -> Self {
        let cells = sheet.rows.iter().chain(&sheet.total).filter_map(|row| row.get(column));
        let places = cells.filter_map(|cell| match cell {
            Cell::Number(number) => Some(number.normalize().scale()),
            _ => None,
        });
        Self { money, places: places.max().unwrap_or_default() }
    }

    /// Places of plain numbers.
    pub(super) fn places(self) -> u32 {
        self.places
    }

    /// A cell as text.
    pub(super) fn text(self, cell: &Cell) -> String {
        match cell {
            Cell::None => "—".to_owned(),
            Cell::Text(text) | Cell::Word { label: text, .. } => printable(text).into_owned(),
            Cell::Count(count) => grouped(&count.to_string()),
            Cell::Integer(number) => grouped(&number.to_string()),
            Cell::Money(amount) => self.money.text(*amount),
            Cell::Number(number) => grouped(&format!("{:.1$}", number.normalize(), self.places as usize)),
            Cell::Rate(rate) => percent(*rate),
            Cell::Date(date) => date.to_string(),
            Cell::Moment(moment) => japan_time(*moment).format("%Y-%m-%d %H:%M").to_string(),
            Cell::Bar(share) => bar(*share),
        }
    }
}

/// Whether a cell is a figure, which stands on the right and is never broken.
pub(super) fn is_numeric(cell: &Cell) -> bool {
    matches!(cell, Cell::Count(_) | Cell::Integer(_) | Cell::Money(_) | Cell::Number(_) | Cell::Rate(_))
}

fn bar(share: Decimal) -> String {
    let length = (share * Decimal::from(BAR_LENGTH)).round().to_usize().unwrap_or(0);
    // What is there can be seen, however little it is.
    let length = length.max(usize::from(share > Decimal::ZERO));
    "█".repeat(length.min(BAR_LENGTH as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels;
    use crate::output::SheetColumn;

    #[test]
    fn numbers_of_a_column_have_the_same_places_and_separators() {
        let numbers = ["1234.5", "2", "0.25", "-0.5"];
        let sheet = Sheet {
            columns: vec![SheetColumn::new(labels::ROWS)],
            rows: numbers.map(|number| vec![Cell::Number(number.parse().unwrap())]).to_vec(),
            ..Sheet::default()
        };
        let writing = Writing::of(&sheet, 0, MoneyStyle::default());
        let texts: Vec<String> = sheet.rows.iter().map(|row| writing.text(&row[0])).collect();
        assert_eq!(texts, ["1,234.50", "2.00", "0.25", "-0.50"]);
    }
}
