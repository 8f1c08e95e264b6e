//! The idempotency key of a request that writes: repeated with the same key, the request is carried out once.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use shared::message;
use shared::text::hex;

use super::{KEY_BYTES_MAX, Refusal};

/// A client's idempotency key, with a digest of the request that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteKey {
    /// The key, of the client's choice.
    pub key: String,
    /// SHA-256 of the request without its id and key, in hexadecimal: the order of the fields does not matter.
    pub request: String,
}

impl WriteKey {
    /// The key of a frame; `null` counts as absent.
    ///
    /// # Errors
    /// `bad_request`: it is no string of 1 to 64 bytes.
    pub(crate) fn read(raw: Option<&RawValue>, frame: &str) -> Result<Option<Self>, Refusal> {
        let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok(None) };
        let key: Option<Cow<'_, str>> = serde_json::from_str(raw.get()).ok();
        let key = key.filter(|key| (1..=KEY_BYTES_MAX).contains(&key.len()) && !key.contains('\0'));
        let key = key.ok_or_else(|| {
            let expected =
                message!("1〜{max} バイトの文字列", "a string of 1 to {max} bytes", max = KEY_BYTES_MAX);
            Refusal::field("key", &expected)
        })?;
        Ok(Some(Self { key: key.into_owned(), request: digest(frame) }))
    }
}

fn digest(frame: &str) -> String {
    let mut request: Value = serde_json::from_str(frame).unwrap_or_default();
    if let Some(fields) = request.as_object_mut() {
        fields.retain(|name, value| name != "id" && name != "key" && !value.is_null());
    }
    request.sort_all_objects();
    hex(&Sha256::digest(request.to_string()))
}
