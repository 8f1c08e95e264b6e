//! A rank run changes cards that agents are looking at: everyone who is signed in is notified, and live pop-ups are
//! looked up again and pushed when they have changed.

use std::sync::Arc;

use super::Bridge;
use super::active_call::Search;
use super::input::{Found, Input, LastRun};
use crate::call::CallId;
use crate::hub::push::{Push, RankUpdated};
use crate::lookup::Asker;
use crate::popup;

/// The last rank run that is known; `None` until the store was read. The first reading sends no notification.
#[derive(Debug, Default)]
pub(super) struct RankWatch(Option<LastRun>);

impl Bridge {
    /// Reads the last rank run, and retries the lookups that did not fit into the queue before.
    pub(super) fn look_at_ranks(&mut self) {
        let results = self.results.clone();
        // When the queue is full, the next round asks again.
        let _ = self.lookups.request(&Asker::Bridge, move |reader| match reader.last_rank_run() {
            Ok(run) => results.send(Input::Ranks(run.map(|run| (run.run_id, run.as_of)))),
            Err(error) => tracing::warn!(%error, "the rank runs could not be read"),
        });
        self.refresh_popups();
    }

    /// Notifies everyone of a new run and looks up the live callers again.
    pub(super) fn on_ranks(&mut self, last: LastRun) {
        let before = self.ranks.0.replace(last);
        let (Some((run_id, as_of)), Some(before)) = (last, before) else { return };
        if before.map(|(run_id, _)| run_id) == Some(run_id) {
            return;
        }
        tracing::info!(run_id, %as_of, "ranks were updated");
        self.preparation.forget_all();
        self.hub.push_all(self.clock.now(), &Push::RankUpdated(RankUpdated { run_id, as_of }));
        // Including calls whose lookup is under way: it may have read the ranks from before the run.
        for call in self.calls.values_mut().filter(|call| call.is_live()) {
            call.recheck = true;
        }
        self.refresh_popups();
    }

    /// Looks up again every call that is marked for it and has a result.
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
        let results = self.results.clone();
        let asked = self.lookups.request(&Asker::Bridge, move |reader| {
            let profile = popup::of_call(reader, &who, today);
            results.send(Input::FoundAgain(Found { call_id, generation, profile, said: None }));
        });
        // When the queue is full, the next round asks again.
        call.recheck = asked.is_err();
    }

    /// A live pop-up was looked up again: it is pushed when it has changed. When it could not be read, it stays.
    pub(super) fn on_found_again(&mut self, found: Found) {
        let Found { call_id, generation, profile, said: _ } = found;
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
