//! A long write in slices: what was written is kept from time to time, and those who wait to write come in between.
//!
//! A slice ends when somebody waits, so that an import that nobody disturbs is not slowed down by commits; and when it has
//! changed so many rows that its commit would keep somebody waiting who comes then.

use std::time::{Duration, Instant};

use super::Transaction;
use crate::store::file::StoreFile;
use crate::store::{StoreError, UnfinishedImport};

/// A slice goes on for so long though somebody waits: with less, a bridge under load would leave an import no time.
const WAITED_FOR: Duration = Duration::from_millis(20);

/// Rows that a slice changes at most.
const ROWS_MAX: u64 = 20_000;

/// How long the next slice waits for others to be done. Longer than a transaction waits: what was kept already would
/// be left unfinished.
const NEXT_WITHIN: Duration = Duration::from_secs(600);

/// The slices of a transaction.
#[derive(Debug)]
pub(in crate::store) struct Slices<'a> {
    file: &'a StoreFile,
    import: &'a UnfinishedImport,
    /// Whether there is only one.
    whole: bool,
    /// When the one that is open began.
    since: Instant,
    /// How many were kept.
    kept: u64,
}

impl<'a> Slices<'a> {
    pub(in crate::store) fn of(file: &'a StoreFile, import: &'a UnfinishedImport, whole: bool) -> Self {
        Self { file, import, whole, since: Instant::now(), kept: 0 }
    }
}

impl<'a> Transaction<'a> {
    /// A transaction of an import that may be kept in slices.
    pub(in crate::store) fn in_slices(mut self, slices: Slices<'a>) -> Self {
        self.slices = Some(slices);
        self
    }

    /// Whether a slice ought to end now; never in a transaction that is kept as a whole.
    pub fn is_slice_due(&self) -> Result<bool, StoreError> {
        let Some(slices) = self.slices.as_ref().filter(|slices| !slices.whole) else { return Ok(false) };
        if self.db.changes() - self.changes_before >= ROWS_MAX {
            return Ok(true);
        }
        Ok(slices.since.elapsed() >= WAITED_FOR && slices.file.is_turn_wanted()?)
    }

    /// Keeps what was written so far, and begins the next slice after those who wait to write. The import counts as
    /// unfinished until its last slice is kept.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when others wrote without end.
    pub fn next_slice(&mut self) -> Result<(), StoreError> {
        self.aside(|_| Ok(()))
    }

    /// [`Self::next_slice`] when one is due.
    pub fn let_others_in(&mut self) -> Result<(), StoreError> {
        if self.is_slice_due()? { self.next_slice() } else { Ok(()) }
    }

    /// As [`Self::next_slice`], and does something between the slices that takes long and locks nothing. In a
    /// transaction that is kept as a whole it is done within that.
    pub(in crate::store) fn aside<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(Slices { file, import, whole: false, kept, .. }) = self.slices else { return work(self) };
        if kept == 0 {
            self.import_begins(import)?;
        }
        self.keep()?;
        file.check()?;
        let done = work(self)?;
        self.begin_again(file)?;
        self.slices = Some(Slices { file, import, whole: false, since: Instant::now(), kept: kept + 1 });
        Ok(done)
    }

    fn begin_again(&mut self, file: &StoreFile) -> Result<(), StoreError> {
        let deadline = Instant::now() + NEXT_WITHIN;
        loop {
            let begun = file.turn().and_then(|_turn| self.db.script("BEGIN IMMEDIATE"));
            match begun {
                Err(StoreError::Busy { .. }) if Instant::now() < deadline => {}
                begun => break begun?,
            }
        }
        self.open = true;
        self.changes_before = self.db.changes();
        file.check()
    }

    /// The last slice: the import has come to its end.
    pub(in crate::store) fn last_slice(&mut self) -> Result<(), StoreError> {
        match &self.slices {
            Some(slices) => self.import_ends(slices.import),
            None => Ok(()),
        }
    }
}
