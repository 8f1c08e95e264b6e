//! What a PBX reports, in terms that fit every make of it.

use shared::caller::CallerNumber;

use super::{BridgeId, Caller, ChannelId, ChannelState, DialResult, GoneCause, Party, Role};

/// Something that a PBX reported. It never carries a number that the caller withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallSignal {
    /// A channel exists. Also sent for a channel of the list of live channels. Sending it twice is harmless, and it does not
    /// change the party of a known channel ([`CallSignal::PartyChanged`] does).
    ChannelSeen {
        /// Which.
        channel: ChannelId,
        /// A channel of the same call: possibly itself, possibly an unknown one.
        linked: Option<ChannelId>,
        /// Its party.
        party: Party,
        /// Whether it calls or is called.
        role: Role,
        /// Its state.
        state: ChannelState,
        /// The number dialled: by a channel that calls, or to reach an outside channel that is called.
        dialled: Option<String>,
        /// The caller, on a channel that calls.
        caller: Option<Caller>,
        /// It existed before it was first reported.
        uncertain: bool,
    },
    /// A channel belongs to another party now (a picked-up call).
    PartyChanged {
        /// Which.
        channel: ChannelId,
        /// Its party now.
        party: Party,
    },
    /// The caller on this channel became known.
    CallerKnown {
        /// Which.
        channel: ChannelId,
        /// The caller.
        caller: CallerNumber,
    },
    /// The name that the PBX sends with the caller's number, which may be shown. It follows the number.
    CallerNamed {
        /// The caller's channel.
        channel: ChannelId,
        /// The name.
        name: String,
    },
    /// The caller entered a customer code in an IVR. It takes precedence over the number.
    CustomerCode {
        /// A channel of the call.
        channel: ChannelId,
        /// The code as entered.
        customer_code: String,
    },
    /// Two channels belong to one call.
    Linked {
        /// One.
        channel: ChannelId,
        /// The other one, possibly unknown.
        linked: ChannelId,
    },
    /// A channel's state changed.
    State {
        /// Which.
        channel: ChannelId,
        /// Its state.
        state: ChannelState,
    },
    /// A phone is being called.
    DialBegin {
        /// On behalf of which channel. None, when the PBX itself calls.
        source: Option<ChannelId>,
        /// The phone's channel.
        destination: ChannelId,
        /// The number that went to the trunk, when an outside party is called.
        dialled: Option<String>,
    },
    /// The attempt is over. It may be reported more than once; the first report counts.
    DialEnd {
        /// The phone's channel.
        destination: ChannelId,
        /// Its result.
        result: DialResult,
    },
    /// A caller waits in a queue.
    QueueJoin {
        /// The caller's channel.
        channel: ChannelId,
        /// The queue's name.
        queue: String,
    },
    /// A caller no longer waits in a queue.
    QueueLeave {
        /// The caller's channel.
        channel: ChannelId,
    },
    /// A channel waits alone: a caller who is parked, an agent between two calls.
    SetAside {
        /// Which.
        channel: ChannelId,
    },
    /// An agent took over a call that rings another phone.
    PickedUp {
        /// The channel of the agent who picks up.
        channel: ChannelId,
        /// The channel of the phone that rang.
        rang: ChannelId,
    },
    /// A call is being recorded into this file.
    Recorded {
        /// A channel of the call.
        channel: ChannelId,
        /// The file, as the PBX names it.
        file: String,
    },
    /// An agent has the call sent to the own phone from the screen: the phones that ring stop, and the call goes on.
    Redirected {
        /// The caller's channel.
        channel: ChannelId,
    },
    /// Two halves of an internal channel: what is dialled through one arrives at the other.
    Paired {
        /// The half that is dialled.
        channel: ChannelId,
        /// The half that dials on.
        other: ChannelId,
    },
    /// A channel hears the others in a bridge.
    BridgeEnter {
        /// Which.
        channel: ChannelId,
        /// The bridge.
        bridge: BridgeId,
    },
    /// A channel left a bridge.
    BridgeLeave {
        /// Which.
        channel: ChannelId,
        /// The bridge.
        bridge: BridgeId,
    },
    /// These channels transferred their call; they are about to end.
    Transferred {
        /// The channels of the transferring agent (two in an attended transfer).
        by: Vec<ChannelId>,
    },
    /// The far end is on hold.
    Hold {
        /// The holding agent's channel.
        channel: ChannelId,
    },
    /// The far end was taken off hold.
    Unhold {
        /// The holding agent's channel.
        channel: ChannelId,
    },
    /// The person behind this channel hung up, or refused; the channel will end soon.
    HungUp {
        /// Which.
        channel: ChannelId,
        /// Why, as far as it is known.
        cause: GoneCause,
    },
    /// A channel has ended.
    Gone {
        /// Which.
        channel: ChannelId,
        /// Why.
        cause: GoneCause,
    },
    /// The list of live channels begins. Announcements wait for its end.
    ChannelListBegin,
    /// The list is complete: channels that it did not name are gone.
    ChannelListEnd,
    /// The list broke off: nothing is known about channels that it did not name.
    ChannelListAborted,
    /// The connection was lost: what happens now is not observed.
    SourceLost,
}

impl CallSignal {
    /// The channel whose caller the signal may reveal.
    #[must_use]
    pub fn caller_of(&self) -> Option<&ChannelId> {
        match self {
            Self::ChannelSeen { channel, role: Role::Origin, .. }
            | Self::CallerKnown { channel, .. }
            | Self::CustomerCode { channel, .. } => Some(channel),
            _ => None,
        }
    }

    /// The signal with other names for agents' phones.
    #[must_use]
    pub fn with_phones(mut self, name: impl FnOnce(String) -> String) -> Self {
        if let Self::ChannelSeen { party: Party::Agent { extension }, .. }
        | Self::PartyChanged { party: Party::Agent { extension }, .. } = &mut self
        {
            *extension = name(std::mem::take(extension));
        }
        self
    }

    /// The channel that the signal is about, if it is about one.
    #[must_use]
    pub fn channel(&self) -> Option<&ChannelId> {
        match self {
            Self::ChannelSeen { channel, .. }
            | Self::PartyChanged { channel, .. }
            | Self::CallerKnown { channel, .. }
            | Self::CallerNamed { channel, .. }
            | Self::CustomerCode { channel, .. }
            | Self::Linked { channel, .. }
            | Self::State { channel, .. }
            | Self::DialBegin { destination: channel, .. }
            | Self::DialEnd { destination: channel, .. }
            | Self::QueueJoin { channel, .. }
            | Self::QueueLeave { channel }
            | Self::SetAside { channel }
            | Self::PickedUp { channel, .. }
            | Self::Redirected { channel }
            | Self::Recorded { channel, .. }
            | Self::Paired { channel, .. }
            | Self::BridgeEnter { channel, .. }
            | Self::BridgeLeave { channel, .. }
            | Self::Hold { channel }
            | Self::Unhold { channel }
            | Self::HungUp { channel, .. }
            | Self::Gone { channel, .. } => Some(channel),
            Self::Transferred { .. }
            | Self::ChannelListBegin
            | Self::ChannelListEnd
            | Self::ChannelListAborted
            | Self::SourceLost => None,
        }
    }
}
