//! What calls leave behind: missed calls and callbacks, told to whoever may see them.

use std::collections::HashSet;

use serde::Serialize;
use shared::caller::CallerNumber;
use shared::phone::PhoneNumber;
use shared::store::{CallEffects, Callback, MissedCall};
use tokio::sync::mpsc;

use super::Bridge;
use super::write::{Change, Done, NotKept, Requester, Write, Written};
use crate::agent::permission::Permission;
use crate::agent::protocol::{PushKind, push_json_str};
use crate::popup::caller_json;

/// Callbacks that are looked at at a time.
const DUE_MAX: usize = 1_000;

/// What is due now.
#[derive(Debug)]
pub(super) struct Due {
    callbacks: Vec<Callback>,
    missed_open: u64,
}

/// What is known of what is due.
pub(super) struct DueWatch {
    seen_tx: mpsc::Sender<Due>,
    pub(super) seen: mpsc::Receiver<Due>,
    /// Callbacks that their agents were told of.
    told: HashSet<i64>,
    callbacks: Vec<Callback>,
    missed_open: u64,
}

impl DueWatch {
    pub(super) fn new() -> Self {
        let (seen_tx, seen) = mpsc::channel(1);
        Self { seen_tx, seen, told: HashSet::new(), callbacks: Vec::new(), missed_open: 0 }
    }
}

/// A missed call as the protocol has it.
#[derive(Serialize)]
struct MissedView<'a> {
    caller: serde_json::Value,
    #[serde(flatten)]
    missed: &'a MissedCall,
}

/// A missed call's JSON.
pub(crate) fn missed_json(missed: &MissedCall) -> String {
    let caller = match missed.caller_e164.as_deref().map(PhoneNumber::parse) {
        Some(Ok(number)) => caller_json(&CallerNumber::Number(number)),
        _ => format!(
            "{{\"kind\":\"{}\",\"number\":null,\"display\":null,\"area\":null}}",
            missed.caller_kind.escape_default()
        ),
    };
    let caller = serde_json::from_str(&caller).unwrap_or_default();
    serde_json::to_string(&MissedView { caller, missed }).unwrap_or_else(|_| "null".to_owned())
}

/// A callback as the protocol has it.
#[derive(Serialize)]
struct CallbackView<'a> {
    number: Option<&'a str>,
    display: Option<String>,
    #[serde(flatten)]
    callback: &'a Callback,
}

/// A callback's JSON.
pub(crate) fn callback_json(callback: &Callback) -> String {
    let number = callback.caller_e164.as_deref();
    let display = number.and_then(|n| PhoneNumber::parse(n).ok()).map(|n| n.display());
    serde_json::to_string(&CallbackView { number, display, callback }).unwrap_or_else(|_| "null".to_owned())
}

/// A JSON list of entries that are JSON already.
pub(crate) fn json_list(entries: impl Iterator<Item = String>) -> String {
    let mut out = String::from("[");
    for (at, entry) in entries.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&entry);
    }
    out.push(']');
    out
}

impl Bridge {
    /// Hands something over to be written.
    pub(super) fn hand_over(&mut self, write: Write, requester: Requester) {
        if let Err(requester) = self.recorder.write(write, requester) {
            requester.end(Err(NotKept::Busy));
        }
    }

    /// A write has ended: the agents whose screens it changes are told, then the requester.
    pub(super) fn on_written(&mut self, done: Done) {
        let Done { result, requester } = done;
        requester.end(result.map(|written| self.apply_written(written)));
    }

    /// Applies what was kept. Returns the data of the answer.
    fn apply_written(&mut self, written: Written) -> String {
        let Written { data, effects, customers, numbers, changes } = written;
        self.tell_effects(&effects);
        self.tell_customers(&customers, &numbers);
        for change in changes {
            match change {
                Change::Choice { call_id, chosen } => self.choose_live(&call_id, chosen),
                Change::Note { call_id, text, by } => self.tell_note(&call_id, text, &by),
                Change::WrappedUp { agent_code, call_id } => self.wrapped_up(&agent_code, &call_id),
                Change::Due => self.look_at_due(),
            }
        }
        data
    }

    fn tell_effects(&mut self, effects: &CallEffects) {
        let now = self.clock.now();
        for missed in &effects.missed {
            let data = missed_json(missed);
            self.hub.push_to(Permission::MissedRead, PushKind::MissedChanged, now, &data);
        }
        for callback in &effects.callbacks {
            self.due.callbacks.retain(|known| known.callback_no != callback.callback_no);
            if let Some(assignee) = &callback.assignee {
                self.hub.push(assignee, PushKind::CallbackDue, now, &callback_json(callback));
            }
        }
        if !effects.missed.is_empty() {
            self.look_at_due();
        }
    }

    /// Cards that say something else now: whoever has one open looks it up again, live pop-ups are looked up here.
    fn tell_customers(&mut self, customers: &[String], numbers: &[String]) {
        if customers.is_empty() && numbers.is_empty() {
            return;
        }
        self.preparation.forget_all();
        for customer_code in customers {
            let mut data = String::from("{\"customer_code\":");
            push_json_str(&mut data, customer_code);
            data.push('}');
            self.hub.push_to(Permission::Lookup, PushKind::CustomerChanged, self.clock.now(), &data);
        }
        for call in self.calls.values_mut().filter(|call| call.is_live()) {
            call.recheck |= call.is_about(customers, numbers);
        }
        self.refresh_popups();
    }

    /// Asks the store for what is due.
    pub(super) fn look_at_due(&mut self) {
        let (to, now) = (self.due.seen_tx.clone(), self.clock.now());
        // When the queue is full, the next look asks again.
        let _ = self.lookups.request(move |reader| {
            let due = reader
                .callbacks(None, Some(now), DUE_MAX)
                .and_then(|callbacks| Ok(Due { callbacks, missed_open: reader.missed_calls_open()? }));
            match due {
                Ok(due) => {
                    let _ = to.try_send(due);
                }
                Err(error) => tracing::warn!(%error, "what is due could not be read"),
            }
        });
    }

    pub(super) fn on_due(&mut self, due: Due) {
        let now = self.clock.now();
        self.due.told.retain(|no| due.callbacks.iter().any(|callback| callback.callback_no == *no));
        for callback in &due.callbacks {
            if self.due.told.insert(callback.callback_no)
                && let Some(assignee) = &callback.assignee
            {
                self.hub.push(assignee, PushKind::CallbackDue, now, &callback_json(callback));
            }
        }
        self.due.callbacks = due.callbacks;
        self.due.missed_open = due.missed_open;
    }

    /// `"missed_open":…,"callbacks_due":[…],`
    pub(super) fn append_due(&self, agent_code: &str, out: &mut String) {
        let mine =
            self.due.callbacks.iter().filter(|callback| callback.assignee.as_deref() == Some(agent_code));
        out.push_str(&format!(
            "\"missed_open\":{},\"callbacks_due\":{},",
            self.due.missed_open,
            json_list(mine.map(callback_json))
        ));
    }

    /// Calls that the bridge left open when it was cut off are closed: nobody saw how they went on.
    pub(super) fn close_unfinished(&mut self) {
        let now = self.clock.now();
        self.hand_over(
            Box::new(move |tx, _| {
                let closed = tx.close_unfinished_calls(now)?;
                if closed > 0 {
                    tracing::info!(closed, "calls of an earlier run have no known end");
                }
                Ok(Written::default())
            }),
            Requester::Bridge("closing calls of an earlier run"),
        );
    }
}
