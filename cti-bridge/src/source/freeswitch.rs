//! FreeSWITCH's event socket: bytes → [`EslMessage`] → [`CallSignal`](crate::call::CallSignal).
//!
//! [`EslDecoder`] and [`EslTranslator`] are pure; [`run`] is the connection around them. Checked against the
//! recordings in `data/captures/esl`; what they taught is in `docs/freeswitch.md`.

mod client;
mod config;
mod connection;
mod decoder;
mod dial;
mod dialling;
mod legs;
mod live;
mod message;
mod parties;
mod pause;
mod presentation;
mod reading;
mod session;
mod snapshot;
mod translate;

pub(super) use client::KIND;
pub use client::{run, run_over, start};
pub use config::FreeSwitchConfig;
pub use decoder::{EslDecodeError, EslDecoder, EslLimits};
pub use message::{EslKind, EslMessage};
pub use parties::EslParties;
pub use snapshot::{ChannelRow, EslAnswer, EslAsk, EslQuestion, channel_rows};
pub use translate::EslTranslator;
