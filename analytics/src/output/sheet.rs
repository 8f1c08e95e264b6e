//! A result: rows of typed cells under columns, with what stands above and below them.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use shared::label::Lang;

use super::{Screen, Unit};
use crate::labels::{self, Label};

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
    pub(super) fn unit_line(&self, screen: Screen) -> Option<(String, String)> {
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
    /// A word that programs know by its identifier: people read the label, CSV has the identifier. An empty identifier is
    /// no value: people read why.
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

    /// The number in it, if it is one.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Count(count) => Some(Decimal::from(*count)),
            Self::Integer(integer) => Some(Decimal::from(*integer)),
            Self::Money(number) | Self::Number(number) | Self::Rate(number) => Some(*number),
            _ => None,
        }
    }

    /// Text, or nothing.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.to_owned()))
    }
}
