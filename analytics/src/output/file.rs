//! Files that others read while they are written: whole or not there.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::exit::{self, Failure};

/// Replaces a file in one step: whoever reads it sees the old text or the new one, also after a crash.
///
/// # Errors
/// The folder is not there or may not be written to, or the disk is full; the old file is as it was.
pub fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let new = beside(path);
    let written = File::create(&new)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&new, path));
    written.map_err(|error| {
        // What is left of it is of no use to anybody; the failure is told either way.
        let _ = std::fs::remove_file(&new);
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull => exit::IO,
            _ => exit::CANNOT_CREATE,
        };
        Failure::error(
            code,
            format!("{} cannot be written: {error}; check the folder and its space", path.display()),
        )
    })
}

/// A name that nobody reads (collectors look at endings) and no other process takes.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    PathBuf::from(name)
}

/// Refuses, before anything is done, to replace a file that does not begin as what is to be written: a store, settings,
/// somebody's own text. Its folder must be there.
///
/// # Errors
/// Exit code 73 with the file's name.
pub fn check_output(path: &Path, begins: &str) -> anyhow::Result<()> {
    check_folder(path)?;
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(begins.len() as u64).read_to_end(&mut head));
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Ok(_) if head.is_empty() || head == begins.as_bytes() => Ok(()),
        _ => Err(Failure::error(
            exit::CANNOT_CREATE,
            format!(
                "{} is there and holds something else, which is not replaced; name another file; nothing was done",
                path.display()
            ),
        )),
    }
}

fn check_folder(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() && !path.is_dir() {
        return Ok(());
    }
    Err(Failure::error(
        exit::CANNOT_CREATE,
        format!(
            "{} cannot be written: name a file in a folder that is there; nothing was done",
            path.display()
        ),
    ))
}
