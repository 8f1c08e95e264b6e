//! Rows of a second data set beside those of the first: a customer's contact, a quote's lines.
//!
//! Both are read in key order. The second is read first, into a file without a name, and then follows the first
//! row by row: memory holds one row of each.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, SeekFrom};

use super::{ExportError, broken, push_cell, scan};
use crate::dataset::Dataset;
use crate::store::Reader;

/// The rows of a data set by its first key column.
pub(super) struct Companion {
    rows: csv::Reader<BufReader<File>>,
    ahead: csv::StringRecord,
    has_ahead: bool,
}

impl Companion {
    /// Keeps the rows that `wanted` takes, as native cells.
    pub(super) fn new(
        reader: &mut Reader,
        dataset: &'static Dataset,
        wanted: &dyn Fn(&[String]) -> bool,
    ) -> Result<Self, ExportError> {
        let file = tempfile::tempfile().map_err(|error| broken(&error))?;
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        let mut cells = vec![String::new(); dataset.columns.len()];
        scan(reader, dataset, &mut |row| {
            for (at, column) in dataset.columns.iter().enumerate() {
                cells[at].clear();
                push_cell(row, at, column, &mut cells[at]);
            }
            if wanted(&cells) { writer.write_record(&cells).map_err(|error| broken(&error)) } else { Ok(()) }
        })?;
        let buffered = writer.into_inner().map_err(|error| broken(&error))?;
        let mut file = buffered.into_inner().map_err(|error| broken(&error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| broken(&error))?;
        let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(BufReader::new(file));
        let mut companion = Self { rows, ahead: csv::StringRecord::new(), has_ahead: false };
        companion.step()?;
        Ok(companion)
    }

    fn step(&mut self) -> Result<(), ExportError> {
        self.has_ahead = self.rows.read_record(&mut self.ahead).map_err(|error| broken(&error))?;
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
