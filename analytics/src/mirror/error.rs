//! What can go wrong with the mirror, each with its cause and cure.

use std::path::{Path, PathBuf};

use shared::store::StoreError;

/// An error of the mirror.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// Nothing is there.
    #[error("there is no mirror at {}; make it with: analytics --store FILE sync", .0.display())]
    Missing(PathBuf),
    /// The pointer or the manifest does not read, or a file is gone.
    #[error("the mirror at {} cannot be read ({reason}); rebuild it with: analytics --store FILE sync --rebuild", .path.display())]
    Unreadable {
        /// The file at fault.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another version of the program wrote it, with other columns.
    #[error("the mirror at {} was made for other columns than this program knows; bring it up to date with: analytics --store FILE sync", .0.display())]
    Outdated(PathBuf),
    /// Another sync runs.
    #[error("another sync of {} is running; wait for it to end and try again", .0.display())]
    Locked(PathBuf),
    /// A value of the store does not fit its column.
    #[error(
        "{dataset}, row {row} of {month:?}: {column} {reason}; correct it in the source and import it again"
    )]
    Value {
        /// The data set.
        dataset: &'static str,
        /// The month, or empty.
        month: String,
        /// The row's number in the scan, from 1.
        row: u64,
        /// The column.
        column: &'static str,
        /// What is wrong; never the value itself.
        reason: &'static str,
    },
    /// A file that was just written does not read back as what went in.
    #[error("{} does not hold what was written ({reason}); check the disk and sync again", .path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// Which figure differs.
        reason: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file system.
    #[error("{}: {reason}; check space and permissions", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The engine that writes the files.
    #[error("writing the mirror: {0}")]
    Engine(String),
}

impl MirrorError {
    /// What the system says about a path.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), reason: error.to_string() }
    }

    /// Something at a path that does not read.
    pub(crate) fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: reason.to_string() }
    }
}

impl From<duckdb::Error> for MirrorError {
    fn from(error: duckdb::Error) -> Self {
        Self::Engine(error.to_string())
    }
}
