//! What is wrong with settings, and what is worth a look before a run.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong, or worth a look, in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, listed in `docs/rank.md#errors`.
    pub code: &'static str,
    /// Where: `rank.criteria[1].weight`.
    pub path: String,
    /// What stands there; empty when something is missing.
    pub value: String,
    /// Why it cannot be, and what can.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.path)?;
        if !self.value.is_empty() {
            write!(f, " = {}", self.value)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{} cannot be read: {reason}; name a settings file such as data/rank.toml", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file says something that cannot be. All problems at once.
    #[error("{origin}: {} in the rank settings{}", count(.problems), list(.problems))]
    Invalid {
        /// The file, or the run whose settings these are.
        origin: String,
        /// Every problem that was found, in the order of the file.
        problems: Vec<Problem>,
    },
}

fn count(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}
