//! Which totals follow from the cells of the sheet. A total that is counted in another way, such as customers who are in
//! several rows, stays a value.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::output::{Cell, Sheet, Unit};

/// How a total is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Total {
    /// As it is.
    Value,
    /// As the sum of the rows.
    Sum,
    /// As a ratio of two other totals, rounded to the places that it has.
    Ratio {
        /// The column of the part.
        part: usize,
        /// The column of the whole.
        whole: usize,
        /// The places.
        places: u32,
    },
}

/// How the total of a column is written: as a formula only when that gives exactly the same.
pub(super) fn total(sheet: &Sheet, column: usize) -> Total {
    let of = |column: usize| sheet.total.as_ref()?.get(column).and_then(Cell::number);
    let Some(value) = of(column) else { return Total::Value };
    let declared = &sheet.columns[column];
    if let Some((part, whole)) = &declared.ratio {
        let at = |id: &str| sheet.columns.iter().position(|column| column.id == id);
        let found = at(part).zip(at(whole));
        let quotient = |part: usize, whole: usize| of(part)?.checked_div(of(whole)?);
        let rounding = RoundingStrategy::MidpointAwayFromZero;
        for places in [6, 4, 1] {
            if let Some((part, whole)) = found
                && quotient(part, whole).map(|found| found.round_dp_with_strategy(places, rounding))
                    == Some(value)
            {
                return Total::Ratio { part, whole, places };
            }
        }
        return Total::Value;
    }
    let numbers: Vec<Decimal> =
        sheet.rows.iter().filter_map(|row| row.get(column)).filter_map(Cell::number).collect();
    let is_shared = declared.unit != Unit::Rate || numbers.len() > 1;
    let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
    if !numbers.is_empty() && is_shared && sum == Some(value) { Total::Sum } else { Total::Value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels;
    use crate::output::SheetColumn;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_total_is_a_formula_only_when_it_gives_exactly_the_same() {
        let figure = |id, unit| SheetColumn::figure(id, labels::SALES_AMOUNT, unit);
        let row = |amount: &str, customers: u64, rate: &str| {
            vec![
                Cell::Money(dec(amount)),
                Cell::Count(customers),
                Cell::Rate(dec(rate)),
                Cell::Money(dec("3")),
            ]
        };
        let sheet = Sheet {
            columns: vec![
                figure("amount", Unit::Yen),
                figure("customers", Unit::Count),
                figure("rate", Unit::Rate).ratio("amount", "whole"),
                figure("whole", Unit::Yen),
            ],
            rows: vec![row("1", 2, "0.333333"), row("0.1", 2, "0.033333")],
            total: Some(vec![
                Cell::Money(dec("1.1")),
                Cell::Count(3),
                Cell::Rate(dec("0.183333")),
                Cell::Money(dec("6")),
            ]),
            ..Sheet::default()
        };
        assert_eq!(total(&sheet, 0), Total::Sum);
        assert_eq!(total(&sheet, 1), Total::Value, "customers who are in both rows");
        assert_eq!(total(&sheet, 2), Total::Ratio { part: 0, whole: 3, places: 6 });
        let wrong = Sheet { total: Some(vec![Cell::Money(dec("1.2")); 4]), ..sheet.clone() };
        assert_eq!((total(&wrong, 0), total(&wrong, 2)), (Total::Value, Total::Value));
        let none = Sheet { total: None, ..sheet };
        assert_eq!(total(&none, 0), Total::Value);
    }
}
