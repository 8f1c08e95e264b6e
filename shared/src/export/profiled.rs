//! The layout of another program: a profile applied in reverse.

mod line_numbers;
mod tax;
mod values;

use super::Counts;
use super::cells::{CellKind, push_cell, scan};
use super::error::ExportError;
use super::rows_beside::{all_beside, count_beside};
use super::sink::Sink;
use crate::dataset::ColumnKind;
use crate::profile::{ColumnRule, HeaderForm, Profile, Take, TargetRules};
use crate::store::Reader;
use values::layout_value;

/// The source of a cell of the layout.
struct Piece<'p> {
    /// The data set among the profile's.
    target: usize,
    /// The column of the data set.
    column: usize,
    rule: &'p ColumnRule,
}

/// Writes the rows of a profile.
struct Writer<'p> {
    profile: &'p Profile,
    /// For each column of the layout, its possible sources: the first data set that has a row is used.
    pieces: Vec<Vec<Piece<'p>>>,
    names: Vec<String>,
    counts: Counts,
    /// Rows of the further data sets that were written, without lines.
    beside_written: u64,
    /// The document whose lines are numbered in order, and the number of its last line.
    numbered: (String, i64),
}

/// The rows of the profile's further data sets that belong to one row, by the data set's position.
type Beside = Vec<Vec<Vec<String>>>;

/// Writes the file of a profile.
pub(super) fn write(
    reader: &mut Reader,
    profile: &Profile,
    sink: &mut Sink<'_>,
) -> Result<Counts, ExportError> {
    let Some(main) = profile.targets.first() else { return Ok(Counts::default()) };
    let mut companions = all_beside(reader, profile, main)?;
    let mut writer = Writer {
        profile,
        pieces: profile.columns.iter().map(|name| pieces(profile, name)).collect(),
        names: std::iter::repeat_n(String::new(), profile.lead)
            .chain(profile.columns.iter().cloned())
            .collect(),
        counts: Counts::default(),
        beside_written: 0,
        numbered: (String::new(), 0),
    };
    if profile.header != HeaderForm::None {
        sink.header(&writer.names)?;
    }
    let mut cells = vec![String::new(); main.dataset.columns.len()];
    let key = main.dataset.key_indexes().first().copied().unwrap_or_default();
    scan(reader, main.dataset, &mut |row| {
        for (at, column) in main.dataset.columns.iter().enumerate() {
            cells[at].clear();
            push_cell(row, at, column, &mut cells[at]);
        }
        let mut beside = vec![Vec::new(); profile.targets.len()];
        for (found, companion) in beside.iter_mut().zip(&mut companions) {
            if let Some(companion) = companion {
                *found = companion.of(&cells[key])?;
            }
        }
        for (at, target) in profile.targets.iter().enumerate().skip(1) {
            let found = std::mem::take(&mut beside[at]);
            beside[at] = if writer.has_lines(target) {
                writer.in_places(target, found)
            } else {
                writer.settled(at, found, &cells, &beside)
            };
        }
        writer.row(main, &cells, &beside, sink)
    })?;
    writer.counts.left_out_beside = count_beside(profile, &companions).saturating_sub(writer.beside_written);
    Ok(writer.counts)
}

/// The sources of a layout's column, at most one column of each data set.
fn pieces<'p>(profile: &'p Profile, name: &str) -> Vec<Piece<'p>> {
    // The parts of an address are written together, after the cells that may hold some of them separately.
    let written = |rule: &'p ColumnRule| {
        if rule.take.is_some_and(Take::is_address) { rule.from.last() } else { rule.from.first() }
    };
    // What is left of an amount is written as the part that was deducted.
    let is_rest = |rule: &ColumnRule| rule.less.as_ref().is_some_and(|less| less.only.is_none());
    let names = |rule: &'p ColumnRule| !is_rest(rule) && written(rule).is_some_and(|from| from == name);
    let piece = |(target, rules): (usize, &'p TargetRules)| {
        let (column, rule) = rules.columns.iter().find(|(_, rule)| names(rule))?;
        Some(Piece { target, column: rules.dataset.column_index(column)?, rule })
    };
    profile.targets.iter().enumerate().filter_map(piece).collect()
}

