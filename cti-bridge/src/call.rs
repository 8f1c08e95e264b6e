//! Calls: what a telephone system tells ([`CallSignal`]), what it means to agents ([`CallChange`]) and the pure
//! function between the two ([`CallTracker`]).
//!
//! Nothing here does I/O, knows a wire format or reads a clock: a source translates, the caller gives the time.
//! A call is a *set of channels* with one stable [`CallId`] of ours, because a telephone system's own identities
//! change when calls are joined (ARCHITECTURE.md, "A call becomes a pop-up").
//!
//! What a consumer may rely on, for each call and each extension:
//! `Ringing` (or `Placed`, for who calls out) comes first, then at most one `Answered`, then at most one
//! `Dismissed`; `Ended` comes last, once per call, and takes away whatever is still shown. An agent to whom a running call is handed (attended transfer,
//! pick-up, a call found already running) gets `Ringing` directly followed by `Answered`.

mod graph;
mod leg;
mod live;
mod merge;
mod progress;
mod reconcile;
mod seen;
mod signal;
mod tracker;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use shared::caller::CallerNumber;

pub use signal::{BridgeId, CallSignal, Caller, ChannelId, ChannelState, DialResult, GoneCause, Party, Role};
pub use tracker::{CallTracker, TrackerLimits};

/// The stable identity of a call: ours, not the telephone system's. Written as `c-` and 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c-{:016x}", self.0)
    }
}

/// The text is not a [`CallId`]: it must be `c-` and 16 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a call id: expected `c-` and 16 hexadecimal digits")]
pub struct CallIdError;

impl FromStr for CallId {
    type Err = CallIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("c-").filter(|d| d.len() == 16).ok_or(CallIdError)?;
        if !digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(CallIdError);
        }
        u64::from_str_radix(digits, 16).map(Self).map_err(|_| CallIdError)
    }
}

impl Serialize for CallId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Makes the identities of new calls.
///
/// A call that the telephone system names gets the same identity each time it is met, so that a bridge that was
/// restarted knows the calls that still run, and what agents wrote about them. Another telephone system's calls get
/// others, because the salt is another.
#[derive(Debug, Clone)]
pub struct CallIds {
    salt: u64,
    state: u64,
}

impl CallIds {
    /// The identities of the telephone system of this name. Only calls that it does not name differ between runs.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn of_source(name: &str) -> Result<Self, getrandom::Error> {
        Ok(Self { salt: hash(0, name.as_bytes()), state: getrandom::u64()? })
    }

    /// The same identities each time: for tests and replays.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { salt: seed, state: seed }
    }

    /// The identity of the call that this channel begins.
    #[must_use]
    pub fn id_of(&self, channel: &ChannelId) -> CallId {
        CallId(hash(self.salt, channel.as_str().as_bytes()))
    }

    /// The next identity. SplitMix64: it visits every value once before it repeats, so no two calls share one.
    pub fn next_id(&mut self) -> CallId {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        CallId(mixed(self.state))
    }
}

/// The finisher of SplitMix64.
const fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a with a finisher: the same in every build, which the standard library's hasher does not promise.
fn hash(salt: u64, bytes: &[u8]) -> u64 {
    let start = salt ^ 0xcbf2_9ce4_8422_2325;
    mixed(bytes.iter().fold(start, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// Which way a call goes, seen from the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From outside to us.
    Inbound,
    /// From one of us to outside.
    Outbound,
    /// Between two of us, such as the question before an attended transfer.
    Internal,
}

impl Direction {
    /// The word of `docs/protocol.md` and of the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Internal => "internal",
        }
    }
}

