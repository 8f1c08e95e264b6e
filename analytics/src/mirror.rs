//! The mirror: the store's rows as Parquet files, derived, versioned, and rebuilt at any time.
//!
//! ```text
//! FILE.mirror/
//!   current            the newest version's name; replaced by one rename
//!   sync.lock          held by the one sync that may run
//!   v000012/
//!     .lock            readers hold it shared, which keeps the version
//!     manifest.json    what was copied, at which change number, with control totals
//!     customers.parquet, sales/2026-10.parquet, …
//! ```
//!
//! A version is written under a temporary name, made durable and renamed; only then does `current` name it. So a
//! crash at any moment leaves the previous version intact. Unchanged files are hard links.

mod batch;
mod column;
mod copy;
mod draft;
mod error;
mod files;
mod manifest;
mod pin;
mod plan;
mod sync;
mod verify;
mod writer;

use std::path::{Path, PathBuf};

pub use column::SqlType;
pub use error::MirrorError;
pub use manifest::{Manifest, MirrorFile, MirroredDataset};
pub use pin::Pin;
pub use sync::{SyncOutcome, SyncedFile};
pub use verify::{Difference, Verification};

/// The name of the file that names the newest version.
const CURRENT: &str = "current";
/// The file that a running sync locks.
const SYNC_LOCK: &str = "sync.lock";
/// The file in a version that its readers lock.
const VERSION_LOCK: &str = ".lock";
/// Versions that are kept even without readers, including the newest.
const VERSIONS_KEPT: usize = 2;

/// The mirror's folder.
#[derive(Debug, Clone)]
pub struct Mirror {
    folder: PathBuf,
}

impl Mirror {
    /// The mirror in this folder, which need not exist.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Deletes the whole mirror; the next sync builds it again.
    pub fn remove(&self) -> Result<(), MirrorError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(MirrorError::io(&self.folder, &error))
            }
            _ => Ok(()),
        }
    }
}
