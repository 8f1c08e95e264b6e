//! From a call to the pop-ups of its agents: one lookup of the caller, then a push to every agent who should see it.

use std::sync::Arc;

use shared::caller::CallerNumber;
use shared::store::AuditAction;

use super::Bridge;
use super::active_call::Search;
use super::input::{Found, Input};
use super::outbox;
use crate::call::CallId;
use crate::hub::push::Push;
use crate::metrics::Kind;
use crate::popup::{self, MatchKind, Profile};

impl Bridge {
    /// Starts the lookup of a call's caller. A caller without a number needs none.
    pub(super) fn search(&mut self, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let generation = call.begin_search();
        let mut who = call.who();
        let lists_calls = self.sources.get(call.source).is_none_or(|source| source.lists_calls);
        // What agents said about a call that may be older than this run of the bridge.
        let recalled_id = call.may_be_recalled(lists_calls).then(|| call_id.to_string());
        let nobody = !matches!(who.caller, CallerNumber::Number(_))
            && who.customer_code.is_none()
            && who.choice.is_none()
            && recalled_id.is_none();
        if nobody {
            self.set_profile(call_id, Arc::new(Profile::empty(MatchKind::Unidentified)));
            return;
        }
        if recalled_id.is_none()
            && let Some(profile) = self.preparation.take(call_id, &who)
        {
            self.set_profile(call_id, profile);
            return;
        }
        let (today, results) = (self.clock.today(), self.results.clone());
        let asked = self.lookups.ring(move |reader| {
            let said = recalled_id.map(|id| reader.call_annotations(&id)).transpose();
            let (said, profile) = match said {
                Ok(said) => {
                    let said = said.map(Option::unwrap_or_default);
                    let caller = said.as_ref().and_then(|said| said.caller.clone());
                    who.choice = who.choice.or(caller.map(Into::into));
                    (said, popup::of_call(reader, &who, today))
                }
                Err(error) => (None, Err(error.into())),
            };
            results.send(Input::Found(Found { call_id, generation, profile, said }));
        });
        if asked.is_err() {
            tracing::warn!(%call_id, "the lookup queue is full; the pop-up goes out without the customer");
            self.set_profile(call_id, Arc::new(Profile::empty(MatchKind::Failed)));
        }
    }

    pub(super) fn on_found(&mut self, found: Found) {
        let Found { call_id, generation, profile, said } = found;
        // The call may have ended, or its caller changed.
        let Some(call) = self.calls.get_mut(&call_id).filter(|call| call.generation() == generation) else {
            return;
        };
        if let Some(said) = said {
            call.recall(said, &self.hub);
        }
        let profile = profile.unwrap_or_else(|error| {
            tracing::error!(%call_id, %error, "the caller could not be looked up");
            Profile::empty(MatchKind::Failed)
        });
        self.set_profile(call_id, Arc::new(profile));
    }

    pub(super) fn set_profile(&mut self, call_id: CallId, profile: Arc<Profile>) {
        self.metrics.lookups.get_or_create(&Kind { kind: profile.kind.word() }).inc();
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let again = matches!(call.search, Search::Done(_));
        call.search = Search::Done(profile);
        if call.ended.is_some() {
            self.record(call_id);
            return;
        }
        call.outdated |= again;
        let recheck = call.recheck;
        self.show(call_id);
        if recheck {
            self.refresh_popups();
        }
    }

    /// Pushes the pop-up to every agent who should see it and does not, or has an old one.
    pub(super) fn show(&mut self, call_id: CallId) {
        let Some(call) = self.calls.get_mut(&call_id) else { return };
        let Search::Done(profile) = &call.search else { return };
        let (profile, outdated) = (profile.clone(), std::mem::take(&mut call.outdated));
        let now = self.clock.now();
        let mut told = Vec::new();
        for leg in &mut call.legs {
            let push: fn(&_) -> Push<'_> = match (leg.pushed, leg.state) {
                (true, _) if !outdated => continue,
                (false, popup::LegState::Ringing) => |popup| Push::CallRinging(popup),
                (false, popup::LegState::Dialing) => |popup| Push::CallDialing(popup),
                _ => |popup| Push::CallUpdated(popup),
            };
            let Some(agent_code) = self.hub.agent_of(&leg.extension).map(str::to_owned) else { continue };
            let view = call.work.view(&call.info, leg.state, leg.answered_at, call.uncertain);
            let view = view.on_line(call.line.as_deref()).controlled(&call.controls);
            let popup = profile.seen_by(self.hub.permissions_of(&agent_code), Some(view));
            self.hub.push(&agent_code, now, &push(&popup));
            if !std::mem::replace(&mut leg.pushed, true) {
                if let Some(audit) = &self.audit {
                    let subject = profile.customer_code();
                    audit.note(&agent_code, AuditAction::Popup, subject, Some(call_id.to_string()));
                }
                self.metrics.ring_to_push_seconds.observe(leg.since.elapsed().as_secs_f64());
                told.extend(outbox::begun(leg).map(|kind| (kind, leg.extension.clone())));
            }
        }
        for (kind, extension) in told {
            self.tell_others(kind, call_id, &extension, now);
        }
    }
}
