//! Whose turn it is to write.
//!
//! SQLite lets in whoever asks at the right moment: a program that writes one transaction after the other asks again at
//! once, and one that waits asks now and then. Here each asks for its turn first, and holds it until its transaction has
//! begun. So a program that wants to go on while another waits lets that one in before.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::{StoreError, unusable};

/// Time between two attempts to get the turn.
const EVERY: Duration = Duration::from_millis(2);

/// The file that is locked by the one who is next.
#[derive(Debug)]
pub(super) struct Turns {
    path: PathBuf,
    file: File,
}

/// The turn; it ends when this is dropped.
#[derive(Debug)]
pub(in crate::store) struct Turn<'a>(&'a Turns);

impl Turns {
    pub(super) fn open(path: &Path, mode: u32) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(mode & 0o666);
        let file = options.open(path).map_err(|error| unusable(path, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Whether somebody waits for the next transaction, or is about to begin one.
    pub(super) fn are_wanted(&self) -> Result<bool, StoreError> {
        match self.file.try_lock() {
            Ok(()) => {
                drop(Turn(self));
                Ok(false)
            }
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(unusable(&self.path, &error)),
        }
    }

    /// Waits for the one who has the turn: as long as for a transaction, so that a program that was stopped in its turn
    /// holds up nobody for good.
    pub(super) fn wait(&self, at_most: Duration) -> Result<Turn<'_>, StoreError> {
        let begun = Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(Turn(self)),
                Err(TryLockError::Error(error)) => return Err(unusable(&self.path, &error)),
                Err(TryLockError::WouldBlock) if begun.elapsed() < at_most => thread::park_timeout(EVERY),
                Err(TryLockError::WouldBlock) => {
                    let waited_ms = u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX);
                    return Err(StoreError::Busy { path: self.path.clone(), waited_ms });
                }
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.file.unlock() {
            tracing::warn!(%error, "the turn to write could not be given back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_that_is_never_given_back_is_not_waited_for_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Turns::open(&folder.path().join("company.db-turn"), 0o600).unwrap();
        let (stopped, other) = (open(), open());
        let turn = stopped.wait(Duration::ZERO).unwrap();
        let waited = other.wait(Duration::from_millis(10)).unwrap_err();
        assert!(matches!(waited, StoreError::Busy { waited_ms: 10, .. }), "{waited:?}");
        drop(turn);
        assert!(other.wait(Duration::ZERO).is_ok());
    }
}
