//! Frames of the agent protocol: what a client may send, and how answers and pushes are written
//! (`docs/protocol.md`). Pure: text in, text out.

use std::borrow::Cow;
use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "chakuden.v1";
/// The longest `id` of a request, in bytes of its JSON text without quotes.
pub const ID_BYTES_MAX: usize = 64;
/// The deepest nesting of a frame; ours have three levels.
pub const JSON_DEPTH_MAX: usize = 32;
/// The longest search text, in characters.
pub const SEARCH_CHARS_MAX: usize = 100;
/// The longest presence reason, in characters.
pub const REASON_CHARS_MAX: usize = 100;

/// Declares an enum whose values are words of the protocol, with the list of all of them.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of `docs/protocol.md`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// What a client can ask for.
    Op {
        /// Sign in.
        Hello = "hello",
        /// Who has this number, or this customer's card.
        Lookup = "lookup",
        /// Customers by name, code or number.
        Search = "search",
        /// A customer's timeline.
        History = "history",
        /// The agent's calls of today.
        Calls = "calls",
        /// Ready or away.
        Presence = "presence",
        /// The page has drawn the pop-up.
        CallShown = "call.shown",
        /// Everything up to a number was handled.
        Ack = "ack",
        /// Still there.
        Ping = "ping",
    }
}

words! {
    /// What the bridge tells unasked.
    PushKind {
        /// The agent's phone rings.
        CallRinging = "call.ringing",
        /// The pop-up has something new.
        CallUpdated = "call.updated",
        /// The agent answered.
        CallAnswered = "call.answered",
        /// The agent holds the other party.
        CallHeld = "call.held",
        /// The agent took the other party back.
        CallResumed = "call.resumed",
        /// The pop-up goes away.
        CallDismissed = "call.dismissed",
        /// The call is over.
        CallEnded = "call.ended",
        /// The agent's presence is another one.
        PresenceChanged = "presence.changed",
        /// The connection to the telephone system came or went.
        SourceState = "source.state",
    }
}

words! {
    /// Why a request got no data.
    ErrorCode {
        /// Not a request of this protocol.
        BadRequest = "bad_request",
        /// No such op.
        UnknownOp = "unknown_op",
        /// No, wrong, expired or revoked token.
        Unauthorized = "unauthorized",
        /// Something else came before `hello`.
        HelloRequired = "hello_required",
        /// No customer with this code.
        NotFound = "not_found",
        /// Not a whole telephone number.
        InvalidNumber = "invalid_number",
        /// A frame over the limit.
        TooLarge = "too_large",
        /// A queue is full.
        Busy = "busy",
        /// The store did not answer in time.
        Timeout = "timeout",
        /// Our fault.
        Internal = "internal",
    }
}

words! {
    /// An agent's presence.
    Presence {
        /// Takes calls.
        Ready = "ready",
        /// Does not.
        Away = "away",
    }
}

/// Why the bridge closes a socket (RFC 6455 section 7.4; 4000–4999 are ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// The bridge stops.
    Stopping,
    /// A frame over `frame_bytes_max`.
    TooLarge,
    /// As many sockets as the limits allow are open.
    TooMany,
    /// Not a client of this protocol.
    Protocol,
    /// No, wrong or revoked token.
    Unauthorized,
    /// No `hello` in time, or silent for too long.
    Silent,
    /// Reads too slowly.
    TooSlow,
}

impl CloseCode {
    /// Every value, in the order of `docs/protocol.md`.
    pub const ALL: &'static [Self] = &[
        Self::Stopping,
        Self::TooLarge,
        Self::TooMany,
        Self::Protocol,
        Self::Unauthorized,
        Self::Silent,
        Self::TooSlow,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Stopping => 1000,
            Self::TooLarge => 1009,
            Self::TooMany => 1013,
            Self::Protocol => 4400,
            Self::Unauthorized => 4401,
            Self::Silent => 4408,
            Self::TooSlow => 4429,
        }
    }

    /// The reason that the close frame carries.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Stopping => "the bridge stops",
            Self::TooLarge => "frame too large",
            Self::TooMany => "too many sockets",
            Self::Protocol => "not a client of this protocol",
            Self::Unauthorized => "unauthorized",
            Self::Silent => "no message in time",
            Self::TooSlow => "reads too slowly; reconnect and resume",
        }
    }
}

