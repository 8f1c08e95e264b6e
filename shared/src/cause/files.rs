//! Errors of the libraries that read and write files.

use zip::result::ZipError;

use super::{Cause, in_words};
use crate::message::Message;

impl Cause for ZipError {
    fn cause(&self) -> Message {
        let words = match self {
            Self::Io(error) => return error.cause(),
            Self::InvalidArchive(_) => "ZIP 形式のファイルではないか、壊れています",
            Self::UnsupportedArchive(Self::PASSWORD_REQUIRED) | Self::InvalidPassword => {
                "パスワードで保護されています"
            }
            Self::UnsupportedArchive(_) | Self::CompressionMethodNotSupported(_) => {
                "対応していない圧縮方式です"
            }
            Self::FileNotFound => "必要な部品がありません",
            _ => return in_words(None, self),
        };
        in_words(Some(words), self)
    }
}

impl Cause for quick_xml::Error {
    fn cause(&self) -> Message {
        match self {
            Self::Io(error) => error.cause(),
            Self::Encoding(_) => in_words(Some("文字コードが正しくありません"), self),
            _ => in_words(Some("XML の書き方が正しくありません"), self),
        }
    }
}

impl Cause for quick_xml::events::attributes::AttrError {
    fn cause(&self) -> Message {
        in_words(Some("XML の属性の書き方が正しくありません"), self)
    }
}

impl Cause for csv::Error {
    fn cause(&self) -> Message {
        match self.kind() {
            csv::ErrorKind::Io(error) => error.cause(),
            _ => in_words(Some("CSV の形式が正しくありません"), self),
        }
    }
}
