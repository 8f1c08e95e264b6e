//! The operations of the protocol, one file each: the request, the permission it needs, and what it does.
//!
//! To add one, write its file, declare that below, and add a line to `operations!`.

pub mod ack;
pub mod agents;
pub mod call_choose;
pub mod call_dial;
pub mod call_forget;
pub mod call_hangup;
pub mod call_hold;
pub mod call_note;
pub mod call_nuisance;
pub mod call_pickup;
pub mod call_recordings;
pub mod call_shown;
pub mod call_transfer;
pub mod call_wrapup;
pub mod callback_done;
pub mod callbacks;
mod caller_number;
pub mod calls;
pub mod calls_all;
pub mod colleagues;
pub mod contact_attach;
pub mod customer_create;
pub mod hello;
pub mod history;
pub mod inquiry_create;
pub mod inquiry_update;
pub mod lead_create;
pub mod lookup;
pub mod masters;
pub mod missed;
pub mod missed_claim;
pub mod missed_close;
pub mod missed_release;
mod new_party;
pub mod ping;
pub mod presence;
pub mod ring_here;
pub mod search;
pub(crate) mod step;
pub mod task_create;
pub mod task_done;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;
use shared::message;

use crate::bridge::access::Target;
pub use crate::bridge::access::{Object, Relation};
use crate::permission::Permission;
use crate::protocol::{self, Envelope, ErrorCode, Refusal, WriteKey};
pub use step::Cost;
use step::{Context, Operation, Task};

/// Declares the operations: the type, the file and the word of each.
macro_rules! operations {
    ($($name:ident, $module:ident, $word:literal;)+) => {
        /// What a client can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is explained in its file")]
        pub enum Op { $($name,)+ }

        /// A request, decoded and within its limits.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is explained in its file")]
        pub enum Request { $($name($module::$name),)+ }

        impl Op {
            /// Every operation, in the order of `docs/protocol.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// The operation of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }

            /// The permission that an agent needs; `None`: everybody who signed in may.
            #[must_use]
            pub const fn permission(self) -> Option<Permission> {
                match self { $(Self::$name => <$module::$name as Operation>::PERMISSION,)+ }
            }

            /// A request as JSON, without `id` and `op`: every field that can be given together.
            #[must_use]
            pub const fn example(self) -> &'static str {
                match self { $(Self::$name => <$module::$name as Operation>::EXAMPLE,)+ }
            }

            /// The schema of the request's fields.
            pub fn request_schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self { $(Self::$name => generator.subschema_for::<$module::$name>(),)+ }
            }

            /// The schema of the answer's data.
            pub fn answer_schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self { $(Self::$name => generator.subschema_for::<<$module::$name as Operation>::Answer>(),)+ }
            }

            /// Reads the fields of a request.
            fn read(self, frame: &str) -> Result<Request, Refusal> {
                match self { $(Self::$name => protocol::read(frame).map(Request::$name),)+ }
            }
        }

        impl Request {
            /// The operation.
            #[must_use]
            pub const fn op(&self) -> Op {
                match self { $(Self::$name(_) => Op::$name,)+ }
            }

            /// What it acts on.
            #[must_use]
            pub fn object(&self) -> Object {
                match self { $(Self::$name(request) => request.object(),)+ }
            }

            /// What it uses up of the agent's rates.
            #[must_use]
            pub fn cost(&self) -> Cost {
                match self { $(Self::$name(request) => request.cost(),)+ }
            }

            /// Decides what to do.
            ///
            /// # Errors
            /// Why nothing is done.
            pub(crate) fn handle(self, id: &RawValue, cx: &Context) -> Result<Task, Refusal> {
                let target = Target { op: self.op().word(), object: self.object() };
                match self { $(Self::$name(request) => Ok(request.handle(cx)?.into_task(id, cx, target)),)+ }
            }
        }
    };
}

operations! {
    Hello, hello, "hello";
    Lookup, lookup, "lookup";
    Search, search, "search";
    History, history, "history";
    Calls, calls, "calls";
    CallsAll, calls_all, "calls.all";
    SetPresence, presence, "presence";
    Masters, masters, "masters";
    Colleagues, colleagues, "colleagues";
    CallChoose, call_choose, "call.choose";
    CallForget, call_forget, "call.forget";
    CallNuisance, call_nuisance, "call.nuisance";
    CustomerCreate, customer_create, "customer.create";
    LeadCreate, lead_create, "lead.create";
    ContactAttach, contact_attach, "contact.attach";
    CallNote, call_note, "call.note";
    CallRecordings, call_recordings, "call.recordings";
    CallWrapup, call_wrapup, "call.wrapup";
    InquiryCreate, inquiry_create, "inquiry.create";
    InquiryUpdate, inquiry_update, "inquiry.update";
    TaskCreate, task_create, "task.create";
    TaskDone, task_done, "task.done";
    CallDial, call_dial, "call.dial";
    CallHangup, call_hangup, "call.hangup";
    CallHold, call_hold, "call.hold";
    CallTransfer, call_transfer, "call.transfer";
    CallPickup, call_pickup, "call.pickup";
    Missed, missed, "missed";
    MissedClaim, missed_claim, "missed.claim";
    MissedRelease, missed_release, "missed.release";
    MissedClose, missed_close, "missed.close";
    Callbacks, callbacks, "callbacks";
    CallbackDone, callback_done, "callback.done";
    Agents, agents, "agents";
    RingHere, ring_here, "ring.here";
    CallShown, call_shown, "call.shown";
    Ack, ack, "ack";
    Ping, ping, "ping";
}

/// A frame that was understood: its id, and the request or why there is none.
#[derive(Debug)]
pub struct Parsed {
    /// The id, to be sent back as it came.
    pub id: Box<RawValue>,
    /// The key of the intention; only requests that write heed it.
    pub key: Option<WriteKey>,
    /// The request.
    pub request: Result<Request, Refusal>,
}

/// Reads a frame.
///
/// # Errors
/// `bad_request`: the text is no request of this protocol and has no id to answer to.
pub fn parse(frame: &str) -> Result<Parsed, Refusal> {
    let Envelope { id, op, key } = Envelope::read(frame)?;
    let (key, request) = match WriteKey::read(key, frame) {
        Ok(key) => (key, op_of(op).and_then(|op| op.read(frame))),
        Err(refusal) => (None, Err(refusal)),
    };
    Ok(Parsed { id: id.to_owned(), key, request })
}

fn op_of(op: Option<&RawValue>) -> Result<Op, Refusal> {
    let word: Option<Cow<'_, str>> = op.and_then(|op| serde_json::from_str(op.get()).ok());
    let word = word.ok_or_else(|| Refusal::field("op", &message!("文字列", "a string")))?;
    Op::from_word(&word).ok_or_else(|| {
        Refusal::new(ErrorCode::UnknownOp, message!("この操作(`op`)はありません", "no such op"))
    })
}
