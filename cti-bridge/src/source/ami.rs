//! Asterisk over its manager interface (AMI): bytes → [`AmiMessage`] → [`CallSignal`](crate::call::CallSignal).
//!
//! [`AmiDecoder`] and [`AmiTranslator`] are pure; `session.rs` keeps the connection. They are tested against the
//! recordings in `data/captures/ami`.

mod action;
mod caller_id;
mod channel_list;
mod checks;
mod config;
mod decoder;
mod dial;
mod flags;
mod headers;
mod introduce;
mod known_channel;
mod message;
mod orders;
mod parties;
mod pause;
mod presentation;
mod questions;
mod session;
mod sign_in;
mod source;
mod translate;

pub use config::AmiConfig;
pub use decoder::{AmiDecoder, AmiLimits, DecodeError};
pub(super) use flags::AmiFlags;
pub use message::AmiMessage;
pub use parties::Parties;
pub use presentation::{Presentation, PresentationPolicy, PresentationQuestion};
pub(crate) use sign_in::challenge_key;
pub(super) use source::KIND;
pub use source::{run_over, start};
pub use translate::AmiTranslator;
