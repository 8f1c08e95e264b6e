//! Channels of a PBX, in terms that fit every make of it.

use std::borrow::Borrow;
use std::fmt;

use shared::caller::CallerNumber;

/// The PBX's own identity of a channel (Asterisk: `Uniqueid`; FreeSWITCH: `Unique-ID`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(Box<str>);

impl ChannelId {
    /// The identity as the PBX writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ChannelId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Borrow<str> for ChannelId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The PBX's own identity of a bridge, in which channels hear each other.
pub type BridgeId = ChannelId;

/// The party behind a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// An agent's phone.
    Agent {
        /// The extension, as the agent's record has it.
        extension: String,
    },
    /// A trunk: somebody outside the company.
    Outside,
    /// Internal to the PBX: it belongs to a call, but to no party.
    Internal,
}

/// Which side of a call a channel is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It calls.
    Origin,
    /// It is called.
    Destination,
}

/// The state of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelState {
    /// Neither ringing nor up.
    Idle,
    /// The far end's phone rings.
    Ringing,
    /// Answered.
    Up,
}

/// What is known about the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// It is being asked whether the number may be shown; the answer follows as
    /// [`CallSignal::CallerKnown`](super::CallSignal::CallerKnown).
    Pending,
    /// Known, or known to be unknown.
    Known(CallerNumber),
}

/// How an attempt to reach a phone ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialResult {
    /// Answered.
    Answered,
    /// Rang out.
    NoAnswer,
    /// Busy or refused.
    Busy,
    /// Could not be reached.
    Failed,
    /// Cancelled: another phone answered, or the caller gave up.
    Cancelled,
    /// The phone sent the call elsewhere.
    Forwarded,
}

/// Why a channel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GoneCause {
    /// An ordinary end, or none given.
    Normal,
    /// Another phone answered.
    AnsweredElsewhere,
    /// Busy or refused.
    Busy,
    /// Rang out.
    NoAnswer,
    /// Could not be reached.
    Failed,
}
