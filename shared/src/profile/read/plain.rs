//! Plain values of a profile's TOML; a wrong kind is a mistake and gives something empty.

use toml::de::DeValue;

use super::{Node, Reader};
use crate::profile::{Profile, ProfileMistake};

impl Reader<'_> {
    pub(super) fn entries<'v, 'd>(&mut self, value: &'v Node<'d>) -> Vec<(&'v str, usize, &'v Node<'d>)> {
        match value.get_ref().as_table() {
            Some(table) => {
                table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span().start, value)).collect()
            }
            None => {
                self.wrong_at(value.span().start, "a table is expected here");
                Vec::new()
            }
        }
    }

    pub(super) fn tables<T>(
        &mut self,
        value: &Node<'_>,
        mut each: impl FnMut(&mut Self, &Node<'_>) -> T,
    ) -> Vec<T> {
        match value.get_ref().as_array() {
            Some(tables) => tables.iter().map(|table| each(self, table)).collect(),
            None => {
                self.wrong_at(value.span().start, "write it with two brackets, as [[skip]] or [[dataset]]");
                Vec::new()
            }
        }
    }

    pub(super) fn string(&mut self, value: &Node<'_>) -> String {
        match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            // Codes such as 24 read better without quotes.
            DeValue::Integer(number) => number.as_str().to_owned(),
            _ => {
                self.wrong_at(value.span().start, "a text in quotes is expected here");
                String::new()
            }
        }
    }

    /// A text, or an array of texts.
    pub(super) fn strings(&mut self, value: &Node<'_>) -> Vec<String> {
        match value.get_ref().as_array() {
            Some(array) => array.iter().map(|value| self.string(value)).collect(),
            None => vec![self.string(value)],
        }
    }

    pub(super) fn pairs(&mut self, value: &Node<'_>) -> Vec<(String, String)> {
        let entries = self.entries(value);
        entries.into_iter().map(|(key, _, value)| (key.to_owned(), self.string(value))).collect()
    }

    pub(super) fn number(&mut self, value: &Node<'_>) -> usize {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        number.unwrap_or_else(|| {
            self.wrong_at(value.span().start, "a whole number is expected here");
            0
        })
    }

    pub(super) fn numbers(&mut self, value: &Node<'_>) -> Vec<usize> {
        match value.get_ref().as_array() {
            Some(array) => array.iter().map(|value| self.number(value)).collect(),
            None => vec![self.number(value)],
        }
    }

    pub(super) fn flag(&mut self, value: &Node<'_>) -> bool {
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_at(value.span().start, "true or false is expected here");
            false
        })
    }

    /// Names of columns of the layout.
    pub(super) fn columns(&mut self, profile: &Profile, value: &Node<'_>) -> Vec<String> {
        let names = self.strings(value);
        for name in &names {
            self.check(profile, name, value.span().start);
        }
        names
    }

    pub(super) fn check(&mut self, profile: &Profile, name: &str, at: usize) {
        let known = profile.position(name).is_some_and(|position| position < profile.columns.len());
        if !known {
            self.wrong_at(at, &format!("the layout has no column {name}; columns must list it"));
        }
    }

    pub(super) fn one_of<T: Clone>(
        &mut self,
        value: &Node<'_>,
        given: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let found = known.iter().find(|(name, _)| *name == given).map(|(_, meaning)| meaning.clone());
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.wrong_at(value.span().start, &format!("{given} is none of: {}", names.join(", ")));
        }
        found
    }

    pub(super) fn wrong_at(&mut self, offset: usize, message: &str) {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        self.mistakes.push(ProfileMistake { line, message: message.replace('\n', " ") });
    }
}
