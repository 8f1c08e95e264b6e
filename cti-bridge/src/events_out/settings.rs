//! The tables `[events_out.NAME]` of the settings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use shared::exit::Failure;
use shared::message;
use shared::message::Label;
use shared::settings_reader::{MistakeKind, Table, Value, whole};

use super::signature::KEY_BYTES_MIN;
use super::{EventField, EventKind, SigningKey};
use crate::outgoing::check_url;
use crate::source::{Secret, secret_variable};

/// Endpoints at most.
const ENDPOINTS_MAX: usize = 20;
/// Entries of a list.
const ENTRIES_MAX: usize = 100;
/// A minute.
const TIMEOUT_MS_MAX: u64 = 60_000;
/// A day.
const RETRY_MS_MAX: u64 = 86_400_000;
/// Attempts at most.
const ATTEMPTS_MAX: u32 = 100;
/// Events of an endpoint in the outbox at most.
const OUTBOX_MAX: usize = 1_000_000;

const URL: Label = Label::new(
    "https://ホスト名/… の形で書いてください(http:// はこのコンピューター宛てだけ)",
    "must be an encrypted address, https://host/path (http:// only to this machine)",
);

/// All endpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventsOutConfig {
    /// In the order of their names.
    pub endpoints: Vec<EndpointConfig>,
}

/// One system that is told of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointConfig {
    /// The name of its table.
    pub name: String,
    /// Where events are posted.
    pub url: String,
    /// The key of the signatures; empty: that of `secret_env`.
    pub secret: Secret,
    /// The environment variable that holds the key.
    pub secret_env: String,
    /// The authorities of its certificate (PEM); without it the system's.
    pub ca: Option<PathBuf>,
    /// What it is told.
    pub events: BTreeSet<EventKind>,
    /// Which personal data it is told.
    pub fields: BTreeSet<EventField>,
    /// Longest wait for the whole exchange.
    pub timeout_ms: u64,
    /// Wait before the second attempt; three times as long before each further one.
    pub retry_min_ms: u64,
    /// Longest wait between two attempts.
    pub retry_max_ms: u64,
    /// Attempts before an event is given up.
    pub attempts_max: u32,
    /// Events that may wait for it; further ones are lost.
    pub outbox_max: usize,
}

impl EventsOutConfig {
    /// Reads `[events_out.NAME]`.
    pub(crate) fn read(table: &Table<'_>) -> Self {
        let mut endpoints = Vec::new();
        for (name, value) in table.entries() {
            let Some(entry) = value.table() else { continue };
            if endpoints.len() == ENDPOINTS_MAX {
                value.mistake(
                    MistakeKind::Range,
                    message!(
                        "送信先は{most}件までです",
                        "there are at most {most} of them",
                        most = ENDPOINTS_MAX
                    ),
                );
                break;
            }
            endpoints.extend(EndpointConfig::read(name, &entry));
        }
        endpoints.sort_by(|a: &EndpointConfig, b| a.name.cmp(&b.name));
        Self { endpoints }
    }
}

impl EndpointConfig {
    fn read(name: &str, table: &Table<'_>) -> Option<Self> {
        table.fields(|fields| {
            let url = fields.needed("url", url);
            let secret_env = fields.needed("secret_env", secret_variable);
            let mut config = Self {
                name: name.to_owned(),
                url: url?,
                secret: Secret::default(),
                secret_env: secret_env?,
                ca: None,
                events: EventKind::ALL.iter().copied().collect(),
                fields: [EventField::Number, EventField::Customer].into(),
                timeout_ms: 10_000,
                retry_min_ms: 5_000,
                retry_max_ms: 6 * 3_600_000,
                attempts_max: 12,
                outbox_max: 10_000,
            };
            fields.set("ca", &mut config.ca, |value| value.file().map(Some));
            fields.set("events", &mut config.events, |value| {
                set(value, &EventKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect::<Vec<_>>())
            });
            fields.set("fields", &mut config.fields, |value| {
                set(value, &EventField::ALL.iter().map(|field| (field.as_str(), *field)).collect::<Vec<_>>())
            });
            fields.set("timeout_ms", &mut config.timeout_ms, whole(1..=TIMEOUT_MS_MAX));
            fields.set("retry_min_ms", &mut config.retry_min_ms, whole(1..=RETRY_MS_MAX));
            fields.set("retry_max_ms", &mut config.retry_max_ms, whole(1..=RETRY_MS_MAX));
            fields.set("attempts_max", &mut config.attempts_max, whole(1..=ATTEMPTS_MAX));
            fields.set("outbox_max", &mut config.outbox_max, whole(1..=OUTBOX_MAX));
            Some(config)
        })
    }

    /// The key of the signatures.
    pub(super) fn signing_key(&self) -> Result<SigningKey, Failure> {
        let from_env = || std::env::var(&self.secret_env).unwrap_or_default();
        let secret = match self.secret.expose() {
            "" => from_env(),
            secret => secret.to_owned(),
        };
        SigningKey::parse(&secret).ok_or_else(|| {
            Failure::config(message!(
                "環境変数 {variable} に、[events_out.{name}] の署名の鍵を設定してください。{least} バイト以上の文字列か、whsec_ に続く base64 です",
                "put the signing key of [events_out.{name}] into {variable}: a text of {least} bytes or more, or base64 \
                 behind whsec_",
                variable = self.secret_env,
                name = self.name,
                least = KEY_BYTES_MIN,
            ))
        })
    }
}

fn url(value: &Value<'_>) -> Option<String> {
    value.parsed(URL, |text| check_url(text).ok().map(|_| text.to_owned()))
}

/// A list of known words.
fn set<T: Ord + Clone>(value: &Value<'_>, known: &[(&str, T)]) -> Option<BTreeSet<T>> {
    Some(value.list(ENTRIES_MAX)?.iter().filter_map(|item| item.one_of(known)).collect())
}
