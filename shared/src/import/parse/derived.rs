//! From a row's cells to the texts of a data set's columns.

mod groups;

use std::borrow::Cow;

use super::counters::Counters;
use super::number::{decimal, scaled_amount, scaled_product};
use crate::era::parse_date_lenient_era;
use crate::import::input::rows::Rows;
use crate::import::input::{Decoded, MERGED_MARK};
use crate::import::layout::{Derived, Layout, LessAt, Rule, Target};
use crate::message::Message;
use crate::phone::split_cell;
use crate::profile::DateForm;
use crate::text::{search_key, visible};

/// Derives texts from rows, with what is kept from row to row.
#[derive(Debug)]
pub(crate) struct Deriver<'l> {
    layout: &'l Layout,
    /// Whether this row is the first of its record.
    starts: bool,
    /// The cells of the record's first row.
    carried: Vec<Vec<u8>>,
    /// The counters that number lines.
    counts: Counters,
    /// The filled groups of the row's repeated columns, those that become rows of the data set, and the current one.
    groups: Vec<usize>,
    wanted: Vec<usize>,
    group: usize,
    /// The telephone numbers of a cell each of which becomes a row, and the current one.
    parts: Vec<String>,
    part: usize,
}

/// Bytes that are not text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotText;

impl<'l> Deriver<'l> {
    pub(crate) fn new(layout: &'l Layout) -> Self {
        Self {
            layout,
            starts: true,
            carried: Vec::new(),
            counts: Counters::new(layout.counters.len()),
            groups: Vec::new(),
            wanted: Vec::new(),
            group: 0,
            parts: Vec::new(),
            part: 0,
        }
    }

    /// A row begins.
    pub(crate) fn begin(&mut self, rows: &Rows<Decoded>) {
        if let Some(record) = &self.layout.record {
            let cell = rows.cell(record.cell);
            let marked = match &record.mark {
                Some(mark) => is_text(cell, mark),
                None => is_filled(cell) && !self.repeats_record(rows, record.cell),
            };
            self.starts = marked || self.carried.is_empty();
            if self.starts {
                self.carried.resize_with(self.layout.width, Vec::new);
                for (at, kept) in self.carried.iter_mut().enumerate() {
                    kept.clear();
                    kept.extend_from_slice(rows.cell(at));
                }
            }
        }
        self.find_groups(rows);
        self.count(rows);
    }

    /// A row cannot be read: what follows is not known to belong to its record, nor to the one before.
    pub(crate) fn lose_record(&mut self) {
        self.carried.clear();
    }

    /// Whether a cell is that of the record's first row.
    fn repeats_record(&self, rows: &Rows<Decoded>, at: usize) -> bool {
        self.carried.get(at).is_some_and(|first| first.trim_ascii() == rows.cell(at).trim_ascii())
    }

    /// Whether the row is the first of its record.
    pub(crate) fn starts(&self) -> bool {
        self.starts
    }

    /// Whether a cell of a record's further row is empty or repeats that of the first row.
    pub(crate) fn agrees_with_record(&self, rows: &Rows<Decoded>, at: usize) -> bool {
        let cell = rows.cell(at).trim_ascii();
        cell.is_empty() || self.carried.get(at).is_some_and(|first| first.trim_ascii() == cell)
    }

