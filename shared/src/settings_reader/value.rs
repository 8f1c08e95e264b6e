//! One value of the settings: typed, bounded, with the digits of the file.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::DeValue;

use super::{HIDDEN, MistakeKind, Notes};
use crate::message;
use crate::message::Message;

/// A value and its place. A value that does not fit is noted and read as `None`.
#[derive(Clone)]
pub struct Value<'a> {
    pub(super) notes: &'a Notes<'a>,
    pub(super) node: &'a Spanned<DeValue<'a>>,
    path: String,
    key: &'a str,
    key_at: usize,
}

impl<'a> Value<'a> {
    pub(super) fn new(
        notes: &'a Notes<'a>,
        node: &'a Spanned<DeValue<'a>>,
        path: String,
        key: &'a str,
        key_at: usize,
    ) -> Self {
        Self { notes, node, path, key, key_at }
    }

    /// Where the value is: `rank.points[2].min`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.node.get_ref().is_array()
    }

    /// Whether it is a table.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.node.get_ref().is_table()
    }

    /// The key; of an entry of a list, the list's.
    pub(super) fn key(&self) -> &'a str {
        self.key
    }

    /// Notes what is wrong with the value.
    pub fn mistake(&self, kind: MistakeKind, message: Message) {
        let value = match self.notes.hides {
            true if could_be_secret(self.key) => HIDDEN.to_owned(),
            true if holds_table(self.node.get_ref()) => String::new(),
            _ => self.notes.shown(self.node.span()),
        };
        self.notes.add(kind, self.node.span().start, self.path.clone(), value, message);
    }

    /// Notes a key that is unknown.
    pub(super) fn unknown_key(&self, message: Message) {
        let value = match self.notes.hides || self.is_table() {
            true => String::new(),
            false => self.notes.shown(self.node.span()),
        };
        self.notes.add(MistakeKind::UnknownKey, self.key_at, self.path.clone(), value, message);
    }

    /// Notes a value in the place of a table.
    pub(super) fn not_a_table(&self, message: Message) {
        let span = self.node.span();
        let value = if self.notes.hides { String::new() } else { self.notes.shown(span.clone()) };
        self.notes.add(MistakeKind::Type, span.start, self.path.clone(), value, message);
    }

    /// Notes a name that the user gave as a key.
    pub fn wrong_name(&self, message: Message) {
        self.notes.add(MistakeKind::Choice, self.key_at, self.path.clone(), String::new(), message);
    }

    /// Notes a value of the wrong type.
    pub(super) fn typed<T>(&self, found: Option<T>, message: impl FnOnce() -> Message) -> Option<T> {
        if found.is_none() {
            self.mistake(MistakeKind::Type, message());
        }
        found
    }

    /// A list with a maximum number of values.
    #[must_use]
    pub fn list(&self, most: usize) -> Option<Vec<Value<'a>>> {
        let list = self.typed(self.node.get_ref().as_array(), || {
            message!("[ ] で囲んで書いてください", "must be a list")
        })?;
        if list.len() > most {
            let message =
                message!("{most}件以内にしてください", "a list has at most {most} entries", most = most);
            self.mistake(MistakeKind::Range, message);
            return None;
        }
        let item = |(at, node): (usize, &'a Spanned<DeValue<'a>>)| {
            Value::new(self.notes, node, format!("{}[{at}]", self.path), self.key, node.span().start)
        };
        Some(list.iter().enumerate().map(item).collect())
    }

    /// The values of a list with a maximum length; a single value counts as a list of one.
    #[must_use]
    pub fn items(&self, most: usize) -> Vec<Value<'a>> {
        if self.is_list() { self.list(most).unwrap_or_default() } else { vec![self.clone()] }
    }

    /// A text as written. A whole number without quotes is taken as text: codes such as 24 read better so.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let text = match self.node.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            _ => None,
        };
        self.typed(text, || message!("引用符で囲んだ文字列を書いてください", "must be text in quotes"))
    }

    /// A text that is not empty, without blanks around it.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let name = self.node.get_ref().as_str().map(str::trim).filter(|name| !name.is_empty());
        let name = name.map(str::to_owned);
        self.typed(name, || message!("空でない文字列を書いてください", "must be text that is not empty"))
    }

    /// A sentence: one text, or one for each language: `{ ja = "…", en = "…" }`.
    #[must_use]
    pub fn sentence(&self) -> Option<Message> {
        if !self.is_table() {
            let text = self.name()?;
            return Some(Message::new(text.clone(), text));
        }
        self.table()?.fields(|languages| {
            let (ja, en) = (languages.needed("ja", Value::name), languages.needed("en", Value::name));
            Some(Message::new(ja?, en?))
        })
    }

    /// The name of a file.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let name = self.node.get_ref().as_str();
        let name = name.filter(|name| !name.is_empty() && !name.chars().any(char::is_control));
        self.typed(name.map(PathBuf::from), || {
            message!(
                "ファイル名を引用符で囲んで1行で書いてください",
                "must be the name of a file, in quotes on one line"
            )
        })
    }

    /// A text in a form of its own; `form` says which.
    #[must_use]
    pub fn parsed<T>(&self, form: impl Into<Message>, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let parsed = parse(&self.text()?);
        if parsed.is_none() {
            self.mistake(MistakeKind::Choice, form.into());
        }
        parsed
    }

    /// `true` or `false`.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        self.typed(self.node.get_ref().as_bool(), || {
            message!("true か false を書いてください", "must be true or false")
        })
    }

    /// A whole number within limits.
    #[must_use]
    pub fn whole<N>(&self, range: RangeInclusive<N>) -> Option<N>
    where
        N: TryFrom<i64> + PartialOrd + Display,
    {
        let number = integer(self.node.get_ref()).and_then(|number| N::try_from(number).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let message = message!(
                "{least}から{most}までの整数を書いてください",
                "must be a whole number from {least} to {most}",
                least = range.start(),
                most = range.end(),
            );
            self.mistake(MistakeKind::Range, message);
        }
        number
    }

    /// A number from 0 to `most` with at most `places` decimal places, exactly as written.
    #[must_use]
    pub fn decimal(&self, most: i64, places: u32) -> Option<Decimal> {
        let limits = Decimal::ZERO..=Decimal::from(most);
        let fits = |number: &Decimal| limits.contains(number) && number.normalize().scale() <= places;
        let number = decimal(self.node.get_ref()).filter(fits);
        if number.is_none() {
            let message = message!(
                "0から{most}までの数値を、小数{places}桁以内で書いてください",
                "must be a number from 0 to {most} with at most {places} decimal places",
                most = most,
                places = places,
            );
            self.mistake(MistakeKind::Range, message);
        }
        number
    }

    /// What one of the known words means.
    #[must_use]
    pub fn one_of<T: Clone>(&self, known: &[(&str, T)]) -> Option<T> {
        let word = self.node.get_ref().as_str();
        let found = known.iter().find(|(name, _)| word == Some(*name)).map(|(_, meaning)| meaning.clone());
        if found.is_none() {
            let names: Vec<String> = known.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let message = message!(
                "{names} のいずれかを書いてください",
                "must be one of {names}",
                names = names.join(", "),
            );
            self.mistake(MistakeKind::Choice, message);
        }
        found
    }
}

