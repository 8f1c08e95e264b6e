//! The call as a pop-up shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use shared::caller::{CallerKind, CallerNumber};
use shared::phone::PhoneNumber;
use shared::store::{EarlierCalls, Nuisance};

use crate::call::{CallId, CallInfo, Direction};
use crate::permission::{Permission, Permissions};
use crate::popup::Line;
use crate::protocol::Stamp;
use crate::source::Controls;

/// Where an agent stands in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CallState")]
pub enum LegState {
    /// The agent calls out, and the other end has not answered.
    Dialing,
    /// The phone rings.
    Ringing,
    /// The agent talks.
    Answered,
    /// The agent holds the other party.
    Held,
}

/// A caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Caller")]
pub struct CallerView {
    kind: CallerKind,
    number: Option<String>,
    /// The number as it is written in Japan.
    display: Option<String>,
    /// The area of a fixed-line number.
    area: Option<String>,
}

impl CallerView {
    /// A caller without a number, for this reason.
    pub(crate) fn without_number(kind: CallerKind) -> Self {
        Self { kind, number: None, display: None, area: None }
    }
}

impl From<&CallerNumber> for CallerView {
    fn from(caller: &CallerNumber) -> Self {
        let view = Self::without_number(caller.kind());
        match caller {
            CallerNumber::Number(number) => Self {
                number: Some(number.e164().to_owned()),
                display: Some(number.display()),
                area: number.area_hint().map(str::to_owned),
                ..view
            },
            CallerNumber::Internal(extension) => {
                Self { number: Some(extension.clone()), display: Some(extension.clone()), ..view }
            }
            _ => view,
        }
    }
}

/// A call as one agent sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Call")]
pub struct CallView<'a> {
    #[schemars(with = "String")]
    call_id: CallId,
    direction: Direction,
    state: LegState,
    caller: CallerView,
    /// The name that the PBX sends with the number: a hint, which nobody has checked.
    caller_name: Option<&'a str>,
    called: Option<&'a str>,
    /// The number dialled as it is written in Japan; an extension as it is.
    called_display: Option<String>,
    /// The company's line that was called, if the settings name it.
    line: Option<&'a Line>,
    queue: Option<&'a str>,
    /// The code that the caller gave to an IVR.
    customer_code: Option<&'a str>,
    started_at: Stamp,
    queued_at: Option<Stamp>,
    answered_at: Option<Stamp>,
    /// The call was found already running.
    uncertain: bool,
    note: &'a str,
    note_by: Option<&'a str>,
    chosen: Option<ChosenView<'a>>,
    /// The number's earlier calls of today; `null` when this is the first, or not an inbound call.
    earlier_today: Option<EarlierView>,
    /// Who marked the number as a nuisance, and when; `null` when nobody did.
    nuisance: Option<NuisanceView<'a>>,
    /// What can be done with the call from the screen; `null` for who may not.
    controls: Option<ControlsView<'a>>,
}

/// Who marked a number as a nuisance, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Nuisance")]
struct NuisanceView<'a> {
    by: &'a str,
    at: Stamp,
}

/// What the call's PBX does for an agent who has the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CallControls")]
struct ControlsView<'a> {
    hangup: bool,
    hold: bool,
    transfer: bool,
    /// The queues to which it can be transferred.
    queues: Vec<&'a str>,
}

/// Calls of today from the number that calls now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "EarlierToday")]
struct EarlierView {
    /// How many came in before this one.
    calls: u32,
    /// When the last of them began.
    last_at: Stamp,
    /// When somebody last talked with the number today, whoever called whom; `null` if nobody did.
    talked_at: Option<Stamp>,
}

/// Who chose who calls, and when.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Chosen")]
struct ChosenView<'a> {
    by: &'a str,
    at: Stamp,
}

impl<'a> CallView<'a> {
    /// The call as shown to an agent in this state; the other functions add the note and the choice.
    #[must_use]
    pub fn new(call: &'a CallInfo, state: LegState, answered_at: Option<DateTime<Utc>>) -> Self {
        let called = call.called.as_deref();
        Self {
            call_id: call.call_id,
            direction: call.direction,
            state,
            caller: CallerView::from(&call.caller),
            caller_name: call.caller_name.as_deref(),
            called,
            called_display: called
                .map(|c| PhoneNumber::parse(c).map_or_else(|_| c.to_owned(), |n| n.display())),
            line: None,
            queue: call.queue.as_deref(),
            customer_code: call.customer_code.as_deref(),
            started_at: Stamp(call.started_at),
            queued_at: call.queued_at.map(Stamp),
            answered_at: answered_at.map(Stamp),
            uncertain: false,
            note: "",
            note_by: None,
            chosen: None,
            earlier_today: None,
            nuisance: None,
            controls: None,
        }
    }

    /// Adds what the call's PBX does for an agent who has the call.
    #[must_use]
    pub fn controlled(mut self, controls: &'a Controls) -> Self {
        self.controls = Some(ControlsView {
            hangup: controls.hangup,
            hold: controls.hold,
            transfer: controls.transfer,
            queues: controls.queues.keys().map(String::as_str).collect(),
        });
        self
    }

    /// As an agent with these permissions sees it.
    pub(super) fn seen_by(mut self, permissions: Permissions) -> Self {
        self.controls = self.controls.filter(|_| permissions.has(Permission::CallsControl));
        self
    }

    /// Adds who marked the number as a nuisance.
    #[must_use]
    pub fn nuisance(mut self, nuisance: Option<&'a Nuisance>) -> Self {
        self.nuisance = nuisance.map(|nuisance| NuisanceView { by: &nuisance.by, at: Stamp(nuisance.at) });
        self
    }

    /// Adds the number's earlier calls of today to a call that came in.
    #[must_use]
    pub fn after(mut self, earlier: Option<&EarlierCalls>) -> Self {
        self.earlier_today =
            earlier.filter(|_| self.direction == Direction::Inbound).map(|earlier| EarlierView {
                calls: earlier.calls,
                last_at: Stamp(earlier.last_at),
                talked_at: earlier.talked_at.map(Stamp),
            });
        self
    }

    /// Adds the company's line that was called.
    #[must_use]
    pub fn on_line(mut self, line: Option<&'a Line>) -> Self {
        self.line = line;
        self
    }

    /// Marks a call that was found already running.
    #[must_use]
    pub fn uncertain(mut self, uncertain: bool) -> Self {
        self.uncertain = uncertain;
        self
    }

    /// Adds the note so far and who wrote on it last.
    #[must_use]
    pub fn noted(mut self, note: &'a str, by: Option<&'a str>) -> Self {
        self.note = note;
        self.note_by = by;
        self
    }

    /// Adds who chose who calls, and when.
    #[must_use]
    pub fn chosen(mut self, by: &'a str, at: DateTime<Utc>) -> Self {
        self.chosen = Some(ChosenView { by, at: Stamp(at) });
        self
    }
}
