//! Pins a version of the mirror, so that a sync does not remove it while it is read.

use std::fs::File;
use std::path::{Path, PathBuf};

use shared::message;

use super::manifest::Manifest;
use super::{CURRENT, MirrorError, VERSION_LOCK};

/// Attempts to pin a version when a sync removes it between naming and locking. Each sync
/// keeps the previous version, so that a second repetition means two whole syncs meanwhile.
const ATTEMPTS: usize = 8;

/// A pinned version: it stays until this is dropped.
#[derive(Debug)]
pub struct Pin {
    folder: PathBuf,
    manifest: Manifest,
    /// The shared lock, which the system releases even when the process dies.
    _lock: File,
}

impl Pin {
    /// Pins the newest version.
    pub fn newest(mirror: &Path) -> Result<Self, MirrorError> {
        let mut last = MirrorError::Missing(mirror.to_owned());
        for _ in 0..ATTEMPTS {
            let Some(version) = current_version(mirror)? else {
                return Err(MirrorError::Missing(mirror.to_owned()));
            };
            match Self::hold(&mirror.join(version)) {
                Ok(pin) => return Ok(pin),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn hold(folder: &Path) -> Result<Self, MirrorError> {
        let lock_path = folder.join(VERSION_LOCK);
        let lock = File::open(&lock_path).map_err(|error| MirrorError::unreadable(&lock_path, &error))?;
        lock.lock_shared().map_err(|error| MirrorError::io(&lock_path, &error))?;
        // Read after locking: a version that was being removed has no manifest any more.
        let manifest = Manifest::read(folder)?;
        Ok(Self { folder: folder.to_owned(), manifest, _lock: lock })
    }

    /// The version's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The version's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

/// The name in `current`; `None` when there is no mirror yet.
pub(super) fn current_version(mirror: &Path) -> Result<Option<String>, MirrorError> {
    let path = mirror.join(CURRENT);
    let name = match std::fs::read_to_string(&path) {
        Ok(name) => name.trim().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(MirrorError::unreadable(&path, &error)),
    };
    match version_number(&name) {
        Some(_) => Ok(Some(name)),
        None => Err(MirrorError::Unreadable {
            path,
            reason: message!("版の名前がありません", "it does not name a version"),
        }),
    }
}

/// The folder's name of a version.
pub(super) fn version_name(version: u64) -> String {
    format!("v{version:06}")
}

/// The number in a version's name; `None` for any other name.
pub(super) fn version_number(name: &str) -> Option<u64> {
    let number = name.strip_prefix('v')?.parse().ok()?;
    (version_name(number) == name).then_some(number)
}
