//! Why a connection ended.

use std::io;

use crate::source::SourceError;

/// Longest text of the PBX's that is quoted, in characters.
const EXCERPT_CHARS_MAX: usize = 200;

/// Why a connection ended. Of the PBX's data it contains only the text of a refusal.
#[derive(Debug, thiserror::Error)]
pub(in crate::source) enum ConnectionError {
    #[error("cannot connect: {error}; {advice}")]
    Connect { error: io::Error, advice: &'static str },
    #[error("no answer within {setting}{advice}")]
    Timeout { setting: &'static str, advice: &'static str },
    #[error("{0}")]
    Refused(String),
    #[error("the PBX closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Broken(io::Error),
    #[error("nothing received for twice ping_interval_ms, not even an answer to a ping")]
    Silent,
    #[error("cannot decode what the PBX sends: {0}")]
    Decode(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Fatal(#[from] SourceError),
    /// The bridge has dropped the receiver: the program is ending.
    #[error("the bridge no longer receives events")]
    NoReceiver,
}

impl ConnectionError {
    /// An answer did not arrive within this setting.
    pub(in crate::source) const fn timeout(setting: &'static str) -> Self {
        Self::Timeout { setting, advice: "" }
    }

    /// Whether reconnecting is useless.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Fatal(_) | Self::NoReceiver)
    }
}

/// The text of a refusal as one short line.
pub(in crate::source) fn excerpt(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS_MAX).collect()
}