/// Reads a whole number within limits.
pub fn whole<'a, N>(range: RangeInclusive<N>) -> impl FnOnce(&Value<'a>) -> Option<N>
where
    N: TryFrom<i64> + PartialOrd + Display,
{
    move |value| value.whole(range)
}

/// Reads a list of texts with a maximum length.
pub fn texts<'a>(most: usize) -> impl FnOnce(&Value<'a>) -> Option<Vec<String>> {
    move |value| {
        let texts: Vec<_> = value.list(most)?.iter().map(Value::text).collect();
        texts.into_iter().collect()
    }
}

/// Whether a setting of this name could hold a secret, also by mistake.
fn could_be_secret(key: &str) -> bool {
    ["secret", "password", "token", "key"].iter().any(|word| key.contains(word))
}

/// Whether there are keys in a value, of which one could be a secret's.
fn holds_table(value: &DeValue<'_>) -> bool {
    value.is_table()
        || value.as_array().is_some_and(|list| list.iter().any(|item| holds_table(item.get_ref())))
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A number, or a text of a number, with exactly the digits that are written.
fn decimal(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(_) => integer(value).map(Decimal::from),
        DeValue::Float(float) => exact(float.as_str()),
        DeValue::String(text) => exact(text.trim()),
        _ => None,
    }
}

fn exact(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str_exact(text).ok()
    }
}
