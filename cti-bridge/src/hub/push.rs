//! Pushes: what the bridge sends without being asked, with the data of each kind.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::presence::PresenceView;
use super::view::{CallbackEntry, MissedEntry, ProblemView};
use crate::call::{CallId, CallOutcome, DismissReason};
use crate::events_out::CallEvent;
use crate::popup::Popup;
use crate::protocol::{self, Stamp};

/// Declares the pushes: the kind, its data and its word.
macro_rules! pushes {
    ($($(#[$doc:meta])* $name:ident($data:ty), $word:literal;)+) => {
        /// What the bridge sends without being asked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PushKind { $($(#[$doc])* $name,)+ }

        /// A push, without its number.
        #[derive(Debug, Serialize)]
        #[serde(untagged)]
        pub enum Push<'a> { $($(#[$doc])* $name($data),)+ }

        impl PushKind {
            /// Every kind, in the order of `docs/protocol.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// The schema of the data.
            #[expect(clippy::extra_unused_lifetimes, reason = "the types of the list name it")]
            pub fn data_schema<'a>(self, generator: &mut SchemaGenerator) -> Schema {
                match self { $(Self::$name => generator.subschema_for::<$data>(),)+ }
            }
        }

        impl Push<'_> {
            /// The kind.
            #[must_use]
            pub const fn kind(&self) -> PushKind {
                match self { $(Self::$name(_) => PushKind::$name,)+ }
            }
        }
    };
}

pushes! {
    /// The agent's phone rings.
    CallRinging(&'a Popup<'a>), "call.ringing";
    /// The agent places a call.
    CallDialing(&'a Popup<'a>), "call.dialing";
    /// The pop-up has something new.
    CallUpdated(&'a Popup<'a>), "call.updated";
    /// The agent answered.
    CallAnswered(CallAnswered), "call.answered";
    /// The agent holds the other party.
    CallHeld(CallMoment), "call.held";
    /// The agent took the other party off hold.
    CallResumed(CallMoment), "call.resumed";
    /// The pop-up goes away.
    CallDismissed(CallDismissed), "call.dismissed";
    /// The call is over.
    CallEnded(CallEnded), "call.ended";
    /// What happened to anybody's call, for those who listen.
    CallEvent(&'a CallEvent), "call.event";
    /// Somebody wrote on the call's note.
    CallNote(NoteChanged<'a>), "call.note";
    /// Another socket of the agent rings from now on.
    RingMoved(RingMoved), "ring.moved";
    /// A missed call is new, taken up or closed.
    MissedChanged(&'a MissedEntry), "missed.changed";
    /// It is time to call somebody back.
    CallbackDue(CallbackEntry), "callback.due";
    /// An agent changed what a customer's card shows.
    CustomerChanged(CustomerChanged<'a>), "customer.changed";
    /// Somebody's presence changed, for agents who may see everybody's.
    AgentsChanged(AgentsChanged), "agents.changed";
    /// The agent's own presence changed.
    PresenceChanged(PresenceView), "presence.changed";
    /// A PBX connected or disconnected.
    SourceState(SourceState<'a>), "source.state";
    /// A rank run was committed: open cards may show an old rank.
    RankUpdated(RankUpdated), "rank.updated";
}

impl Serialize for PushKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl JsonSchema for PushKind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PushKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = Self::ALL.iter().map(|kind| kind.word()).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}

/// This agent answered.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct CallAnswered {
    #[schemars(with = "String")]
    pub call_id: CallId,
    pub answered_at: Stamp,
}

/// Something happened to a call at this time.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct CallMoment {
    #[schemars(with = "String")]
    pub call_id: CallId,
    pub at: Stamp,
}

/// The pop-up goes away, and why.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct CallDismissed {
    #[schemars(with = "String")]
    pub call_id: CallId,
    pub reason: DismissReason,
}

/// The call is over.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct CallEnded {
    #[schemars(with = "String")]
    pub call_id: CallId,
    pub outcome: CallOutcome,
    pub ended_at: Stamp,
    pub talk_seconds: u32,
    pub uncertain: bool,
}

/// The note of a call as it is now.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct NoteChanged<'a> {
    #[schemars(with = "String")]
    pub call_id: CallId,
    pub text: &'a str,
    /// Name of who wrote.
    pub by: &'a str,
}

/// The socket that rings; none: `null`.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct RingMoved {
    pub socket: Option<u64>,
}

/// A customer whose card changed.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct CustomerChanged<'a> {
    pub customer_code: &'a str,
}

/// Somebody's presence.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct AgentsChanged {
    pub agent_code: String,
    #[serde(flatten)]
    pub presence: PresenceView,
}

/// Whether the PBXs are connected.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SourceState<'a> {
    /// All of them.
    pub up: bool,
    /// The one that changed.
    pub source: &'a str,
    /// That one.
    pub source_up: bool,
    /// It is connected and does not let the bridge see or do everything.
    pub degraded: bool,
    /// What it does not let the bridge see or do.
    pub problems: Vec<ProblemView>,
}

/// A rank run that was committed or reverted.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/protocol.md")]
pub struct RankUpdated {
    pub run_id: i64,
    pub as_of: NaiveDate,
}

/// A push with its number.
#[derive(Serialize)]
struct Frame<'a> {
    ev: PushKind,
    seq: u64,
    at: Stamp,
    data: &'a Push<'a>,
}

impl Push<'_> {
    /// The push as a frame.
    ///
    /// # Errors
    /// It cannot be written, which is a bug.
    pub(crate) fn frame(&self, seq: u64, at: DateTime<Utc>) -> serde_json::Result<Utf8Bytes> {
        protocol::write(&Frame { ev: self.kind(), seq, at: Stamp(at), data: self })
    }
}
