//! The columnar mirror: the store's rows as Parquet files, derived, versioned, rebuilt at will.
//!
//! ```text
//! FILE.mirror/
//!   current            the newest version's name; replaced by one rename
//!   sync.lock          held by the one sync that may run
//!   v000012/
//!     .lock            a reader holds it shared; it is what keeps the version
//!     manifest.json    what was copied, at which change number, with control totals
//!     customers.parquet, sales/2026-10.parquet, …
//! ```
//!
//! A version is written under another name, made durable and renamed; only then does `current` name it. So a
//! crash at any moment leaves the version before as it was. Files that did not change are hard links.

mod column;
mod copy;
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
/// The file that a running sync holds.
const SYNC_LOCK: &str = "sync.lock";
/// The file in a version that its readers hold.
const VERSION_LOCK: &str = ".lock";
/// Versions that are kept even when nobody reads them, the newest included.
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

    /// Deletes the whole mirror. It is derived: the next sync makes it again.
    pub fn remove(&self) -> Result<(), MirrorError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(MirrorError::io(&self.folder, &error))
            }
            _ => Ok(()),
        }
    }
}
