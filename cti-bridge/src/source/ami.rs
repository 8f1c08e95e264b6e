//! Asterisk's manager interface (AMI): bytes → [`AmiMessage`] → [`CallSignal`](crate::call::CallSignal).
//!
//! [`AmiDecoder`] and [`AmiTranslator`] are pure; [`run`] is the connection around them. Checked against the
//! recordings in `data/captures/ami`.

mod action;
mod client;
mod config;
mod connection;
mod decoder;
mod dial;
mod flags;
mod identify;
mod live;
mod message;
mod parties;
mod pause;
mod presentation;
mod session;
mod translate;

pub(super) use client::KIND;
pub use client::{run, run_over, start};
pub use config::AmiConfig;
pub(crate) use connection::challenge_key;
pub use decoder::{AmiDecoder, AmiLimits, DecodeError};
pub(super) use flags::AmiFlags;
pub use message::AmiMessage;
pub use parties::Parties;
pub use presentation::{Presentation, PresentationAsk, PresentationPolicy};
pub use translate::AmiTranslator;
