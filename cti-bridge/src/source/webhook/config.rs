//! Settings of a sender of events. Every limit is here, the unit last in its name.

use std::path::PathBuf;

use serde::Deserialize;

use crate::source::Secret;

/// How to take and read a sender's events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookConfig {
    /// The environment variable that holds the secret that events are signed with.
    pub secret_env: String,
    /// The secret.
    #[serde(skip)]
    pub secret: Secret,
    /// A mapping for another's payload: a TOML file. `None`: events are in our own form.
    pub profile: Option<PathBuf>,
    /// The header with the signature: HMAC-SHA256 in hexadecimal, with or without `sha256=` before it.
    pub signature_header: String,
    /// The header with the time, in seconds since 1970, that is signed before the body (`TIME.BODY`). Empty: the
    /// body alone is signed, and an old request may be sent again until its event id is forgotten.
    pub timestamp_header: String,
    /// How far the signed time may be from ours.
    pub timestamp_skew_max_seconds: u32,
    /// Largest body, in bytes.
    pub body_bytes_max: usize,
    /// Calls that are followed; the oldest is closed when there are more.
    pub calls_max: usize,
    /// Event ids that are remembered, so that an event that is sent twice counts once.
    pub event_ids_max: usize,
    /// A ring that is older is not shown any more.
    pub event_age_max_seconds: u32,
    /// A call of which nothing was heard for so long is over.
    pub call_idle_max_minutes: u32,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            secret_env: "CHAKUDEN_WEBHOOK_SECRET".to_owned(),
            secret: Secret::new(""),
            profile: None,
            signature_header: "x-chakuden-signature".to_owned(),
            timestamp_header: "x-chakuden-timestamp".to_owned(),
            timestamp_skew_max_seconds: 300,
            body_bytes_max: 64 * 1024,
            calls_max: 5_000,
            event_ids_max: 100_000,
            event_age_max_seconds: 120,
            call_idle_max_minutes: 240,
        }
    }
}
