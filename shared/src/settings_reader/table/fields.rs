//! The settings of a table by name, each named once.

use super::{MistakeKind, Table, Value};
use crate::message;

/// The settings of a table. It knows which were asked for ([`Table::fields`]).
pub struct Fields<'a> {
    table: Table<'a>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(table: Table<'a>) -> Self {
        Self { table, known: Vec::new() }
    }

    pub(super) fn known(&self) -> &[&'static str] {
        &self.known
    }

    /// The value of a setting, if present.
    pub fn get(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// Reads a setting into `place`, which holds the default and keeps it when there is no value that fits.
    pub fn set<T>(&mut self, key: &'static str, place: &mut T, read: impl FnOnce(&Value<'a>) -> Option<T>) {
        if let Some(value) = self.get(key).and_then(|value| read(&value)) {
            *place = value;
        }
    }

    /// Reads a setting that must be there.
    pub fn needed<T>(&mut self, key: &'static str, read: impl FnOnce(&Value<'a>) -> Option<T>) -> Option<T> {
        let value = self.get(key);
        if value.is_none() {
            let message = message!(
                "この設定は必須です。値を書いてください",
                "this setting is required; give it a value"
            );
            self.table.mistake(MistakeKind::Missing, key, message);
        }
        read(&value?)
    }
}
