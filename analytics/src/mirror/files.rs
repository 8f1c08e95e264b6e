//! Durable file operations: files are written and flushed before they are renamed into place.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::MirrorError;

/// Creates a folder and its parents.
pub(super) fn make_folder(path: &Path) -> Result<(), MirrorError> {
    std::fs::create_dir_all(path).map_err(|error| MirrorError::io(path, &error))
}

/// Writes a file and flushes it to the disk.
pub(super) fn write_durably(path: &Path, content: &[u8]) -> Result<(), MirrorError> {
    let write = || -> std::io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(|error| MirrorError::io(path, &error))
}

/// Flushes a file, or a folder's list of names, to the disk.
pub(super) fn flush(path: &Path) -> Result<(), MirrorError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| MirrorError::io(path, &error))
}

/// Renames a file or folder and flushes the folder of the new name.
pub(super) fn rename_durably(from: &Path, to: &Path) -> Result<(), MirrorError> {
    std::fs::rename(from, to).map_err(|error| MirrorError::io(to, &error))?;
    to.parent().map_or(Ok(()), flush)
}

/// Hard-links an unchanged file, or copies it where the file system has no hard links.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> Result<(), MirrorError> {
    if std::fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    std::fs::copy(from, to).map_err(|error| MirrorError::io(to, &error))?;
    flush(to)
}

/// The names in a folder, sorted; none when there is no such folder.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, MirrorError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(MirrorError::io(folder, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| MirrorError::io(folder, &error))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort();
    Ok(names)
}
