//! Mistakes in settings, and warnings about settings and data.

use std::path::PathBuf;

use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};
use shared::settings_reader::{Mistake, MistakeKind};

/// Something in the settings or in the data that a person should look at. It stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Stable code, listed in `docs/rank.md#errors`.
    pub code: &'static str,
    /// Where: `rank.criteria[1].weight`, `records`.
    pub path: String,
    /// The value, or how many there are.
    pub value: String,
    /// What it means.
    pub reason: Message,
}

impl Warning {
    /// One line for people: the setting with its value, or what was found in the data, and the code.
    #[must_use]
    pub fn message(&self) -> Message {
        let Self { code, path, value, reason } = self;
        if path.starts_with("rank.") {
            return message!(
                "{path} = {value}: {reason}({code})",
                "{path} = {value}: {reason} ({code})",
                path = path,
                value = value,
                reason = reason,
                code = code,
            );
        }
        message!("{reason}({code})", "{reason} ({code})", reason = reason, code = code)
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum SettingsError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: Message,
    },
    /// The settings break a rule.
    Invalid {
        /// The file, or the run whose settings these are.
        origin: Message,
        /// Every mistake, in the order of the file.
        mistakes: Vec<Mistake>,
    },
}

impl Explain for SettingsError {
    fn message(&self) -> Message {
        match self {
            Self::Unreadable { path, reason } => message!(
                "{path} を読み込めません({reason})。data/rank.toml のようなランク設定ファイルを指定してください",
                "{path} cannot be read ({reason}); name a settings file such as data/rank.toml",
                path = path.display(),
                reason = reason,
            ),
            Self::Invalid { origin, mistakes } => message!(
                "{origin}: ランク設定に誤りが{n}件あります。修正してからもう一度実行してください(何も書き込んでいません)",
                "{origin}: {n} mistake(s) in the rank settings; correct them and try again (nothing was written)",
                origin = origin,
                n = mistakes.len(),
            ),
        }
    }
}

/// The stable code of a mistake, listed in `docs/rank.md#errors`.
#[must_use]
pub fn code_of(mistake: &Mistake) -> &'static str {
    match mistake.kind {
        MistakeKind::Syntax => "RANK_SYNTAX",
        MistakeKind::UnknownKey => "RANK_UNKNOWN_KEY",
        MistakeKind::Missing => "RANK_MISSING",
        MistakeKind::Type => "RANK_TYPE",
        MistakeKind::Range => "RANK_RANGE",
        MistakeKind::Choice => "RANK_CHOICE",
        MistakeKind::Rule(code) => code,
    }
}