    /// Why the row is skipped, when it is.
    pub(crate) fn skipped(&self, rows: &Rows<Decoded>) -> Option<&'l Message> {
        self.layout.skips.iter().find_map(|skip| {
            let skipped = match skip.cell {
                Some(cell) => {
                    skip.values.iter().any(|value| is_text(self.own_or_carried(rows, cell), value))
                        != skip.unless
                }
                None => skip.empty.iter().all(|cell| !is_filled(self.own_or_carried(rows, *cell))),
            };
            skipped.then_some(&skip.reason)
        })
    }

    /// How many rows of this data set the row becomes.
    pub(crate) fn rows_of(&mut self, target: &Target, rows: &Rows<Decoded>) -> usize {
        if target.once_a_record && !self.starts {
            return 0;
        }
        self.parts.clear();
        if target.repeats {
            return self.groups_of(target, rows);
        }
        self.first_group();
        if !self.is_wanted(target, rows) {
            return 0;
        }
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

    fn is_wanted(&self, target: &Target, rows: &Rows<Decoded>) -> bool {
        target.when.is_empty() || target.when.iter().any(|at| is_filled(self.cell(rows, *at)))
    }

    /// Whether the row has an address from which the prefecture is taken.
    pub(crate) fn has_address(&self, target: &Target, rows: &Rows<Decoded>) -> bool {
        let filled = |at: &usize| self.str(rows, *at).is_ok_and(|cell| !cell.trim().is_empty());
        target.prefecture().is_some_and(|(_, derived)| derived.cells.iter().any(filled))
    }

    /// Selects one of the rows that [`Deriver::rows_of`] counted.
    pub(crate) fn select_part(&mut self, part: usize) {
        self.part = part;
        if let Some(group) = self.wanted.get(part).filter(|_| self.parts.is_empty()) {
            self.group = *group;
        }
    }

    /// The text of a column; `None` when the file does not have it.
    pub(crate) fn text<'r>(
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
            Rule::Derived(derived) => self.derived(derived, rows).map(|text| Some(Cow::Owned(text))),
        }
    }

    /// Whether nothing is in the cells from which a column comes, or there are none.
    pub(crate) fn is_empty(&self, target: &Target, at: usize, rows: &Rows<Decoded>) -> bool {
        match self.text(target, &target.rules[at], rows) {
            Ok(text) => text.is_none_or(|text| visible(&text).trim().is_empty()),
            Err(NotText) => false,
        }
    }

    fn str<'r>(&'r self, rows: &'r Rows<Decoded>, at: usize) -> Result<&'r str, NotText> {
        std::str::from_utf8(self.cell(rows, at)).map_err(|_| NotText)
    }

    /// A cell of the row, or of its record's first row; empty when it is a word for no value.
    fn cell<'r>(&'r self, rows: &'r Rows<Decoded>, at: usize) -> &'r [u8] {
        self.without_none(self.own_or_carried(rows, at))
    }

    fn without_none<'r>(&self, cell: &'r [u8]) -> &'r [u8] {
        let is_none = |word: &String| is_text(cell, word);
        if self.layout.none.iter().any(is_none) { &[] } else { cell }
    }

    fn own_or_carried<'r>(&'r self, rows: &'r Rows<Decoded>, at: usize) -> &'r [u8] {
        let cell = match self.layout.repeat.as_ref().and_then(|repeat| repeat.cell(at, self.group)) {
            Some(Some(own)) => return rows.cell(own),
            Some(None) => return &[],
            None => rows.cell(at),
        };
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

    fn derived(&self, derived: &Derived, rows: &Rows<Decoded>) -> Result<String, NotText> {
        if let Some(counter) = derived.counter {
            return Ok(self.counts.number(counter, self.group).to_string());
        }
        if let Some(counter) = derived.nth {
            return Ok(self.numbered_text(derived, counter, rows));
        }
        let mut text = String::new();
        let less = derived.less.as_ref().map(|less| &less.cell);
        let used = derived.cells.iter().chain(&derived.or).chain(&derived.times).chain(less);
        let is_shared = self.layout.form.numbered
            && used.clone().any(|at| self.str(rows, *at).is_ok_and(|cell| cell.starts_with(MERGED_MARK)));
        for at in &derived.cells {
            let cell = self.str(rows, *at)?.trim();
            if !text.is_empty() && !cell.is_empty() {
                text.push_str(&derived.join);
            }
            text.push_str(cell);
        }
        for at in &derived.or {
            if text.is_empty() {
                text.push_str(self.str(rows, *at)?.trim());
            }
        }
        if text.is_empty() {
            return Ok(derived.constant.clone().unwrap_or_default());
        }
        if let Some(take) = derived.take {
            text = take.of(&text).to_owned();
        }
        if !derived.map.is_empty() || derived.rest.is_some() {
            let key = search_key(&visible(&text));
            let meant = derived.map.iter().find(|(cell, _)| *cell == key || *cell == text);
            text = match (meant, &derived.rest) {
                (Some((_, meaning)), _) => meaning.clone(),
                (None, Some(rest)) => rest.clone(),
                (None, None) => text,
            };
        }
        if let Some(form) = derived.date {
            text = date(form, text);
        }
        if let Some(cell) = derived.times {
            text = product(&text, self.str(rows, cell)?);
        }
        if let Some(factor) = derived.factor {
            text = product(&text, &factor.to_string());
        }
        if let Some(less) = &derived.less {
            text = self.less(less, text, rows)?;
        }
        if let Some((cell, values)) = &derived.negative
            && values.iter().any(|value| is_text(self.cell(rows, *cell), value))
            && let Ok(scaled) = scaled_amount(&visible(&text))
            && scaled > 0
        {
            text.insert(0, '-');
        }
        if is_shared {
            text.insert(0, MERGED_MARK);
        }
        Ok(text)
    }
}

impl Deriver<'_> {
    /// The amount less what it contains of another cell. What is not a number makes the result not a number, so that
    /// the row is refused.
    fn less(&self, less: &LessAt, text: String, rows: &Rows<Decoded>) -> Result<String, NotText> {
        let part = self.str(rows, less.cell)?;
        let (part, is_always) = (visible(part), less.only.is_none());
        let part = part.trim();
        let decided = |(cell, values): &(usize, Vec<String>)| {
            values.iter().any(|value| is_text(self.cell(rows, *cell), value))
        };
        if part.is_empty() && is_always {
            return Ok(String::new());
        }
        if part.is_empty() || !less.only.as_ref().is_none_or(decided) {
            return Ok(text);
        }
        let (Ok(whole), Ok(contained)) = (scaled_amount(&visible(&text)), scaled_amount(part)) else {
            return Ok(format!("{text} - {part}"));
        };
        let (whole, contained) = (i128::from(whole), i128::from(contained));
        // The tax of a return is negative with some programs and not with others; a loss is a loss.
        let rest = whole - if less.unsigned { contained.abs() * whole.signum() } else { contained };
        Ok(decimal(rest))
    }
}

/// Whether people see this text in the cell.
fn is_text(cell: &[u8], text: &str) -> bool {
    let cell = cell.trim_ascii();
    cell == text.as_bytes()
        || !cell.is_ascii() && std::str::from_utf8(cell).is_ok_and(|cell| visible(cell).trim() == text)
}

/// Whether people see anything in the cell.
fn is_filled(cell: &[u8]) -> bool {
    let is_seen = |cell: &str| !visible(cell).trim().is_empty();
    match cell.trim_ascii() {
        [] => false,
        [first, ..] if first.is_ascii() => true,
        cell => std::str::from_utf8(cell).map_or(true, is_seen),
    }
}

/// Both numbers multiplied, to four places; not a number when one of them is not.
fn product(text: &str, by: &str) -> String {
    match (scaled_amount(text), scaled_amount(by.trim())) {
        (Ok(one), Ok(other)) => decimal(scaled_product(one, other)),
        _ if by.trim().is_empty() => String::new(),
        _ => format!("{text} × {by}"),
    }
}

/// A date of this layout in a form that every column accepts; what is not a date stays and is refused there.
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
