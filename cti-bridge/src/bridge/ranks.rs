//! A rank run changes cards that agents are looking at. Whoever is signed in is told that there was one, and live
//! pop-ups are looked up again and pushed where they say something else now.

use std::sync::Arc;

use chrono::NaiveDate;
use tokio::sync::mpsc;

use super::active_call::Search;
use super::{Bridge, Found};
use crate::agent::push::{Push, RankUpdated};
use crate::call::CallId;
use crate::popup;

/// The last rank run that the store has: its number and its day.
pub(super) type LastRun = Option<(i64, NaiveDate)>;

/// What is known of the rank runs.
pub(super) struct RankWatch {
    /// `None` until the store was looked at: the first look tells nobody anything.
    known: Option<LastRun>,
    seen_tx: mpsc::Sender<LastRun>,
    pub(super) seen: mpsc::Receiver<LastRun>,
    again_tx: mpsc::UnboundedSender<Found>,
    pub(super) again: mpsc::UnboundedReceiver<Found>,
}

impl RankWatch {
    pub(super) fn new() -> Self {
        let (seen_tx, seen) = mpsc::channel(1);
        // Unbounded, but never longer than the live calls: each has one look-up under way.
        let (again_tx, again) = mpsc::unbounded_channel();
        Self { known: None, seen_tx, seen, again_tx, again }
    }
}

impl Bridge {
    /// Asks the store for its last rank run, and again for the pop-ups that could not be asked for before.
    pub(super) fn look_at_ranks(&mut self) {
        let to = self.ranks.seen_tx.clone();
        // When the queue is full, the next look asks again.
        let _ = self.lookups.request(move |reader| match reader.last_rank_run() {
            Ok(run) => {
                let _ = to.try_send(run.map(|run| (run.run_id, run.as_of)));
            }
            Err(error) => tracing::warn!(%error, "the rank runs could not be read"),
        });
        self.refresh_popups();
    }

    /// Tells everybody of a new run and looks the live callers up again.
    pub(super) fn on_ranks(&mut self, last: LastRun) {
        let before = self.ranks.known.replace(last);
        let (Some((run_id, as_of)), Some(before)) = (last, before) else { return };
        if before.map(|(run_id, _)| run_id) == Some(run_id) {
            return;
        }
        tracing::info!(run_id, %as_of, "ranks were updated");
        self.preparation.forget_all();
        self.hub.push_all(self.clock.now(), &Push::RankUpdated(RankUpdated { run_id, as_of }));
        // Also those whose look-up is under way: it may have read what was before the run.
        for call in self.calls.values_mut().filter(|call| call.is_live()) {
            call.recheck = true;
        }
        self.refresh_popups();
    }

    /// Looks up again whoever is to be looked up again and is known.
    pub(super) fn refresh_popups(&mut self) {
        let due: Vec<CallId> = self
            .calls
            .values()
            .filter(|call| call.recheck && call.is_live() && matches!(call.search, Search::Done(_)))
            .map(|call| call.info.call_id)
            .collect();
        for call_id in due {
            self.refresh_popup(call_id);
        }
    }

    fn refresh_popup(&mut self, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let (who, today, generation) = (call.who(), self.clock.today(), call.generation());
        let done = self.ranks.again_tx.clone();
        let asked = self.lookups.request(move |reader| {
            let profile = popup::of_call(reader, &who, today);
            let _ = done.send(Found { call_id, generation, profile, kept: None });
        });
        // What does not fit into the queue is asked for at the next look.
        call.recheck = asked.is_err();
    }

    /// A live pop-up was looked up again: it is pushed when it says something else. What could not be read stays.
    pub(super) fn on_found_again(&mut self, found: Found) {
        let Found { call_id, generation, profile, kept: _ } = found;
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let (Search::Done(shown), Ok(profile)) = (&call.search, profile) else { return };
        if call.generation() != generation || !call.is_live() || **shown == profile {
            return;
        }
        call.search = Search::Done(Arc::new(profile));
        call.outdated = true;
        self.show(call_id);
    }
}
