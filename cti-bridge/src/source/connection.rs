//! How a source reaches its PBX: transport, TLS, secrets, reconnecting.

pub(in crate::source) mod backoff;
pub(in crate::source) mod requests;
mod secret;
mod tls;
mod transport;

pub use secret::Secret;
pub use tls::Connector;
pub use transport::{Connect, Tcp, Tls};
