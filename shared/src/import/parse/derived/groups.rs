//! The groups of a row's repeated columns, and the numbers that they get.

use super::{Deriver, is_filled};
use crate::import::input::Decoded;
use crate::import::input::rows::Rows;
use crate::import::layout::{CounterAt, Derived, Target};
use crate::import::parse::counters::{meaning, shortened};

impl Deriver<'_> {
    /// Finds the groups of repeated columns that have something in them.
    pub(super) fn find_groups(&mut self, rows: &Rows<Decoded>) {
        self.groups.clear();
        if let Some(repeat) = &self.layout.repeat {
            let is_filled = |cells: &Vec<Option<usize>>| {
                cells.iter().flatten().any(|at| is_filled(self.without_none(rows.cell(*at))))
            };
            let groups = repeat.groups.iter().enumerate().filter(|(_, cells)| is_filled(cells));
            self.groups = groups.map(|(group, _)| group).collect();
        }
        if self.groups.is_empty() {
            self.groups.push(0);
        }
        self.first_group();
    }

    /// What is read of repeated columns is the row's first group that has something in it.
    pub(super) fn first_group(&mut self) {
        self.wanted.clear();
        self.group = self.groups[0];
    }

    /// Numbers the groups of the row.
    pub(super) fn count(&mut self, rows: &Rows<Decoded>) {
        if self.counts.len() == 0 {
            return;
        }
        let mut counts = std::mem::take(&mut self.counts);
        counts.begin(self.groups.last().map_or(1, |last| last + 1));
        for at in 0..self.groups.len() {
            self.group = self.groups[at];
            for (counter, by) in self.layout.counters.iter().enumerate() {
                match (&by.join, by.cells.as_slice()) {
                    (None, [cell]) => counts.add(counter, self.group, self.cell(rows, *cell)),
                    _ => counts.add(counter, self.group, self.same_text(by, rows).as_bytes()),
                }
            }
        }
        self.counts = counts;
        self.first_group();
    }

    /// The text by which rows are the same.
    pub(super) fn same_text(&self, by: &CounterAt, rows: &Rows<Decoded>) -> String {
        let cell = |at: &usize| meaning(&String::from_utf8_lossy(self.cell(rows, *at)));
        by.cells.iter().map(cell).collect::<Vec<_>>().join(by.join.as_deref().unwrap_or_default())
    }

    /// How many groups of the row become a row of this data set. A main row has one at least, so that none is lost.
    pub(super) fn groups_of(&mut self, target: &Target, rows: &Rows<Decoded>) -> usize {
        self.wanted.clear();
        for at in 0..self.groups.len() {
            self.group = self.groups[at];
            if self.is_wanted(target, rows) {
                self.wanted.push(self.group);
            }
        }
        self.group = self.wanted.first().copied().unwrap_or(self.groups[0]);
        let is_main = self.layout.targets.first().is_some_and(|main| std::ptr::eq(main, target));
        if is_main && target.when.is_empty() { self.wanted.len().max(1) } else { self.wanted.len() }
    }

    /// What the row's cells mean, and which of the file's rows with that it is; empty when nothing is in them.
    pub(super) fn numbered_text(&self, derived: &Derived, counter: usize, rows: &Rows<Decoded>) -> String {
        let is_filled = |at: &usize| is_filled(self.cell(rows, *at));
        match self.layout.counters.get(counter).filter(|_| derived.cells.iter().any(is_filled)) {
            Some(by) => {
                format!("{}-{}", shortened(self.same_text(by, rows)), self.counts.number(counter, self.group))
            }
            None => String::new(),
        }
    }
}
