//! What a telephone system tells, in words that fit every make of it.

use std::borrow::Borrow;
use std::fmt;

use shared::caller::CallerNumber;

/// The telephone system's own identity of one channel (Asterisk: `Uniqueid`; FreeSWITCH: `Unique-ID`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(Box<str>);

impl ChannelId {
    /// The identity as the telephone system writes it.
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

/// The telephone system's own identity of a bridge, where channels hear each other.
pub type BridgeId = ChannelId;

/// Whose end a channel is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// The phone of one of us.
    Agent {
        /// The extension: what an agent's record names.
        extension: String,
    },
    /// A line to the outside.
    Outside,
    /// Plumbing inside the telephone system: it belongs to a call, but nobody is behind it.
    Internal,
}

/// How a channel came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It calls.
    Origin,
    /// It is called.
    Destination,
}

/// How far a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelState {
    /// Neither ringing nor up.
    Idle,
    /// The far end's phone rings.
    Ringing,
    /// Answered.
    Up,
}

/// What may be said about who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Whether the number may be shown is being asked; the answer follows as [`CallSignal::CallerKnown`].
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
    /// Called off: another phone answered, or the caller gave up.
    Cancelled,
}

/// Why a channel went.
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

/// One thing that a telephone system told. It never carries a number that the caller withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallSignal {
    /// A channel exists. Also sent for a channel found in a snapshot; telling it twice is harmless, and whose end a known
    /// channel is does not change by it ([`CallSignal::PartyChanged`] says that).
    ChannelSeen {
        /// Which.
        channel: ChannelId,
        /// A channel (perhaps itself, perhaps not seen) of the same call.
        linked: Option<ChannelId>,
        /// Whose end it is.
        party: Party,
        /// Whether it calls or is called.
        role: Role,
        /// How far it is.
        state: ChannelState,
        /// The number dialled, on a channel that calls.
        dialled: Option<String>,
        /// Who calls, on a channel that calls.
        caller: Option<Caller>,
        /// It existed before it was first told about.
        uncertain: bool,
    },
    /// A channel is another party's now (a picked-up call).
    PartyChanged {
        /// Which.
        channel: ChannelId,
        /// Whose end it is now.
        party: Party,
    },
    /// Who calls on this channel became known.
    CallerKnown {
        /// Which.
        channel: ChannelId,
        /// Who calls.
        caller: CallerNumber,
    },
    /// The caller gave a customer code (an IVR collected it): it goes before the number.
    CustomerCode {
        /// A channel of the call.
        channel: ChannelId,
        /// The code as it was given.
        customer_code: String,
    },
    /// Two channels belong to one call.
    Linked {
        /// One.
        channel: ChannelId,
        /// The other, perhaps never seen itself.
        linked: ChannelId,
    },
    /// A channel got on.
    State {
        /// Which.
        channel: ChannelId,
        /// How far it is.
        state: ChannelState,
    },
    /// A phone is being called.
    DialBegin {
        /// On behalf of which channel, if of any.
        source: Option<ChannelId>,
        /// The phone's channel.
        destination: ChannelId,
    },
    /// The attempt is over. May be told more than once; the first counts.
    DialEnd {
        /// The phone's channel.
        destination: ChannelId,
        /// How.
        result: DialResult,
    },
    /// A caller waits in a queue.
    QueueJoin {
        /// The caller's channel.
        channel: ChannelId,
        /// The queue's name.
        queue: String,
    },
    /// A caller in a queue gave up.
    QueueAbandon {
        /// The caller's channel.
        channel: ChannelId,
    },
    /// A channel hears the others in a bridge.
    BridgeEnter {
        /// Which.
        channel: ChannelId,
        /// Where.
        bridge: BridgeId,
    },
    /// A channel left a bridge.
    BridgeLeave {
        /// Which.
        channel: ChannelId,
        /// From where.
        bridge: BridgeId,
    },
    /// These channels gave their call away; they are about to go.
    Transferred {
        /// The channels of whoever transfers (two in an attended transfer).
        by: Vec<ChannelId>,
    },
    /// The far end is on hold.
    Hold {
        /// The channel of whoever holds.
        channel: ChannelId,
    },
    /// The far end was taken back.
    Unhold {
        /// The channel of whoever held.
        channel: ChannelId,
    },
    /// The person behind this channel hung up; the channel goes soon.
    HungUp {
        /// Which.
        channel: ChannelId,
    },
    /// A channel is gone.
    Gone {
        /// Which.
        channel: ChannelId,
        /// Why.
        cause: GoneCause,
    },
    /// A list of all live channels begins. Announcements wait for its end.
    SnapshotBegin,
    /// The list is complete: what it did not name is gone.
    SnapshotEnd,
    /// The list broke off: nothing can be said about what it did not name.
    SnapshotAborted,
    /// The connection was lost: what happens now is not seen.
    SourceLost,
}

impl CallSignal {
    /// The channel of which the signal may say who calls.
    #[must_use]
    pub fn caller_of(&self) -> Option<&ChannelId> {
        match self {
            Self::ChannelSeen { channel, role: Role::Origin, .. }
            | Self::CallerKnown { channel, .. }
            | Self::CustomerCode { channel, .. } => Some(channel),
            _ => None,
        }
    }

    /// The channel that the signal is about, if it is about one.
    #[must_use]
    pub fn channel(&self) -> Option<&ChannelId> {
        match self {
            Self::ChannelSeen { channel, .. }
            | Self::PartyChanged { channel, .. }
            | Self::CallerKnown { channel, .. }
            | Self::CustomerCode { channel, .. }
            | Self::Linked { channel, .. }
            | Self::State { channel, .. }
            | Self::DialBegin { destination: channel, .. }
            | Self::DialEnd { destination: channel, .. }
            | Self::QueueJoin { channel, .. }
            | Self::QueueAbandon { channel }
            | Self::BridgeEnter { channel, .. }
            | Self::BridgeLeave { channel, .. }
            | Self::Hold { channel }
            | Self::Unhold { channel }
            | Self::HungUp { channel }
            | Self::Gone { channel, .. } => Some(channel),
            Self::Transferred { .. }
            | Self::SnapshotBegin
            | Self::SnapshotEnd
            | Self::SnapshotAborted
            | Self::SourceLost => None,
        }
    }
}
