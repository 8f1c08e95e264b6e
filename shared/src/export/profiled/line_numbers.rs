//! Layouts without line numbers, where an import numbers the lines in order.

use super::Writer;
use crate::dataset::ColumnKind;
use crate::export::error::ExportError;
use crate::export::sink::Sink;
use crate::profile::TargetRules;

/// The highest line number.
const LINES_MAX: usize = 1_000;

/// The most lines that may be missing before a line.
const GAP_MAX: i64 = 1_000;

impl Writer<'_> {
    /// The lines of a record at the positions of their numbers, so that an import numbers them the same. An empty one is
    /// a position without a line; a line whose number is no position is left out.
    pub(super) fn in_places(&mut self, target: &TargetRules, lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
        let counted = target.columns.iter().find(|(_, rule)| rule.count.is_some());
        let Some(at) = counted.and_then(|(name, _)| target.dataset.column_index(name)) else { return lines };
        let mut places: Vec<Vec<String>> = Vec::new();
        for line in lines {
            let place = line.get(at).and_then(|number| number.parse::<usize>().ok());
            match place.filter(|place| (1..=LINES_MAX).contains(place)) {
                Some(place) => {
                    places.resize_with(places.len().max(place), Vec::new);
                    places[place - 1] = line;
                }
                None => self.counts.left_out += 1,
            }
        }
        places
    }

    /// Writes a line that an import skips for each missing number before a line. Returns `false` when the line's number
    /// cannot come next.
    pub(super) fn fill_gaps(
        &mut self,
        main: &TargetRules,
        cells: &[String],
        line: &[String],
        sink: &mut Sink<'_>,
    ) -> Result<bool, ExportError> {
        let counted = main.columns.iter().find_map(|(name, rule)| Some((name, rule.count.as_ref()?)));
        let Some((name, group)) = counted else { return Ok(true) };
        let number: Option<i64> = main.dataset.column_index(name).and_then(|at| cells[at].parse().ok());
        let group = self.profile.position(group).and_then(|at| line.get(at)).cloned().unwrap_or_default();
        let before = if self.numbered.0 == group { self.numbered.1 } else { 0 };
        let skip = self.profile.skip.iter().find(|skip| !skip.unless);
        let missing = number.map(|number| number - before - 1);
        let (Some(number), Some(missing)) =
            (number, missing.filter(|missing| (0..GAP_MAX).contains(missing)))
        else {
            return Ok(false);
        };
        if missing > 0 {
            let Some(skip) = skip else { return Ok(false) };
            let filler = self.filler(main, line, &skip.column, skip.values.first());
            for _ in 0..missing {
                self.put_cells(&filler, sink)?;
            }
        }
        self.numbered = (group, number);
        Ok(true)
    }

    /// A line that an import skips: the slip and the customer, and the word by which it is skipped.
    fn filler(
        &self,
        main: &TargetRules,
        line: &[String],
        column: &str,
        value: Option<&String>,
    ) -> Vec<String> {
        let cell = |(at, name): (usize, &String)| {
            let is_needed = self.pieces[at].first().is_some_and(|piece| {
                let column = &main.dataset.columns[piece.column];
                piece.target == 0 && column.required && column.kind != ColumnKind::Decimal
            });
            match value.filter(|_| name == column) {
                Some(value) => value.clone(),
                None if is_needed => line[at].clone(),
                None => String::new(),
            }
        };
        self.profile.columns.iter().enumerate().map(cell).collect()
    }
}
