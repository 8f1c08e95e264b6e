//! Single values of the settings: typed, bounded, with the digits of the file.

use std::ops::{Range, RangeInclusive};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::rank::settings::problem::Problem;

/// Rows of one criterion, of `rank.points` and entries of a list.
const ROWS_MAX: usize = 100;
/// Characters of a value that a message repeats.
const SHOWN_CHARS_MAX: usize = 60;

/// The text of a span, cut to what a message can hold.
pub(crate) fn shown(text: &str, span: Range<usize>) -> String {
    let value = text.get(span).unwrap_or_default().trim();
    match value.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// A value and where it stands.
pub(crate) type Node<'a> = &'a Spanned<DeValue<'a>>;

pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    pub(crate) problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(crate) fn problem(
        &mut self,
        code: &'static str,
        path: &str,
        node: Option<Node<'_>>,
        reason: impl Into<String>,
    ) {
        let value = node.map(|node| shown(self.text, node.span())).unwrap_or_default();
        self.problems.push(Problem { code, path: path.to_owned(), value, reason: reason.into() });
    }

    /// Complains about every key that is not known.
    pub(crate) fn only(&mut self, table: &DeTable<'_>, path: &str, known: &[&str]) {
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            if !known.contains(&key) {
                let reason = format!("there is no such setting here; known are {}", known.join(", "));
                self.problem("RANK_UNKNOWN_KEY", &join(path, key), Some(value), reason);
            }
        }
    }

    pub(crate) fn wrong_type(&mut self, path: &str, node: Node<'_>, expected: &str) {
        self.problem("RANK_TYPE", path, Some(node), format!("must be {expected}"));
    }

    pub(crate) fn table<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        path: &str,
        key: &str,
    ) -> Option<&'t DeTable<'t>> {
        let node = table.get(key)?;
        let found = node.get_ref().as_table();
        if found.is_none() {
            self.wrong_type(&join(path, key), node, "a table");
        }
        found
    }

    pub(crate) fn array<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        path: &str,
        key: &str,
    ) -> Option<&'t DeArray<'t>> {
        let node = table.get(key)?;
        let path = join(path, key);
        let Some(found) = node.get_ref().as_array() else {
            self.wrong_type(&path, node, "a list");
            return None;
        };
        if found.len() > ROWS_MAX {
            self.problem("RANK_RANGE", &path, Some(node), format!("a list has at most {ROWS_MAX} rows"));
            return None;
        }
        Some(found)
    }

    pub(crate) fn flag(&mut self, table: &DeTable<'_>, path: &str, key: &str, default: bool) -> bool {
        let Some(node) = table.get(key) else { return default };
        node.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(&join(path, key), node, "true or false");
            default
        })
    }

    /// The position of the chosen identifier; 0, the default, when it is left out.
    pub(crate) fn choice(&mut self, table: &DeTable<'_>, path: &str, key: &str, known: &[&str]) -> usize {
        let Some(node) = table.get(key) else { return 0 };
        let chosen = node.get_ref().as_str().and_then(|text| known.iter().position(|k| *k == text));
        chosen.unwrap_or_else(|| {
            let reason = format!("must be one of {}", known.join(", "));
            self.problem("RANK_CHOICE", &join(path, key), Some(node), reason);
            0
        })
    }

    pub(crate) fn whole(
        &mut self,
        table: &DeTable<'_>,
        path: &str,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let node = table.get(key)?;
        self.whole_at(&join(path, key), node, range)
    }

    pub(crate) fn whole_at(&mut self, path: &str, node: Node<'_>, range: RangeInclusive<u32>) -> Option<u32> {
        let value = integer(node.get_ref()).and_then(|n| u32::try_from(n).ok()).filter(|n| range.contains(n));
        if value.is_none() {
            let reason = format!("must be a whole number, {} to {}", range.start(), range.end());
            self.problem("RANK_RANGE", path, Some(node), reason);
        }
        value
    }

    /// A decimal of at most `places` places from 0 to `max`.
    pub(crate) fn decimal_at(
        &mut self,
        path: &str,
        node: Node<'_>,
        max: i64,
        places: u32,
    ) -> Option<Decimal> {
        let value = decimal(node.get_ref());
        let fits =
            |d: &Decimal| *d >= Decimal::ZERO && *d <= Decimal::from(max) && d.normalize().scale() <= places;
        let checked = value.filter(fits);
        if checked.is_none() {
            let reason = format!("must be a number from 0 to {max} with at most {places} decimal places");
            self.problem("RANK_RANGE", path, Some(node), reason);
        }
        checked
    }

    /// A decimal from 0 to 100 with at most two places, in hundredths.
    pub(crate) fn hundredths_at(&mut self, path: &str, node: Node<'_>) -> Option<u32> {
        let value = self.decimal_at(path, node, 100, 2)?;
        // Two places at most, so a hundred times it is whole.
        (value * Decimal::ONE_HUNDRED).to_u32()
    }

    pub(crate) fn text_at(&mut self, path: &str, node: Node<'_>) -> Option<String> {
        let text = node.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            self.wrong_type(path, node, "a text that is not empty");
        }
        text.map(str::to_owned)
    }
}

pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

pub(crate) fn plain<T>(rows: Vec<(usize, Node<'_>, T)>) -> Vec<T> {
    rows.into_iter().map(|(_, _, value)| value).collect()
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A number or a text of a number, with exactly the digits that are written.
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
