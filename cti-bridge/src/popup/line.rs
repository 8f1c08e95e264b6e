//! The company's lines: which of its numbers was called, and how agents greet there.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use shared::phone::PhoneNumber;

/// One of the company's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// What the company calls it: 代表, ご注文専用.
    pub name: String,
    /// What the agent says when answering.
    pub greeting: Option<String>,
}

/// All lines, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<String, Arc<Line>>);

impl Lines {
    /// Adds a line; `false` when its number has one.
    pub fn add(&mut self, number: &str, line: Line) -> bool {
        self.0.insert(key(number), Arc::new(line)).is_none()
    }

    /// The line of this number, in whatever form the PBX writes it.
    #[must_use]
    pub fn of(&self, called: &str) -> Option<Arc<Line>> {
        // Without lines nothing is parsed.
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&key(called)).cloned()
    }
}

/// The whole number; what is none (a queue's or a line's own name) as it is.
fn key(number: &str) -> String {
    PhoneNumber::parse(number).map_or_else(|_| number.trim().to_owned(), |number| number.e164().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_number_however_it_is_written() {
        let line = |name: &str| Line { name: name.to_owned(), greeting: None };
        let mut lines = Lines::default();
        assert!(lines.add("0120-111-111", line("ご注文専用")) && lines.add("s", line("テスト")));
        assert!(!lines.add("0120111111", line("また")), "one name for a number");
        for (called, expected) in [
            ("0120111111", Some("また")),
            ("+81120111111", Some("また")),
            ("s", Some("テスト")),
            ("0331112222", None),
        ] {
            assert_eq!(lines.of(called).map(|line| line.name.clone()).as_deref(), expected, "{called}");
        }
        assert_eq!(Lines::default().of("0120111111"), None);
    }
}