/// What is answered in place of data: a code for programs, a sentence for people who write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: ErrorCode,
    /// The sentence.
    pub message: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }

    /// A field that is missing or of the wrong type.
    fn field(name: &str, expected: &str) -> Self {
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

/// A client's frame: every field that some op has, not yet decoded.
#[derive(Debug, Deserialize)]
struct Frame<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    op: Option<&'a RawValue>,
    #[serde(borrow, default)]
    token: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resume: Option<&'a RawValue>,
    #[serde(borrow, default)]
    number: Option<&'a RawValue>,
    #[serde(borrow, default)]
    customer_code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    q: Option<&'a RawValue>,
    #[serde(borrow, default)]
    limit: Option<&'a RawValue>,
    #[serde(borrow, default)]
    before: Option<&'a RawValue>,
    #[serde(borrow, default)]
    state: Option<&'a RawValue>,
    #[serde(borrow, default)]
    reason: Option<&'a RawValue>,
    #[serde(borrow, default)]
    call_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    seq: Option<&'a RawValue>,
}

/// Where a client's stream broke off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Resume {
    /// The epoch that it knows.
    pub epoch: String,
    /// The last push that it handled.
    pub seq: u64,
}

/// What a lookup is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A number as somebody wrote it.
    Number(String),
    /// A customer's code.
    Customer(String),
}

/// A request, decoded and within its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/protocol.md")]
pub enum Request {
    Hello { token: String, resume: Option<Resume> },
    Lookup(Subject),
    Search { q: String, limit: usize },
    History { customer_code: String, before: Option<DateTime<Utc>>, limit: usize },
    Calls { limit: usize },
    Presence { state: Presence, reason: Option<String> },
    CallShown { call_id: String },
    Ack { seq: u64 },
    Ping,
}

/// A frame that was understood: its id as JSON text, and the request or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The id, to be sent back as it came.
    pub id: Box<str>,
    /// The request.
    pub request: Result<Request, Refusal>,
}

/// Reads a frame. `Err`: it is no request of this protocol at all, and has no id to answer to.
///
/// # Errors
/// [`ErrorCode::BadRequest`] with what is wrong.
pub fn parse(text: &str) -> Result<Parsed, Refusal> {
    let bad = |message: &'static str| Refusal::new(ErrorCode::BadRequest, message);
    if deeper_than(text, JSON_DEPTH_MAX) {
        return Err(Refusal::new(ErrorCode::BadRequest, format!("nested deeper than {JSON_DEPTH_MAX}")));
    }
    if !text.trim_start().starts_with('{') {
        return Err(bad("a frame is one JSON object"));
    }
    let frame: Frame<'_> = serde_json::from_str(text)
        // The position is enough: serde's own words may quote what the client sent.
        .map_err(|e| Refusal::new(ErrorCode::BadRequest, format!("not JSON, from column {}", e.column())))?;
    let id = frame.id.map(RawValue::get).filter(|id| is_id(id)).ok_or_else(|| {
        Refusal::new(
            ErrorCode::BadRequest,
            format!("`id` must be a number or a string of at most {ID_BYTES_MAX} bytes"),
        )
    })?;
    Ok(Parsed { id: id.into(), request: request(&frame) })
}

fn request(frame: &Frame<'_>) -> Result<Request, Refusal> {
    let word = text(frame.op, "op")?;
    let op = Op::from_word(&word).ok_or_else(|| Refusal::new(ErrorCode::UnknownOp, "no such op"))?;
    Ok(match op {
        Op::Hello => {
            Request::Hello { token: text(frame.token, "token")?.into_owned(), resume: resume(frame)? }
        }
        Op::Lookup => Request::Lookup(subject(frame)?),
        Op::Search => Request::Search { q: search_text(frame)?, limit: limit(frame, 20, 50)? },
        Op::History => Request::History {
            customer_code: text(frame.customer_code, "customer_code")?.into_owned(),
            before: instant(frame.before, "before")?,
            limit: limit(frame, 20, 100)?,
        },
        Op::Calls => Request::Calls { limit: limit(frame, 100, 200)? },
        Op::Presence => Request::Presence { state: presence(frame)?, reason: reason(frame)? },
        Op::CallShown => Request::CallShown { call_id: text(frame.call_id, "call_id")?.into_owned() },
        Op::Ack => Request::Ack {
            seq: whole(frame.seq, "seq")?.ok_or_else(|| Refusal::field("seq", "a whole number"))?,
        },
        Op::Ping => Request::Ping,
    })
}

