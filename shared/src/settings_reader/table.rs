//! A table of settings.

mod fields;

pub use fields::Fields;

use toml::de::DeTable;

use super::value::Value;
use super::{MistakeKind, Notes, join, near};
use crate::message;
use crate::message::Message;

/// A table: the document, `[name]`, one of `[[name]]` or `{ … }`.
#[derive(Clone)]
pub struct Table<'a> {
    notes: &'a Notes<'a>,
    table: &'a DeTable<'a>,
    path: String,
    at: usize,
}

impl<'a> Table<'a> {
    pub(super) fn new(notes: &'a Notes<'a>, table: &'a DeTable<'a>, path: String, at: usize) -> Self {
        Self { notes, table, path, at }
    }

    /// Where the table is: `rank.sales`; empty for the document.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the table has a key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of a key, if present.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        let (key, node) = self.table.get_key_value(key)?;
        Some(Value::new(self.notes, node, join(&self.path, key.get_ref()), key.get_ref(), key.span().start))
    }

    /// The value of a key that must be there; otherwise `message` is noted.
    #[must_use]
    pub fn required(&self, key: &str, message: Message) -> Option<Value<'a>> {
        let found = self.get(key);
        if found.is_none() {
            self.mistake(MistakeKind::Missing, key, message);
        }
        found
    }

    /// Every key with its value, where the keys are names of the user's own.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'a str, Value<'a>)> {
        let entry = |(key, node): (&'a toml::Spanned<toml::de::DeString<'a>>, _)| {
            let name: &str = key.get_ref();
            (name, Value::new(self.notes, node, join(&self.path, name), name, key.span().start))
        };
        self.table.iter().map(entry).collect()
    }

    /// Notes every key that is not one of `known`, with the one that was probably meant.
    pub fn only(&self, known: &[&str]) {
        for (_, value) in self.entries().into_iter().filter(|(key, _)| !known.contains(key)) {
            value.unknown(known);
        }
    }

    /// Reads settings by name; afterwards every key that was not asked for is noted as unknown.
    pub fn fields<R>(&self, read: impl FnOnce(&mut Fields<'a>) -> R) -> R {
        let mut fields = Fields::new(self.clone());
        let done = read(&mut fields);
        self.only(fields.known());
        done
    }

    /// Notes what is wrong with the table as a whole, or with a key that it lacks.
    pub fn mistake(&self, kind: MistakeKind, key: &str, message: Message) {
        let path = if key.is_empty() { self.path.clone() } else { join(&self.path, key) };
        self.notes.add(kind, self.at, path, String::new(), message);
    }
}

impl<'a> Value<'a> {
    /// A table.
    #[must_use]
    pub fn table(&self) -> Option<Table<'a>> {
        let Some(table) = self.node.get_ref().as_table() else {
            self.not_a_table(message!("テーブルを書いてください", "must be a table"));
            return None;
        };
        Some(Table::new(self.notes, table, self.path().to_owned(), self.node.span().start))
    }

    /// Notes a key that is not one of `known`.
    pub fn unknown(&self, known: &[&str]) {
        let key = self.key();
        let message = match near(key, known.iter().copied()) {
            Some(near) => message!(
                "この設定はありません。{near} の誤りではありませんか",
                "there is no such setting; did you mean {near}?",
                near = near,
            ),
            None => message!(
                "この設定はありません。書ける設定は {known} です",
                "there is no such setting; known are {known}",
                known = known.join(", "),
            ),
        };
        self.unknown_key(message);
    }

    /// The tables of `[[name]]`, up to a maximum.
    #[must_use]
    pub fn tables(&self, most: usize) -> Vec<Table<'a>> {
        if !self.is_list() {
            let name = self.path().rsplit('.').next().unwrap_or_default();
            let message = message!(
                "[[{name}]] のように二重の角かっこで書いてください",
                "write it with double brackets: [[{name}]]",
                name = name,
            );
            self.mistake(MistakeKind::Type, message);
            return Vec::new();
        }
        self.list(most).into_iter().flatten().filter_map(|value| value.table()).collect()
    }
}
