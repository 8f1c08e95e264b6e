//! The company's lines: which of its numbers was called, and how agents greet there.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use shared::phone::PhoneNumber;

use super::Hours;

/// One of the company's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// What the company calls it: 代表, ご注文専用.
    pub name: String,
    /// What the agent says when answering.
    pub greeting: Option<String>,
}

/// All lines, by number, and the hours in which they are answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    named: BTreeMap<String, (Arc<Line>, Option<Arc<Hours>>)>,
    /// The hours of all others; without them they are always open.
    hours: Option<Arc<Hours>>,
}

impl Lines {
    /// Adds a line, with hours of its own if it has any; `false` when its number has one.
    pub fn add(&mut self, number: &str, line: Line, hours: Option<Arc<Hours>>) -> bool {
        self.named.insert(key(number), (Arc::new(line), hours)).is_none()
    }

    /// With the hours of lines that have none of their own.
    #[must_use]
    pub fn with_hours(self, hours: Option<Arc<Hours>>) -> Self {
        Self { hours, ..self }
    }

    /// When the hours of the line that was called begin next, if this instant is outside them.
    #[must_use]
    pub fn opens_after(&self, called: Option<&str>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let own =
            called.and_then(|called| self.named.get(&key(called))).and_then(|(_, hours)| hours.as_ref());
        own.or(self.hours.as_ref())?.opens_after(at)
    }

    /// The line of this number, in whatever form the PBX writes it.
    #[must_use]
    pub fn of(&self, called: &str) -> Option<Arc<Line>> {
        // Without lines nothing is parsed.
        if self.named.is_empty() {
            return None;
        }
        self.named.get(&key(called)).map(|(line, _)| line.clone())
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
        assert!(lines.add("0120-111-111", line("ご注文専用"), None) && lines.add("s", line("テスト"), None));
        assert!(!lines.add("0120111111", line("また"), None), "one name for a number");
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
