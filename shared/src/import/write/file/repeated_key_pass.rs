//! The pass over a file that finds keys which occur twice.

use std::io;

use super::super::repeated_keys::{CandidateFinder, RepeatedKeys, hash};
use super::{Compared, FileImport, PROGRESS_ROWS};
use crate::import::input::rows::Found;
use crate::import::options::ImportProgress;
use crate::import::parse::row_check::Checker;

impl FileImport<'_> {
    /// Reads the file once for keys that occur twice.
    pub(super) fn find_repeated_keys(
        &self,
        progress: &mut dyn FnMut(ImportProgress<'_>),
        known: &mut [Compared],
    ) -> io::Result<Vec<RepeatedKeys>> {
        let bytes = self.source.detected.bytes;
        let checker = Checker::new(self.source, self.layout, self.settings);
        let mut pass = self.pass()?;
        let mut finders: Vec<CandidateFinder> =
            self.layout.targets.iter().map(|_| CandidateFinder::new(bytes)).collect();
        let mut count = 0_u64;
        loop {
            let found = pass.rows.next()?;
            match found {
                Found::End => return Ok(finders.into_iter().map(CandidateFinder::finish).collect()),
                _ if pass.rows.line() <= self.layout.skip_through => continue,
                Found::Bad(_) => {
                    pass.deriver.lose_record();
                    continue;
                }
                Found::Row => {}
            }
            count += 1;
            if count.is_multiple_of(PROGRESS_ROWS) {
                let (file, bytes_done) = (self.source.name.as_str(), bytes + pass.rows.source().bytes_done);
                progress(ImportProgress::Checking { file, bytes_done, bytes_total: bytes.saturating_mul(2) });
            }
            pass.deriver.begin(&pass.rows);
            if pass.deriver.skipped(&pass.rows).is_some() {
                continue;
            }
            for (at, target) in self.layout.targets.iter().enumerate() {
                // Rows from one row of the file cannot be told apart by lines.
                if target.split.is_some() {
                    continue;
                }
                for part in 0..pass.deriver.rows_of(target, &pass.rows) {
                    pass.deriver.select_part(part);
                    let (values, rows) = (&mut pass.values[at], &pass.rows);
                    let convert =
                        |&key: &usize| checker.convert(target, &pass.deriver, rows, key, &mut values[key]);
                    if target.key.iter().map(convert).all(|checked| checked.is_ok()) {
                        let key = target.key.first().and_then(|key| pass.values[at][*key].as_ref());
                        known[at].see(key, pass.rows.line());
                        finders[at].add(hash(target.key.iter().map(|&key| &pass.values[at][key])));
                    }
                }
            }
        }
    }
}
