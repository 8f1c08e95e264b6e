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
mod identify;
mod live;
mod message;
mod parties;
mod pause;
mod presentation;
mod session;
mod translate;

pub use client::{run, run_over};
pub use config::{AmiConfig, Secret};
pub(crate) use connection::challenge_key;
pub use connection::{Connect, Tcp, Tls};
pub use decoder::{AmiDecoder, AmiLimits, DecodeError};
pub use message::AmiMessage;
pub use parties::Parties;
pub use presentation::{Presentation, PresentationAsk, PresentationPolicy};
pub use translate::AmiTranslator;
