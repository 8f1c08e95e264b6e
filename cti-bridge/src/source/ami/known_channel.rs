//! What is remembered of a channel.

use std::fmt;

use crate::call::ChannelId;

/// A channel that was seen.
pub(super) struct KnownChannel {
    /// The channel's name, which tells its party.
    pub(super) name: Option<Box<str>>,
    /// The channel that it was last linked to.
    pub(super) linked: Option<ChannelId>,
    /// An incoming trunk channel: its number is the caller's.
    pub(super) calls_in: bool,
    /// The number that was shown last.
    pub(super) shown: Option<String>,
    /// The number that is being asked about.
    pub(super) asked: Option<AskedNumber>,
}

/// A number that must not be used before the answer.
pub(super) struct AskedNumber {
    pub(super) number: String,
    pub(super) name: Option<String>,
    pub(super) serial: u64,
}

impl KnownChannel {
    pub(super) fn new(name: Option<&str>, linked: Option<ChannelId>, calls_in: bool) -> Self {
        Self { name: name.map(Into::into), linked, calls_in, shown: None, asked: None }
    }
}

/// Hides the numbers.
impl fmt::Debug for KnownChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownChannel").field("linked", &self.linked).finish_non_exhaustive()
    }
}
