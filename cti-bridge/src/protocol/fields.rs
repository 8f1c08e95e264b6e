//! The types of request fields, each with its limits and its schema.
//!
//! `null` counts as absent everywhere. A value outside the limits is an error at the field; the refusal takes its
//! sentence from the field's schema (`expected`).

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use shared::text::not_enterable;

use super::{NAME_CHARS_MAX, NOTE_CHARS_MAX, REASON_CHARS_MAX, SEARCH_CHARS_MAX};

/// No control characters and no marks of direction ([`not_enterable`]).
pub(super) const ONE_LINE: &str =
    "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$";
/// The same, but line breaks and tabs.
pub(super) const LINES: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]*$";

/// Declares the schema of a field type.
macro_rules! schema {
    ([$($generics:tt)*] $name:ty, $label:expr, $schema:tt) => {
        impl $($generics)* JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $label.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

/// Text on one line, trimmed: a name, a code, a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub String);

/// A [`Name`] that may be absent or blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptionalName(pub Option<String>);

/// Text of several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(pub String);

/// A search text, trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(pub String);

/// Why an agent is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(pub String);

/// A number of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordNo(pub i64);

/// How many entries of a list are wanted, with its default and its maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<const DEFAULT: usize, const MAX: usize>(pub usize);

/// A flag that is on unless the client turns it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yes(pub bool);

/// An instant (RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

/// A date (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

schema!([] Name, "Name", { "type": "string", "minLength": 1, "maxLength": NAME_CHARS_MAX, "pattern": ONE_LINE });
schema!([] OptionalName, "OptionalName",
    { "type": ["string", "null"], "maxLength": NAME_CHARS_MAX, "pattern": ONE_LINE });
schema!([] Note, "Note", { "type": "string", "maxLength": NOTE_CHARS_MAX, "pattern": LINES });
schema!([] SearchText, "SearchText",
    { "type": "string", "minLength": 1, "maxLength": SEARCH_CHARS_MAX, "pattern": ONE_LINE });
schema!([] Reason, "Reason", { "type": "string", "maxLength": REASON_CHARS_MAX, "pattern": ONE_LINE });
schema!([] RecordNo, "RecordNo", { "type": "integer", "minimum": 0 });
schema!([<const DEFAULT: usize, const MAX: usize>] Limit<DEFAULT, MAX>, format!("Limit{DEFAULT}To{MAX}"),
    { "type": ["integer", "null"], "minimum": 1, "maximum": MAX, "default": DEFAULT });
schema!([] Yes, "Yes", { "type": ["boolean", "null"], "default": true });
schema!([] Instant, "Instant", { "type": "string", "format": "date-time" });
schema!([] Date, "Date", { "type": "string", "format": "date" });

impl<const DEFAULT: usize, const MAX: usize> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl Default for Yes {
    fn default() -> Self {
        Self(true)
    }
}

impl<'de> Deserialize<'de> for OptionalName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(text) = Option::<Cow<'_, str>>::deserialize(deserializer)? else { return Ok(Self(None)) };
        let text = enterable(text.trim(), NAME_CHARS_MAX, false)?;
        Ok(Self((!text.is_empty()).then_some(text)))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let OptionalName(name) = OptionalName::deserialize(deserializer)?;
        name.map(Self).ok_or_else(|| Error::custom("empty"))
    }
}

impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        enterable(&text, NOTE_CHARS_MAX, true).map(Self)
    }
}

impl<'de> Deserialize<'de> for SearchText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = enterable(Cow::<'_, str>::deserialize(deserializer)?.trim(), SEARCH_CHARS_MAX, false)?;
        if text.is_empty() { Err(Error::custom("empty")) } else { Ok(Self(text)) }
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enterable(&Cow::<'_, str>::deserialize(deserializer)?, REASON_CHARS_MAX, false).map(Self)
    }
}

impl<'de> Deserialize<'de> for RecordNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::try_from(u64::deserialize(deserializer)?).map(Self).map_err(Error::custom)
    }
}

impl<'de, const DEFAULT: usize, const MAX: usize> Deserialize<'de> for Limit<DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<usize>::deserialize(deserializer)? {
            None => Ok(Self(DEFAULT)),
            Some(limit) if (1..=MAX).contains(&limit) => Ok(Self(limit)),
            Some(_) => Err(Error::custom("out of range")),
        }
    }
}

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(deserializer)?.unwrap_or(true)))
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text).map(|at| Self(at.with_timezone(&Utc))).map_err(Error::custom)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'_, str>::deserialize(deserializer)?.parse().map(Self).map_err(Error::custom)
    }
}

fn enterable<E: Error>(text: &str, chars_max: usize, lines: bool) -> Result<String, E> {
    if text.chars().count() > chars_max {
        return Err(E::custom("too long"));
    }
    match not_enterable(text, lines) {
        Some(_) => Err(E::custom("a character that cannot be entered")),
        None => Ok(text.to_owned()),
    }
}
