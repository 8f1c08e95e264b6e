//! How another's payload is read: a TOML file that names the places of the fields (`docs/webhook.md`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::event::{Fields, text_of};
use super::{EventKind, WebhookEvent};
use crate::files::toml_error;

/// The deepest place of a field.
const DEPTH_MAX: usize = 8;

/// A mapping.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookProfile {
    /// Where each field stands: names from the outermost inwards, with dots between them.
    fields: BTreeMap<Field, String>,
    /// What the sender's words for events mean; those that are not here are passed over.
    events: BTreeMap<String, String>,
    /// What the sender's words for directions mean.
    #[serde(default)]
    directions: BTreeMap<String, String>,
    /// What the sender's words for the presentation mean.
    #[serde(default)]
    presentations: BTreeMap<String, String>,
    /// What the sender's words for an agent's phone mean: a user's id → the extension. Others stay as they are.
    #[serde(default)]
    extensions: BTreeMap<String, String>,
    /// How times are written.
    #[serde(default)]
    time: TimeForm,
}

/// A field of our own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    EventId,
    Event,
    CallId,
    Direction,
    CallerNumber,
    CallerName,
    Presentation,
    CalledNumber,
    Extension,
    ToExtension,
    Queue,
    CustomerCode,
    HungUpBy,
    At,
}

/// How a sender writes times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TimeForm {
    /// 2026-11-21T10:00:00+09:00.
    #[default]
    Rfc3339,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMs,
}

/// A profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(String);

impl WebhookProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// One line: where, which key, what was expected.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|e| ProfileError(toml_error(text, &e)))?;
        for needed in [Field::Event, Field::CallId] {
            if !profile.fields.contains_key(&needed) {
                return Err(ProfileError("[fields] must name `event` and `call_id`".to_owned()));
            }
        }
        if let Some(word) = profile.events.values().find(|word| EventKind::from_word(word).is_none()) {
            return Err(ProfileError(format!("[events]: `{word}` is none of our events")));
        }
        if profile.fields.values().any(|place| place.split('.').count() > DEPTH_MAX) {
            return Err(ProfileError(format!("[fields]: a place is deeper than {DEPTH_MAX}")));
        }
        Ok(profile)
    }

    /// Reads an event. One that the profile does not know is refused as such.
    ///
    /// # Errors
    /// What is wrong, by the field's name.
    pub fn read(&self, body: &[u8]) -> Result<WebhookEvent, String> {
        let payload: Value =
            serde_json::from_slice(body).map_err(|e| format!("not JSON, from column {}", e.column()))?;
        let field = |field: Field| match self.fields.get(&field) {
            Some(place) => text_of(place.split('.').try_fold(&payload, |value, name| value.get(name)), place),
            None => Ok(None),
        };
        let meaning = |words: &BTreeMap<String, String>, given: Option<String>| {
            given.map(|word| words.get(&word).cloned().unwrap_or(word))
        };
        let sent = field(Field::Event)?.ok_or("the event's kind is missing")?;
        let kind = self.events.get(&sent).ok_or("an event that the profile does not list")?;
        let fields = Fields {
            // A sender that numbers nothing is known by what it says.
            event_id: Some(match field(Field::EventId)? {
                Some(id) => id,
                None => Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect(),
            }),
            kind: Some(kind.clone()),
            call_id: field(Field::CallId)?,
            direction: meaning(&self.directions, field(Field::Direction)?),
            caller_number: field(Field::CallerNumber)?,
            caller_name: field(Field::CallerName)?,
            presentation: meaning(&self.presentations, field(Field::Presentation)?),
            called_number: field(Field::CalledNumber)?,
            extension: meaning(&self.extensions, field(Field::Extension)?),
            to_extension: meaning(&self.extensions, field(Field::ToExtension)?),
            queue: field(Field::Queue)?,
            customer_code: field(Field::CustomerCode)?,
            hung_up_by: field(Field::HungUpBy)?,
            at: field(Field::At)?,
        };
        fields.event(|text| self.time.read(text))
    }
}

impl TimeForm {
    fn read(self, text: &str) -> Option<DateTime<Utc>> {
        match self {
            Self::Rfc3339 => DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)),
            Self::Unix => DateTime::from_timestamp(text.parse().ok()?, 0),
            Self::UnixMs => DateTime::from_timestamp_millis(text.parse().ok()?),
        }
    }
}
