//! What can go wrong with a store, each with its cause and cure.

use std::path::PathBuf;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is there.
    #[error("there is no store at {}; make one with: analytics --store {} init", .0.display(), .0.display())]
    Missing(PathBuf),
    /// `create` found something.
    #[error("{} is there already; choose another name, or go on with it as it is", .0.display())]
    Exists(PathBuf),
    /// The file is no store of ours.
    #[error("{} is not a Chakuden store ({reason}); name the file that `analytics init` made", .path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer program wrote it.
    #[error("{} has schema {found}, this program knows up to {known}; use a newer version of the program", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The store's schema.
        found: i64,
        /// The newest schema that is known here.
        known: i64,
    },
    /// Another process holds it.
    #[error("{} is locked by another writer for more than {waited_ms} ms; wait for it to end and try again", .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// The busy time-out.
        waited_ms: u64,
    },
    /// No permission, disk full and the like.
    #[error("{} cannot be used: {reason}; check the room on the disk and the permissions", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The request contradicts what is kept.
    #[error("{0}")]
    Conflict(String),
    /// What is kept does not read as what it should be.
    #[error("the store holds a value that cannot be read: {0}")]
    Corrupt(String),
    /// Anything else that the database says.
    #[error("the database refused: {0}")]
    Database(String),
}
