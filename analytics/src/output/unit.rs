//! The units of figures.

use crate::labels::Label;

/// What a column's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Text: names, codes, words.
    Text,
    /// A date.
    Date,
    /// A moment.
    Moment,
    /// An amount of money in the store's currency.
    Yen,
    /// A number of things.
    Count,
    /// A plain number, such as a quantity.
    Number,
    /// A ratio; 1 is 100 %.
    Rate,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// Seconds.
    Seconds,
}

impl Unit {
    /// The identifier in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::Moment => "moment",
            Self::Yen => "yen",
            Self::Count => "count",
            Self::Number => "number",
            Self::Rate => "rate",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::Seconds => "seconds",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Text => Label::new("文字", "text"),
            Self::Date => Label::new("日付", "date"),
            Self::Moment => Label::new("日時", "time"),
            Self::Yen => Label::new("円", "yen"),
            Self::Count => Label::new("件数", "count"),
            Self::Number => Label::new("数値", "number"),
            Self::Rate => Label::new("率", "rate"),
            Self::Days => Label::new("日", "days"),
            Self::Hours => Label::new("時間", "hours"),
            Self::Seconds => Label::new("秒", "seconds"),
        }
    }

    /// Whether its values are numbers.
    pub const fn is_number(self) -> bool {
        !matches!(self, Self::Text | Self::Date | Self::Moment)
    }
}
