//! Settings from a file or a text.

use std::path::Path;

use shared::rank::RankMaster;

use crate::rank::settings::document;
use crate::rank::settings::model::RankSettings;
use crate::rank::settings::problem::{Problem, SettingsError};

/// The largest settings file, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

impl RankSettings {
    /// Reads and checks a settings file.
    ///
    /// # Errors
    /// [`SettingsError`]: the file cannot be read, or all that is wrong in it.
    pub fn load(path: &Path, master: &RankMaster) -> Result<Self, SettingsError> {
        let unreadable = |reason: String| SettingsError::Unreadable { path: path.to_owned(), reason };
        let size = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?.len();
        if size > FILE_BYTES_MAX {
            return Err(unreadable(format!("it has {size} bytes, more than {FILE_BYTES_MAX}")));
        }
        let origin = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            SettingsError::Invalid {
                origin: origin.clone(),
                problems: vec![Problem {
                    code: "RANK_SYNTAX",
                    path: format!("line {}", at + 1),
                    value: String::new(),
                    reason: "this is not UTF-8; save the file as UTF-8".to_owned(),
                }],
            }
        })?;
        Self::parse(&text, master, &origin)
    }

    /// Checks settings given as TOML; `origin` names them in an error.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] with all that is wrong.
    pub fn parse(text: &str, master: &RankMaster, origin: &str) -> Result<Self, SettingsError> {
        document::read(text, master)
            .map_err(|problems| SettingsError::Invalid { origin: origin.to_owned(), problems })
    }
}
