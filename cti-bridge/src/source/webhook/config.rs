//! Settings of a webhook. The name of every limit ends with its unit.

use std::path::PathBuf;

use serde::Deserialize;

use crate::source::Secret;

/// How to verify and read a sender's events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookConfig {
    /// The environment variable that holds the secret that events are signed with.
    pub secret_env: String,
    /// The secret.
    #[serde(skip)]
    pub secret: Secret,
    /// A TOML file that maps another system's payload. `None`: events are in Chakuden's own form.
    pub profile: Option<PathBuf>,
    /// The header with the signature: HMAC-SHA256 in hexadecimal, with or without `sha256=` before it.
    pub signature_header: String,
    /// The header with the time, in seconds since 1970, that is signed before the body (`TIME.BODY`). Empty: the
    /// body alone is signed, and an old request may be sent again until its event id is forgotten.
    pub timestamp_header: String,
    /// How far the signed time may differ from the bridge's clock.
    pub timestamp_skew_max_seconds: u32,
    /// Largest body, in bytes.
    pub body_bytes_max: usize,
    /// Most calls at a time; beyond that the oldest is closed.
    pub calls_max: usize,
    /// Event ids that are remembered, so that an event that arrives twice counts once.
    pub event_ids_max: usize,
    /// Older rings are not shown.
    pub event_age_max_seconds: u32,
    /// A call without an event for this long is closed.
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
