//! Settings from a file or a text.

use std::path::Path;

use shared::cause::Cause as _;
use shared::message;
use shared::message::{Label, Message};
use shared::rank::RankMaster;
use shared::settings_reader::{Mistake, MistakeKind};

use crate::rank::settings::document;
use crate::rank::settings::model::RankSettings;
use crate::rank::settings::problem::SettingsError;

/// The largest settings file, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

const NOT_UTF8: Label = Label::new(
    "文字コードがUTF-8ではありません。UTF-8で保存し直してください",
    "this is not UTF-8; save the file as UTF-8",
);

impl RankSettings {
    /// Reads and checks a settings file.
    ///
    /// # Errors
    /// [`SettingsError`]: the file cannot be read, or has mistakes.
    pub fn load(path: &Path, master: &RankMaster) -> Result<Self, SettingsError> {
        let origin = message!("{path}", "{path}", path = path.display());
        let text = String::from_utf8(bytes(path)?).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
            let (key, value) = (String::new(), String::new());
            let mistake = Mistake { line, key, value, kind: MistakeKind::Syntax, message: NOT_UTF8.into() };
            SettingsError::Invalid { origin: origin.clone(), mistakes: vec![mistake] }
        })?;
        Self::parse(&text, master, &origin)
    }

    /// Checks settings given as TOML; `origin` names them in an error.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] with every mistake.
    pub fn parse(text: &str, master: &RankMaster, origin: &Message) -> Result<Self, SettingsError> {
        document::read(text, master)
            .map_err(|mistakes| SettingsError::Invalid { origin: origin.clone(), mistakes })
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, SettingsError> {
    let unreadable = |reason: Message| SettingsError::Unreadable { path: path.to_owned(), reason };
    let failed = |error: std::io::Error| unreadable(error.cause());
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        return Err(unreadable(message!("大きすぎます: {size}バイト", "it has {size} bytes", size = size)));
    }
    std::fs::read(path).map_err(failed)
}
