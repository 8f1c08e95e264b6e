//! FreeSWITCH over its event socket: bytes → [`EslMessage`] → [`CallSignal`](crate::call::CallSignal).
//!
//! [`EslDecoder`] and [`EslTranslator`] are pure; `session.rs` keeps the connection. They are tested against the
//! recordings in `data/captures/esl`; what those taught is in `docs/freeswitch.md`.

mod caller_id;
mod channel_list;
mod channel_rows;
mod config;
mod decoder;
mod dial;
mod endings;
mod headers;
mod introduce;
mod legs;
mod message;
mod orders;
mod parties;
mod pause;
mod questions;
mod session;
mod sign_in;
mod source;
mod templates;
mod translate;

pub use channel_rows::{ChannelRow, channel_rows};
pub use config::FreeSwitchConfig;
pub use decoder::{EslDecodeError, EslDecoder, EslLimits};
pub use message::{EslKind, EslMessage};
pub use parties::EslParties;
pub use questions::{EslAnswer, EslQuestion, EslTopic};
pub(super) use source::KIND;
pub use source::{run_over, start};
pub use translate::EslTranslator;
