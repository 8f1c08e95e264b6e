//! The columns of a layout, against which every other setting is checked.

use super::ENTRIES_MAX;
use crate::message;
use crate::profile::column_position;
use crate::settings_reader::{MistakeKind, Table, Value, near};

/// The columns of the layout in their order.
pub(super) struct Columns(Vec<String>);

impl Columns {
    pub(super) fn read(root: &Table<'_>) -> Self {
        let missing = message!(
            "様式の列を、ファイルの並び順に columns に書いてください",
            "columns must list the columns of the layout in their order",
        );
        let listed = root.required("columns", missing);
        let Some(listed) = listed.and_then(|value| Some((value.list(ENTRIES_MAX)?, value))) else {
            return Self(Vec::new());
        };
        let (items, value) = listed;
        if items.is_empty() {
            let message = message!("列を1つ以上書いてください", "at least one column is needed");
            value.mistake(MistakeKind::Missing, message);
        }
        Self(items.iter().filter_map(Value::text).collect())
    }

    pub(super) fn names(&self) -> &[String] {
        &self.0
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.0
    }

    fn has(&self, name: &str) -> bool {
        column_position(&self.0, name).is_some_and(|position| position < self.0.len())
    }

    /// The name of a column, as a value.
    pub(super) fn one(&self, value: &Value<'_>) -> Option<String> {
        let name = value.text()?;
        if !self.has(&name) {
            value.mistake(MistakeKind::Choice, self.unknown(&name));
        }
        Some(name)
    }

    /// Names of columns: a list, or a single one.
    pub(super) fn several(&self, value: &Value<'_>) -> Vec<String> {
        value.items(ENTRIES_MAX).iter().filter_map(|item| self.one(item)).collect()
    }

    /// The entries of a table whose keys are columns.
    pub(super) fn entries<'v>(&self, value: &Value<'v>) -> Vec<(String, Value<'v>)> {
        let entries = value.table().map(|table| table.entries()).unwrap_or_default();
        for (name, value) in &entries {
            if !self.has(name) {
                value.wrong_name(self.unknown(name));
            }
        }
        entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The table of a key, whose own keys are columns.
    pub(super) fn pairs<T>(
        &self,
        table: &Table<'_>,
        key: &str,
        read: impl Fn(Value<'_>) -> T,
    ) -> Vec<(String, T)> {
        let entries = table.get(key).map(|value| self.entries(&value)).unwrap_or_default();
        entries.into_iter().map(|(name, value)| (name, read(value))).collect()
    }

    fn unknown(&self, name: &str) -> message::Message {
        match near(name, self.0.iter().map(String::as_str)) {
            Some(near) => message!(
                "様式に「{name}」という列はありません。「{near}」の誤りではありませんか",
                "the layout has no column {name}; did you mean {near}?",
                name = name,
                near = near,
            ),
            None => message!(
                "様式に「{name}」という列はありません。columns に加えてください",
                "the layout has no column {name}; add it to columns",
                name = name,
            ),
        }
    }
}
