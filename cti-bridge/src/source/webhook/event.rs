//! An event in Chakuden's own form (`docs/webhook.md`).

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::caller::CallerNumber;
use shared::message;
use shared::message::Message;
use shared::text::printable;

use crate::call::Direction;
use crate::source::LineNumbers;
use crate::source::caller::name_beside;

/// The longest text of a field, in characters.
const TEXT_CHARS_MAX: usize = 256;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// An agent's phone rings, or, without an extension, a caller waits.
    Ringing,
    /// An agent calls out.
    Dialing,
    /// Somebody answered.
    Answered,
    /// An agent holds the other party.
    Held,
    /// An agent took the other party off hold.
    Resumed,
    /// The call goes from one extension to another.
    Transferred,
    /// An agent's phone stopped ringing without an answer.
    NoAnswer,
    /// An agent's phone is busy or rejected the call.
    Busy,
    /// The call is over.
    Ended,
}

impl EventKind {
    /// Every kind with its word.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Ringing, "ringing"),
        (Self::Dialing, "dialing"),
        (Self::Answered, "answered"),
        (Self::Held, "held"),
        (Self::Resumed, "resumed"),
        (Self::Transferred, "transferred"),
        (Self::NoAnswer, "no_answer"),
        (Self::Busy, "busy"),
        (Self::Ended, "ended"),
    ];

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// One event. Its `Debug` shows no number.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The sender's identity of the event. An event that arrives twice counts once.
    pub event_id: String,
    /// What happened.
    pub kind: EventKind,
    /// The sender's identity of the call.
    pub call_id: String,
    /// The direction of the call.
    pub direction: Direction,
    /// The other party. Never a number that is withheld.
    pub caller: CallerNumber,
    /// The caller's number as the sender wrote it, if it may be shown.
    pub(super) written: Option<String>,
    /// The name that the sender gives with the number.
    pub caller_name: Option<String>,
    /// The number dialled.
    pub called: Option<String>,
    /// The extension of the phone.
    pub extension: Option<String>,
    /// The target extension of a transfer.
    pub to_extension: Option<String>,
    /// The queue.
    pub queue: Option<String>,
    /// The customer code that the caller entered in an IVR.
    pub customer_code: Option<String>,
    /// Whether the other party is known to have hung up.
    pub caller_hung_up: bool,
    /// When it happened.
    pub at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for WebhookEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookEvent").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The fields of an event as texts, whatever payload they come from.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) event_id: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) call_id: Option<String>,
    pub(super) direction: Option<String>,
    pub(super) caller_number: Option<String>,
    pub(super) caller_name: Option<String>,
    pub(super) presentation: Option<String>,
    pub(super) called_number: Option<String>,
    pub(super) extension: Option<String>,
    pub(super) to_extension: Option<String>,
    pub(super) queue: Option<String>,
    pub(super) customer_code: Option<String>,
    pub(super) hung_up_by: Option<String>,
    pub(super) at: Option<String>,
}

impl WebhookEvent {
    /// Reads an event in Chakuden's own form.
    ///
    /// # Errors
    /// What is wrong, by the field's name.
    pub fn read(body: &[u8]) -> Result<Self, Message> {
        let payload = json(body)?;
        let field = |name: &str| text_of(payload.get(name), name);
        let fields = Fields {
            event_id: field("event_id")?,
            kind: field("event")?,
            call_id: field("call_id")?,
            direction: field("direction")?,
            caller_number: field("caller_number")?,
            caller_name: field("caller_name")?,
            presentation: field("presentation")?,
            called_number: field("called_number")?,
            extension: field("extension")?,
            to_extension: field("to_extension")?,
            queue: field("queue")?,
            customer_code: field("customer_code")?,
            hung_up_by: field("hung_up_by")?,
            at: field("at")?,
        };
        fields.event(|text| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)))
    }
}

impl WebhookEvent {
    /// The caller, by how this sender writes numbers.
    pub(super) fn caller_of(&self, numbers: &LineNumbers) -> CallerNumber {
        match &self.written {
            Some(written) => numbers.caller(written, None),
            None => self.caller.clone(),
        }
    }
}

/// The payload of a body.
pub(super) fn json(body: &[u8]) -> Result<Value, Message> {
    serde_json::from_slice(body).map_err(|error| {
        message!(
            "JSON ではありません({column}文字目以降)",
            "not JSON, from column {column}",
            column = error.column(),
        )
    })
}

