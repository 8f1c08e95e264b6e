//! From a row's cells to the texts of a data set's columns.

use std::borrow::Cow;

use super::cell::{amount, scaled_product};
use super::count::Counter;
use super::decode::Decoded;
use super::layout::{Layout, LessAt, Made, Rule, Target};
use super::rows::Rows;
use crate::era::parse_date_lenient_era;
use crate::phone::split_cell;
use crate::profile::DateForm;
use crate::text::search_key;

/// What is kept from row to row while a file is read.
#[derive(Debug)]
pub(super) struct Deriver<'l> {
    layout: &'l Layout,
    /// Whether this row is the first of its record.
    starts: bool,
    /// The cells of the record's first row.
    carried: Vec<Vec<u8>>,
    /// For each counter how many rows had which cell.
    counts: Vec<Counter>,
    /// The numbers of a cell that makes several rows, and which of them is meant.
    parts: Vec<String>,
    part: usize,
}

/// Bytes that are no text.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotText;

impl<'l> Deriver<'l> {
    pub(super) fn new(layout: &'l Layout) -> Self {
        let counts = layout.counters.iter().map(|_| Counter::default()).collect();
        Self { layout, starts: true, carried: Vec::new(), counts, parts: Vec::new(), part: 0 }
    }

    /// A row begins.
    pub(super) fn begin(&mut self, rows: &Rows<Decoded>) {
        if let Some(record) = &self.layout.record {
            let marked = rows.cell(record.cell).trim_ascii() == record.mark.as_bytes();
            self.starts = marked || self.carried.is_empty();
            if self.starts {
                self.carried.resize_with(self.layout.width, Vec::new);
                for (at, kept) in self.carried.iter_mut().enumerate() {
                    kept.clear();
                    kept.extend_from_slice(rows.cell(at));
                }
            }
        }
        for at in 0..self.counts.len() {
            let mut counter = std::mem::take(&mut self.counts[at]);
            counter.add(self.cell(rows, self.layout.counters[at]));
            self.counts[at] = counter;
        }
    }

    /// Whether the row is the first of its record.
    pub(super) fn starts(&self) -> bool {
        self.starts
    }

    /// Whether a cell of a record's further row is empty or repeats that of the first row.
    pub(super) fn is_as_the_record_says(&self, rows: &Rows<Decoded>, at: usize) -> bool {
        let cell = rows.cell(at).trim_ascii();
        cell.is_empty() || self.carried.get(at).is_some_and(|first| first.trim_ascii() == cell)
    }

