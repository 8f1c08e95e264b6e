//! What can go wrong with a store, each with its cause and cure.

use std::path::{Path, PathBuf};

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
    /// The structure of the file is damaged.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found first, in the database's words.
        found: String,
    },
    /// The file, or its log, is gone or another than the one that was opened.
    Moved {
        /// The file.
        path: PathBuf,
        /// What happened to it.
        what: Label,
    },
    /// The log beside the file was written to another file.
    StrayLog {
        /// The store's file.
        path: PathBuf,
        /// The log.
        log: PathBuf,
    },
    /// Another bridge serves it.
    Served(PathBuf),
    /// A program has it open, so that its file cannot be replaced.
    InUse(PathBuf),
    /// No permission, disk full and the like.
    Unusable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        reason: Message,
    },
    /// The request contradicts what is stored.
    Conflict(Message),
    /// A row of a file would change a record that was made here, or has a number that is only given here.
    MadeHere(Message),
    /// The one who asks may not do this; the sentence says who may.
    Forbidden(Message),
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
            Self::Damaged { path, found } => message!(
                "{path} は壊れています({found})。analytics --store {path} store restore バックアップ で元に戻してください(今のファイルは残ります)",
                "{path} is damaged ({found}); go back to a backup with: analytics --store {path} store restore BACKUP (the file is kept)",
                path = path.display(),
                found = found,
            ),
            Self::Moved { path, what } => message!(
                "{path} は開いたときのファイルではありません({what})。保存していません。使用中のプログラムをすべて終了し、ファイルを元に戻すか analytics の store restore で復元してから、起動し直してください",
                "{path} is not the file that was opened: {what}; nothing was saved. Stop every program that uses it, put the file back or use `analytics store restore`, and start again",
                path = path.display(),
                what = *what,
            ),
            Self::StrayLog { path, log } => message!(
                "{log} は {path} の書き込みの記録ではありません({path} にバックアップなど別のファイルが上書きされています)。analytics --store {path} store restore バックアップ で復元してください。今の {path} をそのまま使うには、{log} を別の場所に移してください",
                "{log} was not written to this {path} (was a backup copied over it?); restore the backup with: analytics --store {path} store restore BACKUP, or move {log} elsewhere to use {path} as it is",
                path = path.display(),
                log = log.display(),
            ),
            Self::Served(path) => served(path),
            Self::InUse(path) => in_use(path),
            Self::Unusable { path, reason } => message!(
                "{path} を使用できません({reason})。ディスクの空き容量と権限を確認してください",
                "{path} cannot be used: {reason}; check disk space and permissions",
                path = path.display(),
                reason = reason,
            ),
            Self::Conflict(reason) | Self::MadeHere(reason) | Self::Forbidden(reason) => reason.clone(),
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

fn served(path: &Path) -> Message {
    message!(
        "{path} は他の cti-bridge が使用中です。1つの元データを使える cti-bridge は1つです。そちらを終了してから起動してください",
        "{path} is served by another cti-bridge, and a store has one at a time; stop that one first",
        path = path.display(),
    )
}

fn in_use(path: &Path) -> Message {
    message!(
        "{path} は使用中のため置き換えられません。cti-bridge など、使用中のプログラムをすべて終了してからもう一度実行してください",
        "{path} is open in another program and cannot be replaced; stop cti-bridge and everything else that uses it, and try again",
        path = path.display(),
    )
}

impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Conflict(error.message())
    }
}
