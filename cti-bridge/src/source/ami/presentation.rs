//! Whether a caller's number may be shown: the question and the answer.

use crate::call::ChannelId;

/// What to do about a number before anything says that it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresentationPolicy {
    /// Ask the telephone system, and show nothing until it answers.
    Ask,
    /// Take every number as shown. Only for replaying recordings that hold no answers.
    AssumeAllowed,
}

/// Whether a caller's number may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// It may.
    Allowed,
    /// The caller withholds it.
    Prohibited,
    /// The network has none.
    Unavailable,
    /// No answer, or one that says neither: the number must not be used.
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

/// A question to the telephone system: may this channel's number be shown?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentationAsk {
    /// The channel.
    pub channel: ChannelId,
    /// Its name, which the action wants.
    pub channel_name: String,
    /// Tells this question from an earlier one about the same channel.
    pub serial: u64,
}
