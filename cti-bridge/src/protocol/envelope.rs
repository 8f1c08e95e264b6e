//! The outside of a client's frame: its limits, its id, its operation and its key.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use shared::message;

use super::{ErrorCode, ID_BYTES_MAX, JSON_DEPTH_MAX, Refusal};

/// Fields of a frame at most; ours have a dozen.
const FIELDS_MAX: usize = 64;

/// A frame of this protocol, with its operation not yet read.
pub(crate) struct Envelope<'a> {
    /// The id, to be sent back as it came.
    pub(crate) id: &'a RawValue,
    /// The operation.
    pub(crate) op: Option<&'a RawValue>,
    /// The key of the intention, if the frame has one.
    pub(crate) key: Option<&'a RawValue>,
}

/// The fields that any frame may have.
#[derive(Default)]
struct Head<'a> {
    id: Option<&'a RawValue>,
    op: Option<&'a RawValue>,
    key: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Head<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Head<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut names: Vec<Cow<'_, str>> = Vec::with_capacity(8);
                let mut head = Head::default();
                while let Some(Name(name)) = map.next_key()? {
                    if names.contains(&name) || names.len() == FIELDS_MAX {
                        return Err(serde::de::Error::custom("a field twice, or too many"));
                    }
                    match name.as_ref() {
                        "id" => head.id = Some(map.next_value()?),
                        "op" => head.op = Some(map.next_value()?),
                        "key" => head.key = Some(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                    names.push(name);
                }
                Ok(head)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A field's name, borrowed unless it contains an escape.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Envelope<'a> {
    /// Reads the outside of a frame. Of the fields inside it checks only that they are JSON, within the limits.
    ///
    /// # Errors
    /// `bad_request`: the text is no frame of this protocol and has no id to answer to.
    pub(crate) fn read(text: &'a str) -> Result<Self, Refusal> {
        let bad = |message| Refusal::new(ErrorCode::BadRequest, message);
        if deeper_than(text, JSON_DEPTH_MAX) {
            return Err(bad(message!(
                "入れ子は {max} 段までです",
                "a frame may nest at most {max} levels",
                max = JSON_DEPTH_MAX
            )));
        }
        if !text.trim_start().starts_with('{') {
            return Err(bad(message!(
                "フレームには JSON オブジェクトを1つだけ入れてください",
                "a frame is one JSON object"
            )));
        }
        // The column is enough: serde's message may quote what the client sent.
        let head: Head<'a> = serde_json::from_str(text).map_err(|error| {
            bad(message!(
                "JSON として読めません({column} 文字目付近)",
                "not JSON, from column {column}",
                column = error.column()
            ))
        })?;
        let id = head.id.filter(|id| is_id(id.get())).ok_or_else(|| {
            let max = ID_BYTES_MAX;
            Refusal::field(
                "id",
                &message!(
                    "数値または {max} バイト以内の文字列",
                    "a number or a string of at most {max} bytes",
                    max = max
                ),
            )
        })?;
        Ok(Self { id, op: head.op, key: head.key })
    }
}

/// Whether every reader of the answer can read this id: it goes back as it came.
fn is_id(raw: &str) -> bool {
    match raw.as_bytes().first() {
        Some(b'"') => raw.len() <= ID_BYTES_MAX + 2 && serde_json::from_str::<Cow<'_, str>>(raw).is_ok(),
        Some(b'-' | b'0'..=b'9') => raw.len() <= ID_BYTES_MAX && serde_json::from_str::<f64>(raw).is_ok(),
        _ => false,
    }
}

/// Whether brackets outside strings nest deeper than `max`. One pass, before any parser sees the text.
fn deeper_than(text: &str, max: usize) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                if depth > max {
                    return true;
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}
