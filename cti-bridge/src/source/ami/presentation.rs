//! Whether a caller's number may be shown: the question and the answer.

use crate::call::ChannelId;

/// What to do with a number while nothing is known about its presentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresentationPolicy {
    /// Ask Asterisk, and do not use the number until it answers.
    Ask,
    /// Use every number. Only for replaying recordings that contain no answers.
    AssumeAllowed,
}

/// Whether a caller's number may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// It may.
    Allowed,
    /// The caller withholds it.
    Prohibited,
    /// The network has no number.
    Unavailable,
    /// No answer, or an unclear one: the number must not be used.
    Unanswered,
}

impl Presentation {
    /// Reads the value of `CALLERID(num-pres)` (Asterisk `callerid.c`, `pres_types`).
    #[must_use]
    pub fn parse(value: &str) -> Self {
        match value.trim() {
            v if v.starts_with("allowed") => Self::Allowed,
            v if v.starts_with("prohib") => Self::Prohibited,
            "unavailable" => Self::Unavailable,
            _ => Self::Unanswered,
        }
    }
}

/// A question to Asterisk: may this channel's number be shown?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentationQuestion {
    /// The channel.
    pub channel: ChannelId,
    /// Its name, as the action needs it.
    pub channel_name: String,
    /// Distinguishes this question from an earlier one about the same channel.
    pub serial: u64,
}
