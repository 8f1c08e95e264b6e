//! Errors of the system and of libraries in words for people. They come with English text only, which is the English
//! sentence; the Japanese one says the same for those that people meet.

mod files;
mod syntax;

pub use syntax::toml_reason;

use std::io::{self, ErrorKind};

use zip::result::ZipError;

use crate::lang::Lang;
use crate::message;
use crate::message::Message;

/// An error as the cause in a sentence: `… cannot be read ({cause})`.
pub trait Cause {
    /// The cause, without place and cure.
    fn cause(&self) -> Message;
}

impl<E: Cause> Cause for &E {
    fn cause(&self) -> Message {
        (*self).cause()
    }
}

/// A cause of our own that passes through a library as an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.0.text(Lang::En))]
struct Told(Message);

/// An I/O error with a cause in both languages.
#[must_use]
pub fn io_error(cause: Message) -> io::Error {
    io::Error::other(Told(cause))
}

impl Cause for io::Error {
    fn cause(&self) -> Message {
        let inner = self.get_ref();
        if let Some(Told(message)) = inner.and_then(|inner| inner.downcast_ref()) {
            return message.clone();
        }
        if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<ZipError>()) {
            return error.cause();
        }
        in_words(of_number(self.raw_os_error()).or_else(|| of_kind(self.kind())), self)
    }
}

/// The Japanese words beside the text of the error; without words that text in both languages.
fn in_words(words: Option<&'static str>, error: &dyn std::fmt::Display) -> Message {
    match words {
        Some(words) => Message::new(words.to_owned(), error.to_string()),
        None => message!("エラー: {error}", "{error}", error = error),
    }
}

/// Errors of Linux that have no kind of their own in Rust.
fn of_number(number: Option<i32>) -> Option<&'static str> {
    Some(match number? {
        5 => "ディスクの読み書きに失敗しました",
        23 | 24 => "同時に開けるファイル数の上限に達しています",
        40 => "シンボリックリンクが循環しています",
        _ => return None,
    })
}

fn of_kind(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "ファイルまたはフォルダーがありません",
        ErrorKind::PermissionDenied => "権限がありません",
        ErrorKind::AlreadyExists => "同じ名前のファイルまたはフォルダーがあります",
        ErrorKind::IsADirectory => "フォルダーです",
        ErrorKind::NotADirectory => "フォルダーではありません",
        ErrorKind::DirectoryNotEmpty => "フォルダーが空ではありません",
        ErrorKind::InvalidFilename => "ファイル名が長すぎるか、使えない文字があります",
        ErrorKind::StorageFull => "ディスクの空き容量がありません",
        ErrorKind::QuotaExceeded => "割り当てられた容量を使い切っています",
        ErrorKind::FileTooLarge => "ファイルが大きすぎます",
        ErrorKind::ReadOnlyFilesystem => "読み取り専用のディスクです",
        ErrorKind::CrossesDevices => "別のディスクへは移動できません",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "他のプログラムが使用中です",
        ErrorKind::StaleNetworkFileHandle => "ネットワーク上のファイルが失われました",
        ErrorKind::InvalidData => "内容が壊れているか、形式が違います",
        ErrorKind::UnexpectedEof => "途中で切れています",
        ErrorKind::WriteZero => "最後まで書き込めませんでした",
        ErrorKind::BrokenPipe => "出力先が閉じられました",
        ErrorKind::Interrupted => "中断されました",
        ErrorKind::TimedOut => "時間内に応答がありません",
        ErrorKind::OutOfMemory => "メモリーが足りません",
        ErrorKind::AddrInUse => "使用中のアドレスです",
        ErrorKind::AddrNotAvailable => "このコンピューターにないアドレスです",
        ErrorKind::ConnectionRefused => "接続を拒否されました",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::NotConnected => {
            "接続が切れました"
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            "ネットワークに接続できません"
        }
        ErrorKind::Unsupported => "この環境では使えません",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
