//! A client's frame to a [`Request`], with every limit on the way.

mod work;

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub use work::{Attached, NewInquiryText, NewTaskText, WorkRequest, WrapUp};

use super::{
    ErrorCode, ID_BYTES_MAX, JSON_DEPTH_MAX, Op, Presence, REASON_CHARS_MAX, Refusal, SEARCH_CHARS_MAX,
};

/// Fields of a frame at most; ours have a dozen.
const FIELDS_MAX: usize = 64;

/// A client's frame: its fields, not yet decoded.
struct Frame<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Frame<'a> {
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Frame<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Frame<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(8);
                while let Some((Name(name), value)) = map.next_entry()? {
                    let twice = fields.iter().any(|(known, _): &(Cow<'_, str>, _)| *known == name);
                    if twice || fields.len() == FIELDS_MAX {
                        return Err(serde::de::Error::custom("a field twice, or too many"));
                    }
                    fields.push((name, value));
                }
                Ok(Frame(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A field's name, borrowed unless it has an escape in it.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

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
    /// A lead's code.
    Lead(String),
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
    Masters,
    Colleagues,
    Missed { open_only: bool, limit: usize },
    Callbacks { limit: usize },
    Work(WorkRequest),
    RingHere,
    Agents,
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
    let id = frame.get("id").map(RawValue::get).filter(|id| is_id(id)).ok_or_else(|| {
        Refusal::new(
            ErrorCode::BadRequest,
            format!("`id` must be a number or a string of at most {ID_BYTES_MAX} bytes"),
        )
    })?;
    Ok(Parsed { id: id.into(), request: request(&frame) })
}

fn request(frame: &Frame<'_>) -> Result<Request, Refusal> {
    let word = text(frame.get("op"), "op")?;
    let op = Op::from_word(&word).ok_or_else(|| Refusal::new(ErrorCode::UnknownOp, "no such op"))?;
    Ok(match op {
        Op::Hello => {
            Request::Hello { token: text(frame.get("token"), "token")?.into_owned(), resume: resume(frame)? }
        }
        Op::Lookup => Request::Lookup(subject(frame)?),
        Op::Search => Request::Search { q: search_text(frame)?, limit: limit(frame, 20, 50)? },
        Op::History => Request::History {
            customer_code: text(frame.get("customer_code"), "customer_code")?.into_owned(),
            before: instant(frame.get("before"), "before")?,
            limit: limit(frame, 20, 100)?,
        },
        Op::Calls => Request::Calls { limit: limit(frame, 100, 200)? },
        Op::Presence => Request::Presence { state: presence(frame)?, reason: reason(frame)? },
        Op::Masters => Request::Masters,
        Op::Colleagues => Request::Colleagues,
        Op::Missed => Request::Missed { open_only: missed_status(frame)?, limit: limit(frame, 100, 200)? },
        Op::Callbacks => Request::Callbacks { limit: limit(frame, 100, 200)? },
        Op::RingHere => Request::RingHere,
        Op::Agents => Request::Agents,
        Op::CallShown => Request::CallShown { call_id: text(frame.get("call_id"), "call_id")?.into_owned() },
        Op::Ack => Request::Ack {
            seq: whole(frame.get("seq"), "seq")?.ok_or_else(|| Refusal::field("seq", "a whole number"))?,
        },
        Op::Ping => Request::Ping,
        op => Request::Work(work::request(op, frame)?),
    })
}

/// A number, or a string, that is not too long and that whoever reads the answer can read: it goes back as it came.
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
    let Some(asked) = whole(frame.get("limit"), "limit")? else { return Ok(default) };
    usize::try_from(asked)
        .ok()
        .filter(|limit| (1..=max).contains(limit))
        .ok_or_else(|| Refusal::field("limit", &format!("a whole number from 1 to {max}")))
}

fn resume(frame: &Frame<'_>) -> Result<Option<Resume>, Refusal> {
    let Some(raw) = present(frame.get("resume")) else { return Ok(None) };
    serde_json::from_str(raw)
        .map(Some)
        .map_err(|_| Refusal::field("resume", "an object of `epoch` and `seq`"))
}

fn subject(frame: &Frame<'_>) -> Result<Subject, Refusal> {
    let number = optional_text(frame.get("number"), "number")?;
    let code = optional_text(frame.get("customer_code"), "customer_code")?;
    let lead = optional_text(frame.get("lead_code"), "lead_code")?;
    match (number, code, lead) {
        (Some(number), None, None) => Ok(Subject::Number(number.into_owned())),
        (None, Some(code), None) => Ok(Subject::Customer(code.into_owned())),
        (None, None, Some(code)) => Ok(Subject::Lead(code.into_owned())),
        _ => Err(Refusal::new(
            ErrorCode::BadRequest,
            "one of `number`, `customer_code` and `lead_code` must be a string",
        )),
    }
}

fn search_text(frame: &Frame<'_>) -> Result<String, Refusal> {
    let q = text(frame.get("q"), "q")?;
    let q = q.trim();
    match q.chars().count() {
        1..=SEARCH_CHARS_MAX => Ok(q.to_owned()),
        _ => Err(Refusal::field("q", &format!("1 to {SEARCH_CHARS_MAX} characters"))),
    }
}

fn presence(frame: &Frame<'_>) -> Result<Presence, Refusal> {
    let word = text(frame.get("state"), "state")?;
    // Being on a call is not for anybody to say: it follows from the calls.
    Presence::from_word(&word)
        .filter(|presence| *presence != Presence::OnCall)
        .ok_or_else(|| Refusal::field("state", "`ready`, `away` or `after_call_work`"))
}

/// Whether only those are wanted that nobody has closed.
fn missed_status(frame: &Frame<'_>) -> Result<bool, Refusal> {
    match optional_text(frame.get("status"), "status")?.as_deref() {
        None | Some("open") => Ok(true),
        Some("all") => Ok(false),
        Some(_) => Err(Refusal::field("status", "`open` or `all`")),
    }
}

fn reason(frame: &Frame<'_>) -> Result<Option<String>, Refusal> {
    let reason = optional_text(frame.get("reason"), "reason")?;
    match reason {
        Some(text) if text.chars().count() > REASON_CHARS_MAX => {
            Err(Refusal::field("reason", &format!("at most {REASON_CHARS_MAX} characters")))
        }
        other => Ok(other.map(Cow::into_owned)),
    }
}
