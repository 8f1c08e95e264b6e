//! Settings of a webhook. The name of every limit ends with its unit.

use std::path::PathBuf;

use shared::settings_reader::{Table, Value, whole};

use crate::source::settings::{BYTES_MAX, COUNT_MAX, secret_variable};
use crate::source::{LineNumbers, Secret};

/// A year.
const YEAR_SECONDS: u32 = 31_536_000;
/// A year.
const YEAR_MINUTES: u32 = 525_600;

/// How to verify and read a sender's events.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// The environment variable that holds the secret that events are signed with.
    pub secret_env: String,
    /// The secret.
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
    /// How it writes numbers.
    pub numbers: LineNumbers,
    /// Largest body, in bytes.
    pub body_bytes_max: usize,
    /// Most calls at a time; beyond that the oldest is closed.
    pub calls_max: usize,
    /// Event ids that are remembered, so that an event that arrives twice counts once.
    pub event_ids_max: usize,
    /// Older rings are not shown. An event that arrives within this time after the end of its call is a late one; later,
    /// the call's identity is used again.
    pub event_age_max_seconds: u32,
    /// A call that rings without an event for this long is given up.
    pub ring_idle_max_minutes: u32,
    /// Any other call without an event for this long is given up.
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
            numbers: LineNumbers::default(),
            body_bytes_max: 64 * 1024,
            calls_max: 5_000,
            event_ids_max: 100_000,
            event_age_max_seconds: 120,
            ring_idle_max_minutes: 5,
            call_idle_max_minutes: 240,
        }
    }
}

impl WebhookConfig {
    /// Reads `[webhook.NAME]`.
    pub(super) fn of(table: &Table<'_>) -> Self {
        let mut config = Self::default();
        table.fields(|fields| {
            let count = || whole(1..=COUNT_MAX);
            let age = || whole(0..=YEAR_SECONDS);
            fields.set("secret_env", &mut config.secret_env, secret_variable);
            fields.set("profile", &mut config.profile, |value| value.file().map(Some));
            fields.set("signature_header", &mut config.signature_header, Value::name);
            fields.set("timestamp_header", &mut config.timestamp_header, Value::text);
            fields.set("timestamp_skew_max_seconds", &mut config.timestamp_skew_max_seconds, age());
            config.numbers.read(fields);
            fields.set("body_bytes_max", &mut config.body_bytes_max, whole(1..=BYTES_MAX));
            fields.set("calls_max", &mut config.calls_max, count());
            fields.set("event_ids_max", &mut config.event_ids_max, count());
            fields.set("event_age_max_seconds", &mut config.event_age_max_seconds, age());
            fields.set("ring_idle_max_minutes", &mut config.ring_idle_max_minutes, whole(1..=YEAR_MINUTES));
            fields.set("call_idle_max_minutes", &mut config.call_idle_max_minutes, whole(1..=YEAR_MINUTES));
        });
        config
    }
}