/// A field's text: numbers and booleans as written; `None` if it is absent, null or blank.
pub(super) fn text_of(value: Option<&Value>, name: &str) -> Result<Option<String>, Message> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Array(_) | Value::Object(_)) => {
            return Err(message!("`{name}` は文字列にしてください", "`{name}` must be a text"));
        }
    };
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(message!(
            "`{name}` は{max}文字以内にしてください",
            "`{name}` must be at most {max} characters",
            name = name,
            max = TEXT_CHARS_MAX,
        ));
    }
    // Refusing the event would hide the call; what would act on a screen is made visible instead.
    Ok((!text.is_empty()).then(|| printable(&text).into_owned()))
}

impl Fields {
    /// The event, if every field that it needs is present.
    pub(super) fn event(
        self,
        read_time: impl Fn(&str) -> Option<DateTime<Utc>>,
    ) -> Result<WebhookEvent, Message> {
        let needed = |field: Option<String>, name: &str| field.ok_or_else(|| missing(name));
        let kind = EventKind::from_word(&needed(self.kind, "event")?).ok_or_else(|| {
            message!(
                "`event` が正しくありません。次のいずれかにしてください: {kinds}",
                "`event` must be one of: {kinds}",
                kinds = EventKind::ALL.map(|(_, word)| word).join(", "),
            )
        })?;
        let direction = match self.direction.as_deref() {
            None if kind == EventKind::Dialing => Direction::Outbound,
            None | Some("inbound") => Direction::Inbound,
            Some("outbound") => Direction::Outbound,
            Some("internal") => Direction::Internal,
            Some(_) => {
                return Err(message!(
                    "`direction` は inbound、outbound、internal のいずれかにしてください",
                    "`direction` must be inbound, outbound or internal",
                ));
            }
        };
        let at = match self.at.as_deref() {
            None => None,
            Some(text) => Some(
                read_time(text)
                    .ok_or_else(|| message!("`at` が日時ではありません", "`at` is not a date and time"))?,
            ),
        };
        let call_id = needed(self.call_id, "call_id")?;
        let needs_extension = matches!(
            kind,
            EventKind::Held | EventKind::Resumed | EventKind::Dialing | EventKind::NoAnswer | EventKind::Busy
        );
        if needs_extension && self.extension.is_none() {
            return Err(missing("extension"));
        }
        if kind == EventKind::Transferred && self.to_extension.is_none() {
            return Err(missing("to_extension"));
        }
        let caller =
            caller(self.presentation.as_deref(), self.caller_number.as_deref(), self.caller_name.as_deref());
        Ok(WebhookEvent {
            event_id: needed(self.event_id, "event_id")?,
            kind,
            call_id,
            direction,
            written: self.caller_number.filter(|_| caller.number().is_some()),
            caller_name: name_beside(&caller, self.caller_name.as_deref()),
            caller,
            called: self.called_number,
            extension: self.extension,
            to_extension: self.to_extension,
            queue: self.queue,
            customer_code: self.customer_code,
            caller_hung_up: matches!(self.hung_up_by.as_deref(), Some("caller" | "customer" | "remote")),
            at,
        })
    }
}

fn missing(name: &str) -> Message {
    message!("`{name}` がありません", "`{name}` is missing")
}

/// The caller. A presentation other than `allowed` overrides a number that was sent nevertheless.
fn caller(presentation: Option<&str>, number: Option<&str>, name: Option<&str>) -> CallerNumber {
    match presentation.map(str::to_ascii_lowercase).as_deref() {
        None | Some("allowed") => {
            CallerNumber::from_caller_id(number.unwrap_or_default(), name.unwrap_or_default())
        }
        Some(reason) => match CallerNumber::from_caller_id("", reason) {
            CallerNumber::Unknown if matches!(reason, "payphone" | "coin") => CallerNumber::Payphone,
            CallerNumber::Unknown if reason == "service_conflict" => CallerNumber::ServiceConflict,
            CallerNumber::Unknown if matches!(reason, "out_of_area" | "unavailable") => {
                CallerNumber::OutOfArea
            }
            // Any other word does not say that the number may be shown.
            CallerNumber::Unknown if reason == "unknown" => CallerNumber::Unknown,
            CallerNumber::Unknown => CallerNumber::Withheld,
            known => known,
        },
    }
}
