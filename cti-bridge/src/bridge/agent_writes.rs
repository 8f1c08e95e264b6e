//! What agents write during and after a call: first it is kept, then it is shown, then it is answered.

use serde_json::value::RawValue;
use shared::store::{AuditAction, CallRecord, StoreError, Transaction};

use super::access::Target;
use super::once::once;
use super::outbox;
use super::write::{AgentWrite, Draft, Requester, Worker, Write};
use super::{Bridge, Source};
use crate::call::CallId;
use crate::hub::reply::Reply;
use crate::popup::Choice;
use crate::protocol::WriteKey;

impl Bridge {
    /// Hands an agent's write to the recorder; the reply goes out when it is kept.
    pub(super) fn on_agent_write(
        &mut self,
        agent_code: &str,
        key: Option<WriteKey>,
        target: Target,
        write: AgentWrite,
        reply: Reply<Box<RawValue>>,
    ) {
        let by = Worker {
            agent_code: agent_code.to_owned(),
            agent_name: self.hub.name_of(agent_code).unwrap_or(agent_code).to_owned(),
            permissions: self.hub.permissions_of(agent_code),
            now: self.clock.now(),
        };
        let url = |source: &Source| Some((source.name.clone(), source.recording_url.clone()?));
        let recording_urls = self.sources.iter().filter_map(url).collect();
        let (so_far, audit) = (target.object.call_id().and_then(|id| self.so_far(id)), self.audit.clone());
        let write: Write = Box::new(move |tx, rules| {
            let by_agent = by.clone();
            let work = |tx: &mut Transaction<'_>| {
                let call = target.admit(tx, &by_agent, rules, so_far.as_ref()).inspect_err(|error| {
                    if let (StoreError::Forbidden(_), Some(audit)) = (error, &audit) {
                        audit.note(
                            &by_agent.agent_code,
                            AuditAction::Forbidden,
                            None,
                            Some(target.audited()),
                        );
                    }
                })?;
                let mut written = write(tx, Draft { by: by_agent, call, recording_urls })?;
                written.events = outbox::wrapped_up(tx, &written.changes, rules)?;
                Ok(written)
            };
            match key {
                Some(key) => once(tx, &key, &by, rules.answers, work),
                None => work(tx),
            }
        });
        self.hand_over(write, Requester::Agent(reply));
    }

    /// A live call's record so far, so that the write has a row to change.
    fn so_far(&self, call_id: &str) -> Option<CallRecord> {
        let call = self.calls.get(&call_id.parse::<CallId>().ok()?)?;
        let source = self.sources.get(call.source).map(|source| source.name.clone());
        Some(call.record_so_far(&self.hub, source))
    }

    /// Looks a live call's caller up again after an agent's choice, or after it was forgotten.
    pub(super) fn choose_live(&mut self, call_id: &str, chosen: Option<(Choice, Worker)>) {
        let Ok(call_id) = call_id.parse::<CallId>() else { return };
        let Some(call) = self.calls.get_mut(&call_id).filter(|call| call.is_live()) else { return };
        let (choice, by) = chosen.unzip();
        call.work.chosen = by.map(|by| (by.agent_name, by.now));
        call.work.choice = choice;
        call.outdated = true;
        self.search(call_id);
    }
}
