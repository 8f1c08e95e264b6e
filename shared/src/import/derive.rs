//! From a row's cells to the texts of a data set's columns.

use std::borrow::Cow;

use super::cell::amount;
use super::decode::Decoded;
use super::layout::{Layout, Made, Rule, Target};
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
    /// For each counter the cell of the row before and how many rows had it.
    counts: Vec<(Vec<u8>, u64)>,
    /// The numbers of a cell that makes several rows, and which of them is meant.
    parts: Vec<String>,
    part: usize,
}

/// Bytes that are no text.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotText;

impl<'l> Deriver<'l> {
    pub(super) fn new(layout: &'l Layout) -> Self {
        let counts = layout.counters.iter().map(|_| (Vec::new(), 0)).collect();
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
            let cell = self.cell(rows, self.layout.counters[at]).to_vec();
            let (before, count) = &mut self.counts[at];
            *count = if *before == cell { *count + 1 } else { 1 };
            *before = cell;
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
            let cell = String::from_utf8_lossy(rows.cell(skip.cell));
            let listed = skip.values.iter().any(|value| value == cell.trim());
            (listed != skip.unless).then_some(skip.reason.as_str())
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
            return Ok(self.counts.get(counter).map_or(0, |(_, count)| *count).to_string());
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