    /// Why the row is passed over, when it is.
    pub(super) fn skipped(&self, rows: &Rows<Decoded>) -> Option<&'l str> {
        self.layout.skips.iter().find_map(|skip| {
            let text = |at: usize| String::from_utf8_lossy(rows.cell(at));
            let passed = match skip.cell {
                Some(cell) => skip.values.iter().any(|value| value == text(cell).trim()) != skip.unless,
                None => skip.empty.iter().all(|cell| text(*cell).trim().is_empty()),
            };
            passed.then_some(skip.reason.as_str())
        })
    }

    /// How many rows of this data set the row makes.
    pub(super) fn rows_of(&mut self, target: &Target, rows: &Rows<Decoded>) -> usize {
        if target.once_a_record && !self.starts {
            return 0;
        }
        let filled = |at: &usize| self.cell(rows, *at).iter().any(|byte| !byte.is_ascii_whitespace());
        if !target.when.is_empty() && !target.when.iter().any(filled) {
            return 0;
        }
        self.parts.clear();
        if let Some(split) = target.split {
            let cell = String::from_utf8_lossy(self.cell(rows, split)).into_owned();
            for part in split_cell(&cell) {
                if !self.parts.iter().any(|known| known == part) {
                    self.parts.push(part.to_owned());
                }
            }
        }
        self.parts.len().max(1)
    }

    /// Whether the row has an address of which the prefecture is a part.
    pub(super) fn has_address(&self, target: &Target, rows: &Rows<Decoded>) -> bool {
        let filled = |at: &usize| self.str(rows, *at).is_ok_and(|cell| !cell.trim().is_empty());
        target.prefecture().is_some_and(|(_, made)| made.cells.iter().any(filled))
    }

    /// Which of the rows that [`Deriver::rows_of`] counted is meant from now on.
    pub(super) fn take_part(&mut self, part: usize) {
        self.part = part;
    }

    /// The text of a column; `None` when the file does not have it.
    pub(super) fn text<'r>(
        &'r self,
        target: &Target,
        rule: &Rule,
        rows: &'r Rows<Decoded>,
    ) -> Result<Option<Cow<'r, str>>, NotText> {
        match rule {
            Rule::Absent => Ok(None),
            Rule::Cell(at) if target.split == Some(*at) && !self.parts.is_empty() => {
                Ok(self.parts.get(self.part).map(|part| Cow::Borrowed(part.as_str())))
            }
            Rule::Cell(at) => self.str(rows, *at).map(|text| Some(Cow::Borrowed(text))),
            Rule::Made(made) => self.made(made, rows).map(|text| Some(Cow::Owned(text))),
        }
    }

    fn str<'r>(&'r self, rows: &'r Rows<Decoded>, at: usize) -> Result<&'r str, NotText> {
        std::str::from_utf8(self.cell(rows, at)).map_err(|_| NotText)
    }

    /// A cell of the row, or of its record's first row.
    fn cell<'r>(&'r self, rows: &'r Rows<Decoded>, at: usize) -> &'r [u8] {
        let cell = rows.cell(at);
        match &self.layout.record {
            Some(record)
                if !self.starts
                    && cell.trim_ascii().is_empty()
                    && !record.own.get(at).is_some_and(|own| *own) =>
            {
                self.carried.get(at).map_or(cell, Vec::as_slice)
            }
            _ => cell,
        }
    }

    fn made(&self, made: &Made, rows: &Rows<Decoded>) -> Result<String, NotText> {
        if let Some(counter) = made.counter {
            return Ok(self.counts.get(counter).map_or(0, Counter::count).to_string());
        }
        let mut text = String::new();
        for at in &made.cells {
            let cell = self.str(rows, *at)?.trim();
            if !text.is_empty() && !cell.is_empty() {
                text.push_str(&made.join);
            }
            text.push_str(cell);
        }
        if text.is_empty() {
            return Ok(made.constant.clone().unwrap_or_default());
        }
        if let Some(take) = made.take {
            text = take.of(&text).to_owned();
        }
        if !made.map.is_empty() || made.rest.is_some() {
            let key = search_key(&text);
            let meant = made.map.iter().find(|(cell, _)| *cell == key || *cell == text);
            text = match (meant, &made.rest) {
                (Some((_, meaning)), _) => meaning.clone(),
                (None, Some(rest)) => rest.clone(),
                (None, None) => text,
            };
        }
        if let Some(form) = made.date {
            text = date(form, text);
        }
        if let Some(cell) = made.times {
            text = product(&text, self.str(rows, cell)?);
        }
        if let Some(less) = &made.less {
            text = self.less(less, text, rows)?;
        }
        if let Some((cell, values)) = &made.negative {
            let decides = self.str(rows, *cell)?.trim();
            if values.iter().any(|value| value == decides)
                && let Ok(scaled) = amount(&text)
                && scaled > 0
            {
                text.insert(0, '-');
            }
        }
        Ok(text)
    }
}

impl Deriver<'_> {
    /// The amount without what it contains of another cell. What is no number makes none of it, so that the row is
    /// refused and not taken as it is.
    fn less(&self, less: &LessAt, text: String, rows: &Rows<Decoded>) -> Result<String, NotText> {
        let (part, decides) = (self.str(rows, less.cell)?.trim(), self.str(rows, less.only)?.trim());
        if part.is_empty() || !less.values.iter().any(|value| value == decides) {
            return Ok(text);
        }
        let (Ok(whole), Ok(contained)) = (amount(&text), amount(part)) else {
            return Ok(format!("{text} - {part}"));
        };
        // The tax of a return is negative with some and not with others.
        let rest = i128::from(whole) - i128::from(contained).abs() * i128::from(whole.signum());
        Ok(decimal(rest))
    }
}

/// Both numbers multiplied, to four places; nothing when one of them is none.
fn product(text: &str, by: &str) -> String {
    match (amount(text), amount(by.trim())) {
        (Ok(one), Ok(other)) => decimal(scaled_product(one, other)),
        _ if by.trim().is_empty() => String::new(),
        _ => format!("{text} × {by}"),
    }
}

/// A number in 1/10000 as text, also beyond what a column holds: it is refused there.
fn decimal(scaled: i128) -> String {
    let (sign, scaled) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    let text = format!("{sign}{}.{:04}", scaled / 10_000, scaled % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A date of this layout in a form that every column takes; what is none stays and is refused there.
fn date(form: DateForm, text: String) -> String {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match form {
        DateForm::ShortYear if digits && text.len() == 6 => format!("20{text}"),
        DateForm::ShortYear if text.split(['/', '-', '.']).next().is_some_and(|year| year.len() == 2) => {
            format!("20{text}")
        }
        DateForm::Era => parse_date_lenient_era(&text).map_or(text, |date| date.to_string()),
        DateForm::EraDigit if digits && text.len() == 7 => {
            let year: u32 = text[1..3].parse().unwrap_or_default();
            let year = if text.starts_with('0') { 1988 + year } else { 2000 + year };
            format!("{year}{}", &text[3..])
        }
        _ => text,
    }
}
