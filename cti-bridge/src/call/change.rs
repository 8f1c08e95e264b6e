//! What happens to calls, in terms of agents' screens and call records.

pub use shared::call::{CallDirection as Direction, CallOutcome};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::call::PartEnd;
use shared::caller::CallerNumber;

use super::{CallId, CallPart, QueueVisit};

/// What is known about a call as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallInfo {
    /// The bridge's identity of the call.
    pub call_id: CallId,
    /// Its direction.
    pub direction: Direction,
    /// The other party: the caller of an inbound call, the number dialled of an outbound call, the calling extension of an
    /// internal call. Never a number that the caller withholds.
    pub caller: CallerNumber,
    /// The name that the PBX sends with the caller's number. Anybody can send any name.
    pub caller_name: Option<String>,
    /// The number or extension dialled, as the PBX writes it.
    pub called: Option<String>,
    /// The queue in which the caller waits or waited.
    pub queue: Option<String>,
    /// When the caller entered a queue.
    pub queued_at: Option<DateTime<Utc>>,
    /// The customer code that the caller entered in an IVR.
    pub customer_code: Option<String>,
    /// When the call's first channel was seen.
    pub started_at: DateTime<Utc>,
}

/// Something that happened to a call. `extension` identifies the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallChange {
    /// This agent's phone rings: show a pop-up.
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
    /// This agent calls an outside number: show whose it is. `Answered` follows when the far end answers.
    Placed {
        /// The call.
        call: CallInfo,
        /// Who calls.
        extension: String,
        /// When the far end was first called.
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
    /// This agent no longer talks, but the pop-up stays: the caller is alone (a survey, a parking space), and nobody else
    /// has the call yet. After-call work begins.
    Left {
        /// The call.
        call_id: CallId,
        /// Who left.
        extension: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The pop-up leaves this agent's screen; the call itself may continue.
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
    /// This agent took the other party off hold.
    Resumed {
        /// The call.
        call_id: CallId,
        /// Who took them off hold.
        extension: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The other party or its customer code became known or changed.
    CallerChanged {
        /// The call, with the new caller.
        call: CallInfo,
    },
    /// The call is over; nothing follows for it.
    Ended(EndedCall),
}

/// The whole of a finished call, for the call record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedCall {
    /// The call.
    pub call: CallInfo,
    /// How it ended.
    pub outcome: CallOutcome,
    /// The extensions that talked, in order; for an outbound call the extension that dialled.
    pub answered_by: Vec<String>,
    /// When somebody answered for the first time.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the last channel ended.
    pub ended_at: DateTime<Utc>,
    /// From the first ring to the answer, or until no phone rang any more if nobody answered. Seconds.
    pub ring_seconds: u32,
    /// How long somebody on our side was joined with the other party, without the time on hold. Seconds.
    pub talk_seconds: u32,
    /// How long agents held the other party. Seconds.
    pub hold_seconds: u32,
    /// Who took part, in the order of leaving.
    pub parts: Vec<CallPart>,
    /// The PBX's own identity of the call: its first channel.
    pub pbx_call_id: Option<String>,
    /// The files into which it was recorded, as the PBX names them.
    pub recordings: Vec<String>,
    /// Where the caller waited.
    pub visits: Vec<QueueVisit>,
    /// Part of the call was not observed (a lost connection, a limit), so outcome and times are a best guess.
    pub uncertain: bool,
}

/// Why a pop-up is dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DismissReason {
    /// Another agent answered.
    AnsweredElsewhere,
    /// This phone rang out.
    NoAnswer,
    /// The caller gave up.
    CallerHungUp,
    /// The call was transferred to somebody else.
    Transferred,
    /// This phone was busy, rejected the call or could not be reached.
    Rejected,
    /// The PBX no longer has the call, and its end was not observed.
    Lost,
}

impl DismissReason {
    /// The word in the protocol (`docs/protocol.md`) and in the store.
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

    /// How the agent's part ended.
    pub(super) const fn part_end(self) -> PartEnd {
        match self {
            Self::AnsweredElsewhere => PartEnd::AnsweredElsewhere,
            Self::NoAnswer => PartEnd::NoAnswer,
            Self::CallerHungUp => PartEnd::CallerHungUp,
            Self::Transferred => PartEnd::Transferred,
            Self::Rejected => PartEnd::Rejected,
            Self::Lost => PartEnd::Lost,
        }
    }
}
