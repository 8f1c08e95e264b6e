//! Errors of the mirror, each with its cause and cure.

use std::path::{Path, PathBuf};

use shared::cause::Cause as _;
use shared::dataset::{Column, Dataset};
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Label, Message};
use shared::store::StoreError;

/// An error of the mirror.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum MirrorError {
    /// There is no mirror.
    Missing(PathBuf),
    /// The pointer or the manifest cannot be read, or a file is missing.
    Unreadable {
        /// The file at fault.
        path: PathBuf,
        /// What is wrong with it.
        reason: Message,
    },
    /// Another version of the program wrote it, with other columns.
    Outdated(PathBuf),
    /// Another sync is running.
    Locked(PathBuf),
    /// A value of the store does not fit its column.
    Value {
        /// The data set.
        dataset: &'static Dataset,
        /// The month, or empty.
        month: String,
        /// The row's number in the scan, from 1.
        row: u64,
        /// The column.
        column: &'static Column,
        /// What is wrong; never the value itself.
        reason: Label,
    },
    /// A file that was just written does not read back as it was written.
    Mismatch {
        /// The file.
        path: PathBuf,
        /// Which figure differs.
        reason: Message,
    },
    /// An error of the store.
    Store(#[from] StoreError),
    /// An error of the file system.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        reason: Message,
    },
    /// An error of the library that writes or reads the files.
    Engine(String),
}

impl MirrorError {
    /// An error of the file system at a path.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), reason: error.cause() }
    }

    /// A file that cannot be read for a technical reason.
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: error.cause() }
    }
}

impl Explain for MirrorError {
    fn message(&self) -> Message {
        match self {
            Self::Missing(path) => message!(
                "{path} に集計用データがありません。analytics --store FILE sync で作成してください",
                "there is no mirror at {path}; create it with: analytics --store FILE sync",
                path = path.display(),
            ),
            Self::Unreadable { path, reason } => message!(
                "集計用データ {path} を読み取れません({reason})。analytics --store FILE sync --rebuild で作り直してください",
                "the mirror at {path} cannot be read ({reason}); rebuild it with: analytics --store FILE sync --rebuild",
                path = path.display(),
                reason = reason,
            ),
            Self::Outdated(path) => message!(
                "集計用データ {path} は別の版のプログラムで作成されたため、列が異なります。analytics --store FILE sync で更新してください",
                "the mirror at {path} was made by another version of the program, with other columns; bring it up to date with: analytics --store FILE sync",
                path = path.display(),
            ),
            Self::Locked(path) => message!(
                "{path} は別の sync が更新中です。終わってからもう一度実行してください",
                "another sync of {path} is running; try again when it is done",
                path = path.display(),
            ),
            Self::Value { dataset, month, row, column, reason } => {
                let month = if month.is_empty() { String::new() } else { format!(" {month}") };
                message!(
                    "{dataset}{month} の {row} 行目: {column} {reason}。元のデータを訂正して取り込み直してください",
                    "{dataset}{month}, row {row}: {column} {reason}; correct it in the source and import it again",
                    dataset = dataset.label(),
                    month = month,
                    row = row,
                    column = column.label,
                    reason = reason,
                )
            }
            Self::Mismatch { path, reason } => message!(
                "{path} の内容が書き込んだものと一致しません({reason})。ディスクを確認して、もう一度 sync を実行してください",
                "{path} does not contain what was written ({reason}); check the disk and sync again",
                path = path.display(),
                reason = reason,
            ),
            Self::Store(error) => error.message(),
            Self::Io { path, reason } => message!(
                "{path} を読み書きできません({reason})。空き容量と権限を確認してください",
                "{path} cannot be read or written: {reason}; check disk space and permissions",
                path = path.display(),
                reason = reason,
            ),
            Self::Engine(reason) => message!(
                "集計用データの処理に失敗しました: {reason}",
                "the mirror cannot be processed: {reason}",
                reason = reason,
            ),
        }
    }
}

impl From<duckdb::Error> for MirrorError {
    fn from(error: duckdb::Error) -> Self {
        Self::Engine(error.to_string())
    }
}
