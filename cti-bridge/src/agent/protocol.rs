//! Frames of the agent protocol: what a client may send, and how answers and pushes are written
//! (`docs/protocol.md`). Pure: text in, text out.

mod answer;
mod request;
#[cfg(test)]
mod tests;
mod words;

pub use answer::{Refusal, answer, begin_answer, push, refuse, stamp};
pub(crate) use answer::{push_json_opt, push_json_str};
pub use request::{
    Attached, NewInquiryText, NewTaskText, Parsed, Request, Resume, Subject, WorkRequest, WrapUp, parse,
};
pub use words::{CloseCode, ErrorCode, Op, Presence, PushKind};

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "chakuden.v1";
/// The longest `id` of a request, in bytes of its JSON text without quotes.
pub const ID_BYTES_MAX: usize = 64;
/// The deepest nesting of a frame; ours have three levels.
pub const JSON_DEPTH_MAX: usize = 32;
/// The longest search text, in characters.
pub const SEARCH_CHARS_MAX: usize = 100;
/// The longest name, code or subject, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// The longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 4_000;
/// The longest presence reason, in characters.
pub const REASON_CHARS_MAX: usize = 100;