/// What is known about a call as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallInfo {
    /// Our identity of the call.
    pub call_id: CallId,
    /// Which way it goes.
    pub direction: Direction,
    /// The other end: for an inbound call who calls, for an outbound call the number dialled, for an internal
    /// call the calling extension. Never a number that the caller withholds.
    pub caller: CallerNumber,
    /// The number or extension dialled, as the telephone system wrote it.
    pub called: Option<String>,
    /// The queue that the caller waits or waited in.
    pub queue: Option<String>,
    /// When the caller began to wait in a queue.
    pub queued_at: Option<DateTime<Utc>>,
    /// The customer code that the caller gave to an IVR.
    pub customer_code: Option<String>,
    /// When the call's first channel was seen.
    pub started_at: DateTime<Utc>,
}

/// What happened to a call, in terms of agents' screens and the call record. `extension` names the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallChange {
    /// This agent's phone rings: pop up.
    Ringing {
        /// The call.
        call: CallInfo,
        /// Whose phone.
        extension: String,
        /// When it began to ring.
        at: DateTime<Utc>,
        /// The call was found already running, so times and roles are a best guess.
        uncertain: bool,
    },
    /// This agent calls somebody outside: show who it is. `Answered` follows when the far end answers.
    Placed {
        /// The call.
        call: CallInfo,
        /// Who calls.
        extension: String,
        /// When the far end began to be called.
        at: DateTime<Utc>,
        /// The call was found already running, so times and roles are a best guess.
        uncertain: bool,
    },
    /// This agent has the call now.
    Answered {
        /// The call.
        call: CallInfo,
        /// Who answered.
        extension: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The pop-up goes from this agent's screen; the call itself may go on.
    Dismissed {
        /// The call.
        call_id: CallId,
        /// Whose screen.
        extension: String,
        /// Why.
        reason: DismissReason,
        /// When.
        at: DateTime<Utc>,
    },
    /// This agent put the other party on hold.
    Held {
        /// The call.
        call_id: CallId,
        /// Who holds.
        extension: String,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// This agent took the other party back.
    Resumed {
        /// The call.
        call_id: CallId,
        /// Who held.
        extension: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The other end or its customer code became known, or is another one now.
    CallerChanged {
        /// The call, with the new caller.
        call: CallInfo,
    },
    /// The call is over; nothing more follows for it.
    Ended(EndedCall),
}

/// The whole of a finished call, for the call record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedCall {
    /// The call.
    pub call: CallInfo,
    /// How it ended.
    pub outcome: CallOutcome,
    /// The extensions that talked, first to last; for an outbound call the extension that dialled.
    pub answered_by: Vec<String>,
    /// When somebody answered for the first time.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the last channel went.
    pub ended_at: DateTime<Utc>,
    /// From the first ring to the answer, or to the end if nobody answered. Seconds.
    pub ring_seconds: u32,
    /// From the answer to the end without the time on hold. Seconds.
    pub talk_seconds: u32,
    /// How long agents held the other party. Seconds.
    pub hold_seconds: u32,
    /// Part of the call was not seen (a lost connection, a limit), so outcome and times are a best guess.
    pub uncertain: bool,
}

/// Why a pop-up goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DismissReason {
    /// Another agent took it.
    AnsweredElsewhere,
    /// This phone rang out.
    NoAnswer,
    /// The caller gave up.
    CallerHungUp,
    /// The call went on to somebody else.
    Transferred,
    /// This phone was busy, refused or could not be reached.
    Rejected,
    /// The telephone system no longer has the call, and nobody saw how it went.
    Lost,
}

impl DismissReason {
    /// The word of `docs/protocol.md` and of the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AnsweredElsewhere => "answered_elsewhere",
            Self::NoAnswer => "no_answer",
            Self::CallerHungUp => "caller_hung_up",
            Self::Transferred => "transferred",
            Self::Rejected => "rejected",
            Self::Lost => "lost",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Somebody answered.
    Completed,
    /// The caller gave up before anybody answered.
    Abandoned,
    /// Nobody answered and the telephone system ended it.
    NoAnswer,
    /// Every phone was busy or refused.
    Busy,
    /// The call could not be put through.
    Failed,
    /// Not seen.
    Unknown,
}

impl CallOutcome {
    /// The word of `docs/protocol.md` and of the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Abandoned => "abandoned",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}
