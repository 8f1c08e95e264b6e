//! One column of a data set: its names, what its cells may hold, and what it means.

use crate::label::Choices;
use crate::message::Label;
use crate::value::Value;

/// One column of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The identifier: native header and column of the table.
    pub name: &'static str,
    /// What people call it; also a header.
    pub label: Label,
    /// Further headers by which the column is known.
    pub aliases: &'static [&'static str],
    /// What a value may be.
    pub kind: ColumnKind,
    /// Whether a row without it is refused.
    pub required: bool,
    /// What an empty cell stands for, in the form in which it is stored; nothing (NULL) when there is none.
    pub default: Option<&'static str>,
    /// What it means.
    pub description: Label,
}

/// What a value may be, and how it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// An identifier: trimmed, leading zeros kept, at most 64 characters.
    Code,
    /// Free text, at most `text_chars_max`.
    Text,
    /// A telephone number as written; the number index is derived from it.
    Phone,
    /// A civil date, stored as `YYYY-MM-DD`.
    Date,
    /// An instant, stored as RFC 3339 in UTC; a civil time is in Asia/Tokyo.
    Instant,
    /// A decimal of at most four places, stored as an integer of 1/10000.
    Decimal,
    /// A whole number.
    Integer,
    /// Yes or no, stored as 1 or 0.
    Flag,
    /// A colour, stored as `#rrggbb`.
    Color,
    /// One of the identifiers, each with the labels by which it is also known.
    Choice(Choices),
    /// Like `Choice`, but other text is kept as it is.
    OpenChoice(Choices),
}

impl Column {
    /// A column that may be empty. The declarations below build on this.
    pub(super) const fn new(
        name: &'static str,
        ja: &'static str,
        en: &'static str,
        kind: ColumnKind,
    ) -> Self {
        Self {
            name,
            label: Label::new(ja, en),
            aliases: &[],
            kind,
            required: false,
            default: None,
            description: Label::new("", ""),
        }
    }

    /// A row without it is refused.
    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Further headers by which it is known.
    pub(super) const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// What an empty cell stands for, as it is stored.
    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// What it means.
    pub(super) const fn about(mut self, ja: &'static str, en: &'static str) -> Self {
        self.description = Label::new(ja, en);
        self
    }

    /// Whether its text is compared with others as it is (a code, a number, a mail address), so that a character which
    /// nobody sees makes a difference that nobody sees.
    pub(crate) fn is_exact(&self) -> bool {
        let exact = || {
            self.name.ends_with("email")
                || matches!(self.name, "postal_code" | "fax" | "called" | "row_key" | "reference")
        };
        self.kind != ColumnKind::Text || exact()
    }

    /// What an empty cell is stored as.
    pub fn empty_value(&self) -> Value {
        match (self.default, self.kind) {
            (None, _) => Value::Null,
            (Some(text), ColumnKind::Integer | ColumnKind::Decimal | ColumnKind::Flag) => {
                text.parse().map_or(Value::Null, Value::Integer)
            }
            (Some(text), _) => Value::Text(text.to_owned()),
        }
    }

    /// The label for screens of a stored choice; the value itself when it has none.
    pub fn choice_label_ja<'a>(&self, value: &'a str) -> &'a str {
        let mut choices = self.kind.choices().iter();
        let labels = choices.find(|(identifier, _)| *identifier == value).map(|(_, labels)| *labels);
        labels.and_then(|labels| labels.first().copied()).unwrap_or(value)
    }
}

impl ColumnKind {
    /// What people call the kind.
    #[must_use]
    pub const fn label(self) -> Label {
        match self {
            Self::Code => Label::new("コード", "code"),
            Self::Text => Label::new("文字列", "text"),
            Self::Phone => Label::new("電話番号", "phone"),
            Self::Date => Label::new("日付", "date"),
            Self::Instant => Label::new("日時", "instant"),
            Self::Decimal => Label::new("数値", "decimal"),
            Self::Integer => Label::new("整数", "integer"),
            Self::Flag => Label::new("はい・いいえ", "flag"),
            Self::Color => Label::new("色", "colour"),
            Self::Choice(_) => Label::new("選択", "choice"),
            Self::OpenChoice(_) => Label::new("選択・自由入力", "open choice"),
        }
    }

    /// What a choice offers; nothing for the other kinds.
    #[must_use]
    pub const fn choices(self) -> Choices {
        match self {
            Self::Choice(choices) | Self::OpenChoice(choices) => choices,
            _ => &[],
        }
    }
}
