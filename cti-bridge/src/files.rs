//! Text files named in settings or on the command line.

use std::path::Path;

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;

/// Reads a file of at most `bytes_max` bytes.
///
/// # Errors
/// The file is missing (66), may not be read (77), is too large or not UTF-8 (65), or cannot be read (74).
pub(crate) fn read_text(path: &Path, bytes_max: u64) -> Result<String, Failure> {
    if std::fs::metadata(path).map_err(|e| unreadable(path, &e))?.len() > bytes_max {
        return Err(Failure::data(message!(
            "{path} は {bytes_max} バイトを超えています。指定したファイルを確認してください",
            "{path} is larger than {bytes_max} bytes; is it the right file?",
            path = path.display(),
            bytes_max = bytes_max,
        )));
    }
    std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::no_input(message!(
            "ファイル {path} がありません。名前を確認してください",
            "there is no file {path}; check its name",
            path = path,
        )),
        std::io::ErrorKind::PermissionDenied => Failure::no_permission(message!(
            "{path} を読み取る権限がありません。ファイルの権限を確認してください",
            "{path} may not be read; check its permissions",
            path = path,
        )),
        std::io::ErrorKind::InvalidData => Failure::data(message!(
            "{path} は UTF-8 のテキストではありません。UTF-8 で保存し直してください",
            "{path} is not UTF-8 text; save it as UTF-8",
            path = path,
        )),
        _ => Failure::io(message!(
            "{path} を読み取れません({error})",
            "{path} cannot be read: {error}",
            path = path,
            error = error.cause(),
        )),
    }
}
