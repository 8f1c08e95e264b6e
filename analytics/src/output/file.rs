//! Files that appear whole or not at all, because others may read them at any time.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;

/// Replaces a file in one step: readers see the old content or the new one, also after a crash.
///
/// # Errors
/// The folder is missing or not writable (exit code 73), or the disk is full (74); the old file is unchanged.
pub fn write_whole(path: &Path, content: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), Failure> {
    let new = beside(path);
    let written = File::create(&new)
        .and_then(|mut file| file.write_all(content.as_ref()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&new, path));
    written.map_err(|error| {
        // The rest is useless, and the failure is reported either way.
        let _ = std::fs::remove_file(&new);
        unwritable(path, &error)
    })
}

/// The failure of a file that cannot be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let message = message!(
        "{path} に書き込めません({error})。フォルダーと空き容量を確認してください",
        "{path} cannot be written: {error}; check the folder and the free space",
        path = path.display(),
        error = error.cause(),
    );
    match error.kind() {
        ErrorKind::StorageFull
        | ErrorKind::QuotaExceeded
        | ErrorKind::FileTooLarge
        | ErrorKind::WriteZero => Failure::io(message),
        _ => Failure::cannot_create(message),
    }
}

/// A name that collectors ignore (they look at endings) and no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    PathBuf::from(name)
}

/// Refuses, before anything is done, to replace a file that does not begin with `begins`: a store, settings,
/// the user's own text. Its folder must exist.
///
/// # Errors
/// Exit code 73 with the file's name.
pub fn check_output(path: &Path, begins: &str) -> Result<(), Failure> {
    check_folder(path)?;
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(begins.len() as u64).read_to_end(&mut head));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(_) if head.is_empty() || head == begins.as_bytes() => Ok(()),
        _ => Err(kept_as_it_is(path)),
    }
}

/// The failure of an output that would replace something else.
pub(super) fn kept_as_it_is(path: &Path) -> Failure {
    Failure::cannot_create(message!(
        "{path} は別の内容のファイルのため上書きしません。別のファイル名を指定してください(処理は行っていません)",
        "{path} exists with other content and is not overwritten; name another file (nothing was done)",
        path = path.display(),
    ))
}

/// Refuses a path that is a folder, or that is in none.
pub(super) fn check_folder(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() && !path.is_dir() {
        return Ok(());
    }
    Err(Failure::cannot_create(message!(
        "{path} に書き込めません。既にあるフォルダーの中のファイル名を指定してください(処理は行っていません)",
        "{path} cannot be written: name a file in an existing folder (nothing was done)",
        path = path.display(),
    )))
}
