//! The call as a pop-up shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::caller::CallerNumber;
use shared::phone::PhoneNumber;

use crate::agent::protocol::stamp;
use crate::call::{CallInfo, Direction};

/// Where an agent stands in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// The agent calls out, and the far end has not answered.
    Dialing,
    /// The phone rings.
    Ringing,
    /// The agent talks.
    Answered,
    /// The agent holds the other party.
    Held,
}

impl LegState {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dialing => "dialing",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Held => "held",
        }
    }
}

/// The caller as a pop-up shows it.
#[derive(Debug, Serialize)]
struct CallerView<'a> {
    kind: &'a str,
    number: Option<&'a str>,
    display: Option<String>,
    area: Option<&'a str>,
}

fn caller_view(caller: &CallerNumber) -> CallerView<'_> {
    let (number, display, area) = match caller {
        CallerNumber::Number(number) => (Some(number.e164()), Some(number.display()), number.area_hint()),
        CallerNumber::Internal(extension) => (Some(extension.as_str()), Some(extension.clone()), None),
        _ => (None, None, None),
    };
    CallerView { kind: caller.kind(), number, display, area }
}

/// A caller's JSON.
pub(crate) fn caller_json(caller: &CallerNumber) -> String {
    json(&caller_view(caller))
}

/// A call as one agent sees it.
#[derive(Debug, Clone, Copy)]
pub struct CallView<'a> {
    /// The call.
    pub call: &'a CallInfo,
    /// Where the agent stands.
    pub state: LegState,
    /// When the agent, or the far end, answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The call was found already running.
    pub uncertain: bool,
    /// The note so far.
    pub note: &'a str,
    /// Who wrote on it last.
    pub note_by: Option<&'a str>,
    /// Who said who calls, and when.
    pub chosen: Option<(&'a str, DateTime<Utc>)>,
}

#[derive(Debug, Serialize)]
struct ChosenJson<'a> {
    by: &'a str,
    at: String,
}

#[derive(Debug, Serialize)]
struct CallJson<'a> {
    call_id: String,
    direction: Direction,
    state: LegState,
    caller: CallerView<'a>,
    called: Option<&'a str>,
    called_display: Option<String>,
    queue: Option<&'a str>,
    customer_code: Option<&'a str>,
    started_at: String,
    queued_at: Option<String>,
    answered_at: Option<String>,
    uncertain: bool,
    note: &'a str,
    note_by: Option<&'a str>,
    chosen: Option<ChosenJson<'a>>,
}

impl CallView<'_> {
    /// The JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let call = self.call;
        let called = call.called.as_deref();
        json(&CallJson {
            call_id: call.call_id.to_string(),
            direction: call.direction,
            state: self.state,
            caller: caller_view(&call.caller),
            called,
            // An extension is no telephone number; it is shown as it is.
            called_display: called
                .map(|c| PhoneNumber::parse(c).map_or_else(|_| c.to_owned(), |n| n.display())),
            queue: call.queue.as_deref(),
            customer_code: call.customer_code.as_deref(),
            started_at: stamp(call.started_at),
            queued_at: call.queued_at.map(stamp),
            answered_at: self.answered_at.map(stamp),
            uncertain: self.uncertain,
            note: self.note,
            note_by: self.note_by,
            chosen: self.chosen.map(|(by, at)| ChosenJson { by, at: stamp(at) }),
        })
    }
}

fn json(view: &impl Serialize) -> String {
    // Nothing in a view can fail to be written: no map keys, no own Serialize.
    serde_json::to_string(view).unwrap_or_else(|_| "null".to_owned())
}
