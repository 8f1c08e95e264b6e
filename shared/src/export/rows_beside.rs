//! Rows of a second data set beside those of the first: a customer's contact, a quote's lines.
//!
//! Both are read in key order. The second is read first, into an unnamed temporary file, and then follows the first row
//! by row: memory holds one row of each.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, SeekFrom};

use super::cells::{push_cell, scan};
use super::error::ExportError;
use crate::dataset::Dataset;
use crate::phone::split_cell;
use crate::profile::{ColumnRule, Profile, TargetRules};
use crate::store::Reader;

/// For each data set but the first, its rows that the layout can represent.
pub(super) fn all_beside(
    reader: &mut Reader,
    profile: &Profile,
    main: &TargetRules,
) -> Result<Vec<Option<RowsBeside>>, ExportError> {
    let mut found = Vec::new();
    for (at, target) in profile.targets.iter().enumerate() {
        let linked = at > 0 && target.dataset.key.first() == main.dataset.key.first();
        found.push(if linked {
            Some(RowsBeside::new(reader, target.dataset, &|cells| represents(target, cells))?)
        } else {
            None
        });
    }
    Ok(found)
}

/// Whether an import of the layout restores this row: its constants hold, it has one telephone number, and the columns
/// that the layout requires are filled.
fn represents(target: &TargetRules, cells: &[String]) -> bool {
    let value = |name: &str| target.dataset.column_index(name).and_then(|at| cells.get(at));
    let holds = |(name, rule): &(&'static str, ColumnRule)| match &rule.constant {
        Some(constant) if rule.from.is_empty() => value(name) == Some(constant),
        _ => true,
    };
    let single = |(name, rule): &(&'static str, ColumnRule)| {
        let split = target.split_phones.is_some() && rule.from.first() == target.split_phones.as_ref();
        !split || value(name).is_none_or(|cell| split_cell(cell).len() < 2)
    };
    let is_asked_for = |rule: &ColumnRule| rule.from.iter().any(|from| target.when.contains(from));
    let is_filled = |(name, rule): &(&'static str, ColumnRule)| {
        is_asked_for(rule) && value(name).is_some_and(|cell| !cell.is_empty())
    };
    let is_there = target.when.is_empty() || target.columns.iter().any(is_filled);
    is_there && target.columns.iter().all(|column| holds(column) && single(column))
}

/// Rows of the data sets beside the records, each data set counted once.
pub(super) fn count_beside(profile: &Profile, rows: &[Option<RowsBeside>]) -> u64 {
    let beside = |target: &TargetRules| profile.record.is_none() || target.once_a_record;
    let rows = profile.targets.iter().zip(rows).filter(|(target, _)| beside(target));
    let rows = rows.filter_map(|(target, rows)| Some((target.dataset.name, rows.as_ref()?.rows())));
    rows.collect::<BTreeMap<_, _>>().values().sum()
}

/// The rows of a data set by its first key column.
pub(super) struct RowsBeside {
    rows: csv::Reader<BufReader<File>>,
    ahead: csv::StringRecord,
    has_ahead: bool,
    read: u64,
}

impl RowsBeside {
    /// Keeps the `wanted` rows as native cells.
    pub(super) fn new(
        reader: &mut Reader,
        dataset: &'static Dataset,
        wanted: &dyn Fn(&[String]) -> bool,
    ) -> Result<Self, ExportError> {
        let file = tempfile::tempfile().map_err(ExportError::broken)?;
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        let mut cells = vec![String::new(); dataset.columns.len()];
        let mut read = 0;
        scan(reader, dataset, &mut |row| {
            read += 1;
            for (at, column) in dataset.columns.iter().enumerate() {
                cells[at].clear();
                push_cell(row, at, column, &mut cells[at]);
            }
            if wanted(&cells) { writer.write_record(&cells).map_err(ExportError::broken) } else { Ok(()) }
        })?;
        let buffered = writer.into_inner().map_err(|error| ExportError::broken(error.error()))?;
        let mut file = buffered.into_inner().map_err(|error| ExportError::broken(error.error()))?;
        file.seek(SeekFrom::Start(0)).map_err(ExportError::broken)?;
        let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(BufReader::new(file));
        let mut beside = Self { rows, ahead: csv::StringRecord::new(), has_ahead: false, read };
        beside.step()?;
        Ok(beside)
    }

    /// Rows of the data set, wanted or not.
    pub(super) fn rows(&self) -> u64 {
        self.read
    }

    fn step(&mut self) -> Result<(), ExportError> {
        self.has_ahead = self.rows.read_record(&mut self.ahead).map_err(ExportError::broken)?;
        Ok(())
    }

    /// All rows whose first cell is `key`; keys must be asked for in order.
    pub(super) fn of(&mut self, key: &str) -> Result<Vec<Vec<String>>, ExportError> {
        let mut found = Vec::new();
        while self.has_ahead {
            let own = self.ahead.get(0).unwrap_or_default();
            if own > key {
                break;
            }
            if own == key {
                found.push(self.ahead.iter().map(str::to_owned).collect());
            }
            self.step()?;
        }
        Ok(found)
    }
}
