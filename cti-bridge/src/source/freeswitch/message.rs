//! One event-socket message: ordered headers over one buffer, and a body.

use std::fmt;

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EslKind {
    /// The greeting, which asks for the password.
    AuthRequest,
    /// The answer to a command.
    CommandReply,
    /// The answer to an `api` command, in the body.
    ApiResponse,
    /// An event.
    Event,
    /// FreeSWITCH ends the connection.
    DisconnectNotice,
    /// FreeSWITCH does not accept this address.
    Rejection,
    /// Something else.
    Other,
}

/// One message. An event's headers are those inside its body, percent-decoded; any other message's headers are those
/// of the wire. Keys compare without regard to case; repeated keys are kept in order.
///
/// All headers are in one buffer and are ranges into it, so that a message of 200 headers costs a few allocations.
#[derive(Clone, PartialEq, Eq)]
pub struct EslMessage {
    kind: EslKind,
    headers: Headers,
    body: String,
}

impl EslMessage {
    pub(super) fn new(kind: EslKind, headers: Headers, body: String) -> Self {
        Self { kind, headers, body }
    }

    /// What kind of message it is.
    #[must_use]
    pub fn kind(&self) -> EslKind {
        self.kind
    }

    /// The first value under this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.headers.get(key)
    }

    /// Like [`Self::get`], but `None` for an empty value and for FreeSWITCH's `_undef_`.
    #[must_use]
    pub fn known(&self, key: &str) -> Option<&str> {
        self.get(key).filter(|value| !value.is_empty() && *value != "_undef_")
    }

    /// All headers in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter()
    }

    /// How many headers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.headers.places.len()
    }

    /// Whether there is no header at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.places.is_empty()
    }

    /// The name of the event, if the message is one. It is not always the first header: a `CUSTOM` event begins with
    /// its subclass.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        if self.kind == EslKind::Event { self.get("Event-Name") } else { None }
    }

    /// The text of a `command/reply`, such as `+OK accepted`.
    #[must_use]
    pub fn reply(&self) -> &str {
        self.get("Reply-Text").unwrap_or_default()
    }

    /// What follows the headers: an `api/response`'s answer, or the result that a `BACKGROUND_JOB` event carries.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// Shows only kind and size: headers and bodies hold callers' numbers, which must not be logged.
impl fmt::Debug for EslMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EslMessage")
            .field("kind", &self.kind)
            .field("event", &self.event())
            .field("headers", &self.len())
            .finish_non_exhaustive()
    }
}

/// Headers in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Headers {
    text: String,
    places: Vec<Place>,
}

/// Positions in [`Headers::text`]: the key from `start` to `middle`, the value from there to `end`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    start: u32,
    middle: u32,
    end: u32,
}

impl Headers {
    /// Reads `Name: value` lines. A line without a colon is a header without a value; what is not UTF-8 becomes
    /// U+FFFD.
    pub(super) fn parse(bytes: &[u8], is_encoded: bool) -> Self {
        let mut headers = Self { text: String::with_capacity(bytes.len()), places: Vec::new() };
        let mut decoded = Vec::new();
        for line in bytes.split(|&b| b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let colon = line.iter().position(|&b| b == b':').unwrap_or(line.len());
            let (key, value) = line.split_at(colon);
            let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii();
            let value = if is_encoded { percent_decode(value, &mut decoded) } else { value };
            headers.push(key.trim_ascii(), value);
        }
        headers
    }

    fn push(&mut self, key: &[u8], value: &[u8]) {
        // Limits keep positions far below 4 GiB.
        let at = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = at(&self.text);
        self.text.push_str(&String::from_utf8_lossy(key));
        let middle = at(&self.text);
        self.text.push_str(&String::from_utf8_lossy(value));
        self.places.push(Place { start, middle, end: at(&self.text) });
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|place| {
            let cut = |from: u32, to: u32| self.text.get(from as usize..to as usize).unwrap_or_default();
            (cut(place.start, place.middle), cut(place.middle, place.end))
        })
    }
}

/// Decodes `%XX`; everything else stays, a `+` too. Returns the input itself if nothing is encoded.
fn percent_decode<'a>(value: &'a [u8], decoded: &'a mut Vec<u8>) -> &'a [u8] {
    if !value.contains(&b'%') {
        return value;
    }
    decoded.clear();
    let mut rest = value;
    while let Some((&first, tail)) = rest.split_first() {
        let byte = match tail {
            [high, low, ..] if first == b'%' => digit(*high).zip(digit(*low)).map(|(h, l)| h << 4 | l),
            _ => None,
        };
        decoded.push(byte.unwrap_or(first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    decoded
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_codes_are_decoded_and_a_plus_stays() {
        for (encoded, expected) in [
            ("%E4%BD%90%E8%97%A4%20a+b%2Bc", "佐藤 a+b+c"),
            ("plain,/-_.", "plain,/-_."),
            ("%3A%3a", "::"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%%41", "%A"),
            ("%FF", "\u{fffd}"),
        ] {
            let headers = Headers::parse(format!("Key: {encoded}\n").as_bytes(), true);
            assert_eq!(headers.get("key"), Some(expected), "{encoded}");
        }
        assert_eq!(Headers::parse(b"Reply-Text: 100%25\n", false).get("Reply-Text"), Some("100%25"));
    }
}
