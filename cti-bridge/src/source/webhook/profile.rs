//! Profiles: TOML files that say where another system's payload has its fields (`docs/webhook.md`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use shared::message;
use shared::message::Message;
use shared::settings_reader::{Mistake, MistakeKind, Table, Value, read_with_secrets};
use shared::text::hex;

use super::event::{Fields, json, text_of};
use super::{EventKind, WebhookEvent};

/// The deepest path of a field.
const DEPTH_MAX: usize = 8;

/// A profile.
#[derive(Debug, Clone)]
pub struct WebhookProfile {
    /// The path of each field: names from the outermost inwards, separated by dots.
    fields: BTreeMap<Field, String>,
    /// What the sender's words for events mean. Events that are not listed are refused.
    events: BTreeMap<String, String>,
    /// What the sender's words for directions mean.
    directions: BTreeMap<String, String>,
    /// What the sender's words for the presentation mean.
    presentations: BTreeMap<String, String>,
    /// Which extension the sender's word for a phone means, such as a user id. Other words are extensions themselves.
    extensions: BTreeMap<String, String>,
    /// How times are written.
    time: TimeForm,
}

/// A field of Chakuden's own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

const FIELDS: [(&str, Field); 14] = [
    ("event_id", Field::EventId),
    ("event", Field::Event),
    ("call_id", Field::CallId),
    ("direction", Field::Direction),
    ("caller_number", Field::CallerNumber),
    ("caller_name", Field::CallerName),
    ("presentation", Field::Presentation),
    ("called_number", Field::CalledNumber),
    ("extension", Field::Extension),
    ("to_extension", Field::ToExtension),
    ("queue", Field::Queue),
    ("customer_code", Field::CustomerCode),
    ("hung_up_by", Field::HungUpBy),
    ("at", Field::At),
];

/// How a sender writes times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum TimeForm {
    /// 2026-11-21T10:00:00+09:00.
    #[default]
    Rfc3339,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMs,
}

const TIME_FORMS: [(&str, TimeForm); 3] =
    [("rfc3339", TimeForm::Rfc3339), ("unix", TimeForm::Unix), ("unix_ms", TimeForm::UnixMs)];

impl WebhookProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// Every mistake.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        read_with_secrets(text, Self::of)
    }

    fn of(root: &Table<'_>) -> Option<Self> {
        root.fields(|file| {
            let fields = file.needed("fields", |value| Some(paths(&value.table()?)));
            let events = file.needed("events", |value| words(value, event_word));
            let mut profile = Self {
                fields: fields.unwrap_or_default(),
                events: events.unwrap_or_default(),
                directions: BTreeMap::new(),
                presentations: BTreeMap::new(),
                extensions: BTreeMap::new(),
                time: TimeForm::default(),
            };
            file.set("directions", &mut profile.directions, |value| words(value, any_word));
            file.set("presentations", &mut profile.presentations, |value| words(value, any_word));
            file.set("extensions", &mut profile.extensions, |value| words(value, any_word));
            file.set("time", &mut profile.time, |value| value.one_of(&TIME_FORMS));
            Some(profile)
        })
    }

    /// Reads an event. An event that the profile does not list is refused.
    ///
    /// # Errors
    /// What is wrong, by the field's name.
    pub fn read(&self, body: &[u8]) -> Result<WebhookEvent, Message> {
        let payload = json(body)?;
        let field = |field: Field| match self.fields.get(&field) {
            Some(path) => text_of(path.split('.').try_fold(&payload, |value, name| value.get(name)), path),
            None => Ok(None),
        };
        let meaning = |words: &BTreeMap<String, String>, given: Option<String>| {
            given.map(|word| words.get(&word).cloned().unwrap_or(word))
        };
        let sent = field(Field::Event)?
            .ok_or_else(|| message!("イベントの種類がありません", "the event's kind is missing"))?;
        let kind = self.events.get(&sent).ok_or_else(|| {
            message!("プロファイルにないイベントです", "an event that the profile does not list")
        })?;
        let fields = Fields {
            // Without event ids the content identifies the event.
            event_id: Some(match field(Field::EventId)? {
                Some(id) => id,
                None => hex(&Sha256::digest(body)),
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

/// The paths of `[fields]`. An event is nothing without its kind and its call.
fn paths(table: &Table<'_>) -> BTreeMap<Field, String> {
    table.fields(|fields| {
        let read = |(word, field)| {
            let path = match field {
                Field::Event | Field::CallId => fields.needed(word, path),
                _ => fields.get(word).and_then(|value| path(&value)),
            };
            Some((field, path?))
        };
        FIELDS.into_iter().filter_map(read).collect()
    })
}

fn path(value: &Value<'_>) -> Option<String> {
    let path = value.name()?;
    if path.split('.').count() > DEPTH_MAX {
        let message = message!(
            "階層が深すぎます。{max}階層以内にしてください",
            "is too deep; use at most {max} levels",
            max = DEPTH_MAX,
        );
        value.mistake(MistakeKind::Range, message);
        return None;
    }
    Some(path)
}

fn any_word(value: &Value<'_>) -> Option<String> {
    value.text()
}

/// A word of ours for a kind of event.
fn event_word(value: &Value<'_>) -> Option<String> {
    let known = EventKind::ALL.map(|(_, word)| (word, word));
    value.one_of(&known).map(str::to_owned)
}

/// What the sender's words mean.
fn words(value: &Value<'_>, read: fn(&Value<'_>) -> Option<String>) -> Option<BTreeMap<String, String>> {
    let meanings = value.table()?.entries();
    Some(meanings.iter().filter_map(|(word, value)| Some(((*word).to_owned(), read(value)?))).collect())
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
