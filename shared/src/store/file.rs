//! The store's file on the disk: which one was opened, who has it open, and whether it is still there.
//!
//! `FILE-lock` is locked by everybody who has the store open and names the file that they have open; `FILE-bridge` by
//! the one bridge that serves it; `FILE-turn` by the one who writes next. The locks are the kernel's, and end with the
//! process whatever happens to it. The files stay.

mod lock;
pub(super) mod log;
mod turn;

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::StoreError;
use super::driver::BUSY_TIMEOUT;
use crate::cause::Cause as _;
use crate::message::Label;
use lock::Lock;
use turn::{Turn, Turns};

/// Nobody but the owner: the store holds the personal data of all customers.
const MODE: u32 = 0o600;

/// A file, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(found: &Metadata) -> Self {
        Self { device: found.dev(), inode: found.ino() }
    }
}

/// The file of an open store.
#[derive(Debug)]
pub(super) struct StoreFile {
    path: PathBuf,
    id: FileId,
    /// The longest that the file was: it never shrinks.
    length: AtomicU64,
    log_path: PathBuf,
    /// The file of the write-ahead log, which lives as long as a connection that writes.
    log: OnceLock<FileId>,
    turns: Turns,
    _lock: Lock,
}

/// A file that nobody else has open, or one that others use too.
pub(super) struct Opened {
    pub(super) file: StoreFile,
    /// Whether a program that had the store open ended without closing it.
    pub(super) left_open: bool,
}

impl StoreFile {
    /// Makes an empty file that only its owner can read.
    pub(super) fn make(path: &Path) -> Result<(), StoreError> {
        let made = OpenOptions::new().write(true).create(true).truncate(false).mode(MODE).open(path);
        made.map(drop).map_err(|error| unusable(path, &error))
    }

    /// Takes part in the use of the file, before the database opens it.
    ///
    /// # Errors
    /// Others have another file of this name open, or a log of another file lies beside it.
    pub(super) fn open(path: &Path) -> Result<Opened, StoreError> {
        // The database names its log after the file itself, not after a link to it.
        let real = real(path)?;
        let log_path = beside(&real, "-wal");
        let found = stat(path)?;
        let mut lock = Lock::open(&beside(&real, "-lock"), found.mode())?;
        let mut left_open = false;
        if lock.try_alone()? {
            // A log that is there though nobody has the store open was left by a process that was killed.
            left_open = std::fs::metadata(&log_path).is_ok_and(|log| log.len() > 0);
            if left_open && found.len() > 0 && log::is_of_another_file(path, &log_path)? {
                return Err(StoreError::StrayLog { path: path.to_owned(), log: log_path });
            }
            lock.name(FileId::of(&stat(path)?))?;
        }
        lock.share()?;
        let found = stat(path)?;
        if lock.named()?.is_some_and(|named| named != FileId::of(&found)) {
            return Err(moved(path, OTHERS_USE_ANOTHER));
        }
        let (id, length) = (FileId::of(&found), AtomicU64::new(found.len()));
        let turns = Turns::open(&beside(&real, "-turn"), found.mode())?;
        let (path, log) = (path.to_owned(), OnceLock::new());
        Ok(Opened { file: Self { path, id, length, log_path, log, turns, _lock: lock }, left_open })
    }

    /// The database has opened its log, which is there from now on.
    pub(super) fn log_is_open(&self) {
        if let Ok(found) = std::fs::metadata(&self.log_path) {
            self.log.get_or_init(|| FileId::of(&found));
        }
    }

    /// Waits for the turn to write, as long as for another writer's transaction.
    pub(super) fn turn(&self) -> Result<Turn<'_>, StoreError> {
        self.turns.wait(BUSY_TIMEOUT)
    }

    /// Whether somebody waits to write.
    pub(super) fn is_turn_wanted(&self) -> Result<bool, StoreError> {
        self.turns.are_wanted()
    }

    /// Fails when the file or its log is another than the one that was opened, or gone. Costs two system calls.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let found = match std::fs::metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(moved(&self.path, GONE)),
            Err(error) => return Err(unusable(&self.path, &error)),
        };
        if FileId::of(&found) != self.id {
            return Err(moved(&self.path, ANOTHER));
        }
        if found.len() < self.length.fetch_max(found.len(), Ordering::Relaxed) {
            return Err(moved(&self.path, SHORTER));
        }
        let same = |log: &FileId| std::fs::metadata(&self.log_path).is_ok_and(|now| FileId::of(&now) == *log);
        match self.log.get().is_none_or(same) {
            true => Ok(()),
            false => Err(moved(&self.log_path, LOG)),
        }
    }
}

/// The right to serve the store, of one bridge at a time: until it is dropped or the process ends.
#[derive(Debug)]
pub struct BridgeClaim {
    _lock: Lock,
}

impl BridgeClaim {
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let mut lock = Lock::open(&beside(&real(path)?, "-bridge"), stat(path)?.mode())?;
        match lock.try_alone()? {
            true => Ok(Self { _lock: lock }),
            false => Err(StoreError::Served(path.to_owned())),
        }
    }
}

/// Holds the name of a store that nobody has open, so that nobody opens it meanwhile. The file itself may be missing.
#[derive(Debug)]
pub(super) struct Alone {
    lock: Lock,
}

impl Alone {
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let mode = std::fs::metadata(path).map_or(MODE, |found| found.mode());
        let mut lock = Lock::open(&beside(path, "-lock"), mode)?;
        match lock.try_alone()? {
            true => Ok(Self { lock }),
            false => Err(StoreError::InUse(path.to_owned())),
        }
    }

    /// Another file has the name now.
    pub(super) fn replaced(&mut self, path: &Path) -> Result<(), StoreError> {
        self.lock.name(FileId::of(&stat(path)?))
    }
}

const GONE: Label = Label::new("削除または移動されました", "it was deleted or moved");
const ANOTHER: Label = Label::new("別のファイルに置き換えられました", "another file has taken its place");
const SHORTER: Label = Label::new("別の内容で上書きされました", "it was overwritten");
const LOG: Label = Label::new("書き込みの記録が削除または置き換えられました", "it was deleted or replaced");
const OTHERS_USE_ANOTHER: Label = Label::new(
    "実行中のプログラムは、以前ここにあった別のファイルを使っています",
    "programs that are running still use another file that was here before",
);

fn moved(path: &Path, what: Label) -> StoreError {
    StoreError::Moved { path: path.to_owned(), what }
}

pub(super) fn unusable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unusable { path: path.to_owned(), reason: error.cause() }
}

fn stat(path: &Path) -> Result<Metadata, StoreError> {
    std::fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
        _ => unusable(path, &error),
    })
}

/// The file's own name, without links.
pub(super) fn real(path: &Path) -> Result<PathBuf, StoreError> {
    path.canonicalize().map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
        _ => unusable(path, &error),
    })
}

/// The file beside the store whose name ends with this.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Flushes a file and the folder that names it to the disk.
pub(super) fn flush(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flushed = File::open(path).and_then(|file| file.sync_all());
    let flushed = flushed.and_then(|()| File::open(folder)).and_then(|folder| folder.sync_all());
    flushed.map_err(|error| unusable(path, &error))
}
