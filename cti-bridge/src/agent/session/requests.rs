//! The requests of a socket: what each asks of the store or of the bridge's loop.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use shared::agent::AgentRole;
use shared::clock::japan_midnight;
use shared::phone::PhoneNumber;
use shared::store::{Agent, CallRecord};

use super::{End, Session, SignedIn};
use crate::agent::cut::cut;
use crate::agent::permission::Permission;
use crate::agent::protocol::{self, ErrorCode, Refusal, Request, Subject, stamp};
use crate::audit::Action;
use crate::bridge::command::Command;
use crate::bridge::{callback_json, json_list, missed_json};
use crate::metrics::Kind;
use crate::popup;

/// Colleagues in one answer at most; more than there are.
const COLLEAGUES_MAX: usize = 3_000;

/// How long a client waits for what is written: longer than the store waits for another writer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

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
        if let Some(needed) = request.permission()
            && let Err(refusal) = agent.require(needed)
        {
            self.note_refused(needed);
            return self.refuse(Some(&id), &refusal).await;
        }
        if request.permission() == Some(Permission::Lookup)
            && let Err(refusal) = self.app.lookup_rates.take(&agent.agent_code, self.app.clock.now())
        {
            return self.refuse(Some(&id), &refusal).await;
        }
        match request {
            Request::Hello { .. } => {
                self.refuse(Some(&id), &Refusal::new(ErrorCode::BadRequest, "already signed in")).await
            }
            Request::Lookup(subject) => self.lookup(id, &agent, subject).await,
            Request::Search { q, limit } => {
                let (audit, actor) = (self.app.audit.clone(), agent.agent_code.clone());
                self.ask(id, move |reader, id| {
                    let found = reader.search(&q, limit)?;
                    audit.note(&actor, Action::Search, None, Some(format!("{} found", found.len())));
                    let customers = serde_json::to_string(&found)?;
                    Ok(protocol::answer(id, &format!("{{\"customers\":{customers}}}")))
                })
                .await
            }
            Request::History { customer_code, before, limit } => {
                let (audit, actor) = (self.app.audit.clone(), agent.agent_code.clone());
                self.ask(id, move |reader, id| {
                    let mut entries = reader.history(&customer_code, before, limit + 1)?;
                    // Of a code that nobody has, nothing was seen; it may be anything, so it is not kept.
                    if !entries.is_empty() {
                        audit.note(&actor, Action::History, Some(&customer_code), None);
                    }
                    let more = entries.len() > limit;
                    entries.truncate(limit);
                    let entries = serde_json::to_string(&entries)?;
                    Ok(protocol::answer(id, &format!("{{\"entries\":{entries},\"more\":{more}}}")))
                })
                .await
            }
            Request::Calls { limit } => self.calls(id, &agent, limit).await,
            Request::Presence { state, reason } => {
                let reply = self.reply_within(&id, WRITE_TIMEOUT);
                self.tell(Command::Presence { agent_code: agent.agent_code, state, reason, reply }).await
            }
            Request::Work(work) => {
                let reply = self.reply_within(&id, WRITE_TIMEOUT);
                self.tell(Command::Work { agent_code: agent.agent_code, work, reply }).await
            }
            Request::Agents => {
                let reply = self.reply_within(&id, WRITE_TIMEOUT);
                self.tell(Command::Agents { reply }).await
            }
            Request::RingHere => {
                let socket_id = self.handle.id();
                self.tell(Command::RingHere { agent_code: agent.agent_code, socket_id }).await?;
                self.send_text(protocol::answer(&id, "{}")).await
            }
            Request::Masters => self.masters(id).await,
            Request::Colleagues => self.colleagues(id).await,
            Request::Missed { open_only, limit } => {
                self.ask(id, move |reader, id| {
                    let missed = reader.missed_calls(open_only, limit)?;
                    let list = json_list(missed.iter().map(missed_json));
                    Ok(protocol::answer(id, &format!("{{\"missed\":{list}}}")))
                })
                .await
            }
            Request::Callbacks { limit } => self.callbacks(id, &agent, limit).await,
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

    /// Writes a missing permission into the audit trail, once a socket: a page that asks again and again is one fact.
    fn note_refused(&mut self, needed: Permission) {
        let Some(agent) = self.agent.as_mut().filter(|agent| !agent.refused.has(needed)) else { return };
        agent.refused = agent.refused.with(needed, true);
        self.app.audit.note(&agent.agent_code, Action::Forbidden, None, Some(needed.word().to_owned()));
    }

    async fn lookup(&mut self, id: Arc<str>, agent: &SignedIn, subject: Subject) -> Result<(), End> {
        let (today, permissions) = (self.app.clock.today(), agent.permissions.get());
        let (metrics, audit, actor) =
            (self.app.metrics.clone(), self.app.audit.clone(), agent.agent_code.clone());
        self.ask(id, move |reader, id| {
            let profile = popup::by_subject(reader, &subject, today)?;
            metrics.lookups.get_or_create(&Kind { kind: profile.kind.word() }).inc();
            audit.note(&actor, Action::Lookup, profile.code(), None);
            Ok(protocol::answer(id, &cut(profile.popup("null"), permissions)))
        })
        .await
    }

    async fn calls(&mut self, id: Arc<str>, agent: &SignedIn, limit: usize) -> Result<(), End> {
        let since = japan_midnight(self.app.clock.today());
        let agent_code = agent.agent_code.clone();
        self.ask(id, move |reader, id| {
            let records = reader.calls_of_agent(&agent_code, since, limit)?;
            let entries: Vec<CallEntry<'_>> = records.iter().map(call_entry).collect();
            let calls = serde_json::to_string(&entries)?;
            Ok(protocol::answer(id, &format!("{{\"calls\":{calls}}}")))
        })
        .await
    }

    async fn masters(&mut self, id: Arc<str>) -> Result<(), End> {
        self.ask(id, move |reader, id| {
            let all = reader.dispositions()?;
            let of = |kind: &str| -> Vec<_> {
                all.iter().filter(|entry| entry.kind == kind && !entry.hidden).collect()
            };
            let data = serde_json::json!({
                "categories": of("category"), "results": of("result"),
                "statuses": of("status"), "away_reasons": of("away_reason"),
            });
            Ok(protocol::answer(id, &data.to_string()))
        })
        .await
    }

    /// Everybody who can be given work, by code and name alone: no programs, and nobody who has left.
    async fn colleagues(&mut self, id: Arc<str>) -> Result<(), End> {
        self.ask(id, move |reader, id| {
            let works = |agent: &Agent| {
                agent.revoked_at.is_none() && agent.role != AgentRole::Integration.as_str()
            };
            let colleagues: Vec<_> = reader
                .agents()?
                .into_iter()
                .filter(works)
                .take(COLLEAGUES_MAX)
                .map(|agent| serde_json::json!({"agent_code": agent.agent_code, "agent_name": agent.agent_name}))
                .collect();
            Ok(protocol::answer(id, &serde_json::json!({ "colleagues": colleagues }).to_string()))
        })
        .await
    }

    /// One's own callbacks; whoever may give missed calls to others sees everybody's.
    async fn callbacks(&mut self, id: Arc<str>, agent: &SignedIn, limit: usize) -> Result<(), End> {
        let everybodys = agent.require(Permission::MissedAssign).is_ok();
        let agent_code = agent.agent_code.clone();
        self.ask(id, move |reader, id| {
            let assignee = (!everybodys).then_some(&*agent_code);
            let callbacks = reader.callbacks(assignee, None, limit)?;
            let list = json_list(callbacks.iter().map(callback_json));
            Ok(protocol::answer(id, &format!("{{\"callbacks\":{list}}}")))
        })
        .await
    }

    async fn tell(&mut self, command: Command) -> Result<(), End> {
        self.app.inbox.send(command).await.map_err(|_| End::Close(protocol::CloseCode::Stopping))
    }
}

fn call_entry(record: &CallRecord) -> CallEntry<'_> {
    let number = record.caller_e164.as_deref().and_then(|n| PhoneNumber::parse(n).ok());
    CallEntry { record, caller_display: number.map(|n| n.display()) }
}
