//! Answers and pushes as frames, each written in one pass.

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use shared::lang::Lang;
use shared::message;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{ErrorBody, ErrorCode, Refusal};

/// An answer with data.
#[derive(Debug, Serialize)]
struct Answer<'a, T> {
    re: &'a RawValue,
    ok: bool,
    data: &'a T,
}

/// An answer without data.
#[derive(Debug, Serialize)]
struct Refused<'a> {
    re: Option<&'a RawValue>,
    ok: bool,
    error: ErrorBody<'a>,
}

/// Data of an answer that has nothing to say: `{}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Empty {}

/// An instant in UTC with milliseconds, as the protocol writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub struct Stamp(pub DateTime<Utc>);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&stamp(self.0))
    }
}

/// An instant as the protocol writes it.
#[must_use]
pub fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An answer with data.
#[must_use]
pub fn answer(id: &RawValue, data: &impl Serialize) -> Utf8Bytes {
    write(&Answer { re: id, ok: true, data }).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        let message = message!("応答を作成できませんでした", "the answer could not be written");
        refuse(Some(id), &Refusal::new(ErrorCode::Internal, message), Lang::En)
    })
}

/// An answer without data. `re` is `null` when the frame had no readable id.
#[must_use]
pub fn refuse(id: Option<&RawValue>, refusal: &Refusal, lang: Lang) -> Utf8Bytes {
    // Neither a word nor a string nor an id that was read can fail to be written.
    write(&Refused { re: id, ok: false, error: refusal.body(lang) }).unwrap_or_default()
}

/// A frame as text.
pub(crate) fn write(frame: &impl Serialize) -> serde_json::Result<Utf8Bytes> {
    serde_json::to_string(frame).map(Utf8Bytes::from)
}
