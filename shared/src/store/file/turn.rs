//! Whose turn it is to write.
//!
//! SQLite lets in whoever asks at the right moment: a program that writes one transaction after the other asks again at
//! once, and one that waits asks now and then. Here each asks for its turn first, and holds it until its transaction has
//! begun. So a program that wants to go on while another waits lets that one in before.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{StoreError, unusable};

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

    /// Waits for those who asked before; each holds the turn for the busy time-out at most.
    pub(super) fn wait(&self) -> Result<Turn<'_>, StoreError> {
        self.file.lock().map_err(|error| unusable(&self.path, &error))?;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.file.unlock() {
            tracing::warn!(%error, "the turn to write could not be given back");
        }
    }
}
