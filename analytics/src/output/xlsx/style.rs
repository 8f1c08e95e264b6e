//! Formats of cells, and dates as workbooks count them.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, XlsxError};
use shared::clock::japan_time;

use crate::output::writing::Writing;
use crate::output::{Cell, MoneyStyle};

/// A font that Japanese Windows and macOS have; others take one of their own.
const FONT: &str = "Yu Gothic";

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Money,
    /// A number with so many places.
    Number(u32),
    Rate,
    Date,
    Moment,
}

impl Kind {
    /// The kind of a cell.
    pub(super) fn of(cell: &Cell, writing: &Writing) -> Self {
        match cell {
            Cell::Count(_) | Cell::Integer(_) => Self::Number(0),
            Cell::Money(_) => Self::Money,
            Cell::Number(_) => Self::Number(writing.places()),
            Cell::Rate(_) => Self::Rate,
            Cell::Date(_) => Self::Date,
            Cell::Moment(_) => Self::Moment,
            Cell::None | Cell::Bar(_) | Cell::Text(_) | Cell::Word { .. } => Self::Text,
        }
    }
}

/// The formats of a workbook.
#[derive(Debug)]
pub(super) struct Styles {
    money: String,
    header: Format,
}

impl Styles {
    pub(super) fn new(money: MoneyStyle) -> Self {
        // A comma behind the digits shows thousands; the cell keeps the exact amount.
        let shown = format!("{}{}", digits(money.places()), ",".repeat(money.thousands()));
        let header = plain()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
            .set_background_color(Color::RGB(0x00DD_E7F3))
            .set_border_bottom(FormatBorder::Thin);
        Self { money: signed(&shown), header }
    }

    /// The header line.
    pub(super) fn header(&self) -> &Format {
        &self.header
    }

    /// A cell of this kind, in a row or in the total.
    pub(super) fn of(&self, kind: Kind, is_total: bool) -> Format {
        let format = match kind {
            Kind::Text => plain(),
            Kind::Money => plain().set_num_format(&self.money),
            Kind::Number(places) => plain().set_num_format(signed(&digits(places))),
            Kind::Rate => plain().set_num_format(signed("0.0%")),
            Kind::Date => plain().set_num_format("yyyy-mm-dd"),
            Kind::Moment => plain().set_num_format("yyyy-mm-dd hh:mm"),
        };
        if is_total { format.set_bold().set_border_top(FormatBorder::Thin) } else { format }
    }

    /// Sentences that wrap.
    pub(super) fn wrapped(&self) -> Format {
        plain().set_text_wrap().set_align(FormatAlign::Top)
    }
}

fn plain() -> Format {
    Format::new().set_font_name(FONT)
}

fn digits(places: u32) -> String {
    match places {
        0 => "#,##0".to_owned(),
        places => format!("#,##0.{}", "0".repeat(places as usize)),
    }
}

/// The same in red when it is negative.
fn signed(shown: &str) -> String {
    format!("{shown};[Red]-{shown}")
}

/// A day.
pub(super) fn date(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))
}

/// A moment in Japan.
pub(super) fn japan(at: DateTime<Utc>) -> Result<ExcelDateTime, XlsxError> {
    let at = japan_time(at);
    let hour = u16::try_from(at.hour()).unwrap_or_default();
    date(at.date_naive())?.and_hms(hour, part(at.minute()), part(at.second()))
}

/// A moment in UTC.
pub(super) fn moment(at: DateTime<Utc>) -> Result<ExcelDateTime, XlsxError> {
    let hour = u16::try_from(at.hour()).unwrap_or_default();
    date(at.date_naive())?.and_hms(hour, part(at.minute()), part(at.second()))
}

fn part(number: u32) -> u8 {
    u8::try_from(number).unwrap_or_default()
}
