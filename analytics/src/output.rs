//! What a command writes: a [`Sheet`], or a [`Report`] with what programs need beside it, in one of the [`Format`]s.

mod companion;
pub mod csv;
mod exact;
pub mod file;
mod format;
pub mod html;
mod money;
mod out_file;
mod report;
pub mod table;
mod unit;
mod wrap;
mod writing;
pub mod xlsx;

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use shared::label::Lang;

use crate::labels::{self, Label};

pub use csv::{CsvStyle, Headers, TextEncoding};
pub use format::Format;
pub use money::{Currency, MoneyStyle, MoneyUnit};
pub use out_file::OutFile;
pub use report::{Chart, ChartKind, Definition, Report};
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

/// A finished report: title and header, rows, total, footer.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The first line.
    pub title: String,
    /// Lines of name and value above the rows: as-of date, period, filters, formula.
    pub header: Vec<(String, String)>,
    /// The columns.
    pub columns: Vec<SheetColumn>,
    /// The rows, each with one cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// The total below the rows.
    pub total: Option<Vec<Cell>>,
    /// Lines of name and value below the rows: the control block, notes.
    pub footer: Vec<(String, String)>,
}

impl Sheet {
    /// The same without its title, for a page that already shows it.
    #[must_use]
    pub fn untitled(&self) -> Self {
        Self { title: String::new(), ..self.clone() }
    }

    /// What a header says of the unit of amounts, if there are any.
    fn unit_line(&self, screen: Screen) -> Option<(String, String)> {
        let cells = || self.rows.iter().chain(&self.total).flatten();
        let unit = screen.money.label(screen.lang)?;
        let has_money = cells().any(|cell| matches!(cell, Cell::Money(_)));
        has_money.then(|| (labels::AMOUNT_UNIT.text(screen.lang).to_owned(), unit))
    }

    /// A name for each column that programs know it by: its identifier, else its English heading in small letters. No
    /// two columns have the same.
    pub(crate) fn identifiers(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let own = if column.id.is_empty() { slug(column.text(Lang::En)) } else { column.id.to_string() };
            let own = if own.is_empty() { format!("column_{}", at + 1) } else { own };
            let mut name = own.clone();
            for number in 2.. {
                if !names.contains(&name) {
                    break;
                }
                name = format!("{own}_{number}");
            }
            names.push(name);
        }
        names
    }
}

/// The letters and digits of a heading, with `_` between its words.
fn slug(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// One column of a sheet.
#[derive(Debug, Clone)]
pub struct SheetColumn {
    /// The identifier in JSON, Parquet and CSV with `--headers id`; empty for columns that programs do not read.
    pub id: Cow<'static, str>,
    label: Label,
    /// A heading that replaces the label, such as the company's own name for a field.
    name: Option<String>,
    /// What its values are.
    pub unit: Unit,
    /// The columns, by identifier, whose totals divided by each other are this one's total.
    pub ratio: Option<(Cow<'static, str>, Cow<'static, str>)>,
    /// How soon it goes when a terminal is too narrow: 0 stays, 9 goes first.
    pub priority: u8,
    /// Whether it is shown on a terminal only, and not in a CSV file.
    pub terminal_only: bool,
    /// Whether it draws the values of other columns, which a CSV file does not need.
    pub drawn: bool,
}

impl SheetColumn {
    /// A column of every format.
    pub const fn new(label: Label) -> Self {
        Self::figure("", label, Unit::Text)
    }

    /// A column of a report, with its identifier and unit.
    pub const fn figure(id: &'static str, label: Label, unit: Unit) -> Self {
        Self::of(id, label, unit, (false, false))
    }

    const fn of(id: &'static str, label: Label, unit: Unit, (terminal_only, drawn): (bool, bool)) -> Self {
        Self {
            id: Cow::Borrowed(id),
            label,
            name: None,
            unit,
            ratio: None,
            priority: 0,
            terminal_only,
            drawn,
        }
    }

    /// A column of every format under its own heading.
    pub fn named(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::new(Label::new("", "")) }
    }

    /// The same column with another heading.
    #[must_use]
    pub fn headed(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// The same column with this identifier.
    #[must_use]
    pub fn identified(self, id: impl Into<Cow<'static, str>>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// The same column as a ratio of two others, by identifier: a workbook's total is then a formula.
    #[must_use]
    pub fn ratio(self, part: impl Into<Cow<'static, str>>, whole: impl Into<Cow<'static, str>>) -> Self {
        Self { ratio: Some((part.into(), whole.into())), ..self }
    }

    /// The same column with this priority.
    #[must_use]
    pub fn prioritised(self, priority: u8) -> Self {
        Self { priority, ..self }
    }

    /// The heading.
    pub fn text(&self, lang: Lang) -> &str {
        self.name.as_deref().unwrap_or(self.label.text(lang))
    }

    /// A column that draws the values of others, for people.
    pub const fn drawn(label: Label) -> Self {
        Self::of("", label, Unit::Text, (false, true))
    }

    /// A column that only a terminal shows.
    pub const fn terminal_only(label: Label) -> Self {
        Self::of("", label, Unit::Text, (true, false))
    }
}

/// One value of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No value: `—` in a table, empty in CSV.
    None,
    /// Text.
    Text(String),
    /// A word that programs know by its identifier: people read the label, CSV has the identifier.
    Word {
        /// What people read.
        label: String,
        /// What programs read.
        identifier: String,
    },
    /// A count.
    Count(u64),
    /// A whole number that may be negative.
    Integer(i64),
    /// Yen: whole in a table, exact in CSV.
    Money(Decimal),
    /// A plain exact number: points, weights.
    Number(Decimal),
    /// A ratio, shown in percent with one place; CSV has the ratio itself.
    Rate(Decimal),
    /// A date.
    Date(NaiveDate),
    /// A moment: in Japanese time in a table, in UTC (RFC 3339) in CSV.
    Moment(DateTime<Utc>),
    /// A bar whose full length is 1.
    Bar(Decimal),
}

impl Cell {
    /// Money, or nothing.
    pub fn money(amount: Option<Decimal>) -> Self {
        amount.map_or(Self::None, Self::Money)
    }

    /// A ratio, or nothing.
    pub fn rate(rate: Option<Decimal>) -> Self {
        rate.map_or(Self::None, Self::Rate)
    }

    /// A date, or nothing.
    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::None, Self::Date)
    }

    /// A word with its identifier.
    pub fn word(label: &str, identifier: &str) -> Self {
        Self::Word { label: label.to_owned(), identifier: identifier.to_owned() }
    }

    /// A data set.
    pub fn dataset(name: &str, lang: Lang) -> Self {
        Self::word(labels::dataset(name).text(lang), name)
    }

    /// Text, or nothing.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.to_owned()))
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
const AVERAGE_PLACES: u32 = 4;
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

fn divide(part: Decimal, whole: Decimal, places: u32) -> Option<Decimal> {
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
