//! A lock of the kernel on a file that has no other use.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{FileId, StoreError, unusable};

/// What a lock file holds at most; a longer one is not ours.
const BYTES_MAX: u64 = 100;

/// An open lock file. The lock ends when it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Opens the file, or makes it, for those who may use the store.
    pub(super) fn open(path: &Path, mode: u32) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(mode & 0o666);
        let file = options.open(path).map_err(|error| unusable(path, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Locks it for this process alone, unless somebody has it.
    pub(super) fn try_alone(&mut self) -> Result<bool, StoreError> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(unusable(&self.path, &error)),
        }
    }

    /// Shares it. Waits for somebody who has it alone, which is as long as it takes to rename a file.
    pub(super) fn share(&mut self) -> Result<(), StoreError> {
        self.file.lock_shared().map_err(|error| unusable(&self.path, &error))
    }

    /// Writes which file is in use.
    pub(super) fn name(&mut self, id: FileId) -> Result<(), StoreError> {
        let text = format!("{} {}\n", id.device, id.inode);
        let mut write = || {
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(text.as_bytes())
        };
        write().map_err(|error| unusable(&self.path, &error))
    }

    /// Which file is in use; `None` when that was never written completely.
    pub(super) fn named(&mut self) -> Result<Option<FileId>, StoreError> {
        let mut text = String::new();
        let read = self.file.rewind().and_then(|()| (&self.file).take(BYTES_MAX).read_to_string(&mut text));
        read.map_err(|error| unusable(&self.path, &error))?;
        let Some(line) = text.strip_suffix('\n') else { return Ok(None) };
        let numbers = line.split_once(' ').map(|(device, inode)| (device.parse(), inode.parse()));
        Ok(match numbers {
            Some((Ok(device), Ok(inode))) => Some(FileId { device, inode }),
            _ => None,
        })
    }
}
