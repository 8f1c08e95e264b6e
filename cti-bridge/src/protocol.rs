//! Frames of the agent protocol (`docs/protocol.md`): their limits, their fields, and how answers are written.
//! Pure: text in, text out. The operations are in [`crate::agent::ops`], the pushes in [`crate::hub::push`].

mod envelope;
mod expected;
pub mod fields;
mod frame;
mod refusal;
#[cfg(test)]
mod tests;
mod words;
mod write_key;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(crate) use envelope::Envelope;
pub(crate) use frame::write;
pub use frame::{Empty, Stamp, answer, refuse, stamp};
pub use refusal::{ErrorBody, Refusal};
pub use words::{CloseCode, ErrorCode, Presence};
pub use write_key::WriteKey;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "chakuden.v1";
/// The longest `id` of a request, in bytes of its JSON text without quotes.
pub const ID_BYTES_MAX: usize = 64;
/// The longest `key` of a request that writes, in bytes.
pub const KEY_BYTES_MAX: usize = 64;
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

/// Where a client's stream of pushes broke off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Resume {
    /// The epoch that the client knows.
    pub epoch: String,
    /// The last push that the client handled.
    pub seq: u64,
}

/// Reads the fields of a request.
///
/// # Errors
/// `bad_request`, naming the first field that is wrong.
pub(crate) fn read<T: DeserializeOwned + JsonSchema>(frame: &str) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_str(frame);
    serde_path_to_error::deserialize(&mut json).map_err(|error| expected::refusal::<T>(frame, error.path()))
}
