//! Answers and pushes as text.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{ErrorCode, PushKind};

/// What is answered in place of data: a code for programs, a sentence for people who write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: ErrorCode,
    /// The sentence.
    pub message: Cow<'static, str>,
    /// When to try again, for whoever asked too often.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// Asked too often; the next may come after this wait.
    #[must_use]
    pub fn rate_limited(wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1_000).max(1);
        let message = format!("asked too often; try again in {seconds} s");
        Self { retry_after: Some(wait), ..Self::new(ErrorCode::RateLimited, message) }
    }

    /// A field that is missing or of the wrong type.
    pub(super) fn field(name: &str, expected: &str) -> Self {
        Self::new(ErrorCode::BadRequest, format!("`{name}` must be {expected}"))
    }

    /// `{"code":…,"message":…}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(64);
        self.append_to(&mut out);
        out
    }

    fn append_to(&self, out: &mut String) {
        out.push_str("{\"code\":\"");
        out.push_str(self.code.word());
        out.push_str("\",\"message\":");
        push_json_str(out, &self.message);
        out.push('}');
    }
}

/// Appends a JSON string.
pub(crate) fn push_json_str(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < '\u{20}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends a JSON string, or `null`.
pub(crate) fn push_json_opt(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_json_str(out, text),
        None => out.push_str("null"),
    }
}

/// Begins `{"re":ID,"ok":true,"data":`; the caller appends the data's JSON and `}`.
#[must_use]
pub fn begin_answer(id: &str, data_bytes: usize) -> String {
    let mut out = String::with_capacity(32 + id.len() + data_bytes);
    out.push_str("{\"re\":");
    out.push_str(id);
    out.push_str(",\"ok\":true,\"data\":");
    out
}

/// A whole answer with data.
#[must_use]
pub fn answer(id: &str, data: &str) -> String {
    let mut out = begin_answer(id, data.len());
    out.push_str(data);
    out.push('}');
    out
}

/// A whole answer without data. Without an id (the frame had none) `re` is `null`.
#[must_use]
pub fn refuse(id: Option<&str>, refusal: &Refusal) -> String {
    let mut out = String::with_capacity(128);
    out.push_str("{\"re\":");
    out.push_str(id.unwrap_or("null"));
    out.push_str(",\"ok\":false,\"error\":");
    refusal.append_to(&mut out);
    out.push('}');
    out
}

/// A whole push.
#[must_use]
pub fn push(kind: PushKind, seq: u64, at: DateTime<Utc>, data: &str) -> String {
    let mut out = String::with_capacity(96 + data.len());
    let _ = write!(out, "{{\"ev\":\"{}\",\"seq\":{seq},\"at\":\"{}\",\"data\":", kind.word(), stamp(at));
    out.push_str(data);
    out.push('}');
    out
}

/// An instant as the protocol writes it.
#[must_use]
pub fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
