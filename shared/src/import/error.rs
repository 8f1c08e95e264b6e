//! Why an import ended before its end.

use std::io;
use std::path::Path;

use super::report::{ImportReport, SnapshotRefusal};
use crate::cause::Cause as _;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};
use crate::store::StoreError;

/// Why an import ended. What earlier files brought in stays.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum ImportError {
    /// A path cannot be read.
    Unreadable {
        /// The path.
        path: String,
        /// The reason.
        reason: Message,
        /// Whether the permission is missing.
        denied: bool,
    },
    /// The folder for temporary files, into which workbooks are unpacked.
    Temporary(TemporaryFolder),
    /// A folder without a file that is a table.
    EmptyFolder(String),
    /// A file that was written to while it was read. Rows of its first version may be in the store.
    Changed(String),
    /// A snapshot that was refused; its file was rolled back.
    Snapshot {
        /// The file.
        file: String,
        /// Why.
        reason: SnapshotRefusal,
        /// What the files before it brought in.
        before: Box<ImportReport>,
    },
    /// The store.
    Store(#[from] StoreError),
}

/// The folder for temporary files cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct TemporaryFolder {
    /// The folder.
    pub folder: String,
    /// The error of the system.
    pub reason: Message,
}

impl Explain for ImportError {
    fn message(&self) -> Message {
        match self {
            Self::Unreadable { path, reason, .. } => message!(
                "{path} を読み取れません({reason})。ファイルかフォルダーを指定してください",
                "{path} cannot be read: {reason}; name a file or a folder with files",
                path = path,
                reason = reason,
            ),
            Self::Temporary(folder) => folder.message(),
            Self::EmptyFolder(folder) => message!(
                "フォルダー {folder} に csv、tsv、txt、xlsx のファイルがありません。ファイル名は customers.csv、\
                 sales.csv などにしてください(docs/datasets.md)",
                "the folder {folder} has no file ending in csv, tsv, txt or xlsx; native files are called \
                 customers.csv, sales.csv … (docs/datasets.md)",
                folder = folder,
            ),
            Self::Changed(file) => message!(
                "{file} は読み取り中に変更されたため、取込を中止しました。保存が終わってから、もう一度取り込んで\
                 ください",
                "{file} changed while it was read, so its import was stopped; import it again once it is saved",
                file = file,
            ),
            Self::Snapshot { file, reason, .. } => {
                message!("{file}: {reason}", "{file}: {reason}", file = file, reason = reason.message())
            }
            Self::Store(error) => error.message(),
        }
    }
}

impl ImportError {
    pub(super) fn snapshot(file: String, reason: SnapshotRefusal) -> Self {
        Self::Snapshot { file, reason, before: Box::default() }
    }

    /// The error of a path that cannot be read, or of the folder for temporary files when that is at fault.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<TemporaryFolder>());
        if let Some(temporary) = inner {
            return Self::Temporary(temporary.clone());
        }
        let denied = error.kind() == io::ErrorKind::PermissionDenied;
        Self::Unreadable { path: path.display().to_string(), reason: error.cause(), denied }
    }
}

impl Explain for TemporaryFolder {
    fn message(&self) -> Message {
        message!(
            "一時ファイル用のフォルダー {folder} に書き込めません({reason})。空き容量を増やすか、環境変数 TMPDIR で別の\
             フォルダーを指定してください",
            "the folder for temporary files {folder} cannot be written: {reason}; free some space, \
             or name another folder in TMPDIR",
            folder = self.folder,
            reason = self.reason,
        )
    }
}

impl TemporaryFolder {
    /// The failure as an I/O error, to be told apart from those of the file that is read.
    pub(super) fn error(error: &io::Error) -> io::Error {
        let folder = std::env::temp_dir().display().to_string();
        io::Error::other(Self { folder, reason: error.cause() })
    }
}
