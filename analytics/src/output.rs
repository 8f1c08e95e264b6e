//! What a command writes: a [`Sheet`], or a [`Report`] with what programs need beside it, in one of the [`Format`]s.

mod companion;
pub mod csv;
mod exact;
pub mod file;
mod format;
pub mod html;
mod money;
mod out_file;
pub mod parquet;
mod report;
mod sheet;
pub mod table;
mod unit;
mod wrap;
mod writing;
pub mod xlsx;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use shared::label::Lang;

pub use csv::{CsvStyle, Headers, TextEncoding};
pub use format::Format;
pub use money::{Currency, MoneyStyle, MoneyUnit};
pub use out_file::OutFile;
pub use report::{Chart, ChartKind, Definition, Report};
pub use sheet::{Cell, Sheet, SheetColumn};
pub use unit::Unit;

/// Where a table is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// The language.
    pub lang: Lang,
    /// Whether it is a terminal.
    pub on_terminal: bool,
    /// The columns of the terminal, which limit a table.
    pub width: Option<usize>,
    /// Whether colours may be used.
    pub colour: bool,
    /// How amounts are written.
    pub money: MoneyStyle,
}

impl From<Lang> for Screen {
    fn from(lang: Lang) -> Self {
        Self { lang, on_terminal: false, width: None, colour: false, money: MoneyStyle::default() }
    }
}

impl Screen {
    /// What stands between the items of a list.
    const fn separator(self) -> &'static str {
        match self.lang {
            Lang::Ja => "、",
            Lang::En => ", ",
        }
    }
}

/// An exact decimal as JSON: a string without trailing zeros.
pub fn json_decimal(value: Decimal) -> Value {
    Value::String(value.normalize().to_string())
}

/// An exact decimal as JSON, or null.
pub fn json_decimal_or_null(value: Option<Decimal>) -> Value {
    value.map_or(Value::Null, json_decimal)
}

/// Places of a ratio.
const RATE_PLACES: u32 = 6;
/// Places of an average of money.
pub(crate) const AVERAGE_PLACES: u32 = 4;
/// Places of an average of seconds.
const SECONDS_PLACES: u32 = 1;

/// A ratio rounded half away from zero to six places; nothing when the divisor is zero.
pub fn ratio(part: Decimal, whole: Decimal) -> Option<Decimal> {
    divide(part, whole, RATE_PLACES)
}

/// An average of money rounded half away from zero to four places; nothing when there is nothing to divide by.
pub fn average(sum: Decimal, count: u64) -> Option<Decimal> {
    divide(sum, Decimal::from(count), AVERAGE_PLACES)
}

/// An average of seconds rounded half away from zero to one place; nothing when there is nothing to divide by.
pub fn average_seconds(sum: Decimal, count: u64) -> Option<Decimal> {
    divide(sum, Decimal::from(count), SECONDS_PLACES)
}

/// A quotient rounded half away from zero; nothing when the divisor is zero.
pub(crate) fn divide(part: Decimal, whole: Decimal, places: u32) -> Option<Decimal> {
    let quotient = part.checked_div(whole)?;
    Some(quotient.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// A number of yen with thousands separators, rounded half away from zero.
pub fn yen(amount: Decimal) -> String {
    grouped(&amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).normalize().to_string())
}

/// An exact number with thousands separators before the point.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, places) = digits.split_once('.').map_or((digits, ""), |(whole, places)| (whole, places));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !places.is_empty() {
        out.push('.');
        out.push_str(places);
    }
    out
}

/// A ratio in percent with one place, rounded half away from zero.
pub fn percent(rate: Decimal) -> String {
    let percent = rate * Decimal::ONE_HUNDRED;
    let rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    format!("{}%", grouped(&format!("{rounded:.1}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_have_separators() {
        assert_eq!(yen(dec("1234567.5")), "1,234,568");
        assert_eq!(yen(dec("-1234.4")), "-1,234");
        assert_eq!(yen(dec("-0.4")), "0");
        assert_eq!(yen(dec("999")), "999");
        assert_eq!(grouped("1000.25"), "1,000.25");
    }

    #[test]
    fn percents_round_half_away_from_zero() {
        assert_eq!(percent(dec("0.1005")), "10.1%");
        assert_eq!(percent(dec("-0.0005")), "-0.1%");
        assert_eq!(percent(dec("12.5")), "1,250.0%");
    }

    #[test]
    fn people_read_labels_and_japan_time_where_programs_read_identifiers_and_utc() {
        let moment = "2026-10-31T15:30:00Z".parse().unwrap();
        let sheet = Sheet {
            columns: vec![SheetColumn::new(labels::DATASET), SheetColumn::new(labels::DAY)],
            rows: vec![vec![Cell::dataset("sales", Lang::Ja), Cell::Moment(moment)]],
            ..Sheet::default()
        };
        let csv = csv::render(&sheet, Lang::Ja, CsvStyle::default()).unwrap();
        assert_eq!(csv.bytes, "データ種別,日\r\nsales,2026-10-31T15:30:00Z\r\n".as_bytes());
        let table = table::render(&sheet, Lang::Ja);
        assert!(table.contains("売上明細") && table.contains("2026-11-01 00:30"), "{table}");
    }

    #[test]
    fn every_column_has_a_name_of_its_own_for_programs() {
        let columns = [
            SheetColumn::new(labels::SALES_AMOUNT).identified("sales_amount"),
            SheetColumn::new(labels::AVERAGE_WAIT),
            SheetColumn::new(labels::CHANGE),
            SheetColumn::new(labels::CHANGE_RATE),
            SheetColumn::named("地域"),
        ];
        let sheet = Sheet { columns: columns.to_vec(), ..Sheet::default() };
        assert_eq!(sheet.identifiers(), ["sales_amount", "asa_s", "change", "change_2", "column_5"]);
    }

    #[test]
    fn a_ratio_to_zero_is_undefined() {
        assert_eq!(ratio(dec("1"), Decimal::ZERO), None);
        assert_eq!(ratio(dec("1"), dec("3")), Some(dec("0.333333")));
        assert_eq!(average(dec("10"), 0), None);
        assert_eq!(average(dec("10"), 4), Some(dec("2.5")));
    }

    #[test]
    fn seconds_are_rounded_once_half_away_from_zero() {
        assert_eq!(average_seconds(dec("0.5"), 2), Some(dec("0.3")), "0.25");
        assert_eq!(average_seconds(dec("0.7"), 2), Some(dec("0.4")), "0.35");
        // Rounded to six places first, it would be 0.25.
        assert_eq!(average_seconds(dec("249999.7"), 1_000_000), Some(dec("0.2")));
        assert_eq!(average_seconds(dec("1"), 0), None);
    }
}
