//! What can go wrong with a store, each with its cause and cure.

use std::path::PathBuf;

use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Label, Message};
use crate::money::MoneyError;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum StoreError {
    /// There is no file.
    Missing(PathBuf),
    /// `create` found a file.
    Exists(PathBuf),
    /// The file is not a store.
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: Label,
    },
    /// A newer program wrote it.
    Newer {
        /// The file.
        path: PathBuf,
        /// The store's schema.
        found: i64,
        /// The newest schema that is known here.
        known: i64,
    },
    /// Another process holds it.
    Busy {
        /// The file.
        path: PathBuf,
        /// The busy time-out.
        waited_ms: u64,
    },
    /// No permission, disk full and the like.
    Unusable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        reason: Message,
    },
    /// The request contradicts what is stored.
    Conflict(Message),
    /// A stored value cannot be read.
    Corrupt(Message),
    /// Any other error of the database.
    Database(String),
}

impl Explain for StoreError {
    fn message(&self) -> Message {
        match self {
            Self::Missing(path) => message!(
                "{path} に元データがありません。analytics --store {path} init で作成してください",
                "there is no store at {path}; create one with: analytics --store {path} init",
                path = path.display(),
            ),
            Self::Exists(path) => message!(
                "{path} は既にあります。別の名前を指定するか、そのままお使いください",
                "{path} already exists; choose another name, or use it as it is",
                path = path.display(),
            ),
            Self::NotAStore { path, reason } => message!(
                "{path} は着電の元データではありません({reason})。analytics init で作成したファイルを指定してください",
                "{path} is not a Chakuden store ({reason}); name the file that `analytics init` created",
                path = path.display(),
                reason = *reason,
            ),
            Self::Newer { path, found, known } => message!(
                "{path} は新しい版(スキーマ {found})で作成されています。このプログラムが扱えるのは {known} までです。プログラムを更新してください",
                "{path} has schema {found}, but this program supports at most {known}; upgrade the program",
                path = path.display(),
                found = found,
                known = known,
            ),
            Self::Busy { path, waited_ms } => message!(
                "{path} は他のプログラムが書き込み中です({waited_ms} ミリ秒待ちました)。終わってからもう一度実行してください",
                "{path} has been locked by another writer for more than {waited_ms} ms; try again when it is done",
                path = path.display(),
                waited_ms = waited_ms,
            ),
            Self::Unusable { path, reason } => message!(
                "{path} を使用できません({reason})。ディスクの空き容量と権限を確認してください",
                "{path} cannot be used: {reason}; check disk space and permissions",
                path = path.display(),
                reason = reason,
            ),
            Self::Conflict(reason) => reason.clone(),
            Self::Corrupt(what) => {
                let ja = format!("元データに読み取れない値があります: {}", what.text(Lang::Ja));
                let en = format!("the store holds a value that cannot be read: {}", what.text(Lang::En));
                Message::new(ja, en)
            }
            Self::Database(reason) => {
                message!("データベースのエラー: {reason}", "database error: {reason}", reason = reason,)
            }
        }
    }
}

impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Conflict(error.message())
    }
}