impl Writer<'_> {
    fn row(
        &mut self,
        main: &TargetRules,
        cells: &[String],
        beside: &Beside,
        sink: &mut Sink<'_>,
    ) -> Result<(), ExportError> {
        let value = |name: &str| main.dataset.column_index(name).map_or("", |at| cells[at].as_str());
        let excluded =
            main.only.iter().any(|(name, values)| !values.iter().any(|known| known == value(name)));
        let lines = beside.iter().map(Vec::len).max().unwrap_or_default();
        let lines = if self.profile.record.is_some() { lines.max(1) } else { 1 };
        let first = if excluded { None } else { self.line(main, cells, beside, 0) };
        let Some(first) = first else {
            self.counts.left_out += 1;
            return Ok(());
        };
        if !self.fill_gaps(main, cells, &first, sink)? {
            self.counts.left_out += 1;
            return Ok(());
        }
        self.put(&first, sink)?;
        let further = beside.iter().zip(&self.profile.targets).skip(1);
        self.beside_written += further
            .filter(|(_, target)| !self.has_lines(target))
            .map(|(rows, _)| rows.len() as u64)
            .sum::<u64>();
        for line in 1..lines {
            if let Some(further) = self.line(main, cells, beside, line) {
                self.put(&further, sink)?;
            }
        }
        Ok(())
    }

    /// Whether the data set's rows are lines below each other, not beside the record.
    fn has_lines(&self, target: &TargetRules) -> bool {
        self.profile.record.is_some() && !target.once_a_record
    }

    /// The one row beside the record: the first that no earlier data set has taken, and that agrees with the earlier
    /// ones in each column of the layout that they share.
    fn settled(
        &self,
        at: usize,
        found: Vec<Vec<String>>,
        cells: &[String],
        beside: &Beside,
    ) -> Vec<Vec<String>> {
        let targets = &self.profile.targets;
        let cell_before = |pieces: &[Piece<'_>]| -> Option<String> {
            let row = |target: usize| {
                if target == 0 { Some(cells) } else { beside[target].first().map(Vec::as_slice) }
            };
            let mut before = pieces.iter().filter(|piece| piece.target < at);
            before.find_map(|piece| row(piece.target)?.get(piece.column).cloned())
        };
        let agrees = |row: &Vec<String>| {
            self.pieces.iter().all(|pieces| {
                let own = pieces.iter().find(|piece| piece.target == at);
                let own = own.and_then(|piece| row.get(piece.column));
                own.zip(cell_before(pieces)).is_none_or(|(own, before)| *own == before)
            })
        };
        let is_taken = |row: &Vec<String>| {
            let same = |earlier: &usize| targets[*earlier].dataset.name == targets[at].dataset.name;
            (1..at).filter(same).any(|earlier| beside[earlier].first() == Some(row))
        };
        found.into_iter().find(|row| !is_taken(row) && agrees(row)).into_iter().collect()
    }

    /// The cells of one line; `None` when the layout cannot represent one of them.
    fn line(
        &mut self,
        main: &TargetRules,
        cells: &[String],
        beside: &Beside,
        line: usize,
    ) -> Option<Vec<String>> {
        let mut made = Vec::with_capacity(self.pieces.len());
        let key = main.dataset.key_indexes();
        for (name, pieces) in self.profile.columns.iter().zip(&self.pieces) {
            let has_row = |piece: &&Piece<'_>| {
                piece.target == 0 || beside.get(piece.target).is_some_and(|rows| !rows.is_empty())
            };
            let text = match pieces.iter().find(has_row) {
                None => String::new(),
                // Further lines repeat whose they are, and nothing else of the record.
                Some(piece) if piece.target == 0 && line > 0 && !key.contains(&piece.column) => String::new(),
                Some(piece) if piece.target == 0 => layout_value(main, piece, cells, &mut self.counts)?,
                Some(piece) => {
                    let target = self.profile.targets.get(piece.target)?;
                    let of_record = line > 0 && self.has_lines(target);
                    match beside.get(piece.target)?.get(if of_record { line } else { 0 }) {
                        Some(row) if row.is_empty() || (line > 0 && !of_record) => String::new(),
                        Some(row) => layout_value(target, piece, row, &mut self.counts)?,
                        None => String::new(),
                    }
                }
            };
            made.push(if text.is_empty() { self.blank(name, line) } else { text });
        }
        for (column, rule) in &main.columns {
            if let Some(less) = &rule.less {
                let native = main.dataset.column_index(column).map_or("", |at| cells[at].as_str());
                match &less.only {
                    Some(only) => self.add_tax(main.dataset, cells, (rule, less, only), &mut made),
                    None => self.add_part((rule, less), native, &mut made),
                }
            }
        }
        Some(made)
    }

    /// The filler of a column without a value.
    fn blank(&self, name: &str, line: usize) -> String {
        let start = self.profile.record.as_ref().filter(|record| line == 0 && record.start == name);
        let fill = self.profile.fill.iter().find(|(column, _)| column == name);
        start
            .and_then(|record| record.mark.clone())
            .or_else(|| fill.map(|(_, value)| value.clone()))
            .unwrap_or_default()
    }

    fn put(&mut self, line: &[String], sink: &mut Sink<'_>) -> Result<(), ExportError> {
        self.counts.rows += 1;
        self.put_cells(line, sink)
    }

    fn put_cells(&self, line: &[String], sink: &mut Sink<'_>) -> Result<(), ExportError> {
        for name in self.names.iter().take(self.profile.lead) {
            sink.cell(name, "", CellKind::Text)?;
        }
        for ((name, piece), text) in self.profile.columns.iter().zip(&self.pieces).zip(line) {
            // Dates have the layout's own form, so that they stay text in a workbook.
            let tax = |rule: &ColumnRule| rule.less.as_ref().is_some_and(|less| less.column == *name);
            let is_tax =
                || self.profile.targets.iter().flat_map(|target| &target.columns).any(|(_, rule)| tax(rule));
            let number = piece.first().is_some_and(|piece| {
                let dataset = self.profile.targets.get(piece.target).map(|target| target.dataset);
                dataset.is_some_and(|dataset| dataset.columns[piece.column].kind == ColumnKind::Decimal)
            });
            sink.cell(name, text, if number || is_tax() { CellKind::Number } else { CellKind::Text })?;
        }
        sink.end_row()
    }
}
