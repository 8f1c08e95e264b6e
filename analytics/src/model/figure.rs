//! A number about rows.

use rust_decimal::Decimal;

use super::table::{Entity, Table};
use crate::labels::Label;
use crate::output::{AVERAGE_PLACES, Cell, SheetColumn, Unit, divide, ratio};
use crate::warehouse::date;

/// A number about rows. It has one declaration (`figures.rs`).
#[derive(Debug)]
pub struct Figure {
    /// The identifier in JSON and in a report's file.
    pub id: &'static str,
    /// What people call it.
    pub label: Label,
    /// What its values are.
    pub unit: Unit,
    /// What it is and how it is computed.
    pub words: Label,
    /// How it is computed.
    pub expression: Expression,
    /// The tables whose rows have it.
    pub tables: &'static [&'static Table],
    /// How soon its column goes on a narrow terminal: 0 stays.
    pub priority: u8,
}

impl Figure {
    /// A figure of these tables.
    pub(crate) const fn new(
        id: &'static str,
        unit: Unit,
        label: Label,
        words: Label,
        expression: Expression,
        tables: &'static [&'static Table],
    ) -> Self {
        Self { id, label, unit, words, expression, tables, priority: 0 }
    }

    /// The same figure, whose column goes on a narrow terminal: 9 goes first.
    pub(crate) const fn prioritised(self, priority: u8) -> Self {
        Self { priority, ..self }
    }

    /// The column of a sheet.
    pub fn column(&self) -> SheetColumn {
        let column = SheetColumn::figure(self.id, self.label, self.unit).prioritised(self.priority);
        match self.expression {
            Expression::Ratio(part, whole) | Expression::Average(part, whole) => column.ratio(part, whole),
            _ => column,
        }
    }

    /// The masters whose columns the figure reads.
    pub(crate) fn entities(&self, table: &'static Table) -> impl Iterator<Item = &'static Entity> {
        let sql = match self.expression {
            Expression::Sum(sql)
            | Expression::RowsWhere(sql)
            | Expression::Distinct(sql)
            | Expression::Last(sql)
            | Expression::First(sql) => sql,
            _ => "",
        };
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let is_read = move |entity: &&Entity| {
            sql.split(|c| !is_name(c))
                .any(|word| word.split_once('.').is_some_and(|(alias, _)| alias == entity.alias))
        };
        table.references.iter().map(|reference| reference.entity).filter(is_read)
    }
}

/// How a figure is computed. Names are those of other figures of the same table.
#[derive(Debug, Clone, Copy)]
pub enum Expression {
    /// The number of rows.
    Rows,
    /// The sum of an expression over `r` and the joined masters; unknown when no row has a value.
    Sum(&'static str),
    /// The number of rows for which a condition holds.
    RowsWhere(&'static str),
    /// The number of different values.
    Distinct(&'static str),
    /// The latest date.
    Last(&'static str),
    /// The earliest date.
    First(&'static str),
    /// Slips whose amount is positive: purchases.
    Purchases,
    /// Customers with at least one purchase.
    Buyers,
    /// Customers with at least two purchases.
    RepeatBuyers,
    /// The difference of two figures; unknown when one is.
    Minus(&'static str, &'static str),
    /// The quotient of two figures, to six places; unknown when the divisor is zero.
    Ratio(&'static str, &'static str),
    /// The quotient of two figures, to four places.
    Average(&'static str, &'static str),
    /// The quotient of two figures, to so many places: days, hours, times.
    Mean(&'static str, &'static str, u32),
    /// The quotient of the sum of a row and the total.
    Share(&'static str),
    /// The figure in the same period a year before, or in the period before (`--compare`).
    Previous(&'static str),
    /// The growth over the period before: (figure − previous) / previous, unknown when that is not positive.
    Growth(&'static str, &'static str),
}

impl Expression {
    /// The figures that it is computed from.
    pub fn needs(self) -> Vec<&'static str> {
        match self {
            Self::Minus(a, b) | Self::Ratio(a, b) | Self::Average(a, b) | Self::Growth(a, b) => vec![a, b],
            Self::Mean(a, b, _) => vec![a, b],
            Self::Share(of) | Self::Previous(of) => vec![of],
            _ => Vec::new(),
        }
    }

    /// Whether the engine computes it.
    pub(crate) fn is_measured(self) -> bool {
        self.needs().is_empty()
    }

    /// Whether it is about slips rather than rows.
    pub(crate) fn is_of_slips(self) -> bool {
        matches!(self, Self::Purchases | Self::Buyers | Self::RepeatBuyers)
    }

    /// Whether the figures of parts add up to that of the whole.
    pub(crate) fn adds_up(self) -> bool {
        matches!(self, Self::Rows | Self::Sum(_) | Self::RowsWhere(_))
    }

    /// The value of a figure that is computed from others: `get` gives theirs of the row, `total` those of the total.
    pub(crate) fn derive(
        self,
        get: &dyn Fn(&str) -> Option<Decimal>,
        total: &dyn Fn(&str) -> Option<Decimal>,
    ) -> Option<Decimal> {
        match self {
            Self::Minus(a, b) => get(a)?.checked_sub(get(b)?),
            Self::Ratio(a, b) => ratio(get(a)?, get(b)?),
            Self::Average(a, b) => divide(get(a)?, get(b)?, AVERAGE_PLACES),
            Self::Mean(a, b, places) => divide(get(a)?, get(b)?, places),
            Self::Share(of) => ratio(get(of)?, total(of)?),
            Self::Growth(now, before) => {
                let before = get(before).filter(|before| *before > Decimal::ZERO)?;
                ratio(get(now)?.checked_sub(before)?, before)
            }
            _ => None,
        }
    }
}

impl Unit {
    /// A number of this unit as a cell.
    pub(crate) fn cell(self, value: Option<Decimal>) -> Cell {
        let Some(value) = value else { return Cell::None };
        match self {
            Self::Yen => Cell::Money(value),
            Self::Count => u64::try_from(value).map_or(Cell::Number(value), Cell::Count),
            Self::Rate => Cell::Rate(value),
            Self::Date => Cell::date(date(value)),
            _ => Cell::Number(value),
        }
    }
}

impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
