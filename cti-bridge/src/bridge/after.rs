//! After-call work: applies what was written, and pushes missed calls and callbacks to the agents who may see them.

use std::collections::HashSet;

use serde_json::value::RawValue;
use shared::store::{CallEffects, Callback};

use super::Bridge;
use super::input::{Due, Input};
use super::journal::Entry;
use super::write::{Change, Done, NotKept, Requester, Write, Written};
use crate::hub::push::{CustomerChanged, Push};
use crate::hub::view::{CallbackEntry, MissedEntry};
use crate::lookup::Asker;
use crate::permission::{Permission, Permissions};

/// Callbacks that are due at a time, at most.
const DUE_MAX: usize = 1_000;

/// The last state of callbacks and missed calls.
pub(super) struct DueWatch {
    /// Callbacks that were pushed to their agents.
    told: HashSet<i64>,
    callbacks: Vec<Callback>,
    missed_open: u64,
}

impl DueWatch {
    pub(super) fn new() -> Self {
        Self { told: HashSet::new(), callbacks: Vec::new(), missed_open: 0 }
    }
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
    fn apply_written(&mut self, written: Written) -> Box<RawValue> {
        let Written { answer, effects, customers, numbers, changes, events } = written;
        self.tell_effects(&effects);
        events.iter().for_each(|event| self.tell_listeners(event));
        self.tell_customers(&customers, &numbers);
        for change in changes {
            match change {
                Change::Choice { call_id, chosen } => self.choose_live(&call_id, chosen),
                Change::Note { call_id, text, by } => self.tell_note(&call_id, text, &by),
                Change::WrappedUp { agent_code, call_id } => self.wrapped_up(&agent_code, &call_id),
                Change::Due => self.look_at_due(),
            }
        }
        answer
    }

    fn tell_effects(&mut self, effects: &CallEffects) {
        let now = self.clock.now();
        for missed in &effects.missed {
            for (looks_up, seen) in [(true, Permissions::ALL), (false, Permissions::NONE)] {
                let entry = MissedEntry::seen_by(seen, missed.clone());
                self.hub.push_seen(Permission::MissedRead, looks_up, now, &Push::MissedChanged(&entry));
            }
        }
        for callback in &effects.callbacks {
            self.due.callbacks.retain(|known| known.callback_no != callback.callback_no);
            if let Some(assignee) = &callback.assignee {
                self.tell_callback(assignee, callback);
            }
        }
        if !effects.missed.is_empty() {
            self.look_at_due();
        }
    }

    /// Cards that changed: a client that has one open looks it up again, live pop-ups are looked up here.
    fn tell_customers(&mut self, customers: &[String], numbers: &[String]) {
        if customers.is_empty() && numbers.is_empty() {
            return;
        }
        self.preparation.forget_all();
        for customer_code in customers {
            let push = Push::CustomerChanged(CustomerChanged { customer_code });
            self.hub.push_to(Permission::Lookup, self.clock.now(), &push);
        }
        for call in self.calls.values_mut().filter(|call| call.is_live()) {
            call.recheck |= call.is_about(customers, numbers);
        }
        self.refresh_popups();
    }

    /// Asks the store for callbacks that are due and missed calls that are open.
    pub(super) fn look_at_due(&mut self) {
        let (results, now) = (self.results.clone(), self.clock.now());
        // When the queue is full, the next look asks again.
        let _ = self.lookups.request(&Asker::Bridge, move |reader| {
            let due = reader
                .callbacks(None, Some(now), DUE_MAX)
                .and_then(|callbacks| Ok(Due { callbacks, missed_open: reader.missed_calls_open()? }));
            match due {
                Ok(due) => results.send(Input::Due(due)),
                Err(error) => tracing::warn!(%error, "what is due could not be read"),
            }
        });
    }

    pub(super) fn on_due(&mut self, due: Due) {
        self.due.told.retain(|no| due.callbacks.iter().any(|callback| callback.callback_no == *no));
        for callback in &due.callbacks {
            if self.due.told.insert(callback.callback_no)
                && let Some(assignee) = &callback.assignee
            {
                self.tell_callback(assignee, callback);
            }
        }
        self.due.callbacks = due.callbacks;
        self.due.missed_open = due.missed_open;
    }

    fn tell_callback(&mut self, assignee: &str, callback: &Callback) {
        let entry = CallbackEntry::seen_by(self.hub.permissions_of(assignee), callback.clone());
        self.hub.push(assignee, self.clock.now(), &Push::CallbackDue(entry));
    }

    /// The agent's callbacks that are due.
    pub(super) fn callbacks_due(&self, agent_code: &str) -> Vec<CallbackEntry> {
        let (all, permissions) = (self.due.callbacks.iter(), self.hub.permissions_of(agent_code));
        all.filter(|callback| callback.assignee.as_deref() == Some(agent_code))
            .map(|callback| CallbackEntry::seen_by(permissions, callback.clone()))
            .collect()
    }

    /// How many missed calls are open.
    pub(super) fn missed_open(&self) -> u64 {
        self.due.missed_open
    }

    /// Closes calls that an earlier run left open: how they ended is not known.
    pub(super) fn close_unfinished(&mut self) {
        self.recorder.keep(Entry::Unfinished { at: self.clock.now() });
    }
}
