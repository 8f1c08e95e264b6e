//! The requests of a socket: what each asks of the store or of the bridge's loop.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use serde::Serialize;
use shared::phone::PhoneNumber;
use shared::store::CallRecord;

use super::{End, Session, SignedIn};
use crate::agent::cut::cut;
use crate::agent::permission::Permission;
use crate::agent::protocol::{self, ErrorCode, Presence, Refusal, Request, Subject, stamp};
use crate::bridge::Command;
use crate::metrics::Kind;
use crate::popup;

/// A call of the day with what a list shows beside the record.
#[derive(Serialize)]
struct CallEntry<'a> {
    #[serde(flatten)]
    record: &'a CallRecord,
    caller_display: Option<String>,
}

impl SignedIn {
    /// For requests that need more than [`Request::permission`] says, by what they are about.
    ///
    /// # Errors
    /// `forbidden`.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Refusal> {
        self.permissions.get().require(permission)
    }
}

impl Session {
    pub(super) async fn on_request(&mut self, id: Arc<str>, request: Request) -> Result<(), End> {
        let Some(agent) = self.agent.clone() else {
            return match request {
                Request::Hello { token, resume } => self.hello(&id, token, resume).await,
                _ => {
                    self.refuse(Some(&id), &Refusal::new(ErrorCode::HelloRequired, "say `hello` first")).await
                }
            };
        };
        if let Some(Err(refusal)) = request.permission().map(|needed| agent.require(needed)) {
            return self.refuse(Some(&id), &refusal).await;
        }
        match request {
            Request::Hello { .. } => {
                self.refuse(Some(&id), &Refusal::new(ErrorCode::BadRequest, "already signed in")).await
            }
            Request::Lookup(subject) => self.lookup(id, &agent, subject).await,
            Request::Search { q, limit } => {
                self.ask(id, move |reader, id| {
                    let customers = serde_json::to_string(&reader.search(&q, limit)?)?;
                    Ok(protocol::answer(id, &format!("{{\"customers\":{customers}}}")))
                })
                .await
            }
            Request::History { customer_code, before, limit } => {
                self.ask(id, move |reader, id| {
                    let mut entries = reader.history(&customer_code, before, limit + 1)?;
                    let more = entries.len() > limit;
                    entries.truncate(limit);
                    let entries = serde_json::to_string(&entries)?;
                    Ok(protocol::answer(id, &format!("{{\"entries\":{entries},\"more\":{more}}}")))
                })
                .await
            }
            Request::Calls { limit } => self.calls(id, &agent, limit).await,
            Request::Presence { state, reason } => self.presence(&id, &agent, state, reason).await,
            Request::CallShown { call_id } => {
                // An id that is none of ours cannot be of a live call either.
                if let Ok(call_id) = call_id.parse() {
                    self.tell(Command::Shown { agent_code: agent.agent_code, call_id }).await?;
                }
                self.send_text(protocol::answer(&id, "{}")).await
            }
            Request::Ack { seq } => {
                let socket_id = self.handle.id();
                self.tell(Command::Ack { agent_code: agent.agent_code, socket_id, seq }).await?;
                self.send_text(protocol::answer(&id, "{}")).await
            }
            Request::Ping => {
                let at = stamp(self.app.clock.now());
                self.send_text(protocol::answer(&id, &format!("{{\"at\":\"{at}\"}}"))).await
            }
        }
    }

    async fn lookup(&mut self, id: Arc<str>, agent: &SignedIn, subject: Subject) -> Result<(), End> {
        let (today, permissions) = (self.app.clock.today(), agent.permissions.get());
        let metrics = self.app.metrics.clone();
        self.ask(id, move |reader, id| {
            let profile = popup::by_subject(reader, &subject, today)?;
            metrics.lookups.get_or_create(&Kind { kind: profile.kind.word() }).inc();
            Ok(protocol::answer(id, &cut(profile.popup("null"), permissions)))
        })
        .await
    }

    async fn calls(&mut self, id: Arc<str>, agent: &SignedIn, limit: usize) -> Result<(), End> {
        let since = begin_of_day(self.app.clock.today());
        let agent_code = agent.agent_code.clone();
        self.ask(id, move |reader, id| {
            let records = reader.calls_of_agent(&agent_code, since, limit)?;
            let entries: Vec<CallEntry<'_>> = records.iter().map(call_entry).collect();
            let calls = serde_json::to_string(&entries)?;
            Ok(protocol::answer(id, &format!("{{\"calls\":{calls}}}")))
        })
        .await
    }

    async fn presence(
        &mut self,
        id: &str,
        agent: &SignedIn,
        state: Presence,
        reason: Option<String>,
    ) -> Result<(), End> {
        let agent_code = agent.agent_code.clone();
        self.tell(Command::Presence { agent_code, state, reason }).await?;
        self.send_text(protocol::answer(id, &format!("{{\"presence\":\"{}\"}}", state.word()))).await
    }

    async fn tell(&mut self, command: Command) -> Result<(), End> {
        self.app.inbox.send(command).await.map_err(|_| End::Close(protocol::CloseCode::Stopping))
    }
}

fn call_entry(record: &CallRecord) -> CallEntry<'_> {
    let number = record.caller_e164.as_deref().and_then(|n| PhoneNumber::parse(n).ok());
    CallEntry { record, caller_display: number.map(|n| n.display()) }
}

/// Midnight in Japan. Japan has had no daylight saving time since 1951.
fn begin_of_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let japan = FixedOffset::east_opt(9 * 3600).and_then(|zone| midnight.and_local_timezone(zone).single());
    japan.map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}
