//! Profiles: TOML files that say where another system's payload has its fields (`docs/webhook.md`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::message;
use shared::message::Message;

use super::event::{Fields, text_of};
use super::{EventKind, WebhookEvent};
use crate::files::toml_message;

/// The deepest path of a field.
const DEPTH_MAX: usize = 8;

/// A profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookProfile {
    /// The path of each field: names from the outermost inwards, separated by dots.
    fields: BTreeMap<Field, String>,
    /// What the sender's words for events mean. Events that are not listed are refused.
    events: BTreeMap<String, String>,
    /// What the sender's words for directions mean.
    #[serde(default)]
    directions: BTreeMap<String, String>,
    /// What the sender's words for the presentation mean.
    #[serde(default)]
    presentations: BTreeMap<String, String>,
    /// Which extension the sender's word for a phone means, such as a user id. Other words are extensions themselves.
    #[serde(default)]
    extensions: BTreeMap<String, String>,
    /// How times are written.
    #[serde(default)]
    time: TimeForm,
}

/// A field of Chakuden's own form.
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

impl WebhookProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// Where, which key, what was expected.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let profile: Self = toml::from_str(text).map_err(|e| toml_message(text, &e))?;
        if ![Field::Event, Field::CallId].iter().all(|needed| profile.fields.contains_key(needed)) {
            return Err(message!(
                "[fields] に event と call_id を指定してください",
                "[fields] must name `event` and `call_id`",
            ));
        }
        if let Some(word) = profile.events.values().find(|word| EventKind::from_word(word).is_none()) {
            return Err(message!(
                "[events] の「{word}」は使えません。次のいずれかにしてください: {kinds}",
                "[events]: `{word}` is not an event; use one of: {kinds}",
                word = word,
                kinds = EventKind::ALL.map(|(_, word)| word).join(", "),
            ));
        }
        if let Some(path) = profile.fields.values().find(|path| path.split('.').count() > DEPTH_MAX) {
            return Err(message!(
                "[fields] の「{path}」は階層が深すぎます。{max}階層以内にしてください",
                "[fields]: `{path}` is too deep; use at most {max} levels",
                path = path,
                max = DEPTH_MAX,
            ));
        }
        Ok(profile)
    }

    /// Reads an event. An event that the profile does not list is refused.
    ///
    /// # Errors
    /// What is wrong, by the field's name.
    pub fn read(&self, body: &[u8]) -> Result<WebhookEvent, String> {
        let payload: Value =
            serde_json::from_slice(body).map_err(|e| format!("not JSON, from column {}", e.column()))?;
        let field = |field: Field| match self.fields.get(&field) {
            Some(path) => text_of(path.split('.').try_fold(&payload, |value, name| value.get(name)), path),
            None => Ok(None),
        };
        let meaning = |words: &BTreeMap<String, String>, given: Option<String>| {
            given.map(|word| words.get(&word).cloned().unwrap_or(word))
        };
        let sent = field(Field::Event)?.ok_or("the event's kind is missing")?;
        let kind = self.events.get(&sent).ok_or("an event that the profile does not list")?;
        let fields = Fields {
            // Without event ids the content identifies the event.
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
