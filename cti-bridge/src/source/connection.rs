//! The connection kit: what every source does that connects to a PBX by itself.
//!
//! [`client`] connects, signs in and connects again after a loss; [`session`] moves messages, requests and time-outs
//! of one signed-in connection. What differs between makes of PBX is behind two small traits in [`protocol`].

mod backoff;
mod channel_list;
mod client;
mod dialled;
mod error;
mod events;
mod pending_dials;
mod protocol;
mod requests;
mod secret;
mod session;
mod stream;
mod tls;
mod transport;

pub(in crate::source) use channel_list::{ChannelList, Phase};
pub(in crate::source) use client::run;
pub(in crate::source) use dialled::{is_dialled, is_extension};
pub(in crate::source) use error::{ConnectionError, excerpt};
pub(in crate::source) use pending_dials::{DialReply, PendingDials};
pub(in crate::source) use protocol::{Decode, Link, Output, Pbx, Session};
pub use secret::Secret;
pub(in crate::source) use stream::{Connection, Stream};
pub use tls::{Connector, Fingerprint};
pub use transport::{Connect, Tcp, Tls};

#[cfg(test)]
pub(in crate::source) use dialled::DIALLED_CHARS_MAX;
