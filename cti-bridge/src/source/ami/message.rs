//! One AMI message: ordered headers over one buffer.

use std::fmt;

/// One message. Keys compare without regard to case; repeated keys are kept in order.
///
/// All text is in one buffer and the headers are ranges into it, so that a message costs two allocations however many
/// headers it has.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AmiMessage {
    text: String,
    headers: Vec<Header>,
}

/// Positions in [`AmiMessage::text`]: key up to `key_end`, value from `value_start` up to `end`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Header {
    start: u32,
    key_end: u32,
    value_start: u32,
    end: u32,
}

impl AmiMessage {
    /// Reads a message's lines. `\r\n` and lone `\n` end a line; a line without a colon is a header without a
    /// value; invalid UTF-8 becomes U+FFFD.
    #[must_use]
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut headers = Vec::with_capacity(text.len() / 24 + 1);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            let line = text.get(start..end).unwrap_or_default().trim_end_matches('\r');
            if !line.is_empty() {
                headers.push(Header::of(line, start));
            }
            start = end + 1;
        }
        Self { text, headers }
    }

    /// The first value under this key, without surrounding blanks.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.headers().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// Like [`Self::get`], but `None` for an empty value and for Asterisk's `<unknown>` and `<none>`.
    #[must_use]
    pub fn known(&self, key: &str) -> Option<&str> {
        self.get(key).filter(|value| !value.is_empty() && *value != "<unknown>" && *value != "<none>")
    }

    /// All headers in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|h| {
            let cut = |from: u32, to: u32| self.text.get(from as usize..to as usize).unwrap_or_default();
            (cut(h.start, h.key_end), cut(h.value_start, h.end))
        })
    }

    /// How many headers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Whether there is no header at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// The name of the event, if the message is one.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.get("Event")
    }

    /// The kind of answer (`Success`, `Error` …), if the message is one. An event is never an answer, even if it has a
    /// header `Response` (as `OriginateResponse` has).
    #[must_use]
    pub fn response(&self) -> Option<&str> {
        if self.event().is_some() { None } else { self.get("Response") }
    }

    /// The action id of the action that this belongs to.
    #[must_use]
    pub fn action_id(&self) -> Option<&str> {
        self.known("ActionID")
    }
}

impl Header {
    /// The header in a line that begins at `start` of the message. Limits keep positions far below 4 GiB.
    fn of(line: &str, start: usize) -> Self {
        let at = |offset: usize| u32::try_from(start + offset).unwrap_or(u32::MAX);
        let colon = memchr::memchr(b':', line.as_bytes()).unwrap_or(line.len());
        let rest = line.as_bytes().get(colon + 1..).unwrap_or_default();
        let value = rest.trim_ascii();
        let value_start = if value.is_empty() {
            line.len()
        } else {
            colon + 1 + rest.len() - rest.trim_ascii_start().len()
        };
        let key = line.as_bytes().get(..colon).unwrap_or_default();
        Self {
            start: at(0),
            key_end: at(key.trim_ascii_end().len()),
            value_start: at(value_start),
            end: at(value_start + value.len()),
        }
    }
}

/// Shows only kind and size: headers hold callers' numbers, which must not be logged.
impl fmt::Debug for AmiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AmiMessage")
            .field("event", &self.event())
            .field("response", &self.response())
            .field("headers", &self.len())
            .finish_non_exhaustive()
    }
}
