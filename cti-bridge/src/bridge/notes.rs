//! Notes on the screens of a call's agents. A note that changes quickly is pushed a few times a second, always as it is now.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Bridge;
use super::write::Worker;
use crate::call::CallId;
use crate::hub::push::{NoteChanged, Push};

/// The shortest time between two pushes of one call's note.
const EVERY: Duration = Duration::from_millis(250);

/// Notes that wait to be pushed.
#[derive(Debug, Default)]
pub(super) struct WaitingNotes {
    calls: BTreeSet<CallId>,
    due: Option<Instant>,
}

impl WaitingNotes {
    fn wait_for(&mut self, call_id: CallId) {
        self.calls.insert(call_id);
        self.due.get_or_insert_with(|| Instant::now() + EVERY);
    }

    /// Ends when notes are to be pushed; never, while none waits.
    pub(super) async fn due(due: Option<Instant>) {
        match due {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// When notes are to be pushed.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.due
    }
}

impl Bridge {
    /// Takes a new note over and shows it to every agent in the call: at once, or with the ones that follow quickly.
    pub(super) fn tell_note(&mut self, call_id: &str, text: String, by: &Worker) {
        let Ok(call_id) = call_id.parse::<CallId>() else { return };
        let now = self.clock.steady();
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        call.work.note = text;
        call.work.note_by = Some(by.agent_name.clone());
        match call.work.note_pushed.is_some_and(|pushed| now.saturating_sub(pushed) < EVERY) {
            true => self.notes.wait_for(call_id),
            false => self.push_note(call_id),
        }
    }

    /// Pushes the notes that waited.
    pub(super) fn push_notes(&mut self) {
        self.notes.due = None;
        for call_id in std::mem::take(&mut self.notes.calls) {
            self.push_note(call_id);
        }
    }

    fn push_note(&mut self, call_id: CallId) {
        let now = self.clock.now();
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        call.work.note_pushed = Some(self.clock.steady());
        let by = call.work.note_by.as_deref().unwrap_or_default();
        let push = Push::CallNote(NoteChanged { call_id, text: &call.work.note, by });
        for leg in call.legs.iter().filter(|leg| leg.pushed) {
            if let Some(agent_code) = self.hub.agent_of(&leg.extension).map(str::to_owned) {
                self.hub.push(&agent_code, now, &push);
            }
        }
    }
}