/// A number, or a string that is not too long.
fn is_id(raw: &str) -> bool {
    match raw.as_bytes().first() {
        Some(b'"') => raw.len() <= ID_BYTES_MAX + 2,
        Some(b'-' | b'0'..=b'9') => raw.len() <= ID_BYTES_MAX,
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

/// Whether a field is there at all; JSON's null counts as absent.
fn present(field: Option<&RawValue>) -> Option<&str> {
    field.map(RawValue::get).filter(|raw| *raw != "null")
}

fn optional_text<'a>(field: Option<&'a RawValue>, name: &str) -> Result<Option<Cow<'a, str>>, Refusal> {
    let Some(raw) = present(field) else { return Ok(None) };
    if let Some(plain) = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"'))
        && !plain.contains('\\')
    {
        return Ok(Some(Cow::Borrowed(plain)));
    }
    serde_json::from_str::<String>(raw)
        .map(|s| Some(Cow::Owned(s)))
        .map_err(|_| Refusal::field(name, "a string"))
}

fn text<'a>(field: Option<&'a RawValue>, name: &str) -> Result<Cow<'a, str>, Refusal> {
    optional_text(field, name)?.ok_or_else(|| Refusal::field(name, "a string"))
}

fn whole(field: Option<&RawValue>, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(raw) = present(field) else { return Ok(None) };
    raw.parse().map(Some).map_err(|_| Refusal::field(name, "a whole number"))
}

fn instant(field: Option<&RawValue>, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(text) = optional_text(field, name)? else { return Ok(None) };
    DateTime::parse_from_rfc3339(&text)
        .map(|at| Some(at.with_timezone(&Utc)))
        .map_err(|_| Refusal::field(name, "an instant such as 2026-10-31T05:02:11Z"))
}

fn limit(frame: &Frame<'_>, default: usize, max: usize) -> Result<usize, Refusal> {
    let Some(asked) = whole(frame.limit, "limit")? else { return Ok(default) };
    usize::try_from(asked)
        .ok()
        .filter(|limit| (1..=max).contains(limit))
        .ok_or_else(|| Refusal::field("limit", &format!("a whole number from 1 to {max}")))
}

fn resume(frame: &Frame<'_>) -> Result<Option<Resume>, Refusal> {
    let Some(raw) = present(frame.resume) else { return Ok(None) };
    serde_json::from_str(raw)
        .map(Some)
        .map_err(|_| Refusal::field("resume", "an object of `epoch` and `seq`"))
}

fn subject(frame: &Frame<'_>) -> Result<Subject, Refusal> {
    let number = optional_text(frame.number, "number")?;
    let code = optional_text(frame.customer_code, "customer_code")?;
    match (number, code) {
        (Some(number), None) => Ok(Subject::Number(number.into_owned())),
        (None, Some(code)) => Ok(Subject::Customer(code.into_owned())),
        _ => Err(Refusal::new(ErrorCode::BadRequest, "either `number` or `customer_code` must be a string")),
    }
}

fn search_text(frame: &Frame<'_>) -> Result<String, Refusal> {
    let q = text(frame.q, "q")?;
    let q = q.trim();
    match q.chars().count() {
        1..=SEARCH_CHARS_MAX => Ok(q.to_owned()),
        _ => Err(Refusal::field("q", &format!("1 to {SEARCH_CHARS_MAX} characters"))),
    }
}

fn presence(frame: &Frame<'_>) -> Result<Presence, Refusal> {
    let word = text(frame.state, "state")?;
    Presence::from_word(&word).ok_or_else(|| Refusal::field("state", "`ready` or `away`"))
}

fn reason(frame: &Frame<'_>) -> Result<Option<String>, Refusal> {
    let reason = optional_text(frame.reason, "reason")?;
    match reason {
        Some(text) if text.chars().count() > REASON_CHARS_MAX => {
            Err(Refusal::field("reason", &format!("at most {REASON_CHARS_MAX} characters")))
        }
        other => Ok(other.map(Cow::into_owned)),
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

#[cfg(test)]
mod tests;
